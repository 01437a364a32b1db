"""Penalties and corrections as lines of small print."""

from __future__ import annotations

from bot.render.formatting import count, day, escape, name_of
from db.models import Adjustment, Season

MOST_LINES = 3
"""Lines in an answer: the small print stays small, and a race has hardly ever had more."""


def of_race(season: Season, number: int) -> list[str]:
    """``Penalty: Majeski −75 points, −5 playoff points: why``, a line for each of the race of that round."""
    found = [each for each in season.adjustments if each.round == number]
    return _few([_line(each, f": {escape(_surname(season, each.driver), 24)}") for each in found])


def of_driver(season: Season, driver: str) -> list[str]:
    """``Penalty after race 18 (Milwaukee, Aug 27): −75 points: why``, a line for each of the driver's of the season."""
    found = [each for each in season.adjustments if each.driver == driver]
    return _few([_line(each, f"{_after(season, each.round)}:") for each in found])


def _few(lines: list[str]) -> list[str]:
    more = len(lines) - MOST_LINES
    return (
        lines if more <= 0 else [*lines[:MOST_LINES], f"{count(more, 'more penalty', 'more penalties')} not shown here"]
    )


def _line(adjustment: Adjustment, whose: str) -> str:
    """Points and playoff points, without those that are 0, then the reason."""
    points, playoff = adjustment.points, adjustment.playoff_points
    parts = [
        _signed(points, "point") if points else "",
        _signed(playoff, "playoff point") if playoff else "",
    ]
    known = ", ".join(part for part in parts if part)
    word = "Correction" if min(points, playoff) >= 0 and known else "Penalty"
    reason = escape(adjustment.reason, 70)
    return ": ".join(part for part in (f"{word}{whose} {known}".rstrip(" :"), reason) if part)


def _signed(number: int, one: str) -> str:
    return f"{'−' if number < 0 else '+'}{count(abs(number), one)}"


def _after(season: Season, number: int) -> str:
    race = season.race(number)
    where = f" ({escape(race.track.short, 30)}, {day(race.date)})" if race else ""
    return f" after race {number}{where}"


def _surname(season: Season, key: str) -> str:
    name = name_of(season, key)
    return name.partition(" ")[2] or name
