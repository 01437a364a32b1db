"""Damage, full disks, and what cannot be written: one line that names the cause and what to do, told once."""

from __future__ import annotations

import errno
import os
import resource
import sqlite3
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from db.connection import Store
from db.errors import FileFault, StoreError
from db.file_faults import QUIET_LOOKS, fault_of
from db.guilds import stored_guilds
from db.inspection import must_be_sound
from db.key_values import recall, remember
from db.quotes.draws import draws_since
from tests.db.spoiling import PAGE, damage, fill, make_read_only, tiny_disk, unwritable
from tests.db.test_file_gone import RESTORE, Told

FREE = "its disk is full; free some space on it"
BIG = "x" * 50 * PAGE


class TestDamage:
    @pytest.fixture
    async def damaged(self, store_path: Path) -> AsyncIterator[Store]:
        """An open store in which two tables were damaged before anything read them."""
        async with await Store.open(store_path) as store:
            damage(store_path, "quotes", "quote_draws")
            yield store

    async def test_it_is_told_once_however_often_and_wherever_it_is_met(self, damaged: Store) -> None:
        told = Told(damaged)
        for _ in range(3):
            with pytest.raises(StoreError, match=f"is damaged: .*; {RESTORE}") as met:
                await damaged.fetch("SELECT words FROM quotes")
            assert met.value.fault is FileFault.DAMAGED
            with pytest.raises(StoreError, match="is damaged"):
                await draws_since(damaged, 1, date(2025, 1, 1))
            with pytest.raises(StoreError, match="is damaged"):
                async with damaged.write() as connection:
                    await connection.execute("DELETE FROM quotes")
            damaged.watch()
        assert told.faults == [str(met.value)]

    async def test_what_is_whole_is_read_and_written_and_the_damage_stays_known(self, damaged: Store) -> None:
        told = Told(damaged)
        with pytest.raises(StoreError):
            await damaged.fetch("SELECT words FROM quotes")
        for number in range(2 * QUIET_LOOKS):
            await remember(damaged, "name", str(number))
            damaged.watch()
        assert await recall(damaged, "name") == str(2 * QUIET_LOOKS - 1)
        assert await stored_guilds(damaged) == set()
        assert damaged.faults.known == (FileFault.DAMAGED,)
        assert told.over == []

    async def test_what_was_met_before_anybody_listens_is_told_then(self, damaged: Store) -> None:
        with pytest.raises(StoreError):
            await damaged.fetch("SELECT words FROM quotes")
        assert len(Told(damaged).faults) == 1

    async def test_a_check_finds_what_no_query_has_met(self, damaged: Store) -> None:
        with pytest.raises(StoreError, match=f"is damaged: .*; {RESTORE}") as met:
            await must_be_sound(damaged)
        assert (met.value.fault, "\n" in str(met.value)) == (FileFault.DAMAGED, False)

    async def test_a_sound_store_passes_the_check(self, store: Store) -> None:
        await must_be_sound(store)
        assert store.faults.known == ()

    async def test_it_is_not_copied(self, damaged: Store, tmp_path: Path) -> None:
        with pytest.raises(StoreError, match=f"is damaged: .* was not copied; {RESTORE}"):
            await damaged.backup(tmp_path / "copy.db")
        assert [file.name for file in tmp_path.iterdir() if "copy" in file.name] == []


class TestFullDisk:
    async def limit(self, store: Store, pages: int) -> None:
        """The file may grow by so many pages; SQLite reports the end of them as a full disk."""
        (held,) = await store.fetch("PRAGMA page_count")
        assert store._writer is not None
        await store._writer.execute_fetchall(f"PRAGMA max_page_count = {held[0] + pages}")

    async def test_it_is_told_once_and_once_when_it_is_over(self, empty_store: Store) -> None:
        told = Told(empty_store)
        await self.limit(empty_store, 10)
        for _ in range(3):
            with pytest.raises(StoreError, match=f"cannot be written: {FREE}") as met:
                await remember(empty_store, "big", BIG)
            assert met.value.fault is FileFault.FULL
            empty_store.watch()
        assert told.faults == [str(met.value)]
        await self.limit(empty_store, 1000)
        await remember(empty_store, "big", BIG)
        for _ in range(QUIET_LOOKS - 2):  # It was looked once since the fault was met last.
            empty_store.watch()
        assert empty_store.faults.known == (FileFault.FULL,)
        empty_store.watch()
        assert not empty_store.faults.known
        assert len(told.over) == 1

    async def test_small_writes_that_still_fit_do_not_make_it_told_again(self, empty_store: Store) -> None:
        told = Told(empty_store)
        await self.limit(empty_store, 10)
        for _ in range(QUIET_LOOKS * 3):
            with pytest.raises(StoreError):
                await remember(empty_store, "big", BIG)
            await remember(empty_store, "small", "x")
            empty_store.watch()
        assert len(told.faults) == 1
        assert told.over == []

    async def test_without_a_write_that_worked_it_is_not_over(self, empty_store: Store) -> None:
        await self.limit(empty_store, 10)
        with pytest.raises(StoreError):
            await remember(empty_store, "big", BIG)
        for _ in range(QUIET_LOOKS * 3):
            empty_store.watch()
        assert empty_store.faults.known == (FileFault.FULL,)

    async def test_what_is_there_is_read_and_nothing_of_it_is_lost(self, tmp_path: Path) -> None:
        disk = tmp_path / "disk"
        with tiny_disk(disk, 4000):
            async with await Store.open(disk / "t.db") as store:
                told = Told(store)
                await remember(store, "before", "x")
                fill(disk)
                for _ in range(2):
                    with pytest.raises(StoreError, match=f"cannot be written: {FREE}"):
                        await remember(store, "big", BIG * 10)
                assert await recall(store, "before") == "x"
                assert len(told.faults) == 1
                (disk / "filling").unlink()
                await remember(store, "after", "x")
            async with await Store.open(disk / "t.db") as again:
                assert await recall(again, "after") == "x"
                await must_be_sound(again)

    @pytest.mark.parametrize("kilobytes", [4, 40, 200])
    async def test_a_store_is_not_begun_where_it_does_not_fit(self, tmp_path: Path, kilobytes: int) -> None:
        with tiny_disk(tmp_path / "disk", kilobytes):
            with pytest.raises(StoreError, match=FREE) as met:
                await Store.open(tmp_path / "disk" / "t.db")
            assert met.value.fault is FileFault.FULL

    async def test_a_copy_that_does_not_fit_is_refused_and_leaves_nothing(self, store: Store, tmp_path: Path) -> None:
        disk = tmp_path / "disk"
        with tiny_disk(disk, 100):
            with pytest.raises(StoreError, match=f"could not be copied to .*: the copy cannot be written: {FREE}"):
                await store.backup(disk / "copy.db")
            assert list(disk.iterdir()) == []
        assert store.faults.known == ()


