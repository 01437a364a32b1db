"""Imports documents in one transaction: compares row by row, and counts them as created, updated or unchanged.

A field that a row leaves out keeps its stored value; ``null`` (or ``false``) clears it. So importing a file that knows
less than the store loses nothing. A complete document (``Header.complete``) contains all that is known: what its rows
leave out is cleared, and results and adjustments that it does not list are removed from the races it lists results of.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Container, Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import aiosqlite

from db.connection import Store
from db.documents import import_sql
from db.documents.file_format import (
    SEASONAL,
    AdjustmentRow,
    DriverRow,
    FastestLapRow,
    OutcomeRow,
    RaceRow,
    ResultRow,
    Row,
    SeatRow,
    TrackRow,
)
from db.documents.import_report import Counts, Report, Tally, refuse_duplicate
from db.documents.name_resolver import NameResolver
from db.documents.quotes_and_recaps import QuotesAndRecapsImport
from db.documents.reader import Document, Line, is_csv
from db.documents.rows_from_models import driver_row, season_sections, track_row
from db.errors import StoreError
from db.racing import load_drivers, load_season, load_tracks

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
            return await _Import(connection, names, documents, now, guild).run()
    except sqlite3.IntegrityError as error:
        raise StoreError(f"the documents contradict the stored facts ({error}); nothing was changed") from error


class _Import:
    """One import; used within a single transaction."""

    def __init__(
        self,
        connection: aiosqlite.Connection,
        names: NameResolver,
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
        words = QuotesAndRecapsImport(self._connection, self._names, self._tally, self._now, self._guild)
        await words.run(self._documents)
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
        return [line for d in documents or self._documents for line in d.sections.get(section, [])]

    def _seasons(self) -> dict[int, list[Document]]:
        seasons: dict[int, list[Document]] = {}
        for document in self._documents:
            year = document.header.season
            if year is not None:
                seasons.setdefault(year, []).append(document)
            elif SEASONAL & document.sections.keys():
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
            merged = self._tally.compare("tracks", line, existing, row)
            if merged is not None:
                key = self._names.new_track_key(merged.name)
                number, track = await import_sql.save_track(self._connection, number, key, merged)
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
            merged = self._tally.compare("drivers", line, existing, row)
            if merged is not None:
                key = self._names.new_driver_key(merged.name)
                number, driver = await import_sql.save_driver(self._connection, number, key, merged)
                self._changed_drivers.add(number)
                self._racing_changed = True
                self._names.add_driver(number, driver)
            if number is not None:
                seen[number] = line
                self._names.listed(number, line)

    async def _season(self, year: int, documents: list[Document]) -> bool:
        """Imports the sections of a season; returns whether races got the moment of their results."""
        for document in documents:
            await self._header(year, document)
        stored = await load_season(self._connection, year, self._names.drivers, self._names.tracks)
        assert stored is not None
        existing = season_sections(stored)
        await self._races(year, self._lines("races", documents), _keyed(existing["races"], "round"))
        race_ids = await import_sql.race_ids(self._connection, year)
        await self._results(race_ids, self._lines("results", documents), _keyed(existing["results"], "round", "driver"))
        for document in documents:
            if document.sections.get("playoff_field"):
                await self._playoff_field(year, document.sections["playoff_field"], existing["playoff_field"])
        await self._adjustments(
            race_ids,
            self._lines("adjustments", documents),
            _keyed(existing["adjustments"], "round", "driver", "reason"),
            self._lines("results", documents),
        )
        retrieved = max((d.header.retrieved for d in documents if d.header.retrieved), default=self._now)
        return await import_sql.stamp_results(self._connection, year, retrieved)

    async def _header(self, year: int, document: Document) -> None:
        header = document.header
        names = {"champion": [header.champion] if header.champion else [], "rookies": header.rookies}
        ids: dict[str, list[int]] = {"champion": [], "rookies": []}
        for part, people in names.items():
            for name in people:
                ids[part].append(self._names.driver_id(name, document, part))
        champion = ids["champion"][0] if ids["champion"] else None
        before = await import_sql.season_facts(self._connection, year)
        await import_sql.save_season(self._connection, year, document.header, champion, ids["rookies"])
        after = await import_sql.season_facts(self._connection, year)
        if before is None:
            self._tally.count("seasons", document.file, Counts(created=1))
        else:
            self._tally.count("seasons", document.file, Counts(unchanged=1) if before == after else Counts(updated=1))

    async def _races(self, year: int, lines: list[Line], existing: Mapping[Hashable, Row]) -> None:
        seen: dict[Hashable, Line] = {}
        final = {row.round: row for row in existing.values() if isinstance(row, RaceRow)}
        changed: list[tuple[Line, RaceRow]] = []
        for line in lines:
            assert isinstance(line.row, RaceRow)
            refuse_duplicate(seen, line.row.round, line, f"race {line.row.round}")
            merged = self._tally.compare(
                "races", line, final.get(line.row.round), self._with_canonical_names(line.row, line)
            )
            if merged is not None:
                final[merged.round] = merged
                changed.append((line, merged))
        _check_nascar_ids(final, changed)
        await import_sql.free_nascar_ids(self._connection, year, [race.round for _, race in changed])
        for line, race in changed:
            await import_sql.save_race(
                self._connection,
                year,
                race,
                track=self._names.track_id(race.track, line),
                driver=lambda name, field, line=line: self._names.driver_id(name, line, field),  # type: ignore[misc]
            )

    def _with_canonical_names(self, row: RaceRow, line: Line) -> RaceRow:
        """The row with the canonical names of its track and drivers, so that another spelling is not a change."""
        track = self._names.tracks[self._names.track_id(row.track, line)].name
        changes: dict[str, Any] = {"track": track}
        if row.outcome is not None:
            changes["outcome"] = self._outcome_with_canonical_names(row.outcome, line)
        return row.model_copy(update=changes)

    def _outcome_with_canonical_names(self, outcome: OutcomeRow, line: Line) -> OutcomeRow:
        def name(text: str | None, field: str) -> str | None:
            return None if text is None else self._names.driver_name(text, line, f"outcome.{field}")

        fastest = outcome.fastest_lap
        if fastest is not None:
            driver = self._names.driver_name(fastest.driver, line, "outcome.fastest_lap.driver")
            fastest = FastestLapRow(driver=driver, seconds=fastest.seconds, mph=fastest.mph)
        return outcome.model_copy(
            update={
                "pole": name(outcome.pole, "pole"),
                "rookie_of_the_race": name(outcome.rookie_of_the_race, "rookie_of_the_race"),
                "stage_winners": [name(winner, "stage_winners") for winner in outcome.stage_winners],
                "fastest_lap": fastest,
                "leads": [(name(who, "leads"), first, last) for who, first, last in outcome.leads],
            }
        )

    async def _results(self, race_ids: Mapping[int, int], lines: list[Line], existing: Mapping[Hashable, Row]) -> None:
        seen: dict[Hashable, Line] = {}
        final = {key: row for key, row in existing.items() if isinstance(row, ResultRow)}
        changed: list[tuple[int, int, ResultRow]] = []
        touched: dict[Hashable, Line] = {}
        for line in lines:
            assert isinstance(line.row, ResultRow)
            _needs_race(line, line.row.round, race_ids)
            driver = self._names.driver_id(line.row.driver, line, "driver")
            row = line.row.model_copy(update={"driver": self._names.drivers[driver].name})
            key = (row.round, row.driver)
            refuse_duplicate(seen, key, line, f"{row.driver} in race {row.round}")
            merged = self._tally.compare("results", line, final.get(key), row)
            touched[key] = line
            if merged is not None:
                final[key] = merged
                changed.append((race_ids[row.round], driver, merged))
        gone = self._remove_unlisted("results", lines, final, touched)
        _check_finishes({key: row for key, row in final.items() if key not in gone}, touched)
        await import_sql.remove_results(
            self._connection, [(race_ids[row.round], self._by_name(row.driver)) for row in gone.values()]
        )
        await import_sql.save_results(self._connection, changed)

    def _remove_unlisted(
        self, section: str, lines: list[Line], existing: Mapping[Hashable, R], touched: Container[Hashable]
    ) -> dict[Hashable, R]:
        """The stored rows that a complete document with results of their race does not list; counted as removed."""
        whole = {getattr(line.row, "round", None): line for line in lines if line.whole}
        gone = {key: row for key, row in existing.items() if getattr(row, "round", 0) in whole and key not in touched}
        for row in gone.values():
            self._tally.count(section, whole[getattr(row, "round", 0)].file, Counts(removed=1))
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
        gone = self._remove_unlisted("adjustments", results, existing, seen)
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


def _check_nascar_ids(races: Mapping[int, RaceRow], changed: Iterable[tuple[Line, RaceRow]]) -> None:
    for line, race in changed:
        others = [r.round for r in races.values() if r.nascar_id == race.nascar_id and r.round != race.round]
        if race.nascar_id is not None and others:
            raise line.error(f"{race.nascar_id} is the id of race {others[0]} already", "nascar_id")


def _check_finishes(rows: Mapping[Any, ResultRow], touched: Mapping[Hashable, Line]) -> None:
    """Refuses two trucks in one place of a race; the error names a line of the documents, never a stored row."""
    places: dict[tuple[int, int], Any] = {}
    for key, row in rows.items():
        if row.finish is None:
            continue
        other = places.setdefault((row.round, row.finish), key)
        if other != key and (key in touched or other in touched):
            line, rival = (touched[key], other) if key in touched else (touched[other], key)
            raise line.error(f"{rival[1]} finished race {row.round} in place {row.finish} already", "finish")
