"""Which of two documents about a race is the newer: what was retrieved earlier replaces nothing that was read later.

A race's schedule and its results are told apart, since they are read at different times. A document that does not say
when it was retrieved is an operator's word of today. What comes with the program is not judged by its age but by
``origins``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import aiosqlite

from db.documents.reader import Line
from db.models import EASTERN
from db.timestamps import from_text, to_text

Part = Literal["schedule", "results"]

LOAD = "SELECT race_id, part, read_at FROM readings"
NOTE = """
INSERT INTO readings (race_id, part, read_at) VALUES (?, ?, ?)
ON CONFLICT (race_id, part) DO UPDATE SET read_at = excluded.read_at WHERE read_at < excluded.read_at
"""
NEWEST = "SELECT max(read_at) FROM readings JOIN races ON races.id = race_id WHERE season = ?"


@dataclass
class _Kept:
    """What of a season was left as it is, since a document about it is older."""

    rounds: set[int] = field(default_factory=set)
    facts: set[str] = field(default_factory=set)
    read: datetime | None = None


class Readings:
    """The moments of reading of all races, for one import; what it notes is written by ``save``."""

    def __init__(self, known: Iterable[tuple[int, Part, datetime]], now: datetime, *, older: bool) -> None:
        """``older`` takes in what is older as well, as the operator's word of today."""
        self._known: dict[tuple[int, Part], datetime] = {(race, part): moment for race, part, moment in known}
        self._now = now
        self.takes_older = older
        self._noted: dict[tuple[int, Part], datetime] = {}
        self._kept: dict[tuple[str, datetime, int, Part], _Kept] = {}

    @classmethod
    async def load(cls, connection: aiosqlite.Connection, now: datetime, *, older: bool) -> Readings:
        """What is on record, inside the transaction of the import."""
        rows = await connection.execute_fetchall(LOAD)
        known = ((row["race_id"], row["part"], from_text(row["read_at"])) for row in rows)
        return cls([(race, part, moment) for race, part, moment in known if moment], now, older=older)

    def is_older(self, race: int, part: Part, line: Line) -> bool:
        """Whether what a line says of a race was read before what is stored of it."""
        read = self._known.get((race, part))
        if self.takes_older or line.bundled or line.retrieved is None or read is None:
            return False
        return min(line.retrieved, self._now).replace(microsecond=0) < read

    def read_at(self, race: int, part: Part) -> datetime | None:
        """When what is stored was read; None where that is not on record."""
        return self._known.get((race, part))

    def note(self, race: int, part: Part, line: Line, *, changed: bool) -> None:
        """Notes that a line is what is stored now; one without a moment counts where it changed something."""
        if line.retrieved is None and not changed:
            return
        of_today = line.retrieved is None or (self.takes_older and changed)
        moment = self._now if of_today or line.retrieved is None else min(line.retrieved, self._now)
        key = (race, part)
        self._noted[key] = max(moment, self._noted.get(key, moment))

    def keep(self, line: Line, year: int, number: int, race: int, part: Part, facts: Iterable[str]) -> None:
        """Notes that what is stored of the race of a round stays although an older line says otherwise."""
        assert line.retrieved is not None
        kept = self._kept.setdefault((line.file, line.retrieved, year, part), _Kept())
        kept.rounds.add(number)
        kept.facts.update(facts)
        read = self._known[race, part]
        kept.read = max(read, kept.read or read)

    def notes(self) -> list[str]:
        """One line for each document and part of which something was left alone."""
        lines = []
        for (file, retrieved, year, part), kept in self._kept.items():
            races = f"race{'' if len(kept.rounds) == 1 else 's'} {', '.join(map(str, sorted(kept.rounds)))}"
            facts = f" ({', '.join(sorted(kept.facts))})" if kept.facts else ""
            assert kept.read is not None
            lines.append(
                f"{file} was retrieved {shown_moment(retrieved)}, before the {part} of {year} {races} that is stored "
                f"({shown_moment(kept.read)}); kept what is stored{facts}; to take in the older one, add --older"
            )
        return lines

    async def save(self, connection: aiosqlite.Connection) -> None:
        """Writes what was noted."""
        rows = [(race, part, to_text(moment)) for (race, part), moment in self._noted.items()]
        await connection.executemany(NOTE, rows)


async def newest_reading(connection: aiosqlite.Connection, year: int) -> datetime | None:
    """When the newest facts that are stored of a season's races were read; None where that is not on record."""
    ((moment,),) = await connection.execute_fetchall(NEWEST, (year,))
    return from_text(moment)


def shown_moment(moment: datetime) -> str:
    """``2027-06-12 20:00 Eastern``."""
    return f"{moment.astimezone(EASTERN):%Y-%m-%d %H:%M} Eastern"
