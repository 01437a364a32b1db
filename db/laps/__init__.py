"""Every lap of the races of which it is held, and pit road: how it comes with the program, is stored and is read."""
