"""Quotes: search, editing, and who may."""
