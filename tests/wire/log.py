"""A list that a test can wait on, so that no test sleeps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")

DEADLINE = 120.0
"""Real seconds after which a wait fails. What is waited for comes within a few; but a machine that is busy with other
things may stall a process for ten or more, and no test is about how fast the machine is."""


class Log(list[Item], Generic[Item]):
    """What happened, in order."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[tuple[Callable[[Item], bool], asyncio.Future[Item]]] = []

    def append(self, item: Item) -> None:
        super().append(item)
        for fits, future in self._waiting:
            if not future.done() and fits(item):
                future.set_result(item)

    async def expect(self, fits: Callable[[Item], bool], *, after: int = 0, deadline: float = DEADLINE) -> Item:
        """Returns the first item that fits, and waits for it if it is not there yet.

        Args:
            fits: whether an item is the one wanted.
            after: how many items at the beginning are ignored.
            deadline: seconds after which waiting fails with an AssertionError.
        """
        for item in self[after:]:
            if fits(item):
                return item
        future: asyncio.Future[Item] = asyncio.get_running_loop().create_future()
        waiting = (fits, future)
        self._waiting.append(waiting)
        try:
            async with asyncio.timeout(deadline):
                return await future
        except TimeoutError:
            tail = "\n  ".join(str(item)[:200] for item in self[after:][-20:])
            raise AssertionError(f"not seen within {deadline} s; instead:\n  {tail}") from None
        finally:
            self._waiting.remove(waiting)
