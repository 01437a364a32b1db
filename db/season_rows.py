"""A season's results and entries: by far the most of it, and of past seasons read only once somebody asks for them."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import TypeAlias, TypeVar

from db.models import Entry, Race, Result, StageScore
from db.results_state import STANDING, HeldResults, judged

RESULTS = """
SELECT r.round, e.driver_id, e.number, t.name AS team, e.make, e.owner, e.sponsor, e.crew_chief, e.rookie, e.eligible,
       e.note, e.start AS to_start, x.finish, x.start, x.laps, x.led, x.status, x.points, x.fastest_lap, x.disqualified,
       coalesce(s1.entry_id, s2.entry_id) IS NOT NULL AS on_record,
       s1.finish AS finish1, s1.points AS points1, s2.finish AS finish2, s2.points AS points2
  FROM entries e
  JOIN races r ON r.id = e.race_id
  LEFT JOIN teams t ON t.id = e.team_id
  LEFT JOIN results x ON x.entry_id = e.id
  LEFT JOIN stage_results s1 ON s1.entry_id = e.id AND s1.stage = 1
  LEFT JOIN stage_results s2 ON s2.entry_id = e.id AND s2.stage = 2
 WHERE r.season = ? AND r.dropped_at IS NULL
 ORDER BY r.round, x.finish IS NULL, x.finish, e.id
"""

FINISHES = """
SELECT r.round, d.key, x.finish
  FROM races r
  JOIN entries e ON e.race_id = r.id
  JOIN results x ON x.entry_id = e.id
  JOIN drivers d ON d.id = e.driver_id
 WHERE r.season = ? AND r.dropped_at IS NULL ORDER BY r.round, x.finish, e.id
"""
DRIVER_KEYS = "SELECT id, key FROM drivers"

ReadNow: TypeAlias = Callable[[Sequence[tuple[str, tuple[int, ...]]]], list[list[sqlite3.Row]]]
"""Reads the rows of several queries in one view of the store, as ``Store.read_now`` does."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SeasonRows:
    """What is held of a season's races, by round, as in ``Season``."""

    results: Mapping[int, tuple[Result, ...]]
    partial: Mapping[int, tuple[Result, ...]]
    absent: Mapping[int, tuple[Entry, ...]]

    @classmethod
    def of(cls, rows: Iterable[sqlite3.Row], keys: Mapping[int | None, str], races: Iterable[Race]) -> SeasonRows:
        """From the rows of ``RESULTS``.

        Args:
            rows: of the season.
            keys: of drivers, by row id.
            races: the season's.
        """
        held: dict[int, list[Result]] = defaultdict(list)
        absent: dict[int, list[Entry]] = defaultdict(list)
        for row in rows:
            # In the order of the columns: looking each up by its name takes as long as all the rest.
            number, driver, truck, team, make, owner, sponsor, crew_chief, rookie, eligible, note, *rest = row
            to_start, finish, *result = rest
            entry = Entry(
                round=number,
                driver=keys[driver],
                number=truck,
                make=make,
                team=team,
                owner=owner,
                sponsor=sponsor,
                crew_chief=crew_chief,
                rookie=bool(rookie),
                eligible=bool(eligible),
                note=note,
                start=to_start,
            )
            if finish is None:
                absent[number].append(entry)
            else:
                held[number].append(_result(entry, finish, *result))
        standing = _standing(races, held, absent)
        return cls(
            MappingProxyType({number: tuple(rows) for number, rows in held.items() if number in standing}),
            MappingProxyType({number: tuple(rows) for number, rows in held.items() if number not in standing}),
            MappingProxyType({number: tuple(rows) for number, rows in absent.items()}),
        )


class RowsOnDemand:
    """The rows of a season, read when the first of them is asked for, and what is known of them without reading them.

    They are as they are then: whoever asks for a season anew gets a new one where something changed.

    Args:
        read_now: reads from the store, right here: a past season takes a few hundredths of a second.
        year: the season's.
        races: the season's.
        starts: how many rows of results each driver has; 0 for those who only entered.
    """

    def __init__(self, read_now: ReadNow, year: int, races: tuple[Race, ...], starts: Mapping[str, int]) -> None:
        self._read_now, self._year, self._races = read_now, year, races
        self.starts = starts

    @cached_property
    def _rows(self) -> SeasonRows:
        # Keys are read with the rows, which may name somebody who was not there yet when the races were read.
        drivers, rows = self._read_now([(DRIVER_KEYS, ()), (RESULTS, (self._year,))])
        return SeasonRows.of(rows, {row["id"]: row["key"] for row in drivers}, self._races)

    @property
    def are_read(self) -> bool:
        """Whether they are in memory already."""
        return "_rows" in self.__dict__

    def finishes(self) -> dict[int, list[tuple[str, int]]]:
        """By round, who finished where, first place first, of all results that are held; a tenth of what is read else.

        Raises:
            StoreError: they cannot be read.
        """
        found: dict[int, list[tuple[str, int]]] = defaultdict(list)
        (rows,) = self._read_now([(FINISHES, (self._year,))])
        for number, driver, finish in rows:
            found[number].append((driver, finish))
        return found

    @property
    def results(self) -> Mapping[int, tuple[Result, ...]]:
        return _Part(lambda: self._rows.results)

    @property
    def partial(self) -> Mapping[int, tuple[Result, ...]]:
        return _Part(lambda: self._rows.partial)

    @property
    def absent(self) -> Mapping[int, tuple[Entry, ...]]:
        return _Part(lambda: self._rows.absent)


class _Part(Mapping[int, tuple[T, ...]]):
    def __init__(self, read: Callable[[], Mapping[int, tuple[T, ...]]]) -> None:
        self._read = read

    def __getitem__(self, number: int) -> tuple[T, ...]:
        return self._read()[number]

    def __iter__(self) -> Iterator[int]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())


def _result(
    entry: Entry,
    finish: int,
    start: int | None,
    laps: int,
    led: int,
    status: str,
    points: int,
    fastest_lap: int,
    disqualified: int,
    on_record: int,
    *stages: int | None,
) -> Result:
    return Result(
        entry=entry,
        finish=finish,
        start=start,
        laps=laps,
        led=led,
        status=status,
        points=points,
        stages=(_stage_score(*stages[:2]), _stage_score(*stages[2:])) if on_record else (),
        fastest_lap=bool(fastest_lap),
        disqualified=bool(disqualified),
    )


# Most trucks score nothing in a stage, and the others one of ten scores.
_stage_score = lru_cache(maxsize=256)(StageScore)


def held_results(
    races: Iterable[Race], results: Mapping[int, Collection[Result]], absent: Mapping[int, Collection[Entry]]
) -> dict[int, HeldResults]:
    """What is held of each of these races' results, whether they stand or not, by round."""
    return {
        race.round: HeldResults.of(
            race.results_stated,
            [
                *((row.entry.number, row.driver, row.finish, row.entry.note) for row in results.get(race.round, ())),
                *((entry.number, entry.driver, None, entry.note) for entry in absent.get(race.round, ())),
            ],
        )
        for race in races
    }


def _standing(
    races: Iterable[Race], results: Mapping[int, Collection[Result]], absent: Mapping[int, Collection[Entry]]
) -> set[int]:
    """The rounds of the races whose results stand."""
    return {number for number, state in judged(held_results(races, results, absent)).items() if state in STANDING}
