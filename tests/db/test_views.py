"""Reading beside searches, inside one view, and inside a transaction that writes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import aiosqlite
import pytest

from db.connection import READERS, Store
from db.errors import StoreError
from db.guilds import set_setting, setting
from db.key_values import recall, remember
from db.snapshots import Snapshots
from tests.db.sample_texts import HOME, MODERATOR, NOW
from tests.patience import PATIENCE

COUNT = "SELECT count(*) FROM memory"
ADD = "INSERT INTO memory VALUES (?, 'x')"


async def count(store: Store) -> int:
    return int((await store.fetch(COUNT))[0][0])


async def test_reads_inside_a_view_share_one_state(empty_store: Store) -> None:
    async with empty_store.view():
        assert await count(empty_store) == 0
        await asyncio.create_task(remember(empty_store, "a", "x"))
        async with empty_store.read() as connection:
            assert next(iter(await connection.execute_fetchall(COUNT)))[0] == 0
        async with empty_store.view():
            assert await recall(empty_store, "a") is None
        assert await count(empty_store) == 0
    assert await count(empty_store) == 1


async def test_reading_inside_read_does_not_wait_for_itself(empty_store: Store) -> None:
    async with asyncio.timeout(PATIENCE):
        async with AsyncExitStack() as blocks:
            connections = [await blocks.enter_async_context(empty_store.read()) for _ in range(READERS + 1)]
            assert len({id(connection) for connection in connections}) == 1
            assert await count(empty_store) == 0


async def test_reads_inside_write_see_what_was_written(empty_store: Store) -> None:
    async with empty_store.write() as connection:
        await connection.execute(ADD, ("a",))
        assert await count(empty_store) == 1
        async with empty_store.read() as same:
            assert same is connection
        async with empty_store.view():
            assert await recall(empty_store, "a") == "x"
        # Nobody else sees it before it is committed.
        assert await asyncio.create_task(count(empty_store)) == 0
    assert await count(empty_store) == 1


async def test_a_write_inside_a_view_is_its_own_and_the_view_stays(empty_store: Store) -> None:
    async with empty_store.view():
        assert await count(empty_store) == 0
        async with empty_store.write() as connection:
            await connection.execute(ADD, ("a",))
            assert await count(empty_store) == 1
        assert await count(empty_store) == 0
    assert await count(empty_store) == 1


async def test_a_write_inside_a_write_is_refused_and_all_is_rolled_back(empty_store: Store) -> None:
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(RuntimeError, match="inside another"):
            async with empty_store.write() as connection:
                await connection.execute(ADD, ("a",))
                await remember(empty_store, "b", "x")
    assert await count(empty_store) == 0
    await remember(empty_store, "c", "x")
    assert await count(empty_store) == 1


@pytest.mark.parametrize("inside", ["read", "write"])
async def test_a_task_started_inside_has_a_connection_of_its_own(empty_store: Store, inside: str) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def child() -> aiosqlite.Connection:
        async with empty_store.read() as own:
            begun.set()
        # The parent's block ends in between; its connection may be anybody's by now.
        await ended.wait()
        async with empty_store.view():
            assert await count(empty_store) == 0
        return own

    block = empty_store.read if inside == "read" else empty_store.write
    async with block() as connection:
        task = asyncio.create_task(child())
        await begun.wait()
    ended.set()
    assert await task is not connection


async def test_a_connection_goes_back_whatever_ends_the_block(empty_store: Store) -> None:
    async def failing() -> None:
        async with empty_store.read():
            raise ZeroDivisionError

    async def endless(begun: asyncio.Event) -> None:
        async with empty_store.view():
            await count(empty_store)
            begun.set()
            await asyncio.Event().wait()

    for _ in range(2 * READERS):
        with pytest.raises(ZeroDivisionError):
            await failing()
        begun = asyncio.Event()
        task = asyncio.create_task(endless(begun))
        await begun.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    async with asyncio.timeout(PATIENCE):
        assert await asyncio.gather(*(count(empty_store) for _ in range(20))) == [0] * 20
    assert empty_store._connection_of == {}


@pytest.mark.parametrize(
    "ask",
    [
        lambda store: store.data_version(),
        lambda store: setting(store, HOME, "a"),
        lambda store: Snapshots(store).season(2025),
    ],
    ids=["whether anything changed", "a setting", "a season"],
)
async def test_an_answer_does_not_wait_for_searches(store: Store, ask: Callable[[Store], Awaitable[object]]) -> None:
    await set_setting(store, HOME, "a", 1, MODERATOR, NOW)
    go = asyncio.Event()

    async def search() -> None:
        async with store.read():
            await go.wait()

    searches = [asyncio.create_task(search()) for _ in range(20)]
    await asyncio.sleep(0)
    try:
        async with asyncio.timeout(PATIENCE):
            assert await ask(store) is not None
    finally:
        go.set()
        await asyncio.gather(*searches)


async def test_seasons_are_the_newest_even_inside_an_older_view(empty_store: Store) -> None:
    seasons = Snapshots(empty_store)
    async with empty_store.view():
        assert await count(empty_store) == 0
        async with await Store.open(empty_store.path) as other, other.write() as connection:
            await connection.execute("INSERT INTO seasons (year, version) VALUES (2025, 2)")
            await connection.execute("UPDATE facts SET version = 2")
        assert await seasons.years() == (2025,)
    assert await seasons.years() == (2025,)


async def test_a_view_ends_before_the_store_does(empty_store: Store) -> None:
    inside, go = asyncio.Event(), asyncio.Event()

    async def answer() -> int:
        async with empty_store.view():
            await count(empty_store)
            inside.set()
            await go.wait()
            return await count(empty_store)

    task = asyncio.create_task(answer())
    await inside.wait()
    closing = asyncio.create_task(empty_store.close())
    await asyncio.sleep(0)
    with pytest.raises(StoreError, match="is closed"):
        async with empty_store.view():
            pass
    go.set()
    assert await task == 0
    await closing
