"""A driver's record in the season that is meant, and the season that two drivers share."""

from __future__ import annotations

from bot.championship.computed_season import ComputedSeason
from bot.championship.driver_record import Record, head_to_head, record
from bot.errors import FriendlyError
from bot.seasons.as_of import AsOf
from db.models import Driver


def season_record(as_of: AsOf, driver: Driver, year: int | None) -> tuple[ComputedSeason, Record]:
    """A driver's season and their record in it; the last season in which they have an entry where no year is named.

    Raises:
        UnknownSeason: that year is not in the store.
        FriendlyError: the driver has no entry in it.
    """
    years = as_of.entered(driver.key)
    season = as_of.season(year or max(years, default=None))
    computed = as_of.computed(season)
    return computed, _record(driver, computed, years)


def shared_records(
    as_of: AsOf, a: Driver, b: Driver, year: int | None
) -> tuple[ComputedSeason, tuple[Record, Record], tuple[int, ...]]:
    """A season that two drivers share, their records in it, and the years of all that they share, oldest first.

    Without a year it is the last one in which both started a race, or else the last in which both had an entry.

    Raises:
        UnknownSeason: that year is not in the store.
        FriendlyError: the two are one driver, share no season, or one of them has no entry in that one.
    """
    if a == b:
        raise FriendlyError(f"That's {a.name} twice. Who's the other one?")
    entered_b = as_of.entered(b.key)
    years = [each for each in as_of.entered(a.key) if each in entered_b]
    if not years:
        raise FriendlyError(f"{a.name} and {b.name} have no season in common, as far as Tailgate knows.")
    computed = as_of.computed(as_of.season(year)) if year else _last_met(as_of, a, b, years)
    return computed, (_record(a, computed, years), _record(b, computed, years)), tuple(years)


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
