"""Imports documents in one transaction: compares row by row, and counts them as created, updated or unchanged.

A field that a row leaves out keeps its stored value; ``null`` (or ``false``) clears it. So importing a file that knows
less than the store loses nothing. A complete document (``Header.complete``) contains all that is known: what its rows
leave out is cleared, and results and adjustments that it does not list are removed from the races it lists results of.

Races are matched and placed by ``races_import``; what comes with the program gives way to what an operator imported.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Hashable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol, TypeVar

import aiosqlite

from db.documents import import_sql
from db.documents.file_format import (
    SEASONAL,
    DriverRow,
    Row,
    TrackRow,
)
from db.documents.import_report import Counts, Report, Tally, refuse_duplicate
from db.documents.name_resolver import NameResolver
from db.documents.origins import Origins, changed_facts
from db.documents.quotes_and_recaps import QuotesAndRecapsImport
from db.documents.races_import import RacesImport
from db.documents.reader import Document, Line, is_csv, lines_of
from db.documents.readings import Readings
from db.documents.rows_from_models import driver_row, track_row
from db.documents.season_import import SeasonImport
from db.errors import StoreError
from db.people_and_places import load_drivers, load_tracks

__all__ = ["Counts", "Report", "import_documents"]

R = TypeVar("R", bound=Row)


class Writable(Protocol):
    """What can be imported into: a store, or a copy of one."""

    def write(self) -> AbstractAsyncContextManager[aiosqlite.Connection]: ...


async def import_documents(
    store: Writable,
    documents: Sequence[Document],
    now: datetime,
    *,
    guild: int | None = None,
    older: bool = False,
    hand_back: int | None = None,
) -> Report:
    """Imports all documents, or none of them.

    Args:
        store: an open, writable store.
        documents: in any order; drivers and tracks are imported first, whichever file they are in.
        now: the moment of the import, aware.
        older: take in, too, what was retrieved before what is stored of the same race.
        hand_back: a season of which what comes with the program replaces what an operator imported.
        guild: the server that the documents' quotes will belong to; the documents must hold nothing but quotes then.

    Raises:
        DocumentError: something in the documents is wrong; it names file, line and field. Nothing has changed.
        StoreError: the store refused them for another reason. Nothing has changed.
    """
    try:
        async with store.write() as connection:
            bundled = {document.file for document in documents if document.bundled}
            names = NameResolver(await load_drivers(connection), await load_tracks(connection), bundled)
            origins = await Origins.load(connection, now, hand_back)
            if hand_back is not None:
                # What the operator read is not what is stored from here on.
                await connection.execute(import_sql.FORGET_READINGS, (hand_back,))
            readings = await Readings.load(connection, now, older=older)
            return await _Import(connection, names, origins, readings, documents, now, guild).run()
    except sqlite3.IntegrityError as error:
        raise StoreError(f"the documents contradict the stored facts ({error}); nothing was changed") from error


class _Import:
    """One import; used within a single transaction."""

    def __init__(
        self,
        connection: aiosqlite.Connection,
        names: NameResolver,
        origins: Origins,
        readings: Readings,
        documents: Sequence[Document],
        now: datetime,
        guild: int | None,
    ) -> None:
        self._connection = connection
        self._names = names
        self._documents = documents
        self._now = now
        self._guild = guild
        self._tally = Tally(document.file for document in documents)
        # The years of seasons of which a fact changed, and the row ids of drivers and tracks that changed.
        self._changed_seasons: set[int] = set()
        self._changed_drivers: set[int] = set()
        self._changed_tracks: set[int] = set()
        self._racing_changed = False
        self._origins = origins
        self._readings = readings
        self._races = RacesImport(connection, names, self._tally, origins, readings, now)
        self._season = SeasonImport(connection, names, self._tally, origins, readings, self._races, now)

    async def run(self) -> Report:
        for document in self._documents if self._guild is not None else ():
            for section in sorted(document.sections.keys() - {"quotes"}):
                raise document.error("cannot belong to a server; only quotes can", section)
        await self._tracks(lines_of(self._documents, "tracks"))
        await self._drivers(lines_of(self._documents, "drivers"))
        seasons = self._seasons()
        for year, documents in seasons.items():
            before = self._tally.changes
            stamped = await self._season.run(year, documents)
            if stamped or self._tally.changes != before:
                self._changed_seasons.add(year)
                self._racing_changed = True
        words = QuotesAndRecapsImport(
            self._connection, self._names, self._tally, self._now, self._guild, self._races.on_stored_schedule
        )
        await words.run(self._documents)
        if self._origins.left:
            self._tally.report.notes.append(
                f"{self._origins.left} of the facts that were to be handed back stay yours: the program has no others"
            )
        await self._origins.save(self._connection)
        await self._readings.save(self._connection)
        await self._set_versions()
        for document in self._documents:
            await self._record(document)
        self._tally.report.seasons = tuple(seasons)
        self._tally.report.notes += [*self._readings.notes(), *self._names.notes()]
        return self._tally.report

    async def _set_versions(self) -> None:
        """Gives the seasons of which a fact changed a new version; where no fact of racing changed, there is none."""
        if not self._racing_changed:
            return
        shown = await import_sql.seasons_showing(self._connection, self._changed_drivers, self._changed_tracks)
        await import_sql.grow_versions(self._connection, self._changed_seasons | shown)

    async def _record(self, document: Document) -> None:
        """Records the import of a document that changed anything, and how fresh it makes its season."""
        counts = self._tally.files[document.file]
        if counts.changed:
            numbers = (counts.created, counts.updated + counts.removed, counts.unchanged)
            await import_sql.note_import(self._connection, document, numbers, self._now)
        header = document.header
        # Only races and results make a season fresher; a document with a champion's name alone does not.
        if header.season is None or not {"races", "results"} & document.sections.keys():
            return
        # A document that says when it was retrieved confirms what it leaves unchanged; another one confirms nothing.
        if header.retrieved is not None or counts.changed:
            moment = min(header.retrieved or self._now, self._now)
            await import_sql.set_refreshed(self._connection, header.season, moment)

    def _seasons(self) -> dict[int, list[Document]]:
        seasons: dict[int, list[Document]] = {}
        for document in self._documents:
            year = document.header.season
            if year is not None:
                seasons.setdefault(year, []).append(document)
            elif any(document.sections.get(section) for section in SEASONAL):
                how = ", in a column season" if is_csv(document.file) else ""
                raise document.error(f"is missing: races and results belong to a season; say which{how}", "season")
        return dict(sorted(seasons.items()))

    async def _tracks(self, lines: list[Line]) -> None:
        seen: dict[Hashable, Line] = {}
        for line in lines:
            assert isinstance(line.row, TrackRow)
            number, row = self._names.same_track(line.row, line)
            refuse_duplicate(seen, object() if number is None else number, line, row.name)
            existing = None if number is None else track_row(self._names.places[number])
            if number is not None and existing is not None:
                row = self._respecting("track", number, existing, line, row)
            merged = self._tally.compare("tracks", line, existing, row)
            if merged is not None:
                key = self._names.new_track_key(merged.name)
                number, track = await import_sql.save_track(self._connection, number, key, merged)
                self._origins.note("track", number, changed_facts(existing, merged), line)
                self._changed_tracks |= self._names.add_track(number, track)
                self._racing_changed = True
            if number is not None:
                seen[number] = line
                self._names.listed(number, line)

    async def _drivers(self, lines: list[Line]) -> None:
        seen: dict[Hashable, Line] = {}
        for line in lines:
            assert isinstance(line.row, DriverRow)
            number, row = self._names.same_driver(line.row, line)
            refuse_duplicate(seen, object() if number is None else number, line, row.name)
            existing = None if number is None else driver_row(self._names.people[number])
            if number is not None and existing is not None:
                row = self._respecting("driver", number, existing, line, row)
            merged = self._tally.compare("drivers", line, existing, row)
            if merged is not None:
                key = self._names.new_driver_key(merged.name)
                number, driver = await import_sql.save_driver(self._connection, number, key, merged)
                self._origins.note("driver", number, changed_facts(existing, merged), line)
                self._changed_drivers.add(number)
                self._racing_changed = True
                self._names.add_driver(number, driver)
            if number is not None:
                seen[number] = line
                self._names.listed(number, line)

    def _respecting(self, subject: str, number: int, existing: R, line: Line, row: R) -> R:
        """The row without what must not replace an operator's facts, which the report names."""
        row, kept = self._origins.respect(subject, number, existing, line, row)
        if kept:
            name = getattr(existing, "name", "")
            self._tally.report.notes.append(f"{name}: kept what you imported ({', '.join(kept)})")
        return row
