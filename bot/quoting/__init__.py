"""Quotes: what a search means, what a filled-in form means, who may save one, and the quote of the day."""
