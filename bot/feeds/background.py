"""Work that takes long, done in a thread which gives way to answers."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")

TURN_SECONDS = 0.0005
"""How long a thread goes on while another waits for its turn. An answer waits for one whenever it has asked the store,
and takes less than Python's own 5 ms in all."""


class _Turns:
    """Keeps turns short while any work is under way, whichever ends last."""

    def __init__(self) -> None:
        self._at_work = 0
        self._usual = 0.0

    @contextmanager
    def short(self) -> Iterator[None]:
        if not self._at_work:
            self._usual = sys.getswitchinterval()
            sys.setswitchinterval(TURN_SECONDS)
        self._at_work += 1
        try:
            yield
        finally:
            self._at_work -= 1
            if not self._at_work:
                sys.setswitchinterval(self._usual)


_turns = _Turns()


async def in_background(work: Callable[[], T]) -> T:
    """Does something in a thread, and returns or raises what it does.

    Whoever is cancelled meanwhile goes on once it is done: a thread cannot be stopped, and what it works on must not be
    closed under it.
    """
    with _turns.short():
        working = asyncio.create_task(asyncio.to_thread(work))
        try:
            return await asyncio.shield(working)
        except asyncio.CancelledError:
            await asyncio.gather(working, return_exceptions=True)
            raise
