"""An import that is prepared on a copy of the store, which is held only while what differs is written.

Comparing a season takes a tenth of a second, and whoever wants to write waits as long as a transaction is open. So the
documents are imported into a copy in memory, where each statement that changes a row is noted. Those are made in the
store in one transaction, if the store still is what was copied; if not, it is copied anew.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from db.connecting import BUSY_MILLISECONDS, connect_now
from db.documents.import_report import Report
from db.documents.importer import import_documents
from db.documents.reader import Document
from db.errors import StoreError
from db.file_faults import fault_of
from db.migrate import schema_version
from db.scratch import Scratch, Written

TRIES = 3
"""How often the store is copied anew because somebody else imported meanwhile, before it is held for an import."""

COMPARED = """
SELECT (SELECT version FROM facts), (SELECT max(id) FROM imports),
       (SELECT max(id) FROM drivers), (SELECT max(id) FROM tracks), (SELECT max(id) FROM teams),
       (SELECT max(id) FROM races), (SELECT max(id) FROM entries), (SELECT max(id) FROM adjustments),
       (SELECT group_concat(year || ' ' || arriving || ' ' || coalesce(retrieved_at, '')) FROM seasons),
       (SELECT group_concat(subject || ' ' || subject_id || ' ' || fact || ' ' || origin) FROM fact_origins),
       (SELECT group_concat(race_id || ' ' || part || ' ' || read_at) FROM readings)
"""
"""What shows whether anything changed that an import looks at, or numbers rows by: a new row's id is the one after the
last. Facts change with their version; while seasons of a newer program arrive, rows come before it."""


class _ChangedMeanwhileError(Exception):
    """Somebody else imported into the store since the copy of it was made."""


def import_prepared(path: Path, documents: Sequence[Document], now: datetime) -> Report:
    """Imports as ``import_documents`` does, on a connection of its own, right here; to be called in a thread.

    Args:
        path: the store's file, which must be there and have this program's schema.
        documents: as for ``import_documents``.
        now: the moment of the import, aware.

    Raises:
        DocumentError: something in the documents is wrong. Nothing has changed.
        StoreError: the store cannot be read or written, or refused the documents. Nothing has changed.
    """
    with _explained(path), closing(connect_now(path, "rw")) as store:
        for setting in (f"busy_timeout = {BUSY_MILLISECONDS}", "foreign_keys = ON", "synchronous = FULL"):
            store.execute(f"PRAGMA {setting}")
        if store.execute("PRAGMA user_version").fetchone()[0] != schema_version():
            raise StoreError(f"{path} does not have this program's schema; start the program again")
        for _ in range(TRIES):
            try:
                return _import_once(store, documents, now)
            except _ChangedMeanwhileError:
                continue
        # Whoever keeps on importing must not keep this one out for ever.
        return _run(Scratch(store, begin="BEGIN IMMEDIATE"), documents, now)


def _import_once(store: sqlite3.Connection, documents: Sequence[Document], now: datetime) -> Report:
    store.execute("BEGIN")
    compared = _compared(store)
    with Scratch.in_memory(store) as copy:
        store.rollback()
        report = _run(copy, documents, now)
    if copy.written:
        _write(store, copy.written, compared)
    return report


def _run(scratch: Scratch, documents: Sequence[Document], now: datetime) -> Report:
    return asyncio.run(import_documents(scratch, documents, now))


def _write(store: sqlite3.Connection, written: Sequence[Written], compared: tuple[Any, ...]) -> None:
    """Makes the statements in one transaction, if the store is still what was compared."""
    store.execute("BEGIN IMMEDIATE")
    try:
        if _compared(store) != compared:
            raise _ChangedMeanwhileError
        for each in written:
            if len(each.runs) > 1:
                store.executemany(each.sql, each.runs)
            else:
                # Some return rows, as nothing does that is run several times.
                store.execute(each.sql, *each.runs).fetchall()
        store.commit()
    except BaseException:
        store.rollback()
        raise


def _compared(store: sqlite3.Connection) -> tuple[Any, ...]:
    return tuple(store.execute(COMPARED).fetchone())


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Raises StoreError for faults of the file; an error in a statement is passed on as it is."""
    try:
        yield
    except sqlite3.Error as error:
        fault = fault_of(error, path, writing=True)
        if fault is None:
            raise
        raise StoreError(f"{path} {fault[1]}", fault[0]) from error
