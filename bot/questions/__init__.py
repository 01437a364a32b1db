"""What can be asked, as values that fit into a custom id."""
