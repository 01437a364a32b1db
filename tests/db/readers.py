"""A store whose readers are all in use, as they are while many search."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiosqlite

from db.connection import READERS, Store


@asynccontextmanager
async def all_readers_taken(store: Store) -> AsyncIterator[set[aiosqlite.Connection]]:
    """As many other tasks as there are readers keep one each."""
    taken: set[aiosqlite.Connection] = set()
    full, go = asyncio.Event(), asyncio.Event()

    async def search() -> None:
        async with store._reader() as reader:
            taken.add(reader)
            if len(taken) == READERS:
                full.set()
            await go.wait()

    searches = [asyncio.create_task(search()) for _ in range(READERS)]
    await full.wait()
    try:
        yield taken
    finally:
        go.set()
        await asyncio.gather(*searches)
