"""The command line: its parser, and the commands that work on the store alone."""
