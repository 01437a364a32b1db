"""One writer, transactions that are complete or undone, readers that cannot write, and clear errors."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiosqlite
import pytest

from db.connection import Store
from db.errors import StoreError
from db.key_values import recall, remember
from db.migrate import APPLICATION_ID, migrations, schema_version
from tests.patience import PATIENCE

STORES = Path(__file__).parent / "stores"
ADD = "INSERT INTO memory VALUES (?, 'x')"


async def names(store: Store) -> list[str]:
    return [row[0] for row in await store.fetch("SELECT name FROM memory ORDER BY name")]


async def test_an_exception_rolls_everything_back(empty_store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        async with empty_store.write() as connection:
            await connection.execute(ADD, ("a",))
            raise ZeroDivisionError
    assert await names(empty_store) == []


async def test_a_cancelled_transaction_is_rolled_back_and_the_next_one_works(empty_store: Store) -> None:
    inside = asyncio.Event()

    async def interrupted() -> None:
        async with empty_store.write() as connection:
            await connection.execute(ADD, ("lost",))
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(interrupted())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await remember(empty_store, "kept", "x")
    assert await names(empty_store) == ["kept"]


@pytest.mark.parametrize("turns", range(12))
async def test_cancelling_at_any_step_leaves_no_transaction_open(empty_store: Store, turns: int) -> None:
    async def work() -> None:
        async with empty_store.write() as connection:
            await connection.execute(ADD, ("a",))
            await connection.execute(ADD, ("b",))

    task = asyncio.create_task(work())
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await remember(empty_store, "z", "x")
    assert await names(empty_store) in (["z"], ["a", "b", "z"])


async def test_transactions_of_many_tasks_do_not_mix(empty_store: Store) -> None:
    async def work(number: int) -> None:
        async with empty_store.write() as connection:
            await connection.execute(ADD, (f"{number:02}",))
            await asyncio.sleep(0)
            if number % 2:
                raise ValueError(number)

    await asyncio.gather(*(work(number) for number in range(20)), return_exceptions=True)
    assert await names(empty_store) == [f"{number:02}" for number in range(0, 20, 2)]


async def test_the_reader_cannot_write(empty_store: Store) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await empty_store.fetch("DELETE FROM memory RETURNING name")


async def test_a_reading_transaction_sees_one_state(empty_store: Store) -> None:
    async with empty_store.read() as connection:
        count = "SELECT count(*) FROM memory"
        before = next(iter(await connection.execute_fetchall(count)))[0]
        await remember(empty_store, "a", "x")
        assert next(iter(await connection.execute_fetchall(count)))[0] == before
    assert await recall(empty_store, "a") == "x"


async def test_a_change_by_another_process_is_noticed(empty_store: Store) -> None:
    before = await empty_store.data_version()
    async with await Store.open(empty_store.path) as other:
        await remember(other, "a", "x")
    assert await empty_store.data_version() != before


async def test_the_writer_is_careful(tmp_path: Path) -> None:
    async with await Store.open(tmp_path / "t.db") as store, store.write() as connection:
        settings = [
            next(iter(await connection.execute_fetchall(f"PRAGMA {name}")))[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    assert settings == ["wal", 2, 1, 5000]


async def test_every_table_is_strict(empty_store: Store) -> None:
    rows = await empty_store.fetch(
        "SELECT name, strict FROM pragma_table_list WHERE type = 'table' AND schema = 'main'"
    )
    assert [row["name"] for row in rows if not row["strict"] and not row["name"].startswith("sqlite_")] == []


async def test_a_readonly_store_is_not_made_and_not_written(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    with pytest.raises(StoreError, match="does not exist"):
        await Store.open(path, readonly=True)
    assert list(tmp_path.iterdir()) == []
    async with await Store.open(path):
        pass
    async with await Store.open(path, readonly=True) as store:
        with pytest.raises(StoreError, match="reading only"):
            await remember(store, "a", "x")


@pytest.mark.parametrize("content", [b"noise" * 1000, b"SQLite format 3\x00" + b"\xff" * 4096])
async def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"no store at all: .*; stop Tailgate, put back a|another program"):
        await Store.open(path)
    assert path.read_bytes() == content


async def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE theirs (x)")
    other.commit()
    other.close()
    with pytest.raises(StoreError, match="another program"):
        await Store.open(path)


async def test_a_newer_store_is_refused(empty_store: Store) -> None:
    async with empty_store.write() as connection:
        await connection.execute(f"PRAGMA user_version = {schema_version() + 1}")
    with pytest.raises(StoreError, match="newer Tailgate"):
        await Store.open(empty_store.path)


@pytest.fixture(scope="module")
def made_now(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    """The schema of a store that this program makes anew."""

    async def made() -> list[tuple[str, str]]:
        async with await Store.open(tmp_path_factory.mktemp("schema") / "new.db") as store:
            return await _schema(store)

    return asyncio.run(made())


@pytest.mark.parametrize("version", range(1, schema_version()))
async def test_a_store_of_every_earlier_schema_opens_with_its_data(
    tmp_path: Path, version: int, made_now: list[tuple[str, str]]
) -> None:
    path = tmp_path / "old.db"
    old = sqlite3.connect(path)
    old.executescript((STORES / f"schema{version}.sql").read_text())
    assert old.execute("PRAGMA user_version").fetchone()[0] == version
    old.close()
    with pytest.raises(StoreError, match="brings it up to date"):
        await Store.open(path, readonly=True)
    async with await Store.open(path) as store:
        assert (await store.fetch("PRAGMA user_version"))[0][0] == schema_version()
        rows = await store.fetch(
            "SELECT d.name, x.finish FROM results x JOIN entries e ON e.id = x.entry_id "
            "JOIN drivers d ON d.id = e.driver_id"
        )
        assert [tuple(row) for row in rows] == [("Corey Heim", 2)]
        if version >= 5:
            assert (await store.fetch("SELECT refreshed_at FROM seasons"))[0][0] == "2025-10-17T23:00:00Z"
        if version >= 2:
            assert len(await store.fetch("SELECT * FROM guild_settings")) == 1
        assert await _schema(store) == made_now


async def _schema(store: Store) -> list[tuple[str, str]]:
    return [tuple(row) for row in await store.fetch("SELECT name, sql FROM sqlite_master ORDER BY name")]


async def test_a_migration_that_fails_leaves_the_version_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.db"
    good = migrations()[:2]
    monkeypatch.setattr("db.migrate.migrations", lambda: (*good, (3, "CREATE TABLE a (x) STRICT;")))
    with pytest.raises(StoreError, match="cannot be opened"):
        await Store.open(path)
    left = sqlite3.connect(path)
    assert left.execute("PRAGMA user_version").fetchone()[0] == 2
    assert left.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
    left.close()


async def test_two_opening_an_empty_store_at_once_both_succeed(tmp_path: Path) -> None:
    stores = await asyncio.gather(*(Store.open(tmp_path / "t.db") for _ in range(4)))
    for store in stores:
        await store.close()


async def test_a_backup_is_a_store_of_its_own(store: Store, tmp_path: Path) -> None:
    target = tmp_path / "folder" / "copy.db"
    with pytest.raises(StoreError, match="there is no folder"):
        await store.backup(target)
    target.parent.mkdir()
    await store.backup(target)
    assert [file.name for file in target.parent.iterdir()] == ["copy.db"]
    async with await Store.open(target, readonly=True) as copy:
        count = "SELECT count(*) FROM results"
        assert [tuple(r) for r in await copy.fetch(count)] == [tuple(r) for r in await store.fetch(count)]
    with pytest.raises(StoreError, match="exists already"):
        await store.backup(target)


async def test_a_store_that_cannot_be_opened_leaves_no_thread_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Any] = []
    connection = aiosqlite.Connection

    def noted(*arguments: Any, **options: Any) -> Any:
        made.append(connection(*arguments, **options))
        return made[-1]

    monkeypatch.setattr(aiosqlite, "Connection", noted)
    nowhere = tmp_path / "link.db"
    nowhere.symlink_to(tmp_path / "none" / "x.db")
    for _ in range(20):
        with pytest.raises(StoreError, match="cannot be opened"):
            await Store.open(nowhere)
        assert not getattr(made[-1], "_thread", made[-1]).is_alive()
    assert len(made) == 20


async def test_a_writer_that_waits_in_vain_says_so_and_can_write_later(
    empty_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.connecting.BUSY_MILLISECONDS", 20)
    async with await Store.open(empty_store.path) as other:
        async with empty_store.write():
            with pytest.raises(StoreError, match="written by another program"):
                await remember(other, "a", "x")
        await remember(other, "b", "x")
    assert await names(empty_store) == ["b"]


@pytest.mark.parametrize("reading", ["a query", "a transaction"])
async def test_damage_is_reported_as_damage(store_path: Path, reading: str) -> None:
    with store_path.open("r+b") as file:
        for page in range(3, store_path.stat().st_size // 4096):
            file.seek(page * 4096)
            file.write(b"\x5a" * 2048)
    async with await Store.open(store_path, readonly=True) as store:
        with pytest.raises(StoreError, match=r"is damaged: .*; stop Tailgate, put back a backup, start it again"):
            if reading == "a query":
                await store.fetch("SELECT * FROM results")
            else:
                async with store.read() as connection:
                    await connection.execute_fetchall("SELECT * FROM results")


async def test_a_backup_that_cannot_be_written_is_refused(store: Store, tmp_path: Path) -> None:
    (tmp_path / "copy.db.part").mkdir()
    with pytest.raises(StoreError, match="could not be copied"):
        await store.backup(tmp_path / "copy.db")


async def test_a_damaged_store_is_not_copied(store_path: Path, tmp_path: Path) -> None:
    with store_path.open("r+b") as file:
        for page in range(20, store_path.stat().st_size // 4096 - 2, 7):
            file.seek(page * 4096)
            file.write(b"\x5a" * 2048)
    async with await Store.open(store_path, readonly=True) as store:
        with pytest.raises(StoreError, match=r"damaged|could not be copied"):
            await store.backup(tmp_path / "copy.db")
    assert [file.name for file in tmp_path.iterdir() if "copy" in file.name] == []


async def test_a_closed_store_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.connection.CLOSING_SECONDS", PATIENCE)
    store = await Store.open(tmp_path / "t.db")
    inside, go, waiting = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def first() -> None:
        async with store.write() as connection:
            await connection.execute(ADD, ("kept",))
            inside.set()
            await go.wait()

    async def second() -> None:
        waiting.set()
        await remember(store, "late", "x")

    begun = [asyncio.create_task(first())]
    await inside.wait()
    begun.append(asyncio.create_task(second()))
    await waiting.wait()
    closing = asyncio.create_task(store.close())
    await asyncio.sleep(0)
    with pytest.raises(StoreError, match="is closed"):
        await names(store)
    go.set()
    done = await asyncio.gather(*begun, closing, return_exceptions=True)
    assert [type(each) for each in done] == [type(None), StoreError, type(None)]
    with pytest.raises(StoreError, match="is closed"):
        async with store.read():
            pass
    async with await Store.open(store.path) as again:
        assert await names(again) == ["kept"]


async def test_a_transaction_that_never_ends_holds_up_no_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.connection.CLOSING_SECONDS", 0.01)
    store = await Store.open(tmp_path / "t.db")
    async with AsyncExitStack() as blocks:
        connection = await blocks.enter_async_context(store.write())
        await connection.execute(ADD, ("lost",))
        await store.close()
        blocks.pop_all()
    async with await Store.open(store.path) as again:
        assert await names(again) == []