async def test_a_limit_of_the_system_is_named_as_such(empty_store: Store) -> None:
    """As a quota is, and a disk that fails: SQLite calls them all an I/O error."""
    told = Told(empty_store)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (empty_store.path.stat().st_size + 10 * PAGE, hard))
    try:
        for _ in range(2):
            with pytest.raises(StoreError, match=r"disk I/O error \(SQLITE_IOERR_WRITE\); see whether") as met:
                await remember(empty_store, "big", BIG * 10)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert met.value.fault is FileFault.FAILING
    assert len(told.faults) == 1
    await remember(empty_store, "big", BIG)


class TestReadOnly:
    async def test_a_file(self, store_path: Path) -> None:
        with unwritable(store_path):
            with pytest.raises(StoreError, match="the user who runs this may not write it; change its") as met:
                await Store.open(store_path)
            assert met.value.fault is FileFault.READ_ONLY
            async with await Store.open(store_path, readonly=True) as store:
                assert await store.fetch("SELECT * FROM seasons")

    async def test_a_folder(self, tmp_path: Path) -> None:
        folder = tmp_path / "folder"
        folder.mkdir()
        with unwritable(folder), pytest.raises(StoreError, match=f"the user who runs this may not write {folder}"):
            await Store.open(folder / "t.db")
        assert list(folder.iterdir()) == []

    async def test_a_folder_that_would_have_to_be_made(self, tmp_path: Path) -> None:
        with unwritable(tmp_path), pytest.raises(StoreError, match=f"the user who runs this may not write {tmp_path}"):
            await Store.open(tmp_path / "deep" / "er" / "t.db")

    async def test_a_log_that_another_user_left(self, store_path: Path) -> None:
        log = store_path.with_name("tailgate.db-wal")
        # Not empty: of an empty one that is its own user's, SQLite changes the permissions.
        log.write_bytes(b"x" * 32)
        with unwritable(log), pytest.raises(StoreError, match=f"the user who runs this may not write {log}"):
            await Store.open(store_path)

    @pytest.mark.parametrize("readonly", [False, True])
    async def test_a_disk(self, store_path: Path, tmp_path: Path, readonly: bool) -> None:
        disk = tmp_path / "disk"
        with tiny_disk(disk, 4000):
            (disk / "t.db").write_bytes(store_path.read_bytes())
            make_read_only(disk)
            with pytest.raises(StoreError, match="its disk is read-only; make it writable, or name a file on another"):
                await Store.open(disk / "t.db", readonly=readonly)

    async def test_a_folder_for_a_copy(self, store: Store, tmp_path: Path) -> None:
        folder = tmp_path / "folder"
        folder.mkdir()
        with unwritable(folder), pytest.raises(StoreError, match=f"could not be copied .*may not write {folder}"):
            await store.backup(folder / "copy.db")
        assert store.faults.known == ()


@pytest.mark.parametrize(
    ("number", "fault", "words"),
    [
        (errno.ENOSPC, FileFault.FULL, FREE),
        (errno.EDQUOT, FileFault.FULL, FREE),
        (errno.EROFS, FileFault.READ_ONLY, "cannot be written: Read-only"),
        (errno.EACCES, FileFault.SHUT, "cannot be opened: Permission denied"),
        (errno.EIO, FileFault.FAILING, "see whether its disk fails"),
    ],
)
def test_what_the_system_says_without_sqlite(tmp_path: Path, number: int, fault: FileFault, words: str) -> None:
    found = fault_of(OSError(number, os.strerror(number)), tmp_path / "t.db", writing=True)
    assert found is not None
    assert found[0] is fault
    assert words in found[1]


def test_what_is_no_fault_of_the_file_is_none(tmp_path: Path) -> None:
    assert fault_of(OSError(errno.EBUSY, "busy"), tmp_path, writing=True) is None
    assert fault_of(sqlite3.OperationalError("no such table"), tmp_path, writing=True) is None
    assert fault_of(sqlite3.ProgrammingError("closed"), tmp_path, writing=True) is None
