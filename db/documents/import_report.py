"""What an import did: compares every row with the stored one and counts the differences."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import TypeVar

from db.documents.file_format import NEVER_CLEARED, Row
from db.documents.reader import Line

R = TypeVar("R", bound=Row)


@dataclass
class Counts:
    """How many rows were created, updated, left unchanged and removed."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0

    @property
    def changed(self) -> int:
        """How many rows are not as they were."""
        return self.created + self.updated + self.removed

    def add(self, other: Counts) -> None:
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.removed += other.removed


@dataclass
class Report:
    """What an import did, by section.

    ``seasons`` are the years that its documents are about, in order; ``rounds`` are, by year, the races of which they
    say anything; ``notes`` are lines about what was left alone, such as what an operator had imported otherwise than
    the program's own documents say, and about what is odd in what is stored now; ``disagreements`` are lines about what
    NASCAR's feeds say otherwise than what is held and stays, ``corrections`` about what they changed
    of results that stood.
    """

    sections: dict[str, Counts] = field(default_factory=dict)
    seasons: tuple[int, ...] = ()
    rounds: dict[int, set[int]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    disagreements: list[str] = field(default_factory=list)
    corrections: list[str] = field(default_factory=list)

    @property
    def total(self) -> Counts:
        total = Counts()
        for counts in self.sections.values():
            total.add(counts)
        return total

    def touched(self, year: int, rounds: Iterable[int]) -> None:
        """Notes of which races of a season the documents say anything, by their rounds on the stored schedule."""
        self.rounds.setdefault(year, set()).update(rounds)


class Tally:
    """Counts while an import runs, by section (``report``) and by file (``files``)."""

    def __init__(self, files: Iterable[str]) -> None:
        self.report = Report()
        self.files = {file: Counts() for file in files}

    @property
    def changes(self) -> int:
        """How many rows have changed until now."""
        return self.report.total.changed

    def count(self, section: str, file: str, counts: Counts) -> None:
        self.report.sections.setdefault(section, Counts()).add(counts)
        self.files[file].add(counts)

    def compare(self, section: str, line: Line, existing: R | None, row: R) -> R | None:
        """Counts a row; returns the row to be written, or None if the store has the same already."""
        merged = row
        if existing is not None:
            merged = existing.model_copy(update={name: getattr(row, name) for name in given_fields(line, row)})
        counts = Counts(created=1) if existing is None else Counts(updated=1)
        if merged == existing:
            counts = Counts(unchanged=1)
        self.count(section, line.file, counts)
        return None if merged == existing else merged


def given_fields(line: Line, row: Row) -> AbstractSet[str]:
    """The fields of a row that are to be written: those that it gives and, in a complete document, those it clears."""
    return row.model_fields_set | (type(row).model_fields.keys() - NEVER_CLEARED if line.whole else set())


def refuse_duplicate(seen: dict[Hashable, Line], key: Hashable, line: Line, what: str) -> None:
    """Records in ``seen`` which line a key came from.

    Raises:
        DocumentError: another line had the same key.
    """
    first = seen.setdefault(key, line)
    if first is not line:
        raise line.error(f"{what} appears here a second time; first in {first.file}, line {first.number}")
