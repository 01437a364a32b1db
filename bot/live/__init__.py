"""A race as it runs: read from NASCAR's live feed or a recorded race, kept, and counted toward the title."""
