"""What falls due when, from the schedule alone: pure, so that planning twice is planning once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from db.models import Race, RaceStatus, Season, SessionKind
from db.reminders.models import LEADS, RACE, SAME, Change, Kind, Part, Seen, Slot

HORIZON = timedelta(days=8)
"""How far ahead reminders are planned."""
AT_THE_START = timedelta(minutes=15)
"""How long "starts now" is of use."""
NEAR = timedelta(days=14)
"""A change of a race further off than this, before and after, is told to nobody."""
BACK = timedelta(days=1)
"""How long after its listed time a race that was put off is still told of."""
HOLD = timedelta(minutes=2)
"""How long a change rests before it is told: a slip is often mended at once, and then nobody hears of it."""
TOLD_FOR = timedelta(hours=24)
"""How long a change is worth telling."""
CHANGES_KEPT = timedelta(days=3)
"""How far back changes are looked at, so that two in a row are told as one."""

Place = tuple[int, int]
"""A season and a round of it."""

_PARTS = {SessionKind.QUALIFYING: Part.QUALIFYING, SessionKind.PRACTICE: Part.PRACTICE}


@dataclass(frozen=True, slots=True)
class News:
    """What a look at the schedule found: races to be remembered as they are now, and what changed of which."""

    seen: Mapping[Place, Seen]
    changes: Sequence[tuple[int, int, Seen, Seen]]


def look(seasons: Iterable[Season], seen: Mapping[Place, Seen], now: datetime) -> News:
    """Compares the schedule with what was last seen of it; a race seen for the first time is no change.

    Args:
        seasons: whole seasons.
        seen: each race as it was last seen.
        now: the moment.
    """
    news: dict[Place, Seen] = {}
    changes = []
    for race in (race for season in seasons for race in season.races):
        place = race.season, race.round
        before = seen.get(place)
        after = _as_seen(race, before)
        if after != before:
            news[place] = after
        if before is not None and difference(before, after) is not None and _matters(race, before, after, now):
            changes.append((*place, before, after))
    return News(news, changes)


def difference(before: Seen, after: Seen) -> dict[str, Any] | None:
    """What changed of a race's place in the schedule, as a change row holds it; None if nothing that matters did.

    ``what`` is moved, postponed, cancelled or restored; ``from`` and ``to`` are ISO moments, ``to`` None where no new
    time is known; ``from_day`` and ``to_day`` the days; ``basis`` says whether the moments are of coverage or the race.
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
        # A race that was put off or called off, and is on again as it was.
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


def reminder_slots(seasons: Iterable[Season], seen: Mapping[Place, Seen], now: datetime) -> Iterator[Slot]:
    """The reminders that fall due within the horizon, for every lead there is.

    Args:
        seasons: whole seasons.
        seen: each race as it was last seen, which tells a new date from the one a race was put off from.
        now: the moment.
    """
    for race in (race for season in seasons for race in season.races):
        if race.status is RaceStatus.CANCELLED or race.over_at <= now:
            continue
        for part, event_at, detail in _events(race, seen.get((race.season, race.round)), now):
            if not now - AT_THE_START < event_at <= now + HORIZON:
                continue
            for lead in LEADS:
                until = min(event_at if lead else event_at + AT_THE_START, race.over_at)
                if until > now:
                    due_at = event_at - timedelta(minutes=lead)
                    yield Slot(
                        Kind.REMINDER, race.season, race.round, part, lead, event_at, due_at, until, detail=detail
                    )


def change_slots(changes: Iterable[Change], seasons: Iterable[Season], now: datetime) -> Iterator[Slot]:
    """What is to be told of changes: to each as much as he has not heard, and nothing where it comes to nothing.

    Args:
        changes: those of the last days, in order.
        seasons: whole seasons.
        now: the moment.
    """
    races = {(race.season, race.round): race for season in seasons for race in season.races}
    by_race: dict[Place, list[Change]] = {}
    for change in changes:
        by_race.setdefault((change.season, change.round), []).append(change)
    for place, told in by_race.items():
        race, last = races.get(place), told[-1]
        if race is None:
            continue
        for first in told:
            detail = difference(first.before, last.after)
            event_at = last.after.event_at or first.before.event_at
            if detail is None or event_at is None:
                continue
            until = last.noticed_at + TOLD_FOR
            if race.status is RaceStatus.SCHEDULED:
                until = min(until, race.over_at)
            if until > now:
                due_at = last.noticed_at + HOLD
                yield Slot(Kind.CHANGE, *place, RACE, last.id, event_at, due_at, until, detail=detail, after=first.id)


def _as_seen(race: Race, before: Seen | None) -> Seen:
    """The race as it is now; moves by minutes are not taken up, so that many small ones still add up to one."""
    coverage = race.coverage.coverage if race.coverage else None
    now = Seen(race.date, _utc(race.start), _utc(coverage), race.status)
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


def _moments(before: Seen, after: Seen) -> tuple[str | None, datetime | None, datetime | None]:
    """Two moments of the same thing and which it is: a start of coverage that became known moved nothing.

    Where there are no such two, the thing is None and only the days can be compared.
    """
    if before.coverage and after.coverage:
        return "coverage", before.coverage, after.coverage
    if before.start and after.start:
        return "race", before.start, after.start
    return None, before.event_at, after.event_at


def _matters(race: Race, before: Seen, after: Seen, now: datetime) -> bool:
    """Whether anybody should hear of it: the race is not run, and its old or new time is near."""
    if race.over_at <= now and after.status is not RaceStatus.CANCELLED:
        return False
    old, new = before.event_at or _noon(race, before), after.event_at or _noon(race, after)
    if not any(now - BACK <= moment <= now + NEAR for moment in (old, new)):
        return False
    # Where both have passed, somebody mends the record.
    return after.status is not RaceStatus.SCHEDULED or max(old, new) > now


def _noon(race: Race, seen: Seen) -> datetime:
    return replace(race, date=seen.day, start=None).begins


def moment_of(race: Race, part: Part, seen: Seen | None, now: datetime) -> datetime | None:
    """When a part of a race weekend starts as things are now; None where it is over, unknown or put off."""
    if race.status is RaceStatus.CANCELLED or race.over_at <= now:
        return None
    return next((event_at for each, event_at, _ in _events(race, seen, now) if each is part), None)


def _events(race: Race, seen: Seen | None, now: datetime) -> Iterator[tuple[Part, datetime, dict[str, str]]]:
    """What of a race weekend has a start to count down to."""
    coverage = race.coverage.coverage if race.coverage else None
    event_at = _utc(coverage or race.start)
    if event_at is not None and not put_off(race, event_at, seen, now):
        yield Part.COVERAGE, event_at, {"basis": "coverage" if coverage else "race"}
    elif race.status is RaceStatus.POSTPONED:
        # Until it has a new date nobody knows whether what leads up to it is still on.
        return
    for kind, part in _PARTS.items():
        starts = [s.start.astimezone(UTC) for s in race.sessions if s.kind is kind and s.start + AT_THE_START > now]
        if starts:
            yield part, min(starts), {}


def put_off(race: Race, event_at: datetime, seen: Seen | None, now: datetime) -> bool:
    """Whether the race was postponed and this is not its new time."""
    if race.status is not RaceStatus.POSTPONED:
        return False
    return event_at <= now or (seen is not None and seen.put_off is not None and abs(seen.put_off - event_at) < SAME)


def _utc(moment: datetime | None) -> datetime | None:
    # Arithmetic on a moment with a zone is done on the clock on the wall, which an hour is missing from in spring.
    return moment.astimezone(UTC) if moment else None


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
