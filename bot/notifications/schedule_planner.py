"""Plans what the schedule brings: reminders, messages about schedule changes, and scheduled events.

``plan_schedule`` is the planner that the outbox is handed. It alone touches the store, where it keeps how it last saw
each race; the rest is pure, so that planning twice is planning once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta

from bot.notifications.schedule_changes import compare_schedule, plan_schedule_changes
from bot.notifications.scheduled_events import NO_EVENT, event_version, race_event
from db.models import EASTERN, Race, RaceStatus, Season, SessionKind
from db.reminders import plans
from db.reminders.models import (
    CALLED_OFF,
    LEADS,
    RACE,
    NotificationKind,
    PlannedNotification,
    SeenRace,
    WeekendSession,
)

HORIZON = timedelta(days=8)
"""How far ahead reminders are planned."""
AT_THE_START = timedelta(minutes=15)
"""How long after a start a reminder "at the start" is of use."""
CHANGES_KEPT = timedelta(days=3)
"""How far back changes are read, so that two in a row are reported as one."""
EVENT_HORIZON = timedelta(days=8)
"""How long before a race its scheduled event is made."""
EVENT_LINGERS = timedelta(hours=12)
"""How long after the start of a race its event may still be on; until then it is removed if the race is off."""
NO_ROUND = 0
"""The round of a race that is not on the schedule."""

_SESSIONS = {SessionKind.QUALIFYING: WeekendSession.QUALIFYING, SessionKind.PRACTICE: WeekendSession.PRACTICE}


async def plan_schedule(
    connection: plans.Connection, seasons: Sequence[Season], now: datetime
) -> list[PlannedNotification]:
    """Everything that the schedule brings, and stores how the schedule is seen now; an ``outbox.contracts.Planner``."""
    seen = await plans.load_seen(connection)
    found = compare_schedule(seasons, seen, now)
    await plans.save_seen(connection, found.seen)
    await plans.save_changes(connection, found.changes, now)
    seen = {**seen, **found.seen}
    changes = await plans.load_changes(connection, now - CHANGES_KEPT)
    return [
        *plan_reminders(seasons, seen, now),
        *plan_schedule_changes(changes, seasons, now),
        *plan_events(seasons, now, seen),
    ]


def plan_reminders(
    seasons: Iterable[Season], seen: Mapping[int, SeenRace], now: datetime
) -> Iterator[PlannedNotification]:
    """The reminders that are due within the horizon, for every lead there is.

    Args:
        seasons: whole seasons.
        seen: each race, by its id, as it was last seen, which tells a new date from the one a race was postponed from.
        now: the current moment.
    """
    for race in (race for season in seasons for race in season.races):
        if race.status is RaceStatus.CANCELLED or race.over_at <= now:
            continue
        for session, event_at, detail in _events(race, seen.get(race.id), now):
            if not now - AT_THE_START < event_at <= now + HORIZON:
                continue
            for lead in LEADS:
                until = min(event_at if lead else event_at + AT_THE_START, race.over_at)
                if until > now:
                    due_at = event_at - timedelta(minutes=lead)
                    yield PlannedNotification(
                        NotificationKind.REMINDER,
                        race.season,
                        race.round,
                        session,
                        lead,
                        event_at,
                        due_at,
                        until,
                        detail=detail,
                        race=race.id,
                    )


def moment_of(race: Race, session: WeekendSession, seen: SeenRace | None, now: datetime) -> datetime | None:
    """When a session of a race weekend starts, as of now; None if it is over, unknown or postponed."""
    if race.status is RaceStatus.CANCELLED or race.over_at <= now:
        return None
    return next((event_at for each, event_at, _ in _events(race, seen, now) if each is session), None)


def _events(
    race: Race, seen: SeenRace | None, now: datetime
) -> Iterator[tuple[WeekendSession, datetime, dict[str, str]]]:
    """The sessions of a race weekend that have a start to count down to."""
    coverage = race.coverage.coverage if race.coverage else None
    event_at = _utc(coverage or race.start)
    if event_at is not None and not put_off(race, event_at, seen, now):
        yield WeekendSession.COVERAGE, event_at, {"basis": "coverage" if coverage else "race"}
    elif race.status is RaceStatus.POSTPONED:
        # Until the race has a new date, nobody knows whether its qualifying and practice are still on.
        return
    for kind, session in _SESSIONS.items():
        starts = [s.start.astimezone(UTC) for s in race.sessions if s.kind is kind and s.start + AT_THE_START > now]
        if starts:
            yield session, min(starts), {}


def put_off(race: Race, event_at: datetime, seen: SeenRace | None, now: datetime) -> bool:
    """Whether the race was postponed and this moment is not its new time."""
    if race.status is not RaceStatus.POSTPONED:
        return False
    return event_at <= now or (seen is not None and seen.was_put_off_from(event_at))


def _utc(moment: datetime | None) -> datetime | None:
    # Python adds to a moment with a zone by the clock on the wall, from which an hour is missing in spring.
    return moment.astimezone(UTC) if moment else None


def plan_events(
    seasons: Sequence[Season], now: datetime, seen: Mapping[int, SeenRace]
) -> Iterator[PlannedNotification]:
    """Scheduled events to be made, changed and removed: one for each race to come.

    An event for a race beyond the horizon is only for servers that have one already, made when the race was nearer.

    Args:
        seasons: whole seasons, oldest first.
        now: the current moment.
        seen: each race, by its id, as it was last seen, which tells a new date from the one a race was postponed from.
    """
    # The same all day long, so that planning twice is planning once; and in the past, so that it is due at once.
    midnight = datetime.combine(now.astimezone(UTC).date(), time(0), UTC)
    for season, race in ((each, race) for each in seasons for race in each.races):
        begins = race.begins.astimezone(UTC)
        if begins + EVENT_LINGERS + EVENT_LINGERS <= now:
            continue
        due_at = min(begins - EVENT_HORIZON, midnight)
        event = race_event(season, race)
        start = event.start.astimezone(UTC) if event else begins
        over = max(begins, start) + EVENT_LINGERS
        if over <= now:
            continue
        # For servers that had events and no longer want any.
        yield _removal(race.id, (race.season, race.round), CALLED_OFF, begins, due_at, over)
        if event is None or put_off(race, start, seen.get(race.id), now):
            yield _removal(race.id, (race.season, race.round), RACE, begins, due_at, over)
        elif start > now:
            yield PlannedNotification(
                NotificationKind.EVENT,
                race.season,
                race.round,
                RACE,
                event_version(season, race, event),
                start,
                due_at,
                start,
                detail=event.detail,
                newcomers=True,
                followers=start > now + EVENT_HORIZON,
                race=race.id,
            )
    yield from _removals_of_dropped(seasons, now, seen, midnight)


def _removals_of_dropped(
    seasons: Sequence[Season], now: datetime, seen: Mapping[int, SeenRace], midnight: datetime
) -> Iterator[PlannedNotification]:
    """What removes the events of races that left the schedule, of which it is only known when they were to be."""
    listed = {race.id for season in seasons for race in season.races}
    for number, last in seen.items():
        begins = last.event_at or datetime.combine(last.day, time(12), EASTERN).astimezone(UTC)
        over = begins + EVENT_LINGERS
        if number not in listed and over > now:
            due_at = min(begins - EVENT_HORIZON, midnight)
            for session in (CALLED_OFF, RACE):
                yield _removal(number, (last.day.year, NO_ROUND), session, begins, due_at, over)


def _removal(
    race: int, place: tuple[int, int], session: str, begins: datetime, due_at: datetime, until: datetime
) -> PlannedNotification:
    season, number = place
    return PlannedNotification(
        NotificationKind.EVENT,
        season,
        number,
        session,
        NO_EVENT,
        begins,
        due_at,
        until,
        newcomers=True,
        followers=True,
        race=race,
    )
