"""Takes in what a newer version of the program brings, season by season, while the bot answers.

A season is imported into a copy of the store, where that may take its time. What differs afterwards is then written
into the store itself, a few hundred rows at a time, so that nobody who wants to write waits for long. A new season is
seen once it is whole; one that is there already changes at once as well, since it is read anew after the last step.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

import aiosqlite

from db.bundled import bundled_years, note_taken, quote_and_recap_documents, season_digest, season_documents
from db.connecting import connect_now
from db.connection import Store
from db.documents.importer import Report, Writable, import_documents
from db.errors import DocumentError
from db.row_changes import Changes, changes_between, origins_of
from db.scratch import Scratch
from db.threads import in_thread

log = logging.getLogger(__name__)

TAKEN = "SELECT season, digest FROM bundled_seasons"
VERSION = "SELECT version FROM facts"
TRIES = 5
"""How often a copy is made anew because somebody else changed the store's facts meanwhile."""


class _ChangedMeanwhileError(Exception):
    """Somebody else changed the facts of the store since the copy of it was made."""


async def pending_years(store: Store) -> list[int]:
    """The seasons that come with the program and were not taken in as they are, newest first."""
    taken = {row["season"]: row["digest"] for row in await store.fetch(TAKEN)}
    digests = await asyncio.to_thread(lambda: {year: season_digest(year) for year in bundled_years()})
    return sorted((year for year, digest in digests.items() if taken.get(year) != digest), reverse=True)


class Arrivals:
    """Takes in what is pending.

    Args:
        store: the store of the running bot.
        now: the current moment, aware.
    """

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._copy = store.path.with_name(store.path.name + ".arriving")
        # The version of the facts that the copy began with, or was given by the last season.
        self._version = 0

    async def run(self) -> list[int]:
        """Takes in every pending season, newest first; returns the years that were taken in.

        A season that contradicts what an operator stored is left out, with a line in the log, and tried again at the
        next start.

        Raises:
            StoreError: the store cannot be read or written.
        """
        pending = await pending_years(self._store)
        if not pending:
            return []
        taken: list[int] = []
        left_out: list[int] = []
        try:
            for _ in range(TRIES):
                try:
                    await self._make_copy()
                    for year in [year for year in pending if year not in (*taken, *left_out)]:
                        (taken if await self._take_in(year) else left_out).append(year)
                    break
                except _ChangedMeanwhileError:
                    continue
            await self._words()
        finally:
            await asyncio.to_thread(self._remove_copy)
        return taken

    async def _words(self) -> None:
        """Quotes and recaps, which are few, in one transaction, and only where the copy shows that there are others."""
        now = self._now()
        try:
            if await in_thread(lambda: _import_words(self._copy, now)):
                await import_documents(self._store, quote_and_recap_documents(), now)
        except DocumentError as error:
            log.warning("the program's quotes and recaps were left out: %s", error)

    async def _make_copy(self) -> None:
        await asyncio.to_thread(self._remove_copy)
        await self._store.backup(self._copy)
        self._version = await asyncio.to_thread(_version_of, self._copy)

    def _remove_copy(self) -> None:
        for ending in ("", "-wal", "-shm", ".part"):
            with suppress(OSError):
                self._copy.with_name(self._copy.name + ending).unlink(missing_ok=True)

    async def _take_in(self, year: int) -> bool:
        """Takes in one season; returns whether it fits what is stored."""
        now = self._now()
        try:
            # In a thread with a loop of its own: comparing a season takes longer than an answer may wait.
            changes = await in_thread(lambda: _prepare(self._copy, self._store.path, year, now))
        except DocumentError as error:
            log.warning("the bundled season %d was left out: %s", year, error)
            return False
        try:
            await self._write(changes)
        except sqlite3.IntegrityError:
            # Races that change places, and the like, cannot be written one by one.
            log.info("the bundled season %d is taken in at once", year)
            await _import_at_once(self._store, year, now)
            raise _ChangedMeanwhileError from None
        log.info("took in the bundled season %d", year)
        return True

    async def _write(self, changes: Changes) -> None:
        if changes.before != self._version:
            raise _ChangedMeanwhileError
        for step in changes.steps:
            async with self._store.write() as connection:
                if await _version(connection) != changes.before:
                    raise _ChangedMeanwhileError
                for sql, rows in step.statements:
                    await connection.executemany(sql, rows)
        self._version = changes.after


def _import_words(copy: Path, now: datetime) -> bool:
    """Imports quotes and recaps into the copy; returns whether any changed. Runs in a thread."""
    with Scratch.open(copy) as scratch:
        return asyncio.run(import_documents(scratch, quote_and_recap_documents(), now)).total.changed > 0


def _version_of(copy: Path) -> int:
    with closing(connect_now(copy)) as connection:
        return int(connection.execute(VERSION).fetchone()[0])


async def _version(connection: aiosqlite.Connection) -> int:
    (row,) = await connection.execute_fetchall(VERSION)
    return int(row[0])


async def _import_at_once(store: Writable, year: int, now: datetime) -> Report:
    report = await import_documents(store, season_documents(year), now)
    await note_taken(store, [year], now)
    return report


def _prepare(copy: Path, store: Path, year: int, now: datetime) -> Changes:
    """Imports a season into the copy, and tells what has to be written into the store. Runs in a thread."""
    before = origins_of(copy)
    with Scratch.open(copy) as scratch:
        asyncio.run(_import_at_once(scratch, year, now))
    return changes_between(store, copy, year, before - origins_of(copy))
