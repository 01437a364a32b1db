"""Who knows best: an operator, before the program of a race that was official then, before NASCAR's feeds.

What an operator said stays when a newer version of the program brings its own facts, or a feed does. What came with the
program about a race that was official then stays when a feed says otherwise; about any other race the feed knows
better. Of feeds, one that is official stands before one that is not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Literal, TypeVar

import aiosqlite

from db.documents.file_format import NEVER_CLEARED, RaceRow, Row
from db.documents.import_report import given_fields
from db.documents.reader import Document, FeedState, Line
from db.timestamps import to_text

R = TypeVar("R", bound=Row)

Holder = Literal["operator", "program", "feed"]
OPERATOR: Literal["operator"] = "operator"
LOAD = "SELECT subject, subject_id, fact, origin FROM fact_origins"
OF_THE_PROGRAM = """
SELECT id FROM races WHERE results_at IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM fact_origins WHERE subject = 'race' AND subject_id = races.id AND fact = 'results')
"""
"""The races whose results stand and came with the program."""
WITH_RESULTS = """
SELECT subject_id FROM fact_origins WHERE subject = 'race' AND fact = 'results' AND origin = 'operator'
       AND EXISTS (SELECT 1 FROM results WHERE race_id = subject_id)
"""
"""The races of which an operator said how they ended, and not only who entered."""
NOTE = """
INSERT INTO fact_origins (subject, subject_id, fact, origin, changed_at) VALUES (?, ?, ?, ?, ?)
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
        self,
        known: Iterable[tuple[str, int, str, str]],
        now: datetime,
        released: Iterable[tuple[str, int, str]] = (),
        of_the_program: Iterable[int] = (),
        with_results: Iterable[int] = (),
    ) -> None:
        """What is on record.

        Args:
            known: subject, its row id, fact and origin of each fact.
            now: the moment of the import.
            released: those that are handed back: the program's own documents replace them in this import.
            of_the_program: the row ids of the races whose results stand and came with the program.
            with_results: those of the races of which an operator gave results, and not only entries.
        """
        self._released = set(released)
        self._handed_back: set[tuple[str, int, str]] = set()
        self._facts: dict[tuple[str, int], set[str]] = {}
        self._feeds: dict[tuple[str, int], dict[str, str]] = {}
        self._of_the_program = frozenset(of_the_program)
        self._with_results = frozenset(with_results)
        for subject, number, fact, origin in known:
            if origin != OPERATOR:
                self._feeds.setdefault((subject, number), {})[fact] = origin
            elif (subject, number, fact) not in self._released:
                self._facts.setdefault((subject, number), set()).add(fact)
        self._noted: list[tuple[str, int, str, str]] = []
        self._overruled: set[tuple[str, int, str]] = set()
        self._now = now

    @classmethod
    async def load(cls, connection: aiosqlite.Connection, now: datetime, hand_back: int | None = None) -> Origins:
        """What is on record, inside the transaction of the import; ``hand_back`` is a season that is handed back."""
        released = await connection.execute_fetchall(RELEASED, {"year": hand_back}) if hand_back is not None else ()
        known = await connection.execute_fetchall(LOAD)
        program = await connection.execute_fetchall(OF_THE_PROGRAM)
        raced = await connection.execute_fetchall(WITH_RESULTS)
        return cls(
            [(row[0], row[1], row[2], row[3]) for row in known],
            now,
            [(row[0], row[1], row[2]) for row in released],
            [row[0] for row in program],
            [row[0] for row in raced],
        )

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

    def holder_of_results(self, race: int, line: Line) -> Holder | None:
        """Whose results of a race a line must not replace; None where it may.

        An operator who only said who entered, such as that somebody is hurt, has said nothing of results yet.
        """
        if not line.yields:
            return None
        if "results" in self.operators("race", race) and (line.feed is None or race in self._with_results):
            return "operator"
        if line.feed is None:
            return None
        if race in self._of_the_program:
            return "program"
        held = self._feeds.get(("race", race), {}).get("results")
        return "feed" if held == FeedState.OFFICIAL and line.feed is FeedState.UNOFFICIAL else None

    def _of_others(self, subject: str, number: int, line: Line, row: Row) -> set[str]:
        """The facts of a subject that a line must not replace."""
        if not line.yields:
            return set()
        theirs = set(self.operators(subject, number))
        if not isinstance(row, RaceRow):
            return theirs
        if line.bundled:
            # What the program knows of a race that was not run yet is older than what a feed said since.
            return theirs | self._feeds.get((subject, number), {}).keys() if row.outcome is None else theirs
        holder = self.holder_of_results(number, line)
        if holder == "program":
            return theirs | RaceRow.model_fields.keys()
        if holder == "feed":
            return theirs | {"results", "outcome"}
        return theirs if holder == "operator" else theirs - {"results"}

    def respect(self, subject: str, number: int, existing: R, line: Line, row: R) -> tuple[R, list[str]]:
        """The row without what must not replace the facts of those who know better, and which of its facts those are.

        Coverage belongs to a start: where the race is held to another one, the row's coverage is not the race's. So
        does the state of results belong to the results.
        """
        theirs = self._of_others(subject, number, line, row)
        kept = {name for name in theirs & given_fields(line, row) if getattr(row, name) != getattr(existing, name)}
        if subject == "race" and kept & TIMES:
            theirs |= TIMES | NEVER_CLEARED - {"outcome"}
        if "results" in theirs:
            theirs.add("results_state")
        stored = {name: getattr(existing, name) for name in theirs & type(row).model_fields.keys()}
        return row.model_copy(update=stored), sorted(kept)

    def note(self, subject: str, number: int, facts: Iterable[str], source: Line | Document) -> None:
        """Notes that a line, or a document's header, set these facts; what the program sets is a feed's no longer."""
        if source.bundled:
            held = self._feeds.get((subject, number), {})
            self._overruled |= {(subject, number, fact) for fact in facts if fact in held}
        else:
            origin = source.feed or OPERATOR
            self._noted += [(subject, number, fact, origin) for fact in facts]

    def confirm(self, subject: str, number: int, facts: Iterable[str], line: Line) -> None:
        """Notes that these facts are stored as a line says, whether it changed them or not.

        That matters where it makes them another's: the program's of a race that it knows as run, and those that are
        handed to a feed.
        """
        if line.trusted or line.bundled:
            self.note(subject, number, facts, line)
        elif line.feed is not None:
            held = self._feeds.get((subject, number), {})
            self.note(subject, number, [fact for fact in facts if held.get(fact, line.feed) != line.feed], line)

    async def save(self, connection: aiosqlite.Connection) -> None:
        """Writes what was noted."""
        await connection.executemany(FORGET, sorted(self._handed_back | self._overruled))
        moment = to_text(self._now)
        await connection.executemany(NOTE, [(*noted, moment) for noted in dict.fromkeys(self._noted)])


def changed_facts(before: Row | None, after: Row) -> list[str]:
    """The fields that a row changed; for a new one those that it gives."""
    if before is None:
        return sorted(after.model_fields_set)
    return [name for name in type(after).model_fields if getattr(before, name) != getattr(after, name)]
