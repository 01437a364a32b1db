"""Writes the posts of a race under way: what was seen when it happened, however late it is posted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.notifications.reminders import race_of
from bot.outbox.contracts import BusyError, Post
from bot.outbox.ordering import NEXT_SECONDS, await_order
from bot.render.announcements import PostOptions
from bot.render.race_day import race_day_post
from bot.seasons.as_of import AsOf
from db.connection import Store
from db.live.news import news_of
from db.reminders.models import OutboxRow, Target
from db.reminders.race_day import RacePost


class RaceDayWriter:
    """Writes the posts of races under way.

    Args:
        store: holds what is still to go out before a post.
        as_of: returns what is known now.
    """

    def __init__(self, store: Store, as_of: Callable[[], Awaitable[AsOf]]) -> None:
        self._store = store
        self._as_of = as_of

    async def write(self, row: OutboxRow, target: Target) -> Post | None:
        """The post; None if its race is on no schedule any more.

        Raises:
            BusyError: what happened before is still to go out, or the delay was set longer since the row was planned.
        """
        as_of = await self._as_of()
        if as_of.now < row.notification.event_at + timedelta(seconds=target.extras.delay):
            raise BusyError("it is told later here", NEXT_SECONDS)
        await await_order(self._store, row, as_of.now)
        found = race_of(as_of.seasons, row)
        if found is None:
            return None
        due = row.notification
        options = PostOptions(row.mark, covered=target.extras.spoiler)
        return Post(race_day_post(found[1], RacePost(due.session), news_of(due.detail), options))
