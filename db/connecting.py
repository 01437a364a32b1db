"""Single connections to a store's file: opened, set up, and made to leave no thread behind where that fails."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import aiosqlite

BUSY_MILLISECONDS = 5000
"""How long a statement waits for another process that holds a lock on the file."""
ROWS_AT_A_TIME = 64
"""How many rows come from a connection's thread at once where they are gone through one by one."""


async def opening(connection: aiosqlite.Connection) -> aiosqlite.Connection:
    """Opens a connection. If that fails, waits for its thread, which would otherwise outlive the event loop."""
    try:
        return await connection
    except BaseException:
        thread: Any = getattr(connection, "_thread", connection)
        await asyncio.to_thread(thread.join)
        raise


async def connect(path: Path, mode: str, *settings: str) -> aiosqlite.Connection:
    """Opens a connection and sets it up, all of it on its own thread, since each way there and back takes time.

    Args:
        path: the SQLite file.
        mode: as in SQLite's addresses, such as ``ro``.
        settings: pragmas beside those of every connection.
    """
    address = path.resolve().as_uri() + f"?mode={mode}"

    def connected() -> sqlite3.Connection:
        # isolation_level=None: transactions begin only where ``Store`` begins them.
        connection = sqlite3.connect(address, uri=True, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            for setting in (f"busy_timeout = {BUSY_MILLISECONDS}", "foreign_keys = ON", *settings):
                connection.execute(f"PRAGMA {setting}").close()
        except BaseException:
            connection.close()
            raise
        return connection

    return await opening(aiosqlite.Connection(connected, ROWS_AT_A_TIME))


def connect_now(path: Path, mode: str = "ro") -> sqlite3.Connection:
    """Opens a connection that is used right here, without a thread; it only reads unless ``mode`` is ``rw``."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode={mode}", uri=True, isolation_level=None)
    connection.row_factory = sqlite3.Row
    return connection


async def must_be_writable(writer: aiosqlite.Connection) -> None:
    """Begins to write and gives up: SQLite opens a file that cannot be written all the same, for reading."""
    await pragmas(writer, "busy_timeout = 0")
    try:
        # On such a file BEGIN IMMEDIATE alone begins to read, and succeeds.
        await writer.execute("BEGIN IMMEDIATE")
        await pragmas(writer, "user_version = 0")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
    finally:
        await writer.rollback()
    await pragmas(writer, f"busy_timeout = {BUSY_MILLISECONDS}")


async def write_ahead(writer: aiosqlite.Connection) -> None:
    """Switches to the write-ahead log; tries again while others use the file, since SQLite does not wait here."""
    for left in reversed(range(BUSY_MILLISECONDS // 50)):
        try:
            await pragmas(writer, "journal_mode = WAL", "synchronous = FULL")
        except sqlite3.OperationalError as error:
            if not left or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            await asyncio.sleep(0.05)
        else:
            return


async def pragmas(connection: aiosqlite.Connection, *settings: str) -> None:
    for setting in settings:
        await connection.execute_fetchall(f"PRAGMA {setting}")
