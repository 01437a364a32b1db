"""Turns what a fan typed into the options of /laps and /lineup into the question that it asks."""

from __future__ import annotations

from bot.errors import FriendlyError
from bot.finder.reading import Reading
from bot.interactions.understanding import Understood, driver_read
from bot.questions.laps import LapsQuestion, LineupQuestion
from bot.render.formatting import escape
from bot.render.understood import not_understood, race_taken
from bot.seasons.as_of import AsOf


def laps_asked(as_of: AsOf, driver: str, race: str | None) -> Understood:
    """What /laps is asked: a driver's race, which may be named beside the driver or in an option of its own.

    Raises:
        FriendlyError: a text names no driver, two, or no race on record.
    """
    reading = as_of.read(driver, None, "driver")
    person = driver_read(as_of, reading)
    if len(reading.drivers) > 1:
        raise FriendlyError("Name one driver; /compare puts two side by side.")
    unused = not_understood(escape(person.name), reading.not_understood) if reading.drivers else ""
    where = as_of.read(race, reading.year, "race") if race is not None else reading
    if race is None and not _names_a_race(reading):
        if reading.year is not None:
            as_of.season(reading.year)
        return Understood(LapsQuestion(person.key, reading.year), (unused,))
    held = as_of.last_held(where, reading.year)
    beside = not_understood(race_taken(held), where.not_understood) if race is not None else ""
    return Understood(LapsQuestion(person.key, held.season, held.round), (unused, beside))


def lineup_asked(as_of: AsOf, race: str | None) -> Understood:
    """What /lineup is asked: the lineup of a race, of the next one where none is named.

    Raises:
        FriendlyError: the text names no race on record.
    """
    if race is None:
        return Understood(LineupQuestion())
    reading = as_of.read(race, None, "race")
    found = as_of.race_read(reading)
    return Understood(
        LineupQuestion(found.season, found.round), (not_understood(race_taken(found), reading.not_understood),)
    )


def _names_a_race(reading: Reading) -> bool:
    return reading.race is not None or reading.round is not None or reading.when is not None
