"""Imports the results and entries of a season's races, and tells which races' results stand."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import aiosqlite

from db.documents import import_sql
from db.documents.file_format import RaceRow, ResultRow
from db.documents.import_report import Counts, Tally, refuse_duplicate
from db.documents.name_resolver import NameResolver
from db.documents.origins import Origins
from db.documents.reader import Line
from db.results_state import STANDING, HeldResults, ResultsState, judged

Key = tuple[int, str, str]
"""A row's race, driver and truck number: a driver may have two entries in a race, and a truck two drivers."""

MOST_PLACES = 100
NO_RESULT: Mapping[str, Any] = {
    name: ResultRow.model_fields[name].default
    for name in (
        *("finish", "start", "laps", "led", "status", "points", "stage1_finish", "stage1_points"),
        *("stage2_finish", "stage2_points", "fastest_lap", "disqualified"),
    )
}
"""The fields of a row that belong to the result, as they are in the row of an entry without one."""


class ResultsImport:
    """The results of one season within an import's transaction.

    Args:
        connection: in the transaction.
        names: the drivers known by now.
        tally: counts the rows.
        origins: is told whose results of a race are stored now.
        race_ids: the row ids of the season's races by round.
        existing: the rows stored of every race of which the documents may change results.
    """

    def __init__(
        self,
        connection: aiosqlite.Connection,
        names: NameResolver,
        tally: Tally,
        origins: Origins,
        race_ids: Mapping[int, int],
        existing: Iterable[ResultRow],
    ) -> None:
        self._connection = connection
        self._names = names
        self._tally = tally
        self._origins = origins
        self._race_ids = race_ids
        self._final: dict[Key, ResultRow] = {}
        self._trucks: dict[tuple[int, str], set[str]] = defaultdict(set)
        for row in existing:
            self._put(row)
        self._before = dict(self._final)
        self._touched: dict[Key, Line] = {}

    async def run(self, lines: list[Line], races: Mapping[int, Line], taken_back: Mapping[int, Line]) -> None:
        """Imports the rows.

        Args:
            lines: those of the sections ``results``.
            races: the lines of the sections ``races`` by round.
            taken_back: the lines of races, by round, that a complete document lists without any results; those that
                are stored are removed.

        Raises:
            DocumentError: a row is wrong, or contradicts others.
        """
        drivers = [self._driver(line) for line in lines]
        listed = Counter((getattr(line.row, "round", 0), name) for line, name in zip(lines, drivers, strict=True))
        seen: dict[Hashable, Line] = {}
        for line, name in zip(lines, drivers, strict=True):
            assert isinstance(line.row, ResultRow)
            row = line.row if line.row.driver == name else line.row.model_copy(update={"driver": name})
            refuse_duplicate(seen, _key(row), line, f"{row.driver} in race {row.round}, truck {row.number},")
            _not_taken_back(line, row, races)
            before = self._stored(row, line, alone=listed[row.round, row.driver] == 1)
            changed = self._tally.compare("results", line, before, row)
            merged = changed or before
            assert merged is not None
            if changed is not None:
                self._note(row.round, line)
            if before is not None:
                self._drop(_key(before))
            self._put(merged)
            self._touched[_key(merged)] = line
        self._remove_unlisted(lines, taken_back)
        self._take_back(races)
        self._refuse_shared(
            "finish",
            lambda row: (row.round, row.finish),
            lambda row, other: f"{other.driver} finished race {row.round} in place {row.finish} already",
        )
        self._refuse_shared(
            "driver",
            lambda row: (row.round, row.driver),
            lambda row, other: (
                f"{row.driver} has a result in race {row.round} already, in truck {other.number}; "
                "a driver finishes a race once, so leave out the finish of the other entry"
            ),
        )
        self._refuse_shared(
            "number",
            lambda row: (row.round, row.number),
            lambda row, other: (
                f"truck {row.number} has a result in race {row.round} already, with {other.driver}; "
                "leave out the finish of the driver who did not race it"
            ),
        )
        await self._save()

    def standing(
        self, stated: Mapping[int, ResultsState | None], lines: Mapping[int, Line], others: Mapping[int, HeldResults]
    ) -> frozenset[int]:
        """The rounds whose results stand, as they are after the import.

        Args:
            stated: the states that documents gave the results of all races of the season, by round.
            lines: the documents' lines about a race, by round.
            others: what is held of the races whose results the documents cannot change, by round.

        Raises:
            DocumentError: results are called official and cannot be, since a place is missing.
        """
        rows: dict[int, list[tuple[str, str, int | None, str | None]]] = {number: [] for number in stated}
        for row in self._final.values():
            rows[row.round].append((row.number, row.driver, row.finish, row.note))
        held = {
            number: replace(others[number], stated=stated[number])
            if number in others
            else HeldResults.of(stated[number], own)
            for number, own in rows.items()
        }
        about = dict(lines) | {key[0]: line for key, line in self._touched.items()}
        for number, each in held.items():
            if each.stated is ResultsState.OFFICIAL and each.gap is not None and number in about:
                lacks = "has no winner" if each.gap == 1 else f"has nobody in place {each.gap}"
                raise about[number].error(
                    f"race {number} is called official and {lacks}; add that result, or call it partial",
                    "results_state" if isinstance(about[number].row, RaceRow) else "finish",
                )
        return frozenset(number for number, state in judged(held).items() if state in STANDING)

    @cached_property
    def changed_rows(self) -> Mapping[int, int]:
        """How many rows are not as they were before the import, by the round of their race; for after ``run``."""
        keys = self._before.keys() | self._final.keys()
        return Counter(key[0] for key in keys if self._before.get(key) != self._final.get(key))

    def of_race(self, number: int) -> tuple[list[ResultRow], list[ResultRow]]:
        """The rows of a race as they were before the import, and as they are to be, each in finishing order."""
        before, after = (sorted(rows[number], key=lambda row: row.finish or MOST_PLACES) for rows in self._by_round)
        return before, after

    @cached_property
    def _by_round(self) -> tuple[Mapping[int, list[ResultRow]], Mapping[int, list[ResultRow]]]:
        """The rows by the round of their race, as they were before the import and as they are to be."""
        before, after = defaultdict[int, list[ResultRow]](list), defaultdict[int, list[ResultRow]](list)
        for rows, grouped in ((self._before, before), (self._final, after)):
            for row in rows.values():
                grouped[row.round].append(row)
        return before, after

    @property
    def changed(self) -> frozenset[int]:
        """The rounds of the races of which a row is not as it was before the import."""
        return frozenset(self.changed_rows)

    @property
    def without_results_now(self) -> frozenset[int]:
        """The rounds of the races that had results before the import and have none now."""

        def held(rows: Mapping[Key, ResultRow]) -> set[int]:
            return {row.round for row in rows.values() if row.finish is not None}

        return frozenset(held(self._before) - held(self._final))

    def _driver(self, line: Line) -> str:
        assert isinstance(line.row, ResultRow)
        if line.row.round not in self._race_ids:
            known = f"1 to {max(self._race_ids)}" if self._race_ids else "none yet"
            raise line.error(
                f"the season has no race {line.row.round} (it has {known}); add it {line.where_to_add('races')}",
                "round",
            )
        return self._names.drivers[self._names.driver_id(line.row.driver, line, "driver")].name

    def _stored(self, row: ResultRow, line: Line, *, alone: bool) -> ResultRow | None:
        """The stored row that a row is about; None where it is a new entry.

        Args:
            row: with the driver's canonical name.
            line: where it was read.
            alone: the documents have no other row of that driver in that race, so that another number than the stored
                one is a correction.
        """
        same, trucks = self._final.get(_key(row)), self._trucks[row.round, row.driver]
        if same is not None or not alone or not trucks:
            return same
        if len(trucks) > 1 and not line.whole:
            raise line.error(
                f"{row.driver} has entries in trucks {' and '.join(sorted(trucks))} in race {row.round}; "
                "give one of those numbers",
                "number",
            )
        return self._final[row.round, row.driver, next(iter(trucks))] if len(trucks) == 1 else None

    def _note(self, number: int, line: Line) -> None:
        """Notes that a line changed the results of a race."""
        self._origins.note("race", self._race_ids[number], ["results"], line)

    def _put(self, row: ResultRow) -> None:
        self._final[_key(row)] = row
        self._trucks[row.round, row.driver].add(row.number)

    def _drop(self, key: Key) -> None:
        number, driver, truck = key
        del self._final[key]
        self._trucks[number, driver].remove(truck)

    def _remove_unlisted(self, lines: list[Line], taken_back: Mapping[int, Line]) -> None:
        """Removes the rows that a complete document with results of their race, or with none at all, does not list."""
        whole = {line.row.round: line for line in lines if line.whole and isinstance(line.row, ResultRow)}
        for key in [key for key in self._final if key not in self._touched]:
            line = whole.get(key[0]) or taken_back.get(key[0])
            row = self._final[key]
            # A feed does not list who stayed away; somebody else said so, and why.
            if line is not None and not (line.feed is not None and row.finish is None and row.note):
                self._drop(key)
                self._tally.count("results", line.file, Counts(removed=1))
                self._note(key[0], line)

    def _take_back(self, races: Mapping[int, Line]) -> None:
        """Makes entries without a result of the results of races that a document calls ``none``."""
        for key, row in list(self._final.items()):
            line = races.get(row.round)
            if line is not None and _says_none(line) and row.finish is not None:
                self._final[key] = row.model_copy(update=dict(NO_RESULT))
                self._tally.count("results", line.file, Counts(updated=1))
                self._note(row.round, line)

    def _refuse_shared(
        self, field: str, of: Callable[[ResultRow], Hashable], problem: Callable[[ResultRow, ResultRow], str]
    ) -> None:
        """Refuses two results that share what they must not; the error names a line, never a stored row."""
        first: dict[Hashable, Key] = {}
        for key, row in self._final.items():
            if row.finish is None:
                continue
            other = first.setdefault(of(row), key)
            if other != key and (key in self._touched or other in self._touched):
                mine, rival = (key, other) if key in self._touched else (other, key)
                raise self._touched[mine].error(problem(self._final[mine], self._final[rival]), field)

    async def _save(self) -> None:
        gone = [key for key, row in self._before.items() if self._final.get(key) != row]
        await import_sql.remove_results(
            self._connection, [(self._race_ids[number], self._id(driver), truck) for number, driver, truck in gone]
        )
        new = [row for key, row in self._final.items() if self._before.get(key) != row]
        await import_sql.save_results(
            self._connection, [(self._race_ids[row.round], self._id(row.driver), row) for row in new]
        )

    def _id(self, name: str) -> int:
        number = self._names.find_driver(name)
        assert number is not None
        return number


def _key(row: ResultRow) -> Key:
    return row.round, row.driver, row.number


def _says_none(line: Line) -> bool:
    return isinstance(line.row, RaceRow) and line.row.results_state is ResultsState.NONE


def _not_taken_back(line: Line, row: ResultRow, races: Mapping[int, Line]) -> None:
    race = races.get(row.round)
    if row.finish is not None and race is not None and _says_none(race):
        raise line.error(
            f"race {row.round} is said to have no results ({race.file}, line {race.number}), and this is one", "finish"
        )
