"""Imports what belongs to one season: who won it, its schedule, results, penalties and playoff field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

import aiosqlite

from db.documents import import_sql, race_sql
from db.documents.disagreements import corrections, result_differences, told
from db.documents.file_format import AdjustmentRow, RaceRow, ResultRow, Row, SeatRow
from db.documents.import_report import Counts, Tally, refuse_duplicate
from db.documents.name_resolver import NameResolver
from db.documents.origins import Origins
from db.documents.races_import import RacesImport
from db.documents.reader import Document, Line, lines_of
from db.documents.readings import Readings, shown_moment
from db.documents.results_import import ResultsImport
from db.documents.rows_from_models import sections_of_results
from db.models import Season
from db.racing import load_season
from db.results_state import ResultsState
from db.season_rows import held_results

R = TypeVar("R", bound=Row)

IS_OR_ARE = {"champion": "is", "rookies": "are"}


class SeasonImport:
    """The import of the seasons, for one transaction."""

    def __init__(
        self,
        connection: aiosqlite.Connection,
        names: NameResolver,
        tally: Tally,
        origins: Origins,
        readings: Readings,
        races: RacesImport,
        now: datetime,
    ) -> None:
        self._connection = connection
        self._names = names
        self._tally = tally
        self._origins = origins
        self._readings = readings
        self._races = races
        self._now = now

    async def run(self, year: int, documents: list[Document]) -> bool:
        """Imports the sections of a season; returns whether races got the moment of their results."""
        newest = await import_sql.season_retrieved(self._connection, year)
        for document in documents:
            await self._header(year, document)
        stored = await load_season(self._connection, year, self._names.drivers, self._names.tracks)
        assert stored is not None
        schedule = lines_of(documents, "races")
        if await self._races.run(stored, schedule):
            # What is stored of a race follows it to its new round, and so does what the documents say of that round.
            stored = await load_season(self._connection, year, self._names.drivers, self._names.tracks)
            assert stored is not None
        spoken_of = self._races.rounds_spoken_of(year, documents)
        existing = sections_of_results(stored, sorted(spoken_of))
        race_ids = await race_sql.race_ids(self._connection, year)
        held = [row for row in existing["results"] if isinstance(row, ResultRow)]
        lines = self._newer(
            year, self._of_races(year, "results", documents, race_ids, existing), race_ids, stored, existing
        )
        about = self._about_results(year, schedule, race_ids)
        taken_back = self._taken_back(stored, documents, about, race_ids)
        results = ResultsImport(self._connection, self._names, self._tally, self._origins, race_ids, held)
        untouched = [race for race in stored.races if race.round not in spoken_of]
        others = held_results(untouched, {**stored.results, **stored.partial}, stored.absent)
        await results.run(lines, about, taken_back)
        for document in documents:
            kept = document.bundled and "playoff_field" in self._origins.operators("season", year)
            field = lines_of([document], "playoff_field")
            seats = existing["playoff_field"]
            if field and not kept and not self._is_older_field(year, document, field, seats, newest):
                await self._playoff_field(year, field, seats)
                if self._origins.handed_back("season", year, ["playoff_field"], document):
                    self._tally.report.notes.append(f"{year}: the playoff field is the program's again")
        penalties = self._newer(
            year, self._of_races(year, "adjustments", documents, race_ids, existing), race_ids, stored, existing
        )
        await self._adjustments(
            race_ids,
            penalties,
            _keyed(existing["adjustments"], "round", "driver", "reason"),
            [*lines, *taken_back.values()],
        )
        fined = existing["adjustments"]
        changed = results.changed | {getattr(n.row, "round", 0) for n in penalties if not self._is_stored(n, fined)}
        for number, line in [
            *((getattr(line.row, "round", 0), line) for line in (*lines, *penalties)),
            *((number, about[number]) for number in results.changed & about.keys()),
        ]:
            self._readings.note(race_ids[number], "results", line, changed=number in changed)
            self._origins.confirm("race", race_ids[number], ["results"], line)
        self._tell_handed_back(year, [*lines, *penalties], race_ids, results.changed_rows)
        self._tell_corrected(stored, lines, results)
        for number in results.without_results_now:
            if number not in about or getattr(about[number].row, "outcome", None) is None:
                await race_sql.remove_outcome(self._connection, race_ids[number])
        touched = {self._races.on_stored_schedule(year, line, getattr(line.row, "round", 0)) for line in schedule}
        touched |= {getattr(line.row, "round", None) for line in (*lines, *penalties)}
        self._tally.report.touched(year, {number for number in touched if number is not None})
        retrieved = max((d.header.retrieved for d in documents if d.header.retrieved), default=self._now)
        standing = results.standing(await race_sql.results_states(self._connection, year), about, others)
        return await import_sql.stamp_results(self._connection, year, standing, retrieved)

    def _tell_handed_back(
        self, year: int, lines: Iterable[Line], race_ids: Mapping[int, int], changed: Mapping[int, int]
    ) -> None:
        """Notes of which races the results are the program's again."""
        for number, line in {getattr(line.row, "round", 0): line for line in lines if line.bundled}.items():
            if self._origins.handed_back("race", race_ids[number], ["results"], line):
                self._tally.report.notes.append(
                    f"{year} race {number}: the results that you imported are the program's again; "
                    f"rows that differed: {changed.get(number, 0)}"
                )

    def _tell_corrected(self, stored: Season, lines: Iterable[Line], results: ResultsImport) -> None:
        """Notes what a feed changed of results that stood."""
        for number in sorted({getattr(line.row, "round", 0) for line in lines if line.feed is not None}):
            race = stored.race(number)
            if race is None or not stored.has_results(number) or number not in results.changed_rows:
                continue
            if what := told(corrections(*results.of_race(number))):
                self._tally.report.corrections.append(f"{stored.year} race {number}, {race.name}: {what}")

    def _is_older_field(
        self, year: int, document: Document, lines: Sequence[Line], stored: Sequence[Row], newest: datetime | None
    ) -> bool:
        """Whether a playoff field is another one than is stored, of a document older than the season's newest one."""
        retrieved = document.header.retrieved
        if document.bundled or not stored or retrieved is None or newest is None or retrieved >= newest:
            return False
        given = [self._names.driver_id(getattr(line.row, "driver", ""), line, "driver") for line in lines]
        held = [self._by_name(getattr(row, "driver", "")) for row in stored]
        parts = {"playoff_field": given}, {"playoff_field": held}
        return bool(self._kept_of_season(year, document, newest, *parts))

    def _about_results(self, year: int, schedule: list[Line], race_ids: Mapping[int, int]) -> dict[int, Line]:
        """The lines of the schedule that may speak of their race's results, by its round on the stored schedule.

        Those of the program say nothing of results that an operator imported, nor do older ones of those read later.
        """
        found = {}
        for line in schedule:
            assert isinstance(line.row, RaceRow)
            number = self._races.on_stored_schedule(year, line, line.row.round)
            if number is None:
                continue
            race = race_ids[number]
            theirs = self._origins.holder_of_results(race, line) is not None
            if not theirs and not self._readings.is_older(race, "results", line):
                found[number] = line
        return found

    def _taken_back(
        self, stored: Season, documents: Iterable[Document], about: Mapping[int, Line], race_ids: Mapping[int, int]
    ) -> dict[int, Line]:
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
                known = self._readings.read_at(race_ids[number], "results") or race.results_at or stored.refreshed
                if known is None or moment is None or moment > known:
                    found[number] = about[number]
                elif moment == known:
                    self._tally.report.notes.append(
                        f"{stored.year} race {number} keeps its results, which are as new as {document.file}; to take "
                        'them back, say "results_state": "none" in its row, or leave out "retrieved"'
                    )
        return found

    def _of_races(
        self,
        year: int,
        section: str,
        documents: list[Document],
        race_ids: Mapping[int, int],
        held: Mapping[str, Sequence[Row]],
    ) -> list[Line]:
        """The rows of results or adjustments with the rounds that their races have on the stored schedule.

        Those of the program are left out of races whose results an operator imported, and a feed's of those whose
        results came with the program, too.
        """
        lines: list[Line] = []
        kept: dict[int, None] = {}
        declined: dict[int, list[Line]] = {}
        for line in lines_of(documents, section):
            assert isinstance(line.row, ResultRow | AdjustmentRow)
            number = self._races.on_stored_schedule(year, line, line.row.round)
            race = race_ids.get(number or 0, 0)
            if line.yields and (number is None or self._origins.holder_of_results(race, line) is not None):
                self._tally.count(section, line.file, Counts(unchanged=1))
                if number is not None and line.bundled:
                    kept[number] = None
                elif number is not None:
                    declined.setdefault(number, []).append(line)
            else:
                same = number == line.row.round
                lines.append(line if same else replace(line, row=line.row.model_copy(update={"round": number})))
        self._tally.report.notes += [f"{year} race {number}: kept the {section} that you imported" for number in kept]
        self._tell_declined(year, declined, held)
        return lines

    def _tell_declined(self, year: int, declined: Mapping[int, list[Line]], held: Mapping[str, Sequence[Row]]) -> None:
        """Notes what a feed's results say otherwise than those that are held and stay."""
        for number, lines in declined.items():
            given = []
            for line in lines:
                if isinstance(line.row, ResultRow):
                    called = self._names.driver_name(line.row.driver, line, "driver")
                    given.append(line.row.model_copy(update={"driver": called}))
            stored = [row for row in held["results"] if isinstance(row, ResultRow) and row.round == number]
            taken = Counter[str]()
            for row in held["adjustments"]:
                if isinstance(row, AdjustmentRow) and row.round == number:
                    taken[row.driver] += row.points
            if what := told(result_differences(stored, given, taken)):
                self._tally.report.disagreements.append(f"{year} race {number}: NASCAR's feed has {what}")

    def _newer(
        self,
        year: int,
        lines: list[Line],
        race_ids: Mapping[int, int],
        stored: Season,
        existing: Mapping[str, Sequence[Row]],
    ) -> list[Line]:
        """The rows of results or adjustments without those that were read before what is stored of their race.

        Results that do not stand yet take in what they lack, whenever it was read.
        """
        kept = []
        for line in lines:
            assert isinstance(line.row, ResultRow | AdjustmentRow)
            race, number = race_ids.get(line.row.round, 0), line.row.round
            if not self._readings.is_older(race, "results", line) or self._completes(line, stored, existing["results"]):
                kept.append(line)
                continue
            section = "results" if isinstance(line.row, ResultRow) else "adjustments"
            self._tally.count(section, line.file, Counts(unchanged=1))
            if not self._is_stored(line, existing[section]):
                self._readings.keep(line, year, number, race, "results", ())
        return kept

    def _completes(self, line: Line, season: Season, held: Sequence[Row]) -> bool:
        """Whether a line is a result that a race's partial results lack: of another truck, driver and place."""
        row = line.row
        if not isinstance(row, ResultRow) or season.results_state(row.round) is not ResultsState.PARTIAL:
            return False
        driver = self._names.driver_name(row.driver, line, "driver")
        others = [each for each in held if isinstance(each, ResultRow) and each.round == row.round]
        return all(each.number != row.number and each.driver != driver and each.finish != row.finish for each in others)

    def _is_stored(self, line: Line, stored: Sequence[Row]) -> bool:
        """Whether one of the stored rows says all that a line says."""
        driver = self._names.driver_name(getattr(line.row, "driver", ""), line, "driver")
        given = {name: getattr(line.row, name) for name in line.row.model_fields_set} | {"driver": driver}
        return any(all(getattr(row, name) == value for name, value in given.items()) for row in stored)

    async def _header(self, year: int, document: Document) -> None:
        header = document.header
        names = {"champion": [header.champion] if header.champion else [], "rookies": header.rookies}
        if document.bundled:
            names |= {part: [] for part in names.keys() & self._origins.operators("season", year)}
        ids: dict[str, list[int]] = {"champion": [], "rookies": []}
        for part, people in names.items():
            for name in people:
                ids[part].append(self._names.driver_id(name, document, part))
        before = await import_sql.season_facts(self._connection, year)
        newest = await import_sql.season_retrieved(self._connection, year)
        older = header.retrieved is not None and newest is not None and header.retrieved < newest
        if older and not document.bundled and before is not None and newest is not None:
            held = {"champion": [before[0]] if before[0] else [], "rookies": list(before[1])}
            for part in self._kept_of_season(year, document, newest, ids, held):
                ids[part] = []
        champion = ids["champion"][0] if ids["champion"] else None
        # A feed says of each race when it was read; of the season as a whole it is no source.
        read = (None, None) if older or document.feed is not None else (header.source, header.retrieved)
        await import_sql.save_season(self._connection, year, read, champion, ids["rookies"])
        after = await import_sql.season_facts(self._connection, year)
        for part in self._origins.handed_back("season", year, [part for part in ids if ids[part]], document):
            self._tally.report.notes.append(f"{year}: the {part} you imported {IS_OR_ARE[part]} the program's again")
        if before != after:
            self._origins.note("season", year, [part for part, people in ids.items() if people], document)
        if before is None:
            self._tally.count("seasons", document.file, Counts(created=1))
        else:
            self._tally.count("seasons", document.file, Counts(unchanged=1) if before == after else Counts(updated=1))

    def _kept_of_season(
        self,
        year: int,
        document: Document,
        newest: datetime,
        given: Mapping[str, Sequence[int]],
        held: Mapping[str, Sequence[int]],
    ) -> list[str]:
        """What a document that is older than the season's newest one says otherwise, and must not replace."""
        parts = [part for part, people in given.items() if people and held[part] and list(people) != list(held[part])]
        if not parts or self._readings.takes_older:
            return []
        assert document.header.retrieved is not None
        self._tally.report.notes.append(
            f"{document.file} was retrieved {shown_moment(document.header.retrieved)}, before what is stored of {year} "
            f"({shown_moment(newest)}); kept its {' and '.join(part.replace('_', ' ') for part in parts)}; to take in "
            "the older one, add --older"
        )
        return parts

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
