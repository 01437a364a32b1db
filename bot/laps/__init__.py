"""What the laps of a race tell: runs between cautions, who moved in them, pit road, and a driver's race in numbers."""
