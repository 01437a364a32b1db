"""Editors' words of recaps, and drafts of them."""
