"""Editors' texts for recaps, their history, and drafts of them."""
