"""Documents: the readable files that export writes and import reads."""
