"""What adds up over all seasons, read from the store for one answer without loading a season."""
