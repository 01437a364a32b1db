"""The days that fans name when they ask about a race: "last night", "on Friday", "last weekend"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from db.models import EASTERN, Race

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SPANS: dict[str, range] = {
    r"(?:today|tonight|tonite|2nite)": range(1),
    r"last (?:night|nite)": range(2),
    r"yesterday": range(1, 2),
    r"(?:last|this past|this|the) (?:week|weekend)s?": range(1, 10),
}
"""What a phrase may mean, in days from the race to the day on which it is asked."""
_WEEKDAY = re.compile(rf"(?<!\S)(?:last |on |this |this past )?({'|'.join(_WEEKDAYS)})s?(?: night)?(?!\S)")
_PATTERNS = [(re.compile(rf"(?<!\S){pattern}(?!\S)"), span) for pattern, span in _SPANS.items()]


@dataclass(frozen=True, slots=True)
class Day:
    """A day that was named: how many days ago it may be, and on which day of the week, 0 for Monday, if that was said.

    ``places`` are those of its words in the text.
    """

    places: frozenset[int]
    ago: range
    weekday: int | None = None


def days_in(words: Sequence[str]) -> list[Day]:
    """The days that a text names, given by its words in lower case."""
    text = " ".join(words)
    starts = [sum(len(word) + 1 for word in words[:place]) for place in range(len(words))]

    def places(match: re.Match[str]) -> frozenset[int]:
        return frozenset(place for place, start in enumerate(starts) if match.start() <= start < match.end())

    found = [Day(places(match), span) for pattern, span in _PATTERNS for match in pattern.finditer(text)]
    found += [Day(places(m), range(8), _WEEKDAYS.index(m[1])) for m in _WEEKDAY.finditer(text)]
    return found


def day_fits(day: Day, race: Race, now: datetime) -> bool:
    """Whether a race was on a day that is named now."""
    ago = (now.astimezone(EASTERN).date() - race.date).days
    return ago in day.ago and day.weekday in (None, race.date.weekday())
