"""Plans what results bring: the results themselves, the recap, and the standings that have changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from db.models import EASTERN, RACE_LENGTH, Race, RaceStatus, Season
from db.reminders.models import RACE, NotificationKind, PlannedNotification
from db.reminders.plans import Connection

FRESH = timedelta(hours=48)
"""How long results are worth sending."""
LATE = timedelta(days=4)
"""Results that come this long after their race fill a gap in the record, and are sent to nobody."""
AFTERWARDS = timedelta(minutes=1)
"""How long after the results the recap comes."""
STANDING = timedelta(days=3 * 365)
"""How long the standings message is kept up to date although no race is run."""


async def plan_results(connection: Connection, seasons: Sequence[Season], now: datetime) -> list[PlannedNotification]:
    """Everything that results bring; an ``outbox.contracts.Planner`` that needs nothing from the store."""
    del connection
    return list(plan_outcomes(seasons, now))


def plan_outcomes(seasons: Sequence[Season], now: datetime) -> Iterator[PlannedNotification]:
    """Results, recaps and standings; pure.

    Args:
        seasons: whole seasons, oldest first.
        now: the current moment.
    """
    for race in (race for season in seasons for race in season.races if season.results.get(race.round)):
        known = known_at(race, now)
        if known <= now < known + FRESH and not _fills_a_gap(race, now):
            until = known + FRESH
            yield PlannedNotification(
                NotificationKind.RESULTS, race.season, race.round, RACE, 0, noon_of(race), known, until
            )
            yield PlannedNotification(
                NotificationKind.RECAP, race.season, race.round, RACE, 0, noon_of(race), known + AFTERWARDS, until
            )
    yield from _standings(seasons, now)


def _standings(seasons: Sequence[Season], now: datetime) -> Iterator[PlannedNotification]:
    """The standings after the last race: also for targets that subscribe to them only now."""
    for season in reversed(seasons):
        as_known = season.as_of(now)
        race = as_known.latest
        if race is not None:
            known = known_at(race, now)
            yield PlannedNotification(
                NotificationKind.STANDINGS,
                race.season,
                race.round,
                RACE,
                standings_version(as_known),
                noon_of(race),
                known,
                known + STANDING,
                newcomers=True,
            )
            return


def known_at(race: Race, now: datetime) -> datetime:
    """Since when the results of a race that has some are known.

    A bot whose clock was set to a day before they were stored knows them from the end of the race on.
    """
    over, stored_at = race.over_at, race.results_at
    return over if stored_at is None or stored_at > now else max(stored_at, over)


def noon_of(race: Race) -> datetime:
    """Noon of the day of a race: the moment that identifies its outcome, even if the listed start changes later."""
    return datetime.combine(race.date, time(12), EASTERN).astimezone(UTC)


def standings_version(season: Season) -> int:
    """A number that changes with anything the standings are computed from, and with nothing else."""
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
    stored_at = race.results_at
    return stored_at is not None and stored_at <= now and stored_at - (race.begins + RACE_LENGTH) > LATE
