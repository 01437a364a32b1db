"""The store's connections: one writer behind a lock, a few readers that cannot write, and two readers set aside.

The *watcher* answers "has anything changed?" (``PRAGMA data_version`` is counted per connection) and loads what did.
It is a connection of its own, so that this question, which every answer asks, never waits behind a search. The
*reserved* reader is for what must not be late, as the outbox must not: it never waits behind answers.

A task has one connection at a time: whatever it reads inside ``write``, ``read``, ``view`` or ``reserved`` goes to the
connection of that block. So all reads of one answer see one state, and a read inside ``write`` sees what was written
there. Other tasks, those started inside such a block among them, get connections of their own.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import aiosqlite

from db.connecting import connect, connect_now, must_be_writable, opening, pragmas, write_ahead
from db.errors import FileFault, StoreError
from db.file_faults import Faults, OpenFiles, damage, fault_of
from db.migrate import check_version, migrate, schema_version

CLOSING_SECONDS = 3.0
"""How long ``close`` waits for a transaction that is open."""
READERS = 3
"""Connections that only read. All but one may be in ``read``; the last one is left for single queries."""


class Store:
    """An open store. Make one with ``Store.open`` and close it, or its threads keep the process from exiting.

    Attributes:
        path: the SQLite file.
        faults: what is wrong with the file or its disk, as far as it was met.
    """

    def __init__(
        self,
        path: Path,
        readers: Sequence[aiosqlite.Connection],
        watcher: aiosqlite.Connection,
        reserved: aiosqlite.Connection,
        writer: aiosqlite.Connection | None,
    ) -> None:
        self.path = path
        self._readers = tuple(readers)
        self._watcher = watcher
        self._reserved = reserved
        self._writer = writer
        self._writing = asyncio.Lock()
        self._watching = asyncio.Lock()
        self._idle = list(readers)
        self._turns = asyncio.Semaphore(len(readers))
        self._long_turns = asyncio.Semaphore(max(1, len(readers) - 1))
        self._connection_of: dict[asyncio.Task[Any] | None, aiosqlite.Connection] = {}
        self._closed = False
        self.faults = Faults(path)
        # A store that is only read may lie where others write it.
        self._files = None if writer is None else OpenFiles(path)

    @classmethod
    async def open(cls, path: Path, *, readonly: bool = False) -> Self:
        """Opens the file, creates it if there is none, and brings it to this program's schema.

        Args:
            path: the SQLite file; its folder is created where it is missing.
            readonly: never write; the file must exist and have this program's schema.

        Raises:
            StoreError: it cannot be opened or, unless ``readonly``, written, is not a store, or is newer than this
                program.
        """
        opened: list[aiosqlite.Connection] = []
        writer: aiosqlite.Connection | None = None
        try:
            if path.is_dir():
                raise StoreError(f"{path} is a folder; name a file with --db")
            if readonly and not path.is_file():
                raise StoreError(
                    f"{path} does not exist yet; `tailgate import --bundled` makes it, as does `tailgate run`, "
                    "or name another file with --db"
                )
            if not readonly:
                path.parent.mkdir(parents=True, exist_ok=True)
                writer = await connect(path, "rwc")
                opened.append(writer)
                await check_version(writer, str(path))
                await must_be_writable(writer)
                await write_ahead(writer)
                await migrate(writer, str(path))
            for _ in range(READERS + 2):
                # Each reads once, since SQLite opens the write-ahead log with the first read: by then it may be gone.
                opened += [await connect(path, "ro", "query_only = ON", "user_version")]
            version = await check_version(opened[-1], str(path))
            if version < schema_version():
                raise StoreError(
                    f"{path} has schema {version} and this program {schema_version()}; start `tailgate run` or "
                    "`tailgate import` once, which brings it up to date"
                )
        except BaseException as error:
            # Before the connections are closed, which may remove the very file that is in the way.
            fault = fault_of(error, path, writing=True)
            for connection in opened:
                await connection.close()
            if isinstance(error, sqlite3.DatabaseError | OSError):
                kind, words = fault or (None, f"cannot be opened as a store: {error}")
                raise StoreError(f"{path} {words}", kind) from error
            raise
        *readers, watcher, reserved = opened if writer is None else opened[1:]
        return cls(path, readers, watcher, reserved, writer)

    async def close(self) -> None:
        """Closes the connections. Later calls, and those still waiting for their turn, raise StoreError.

        An open transaction has ``CLOSING_SECONDS`` to end; after that SQLite rolls it back.
        """
        self._closed = True
        async with AsyncExitStack() as locks:
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOSING_SECONDS):
                    await locks.enter_async_context(self._writing)
                    await locks.enter_async_context(self._watching)
                    for _ in self._readers:
                        await locks.enter_async_context(self._turns)
            await self._close()

    async def _close(self) -> None:
        # The writer is closed last: the last connection moves the write-ahead log into the file, and a reader cannot.
        for connection in (*self._readers, self._watcher, self._reserved):
            await connection.close()
        if self._writer is not None:
            if FileFault.GONE in self.faults.known:
                # SQLite does this only where the file is in place. A log left beside a backup that is put there would
                # be taken for the backup's own.
                with suppress(sqlite3.Error):
                    await pragmas(self._writer, "wal_checkpoint(TRUNCATE)")
            await self._writer.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[aiosqlite.Connection]:
        """A transaction: committed at the end, rolled back on any exception, cancellation included.

        Never wait for the network inside one: every other writer waits as long.

        Raises:
            RuntimeError: this task is inside ``write`` already; waiting for itself would never end.
            StoreError: the file is damaged or gone, cannot be written, or another program kept on writing to it.
        """
        if self._writer is None:
            raise StoreError(f"{self.path} is open for reading only")
        if self._current() is self._writer:
            raise RuntimeError("a transaction that writes was begun inside another of the same task")
        async with self._writing:
            self._must_be_open()
            with self._explained(writing=True), self._bound(self._writer):
                self._must_be_in_place()
                try:
                    await self._writer.execute("BEGIN IMMEDIATE")
                    yield self._writer
                    await self._writer.commit()
                    self.faults.written()
                except BaseException:
                    # The rollback is queued behind whatever the connection's thread is still doing. The shield lets it
                    # finish even if we are cancelled, or the next transaction would find this one open.
                    await asyncio.shield(self._writer.rollback())
                    raise

    @asynccontextmanager
    async def read(self) -> AsyncIterator[aiosqlite.Connection]:
        """A connection with one consistent view of the store, whatever is written meanwhile.

        Inside ``read``, ``view``, ``reserved`` or ``write`` of the same task it is that block's connection, with its
        view.

        Raises:
            StoreError: the file is damaged or cannot be read.
        """
        current = self._current()
        if current is not None:
            with self._explained(writing=current is self._writer):
                yield current
            return
        self._must_be_open()
        async with self._long_turns, self._reader() as reader:
            with self._bound(reader):
                async with self._snapshot(reader):
                    yield reader

    @asynccontextmanager
    async def reserved(self) -> AsyncIterator[aiosqlite.Connection]:
        """A connection that answers never use, so that what is read on it waits for no search.

        It is for the outbox. Unlike ``read`` it takes no view of its own and may be entered by many tasks at once: each
        query sees the newest committed state, and they follow one another. Inside another block of the same task it is
        that block's connection.

        Raises:
            StoreError: the file is damaged or cannot be read.
        """
        current = self._current()
        if current is not None:
            with self._explained(writing=current is self._writer):
                yield current
            return
        self._must_be_open()
        with self._explained(), self._bound(self._reserved):
            yield self._reserved

    @asynccontextmanager
    async def view(self) -> AsyncIterator[None]:
        """Makes all reads of this task inside the block see one state of the store, from the first read on.

        What is written meanwhile, by this task too, is not seen until the block ends. Never wait for the network or
        for other tasks that read inside one, since it keeps a reader from everybody else.

        Raises:
            StoreError: the file is damaged or cannot be read.
        """
        async with self.read():
            yield

    async def fetch(self, sql: str, parameters: Iterable[Any] | Mapping[str, Any] = ()) -> list[sqlite3.Row]:
        """The rows of one query, its parameters in order or by name. Raises StoreError as ``read`` does."""
        current = self._current()
        if current is not None:
            with self._explained(writing=current is self._writer):
                return list(await current.execute_fetchall(sql, parameters))
        async with self._reader() as reader:
            with self._explained():
                return list(await reader.execute_fetchall(sql, parameters))

    def read_now(self, queries: Sequence[tuple[str, tuple[Any, ...]]]) -> list[list[sqlite3.Row]]:
        """The rows of some queries in one view, read while everything else waits.

        It is for what one answer in many needs, takes a few hundredths of a second, and is then kept in memory.

        Raises:
            StoreError: the file is damaged, gone or cannot be read.
        """
        self._must_be_open()
        self._must_be_in_place()
        with self._explained(), closing(connect_now(self.path)) as connection:
            connection.execute("BEGIN")
            return [connection.execute(sql, parameters).fetchall() for sql, parameters in queries]

    async def data_version(self) -> int:
        """A number that changes whenever this or another process has changed the file."""
        async with self._watching:
            self._must_be_open()
            with self._explained():
                rows = list(await self._watcher.execute_fetchall("PRAGMA data_version"))
        return int(rows[0][0])

    @asynccontextmanager
    async def read_latest(self) -> AsyncIterator[aiosqlite.Connection]:
        """As ``read``, but of the newest committed state, even inside a ``view`` that began before it.

        For loading what ``data_version`` says has changed; others who ask for ``data_version`` wait meanwhile.
        """
        async with self._watching:
            self._must_be_open()
            async with self._snapshot(self._watcher):
                yield self._watcher

    @asynccontextmanager
    async def _reader(self) -> AsyncIterator[aiosqlite.Connection]:
        """A reader that nobody else uses until the block ends."""
        self._must_be_open()  # Before waiting as well, since ``close`` is in line for all readers by now.
        async with self._turns:
            self._must_be_open()
            # The one that was given back first: the last one may still be busy with a query that was cancelled.
            reader = self._idle.pop(0)
            try:
                yield reader
            except asyncio.CancelledError:
                await reader.interrupt()
                raise
            finally:
                self._idle.append(reader)

    @asynccontextmanager
    async def _snapshot(self, connection: aiosqlite.Connection) -> AsyncIterator[None]:
        """A transaction that only reads, on a connection that is this task's alone."""
        with self._explained():
            try:
                await connection.execute("BEGIN")
                yield
            except asyncio.CancelledError:
                # A query that nobody waits for any more is ended, or the rollback would wait until it is done.
                await connection.interrupt()
                raise
            finally:
                await asyncio.shield(connection.rollback())

    def _current(self) -> aiosqlite.Connection | None:
        """The connection of the block that this very task is in; a task started inside a block is not in it."""
        return self._connection_of.get(asyncio.current_task())

    @contextmanager
    def _bound(self, connection: aiosqlite.Connection) -> Iterator[None]:
        """Makes a connection this task's, in place of one that it has already (a ``write`` inside a ``read``)."""
        # Kept by task: a context variable would be inherited by tasks started inside, which would use it meanwhile.
        task = asyncio.current_task()
        before = self._connection_of.get(task)
        self._connection_of[task] = connection
        try:
            yield
        finally:
            if before is None:
                self._connection_of.pop(task, None)
            else:
                self._connection_of[task] = before

    def _must_be_open(self) -> None:
        if self._closed:
            raise StoreError(f"{self.path} is closed")

    def _must_be_in_place(self) -> None:
        """Refuses to write into a file that nobody would find again; costs ten microseconds or so."""
        missing = self._files and self._files.missing()
        if missing:
            raise self.faults.met(FileFault.GONE, missing)

    def watch(self) -> None:
        """Looks whether the file is still in place and what is over, without raising; to be called at intervals."""
        self.faults.look_back()
        with suppress(StoreError):
            self._must_be_in_place()

    @contextmanager
    def _explained(self, *, writing: bool = False) -> Iterator[None]:
        """Raises StoreError for faults of the file; an error in a statement is passed on as it is."""
        try:
            yield
        except ValueError as error:
            # What aiosqlite says where ``close`` has run out of patience with a block that was still open.
            if str(error) != "no active connection":
                raise
            raise StoreError(f"{self.path} is closed") from error
        except sqlite3.Error as error:
            fault = fault_of(error, self.path, writing=writing)
            if fault is None:
                raise
            raise self.faults.met(*fault) from error

    async def backup(self, target: Path) -> None:
        """Copies the store into a new file while it is in use (SQLite's online backup).

        Raises:
            StoreError: the target exists or cannot be written, or the store is damaged.
        """
        unfinished = target.with_name(target.name + ".part")
        try:
            if target.exists():
                raise StoreError(f"{target} exists already; name a new file")
            if not target.parent.is_dir():
                raise StoreError(f"there is no folder {target.parent}; make it first, or name another")
            _remove_copy(unfinished)
            copy = await opening(aiosqlite.connect(unfinished))
            try:
                async with self._long_turns, self._reader() as reader:
                    await reader.backup(copy)
                # Leave WAL mode, so that the copy is a single file that can be moved.
                await pragmas(copy, "journal_mode = DELETE")
                found = [str(row[0]) for row in await copy.execute_fetchall("PRAGMA quick_check(1)")]
            finally:
                await copy.close()
            if found != ["ok"]:
                _remove_copy(unfinished)
                raise self.faults.met(*damage(f"{found[0]}, and was not copied"))
            unfinished.rename(target)
        except (sqlite3.DatabaseError, OSError) as error:
            with suppress(OSError):
                _remove_copy(unfinished)
            fault = fault_of(error, unfinished, writing=True)
            why = f"the copy {fault[1]}" if fault else str(error)
            raise StoreError(f"{self.path} could not be copied to {target}: {why}") from error


def _remove_copy(path: Path) -> None:
    """Removes a copy that was not finished, with the journal that SQLite leaves where it cannot write any more."""
    path.unlink(missing_ok=True)
    path.with_name(path.name + "-journal").unlink(missing_ok=True)
