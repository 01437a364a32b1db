"""One rate for all requests to Discord: evenly spaced, below its limit, the earliest deadline first."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

import aiohttp

RATE = 48.0
"""Requests a second. Discord takes 50 from a bot, whatever they are for; the difference allows for the network, on
which requests arrive closer together than they were sent."""
MOST, WINDOW = 49, 1.01
"""At most this many requests in this many seconds, even while making up for a stall: one less than Discord takes, for a
request that was delayed between its turn and the wire, and a little longer than a second, for the network."""
HURRY = 2
"""How many times the usual rate is allowed while making up for a stall."""
READY = 8
"""How many may have had their turn and still prepare their request."""
CREDIT = 1.0
"""How many seconds of a stall are made up for at most."""
EXEMPT = ("/interactions/", "/webhooks/")
"""Paths that do not count toward Discord's limit: answers to commands and buttons."""

Priority = tuple[datetime, int]
"""The deadline, and a number that decides between equal ones."""

LAST = datetime.max.replace(tzinfo=UTC)
"""The deadline of what can wait until nothing else does."""

_turn: ContextVar[list[float] | None] = ContextVar("paid", default=None)
"""The moment of the task's turn, if it has made no request since; a list of one, so that it can be corrected."""


class RateLimiter:
    """Grants turns to requests one by one.

    Args:
        rate: requests per second of the bot's clock.
        speed: how many of the bot's seconds pass in a real one.

    Attributes:
        rate: as given.
        clear: awaited before each turn, such as until Discord's global rate limit is over.
    """

    def __init__(self, rate: float = RATE, *, speed: float = 1.0) -> None:
        self.rate = rate
        self.clear: Callable[[], Awaitable[None]] | None = None
        self._interval = 1 / (rate * speed)
        self._window, self._credit = WINDOW / speed, CREDIT / speed
        self._recent: deque[list[float]] = deque(maxlen=math.ceil(rate * MOST / RATE))
        self._waiting: list[tuple[Priority, int, asyncio.Future[list[float]]]] = []
        self._numbers = itertools.count()
        self._next = 0.0
        self._granting: asyncio.Task[None] | None = None
        self._preparing = 0
        self._prepared = asyncio.Event()

    @contextmanager
    def preparing(self) -> Iterator[None]:
        """To be held from a turn until its request leaves, if something has to be done in between.

        A request counts from its turn on, and whoever is held up after it, such as by the store, would leave together
        with all whose turn came meanwhile. So no more than ``READY`` get that far.
        """
        self._preparing += 1
        try:
            yield
        finally:
            self._preparing -= 1
            self._prepared.set()

    @property
    def crowded(self) -> bool:
        """Whether several wait for their turn; what can wait does not count."""
        return sum(priority[0] < LAST for priority, _, _ in self._waiting) > 1

    async def turn(self, priority: Priority) -> None:
        """Waits for the next free moment; of all that wait the one with the lowest priority value goes first."""
        mine: asyncio.Future[list[float]] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (priority, next(self._numbers), mine))
        if self._granting is None or self._granting.done():
            self._granting = asyncio.create_task(self._grant_turns())
        _turn.set(await mine)

    def count(self) -> list[float]:
        """Counts a request that waited for no turn; returns its moment, which is corrected if it goes later."""
        went = [asyncio.get_running_loop().time()]
        self._recent.append(went)
        self._next = max(self._next, went[0] - self._credit) + self._interval
        return went

    async def close(self) -> None:
        """Grants no more turns."""
        if self._granting is not None:
            self._granting.cancel()
            await asyncio.wait([self._granting])

    async def _grant_turns(self) -> None:
        loop = asyncio.get_running_loop()
        # Time in which nobody waited is not made up for.
        self._next = max(self._next, loop.time())
        while self._waiting:
            await self._wait_until_clear()
            if self._preparing >= READY:
                self._prepared.clear()
                await self._prepared.wait()
                # What was held up is not made up for.
                self._next = max(self._next, loop.time())
                continue
            if (wait := self._free_at() - loop.time()) > 0:
                await asyncio.sleep(wait)
                # Requests that waited for no turn may have postponed the next one meanwhile.
                continue
            while self._waiting:
                _, _, first = heapq.heappop(self._waiting)
                if not first.done():
                    first.set_result(self.count())
                    break

    def _free_at(self) -> float:
        """The moment, on the loop's clock, from which the next request may go."""
        if not self._recent:
            return self._next
        full = len(self._recent) == self._recent.maxlen
        soonest = max(self._recent[-1][0] + self._interval / HURRY, self._recent[0][0] + self._window if full else 0.0)
        return max(self._next, soonest)

    async def _wait_until_clear(self) -> None:
        if self.clear is None:
            return
        before = asyncio.get_running_loop().time()
        await self.clear()
        now = asyncio.get_running_loop().time()
        if now - before > self._interval:
            # A delay that Discord itself asked for is not made up for.
            self._next = max(self._next, now)


def leaves() -> bool:
    """Notes that a request of this task leaves now, for it may have been delayed after its turn; False without one."""
    turn = _turn.get()
    if turn is None:
        return False
    turn[0] = asyncio.get_running_loop().time()
    _turn.set(None)
    return True


def count_requests(limiter: RateLimiter) -> aiohttp.TraceConfig:
    """Makes all other requests count as well: discord.py's own retries, the registering of commands, and so on.

    Args:
        limiter: counts the requests of the session that the returned trace config is given to.
    """

    async def on_start(_: object, __: object, params: aiohttp.TraceRequestStartParams) -> None:
        if not leaves() and not any(path in params.url.path for path in EXEMPT):
            limiter.count()

    config = aiohttp.TraceConfig()
    config.on_request_start.append(on_start)
    return config
