"""A store whose file is removed or replaced while it is open: nothing is written into nothing, and it is said once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from db.connection import READERS, Store
from db.errors import FileFault, StoreError
from db.inspection import inspect
from db.key_values import recall, remember

RESTORE = "stop Tailgate, put back a backup, start it again"


def replace(path: Path) -> None:
    """Puts a copy in the place of a file, as programs that write carefully do."""
    shutil.copy(path, path.with_name("copy"))
    path.with_name("copy").replace(path)


SPOILS: dict[str, tuple[Callable[[Path], object], str]] = {
    "removed": (lambda path: path.unlink(), f"was removed while it was open, .*; {RESTORE}"),
    "moved": (lambda path: path.rename(path.with_name("moved.db")), f"was removed .*; {RESTORE}"),
    "replaced": (replace, f"was replaced while it was open, .*; {RESTORE}"),
    "the folder removed": (lambda path: shutil.rmtree(path.parent), f"was removed .*; {RESTORE}"),
    "the folder moved": (lambda path: path.parent.rename(path.parent.with_name("moved")), f"was removed .*; {RESTORE}"),
    "the log removed": (
        lambda path: path.with_name("t.db-wal").unlink(),
        r"lost t.db-wal, which was removed .*; stop Tailgate, start it again, then look with `tailgate check`",
    ),
    "the log replaced": (lambda path: replace(path.with_name("t.db-wal")), r"lost t.db-wal, which was replaced"),
    "the log's index removed": (lambda path: path.with_name("t.db-shm").unlink(), r"lost t.db-shm, which was removed"),
}


class Told:
    """What the operator is told."""

    def __init__(self, store: Store) -> None:
        self.faults: list[str] = []
        self.over: list[str] = []
        store.faults.report(self.faults.append, self.over.append)


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """Where a store is, in a folder of its own."""
    return tmp_path / "folder" / "t.db"


@pytest.mark.parametrize("spoil", SPOILS)
async def test_writing_is_refused_and_it_is_told_once(path: Path, spoil: str) -> None:
    happens, words = SPOILS[spoil]
    async with await Store.open(path) as store:
        told = Told(store)
        await remember(store, "before", "x")
        happens(path)
        for _ in range(3):
            with pytest.raises(StoreError, match=words) as refused:
                await remember(store, "after", "x")
            assert refused.value.fault is FileFault.GONE
            store.watch()
        assert told.faults == [str(refused.value)]
        assert told.faults[0].startswith(f"{path} ")
        assert store.faults.known == (FileFault.GONE,)
        assert told.over == []


@pytest.mark.parametrize("spoil", SPOILS)
async def test_what_is_there_is_still_read_by_every_reader(path: Path, spoil: str) -> None:
    async with await Store.open(path) as store:
        await remember(store, "before", "x")
        SPOILS[spoil][0](path)
        for _ in range(READERS):
            assert await recall(store, "before") == "x"
        async with store.reserved():
            assert await recall(store, "before") == "x"
        async with store.read_latest() as connection:
            assert await connection.execute_fetchall("SELECT name FROM memory")


async def test_it_is_noticed_though_nobody_writes(path: Path) -> None:
    async with await Store.open(path) as store:
        told = Told(store)
        store.watch()
        assert told.faults == []
        path.unlink()
        store.watch()
        store.watch()
        assert len(told.faults) == 1


async def test_a_file_that_comes_back_is_not_trusted(path: Path) -> None:
    async with await Store.open(path) as store:
        path.rename(path.with_name("elsewhere"))
        store.watch()
        path.with_name("elsewhere").rename(path)
        with pytest.raises(StoreError, match="was removed"):
            await remember(store, "after", "x")


async def test_a_store_in_place_is_written_on_whatever_is_beside_it(path: Path) -> None:
    async with await Store.open(path) as store:
        told = Told(store)
        path.with_name("t.db.lock").touch()
        async with await Store.open(path) as other:
            await remember(other, "theirs", "x")
        async with await Store.open(path, readonly=True):
            pass
        os.utime(path, (0, 0))
        store.watch()
        await remember(store, "ours", "x")
        assert told.faults == []


async def test_a_link_that_is_led_elsewhere_is_noticed(path: Path, tmp_path: Path) -> None:
    async with await Store.open(path):
        pass
    link = tmp_path / "link.db"
    link.symlink_to(path)
    async with await Store.open(link) as store:
        await remember(store, "before", "x")
        link.unlink()
        link.symlink_to(shutil.copy(path, tmp_path / "other.db"))
        with pytest.raises(StoreError, match="was replaced"):
            await remember(store, "after", "x")


async def test_a_folder_that_cannot_be_looked_into_says_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: object) -> None:
        raise PermissionError(13, "not yours")

    async with await Store.open(path) as store:
        with monkeypatch.context() as patched:
            patched.setattr("db.file_faults.os.stat", refused)
            await remember(store, "a", "x")
        assert store.faults.known == ()


async def test_a_backup_put_back_is_not_mixed_with_the_log_of_the_lost_file(path: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    async with await Store.open(path) as store:
        await remember(store, "old", "x")
        await store.backup(backup)
        for number in range(20):
            await remember(store, f"new {number}", "x" * 3000)
        path.unlink()
        store.watch()
    shutil.copy(backup, path)
    async with await Store.open(path) as restored:
        assert (await inspect(restored)).problems == ()
        assert [row[0] for row in await restored.fetch("SELECT name FROM memory")] == ["old"]


async def test_a_file_that_was_moved_away_has_all_that_was_saved(path: Path) -> None:
    moved = path.with_name("moved.db")
    async with await Store.open(path) as store:
        await remember(store, "before", "x")
        path.rename(moved)
        store.watch()
    async with await Store.open(moved) as whole:
        assert await recall(whole, "before") == "x"


async def test_where_the_log_alone_was_lost_a_new_start_finds_what_was_saved(path: Path) -> None:
    async with await Store.open(path) as store:
        await remember(store, "before", "x")
        path.with_name("t.db-wal").unlink()
        store.watch()
    async with await Store.open(path) as again:
        assert await recall(again, "before") == "x"
        await remember(again, "after", "x")
