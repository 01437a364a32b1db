"""The board of a race, posted unasked: minutes before it begins, with the starting order where that is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bot.boards.drawing import BoardDrawer
from bot.boards.identity import identified_at
from bot.boards.opening import opening
from bot.outbox.contracts import Post
from bot.render.race_status import awaits_new_date
from db.connection import Store
from db.live.boards import board_in, take_sent
from db.models import OVER_BY_THE_CLOCK, Race, RaceStatus, Season
from db.reminders.models import RACE, NotificationKind, OutboxRow, PlannedNotification, Target
from db.reminders.plans import Connection
from db.reminders.race_day import LONGEST_DELAY

AHEAD = timedelta(minutes=10)
"""So long before its listed start a race's board is posted."""
HORIZON = timedelta(days=2)
"""How far ahead boards are planned."""
SENT_WITHIN = timedelta(days=1)


async def plan_boards(connection: Connection, seasons: Sequence[Season], now: datetime) -> list[PlannedNotification]:
    """The boards of the races that are near; an ``outbox.contracts.Planner``."""
    del connection
    return list(boards_planned(seasons, now))


def boards_planned(seasons: Sequence[Season], now: datetime) -> Iterator[PlannedNotification]:
    """One board a race, also for who asks for it while the race runs; pure.

    Results that are known make no difference to who sees the race hours later: each has until its race is over.

    Args:
        seasons: whole seasons.
        now: the current moment.
    """
    longest = timedelta(seconds=LONGEST_DELAY)
    for race in (race for season in seasons for race in season.races):
        due_at, until = race.begins - AHEAD, _until(race)
        if race.status is RaceStatus.CANCELLED or awaits_new_date(race, now):
            continue
        if due_at - HORIZON <= now < until + longest:
            yield PlannedNotification(
                NotificationKind.BOARD,
                race.season,
                race.round,
                RACE,
                0,
                identified_at(race),
                due_at,
                until,
                newcomers=True,
                race=race.id,
            )


def _until(race: Race) -> datetime:
    """When a race is over: by its results, or by the clock."""
    by_the_clock = race.begins + OVER_BY_THE_CLOCK
    return by_the_clock if race.results_at is None else min(race.over_at, by_the_clock)


class BoardWriter:
    """Writes the boards that are posted unasked.

    Args:
        store: holds the boards that there are.
        drawer: draws boards.
    """

    def __init__(self, store: Store, drawer: BoardDrawer) -> None:
        self._store, self._drawer = store, drawer

    async def write(self, row: OutboxRow, target: Target) -> Post | None:
        """The board or, where somebody has opened one in the channel already, that one; None if the race is gone."""
        channel, race = row.channel or target.channel, row.notification.race
        if channel is None or target.guild is None:
            return None
        async with opening(channel, race):
            view = await self._drawer.board(race, target.guild, target.extras.delay, row.mark)
            if view is None:
                return None
            await take_sent(self._store, row.notification.due_at - SENT_WITHIN)
            before = await board_in(self._store, channel, race)
        if before is not None and not before.frozen:
            return Post(view, edit=before.message, edit_in=channel, correction=True)
        return Post(view)
