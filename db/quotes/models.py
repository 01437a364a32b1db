"""Quotes as the rest of the program sees them: a saved quote, what can be edited of it, and its history."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from db.user_text import clean_link, clean_part

WORDS_LIMIT = 2000
"""Characters of a quote's words at most; the limits below are characters as well."""
SPEAKER_LIMIT = 80
ROLE_LIMIT = 100
CONTEXT_LIMIT = 200
SOURCE_LIMIT = 120


@dataclass(frozen=True, slots=True)
class QuoteDraft:
    """The editable part of a quote. ``driver`` is a driver's key; ``season`` and ``round`` together name the race."""

    speaker: str
    words: str
    driver: str | None = None
    role: str | None = None
    context: str | None = None
    season: int | None = None
    round: int | None = None
    said_on: date | None = None
    source: str | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """A saved quote.

    ``guild`` is the server that saved it and the only one that sees it; None is a quote of the operator's, which
    everyone sees. ``driver`` is a driver's key, ``role`` the speaker's role at that time, ``season`` and ``round`` name
    the race, and ``added_by`` is a Discord id, None for a quote that came with a document.
    """

    id: int
    guild: int | None
    driver: str | None
    speaker: str
    role: str | None
    words: str
    context: str | None
    season: int | None
    round: int | None
    said_on: date | None
    source: str | None
    link: str | None
    added_by: int | None
    added_at: datetime

    def draft(self) -> QuoteDraft:
        """The part that can be edited."""
        return QuoteDraft(
            speaker=self.speaker,
            words=self.words,
            driver=self.driver,
            role=self.role,
            context=self.context,
            season=self.season,
            round=self.round,
            said_on=self.said_on,
            source=self.source,
            link=self.link,
        )


@dataclass(frozen=True, slots=True)
class QuoteVersion:
    """A step of a quote's history; ``before`` is the quote before this step, None for the first step."""

    quote_id: int
    changed_at: datetime
    changed_by: int | None
    action: Literal["added", "edited", "deleted"]
    before: QuoteDraft | None


def clean_draft(draft: QuoteDraft) -> QuoteDraft:
    """The draft with every text in normal form.

    Raises:
        ValueError: something is missing, too long or not a link; one line says what.
    """
    cleaned = replace(
        draft,
        speaker=clean_part("the speaker", draft.speaker, SPEAKER_LIMIT) or "",
        words=clean_part("the quote", draft.words, WORDS_LIMIT, lines=True) or "",
        role=clean_part("the role", draft.role, ROLE_LIMIT),
        context=clean_part("the context", draft.context, CONTEXT_LIMIT),
        source=clean_part("the source", draft.source, SOURCE_LIMIT),
        link=clean_link(draft.link) if draft.link and draft.link.strip() else None,
    )
    if not cleaned.words:
        raise ValueError("the quote is empty; give the words that were said")
    if not cleaned.speaker:
        raise ValueError("nobody is named; give the name of who said it")
    if (cleaned.season is None) != (cleaned.round is None):
        raise ValueError("a race is named by its season and its round, both")
    return cleaned
