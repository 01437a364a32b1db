"""Editors' texts for recaps as the rest of the program sees them, and the sections that a recap has."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from db.user_text import clean_part, clean_picture_link

SECTION_LIMIT = 3000
"""Characters of an editor's words for one section at most."""
AUTHOR_LIMIT = 80
"""Characters of an author's name at most."""


class SectionKind(StrEnum):
    """The sections of a recap, in the order in which they are shown."""

    NUTSHELL = "nutshell"
    TOP = "top"
    MOVE = "move"
    RUNS = "runs"
    PLAYOFFS = "playoffs"
    ROOKIES = "rookies"
    QUOTES = "quotes"
    PAINT = "paint"
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class RecapText:
    """An editor's words for one section of a race's recap; ``picture`` is an https link."""

    season: int
    round: int
    section: SectionKind
    words: str
    picture: str | None
    author: str
    edited_at: datetime


@dataclass(frozen=True, slots=True)
class RecapVersion:
    """A step of a section's history: the text from then on, None where the automatic text came back.

    ``editor`` is a Discord id; None where the text came with a document.
    """

    id: int
    text: RecapText | None
    editor: int | None
    changed_at: datetime


def clean_recap(text: RecapText) -> RecapText:
    """An editor's text with every part in normal form.

    Raises:
        ValueError: something is missing, too long or not a link; one line says what.
    """
    cleaned = replace(
        text,
        words=clean_part("the section", text.words, SECTION_LIMIT, lines=True) or "",
        author=clean_part("the author", text.author, AUTHOR_LIMIT) or "",
        picture=clean_picture_link(text.picture) if text.picture and text.picture.strip() else None,
    )
    if not cleaned.words:
        raise ValueError("the section is empty; go back to the automatic text to show that again")
    if not cleaned.author:
        raise ValueError("the author is missing; a section is marked with the name of who wrote it")
    return cleaned
