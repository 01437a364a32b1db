"""The reserved reader: it waits for nobody's search, and is a block like the others in everything else."""

from __future__ import annotations

import asyncio

import aiosqlite
import pytest

from db.connection import Store
from db.errors import StoreError
from db.key_values import recall, remember
from tests.db.readers import all_readers_taken
from tests.patience import PATIENCE

COUNT = "SELECT count(*) FROM memory"


async def count(store: Store) -> int:
    return int((await store.fetch(COUNT))[0][0])


async def test_it_reads_at_once_while_searches_have_every_reader(empty_store: Store) -> None:
    async with (
        all_readers_taken(empty_store) as taken,
        asyncio.timeout(PATIENCE),
        empty_store.reserved() as connection,
    ):
        assert connection not in {*taken, empty_store._watcher, empty_store._writer}
        assert await count(empty_store) == 0
        assert await recall(empty_store, "a") is None


async def test_without_it_the_same_read_waits(empty_store: Store) -> None:
    async with all_readers_taken(empty_store):
        waiting = asyncio.create_task(count(empty_store))
        for _ in range(50):
            await asyncio.sleep(0)
        assert not waiting.done()
    assert await waiting == 0


async def test_each_of_its_reads_sees_the_newest_state(empty_store: Store) -> None:
    async with empty_store.reserved() as connection:
        assert await count(empty_store) == 0
        await asyncio.create_task(remember(empty_store, "a", "x"))
        async with empty_store.read() as same, empty_store.reserved() as again:
            assert same is again is connection
            assert await count(empty_store) == 1


async def test_a_write_inside_it_is_its_own(empty_store: Store) -> None:
    async with empty_store.reserved():
        assert await count(empty_store) == 0
        async with empty_store.write() as writer:
            await writer.execute("INSERT INTO memory VALUES ('a', 'x')")
            assert await count(empty_store) == 1
        assert await count(empty_store) == 1


@pytest.mark.parametrize("outer", ["read", "write"])
async def test_inside_another_block_it_is_that_blocks_connection(empty_store: Store, outer: str) -> None:
    block = empty_store.read if outer == "read" else empty_store.write
    async with block() as connection, empty_store.reserved() as same:
        assert same is connection
        # So another task finds it free.
        async with asyncio.timeout(PATIENCE):
            assert await asyncio.create_task(_reserved_count(empty_store)) == 0


async def test_inside_a_view_it_sees_what_the_view_sees(empty_store: Store) -> None:
    async with empty_store.view():
        assert await count(empty_store) == 0
        await asyncio.create_task(remember(empty_store, "a", "x"))
        async with empty_store.reserved():
            assert await count(empty_store) == 0


async def test_many_tasks_are_in_it_at_once_and_a_cancelled_one_leaves_nothing(empty_store: Store) -> None:
    begun = asyncio.Event()

    async def endless() -> None:
        async with empty_store.reserved():
            await count(empty_store)
            begun.set()
            await asyncio.Event().wait()

    first = asyncio.create_task(endless())
    await begun.wait()
    async with asyncio.timeout(PATIENCE):
        assert await asyncio.create_task(_reserved_count(empty_store)) == 0
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    assert empty_store._connection_of == {}


async def test_it_cannot_write(empty_store: Store) -> None:
    async with empty_store.reserved() as connection:
        with pytest.raises(aiosqlite.OperationalError, match="readonly"):
            await connection.execute("INSERT INTO memory VALUES ('a', 'x')")


async def test_a_closed_store_says_so(empty_store: Store) -> None:
    await empty_store.close()
    with pytest.raises(StoreError, match="is closed"):
        async with empty_store.reserved():
            pass


async def _reserved_count(store: Store) -> int:
    async with store.reserved():
        return await count(store)
