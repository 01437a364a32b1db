"""Editing recaps: drafts, saving, undoing and going back to the automatic text, for editors only."""
