"""How often anything is asked: one request at a time, at most one a second, and long pauses where none is welcome."""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from bot.feeds.errors import BudgetSpentError, NotWelcomeError
from db.feeds.models import FeedPause

SECONDS_APART = 1.0
"""Between the starts of two requests, whatever becomes of the first."""
HOUR = 3600.0
LOOKED_BACK, UNWELCOME = 30, 8
"""So many refusals among the last answers mean that we are not welcome, rather than that documents are not there."""
FIRST_PAUSE = timedelta(minutes=2)
NEXT_PAUSE, LONGEST_PAUSE = timedelta(hours=1), timedelta(hours=12)
FIRST_WAIT, LONGEST_WAIT = 10.0, 300.0
"""Seconds until a document is asked for again that could not be got, doubled each time."""


class Politeness:
    """Paces requests, and counts refusals.

    Args:
        pause: the last pause, as stored; it may be over.
        monotonic: seconds that pass whatever becomes of the clock.
        sleep: waits for some seconds.

    Attributes:
        pause: the last pause, which may be over; None once the server has answered well for long enough, which an
            answer that says nothing of us, such as a fault of its own, does not.
        most_an_hour: how many requests may begin within an hour, whatever becomes of them; None for any number.
    """

    def __init__(
        self,
        pause: FeedPause | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.pause = pause
        self.most_an_hour: int | None = None
        self._begun: deque[float] = deque()
        self._refused: deque[bool] = deque(maxlen=LOOKED_BACK)
        self._turn = asyncio.Lock()
        self._monotonic = monotonic
        self._sleep = sleep
        self._last: float | None = None

    async def __aenter__(self) -> None:
        """Waits for the turn of a request; nobody else has one until the block ends.

        Raises:
            BudgetSpentError: there were too many within the last hour.
        """
        await self._begin(counts=True)

    @asynccontextmanager
    async def uncounted(self) -> AsyncIterator[None]:
        """A turn that does not count toward the hour: a race under way is asked for every few seconds."""
        await self._begin(counts=False)
        try:
            yield
        finally:
            self._turn.release()

    async def _begin(self, *, counts: bool) -> None:
        await self._turn.acquire()
        try:
            if self._last is not None:
                wait = self._last + SECONDS_APART - self._monotonic()
                if wait > 0:
                    await self._sleep(wait)
            self._last = self._monotonic()
            if counts:
                self._count(self._last)
        except BaseException:
            self._turn.release()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._turn.release()

    def take_over(self, pause: FeedPause | None) -> None:
        """Goes on from another program, which asked until now, and from the pause that it left."""
        self.pause = pause
        self._last = self._monotonic()

    async def rest(self) -> None:
        """Waits until another program may ask."""
        wait = 0.0 if self._last is None else self._last + SECONDS_APART - self._monotonic()
        if wait > 0:
            await self._sleep(wait)

    def _count(self, now: float) -> None:
        if self.most_an_hour is None:
            return
        while self._begun and self._begun[0] <= now - HOUR:
            self._begun.popleft()
        if len(self._begun) >= self.most_an_hour:
            raise BudgetSpentError
        self._begun.append(now)

    def must_be_welcome(self, now: datetime) -> None:
        """Raises NotWelcomeError during a pause. A clock that was set back ends none, and makes none longer."""
        if self.pause is not None and now < self.pause.until <= now + LONGEST_PAUSE:
            raise NotWelcomeError(self.pause.until)

    def answered(self, now: datetime, *, refused: bool) -> None:
        """Counts an answer.

        Raises:
            NotWelcomeError: it was one refusal too many; the pause begins.
        """
        self._refused.append(refused)
        if sum(self._refused) >= UNWELCOME:
            level = self.pause.level + 1 if self.pause is not None else 1
            self.pause = FeedPause((now + length_of_pause(level)).replace(microsecond=0), level)
            self._refused.clear()
            raise NotWelcomeError(self.pause.until)
        if self.pause is not None and len(self._refused) == LOOKED_BACK:
            self.pause = None


def length_of_pause(level: int) -> timedelta:
    """Two minutes, then one hour, two, four and so on up to twelve."""
    if level == 1:
        return FIRST_PAUSE
    return min(NEXT_PAUSE * 2.0 ** min(level - 2, 10), LONGEST_PAUSE)


def wait_after(failures: int, spread: Callable[[], float] = random.random) -> timedelta:
    """How long to wait after so many failures in a row: about ten seconds, twenty and so on up to five minutes.

    Up to a quarter of it more or less by lot, so that many bots do not come back at the same moment.
    """
    seconds = min(FIRST_WAIT * 2.0 ** min(failures - 1, 10), LONGEST_WAIT)
    return timedelta(seconds=seconds * (0.75 + spread() / 2))
