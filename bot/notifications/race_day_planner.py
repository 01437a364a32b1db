"""Plans the posts of races under way: each thing that is seen to happen once, when it is seen, with what it says.

The log of a race's posts is kept in the store until nobody can be that far behind any more. So the plan is the same
after a restart, after the feed has begun anew, and after the live state is forgotten because results are official.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bot.notifications.race_day_log import looked_at
from bot.notifications.race_day_news import happenings, in_overtime
from db.live.news import detail_of
from db.live.posts import (
    forget_log,
    keep_log,
    load_logs,
    newest_states,
    note_waiting,
    plan_version,
    states_since,
)
from db.live.seen_posts import PostLog, log_of, log_text
from db.models import Race, Season
from db.reminders.models import NotificationKind, PlannedNotification
from db.reminders.plans import Connection
from db.reminders.race_day import RacePost

__all__ = ["plan_race_day", "plan_version", "posts_of"]

log = logging.getLogger(__name__)

KEPT = timedelta(days=4)
"""How long the log of a race is kept of which nothing new comes: rain may last for days."""


async def plan_race_day(connection: Connection, seasons: Sequence[Season], now: datetime) -> list[PlannedNotification]:
    """The posts of races under way or just over, and stores what was seen; an ``outbox.contracts.Planner``."""
    # Of what is far from now, by whatever clock, nobody is told any more.
    newest = {race: came for race, came in (await newest_states(connection)).items() if abs(now - came) < KEPT}
    kept = await load_logs(connection)
    planned, waits = list[PlannedNotification](), False
    for number in sorted(kept.keys() | newest.keys()):
        found = next(((s, race) for s in seasons for race in s.races if race.id == number), None)
        before, came = _read(kept.get(number), number), newest.get(number)
        seen = before
        if found is not None and came is not None and came != before.looked:
            try:
                seen = await _looked(connection, found, before, came)
            except Exception:
                # Reminders are planned along with this: what is odd about one race must not stop them.
                log.exception("what happened in race %d could not be read; its posts stay as they were", number)
        if seen.looked is None or abs(now - seen.looked) >= KEPT:
            if number in kept:
                await forget_log(connection, number)
            continue
        if seen != before:
            await keep_log(connection, number, log_text(seen))
        waits = waits or seen.waits
        if found is not None:
            planned += posts_of(*found, seen, now)
    await note_waiting(connection, waits=waits)
    return planned


async def _looked(connection: Connection, found: tuple[Season, Race], before: PostLog, came: datetime) -> PostLog:
    """The log with every state at which something happened since it was last looked at, and the newest."""
    season, race = found
    seen = before
    for state in await states_since(connection, race.id, before.looked, came):
        if state.begun:
            seen = looked_at(seen, happenings(season, race, state), state.came, in_overtime(race, state))
    return seen


def posts_of(season: Season, race: Race, seen: PostLog, now: datetime) -> Iterator[PlannedNotification]:
    """The posts of a race's log; pure.

    Args:
        season: the race's season.
        race: the race.
        seen: its log.
        now: the current moment.
    """
    known = race.known_at(now) if season.has_results(race.round) else None
    for each in seen.posts:
        until = each.until
        if each.post is RacePost.CHECKERED and known is not None:
            until = min(until, known)
        if each.posted and each.due < until:
            yield PlannedNotification(
                NotificationKind.LIVE,
                race.season,
                race.round,
                each.post,
                each.number,
                each.at,
                each.due,
                until,
                detail=detail_of(each.news),
                race=race.id,
            )


def _read(text: str | None, race: int) -> PostLog:
    if text is None:
        return PostLog()
    found = log_of(text)
    if found is None:
        log.warning("the log of the posts of race %d was written by another version, and begins anew", race)
    return found or PostLog()
