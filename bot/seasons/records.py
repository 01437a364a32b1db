"""A driver's record in the season that is meant, and the season that two drivers share."""

from __future__ import annotations

from collections.abc import Iterable

from bot.championship.computed_season import ComputedSeason, DriverRace
from bot.championship.driver_record import Record, head_to_head, record
from bot.championship.official import official_place
from bot.errors import FriendlyError
from bot.recaps.context import whole
from bot.seasons.as_of import AsOf
from db.models import Driver, Race


def season_record(as_of: AsOf, driver: Driver, year: int | None) -> tuple[ComputedSeason, Record]:
    """A driver's season and their record in it: of the year, or else of the nearest year with an entry of theirs.

    Where no year is named it is the last season in which they have an entry.

    Raises:
        UnknownSeason: that year is not in the store.
        FriendlyError: the driver has no entry in any season.
    """
    years = as_of.entered(driver.key)
    if year is not None:
        as_of.season(year)
    season = as_of.season(_nearest(year, years))
    computed = as_of.computed(season)
    return computed, _record(driver, computed, years)


def racing(as_of: AsOf, driver: Driver) -> bool:
    """Whether a driver has an entry in the season of the day or in the one before."""
    years = as_of.entered(driver.key)
    return bool(years) and years[-1] >= as_of.season().year - 1


def unbroken_since(as_of: AsOf) -> int:
    """The first of the seasons that are on record without a missing year or race, up to the season of the day."""
    since = as_of.season().year
    earlier = {season.year: season for season in as_of.seasons if season.year < since}
    while (before := earlier.get(since - 1)) is not None and before.races and whole(before):
        since = before.year
    return since


def official_positions(as_of: AsOf, driver: Driver, years: Iterable[int]) -> dict[int, int | None]:
    """The driver's official place in each of the years, as it stands or stood at the end; None where there is none."""
    places = {year: official_place(as_of.computed(as_of.season(year)), driver.key) for year in years}
    return {year: place.position if place is not None else None for year, place in places.items()}


def shared_records(
    as_of: AsOf, a: Driver, b: Driver, year: int | None
) -> tuple[ComputedSeason, tuple[Record, Record], tuple[int, ...]]:
    """A season that two drivers share, their records in it, and the years of all that they share, oldest first.

    It is that of the year, or else of the nearest year that they share; without a year it is the last one in which both
    started a race, or else the last in which both had an entry.

    Raises:
        UnknownSeason: that year is not in the store.
        FriendlyError: the two are one driver, or share no season.
    """
    if a == b:
        raise FriendlyError(f"That's {a.name} twice. Who's the other one?")
    entered_b = as_of.entered(b.key)
    years = [each for each in as_of.entered(a.key) if each in entered_b]
    if not years:
        raise FriendlyError(f"{a.name} and {b.name} have no season in common, as far as Tailgate knows.")
    if year is not None:
        as_of.season(year)
        computed = as_of.computed(as_of.season(_nearest(year, years)))
    else:
        computed = _last_met(as_of, a, b, years)
    return computed, (_record(a, computed, years), _record(b, computed, years)), tuple(years)


def races_at_track(as_of: AsOf, driver: Driver, race: Race) -> tuple[DriverRace, ...]:
    """All races that a driver started at the track of a race, newest first.

    Raises:
        FriendlyError: there is none.
    """
    seasons = (each for each in as_of.seasons if driver.key in each.starts and race.track.key in each.tracks)
    own = [each for season in seasons for each in as_of.computed(season).races_of(driver.key)]
    there = [each for each in own if each.race.track.key == race.track.key]
    if not there:
        raise FriendlyError(f"{driver.name} has no start at {race.track.short}, as far as Tailgate knows.")
    return tuple(sorted(there, key=lambda each: each.race.begins, reverse=True))


def _nearest(year: int | None, years: list[int]) -> int | None:
    """The year itself or the one nearest to it, the later of two; the last one without a year; of none, the year."""
    if not years:
        return year
    return max(years) if year is None else min(years, key=lambda each: (abs(each - year), -each))


def _last_met(as_of: AsOf, a: Driver, b: Driver, years: list[int]) -> ComputedSeason:
    """The last of the seasons in which the two started a race together; the last of all where there is none."""
    shared = [as_of.computed(as_of.season(year)) for year in sorted(years, reverse=True)]
    return next((each for each in shared if head_to_head(each, a.key, b.key).pairs), shared[0])


def _record(driver: Driver, computed: ComputedSeason, years: list[int]) -> Record:
    found = record(computed, driver.key)
    if found is None:
        others = f" Try {', '.join(map(str, years))}." if years else ""
        raise FriendlyError(f"{driver.name} has no entry in {computed.season.year}, as far as Tailgate knows.{others}")
    return found
