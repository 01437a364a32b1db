"""A copy of a store that one thread works on alone, right there, without the threads of a ``Store``.

An import sends some thousand small statements one after another. Through a connection with a thread of its own, handing
each of them over and back takes longer than the statement, and wakes the event loop of the bot as often.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any, TypeAlias, cast

import aiosqlite

from db.connecting import connect_now

Parameters: TypeAlias = Iterable[Any] | Mapping[str, Any]


class Scratch:
    """An open copy; what is written to it by a program that is killed meanwhile is lost, which loses nothing."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator[Scratch]:
        """Opens a copy that ``Store.backup`` made, for the thread that calls this and no other."""
        with closing(connect_now(path, "rw")) as connection:
            for setting in ("foreign_keys = ON", "synchronous = OFF", "journal_mode = MEMORY"):
                connection.execute(f"PRAGMA {setting}")
            yield cls(connection)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[aiosqlite.Connection]:
        """A transaction, as ``Store.write`` makes one; nothing in it waits."""
        self._connection.execute("BEGIN")
        try:
            yield cast("aiosqlite.Connection", _Here(self._connection))
        except BaseException:
            self._connection.rollback()
            raise
        self._connection.commit()


class _Here:
    """What the queries use of a connection, done at once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def execute(self, sql: str, parameters: Parameters = ()) -> sqlite3.Cursor:
        return self._connection.execute(sql, _given(parameters))

    async def executemany(self, sql: str, rows: Iterable[Parameters]) -> sqlite3.Cursor:
        return self._connection.executemany(sql, [_given(row) for row in rows])

    async def execute_fetchall(self, sql: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        return self._connection.execute(sql, _given(parameters)).fetchall()


def _given(parameters: Parameters) -> Any:
    return parameters if isinstance(parameters, Mapping | tuple | list) else tuple(parameters)
