"""Which record a text asks for: "youngest winner", "most wins at talladega", "closest finish ever"."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from bot.questions.history import RecordsQuestion
from bot.seasons.as_of import AsOf
from db.models import Driver, Track

_KINDS = {
    r"youngest": "youngest",
    r"oldest": "oldest",
    r"(?:closest|tightest) (?:championship|title|points)": "titles",
    r"closest|tightest|narrowest": "closest",
    r"(?:widest|biggest|largest) (?:margin|win)\b": "widest",
    r"comebacks?|won from (?:farthest|furthest|deepest)": "comebacks",
    r"laps led without": "ledwinless",
    r"without (?:a win|winning)|winless": "winless",
    r"top (?:10|ten) streak": "top10streak",
    r"streak|in a row": "winstreak",
    r"winners": "winners",
    r"wins in (?:a|one)": "seasonwins",
    r"(?:wins?|victories)\b": "wins",
    r"starts?\b": "starts",
    r"top ?(?:fives?|5s?)": "top5s",
    r"top ?(?:tens?|10s?)": "top10s",
    r"laps(?: led)?\b": "led",
}
"""The record by the words that ask for it; the first that fits is meant."""
_KEPT_APART = re.compile(r"poles?|points|dnfs?|stage")
"""What no record is kept of."""

_EVER = frozenset({"ever", "career", "history", "record"})


def of_all_time(words: AbstractSet[str]) -> bool:
    """Whether the words of a text ask for all years."""
    return words >= {"all", "time"} or bool(words & _EVER)


def record_asked(text: str) -> str | None:
    """The kind of record that a text asks for; None where it asks for none, or for all of them."""
    words = text.casefold()
    if _KEPT_APART.search(words):
        return None
    return next((kind for pattern, kind in _KINDS.items() if re.search(rf"\b(?:{pattern})", words)), None)


def records_question(
    text: str, as_of: AsOf, track: Track | None, driver: Driver | None, year: int | None
) -> RecordsQuestion:
    """The question for a text, of what it names; without a kind of record, for all of them."""
    named = year if year in as_of.years else None
    kind = record_asked(text)
    place = track.key if track is not None and kind != "titles" else None
    return RecordsQuestion(kind, place, driver.key if driver is not None else None, named)
