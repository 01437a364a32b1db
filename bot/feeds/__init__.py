"""NASCAR's public JSON: fetched politely, checked, and turned into the project's own documents."""
