"""Turns what a fan typed into the options of /laps and /lineup into the question that it asks."""

from __future__ import annotations

from bot.errors import FriendlyError
from bot.finder.reading import Reading
from bot.finder.words import name_words
from bot.interactions.understanding import Understood, driver_read, unused_beside
from bot.questions.laps import LapsQuestion, LineupQuestion
from bot.render.formatting import escape
from bot.render.understood import namesakes, not_understood, race_taken
from bot.seasons.as_of import AsOf
from db.models import Driver, Race

RECENT = 4
"""So many seasons back somebody may be meant by a surname alone."""


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
    others = namesakes(_same_surname(as_of, driver, person))
    where = as_of.read(race, reading.year, "race") if race is not None else reading
    if not _names_a_race(where) and (race is None or (where.year is not None and not where.not_understood)):
        if where.year is not None:
            as_of.season(where.year)
        return Understood(LapsQuestion(person.key, where.year), (unused, others))
    held = _raced(as_of, where, person) or as_of.last_held(where, reading.year)
    beside = unused_beside(as_of, where, held, race_taken(held)) if race is not None else ""
    return Understood(LapsQuestion(person.key, held.season, held.round), (unused, beside, others))


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
        LineupQuestion(found.season, found.round), (unused_beside(as_of, reading, found, race_taken(found)),)
    )


def _same_surname(as_of: AsOf, typed: str, driver: Driver) -> list[str]:
    """Who else bears the surname that was typed without a first name, those of the newest season first."""
    words, surname = name_words(typed), name_words(driver.name)[-1:]
    if surname[0] not in words or any(word in words for word in name_words(driver.name)[:-1]):
        return []
    raced: dict[str, str] = {}
    for season in reversed(as_of.seasons[-RECENT:]):
        for row in (row for rows in season.results.values() for row in rows):
            raced.setdefault(row.driver, season.drivers[row.driver].name)
    return [name for key, name in raced.items() if key != driver.key and name_words(name)[-1:] == surname]


def _raced(as_of: AsOf, reading: Reading, driver: Driver) -> Race | None:
    """Of the races that a text may mean the last one that a driver was in."""
    own = {
        (each.race.season, each.race.round) for s in as_of.seasons for each in as_of.computed(s).races_of(driver.key)
    }
    fitting = [race for race in reading.races if (race.season, race.round) in own]
    return max(fitting, key=lambda race: race.day_run, default=None)


def _names_a_race(reading: Reading) -> bool:
    return reading.race is not None or reading.round is not None or reading.when is not None
