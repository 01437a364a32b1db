"""One pace for all requests to Discord: evenly spaced, below its limit, the most pressing first."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
from collections import deque
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from datetime import datetime

import aiohttp

RATE = 48.0
"""Requests a second; Discord takes 50 from a bot, whatever they are for. The rest is for the way there, on which some
come in closer together than they went out."""
MOST, WINDOW = 49, 1.01
"""No more requests than that in so many seconds, even to make up for a stall: one less than Discord takes, for one that
was held up between its turn and the wire, and a little longer, for the way there."""
HURRY = 2
"""How many times as fast as usual a stall is made up for."""
CREDIT = 1.0
"""Seconds of a stall that are made up for at most."""
EXEMPT = ("/interactions/", "/webhooks/")
"""Paths that Discord does not count: answers to commands and buttons."""

Priority = tuple[datetime, int]
"""When it is of no use any more, and a number that settles ties."""

_paid: ContextVar[list[float] | None] = ContextVar("paid", default=None)
"""When the task had its turn, if it has made no request since."""


class RateLimiter:
    """Lets requests go one by one.

    Args:
        rate: requests a second of the bot's own clock.
        speed: how many of its seconds pass in a real one.

    Attributes:
        rate: as given.
        clear: waited for before each turn, such as for a limit that Discord has set to all requests.
    """

    def __init__(self, rate: float = RATE, *, speed: float = 1.0) -> None:
        self.rate = rate
        self.clear: Callable[[], Awaitable[None]] | None = None
        self._interval = 1 / (rate * speed)
        self._window, self._credit = WINDOW / speed, CREDIT / speed
        self._gone: deque[list[float]] = deque(maxlen=math.ceil(rate * MOST / RATE))
        self._waiting: list[tuple[Priority, int, asyncio.Future[list[float]]]] = []
        self._numbers = itertools.count()
        self._next = 0.0
        self._letting: asyncio.Task[None] | None = None

    async def turn(self, priority: Priority) -> None:
        """Waits for the next free moment; of all who wait the one with the lowest priority value goes first."""
        mine: asyncio.Future[list[float]] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (priority, next(self._numbers), mine))
        if self._letting is None or self._letting.done():
            self._letting = asyncio.create_task(self._let_go())
        _paid.set(await mine)

    def spent(self) -> list[float]:
        """Counts a request that asked for no turn; returns when it went, to be corrected if it goes later."""
        went = [asyncio.get_running_loop().time()]
        self._gone.append(went)
        self._next = max(self._next, went[0] - self._credit) + self._interval
        return went

    async def close(self) -> None:
        """Lets nobody go any more."""
        if self._letting is not None:
            self._letting.cancel()
            await asyncio.wait([self._letting])

    async def _let_go(self) -> None:
        loop = asyncio.get_running_loop()
        # Only while somebody waits is there anything to make up for.
        self._next = max(self._next, loop.time())
        while self._waiting:
            await self._all_clear()
            # Requests that asked for no turn may put the next one off meanwhile.
            while (wait := self._free_at() - loop.time()) > 0:  # noqa: ASYNC110 - there is nobody to wait for but time
                await asyncio.sleep(wait)
            while self._waiting:
                _, _, first = heapq.heappop(self._waiting)
                if not first.done():
                    first.set_result(self.spent())
                    break

    def _free_at(self) -> float:
        """From when on the next may go."""
        if not self._gone:
            return self._next
        full = len(self._gone) == self._gone.maxlen
        soonest = max(self._gone[-1][0] + self._interval / HURRY, self._gone[0][0] + self._window if full else 0.0)
        return max(self._next, soonest)

    async def _all_clear(self) -> None:
        if self.clear is None:
            return
        before = asyncio.get_running_loop().time()
        await self.clear()
        now = asyncio.get_running_loop().time()
        if now - before > self._interval:
            # What Discord itself has held up is not made up for.
            self._next = max(self._next, now)


def counting(limiter: RateLimiter) -> aiohttp.TraceConfig:
    """Makes every other request count as well: discord.py's own retries, commands being registered, and so on.

    Args:
        limiter: whose pace is to hold for all that is sent through the session this is given to.
    """

    async def on_start(_: object, __: object, params: aiohttp.TraceRequestStartParams) -> None:
        if turn := _paid.get():
            # Between its turn and now it may have been held up.
            turn[0] = asyncio.get_running_loop().time()
            _paid.set(None)
        elif not any(path in params.url.path for path in EXEMPT):
            limiter.spent()

    config = aiohttp.TraceConfig()
    config.on_request_start.append(on_start)
    return config
