"""Work that takes long, done in a thread which gives way to answers."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from db.threads import in_thread

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
    """Does something in a thread, as ``in_thread`` does, while the thread gives way to answers often."""
    with _turns.short():
        return await in_thread(work)
