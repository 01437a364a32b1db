"""What falls due once a race is run: its results, its recap, and the standings that have changed. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from db.models import EASTERN, RACE_LENGTH, Race, RaceStatus, Season
from db.reminders.models import RACE, Kind, Seen, Slot

FRESH = timedelta(hours=48)
"""How long results are news."""
LATE = timedelta(days=4)
"""Results that come so long after their race fill a gap in the record, and are news to nobody."""
AFTERWARDS = timedelta(minutes=1)
"""The recap comes so long after the results."""
STANDING = timedelta(days=3 * 365)
"""How long the standings message is kept up though nothing happens."""


def following(
    seasons: Sequence[Season], now: datetime, seen: Mapping[tuple[int, int], Seen] | None = None
) -> Iterator[Slot]:
    """Results, recaps and standings.

    Args:
        seasons: whole seasons, oldest first.
        now: the moment.
        seen: each race as it was last seen in the schedule; not needed here.
    """
    del seen
    for race in (race for season in seasons for race in season.races if season.results.get(race.round)):
        known = known_at(race, now)
        if known <= now < known + FRESH and not _fills_a_gap(race, now):
            until = known + FRESH
            yield Slot(Kind.RESULTS, race.season, race.round, RACE, 0, noon_of(race), known, until)
            yield Slot(Kind.RECAP, race.season, race.round, RACE, 0, noon_of(race), known + AFTERWARDS, until)
    yield from _standings(seasons, now)


def _standings(seasons: Sequence[Season], now: datetime) -> Iterator[Slot]:
    """The standings after the last race: also for those who ask for them only now."""
    for season in reversed(seasons):
        told = season.as_of(now)
        race = told.latest
        if race is not None:
            known = known_at(race, now)
            yield Slot(
                Kind.STANDINGS,
                race.season,
                race.round,
                RACE,
                edition(told),
                noon_of(race),
                known,
                known + STANDING,
                newcomers=True,
            )
            return


def known_at(race: Race, now: datetime) -> datetime:
    """Since when the results of a race that has some are known.

    A clock that lives on another day than the store knows them when the race is over.
    """
    over, held = race.over_at, race.results_at
    return over if held is None or held > now else max(held, over)


def noon_of(race: Race) -> datetime:
    """Midday of the day of a race: what outcomes are told of, whatever becomes of the listed start afterwards."""
    return datetime.combine(race.date, time(12), EASTERN).astimezone(UTC)


def edition(season: Season) -> int:
    """A number that changes with whatever the standings are reckoned from, and with nothing else."""
    digest = hashlib.blake2b(digest_size=6)
    for part in _facts(season):
        digest.update(repr(part).encode())
    return int.from_bytes(digest.digest())


def _facts(season: Season) -> Iterator[Any]:
    yield season.year, season.rookies, season.champion
    yield tuple(season.playoff_field)
    yield tuple((each.round, each.driver, each.points, each.playoff_points) for each in season.adjustments)
    for race in season.races:
        yield race.round, race.phase, race.status is RaceStatus.CANCELLED
        yield race.outcome.stage_winners if race.outcome else None
        for result in season.results.get(race.round, ()):
            driver = season.drivers.get(result.driver)
            entry = result.entry
            yield entry.driver, driver and driver.name, entry.number, entry.make, entry.eligible
            yield result.finish, result.points, result.stages, result.fastest_lap, result.disqualified


def _fills_a_gap(race: Race, now: datetime) -> bool:
    held = race.results_at
    return held is not None and held <= now and held - (race.begins + RACE_LENGTH) > LATE
