"""NASCAR's live feed as a ``LiveSource``: the running order each time, the rest when it may have something new."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from bot.clock import Clock
from bot.feeds import paths
from bot.feeds.client import Answer
from bot.feeds.errors import FeedError, UnreachableError
from bot.feeds.fetched import Fetched
from bot.feeds.reading import read_flags, read_live_feed, read_live_points, read_pit_stops, read_stage_points
from bot.feeds.schemas.live import LiveFeed
from bot.live.history import carry_on, must_not_be_older
from bot.live.source import Followed
from bot.live.translation import KnownDrivers, flags_of, stages_of, state_of, with_points, with_stops
from db.live.models import Flag, FlagPeriod, LiveState
from db.models import SessionKind

log = logging.getLogger(__name__)

T = TypeVar("T")

POINTS_EVERY = timedelta(minutes=1)
AGAIN_AFTER = timedelta(seconds=30)
"""How long a document is left alone that lacked what it was asked for."""
REASON_EVERY, REASON_WITHIN = timedelta(seconds=8), timedelta(minutes=1)
"""How often, and for how long, the reason of a caution or a red flag is asked for that was not there with the flag."""


class Client(Protocol):
    """Asks for documents; see ``bot.feeds.client.FeedClient``."""

    async def get(
        self, path: str, *, etag: str | None = None, last_modified: str | None = None, seldom_there: bool = False
    ) -> Answer: ...

    async def close(self) -> None: ...


@dataclass(slots=True)
class _Known:
    """The drivers of a season's store, indexed once."""

    season: object
    drivers: KnownDrivers


class NascarLive:
    """Asks NASCAR for a race as it runs.

    Args:
        client: asks for documents, politely.
        clock: the time.
    """

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._etags: dict[str, tuple[str | None, str | None]] = {}
        self._asked: dict[str, datetime] = {}
        self._known: _Known | None = None

    async def latest(self, followed: Followed, held: LiveState | None) -> LiveState | None:
        """The state now; see ``LiveSource``."""
        number = followed.race.nascar_id
        if number is None:
            return held
        path = paths.live_feed(number)
        etag, modified = self._etags.get(path, (None, None)) if held is not None else (None, None)
        answer = await self._client.get(path, etag=etag, last_modified=modified, seldom_there=True)
        if answer.fetched is None:
            return held
        feed = read_live_feed(answer.fetched, number)
        if feed is None:
            # It is not there before the first session of a weekend, and may be gone after the last.
            if held is not None and held.under_way:
                raise UnreachableError(path, "is not there any more, and the race is not over")
            return held
        state = state_of(feed, followed.race.id, self._drivers(followed), self._clock.now())
        must_not_be_older(held, state)
        made = await self._completed(followed, number, feed, held, state)
        # Only now: what could not be used is asked for whole again.
        self._etags[path] = (answer.etag, answer.last_modified)
        # What the documents beside it tell came with the last of them: nobody may be told of it as if it came before.
        return made if made is held else replace(made, came=self._clock.now())

    async def close(self) -> None:
        """Ends the connection."""
        await self._client.close()

    async def _completed(
        self, followed: Followed, number: int, feed: LiveFeed, held: LiveState | None, state: LiveState
    ) -> LiveState:
        """The state with what the documents beside the running order say, those asked for that may have something."""
        if state.session is not SessionKind.RACE:
            return carry_on(held, state)
        before = held if held is not None and held.session is SessionKind.RACE else None
        flags: tuple[FlagPeriod, ...] = ()
        if state.flags and (before is None or before.flag is not state.flag or self._lacks_reason(before, number)):
            flags = await self._flags(followed, number, state)
            if before is not None and state.flag is Flag.GREEN:
                state = await self._stops(followed, number, state)
        over = max((state.stage or 1) - 1, 0)
        if over > len(before.stages if before is not None else ()):
            state = await self._stages(followed, number, state)
        state = await self._points(number, feed, state)
        return carry_on(held, state, flags)

    async def _flags(self, followed: Followed, number: int, state: LiveState) -> tuple[FlagPeriod, ...]:
        rows = await self._beside(paths.flags(number), read_flags)
        return flags_of(rows, state, followed) if rows else ()

    async def _stops(self, followed: Followed, number: int, state: LiveState) -> LiveState:
        trucks = frozenset(state.by_number)
        path = paths.pit_data(followed.race.season, number)
        rows = await self._beside(path, lambda fetched: read_pit_stops(fetched, trucks))
        return with_stops(state, rows) if rows else state

    async def _stages(self, followed: Followed, number: int, state: LiveState) -> LiveState:
        path = paths.live_stage_points(number)
        if not self._is_due(path, AGAIN_AFTER):
            return state
        rows = await self._beside(path, lambda fetched: read_stage_points(fetched, number))
        return replace(state, stages=stages_of(rows, state, followed)) if rows else state

    async def _points(self, number: int, feed: LiveFeed, state: LiveState) -> LiveState:
        path = paths.live_points(number)
        if not self._is_due(path, POINTS_EVERY):
            return state
        rows = await self._beside(path, read_live_points)
        ids = {each.vehicle_number: each.driver.driver_id for each in feed.vehicles if each.driver.driver_id}
        return with_points(state, rows, ids) if rows else state

    def _lacks_reason(self, held: LiveState, number: int) -> bool:
        """Whether the flag that is shown is young, and its reason may still come."""
        shown = held.flags[-1]
        young = self._clock.now() < shown.since + REASON_WITHIN
        stopped = shown.flag in {Flag.YELLOW, Flag.RED} and shown.reason is None
        return stopped and young and self._is_due(paths.flags(number), REASON_EVERY)

    def _is_due(self, path: str, every: timedelta) -> bool:
        asked, now = self._asked.get(path), self._clock.now()
        # A clock that was set back makes nobody wait for longer.
        return asked is None or not asked <= now < asked + every

    async def _beside(self, path: str, read: Callable[[Fetched], T]) -> T | None:
        """A document beside the running order; None where it is not there, or of no use now: the race goes on."""
        self._asked[path] = self._clock.now()
        try:
            answer = await self._client.get(path, seldom_there=True)
            return read(answer.fetched) if answer.fetched is not None else None
        except UnreachableError as error:
            log.info("%s %s", path, error.problem)
        except FeedError as error:
            log.warning("%s %s", path, error.problem)
        return None

    def _drivers(self, followed: Followed) -> KnownDrivers:
        if self._known is None or self._known.season is not followed.season:
            self._known = _Known(followed.season, KnownDrivers(followed.drivers))
        return self._known.drivers
