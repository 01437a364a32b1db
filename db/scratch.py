"""A copy of a store that one thread works on alone, right there, without the threads of a ``Store``.

An import sends some thousand small statements one after another. Through a connection with a thread of its own, handing
each of them over and back takes longer than the statement, and wakes the event loop of the bot as often.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, cast

import aiosqlite

from db.connecting import connect_now

Parameters: TypeAlias = Iterable[Any] | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Written:
    """A statement that changed rows, with the parameters of each of its ``runs``."""

    sql: str
    runs: Sequence[Any]


class Scratch:
    """An open copy; what is written to it by a program that is killed meanwhile is lost, which loses nothing.

    Args:
        connection: of the thread that uses this, outside a transaction.
        begin: how a transaction begins. A store itself is locked by ``BEGIN IMMEDIATE``; nobody else knows a copy.

    Attributes:
        written: the statements that changed anything until now, in order.
    """

    def __init__(self, connection: sqlite3.Connection, begin: str = "BEGIN") -> None:
        self._connection = connection
        self._begin = begin
        self.written: list[Written] = []

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator[Scratch]:
        """Opens a copy that ``Store.backup`` made, for the thread that calls this and no other."""
        with closing(connect_now(path, "rw")) as connection:
            for setting in ("foreign_keys = ON", "synchronous = OFF", "journal_mode = MEMORY"):
                connection.execute(f"PRAGMA {setting}")
            yield cls(connection)

    @classmethod
    @contextmanager
    def in_memory(cls, store: sqlite3.Connection) -> Iterator[Scratch]:
        """A copy in memory of what a connection sees of a store; five megabytes take a few milliseconds."""
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
            store.backup(connection)
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
            yield cls(connection)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[aiosqlite.Connection]:
        """A transaction, as ``Store.write`` makes one; nothing in it waits."""
        self._connection.execute(self._begin)
        try:
            yield cast("aiosqlite.Connection", _Here(self._connection, self.written))
        except BaseException:
            self._connection.rollback()
            raise
        self._connection.commit()


class _Here:
    """What the queries use of a connection, done at once.

    Args:
        connection: in a transaction.
        written: where every statement is noted that changes a row.
    """

    def __init__(self, connection: sqlite3.Connection, written: list[Written]) -> None:
        self._connection = connection
        self._written = written

    async def execute(self, sql: str, parameters: Parameters = ()) -> sqlite3.Cursor:
        before = self._connection.total_changes
        cursor = self._connection.execute(sql, _given(parameters))
        if self._connection.total_changes != before:
            self._written.append(Written(sql, [_given(parameters)]))
        return cursor

    async def executemany(self, sql: str, rows: Iterable[Parameters]) -> sqlite3.Cursor:
        before, runs = self._connection.total_changes, [_given(row) for row in rows]
        cursor = self._connection.executemany(sql, runs)
        if self._connection.total_changes != before:
            self._written.append(Written(sql, runs))
        return cursor

    async def execute_fetchall(self, sql: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        before = self._connection.total_changes
        rows = self._connection.execute(sql, _given(parameters)).fetchall()
        if self._connection.total_changes != before:
            self._written.append(Written(sql, [_given(parameters)]))
        return rows


def _given(parameters: Parameters) -> Any:
    return parameters if isinstance(parameters, tuple | list | Mapping) else tuple(parameters)
