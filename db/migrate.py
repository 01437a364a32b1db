"""Brings a store to this program's schema: numbered SQL files, each with its version in one transaction."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import aiosqlite

from db.errors import StoreError
from db.naming import fold_quote

APPLICATION_ID = 0x54474154
"""Written into the file's header ("TGAT"), so that another program's database is never mistaken for a store."""

LETS_REFERENCES_WAIT = "PRAGMA foreign_keys = OFF;"
"""How a migration begins that makes a table anew to which others refer. Without it, dropping the old table would delete
what belongs to its rows; SQLite ignores the statement inside a transaction, so it is done before."""


@cache
def migrations() -> tuple[tuple[int, str], ...]:
    """All migrations as (version, SQL), in order from 1 without a gap.

    Raises:
        RuntimeError: the numbers of the files leave a gap.
    """
    found = []
    for file in files("db").joinpath("migrations").iterdir():
        match = re.fullmatch(r"(\d{4})_\w+\.sql", file.name)
        if match:
            found.append((int(match[1]), file.read_text(encoding="utf-8")))
    found.sort()
    if [version for version, _ in found] != list(range(1, len(found) + 1)):
        raise RuntimeError("migrations are not numbered 1, 2, 3 …")
    return tuple(found)


def schema_version() -> int:
    """The schema version that this program reads and writes."""
    return len(migrations())


def statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one, since ``executescript`` would commit the open transaction."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
    if any(not line.startswith("--") for line in pending.split("\n") if line.strip()):
        raise RuntimeError("a migration ends in the middle of a statement")


async def _number(connection: aiosqlite.Connection, sql: str) -> int:
    for row in await connection.execute_fetchall(sql):
        return int(row[0])
    return 0


async def check_version(connection: aiosqlite.Connection, path: str) -> int:
    """The file's schema version.

    Raises:
        StoreError: the file is another program's, or written by a newer Tailgate.
    """
    version = await _number(connection, "PRAGMA user_version")
    ours = await _number(connection, "PRAGMA application_id") == APPLICATION_ID
    empty = version == 0 and await _number(connection, "SELECT count(*) FROM sqlite_master") == 0
    if not ours and not empty:
        # Another process may have made the schema between these queries; in that case it has set the id by now.
        version = await _number(connection, "PRAGMA user_version")
        ours = await _number(connection, "PRAGMA application_id") == APPLICATION_ID
    if not ours and not empty:
        raise StoreError(f"{path} is a database of another program; name another file with --db")
    if version > schema_version():
        raise StoreError(
            f"{path} was written by a newer Tailgate (schema {version}, this program knows {schema_version()}); "
            "update Tailgate or name another file with --db"
        )
    return version


async def migrate(connection: aiosqlite.Connection, path: str) -> None:
    """Applies the migrations that are missing. A crash in between leaves the file at the last complete version.

    Raises:
        StoreError: see ``check_version``.
    """
    if await check_version(connection, path) == schema_version():
        return
    # A migration folds old rows as the program folds new ones, which SQL alone cannot do.
    await connection.create_function("fold_words", 1, fold_quote, deterministic=True)
    for version, script in migrations():
        if await check_version(connection, path) >= version:
            continue
        if script.startswith(LETS_REFERENCES_WAIT):
            await connection.execute(LETS_REFERENCES_WAIT)
        await connection.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have applied it while this one waited for the lock.
            if await check_version(connection, path) < version:
                await connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                for statement in statements(script):
                    await connection.execute(statement)
                await connection.execute(f"PRAGMA user_version = {version}")
            await connection.commit()
        except BaseException:
            await connection.rollback()
            raise
        finally:
            await connection.execute("PRAGMA foreign_keys = ON")
