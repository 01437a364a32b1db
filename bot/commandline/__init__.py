"""The command line: what a stranger types."""
