"""Store files for tests, opened without waiting for the disk."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from db.connection import Store


def make_empty(path: Path) -> Path:
    """Makes a store without any rows, to be copied: its migrations take longer than most tests."""

    async def make() -> None:
        async with await Store.open(path):
            pass

    asyncio.run(make())
    return path


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
