"""A driver's race lap by lap: which race is meant, what is held of it, and of which other races it is."""

from __future__ import annotations

from dataclasses import dataclass

from bot.championship.distance import laps_run
from bot.errors import FriendlyError
from bot.laps.numbers import DriverNumbers, numbers_of
from bot.seasons.as_of import AsOf
from bot.seasons.laps import laps_of, races_with_laps
from db.connection import Store
from db.models import Driver, Race, Result, Season


@dataclass(frozen=True, slots=True)
class DriverLaps:
    """What is known of a driver's race, as of one moment.

    Attributes:
        season: the race's.
        race: a race that was run and that the driver was in, or one without results.
        result: the driver's; None where the race has no results.
        numbers: from the laps; None where those are not held.
        own: the races of which the driver's laps are held, the last one last.
        timed: the races of which any are held, for who asks in vain; else empty.
    """

    season: Season
    race: Race
    result: Result | None
    numbers: DriverNumbers | None
    own: tuple[Race, ...]
    timed: tuple[Race, ...]


async def read_driver_laps(
    store: Store, as_of: AsOf, driver: Driver, year: int | None, number: int | None
) -> DriverLaps:
    """A driver's race, or without a round the last one of which laps are held.

    Args:
        store: where the laps are.
        as_of: what is known.
        driver: who.
        year: of the season; None for any.
        number: the race's round; None for the last race.

    Raises:
        UnknownSeason, UnknownRace: there is none such.
        FriendlyError: the driver was not in the race, or in none on record.
        StoreError: the store cannot be read.
    """
    own = tuple(await races_with_laps(store, as_of, driver.key))
    season, race = _race(as_of, driver, own, year, number)
    if not as_of.has_results(race):
        return DriverLaps(season, race, None, None, own, ())
    rows = season.results[race.round]
    result = next((row for row in rows if row.driver == driver.key), None)
    if result is None:
        raise FriendlyError(f"{driver.name} was not in the {race.name} ({race.track.short}, {race.season}).")
    held = await laps_of(store, as_of, race)
    numbers = numbers_of(race, held, driver.key, laps_run(race, rows)) if held is not None else None
    timed = tuple(await races_with_laps(store, as_of)) if numbers is None else ()
    return DriverLaps(season, race, result, numbers, own, timed)


def _race(
    as_of: AsOf, driver: Driver, own: tuple[Race, ...], year: int | None, number: int | None
) -> tuple[Season, Race]:
    if number is not None:
        return as_of.race_of(year, number)
    races = [race for race in own if year in {None, race.season}] or [
        each.race
        for season in as_of.seasons
        if year in {None, season.year}
        for each in as_of.computed(season).races_of(driver.key)
    ]
    if not races:
        raise FriendlyError(f"{driver.name} has no race{f' in {year}' if year else ''} on record.")
    return as_of.race_of(races[-1].season, races[-1].round)
