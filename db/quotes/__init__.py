"""What drivers said: found by their words, kept once, seen by those they are for, with a history of every change."""

from __future__ import annotations

from db.guilds import forget_guild
from db.quotes.days import QuoteDay, claim_day, day_quote, due_days, mark_day, open_days
from db.quotes.reading import (
    Found,
    Reader,
    match_of,
    quote,
    quotes_of_race,
    quotes_of_scope,
    random_quote,
    search,
)
from db.quotes.writing import DuplicateQuoteError, add, delete, edit, history, restore

__all__ = [
    "DuplicateQuoteError",
    "Found",
    "QuoteDay",
    "Reader",
    "add",
    "claim_day",
    "day_quote",
    "delete",
    "due_days",
    "edit",
    "forget_guild",
    "history",
    "mark_day",
    "match_of",
    "open_days",
    "quote",
    "quotes_of_race",
    "quotes_of_scope",
    "random_quote",
    "restore",
    "search",
]
