"""Imports the schedules: which race is meant, where it stands on the schedule, and what it loses when it moves."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import aiosqlite

from db.documents import race_sql
from db.documents.disagreements import race_differences, told
from db.documents.file_format import FastestLapRow, OutcomeRow, RaceRow
from db.documents.import_report import Counts, Tally, given_fields, refuse_duplicate
from db.documents.name_resolver import NameResolver
from db.documents.origins import Origins, changed_facts
from db.documents.race_matching import StoredRace, match_races
from db.documents.race_moves import moments, settle_times
from db.documents.race_rounds import MOST, rounds_after, steps, with_rounds_aside
from db.documents.reader import Document, Line
from db.documents.readings import Readings
from db.documents.rows_from_models import race_row
from db.documents.wording import shown
from db.models import Season
from db.race_times import contradictions
from db.racing import load_dropped_races
from db.results_state import ResultsState

TIMES = frozenset({"date", "start", "green_flag", "broadcasts", "sessions"})
"""The fields of a race that must agree with each other."""


@dataclass(frozen=True, slots=True)
class _Meant:
    """A row of a schedule and the stored race that it is; ``race`` is None for a new one."""

    line: Line
    row: RaceRow
    race: StoredRace | None


class RacesImport:
    """The import of the schedules of all seasons, for one transaction."""

    def __init__(
        self,
        connection: aiosqlite.Connection,
        names: NameResolver,
        tally: Tally,
        origins: Origins,
        readings: Readings,
        now: datetime,
    ) -> None:
        self._connection = connection
        self._names = names
        self._tally = tally
        self._origins = origins
        self._readings = readings
        self._now = now
        # By who counts, season and round as they count, the round on the stored schedule where that is another: the
        # program's, where an operator put in or dropped a race, and an older document's. None is a dropped race.
        self._other_rounds: dict[tuple[str, int, int], int | None] = {}

    async def run(self, season: Season, lines: Iterable[Line]) -> bool:
        """Imports the rows of ``races`` of a season; returns whether the round of a stored race changed.

        Raises:
            DocumentError: it cannot be said which race a row is, or the row contradicts itself.
        """
        lines = [replace(line, row=self._with_canonical_names(line)) for line in lines]
        if not lines:
            return False
        seen: dict[Hashable, Line] = {}
        for line in lines:
            refuse_duplicate(seen, _row(line).round, line, f"race {_row(line).round}")
        people = {driver.key: driver for driver in self._names.drivers.values()}
        stored = [StoredRace(race.id, race_row(race, people)) for race in season.races]
        off = await load_dropped_races(self._connection, season.year, self._names.drivers, self._names.tracks)
        stored += [StoredRace(race.id, race_row(race, people), dropped=True) for race in off]
        ids = [_row(line).nascar_id for line in lines]
        elsewhere = await race_sql.races_of_other_seasons(
            self._connection, season.year, [number for number in ids if number is not None]
        )
        found = match_races(lines, stored, elsewhere)
        rows = [_Meant(line, _row(line), race) for line, race in zip(lines, found, strict=True)]
        meant = self._placed(season.year, rows, stored)
        gone = self._gone(season, lines, stored, found)
        moved = await self._place(meant, gone, stored, lines)
        await self._save(season.year, meant, stored)
        return moved

    def _placed(self, year: int, meant: Sequence[_Meant], stored: Sequence[StoredRace]) -> list[_Meant]:
        """The rows with their rounds on the stored schedule, without those of which nothing may be taken in.

        A schedule that an operator rearranged stays as it is when the program brings its own, and a schedule that was
        read later when a document brings an older one.
        """
        rearranged = any(self._rearranged(race) for race in stored)
        older = {
            each.line.file
            for each in meant
            if each.race is not None and self._readings.is_older(each.race.id, "schedule", each.line)
        }
        taken = {race.row.round for race in stored if not race.dropped}
        kept = []
        for each in meant:
            line, race, number = each.line, each.race, each.row.round
            if race is not None and self._readings.is_older(race.id, "schedule", line):
                self._keep_newer(year, each, race)
                continue
            if line.yields and race is not None and race.dropped and self._rearranged(race):
                self._other_rounds[_counted_by(line), year, number] = None
                self._tally.count("races", line.file, Counts(unchanged=1))
                lines = self._tally.report.notes if line.bundled else self._tally.report.disagreements
                lines.append(f"{year} {race.row.name}: stays off the schedule, as you have it")
                continue
            if (line.yields and rearranged) or line.file in older:
                if race is not None and not race.dropped:
                    number = race.row.round
                else:
                    number = next((free for free in range(number, MOST + 1) if free not in taken), MOST + 1)
                    taken.add(number)
            if number != each.row.round:
                self._other_rounds[_counted_by(line), year, each.row.round] = number
            kept.append(replace(each, row=each.row.model_copy(update={"round": number})))
        return kept

    def _keep_newer(self, year: int, meant: _Meant, race: StoredRace) -> None:
        """Leaves a race as it is, of which a document says what was read before."""
        line, row = meant.line, meant.row
        self._other_rounds[_counted_by(line), year, row.round] = None if race.dropped else race.row.round
        self._tally.count("races", line.file, Counts(unchanged=1))
        merged = race.row.model_copy(update={name: getattr(row, name) for name in given_fields(line, row)})
        differing = [name for name in changed_facts(race.row, merged) if not (race.dropped and name == "round")]
        if race.dropped or differing:
            self._readings.keep(line, year, row.round, race.id, "schedule", differing)

    def _rearranged(self, race: StoredRace) -> bool:
        return "round" in self._origins.operators("race", race.id)

    def on_stored_schedule(self, year: int, line: Line, number: int) -> int | None:
        """The round on the stored schedule of the race to which a line gives that round; None for a dropped race."""
        return self._other_rounds.get((_counted_by(line), year, number), number)

    def rounds_spoken_of(self, year: int, documents: Iterable[Document]) -> set[int]:
        """The rounds on the stored schedule of which documents may change results: no other's need be compared."""
        found: set[int | None] = set()
        for document in documents:
            whose = "" if document.bundled else document.file
            for section in ("races", "results", "adjustments"):
                for line in document.sections.get(section, ()):
                    # A row of the schedule that says nothing of results leaves those that are held alone.
                    if section != "races" or line.whole or getattr(line.row, "results_state", None) is not None:
                        number = getattr(line.row, "round", 0)
                        found.add(self._other_rounds.get((whose, year, number), number))
        return {number for number in found if number is not None}

    def _gone(
        self, season: Season, lines: Sequence[Line], stored: Sequence[StoredRace], found: Sequence[StoredRace | None]
    ) -> list[StoredRace]:
        """The races that a complete schedule does not list any more.

        Raises:
            DocumentError: one of them has results.
        """
        whole = next((line for line in lines if line.whole), None)
        listed = {race.id for race in found if race is not None}
        gone = []
        for race in stored if whole is not None else ():
            assert whole is not None
            if race.dropped or race.id in listed:
                continue
            if self._readings.is_older(race.id, "schedule", whole):
                self._readings.keep(whole, season.year, race.row.round, race.id, "schedule", ["round"])
                continue
            if season.results_state(race.row.round) is not ResultsState.NONE:
                if whole.bundled:
                    continue
                raise whole.error(
                    f"is of a complete document, which does not list {race.label}, but that has results; "
                    'list it as well, or leave out "complete"',
                    "round",
                )
            if whole.bundled and self._origins.operators("race", race.id):
                self._tally.report.notes.append(f"{season.year} {race.row.name}: stays on the schedule, as you have it")
                continue
            if self._origins.handed_back("race", race.id, ["round"], whole):
                self._tally.report.notes.append(
                    f"{season.year} {race.row.name}: is off the schedule, as the program has it; a document that lists "
                    "it brings it back"
                )
            gone.append(race)
            self._tally.count("races", whole.file, Counts(removed=1))
            self._origins.note("race", race.id, ["round"], whole)
        return gone

    async def _place(
        self,
        meant: Sequence[_Meant],
        gone: Sequence[StoredRace],
        stored: Sequence[StoredRace],
        lines: Sequence[Line],
    ) -> bool:
        """Gives every race of the season its place; returns whether that of a stored one changed."""
        off = {race.id for race in gone} | {race.id for race in stored if race.dropped}
        back = {each.race.id: each.row.round for each in meant if each.race is not None and each.race.dropped}
        staying = {race.id: race.row.round for race in stored if race.id not in off}
        listed = {each.race.id: each.row.round for each in meant if each.race is not None and each.race.id not in back}
        new = {each.row.round for each in meant if each.race is None}
        placed = rounds_after(staying, listed, {*new, *back.values()})
        before = {race.id: race.row.round for race in stored}
        try:
            after = with_rounds_aside(placed | back, new, off - back.keys())
            await race_sql.set_rounds(self._connection, steps(before, after))
        except ValueError as error:
            raise lines[0].error(str(error), "round") from None
        await race_sql.drop_races(self._connection, [race.id for race in gone], self._now)
        for race in gone:
            self._readings.note(race.id, "schedule", next(line for line in lines if line.whole), changed=True)
        for race in stored:
            if race.id in placed and race.id not in listed and placed[race.id] != race.row.round:
                # Nothing else of it may change, so it is not among the rows that are saved.
                self._tally.count("races", lines[0].file, Counts(updated=1))
                self._origins.note("race", race.id, ["round"], lines[0])
        return bool(gone) or any(placed[number] != staying[number] for number in placed)

    async def _save(self, year: int, meant: Sequence[_Meant], stored: Sequence[StoredRace]) -> None:
        """Writes what is new in the rows."""
        former = await race_sql.former_times(self._connection, year)
        final = {race.id: race.row.nascar_id for race in stored}
        changed: list[tuple[_Meant, RaceRow]] = []
        for each in meant:
            merged = self._merged(year, each, former.get(each.race.id, set()) if each.race is not None else set())
            if each.race is not None:
                self._confirm(each.race.id, each)
                self._readings.note(each.race.id, "schedule", each.line, changed=merged is not None)
            if merged is not None:
                changed.append((each, merged))
                if each.race is not None:
                    final[each.race.id] = merged.nascar_id
        _check_nascar_ids(final, changed)
        await race_sql.free_nascar_ids(self._connection, [each.race.id for each, _ in changed if each.race is not None])
        for each, merged in changed:
            number = await race_sql.save_race(
                self._connection,
                year,
                each.race.id if each.race is not None else None,
                merged,
                track=self._names.track_id(merged.track, each.line),
                driver=lambda name, field, line=each.line: self._names.driver_id(name, line, field),  # type: ignore[misc]
            )
            self._readings.note(number, "schedule", each.line, changed=True)
            before = each.race.row if each.race is not None else None
            self._origins.note("race", number, _facts_set(before, merged, each.line), each.line)
            if before is not None:
                lost = moments(before) - moments(merged)
                await race_sql.note_former_times(self._connection, number, lost)

    def _confirm(self, race: int, meant: _Meant) -> None:
        """Notes whose the facts of a row are that needed no change to be so."""
        given = given_fields(meant.line, meant.row)
        if meant.line.trusted or (meant.line.bundled and meant.row.outcome is not None):
            self._origins.confirm("race", race, given, meant.line)

    def _merged(self, year: int, meant: _Meant, former: AbstractSet[datetime]) -> RaceRow | None:
        """The race as it is to be stored; None if it is stored so already."""
        line, row, existing = meant.line, meant.row, None
        if meant.race is not None:
            existing = meant.race.row
            row, kept = self._origins.respect("race", meant.race.id, existing, line, row)
            if kept:
                self._tell_kept(year, existing, meant.row, kept, line)
            row = self._without_older_results(year, meant.race, line, row)
            row = settle_times(existing, row, given_fields(line, row), former)
        merged = self._tally.compare("races", line, existing, row)
        if meant.race is not None and existing is not None:
            self._tell_handed_back(year, meant.race.id, existing, merged or existing, line)
        if merged is not None and (existing is None or TIMES & set(changed_facts(existing, merged))):
            for field, problem in contradictions(merged):
                raise line.error(problem, field)
        return merged

    def _tell_kept(self, year: int, held: RaceRow, given: RaceRow, facts: list[str], line: Line) -> None:
        """Notes what stays although a line says otherwise."""
        if line.feed is None:
            self._tally.report.notes.append(f"{year} {held.name}: kept what you imported ({', '.join(facts)})")
        elif what := told(race_differences(held, given, facts)):
            self._tally.report.disagreements.append(f"{year} race {held.round}, {held.name}: NASCAR's feed has {what}")

    def _tell_handed_back(self, year: int, race: int, before: RaceRow, after: RaceRow, line: Line) -> None:
        """Notes what of a race is the program's again: each fact as it was and as it is."""
        was, now = before.model_dump(mode="json"), after.model_dump(mode="json")
        facts = given_fields(line, line.row) - {"results"}
        for fact in self._origins.handed_back("race", race, facts, line):
            if was[fact] != now[fact]:
                self._tally.report.notes.append(
                    f"{year} {after.name}: {fact} was {shown(was[fact])}, and is the program's {shown(now[fact])} again"
                )

    def _without_older_results(self, year: int, race: StoredRace, line: Line, row: RaceRow) -> RaceRow:
        """The row without what it says of how the race ended, if the results were read later."""
        if not self._readings.is_older(race.id, "results", line):
            return row
        told = given_fields(line, row) & {"results_state", "outcome"}
        if "outcome" not in row.model_fields_set:
            told -= {"outcome"}
        stored = {name: getattr(race.row, name) for name in told}
        differing = [name for name in stored if stored[name] != getattr(row, name)]
        if differing:
            self._readings.keep(line, year, race.row.round, race.id, "results", differing)
        return row.model_copy(update=stored)

    def _with_canonical_names(self, line: Line) -> RaceRow:
        """The row with the canonical names of its track and drivers, so that another spelling is not a change."""
        row = _row(line)
        track = self._names.tracks[self._names.track_id(row.track, line)].name
        changes: dict[str, Any] = {"track": track}
        if row.results_state is ResultsState.NONE:
            changes["results_state"] = None  # it takes results back, and leaves nothing to be stored
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


def _counted_by(line: Line) -> str:
    """Who gives rounds their numbers: a file, or all of the program's own, whose quotes have one to themselves."""
    return "" if line.bundled else line.file


def _row(line: Line) -> RaceRow:
    assert isinstance(line.row, RaceRow)
    return line.row


def _facts_set(before: RaceRow | None, merged: RaceRow, line: Line) -> list[str]:
    """The facts that a line itself set; what a race lost because it moved was set by nobody."""
    return [name for name in changed_facts(before, merged) if before is None or name in given_fields(line, line.row)]


def _check_nascar_ids(races: dict[int, int | None], changed: Iterable[tuple[_Meant, RaceRow]]) -> None:
    """Refuses an id that two races of the season would have."""
    holders: dict[int, int] = {}
    for each, merged in changed:
        if merged.nascar_id is None:
            continue
        own = each.race.id if each.race is not None else 0
        others = [number for number, held in races.items() if held == merged.nascar_id and number != own]
        if others or merged.nascar_id in holders:
            raise each.line.error(f"{merged.nascar_id} is the id of another race already", "nascar_id")
        holders[merged.nascar_id] = own
