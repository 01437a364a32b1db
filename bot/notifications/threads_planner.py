"""Plans the threads of races: one is opened with a reminder of coverage, and put away the day after the race.

A thread belongs to the race, not to a start: one that is open stays the race's when that is moved, and is put away the
day after it was run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from bot.notifications.schedule_planner import HORIZON, put_off
from bot.render.formatting import day, listed
from db.live.days import LastSeen, last_on_track
from db.models import EASTERN, OVER_BY_THE_CLOCK, Race, RaceStatus, Season
from db.reminders import plans
from db.reminders.models import LEADS, NotificationKind, PlannedNotification, SeenRace
from db.reminders.race_day import ARCHIVED, LONGEST_DELAY, OPENED, THREAD_AHEAD

NOON = time(12)
PUT_AWAY_WITHIN = timedelta(days=1)
"""How long it is of use to put a thread away; after that Discord has done it, or people still write in it."""
OVERNIGHT = timedelta(days=4)
"""For how long after its start a race may be on the track: rain may last for days."""
MOST_TRACK = 80
"""Characters of a track's name in that of a thread, of Discord's hundred."""


async def plan_threads(
    connection: plans.Connection, seasons: Sequence[Season], now: datetime
) -> list[PlannedNotification]:
    """The threads to be opened and put away; an ``outbox.contracts.Planner``. It comes after the schedule's."""
    seen = await plans.load_seen(connection)
    near = [race for season in seasons for race in season.races if _is_near(race, now)]
    last = {race.id: await last_on_track(connection, race.id) for race in near}
    return [each for race in near for each in threads_planned(race, seen.get(race.id), last[race.id], now)]


def threads_planned(race: Race, seen: SeenRace | None, last: LastSeen, now: datetime) -> Iterator[PlannedNotification]:
    """What opens a race's thread, for every lead there is, and what puts it away where it was opened; pure.

    Args:
        race: the race.
        seen: the race as it was last seen, which tells a new date from the one it was postponed from.
        last: when it was last on the track.
        now: the current moment.
    """
    begins = race.begins.astimezone(UTC)
    coverage = race.coverage.coverage if race.coverage else None
    event_at = coverage.astimezone(UTC) if coverage is not None else begins
    until = min(max(event_at, begins) + OVER_BY_THE_CLOCK, race.over_at.astimezone(UTC))
    off = race.status is RaceStatus.CANCELLED or put_off(race, event_at, seen, now)
    if not off and event_at <= now + HORIZON:
        for lead in sorted({*LEADS, THREAD_AHEAD}):
            due_at = event_at - timedelta(minutes=lead)
            yield _planned(race, OPENED, lead, event_at, due_at, until, detail={"name": thread_name(race)})
    due_at = datetime.combine(_last_day(race, last, now) + timedelta(days=1), NOON, EASTERN).astimezone(UTC)
    yield _planned(race, ARCHIVED, 0, begins, due_at, due_at + PUT_AWAY_WITHIN, followers=True)


def thread_name(race: Race) -> str:
    """What a race's thread is called, such as ``Talladega · Oct 17``."""
    return listed([" ".join(race.track.short.split())[:MOST_TRACK].strip(), day(race.date)])


def _is_near(race: Race, now: datetime) -> bool:
    """Whether a race's thread may be due to be opened or put away, be it by who sees the race a day later."""
    gone = OVERNIGHT + 2 * PUT_AWAY_WITHIN + timedelta(seconds=LONGEST_DELAY)
    return now - gone < race.begins <= now + HORIZON + timedelta(days=1)


def _last_day(race: Race, last: LastSeen, now: datetime) -> date:
    """The day on which a race was run, or is to be; Eastern. One that was stopped overnight is not over yet."""
    begins = race.begins.astimezone(EASTERN)
    moments = [begins, *([last.at] if last.at is not None else []), *([now] if last.goes_on else [])]
    return max(each.astimezone(EASTERN).date() for each in moments if begins <= each < begins + OVERNIGHT)


def _planned(
    race: Race,
    session: str,
    lead: int,
    event_at: datetime,
    due_at: datetime,
    until: datetime,
    *,
    detail: Mapping[str, str] | None = None,
    followers: bool = False,
) -> PlannedNotification:
    return PlannedNotification(
        NotificationKind.THREAD,
        race.season,
        race.round,
        session,
        lead,
        event_at,
        due_at,
        until,
        detail=detail or {},
        newcomers=True,
        followers=followers,
        race=race.id,
    )
