"""Imports documents in one transaction: compares row by row, and counts them as created, updated or unchanged.

A field that a row leaves out keeps its stored value; ``null`` (or ``false``) clears it. So importing a file that knows
less than the store loses nothing. A complete document (``Header.complete``) contains all that is known: what its rows
leave out is cleared, and results and adjustments that it does not list are removed from the races it lists results of.

Races are matched and placed by ``races_import``; what comes with the program gives way to what an operator imported.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

import aiosqlite

from db.connection import Store
from db.documents import import_sql, race_sql
from db.documents.file_format import (
    SEASONAL,
    AdjustmentRow,
    DriverRow,
    RaceRow,
    ResultRow,
    Row,
    SeatRow,
    TrackRow,
)
from db.documents.import_report import Counts, Report, Tally, refuse_duplicate
from db.documents.name_resolver import NameResolver
from db.documents.origins import Origins, changed_facts
from db.documents.quotes_and_recaps import QuotesAndRecapsImport
from db.documents.races_import import RacesImport
from db.documents.reader import Document, Line, is_csv
from db.documents.results_import import ResultsImport
from db.documents.rows_from_models import driver_row, season_sections, track_row
from db.errors import StoreError
from db.models import Season
from db.people_and_places import load_drivers, load_tracks
from db.racing import load_season
from db.results_state import ResultsState

__all__ = ["Counts", "Report", "import_documents"]

R = TypeVar("R", bound=Row)


async def import_documents(
    store: Store, documents: Sequence[Document], now: datetime, *, guild: int | None = None
) -> Report:
    """Imports all documents, or none of them.

    Args:
        store: an open, writable store.
        documents: in any order; drivers and tracks are imported first, whichever file they are in.
        now: the moment of the import, aware.
        guild: the server that the documents' quotes will belong to; the documents must hold nothing but quotes then.

    Raises:
        DocumentError: something in the documents is wrong; it names file, line and field. Nothing has changed.
        StoreError: the store refused them for another reason. Nothing has changed.
    """
    try:
        async with store.write() as connection:
            bundled = {document.file for document in documents if document.bundled}
            names = NameResolver(await load_drivers(connection), await load_tracks(connection), bundled)
            origins = await Origins.load(connection, now)
            return await _Import(connection, names, origins, documents, now, guild).run()
    except sqlite3.IntegrityError as error:
        raise StoreError(f"the documents contradict the stored facts ({error}); nothing was changed") from error


class _Import:
    """One import; used within a single transaction."""

    def __init__(
        self,
        connection: aiosqlite.Connection,
        names: NameResolver,
        origins: Origins,
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
        self._races = RacesImport(connection, names, self._tally, origins, now)

    async def run(self) -> Report:
        for document in self._documents if self._guild is not None else ():
            for section in sorted(document.sections.keys() - {"quotes"}):
                raise document.error("cannot belong to a server; only quotes can", section)
        await self._tracks(self._lines("tracks"))
        await self._drivers(self._lines("drivers"))
        seasons = self._seasons()
        for year, documents in seasons.items():
            before = self._tally.changes
            stamped = await self._season(year, documents)
            if stamped or self._tally.changes != before:
                self._changed_seasons.add(year)
                self._racing_changed = True
        words = QuotesAndRecapsImport(
            self._connection, self._names, self._tally, self._now, self._guild, self._races.on_stored_schedule
        )
        await words.run(self._documents)
        await self._origins.save(self._connection)
        await self._set_versions()
        for document in self._documents:
            await self._record(document)
        self._tally.report.seasons = tuple(seasons)
        self._tally.report.notes += self._names.notes()
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

    def _lines(self, section: str, documents: Iterable[Document] | None = None) -> list[Line]:
        return [
            replace(line, bundled=True) if document.bundled else line
            for document in documents or self._documents
            for line in document.sections.get(section, [])
        ]

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

    async def _season(self, year: int, documents: list[Document]) -> bool:
        """Imports the sections of a season; returns whether races got the moment of their results."""
        for document in documents:
            await self._header(year, document)
        stored = await load_season(self._connection, year, self._names.drivers, self._names.tracks)
        assert stored is not None
        schedule = self._lines("races", documents)
        if await self._races.run(stored, schedule):
            # What is stored of a race follows it to its new round, and so does what the documents say of that round.
            stored = await load_season(self._connection, year, self._names.drivers, self._names.tracks)
            assert stored is not None
        existing = season_sections(stored)
        race_ids = await race_sql.race_ids(self._connection, year)
        lines = self._of_races(year, "results", documents, race_ids)
        about = self._about_results(year, schedule, race_ids)
        held = [row for row in existing["results"] if isinstance(row, ResultRow)]
        taken_back = self._taken_back(stored, documents, about)
        results = ResultsImport(self._connection, self._names, self._tally, self._origins, race_ids, held)
        await results.run(lines, about, taken_back)
        for document in documents:
            kept = document.bundled and "playoff_field" in self._origins.operators("season", year)
            if document.sections.get("playoff_field") and not kept:
                await self._playoff_field(year, self._lines("playoff_field", [document]), existing["playoff_field"])
        await self._adjustments(
            race_ids,
            self._of_races(year, "adjustments", documents, race_ids),
            _keyed(existing["adjustments"], "round", "driver", "reason"),
            [*lines, *taken_back.values()],
        )
        for number in results.without_results_now:
            if number not in about or getattr(about[number].row, "outcome", None) is None:
                await race_sql.remove_outcome(self._connection, race_ids[number])
        touched = {self._races.on_stored_schedule(year, line, getattr(line.row, "round", 0)) for line in schedule}
        touched |= {getattr(line.row, "round", None) for line in lines}
        self._tally.report.touched(year, {number for number in touched if number is not None})
        retrieved = max((d.header.retrieved for d in documents if d.header.retrieved), default=self._now)
        standing = results.standing(await race_sql.results_states(self._connection, year), about)
        return await import_sql.stamp_results(self._connection, year, standing, retrieved)

    def _about_results(self, year: int, schedule: list[Line], race_ids: Mapping[int, int]) -> dict[int, Line]:
        """The lines of the schedule that may speak of their race's results, by its round on the stored schedule.

        Those of the program say nothing of results that an operator imported.
        """
        found = {}
        for line in schedule:
            assert isinstance(line.row, RaceRow)
            number = self._races.on_stored_schedule(year, line, line.row.round)
            if number is not None and not (
                line.bundled and "results" in self._origins.operators("race", race_ids[number])
            ):
                found[number] = line
        return found

    def _taken_back(self, stored: Season, documents: Iterable[Document], about: Mapping[int, Line]) -> dict[int, Line]:
        """The lines of races, by round, that a complete document lists without results although some are stored.

        A document without a section ``results`` says nothing of them, nor does one that was retrieved no later than
        they were; one that does not say when is an operator's word of today. What comes with the program takes nothing
        back for what it does not know yet.
        """
        found: dict[int, Line] = {}
        for document in documents:
            if document.bundled or not document.header.complete or "results" not in document.sections:
                continue
            moment = document.header.retrieved
            listed = {getattr(line.row, "round", None) for line in document.sections["results"]}
            for number in about.keys() & {getattr(line.row, "round", 0) for line in document.sections.get("races", [])}:
                race = stored.race(number)
                if race is None or number in listed or stored.results_state(number) is ResultsState.NONE:
                    continue
                known = race.results_at or stored.refreshed
                if known is None or moment is None or moment > known:
                    found[number] = about[number]
                elif moment == known:
                    self._tally.report.notes.append(
                        f"{stored.year} race {number} keeps its results, which are as new as {document.file}; to take "
                        'them back, say "results_state": "none" in its row, or leave out "retrieved"'
                    )
        return found

    def _of_races(self, year: int, section: str, documents: list[Document], race_ids: Mapping[int, int]) -> list[Line]:
        """The rows of results or adjustments with the rounds that their races have on the stored schedule.

        Those of the program are left out of races whose results an operator imported.
        """
        lines: list[Line] = []
        kept: dict[int, None] = {}
        for line in self._lines(section, documents):
            assert isinstance(line.row, ResultRow | AdjustmentRow)
            number = self._races.on_stored_schedule(year, line, line.row.round)
            race = race_ids.get(number or 0, 0)
            if line.bundled and (number is None or "results" in self._origins.operators("race", race)):
                self._tally.count(section, line.file, Counts(unchanged=1))
                if number is not None:
                    kept[number] = None
            else:
                lines.append(replace(line, row=line.row.model_copy(update={"round": number})))
        self._tally.report.notes += [f"{year} race {number}: kept the {section} that you imported" for number in kept]
        return lines

    async def _header(self, year: int, document: Document) -> None:
        header = document.header
        names = {"champion": [header.champion] if header.champion else [], "rookies": header.rookies}
        if document.bundled:
            names |= {part: [] for part in names.keys() & self._origins.operators("season", year)}
        ids: dict[str, list[int]] = {"champion": [], "rookies": []}
        for part, people in names.items():
            for name in people:
                ids[part].append(self._names.driver_id(name, document, part))
        champion = ids["champion"][0] if ids["champion"] else None
        before = await import_sql.season_facts(self._connection, year)
        await import_sql.save_season(self._connection, year, document.header, champion, ids["rookies"])
        after = await import_sql.season_facts(self._connection, year)
        if before != after:
            self._origins.note("season", year, [part for part, people in ids.items() if people], document)
        if before is None:
            self._tally.count("seasons", document.file, Counts(created=1))
        else:
            self._tally.count("seasons", document.file, Counts(unchanged=1) if before == after else Counts(updated=1))

    def _remove_unlisted(
        self,
        section: str,
        race_ids: Mapping[int, int],
        lines: list[Line],
        existing: Mapping[Hashable, R],
        touched: Container[Hashable],
    ) -> dict[Hashable, R]:
        """The stored rows that a complete document with results of their race does not list; counted as removed."""
        whole = {getattr(line.row, "round", None): line for line in lines if line.whole}
        gone = {key: row for key, row in existing.items() if getattr(row, "round", 0) in whole and key not in touched}
        for row in gone.values():
            number = getattr(row, "round", 0)
            self._tally.count(section, whole[number].file, Counts(removed=1))
            self._origins.note("race", race_ids[number], ["results"], whole[number])
        return gone

    def _by_name(self, name: str) -> int:
        number = self._names.find_driver(name)
        assert number is not None
        return number

    async def _playoff_field(self, year: int, lines: list[Line], existing: Sequence[Row]) -> None:
        """A playoff field is always replaced as a whole, since its order is the seeding."""
        seen: dict[Hashable, Line] = {}
        seats: list[tuple[int, SeatRow]] = []
        changed = len(lines) < len(existing)
        for place, line in enumerate(lines):
            assert isinstance(line.row, SeatRow)
            driver = self._names.driver_id(line.row.driver, line, "driver")
            row = line.row.model_copy(update={"driver": self._names.drivers[driver].name})
            refuse_duplicate(seen, driver, line, row.driver)
            before = existing[place] if place < len(existing) else None
            assert before is None or isinstance(before, SeatRow)
            same_driver = before if before is not None and before.driver == row.driver else None
            merged = self._tally.compare("playoff_field", line, same_driver, row)
            changed = changed or merged is not None
            seats.append((driver, merged or row if same_driver is None else merged or same_driver))
        if changed:
            await import_sql.save_field(self._connection, year, seats)
            self._origins.note("season", year, ["playoff_field"], lines[0])

    async def _adjustments(
        self,
        race_ids: Mapping[int, int],
        lines: list[Line],
        existing: Mapping[Hashable, Row],
        results: list[Line],
    ) -> None:
        """Adjustments belong to the results of their race: a complete document with results lists all of them."""
        seen: dict[Hashable, Line] = {}
        for line in lines:
            assert isinstance(line.row, AdjustmentRow)
            _needs_race(line, line.row.round, race_ids)
            driver = self._names.driver_id(line.row.driver, line, "driver")
            row = line.row.model_copy(update={"driver": self._names.drivers[driver].name})
            key = (row.round, row.driver, row.reason)
            refuse_duplicate(seen, key, line, f"this adjustment of {row.driver}")
            merged = self._tally.compare("adjustments", line, existing.get(key), row)
            if merged is not None:
                assert isinstance(merged, AdjustmentRow)
                await import_sql.save_adjustment(self._connection, race_ids[row.round], driver, merged)
                self._origins.note("race", race_ids[row.round], ["results"], line)
        gone = self._remove_unlisted("adjustments", race_ids, results, existing, seen)
        for old in gone.values():
            assert isinstance(old, AdjustmentRow)
            await import_sql.remove_adjustment(
                self._connection, race_ids[old.round], self._by_name(old.driver), old.reason
            )


def _keyed(rows: Iterable[Row], *fields: str) -> dict[Hashable, Row]:
    return {tuple(getattr(row, name) for name in fields): row for row in rows}


def _needs_race(line: Line, number: int, race_ids: Mapping[int, int]) -> None:
    if number not in race_ids:
        known = f"1 to {max(race_ids)}" if race_ids else "none yet"
        raise line.error(
            f"the season has no race {number} (it has {known}); add it {line.where_to_add('races')}", "round"
        )
