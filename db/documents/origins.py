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
RELEASED = """
SELECT subject, subject_id, fact FROM fact_origins
 WHERE origin = 'operator' AND ((subject = 'season' AND subject_id = :year)
       OR (subject = 'race' AND subject_id IN (SELECT id FROM races WHERE season = :year)))
"""
FORGET = "DELETE FROM fact_origins WHERE subject = ? AND subject_id = ? AND fact = ?"
TIMES = frozenset({"date", "start"})
"""The facts of a race to which its coverage, its sessions and its green flag belong."""


class Origins:
    """The facts that an operator's documents set, for one import; what it notes is written by ``save``.

    A subject is a race, a season, a driver or a track, by its row id (a season's is its year). A fact is a field of a
    document's row; a race's ``results`` are its finishing order and adjustments.
    """

    def __init__(
        self, known: Iterable[tuple[str, int, str]], now: datetime, released: Iterable[tuple[str, int, str]] = ()
    ) -> None:
        """``released`` are those that are handed back: the program's own documents replace them in this import."""
        self._released = set(released)
        self._handed_back: set[tuple[str, int, str]] = set()
        self._facts: dict[tuple[str, int], set[str]] = {}
        for subject, number, fact in known:
            if (subject, number, fact) not in self._released:
                self._facts.setdefault((subject, number), set()).add(fact)
        self._noted: list[tuple[str, int, str]] = []
        self._now = now

    @classmethod
    async def load(cls, connection: aiosqlite.Connection, now: datetime, hand_back: int | None = None) -> Origins:
        """What is on record, inside the transaction of the import; ``hand_back`` is a season that is handed back."""
        released = await connection.execute_fetchall(RELEASED, {"year": hand_back}) if hand_back is not None else ()
        known = await connection.execute_fetchall(LOAD)
        return cls([(row[0], row[1], row[2]) for row in known], now, [(row[0], row[1], row[2]) for row in released])

    def handed_back(self, subject: str, number: int, facts: Iterable[str], line: Line | Document) -> list[str]:
        """Notes that the program's line, or header, says these facts; returns which of them had been handed back."""
        given = {(subject, number, fact) for fact in facts} & self._released if line.bundled else set()
        self._handed_back |= given
        return sorted(fact for _, _, fact in given)

    @property
    def left(self) -> int:
        """How many facts that were handed back stay the operator's, since the program says nothing of them."""
        return len(self._released - self._handed_back)

    def operators(self, subject: str, number: int) -> Collection[str]:
        """The facts that an operator's document set."""
        return self._facts.get((subject, number), set())

    def respect(self, subject: str, number: int, existing: R, line: Line, row: R) -> tuple[R, list[str]]:
        """The row without what must not replace an operator's facts, and which of its facts those are.

        Coverage belongs to a start: where the race is held to another one, the row's coverage is not the race's. So
        does the state of results belong to the results.
        """
        theirs = set(self.operators(subject, number)) if line.bundled else set()
        kept = {name for name in theirs & given_fields(line, row) if getattr(row, name) != getattr(existing, name)}
        if subject == "race" and kept & TIMES:
            theirs |= TIMES | NEVER_CLEARED - {"outcome"}
        if "results" in theirs:
            theirs.add("results_state")
        stored = {name: getattr(existing, name) for name in theirs & type(row).model_fields.keys()}
        return row.model_copy(update=stored), sorted(kept)

    def note(self, subject: str, number: int, facts: Iterable[str], source: Line | Document) -> None:
        """Notes that a line, or a document's header, set these facts, if it is an operator's."""
        if not source.bundled:
            self._noted += [(subject, number, fact) for fact in facts]

    async def save(self, connection: aiosqlite.Connection) -> None:
        """Writes what was noted."""
        await connection.executemany(FORGET, sorted(self._handed_back))
        moment = to_text(self._now)
        await connection.executemany(NOTE, [(*noted, moment) for noted in dict.fromkeys(self._noted)])


def changed_facts(before: Row | None, after: Row) -> list[str]:
    """The fields that a row changed; for a new one those that it gives."""
    if before is None:
        return sorted(after.model_fields_set)
    return [name for name in type(after).model_fields if getattr(before, name) != getattr(after, name)]
