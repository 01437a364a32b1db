"""The shapes of NASCAR's documents, one module a document: tolerant of what is unknown, strict on what is used."""
