"""Plans what results bring: the results themselves, the recap, and the standings that have changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from bot.notifications.corrections import results_facts, results_version
from db.models import EASTERN, RACE_LENGTH, Race, RaceStatus, Season
from db.reminders.models import RACE, NotificationKind, PlannedNotification
from db.reminders.plans import Connection
from db.reminders.results_seen import save_results

FRESH = timedelta(hours=48)
"""How long results are worth sending."""
CORRECTED_FOR = timedelta(days=14)
"""How long posted results are corrected: penalties are announced in the week after a race, and appeals a week later."""
LATE = timedelta(hours=24)
"""Results that were first known this long after their race was over are no news, and are sent to nobody: those of a
first refresh after months, of older seasons, or of a newer version of the program."""
AFTERWARDS = timedelta(minutes=1)
"""How long after the results the recap comes."""
STANDING = timedelta(days=3 * 365)
"""How long the standings message is kept up to date although no race is run."""


async def plan_results(connection: Connection, seasons: Sequence[Season], now: datetime) -> list[PlannedNotification]:
    """Everything that results bring, and stores what they are; an ``outbox.contracts.Planner``."""
    planned = list(plan_outcomes(seasons, now))
    posted = {each.race: each.lead for each in planned if each.kind is NotificationKind.RESULTS}
    races = [(season, race) for season in seasons for race in season.races if race.id in posted]
    await save_results(
        connection, ((race.id, posted[race.id], results_facts(season, race)) for season, race in races), now
    )
    return planned


def plan_outcomes(seasons: Sequence[Season], now: datetime) -> Iterator[PlannedNotification]:
    """Results, recaps and standings; pure.

    Args:
        seasons: whole seasons, oldest first.
        now: the current moment.
    """
    for season, race in ((each, race) for each in seasons for race in each.run):
        known = race.known_at(now)
        if known <= now < known + CORRECTED_FOR and not _fills_a_gap(race, now):
            yield from _posts(season, race, known, now)
    yield from _standings(seasons, now)


def _posts(season: Season, race: Race, known: datetime, now: datetime) -> Iterator[PlannedNotification]:
    """Results and recap in the version that they have now: after two days only for who has an earlier one posted."""
    late = now >= known + FRESH
    for kind, due_at in ((NotificationKind.RESULTS, known), (NotificationKind.RECAP, known + AFTERWARDS)):
        yield PlannedNotification(
            kind,
            race.season,
            race.round,
            RACE,
            results_version(season, race),
            noon_of(race),
            due_at,
            known + (CORRECTED_FOR if late else FRESH),
            newcomers=late,
            followers=late,
            race=race.id,
        )


def _standings(seasons: Sequence[Season], now: datetime) -> Iterator[PlannedNotification]:
    """The standings after the last race: also for targets that subscribe to them only now."""
    for season in reversed(seasons):
        as_known = season.as_of(now)
        race = as_known.latest
        if race is not None:
            known = race.known_at(now)
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
                race=race.id,
            )
            return


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
