"""What an import did: every row compared with what is held, and counted."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from db.documents.models import KEPT, Row
from db.documents.reader import Line

R = TypeVar("R", bound=Row)


@dataclass
class Counts:
    """What became of rows."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0

    def add(self, other: Counts) -> None:
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.removed += other.removed


@dataclass
class Report:
    """What an import did, by section. ``seasons`` are the years it touched, in order."""

    sections: dict[str, Counts] = field(default_factory=dict)
    seasons: tuple[int, ...] = ()

    @property
    def total(self) -> Counts:
        total = Counts()
        for counts in self.sections.values():
            total.add(counts)
        return total


class Tally:
    """Counts while an import runs, by section (``report``) and by file (``files``)."""

    def __init__(self, files: Iterable[str]) -> None:
        self.report = Report()
        self.files = {file: Counts() for file in files}

    def count(self, section: str, file: str, counts: Counts) -> None:
        self.report.sections.setdefault(section, Counts()).add(counts)
        self.files[file].add(counts)

    def compare(self, section: str, line: Line, existing: R | None, row: R) -> R | None:
        """Counts a row; returns what is to be written, or None when the store holds it already."""
        merged = row
        if existing is not None:
            given = row.model_fields_set
            if line.whole:
                given = given | (type(row).model_fields.keys() - KEPT)
            merged = existing.model_copy(update={name: getattr(row, name) for name in given})
        counts = Counts(created=1) if existing is None else Counts(updated=1)
        if merged == existing:
            counts = Counts(unchanged=1)
        self.count(section, line.file, counts)
        return None if merged == existing else merged


def once(seen: dict[Hashable, Line], key: Hashable, line: Line, what: str) -> None:
    """Notes what a line is about.

    Raises:
        DocumentError: another line was about the same.
    """
    first = seen.setdefault(key, line)
    if first is not line:
        raise line.error(f"{what} stands here a second time; first in {first.file}, line {first.number}")
