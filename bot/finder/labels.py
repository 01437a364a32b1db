"""How matches are labeled in a list, so that two with the same name can be distinguished."""

from __future__ import annotations

import re
from dataclasses import dataclass

from db.models import Driver, Race

LONGEST = 100
"""Discord's limit for the text of a choice, in characters."""

_PRESENTER = re.compile(r"\s+(?:presented|powered) by .+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Match:
    """A driver that matches, with a score of 0 to 100. ``number`` is their latest truck of the season asked for.

    ``told_apart`` is what to call a driver whose name another one bears.
    """

    driver: Driver
    score: float
    number: str | None
    in_season: bool
    told_apart: str | None = None

    @property
    def name(self) -> str:
        """The name, with what tells its bearer from others of that name."""
        return self.told_apart or self.driver.name

    @property
    def label(self) -> str:
        """The driver in a list, at most 100 characters: "#11 Corey Heim"."""
        return _clip(f"#{self.number} {self.name}" if self.number else self.name, LONGEST)


def race_value(race: Race) -> str:
    """The value that a list sends back for a race: "2025.22"."""
    return f"{race.season}.{race.round}"


def race_label(race: Race) -> str:
    """The race in a list, at most 100 characters. Track and day come first, because sponsors repeat.

    "22 · Charlotte ROVAL · Oct 3, 2025 · EcoSave 250"
    """
    day = f"{race.date:%b} {race.date.day}, {race.season}"
    return _clip(f"{race.round} · {race.track.short} · {day} · {race.name}", LONGEST)


def race_title(race: Race) -> str:
    """The race in a sentence, with its track and without its presenter: "EcoSave 250 (Charlotte ROVAL)"."""
    return f"{_PRESENTER.sub('', race.name)} ({race.track.short})"


def _clip(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
