"""Store files for tests, opened without waiting for the disk."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock

from db.bundled import bundled_years, load_if_empty, note_taken
from db.connection import Store
from db.laps.arrival import take_in_laps

T = TypeVar("T")
SHARED: Path | None = None
"""Where the workers of a run find what one of them made, while tests run."""

EVE_OF_TALLADEGA = datetime(2025, 10, 16, 21, tzinfo=UTC)
"""Thursday, 16 October 2025, 5 p.m. Eastern."""
AFTER_ALL_RESULTS = datetime(2026, 6, 20, 12, tzinfo=UTC)
"""After the last race with results that comes with the program, and before the next one."""


def run_quietly(work: Coroutine[Any, Any, T]) -> T:
    """What a coroutine returns, as ``asyncio.run`` does.

    That puts the result into words as it ends, unasked, where it looks whether Ctrl-C is still handled by it; the words
    of all seasons take longer than reading them.
    """
    returned: list[T] = []

    async def keep() -> None:
        returned.append(await work)

    asyncio.run(keep())
    return returned[0]


def make_empty(path: Path) -> Path:
    """Makes a store without any rows, to be copied: its migrations take longer than most tests."""

    async def make() -> None:
        async with await Store.open(path):
            pass

    asyncio.run(make())
    return path


def make_bundled(folder: Path, moment: datetime) -> Path:
    """Makes a store with the bundled seasons as they are loaded at a moment, to be copied."""

    async def make(path: Path) -> None:
        async with await open_unsynced(path) as store:
            await load_if_empty(store, moment)
            # Older seasons would arrive in the background of every test that runs the bot.
            await note_taken(store, bundled_years(), moment)
            await take_in_laps(store, moment)

    return made_once(folder / f"bundled-{moment:%Y%m%dT%H%M}.db", make)


def made_once(path: Path, make: Callable[[Path], Coroutine[Any, Any, None]]) -> Path:
    """A file that whichever worker asks for it first makes; the others wait for that. Nobody writes to it afterwards.

    Args:
        path: where it is to lie, in the folder that the workers have in common.
        make: makes it elsewhere, so that what was begun and not finished is never taken for it.
    """
    with FileLock(path.with_suffix(".lock")):
        if not path.exists():
            unfinished = path.with_suffix(".unfinished")
            unfinished.unlink(missing_ok=True)
            asyncio.run(make(unfinished))
            unfinished.rename(path)
    return path


async def copy_bundled(path: Path, moment: datetime = EVE_OF_TALLADEGA) -> Path:
    """Puts a copy of the store with the bundled seasons there; tests have the one that their run made."""
    with tempfile.TemporaryDirectory() as folder:
        # A thread of its own, since the one that asks has a running event loop.
        made = await asyncio.to_thread(make_bundled, SHARED or Path(folder), moment)
        return Path(shutil.copy(made, path))


async def open_unsynced(path: Path, copy_of: Path | None = None) -> Store:
    """A store whose commits are not forced onto the disk, which only a loss of power would tell from others.

    Args:
        path: the file, which ``Store.open`` makes where there is neither it nor a copy.
        copy_of: the store to copy into the file first.
    """
    if copy_of is not None:
        shutil.copy(copy_of, path)
    store = await Store.open(path)
    assert store._writer is not None
    await store._writer.execute_fetchall("PRAGMA synchronous = OFF")
    return store
