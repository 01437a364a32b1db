"""What drivers said: quotes are searched by their words, saved once, shown to those they are for; changes are kept."""

from __future__ import annotations

from db.quotes.reading import (
    Found,
    Reader,
    count,
    counts,
    match_of,
    quote,
    quotes_of_race,
    quotes_of_scope,
    random_quote,
    search,
    search_any,
)
from db.quotes.writing import DuplicateQuoteError, add, delete, draft_at, edit, history, last_step, restore

__all__ = [
    "DuplicateQuoteError",
    "Found",
    "Reader",
    "add",
    "count",
    "counts",
    "delete",
    "draft_at",
    "edit",
    "history",
    "last_step",
    "match_of",
    "quote",
    "quotes_of_race",
    "quotes_of_scope",
    "random_quote",
    "restore",
    "search",
    "search_any",
]
