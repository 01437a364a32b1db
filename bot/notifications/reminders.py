"""Writes reminders, and the messages that a race was moved, postponed or canceled."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from bot.notifications.schedule_planner import moment_of
from bot.outbox.contracts import Post
from bot.render.reminders import PreviousSchedule, RaceNotice, addressed, change, reminder
from bot.seasons.as_of import AsOf
from bot.seasons.later import seen_later
from db.connection import Store
from db.models import Race, RaceStatus, Season
from db.reminders.models import SAME, OutboxRow, SeenRace, Target, WeekendSession
from db.reminders.plans import seen_of
from db.timestamps import day_from_text, from_text


def notice(as_of: AsOf, race: Race, mark: str, *, personal: bool) -> RaceNotice:
    """What a message about a race to come says, as known now."""
    computed = as_of.computed(as_of.season(race.season))
    return RaceNotice(computed, race, mark, as_of.last_winner(race), personal)


def start_of(race: Race) -> datetime:
    """When coverage starts or, if that is not known, the race itself."""
    coverage = race.coverage.coverage if race.coverage else None
    return coverage or race.begins


class ReminderWriter:
    """Writes the messages of reminders and of schedule changes.

    Args:
        as_of: returns what is known now.
        store: holds from which moment a race was postponed.
    """

    def __init__(self, as_of: Callable[[], Awaitable[AsOf]], store: Store) -> None:
        self._as_of = as_of
        self._store = store

    async def reminder(self, row: OutboxRow, target: Target) -> Post | None:
        """The reminder; None if the race is off, over, postponed, moved since, or no longer on the schedule."""
        as_of = seen_later(await self._as_of(), target.extras.delay)
        race = _race(as_of, row)
        if race is None:
            return None
        event_at = moment_of(race, WeekendSession(row.notification.session), await self._seen(race), as_of.now)
        if event_at is None or abs(event_at - row.notification.event_at) >= SAME:
            return None
        facts = notice(as_of, race, row.mark, personal=target.user is not None)
        view = reminder(facts, WeekendSession(row.notification.session), row.notification.event_at, as_of.now)
        return Post(addressed(view, target.role), target.role)

    async def _seen(self, race: Race) -> SeenRace | None:
        """How the planner last saw a postponed race, which tells its new date from the one it was postponed from."""
        if race.status is not RaceStatus.POSTPONED:
            return None
        return await seen_of(self._store, race.id)

    async def change(self, row: OutboxRow, target: Target) -> Post | None:
        """The message about a change; None if the race is no longer on the schedule."""
        as_of = seen_later(await self._as_of(), target.extras.delay)
        race = _race(as_of, row)
        if race is None:
            return None
        facts = notice(as_of, race, row.mark, personal=target.user is not None)
        seen = await self._seen(race)
        before = _before(row.notification.detail, awaits_new_date=seen is not None and seen.awaits_date)
        return Post(addressed(change(facts, before, as_of.now), target.role), target.role)


def _before(detail: Mapping[str, Any], *, awaits_new_date: bool) -> PreviousSchedule:
    """What the readers knew before, as the planner stored it."""
    at, on = detail.get("from"), detail.get("from_day")
    return PreviousSchedule(
        from_text(at) if isinstance(at, str) else None,
        day_from_text(on) if isinstance(on, str) else None,
        restored=detail.get("what") == "restored",
        awaits_new_date=awaits_new_date or (detail.get("what") == "postponed" and not detail.get("to_day")),
    )


def _race(as_of: AsOf, row: OutboxRow) -> Race | None:
    found = race_of(as_of.seasons, row)
    return found[1] if found else None


def race_of(seasons: Iterable[Season], row: OutboxRow) -> tuple[Season, Race] | None:
    """The race that a row is about, whatever its round is now, and its season; None if it is on no schedule now."""
    number = row.notification.race
    return next(((season, race) for season in seasons for race in season.races if race.id == number), None)
