"""An event loop whose time passes at once: whoever sleeps is woken as soon as nobody else has anything to do."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class WarpedLoop(asyncio.SelectorEventLoop):
    """Its clock stands still while anything is done, and jumps to the next timer when nothing is."""

    def __init__(self) -> None:
        self.moment = 0.0
        super().__init__(_Selector(self))

    def time(self) -> float:
        return self.moment


class _Selector(selectors.SelectSelector):
    def __init__(self, loop: WarpedLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout:
            self._loop.moment += timeout
        return super().select(None if timeout is None else 0)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Runs something to its end in no time."""
    with asyncio.Runner(loop_factory=WarpedLoop) as runner:
        return runner.run(work)
