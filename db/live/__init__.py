"""What runs on the track, as the store holds it: never a result, and no version of a season grows with it."""
