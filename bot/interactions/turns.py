"""Turns: while reminders are going out few answers are made at the same time, however many people ask at once.

Everything of the bot runs in one event loop, and all reads of the store go through a few connections. Two hundred
answers at once would each be as slow as all together, and reminders would wait behind all of them at every step. In
turns, first come, first served, nothing waits for many steps. While nothing else is urgent there are no turns.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar

AT_ONCE = 3
"""How many answers are made at the same time while something else is urgent; a single one while that is late."""
LONGEST_TURN = 0.05
"""Seconds after which the next one begins although an answer is not made: one that waits to write holds up nobody."""
LONGEST_PAUSE = 0.02
"""Seconds between the beginnings of two answers while something else is late: what is left of them is for that."""
PATIENCE = 1.5
"""Seconds in which all who wait have to be answered, of the three that Discord gives: many are let in more quickly."""


class Turns:
    """Who makes an answer, and who waits for that.

    Args:
        at_once: how many answers are made at the same time while something else is urgent.
        longest_turn: seconds after which a turn is handed on although the answer is not made.
        longest_pause: seconds between the beginnings of two answers at most, while something else is late.
        patience: seconds in which all who wait are to be let in.

    Attributes:
        urgent: whether something else is more urgent than answers; while nothing is, nobody waits.
        late: whether what is urgent would be done sooner if no answers were made.
    """

    def __init__(
        self,
        at_once: int = AT_ONCE,
        *,
        longest_turn: float = LONGEST_TURN,
        longest_pause: float = LONGEST_PAUSE,
        patience: float = PATIENCE,
    ) -> None:
        self.urgent: Callable[[], bool] = _never
        self.late: Callable[[], bool] = _never
        self._at_once, self._longest_turn = at_once, longest_turn
        self._longest_pause, self._patience = longest_pause, patience
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._taken = 0
        self._begun = 0.0

    @property
    def taken(self) -> int:
        """How many turns are taken."""
        return self._taken

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Waits for a turn and holds it until the block ends, or ``give_back`` is called in it."""
        loop = asyncio.get_running_loop()
        if not self.urgent() or (not self._waiting and self._taken < self._most()):
            self._taken += 1
            self._begun = loop.time()
        else:
            mine: asyncio.Future[None] = loop.create_future()
            self._waiting.append(mine)
            try:
                await mine
            except asyncio.CancelledError:
                if mine.done() and not mine.cancelled():
                    self._ended()
                raise
        turn = _Turn(self)
        before = _mine.set(turn)
        late = loop.call_later(self._longest_turn, turn.give_back)
        try:
            yield
        finally:
            late.cancel()
            turn.give_back()
            _mine.reset(before)

    def _most(self) -> float:
        """How many answers may be made at the same time now."""
        if not self.urgent():
            return math.inf
        return 1 if self.late() else self._at_once

    def _ended(self) -> None:
        """Hands a turn on to whoever has waited longest, after a pause if something is late, shorter the more wait."""
        if not self._waiting or self._taken > self._most():
            # There are more than may be where some began while nothing was urgent.
            self._taken -= 1
            return
        loop = asyncio.get_running_loop()
        late = self.urgent() and self.late()
        pause = min(self._longest_pause, self._patience / len(self._waiting)) if late else 0
        # Reserved now, so that a turn given back meanwhile comes after this one.
        self._begun = max(loop.time(), self._begun + pause)
        loop.call_at(self._begun, self._next)

    def _next(self) -> None:
        """Lets in the first who waits, and more if more may be made now."""
        self._taken -= 1
        while self._waiting and self._taken < self._most():
            first = self._waiting.popleft()
            if not first.done():
                self._taken += 1
                first.set_result(None)


def _never() -> bool:
    return False


class _Turn:
    """A turn that is given back once."""

    def __init__(self, turns: Turns) -> None:
        self._turns: Turns | None = turns

    def give_back(self) -> None:
        turns, self._turns = self._turns, None
        if turns is not None:
            turns._ended()  # noqa: SLF001 - a part of it


_mine: ContextVar[_Turn | None] = ContextVar("turn", default=None)


def give_back() -> None:
    """Lets the next one begin: the answer is made, and what is left is to wait for Discord. Does nothing otherwise."""
    mine = _mine.get()
    if mine is not None:
        mine.give_back()
