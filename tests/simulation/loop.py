"""An event loop whose time is simulated, and SQLite without threads: everything happens in one thread, in one order.

Time moves only when nothing is left to do, and then at once to the next thing that is due: a timer of the process, or
something in the world outside. How slow the machine is, is seen nowhere. (The packages that warp a loop's time keep the
real selector and real threads, which brings the machine's own pace and order back in.)
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import heapq
import itertools
import queue
import selectors
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from unittest import mock

import aiosqlite.core

MOST_WAITS = 10_000
"""How many times somebody may wait without any time going by."""


class Crash(SystemExit):
    """The process is gone at this very instant."""


class DeadlockError(Exception):
    """Everybody waits and nothing will ever happen."""


class Timeline:
    """The time of the whole world, in seconds, and what is to happen in it outside the process."""

    def __init__(self) -> None:
        self.now = 0.0
        self._coming: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()

    def at(self, moment: float, happens: Callable[[], None]) -> None:
        """Makes something happen at a moment; at once if that is past."""
        heapq.heappush(self._coming, (max(moment, self.now), next(self._numbers), happens))

    def after(self, seconds: float, happens: Callable[[], None]) -> None:
        """Makes something happen so many seconds from now."""
        self.at(self.now + seconds, happens)

    def step(self, until: float | None) -> None:
        """Moves on to the next thing that happens, or to a moment if nothing happens before it."""
        if self._coming and (until is None or self._coming[0][0] <= until):
            self.now, _, happens = heapq.heappop(self._coming)
            happens()
        elif until is None:
            raise DeadlockError
        else:
            self.now = max(self.now, until)

    def pass_until(self, moment: float) -> None:
        """Lets everything happen up to a moment; for when there is no process, or one that stands still."""
        while self.now < moment:
            self.step(moment)


class SimulatedLoop(asyncio.SelectorEventLoop):
    """Runs one process in a timeline.

    Args:
        timeline: the world's.
    """

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self.writing = asyncio.Lock()
        """Held while an import writes beside the process's own connections."""
        self.passes: Callable[[str], None] = lambda _: None
        """Called where work that a thread would do begins and ends; it may stop the process there, or kill it."""
        super().__init__(_NoSelector(timeline))
        self.set_exception_handler(lambda _, __: None)

    def time(self) -> float:
        return self.timeline.now

    def _make_self_pipe(self) -> None:
        """No thread and no signal ever wakes this loop."""

    def _close_self_pipe(self) -> None:
        """There is none."""

    def abandon(self) -> None:
        """Forgets everything that runs, as when a process dies: nothing of it goes on."""
        tasks = asyncio.all_tasks(self)
        for task in tasks:
            task._log_destroy_pending = False  # type: ignore[attr-defined]
        self._ready.clear()  # type: ignore[attr-defined]
        self._scheduled.clear()  # type: ignore[attr-defined]
        self.close()


class _NoSelector(selectors.BaseSelector):
    """Looks at no file; waiting is what makes time go by."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._moved_at, self._waits = -1.0, 0

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            self._timeline.step(None)
        elif timeout > 0:
            self._timeline.step(self._timeline.now + timeout)
            self._waits = self._waits + 1 if self._timeline.now == self._moved_at else 0
            self._moved_at = self._timeline.now
            if self._waits > MOST_WAITS:
                # Somebody waits again and again for less than the clock can show.
                raise DeadlockError
        return []

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        raise NotImplementedError

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        raise NotImplementedError

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return {}

    def close(self) -> None:
        pass


class Disk:
    """Does what aiosqlite's threads do, on the loop: one request of a connection after another.

    Args:
        moment: called before and after each request with what it is; it may stop the process there, or kill it.
    """

    def __init__(self, moment: Callable[[str], None]) -> None:
        self._moment = moment
        self.dead = False
        self.delay: Callable[[], float] = float
        """How many seconds the next request takes; none by default."""

    def run(self, loop: asyncio.AbstractEventLoop, queue: ThreadlessQueue) -> None:
        """Does the next request of a connection."""
        if self.dead or not queue.waiting:
            return
        future, function = queue.waiting.pop(0)
        name = getattr(getattr(function, "func", function), "__name__", "")
        self._moment(f"before {name}" if name == "commit" else "disk")
        try:
            result = function()
        except BaseException as error:  # noqa: BLE001 - it is handed to who asked, as aiosqlite's thread does
            if future is not None and not future.done():
                future.set_exception(error)
        else:
            if name == "commit":
                self._moment("committed")
            if future is not None and not future.done():
                future.set_result(result)
        if queue.waiting:
            self._soon(loop, queue)
        else:
            queue.busy = False

    def submit(self, queue: ThreadlessQueue) -> None:
        """Takes a request of a connection on."""
        if not queue.busy:
            queue.busy = True
            self._soon(asyncio.get_running_loop(), queue)

    def _soon(self, loop: asyncio.AbstractEventLoop, queue: ThreadlessQueue) -> None:
        delay = self.delay()
        if delay > 0:
            loop.call_later(delay, self.run, loop, queue)
        else:
            loop.call_soon(self.run, loop, queue)


class ThreadlessQueue:
    """Stands in for the queue to an aiosqlite connection's thread."""

    disk: Disk | None = None
    """Of the process that runs now."""

    def __init__(self) -> None:
        self.waiting: list[tuple[asyncio.Future[Any] | None, Callable[[], Any]]] = []
        self.busy = False
        self._of = ThreadlessQueue.disk

    def put_nowait(self, request: tuple[asyncio.Future[Any] | None, Callable[[], Any]]) -> None:
        if self._of is None or self._of.dead:
            return
        self.waiting.append(request)
        self._of.submit(self)


class _NoThread:
    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def start(self) -> None:
        pass

    def join(self) -> None:
        pass


@contextlib.contextmanager
def without_threads() -> Iterator[None]:
    """Makes aiosqlite work without threads, on the loop of whoever uses it."""
    hook = sys.unraisablehook
    # What a dead process left half done is never finished, and need not say so.
    sys.unraisablehook = lambda _: None
    with (
        mock.patch.object(aiosqlite.core, "Thread", _NoThread),
        mock.patch.object(aiosqlite.core, "SimpleQueue", ThreadlessQueue),
    ):
        try:
            yield
        finally:
            gc.collect()
            sys.unraisablehook = hook


@contextlib.contextmanager
def with_threads() -> Iterator[None]:
    """Undoes that for a while, for what reads a store of its own on another loop."""
    with (
        mock.patch.object(aiosqlite.core, "Thread", threading.Thread),
        mock.patch.object(aiosqlite.core, "SimpleQueue", queue.SimpleQueue),
    ):
        yield


def let_go(connection: aiosqlite.Connection) -> None:
    """Closes the file of a connection whose process is dead."""
    raw: sqlite3.Connection | None = connection._connection
    connection._connection = None
    if raw is not None:
        with contextlib.suppress(sqlite3.Error):
            raw.close()
