"""What changed in the schedule since it was last seen, and which messages about it are due; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from db.models import EASTERN, Race, RaceStatus, Season
from db.reminders.models import RACE, SAME, NotificationKind, PlannedNotification, ScheduleChange, SeenRace

NEAR = timedelta(days=14)
"""A change is not reported if the race is further away than this both before and after it."""
BACK = timedelta(days=1)
"""How long after its listed time a change of a race is still reported."""
HOLD = timedelta(minutes=2)
"""How long a change waits before it is reported: a typing error is often corrected at once, and then nobody hears of
it."""
REPORTED_FOR = timedelta(hours=24)
"""How long a change is worth reporting."""


@dataclass(frozen=True, slots=True)
class ScheduleComparison:
    """The schedule compared with what was last seen: races to be stored as they are now, and the changes to report.

    Races are known by their ids, whatever their rounds. A change is (race's id, before, after).
    """

    seen: Mapping[int, SeenRace]
    changes: Sequence[tuple[int, SeenRace, SeenRace]]


def compare_schedule(seasons: Iterable[Season], seen: Mapping[int, SeenRace], now: datetime) -> ScheduleComparison:
    """Compares the schedule with what was last seen of it; a race seen for the first time is not a change.

    Args:
        seasons: whole seasons.
        seen: each race as it was last seen, by its id.
        now: the current moment.
    """
    changed: dict[int, SeenRace] = {}
    changes = []
    for race in (race for season in seasons for race in season.races):
        before = seen.get(race.id)
        after = _as_seen(race, before)
        if after != before:
            changed[race.id] = after
        if before is not None and difference(before, after) is not None and _matters(race, before, after, now):
            changes.append((race.id, before, after))
    return ScheduleComparison(changed, changes)


def difference(before: SeenRace, after: SeenRace) -> dict[str, Any] | None:
    """What changed in a race's place in the schedule, as the detail of a change row; None if nothing that matters.

    ``what`` is moved, postponed, cancelled, restored, timed (its time became known) or untimed (it is not known any
    more); ``from`` and ``to`` are ISO moments, None where no time is known; ``from_day`` and ``to_day`` are days, and
    ``to_day`` is None as well if there is no new date; ``basis`` says whether the moments are of coverage or the race.
    """
    basis, old, new = _moments(before, after)
    moved = abs(old - new) >= SAME if basis and old and new else before.day != after.day
    what = _what(before, after, moved=moved, timed=(old is not None, new is not None))
    if what is None:
        return None
    known = what != "cancelled" and not after.awaits_date
    return {
        "what": what,
        "basis": basis or ("coverage" if after.coverage else "race"),
        "from": _iso(old),
        "from_day": before.day.isoformat(),
        "to": _iso(new) if known else None,
        "to_day": after.day.isoformat() if known else None,
    }


def _what(before: SeenRace, after: SeenRace, *, moved: bool, timed: tuple[bool, bool]) -> str | None:
    """What became of a race; ``timed`` says whether a time was known, and whether one is."""
    if after.status is RaceStatus.CANCELLED:
        return None if before.status is RaceStatus.CANCELLED else "cancelled"
    if after.awaits_date:
        return None if before.awaits_date else "postponed"
    if after.status is RaceStatus.POSTPONED and before.status is RaceStatus.SCHEDULED:
        return "postponed"
    if moved:
        return "moved"
    if before.status is RaceStatus.CANCELLED or before.awaits_date:
        return "restored"
    return {(False, True): "timed", (True, False): "untimed"}.get(timed)


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
    races = {race.id: race for season in seasons for race in season.races}
    by_race: dict[int, list[ScheduleChange]] = {}
    for change in changes:
        by_race.setdefault(change.race, []).append(change)
    for number, in_order in by_race.items():
        race, last = races.get(number), in_order[-1]
        if race is None:
            continue
        for first in in_order:
            detail = difference(first.before, last.after)
            if detail is None:
                continue
            # Without any time, the day has to do; the moment must be the same each time the row is planned.
            event_at = last.after.event_at or first.before.event_at or _noon(last.after)
            until = last.noticed_at + REPORTED_FOR
            if race.status is RaceStatus.SCHEDULED:
                until = min(until, race.over_at)
            if until > now:
                due_at = last.noticed_at + HOLD
                yield PlannedNotification(
                    NotificationKind.CHANGE,
                    race.season,
                    race.round,
                    RACE,
                    last.id,
                    event_at,
                    due_at,
                    until,
                    detail=detail,
                    after=first.id,
                    race=race.id,
                )


def _as_seen(race: Race, before: SeenRace | None) -> SeenRace:
    """The race as it is now; moves by minutes are left out, so that many small ones still add up to a large one."""
    coverage = race.coverage.coverage if race.coverage else None
    now = SeenRace(race.date, _utc(race.start), _utc(coverage), race.status)
    if before is None:
        return now
    now = replace(now, start=_steady(before.start, now.start), coverage=_steady(before.coverage, now.coverage))
    if now.status is not RaceStatus.POSTPONED:
        return now
    put_off = replace(now, put_off=before.put_off, put_off_start=before.put_off_start, put_off_day=before.put_off_day)
    # A new date that loses its time again is given up: that is a postponement like the first one.
    given_up = not before.awaits_date and now.event_at is None and before.event_at is not None and now.day == before.day
    if before.status is RaceStatus.POSTPONED and not given_up:
        return put_off
    return replace(now, put_off=before.event_at, put_off_start=before.start, put_off_day=before.day)


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
    old, new = _moment(before, after), _moment(after, before)
    if not any(now - BACK <= moment <= now + NEAR for moment in (old, new)):
        return False
    # If both have passed, somebody corrects the record.
    return after.status is not RaceStatus.SCHEDULED or max(old, new) > now


def _moment(seen: SeenRace, other: SeenRace) -> datetime:
    """When a race that was seen like this is: without a time that of the same day is known by, else the day's end."""
    if seen.event_at is not None:
        return seen.event_at
    if other.event_at is not None and other.day == seen.day:
        return other.event_at
    return datetime.combine(seen.day + timedelta(days=1), time(0), EASTERN).astimezone(UTC)


def _noon(seen: SeenRace) -> datetime:
    return datetime.combine(seen.day, time(12), EASTERN).astimezone(UTC)


def _utc(moment: datetime | None) -> datetime | None:
    # Python adds to a moment with a zone by the clock on the wall, from which an hour is missing in spring.
    return moment.astimezone(UTC) if moment else None


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
