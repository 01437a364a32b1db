"""Plans what the schedule brings: reminders, messages about schedule changes, and scheduled events.

``plan_schedule`` is the planner that the outbox is handed. It alone touches the store, where it keeps how it last saw
each race; the rest is pure, so that planning twice is planning once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from bot.notifications.scheduled_events import NO_EVENT, event_version, race_event
from db.models import Race, RaceStatus, Season, SessionKind
from db.reminders import plans
from db.reminders.models import (
    CALLED_OFF,
    LEADS,
    RACE,
    SAME,
    NotificationKind,
    PlannedNotification,
    ScheduleChange,
    SeenRace,
    WeekendSession,
)

HORIZON = timedelta(days=8)
"""How far ahead reminders are planned."""
AT_THE_START = timedelta(minutes=15)
"""How long after a start a reminder "at the start" is of use."""
NEAR = timedelta(days=14)
"""A change is not reported if the race is further away than this both before and after it."""
BACK = timedelta(days=1)
"""How long after its listed time a change of a race is still reported."""
HOLD = timedelta(minutes=2)
"""How long a change waits before it is reported: a typing error is often corrected at once, and then nobody hears of
it."""
REPORTED_FOR = timedelta(hours=24)
"""How long a change is worth reporting."""
CHANGES_KEPT = timedelta(days=3)
"""How far back changes are read, so that two in a row are reported as one."""
EVENT_HORIZON = timedelta(days=8)
"""How long before a race its scheduled event is made."""
EVENT_LINGERS = timedelta(hours=12)
"""How long after the start of a race its event may still be on; until then it is removed if the race is off."""

Place = tuple[int, int]
"""A season and a round of it."""

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


@dataclass(frozen=True, slots=True)
class ScheduleComparison:
    """The schedule compared with what was last seen: races to be stored as they are now, and the changes to report.

    A change is (season, round, before, after).
    """

    seen: Mapping[Place, SeenRace]
    changes: Sequence[tuple[int, int, SeenRace, SeenRace]]


def compare_schedule(seasons: Iterable[Season], seen: Mapping[Place, SeenRace], now: datetime) -> ScheduleComparison:
    """Compares the schedule with what was last seen of it; a race seen for the first time is not a change.

    Args:
        seasons: whole seasons.
        seen: each race as it was last seen, by season and round.
        now: the current moment.
    """
    changed: dict[Place, SeenRace] = {}
    changes = []
    for race in (race for season in seasons for race in season.races):
        place = race.season, race.round
        before = seen.get(place)
        after = _as_seen(race, before)
        if after != before:
            changed[place] = after
        if before is not None and difference(before, after) is not None and _matters(race, before, after, now):
            changes.append((*place, before, after))
    return ScheduleComparison(changed, changes)


def difference(before: SeenRace, after: SeenRace) -> dict[str, Any] | None:
    """What changed in a race's place in the schedule, as the detail of a change row; None if nothing that matters.

    ``what`` is moved, postponed, cancelled or restored; ``from`` and ``to`` are ISO moments, ``to`` is None if no new
    time is known; ``from_day`` and ``to_day`` are days; ``basis`` says whether the moments are of coverage or the race.
    """
    basis, old, new = _moments(before, after)
    moved = abs(old - new) >= SAME if basis and old and new else before.day != after.day
    if after.status is RaceStatus.CANCELLED:
        what = None if before.status is RaceStatus.CANCELLED else "cancelled"
    elif after.status is RaceStatus.POSTPONED and before.status is not RaceStatus.POSTPONED:
        what = "postponed"
    elif moved:
        what = "moved"
    else:
        # A race that was postponed or canceled and is on again as before.
        what = "restored" if after.status is not before.status else None
    if what is None:
        return None
    known = what in {"moved", "restored"} or (what == "postponed" and moved)
    return {
        "what": what,
        "basis": basis or ("coverage" if after.coverage else "race"),
        "from": _iso(old),
        "from_day": before.day.isoformat(),
        "to": _iso(new) if known else None,
        "to_day": after.day.isoformat() if known else None,
    }


def plan_reminders(
    seasons: Iterable[Season], seen: Mapping[Place, SeenRace], now: datetime
) -> Iterator[PlannedNotification]:
    """The reminders that are due within the horizon, for every lead there is.

    Args:
        seasons: whole seasons.
        seen: each race as it was last seen, which tells a new date from the one a race was postponed from.
        now: the current moment.
    """
    for race in (race for season in seasons for race in season.races):
        if race.status is RaceStatus.CANCELLED or race.over_at <= now:
            continue
        for session, event_at, detail in _events(race, seen.get((race.season, race.round)), now):
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
                    )


def plan_schedule_changes(
    changes: Iterable[ScheduleChange], seasons: Iterable[Season], now: datetime
) -> Iterator[PlannedNotification]:
    """Messages about changes: for each target what it has not heard yet, and nothing if the changes cancel out.

    Of three changes of one race, a target may have heard of none, of the first, or of the first two. So there is one
    message from each of them up to the last, and ``after`` says with which change it begins; the store gives each
    target the one that begins with the first change it has not heard of.

    Args:
        changes: those of the last days, in order.
        seasons: whole seasons.
        now: the current moment.
    """
    races = {(race.season, race.round): race for season in seasons for race in season.races}
    by_race: dict[Place, list[ScheduleChange]] = {}
    for change in changes:
        by_race.setdefault((change.season, change.round), []).append(change)
    for place, in_order in by_race.items():
        race, last = races.get(place), in_order[-1]
        if race is None:
            continue
        for first in in_order:
            detail = difference(first.before, last.after)
            event_at = last.after.event_at or first.before.event_at
            if detail is None or event_at is None:
                continue
            until = last.noticed_at + REPORTED_FOR
            if race.status is RaceStatus.SCHEDULED:
                until = min(until, race.over_at)
            if until > now:
                due_at = last.noticed_at + HOLD
                yield PlannedNotification(
                    NotificationKind.CHANGE,
                    *place,
                    RACE,
                    last.id,
                    event_at,
                    due_at,
                    until,
                    detail=detail,
                    after=first.id,
                )


def _as_seen(race: Race, before: SeenRace | None) -> SeenRace:
    """The race as it is now; moves by minutes are left out, so that many small ones still add up to a large one."""
    coverage = race.coverage.coverage if race.coverage else None
    now = SeenRace(race.date, _utc(race.start), _utc(coverage), race.status)
    if before is None:
        return now
    put_off = None
    if race.status is RaceStatus.POSTPONED:
        put_off = before.event_at if before.status is RaceStatus.SCHEDULED else before.put_off
    return replace(
        now, start=_steady(before.start, now.start), coverage=_steady(before.coverage, now.coverage), put_off=put_off
    )


def _steady(before: datetime | None, now: datetime | None) -> datetime | None:
    return before if before and now and abs(before - now) < SAME else now


def _moments(before: SeenRace, after: SeenRace) -> tuple[str | None, datetime | None, datetime | None]:
    """Two moments of the same thing, and what it is: coverage that became known does not mean that the race moved.

    If there are no such two, the thing is None and only the days can be compared.
    """
    if before.coverage and after.coverage:
        return "coverage", before.coverage, after.coverage
    if before.start and after.start:
        return "race", before.start, after.start
    return None, before.event_at, after.event_at


def _matters(race: Race, before: SeenRace, after: SeenRace, now: datetime) -> bool:
    """Whether a change should be reported: the race is not run, and its old or new time is near."""
    if race.over_at <= now and after.status is not RaceStatus.CANCELLED:
        return False
    old, new = before.event_at or _noon(race, before), after.event_at or _noon(race, after)
    if not any(now - BACK <= moment <= now + NEAR for moment in (old, new)):
        return False
    # If both have passed, somebody corrects the record.
    return after.status is not RaceStatus.SCHEDULED or max(old, new) > now


def _noon(race: Race, seen: SeenRace) -> datetime:
    return replace(race, date=seen.day, start=None).begins


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
    return event_at <= now or (seen is not None and seen.put_off is not None and abs(seen.put_off - event_at) < SAME)


def _utc(moment: datetime | None) -> datetime | None:
    # Python adds to a moment with a zone by the clock on the wall, from which an hour is missing in spring.
    return moment.astimezone(UTC) if moment else None


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def plan_events(
    seasons: Sequence[Season], now: datetime, seen: Mapping[tuple[int, int], SeenRace]
) -> Iterator[PlannedNotification]:
    """Scheduled events to be made, changed and removed: one for each race to come.

    An event for a race beyond the horizon is only for servers that have one already, made when the race was nearer.

    Args:
        seasons: whole seasons, oldest first.
        now: the current moment.
        seen: each race as it was last seen, which tells a new date from the one a race was postponed from.
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
        yield _removal(race, CALLED_OFF, begins, due_at, over)
        if event is None or put_off(race, start, seen.get((race.season, race.round)), now):
            yield _removal(race, RACE, begins, due_at, over)
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
            )


def _removal(race: Race, session: str, begins: datetime, due_at: datetime, until: datetime) -> PlannedNotification:
    return PlannedNotification(
        NotificationKind.EVENT,
        race.season,
        race.round,
        session,
        NO_EVENT,
        begins,
        due_at,
        until,
        newcomers=True,
        followers=True,
    )
