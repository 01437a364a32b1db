"""Who knows best: what an operator's document said stays when a newer version of the program brings its own facts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TypeVar

import aiosqlite

from db.documents.file_format import NEVER_CLEARED, Row
from db.documents.import_report import given_fields
from db.documents.reader import Document, Line
from db.timestamps import to_text

R = TypeVar("R", bound=Row)

LOAD = "SELECT subject, subject_id, fact FROM fact_origins WHERE origin = 'operator'"
NOTE = """
INSERT INTO fact_origins (subject, subject_id, fact, origin, changed_at) VALUES (?, ?, ?, 'operator', ?)
ON CONFLICT (subject, subject_id, fact) DO UPDATE SET origin = excluded.origin, changed_at = excluded.changed_at
"""
TIMES = frozenset({"date", "start"})
"""The facts of a race to which its coverage, its sessions and its green flag belong."""


class Origins:
    """The facts that an operator's documents set, for one import; what it notes is written by ``save``.

    A subject is a race, a season, a driver or a track, by its row id (a season's is its year). A fact is a field of a
    document's row; a race's ``results`` are its finishing order and adjustments.
    """

    def __init__(self, known: Iterable[tuple[str, int, str]], now: datetime) -> None:
        self._facts: dict[tuple[str, int], set[str]] = {}
        for subject, number, fact in known:
            self._facts.setdefault((subject, number), set()).add(fact)
        self._noted: list[tuple[str, int, str]] = []
        self._now = now

    @classmethod
    async def load(cls, connection: aiosqlite.Connection, now: datetime) -> Origins:
        """What is on record, inside the transaction of the import."""
        return cls([(row[0], row[1], row[2]) for row in await connection.execute_fetchall(LOAD)], now)

    def operators(self, subject: str, number: int) -> Collection[str]:
        """The facts that an operator's document set."""
        return self._facts.get((subject, number), set())

    def respect(self, subject: str, number: int, existing: R, line: Line, row: R) -> tuple[R, list[str]]:
        """The row without what must not replace an operator's facts, and which of its facts those are.

        Coverage belongs to a start: where the race is held to another one, the row's coverage is not the race's.
        """
        theirs = set(self.operators(subject, number)) if line.bundled else set()
        kept = {name for name in theirs & given_fields(line, row) if getattr(row, name) != getattr(existing, name)}
        if subject == "race" and kept & TIMES:
            theirs |= TIMES | NEVER_CLEARED - {"outcome"}
        stored = {name: getattr(existing, name) for name in theirs & type(row).model_fields.keys()}
        return row.model_copy(update=stored), sorted(kept)

    def note(self, subject: str, number: int, facts: Iterable[str], source: Line | Document) -> None:
        """Notes that a line, or a document's header, set these facts, if it is an operator's."""
        if not source.bundled:
            self._noted += [(subject, number, fact) for fact in facts]

    async def save(self, connection: aiosqlite.Connection) -> None:
        """Writes what was noted."""
        moment = to_text(self._now)
        await connection.executemany(NOTE, [(*noted, moment) for noted in dict.fromkeys(self._noted)])


def changed_facts(before: Row | None, after: Row) -> list[str]:
    """The fields that a row changed; for a new one those that it gives."""
    if before is None:
        return sorted(after.model_fields_set)
    return [name for name in type(after).model_fields if getattr(before, name) != getattr(after, name)]
