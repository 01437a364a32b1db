"""What is known at a moment, and what is derived from it."""
