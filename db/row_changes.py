"""What has to be written to make one store's facts of racing like another's, in steps that are whole by themselves."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

LASTING = (
    *("tracks", "track_aliases", "track_names", "track_layouts"),
    *("drivers", "driver_aliases", "racing_reference_ids", "driver_sources", "teams"),
)
"""The tables of what outlives a season, those first to which others refer."""
OF_RACES = (
    *("races", "race_aliases", "stages", "sessions", "broadcasts", "outcomes", "stage_winners", "leads"),
    *("caution_periods", "race_sources", "former_times", "readings"),
    *("entries", "results", "stage_results", "adjustments"),
)
"""The tables whose rows belong to one race, in the same order."""
GROWING = ("read_at", "retrieved_at")
"""Columns of when something was read. Whoever reads the same once more changes no fact, but that moment."""
ORIGINS = "fact_origins"
"""The table of who said a fact, if not the program. An import of what the program brings only removes rows of it."""
OF_SEASONS = ("rookies", "playoff_fields", "bundled_seasons", "seasons", "facts")
"""The tables of what says that a season is there, and in which state."""

ROWS_A_STEP = 200
"""About as many rows are written in one transaction, which takes a few milliseconds."""

Rows = dict[tuple[Any, ...], tuple[Any, ...]]
Statement = tuple[str, list[tuple[Any, ...]]]
_OfRaces: TypeAlias = dict[int, dict[str, list[tuple[Any, ...]]]]
"""Rows, or keys of rows, by the id of their race and by table."""


@dataclass(frozen=True, slots=True)
class Step:
    """Statements with the parameters of each row, to be written in one transaction."""

    statements: tuple[Statement, ...]

    @property
    def rows(self) -> int:
        return sum(len(rows) for _, rows in self.statements)


@dataclass(frozen=True, slots=True)
class Changes:
    """Steps in order. They apply to version ``before`` of the facts of a store, and give it the version ``after``."""

    before: int
    after: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class _Table:
    """A table and the rows in which the two stores differ, by primary key."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    wanted: Rows
    gone: Rows

    def removing(self, keys: Sequence[tuple[Any, ...]]) -> Statement:
        where = " AND ".join(f"{name} = ?" for name in self.key)
        return f"DELETE FROM {self.name} WHERE {where}", list(keys)  # noqa: S608 - names of the schema

    def setting(self, rows: Sequence[tuple[Any, ...]]) -> Statement:
        others = [name for name in self.columns if name not in self.key]
        changes = ", ".join(f"{name} = {self._given(name)}" for name in others)
        conflict = f"DO UPDATE SET {changes}" if others else "DO NOTHING"
        marks = ", ".join("?" * len(self.columns))
        names, key = ", ".join(self.columns), ", ".join(self.key)
        return (
            f"INSERT INTO {self.name} ({names}) VALUES ({marks}) ON CONFLICT ({key}) {conflict}",  # noqa: S608
            list(rows),
        )

    def _given(self, name: str) -> str:
        """The new value of a column; of a moment that only grows, the later one."""
        if name not in GROWING:
            return f"excluded.{name}"
        return f"nullif(max(coalesce({self.name}.{name}, ''), coalesce(excluded.{name}, '')), '')"


def origins_of(path: Path) -> frozenset[tuple[Any, ...]]:
    """Every row on who said a fact, of a file that nobody writes to meanwhile."""
    with closing(sqlite3.connect(path.resolve().as_uri() + "?mode=ro", uri=True)) as connection:
        return frozenset(map(tuple, connection.execute(f"SELECT * FROM {ORIGINS}")))  # noqa: S608 - a name of the schema


def changes_between(
    store: Path, wanted: Path, year: int, overruled: Collection[tuple[Any, ...]] = frozenset()
) -> Changes:
    """The steps that bring a store to the facts of racing that another file holds.

    Args:
        store: the file to be changed; it is only read here.
        wanted: the other file, of the same schema.
        year: the season in which they differ. Where the store does not have it, it is marked as arriving until the
            last step, so that nobody sees half of it.
        overruled: rows of ``origins_of`` that the import into the other file took away. They are not compared with the
            store: somebody may have said a fact since, which changes nothing and is no reason to begin anew.
    """
    with closing(sqlite3.connect(wanted.resolve().as_uri() + "?mode=ro", uri=True, isolation_level=None)) as connection:
        connection.execute("ATTACH ? AS store", (store.resolve().as_uri() + "?mode=ro",))
        connection.execute("BEGIN")
        before, after = (
            connection.execute(f"SELECT version FROM {schema}.facts").fetchone()[0]  # noqa: S608 - names of this line
            for schema in ("store", "main")
        )
        tables = {name: _differences(connection, name) for name in (*LASTING, *OF_SEASONS)}
        # An import of a season changes nothing in the races of another, of which there are many.
        tables |= {name: _differences(connection, name, year) for name in OF_RACES}
        of_races, others = (
            _gone(connection, ORIGINS, [row for row in overruled if (row[0] == "race") is is_race])
            for is_race in (True, False)
        )
        tables[ORIGINS] = of_races
        new = connection.execute("SELECT 1 FROM store.seasons WHERE year = ?", (year,)).fetchone() is None
        entries = dict(
            connection.execute(
                " UNION ".join(
                    f"SELECT id, race_id FROM {schema}.entries {_of_year('entries', ('race_id',), schema, year)}"  # noqa: S608
                    for schema in ("main", "store")
                )
            )
        )
    steps = [*_lasting(tables)]
    if new and (year,) in tables["seasons"].wanted:
        steps.append(Step(((f"INSERT INTO seasons (year, arriving) VALUES ({year:d}, 1)", [()]),)))  # noqa: S608
    steps += _races(tables, entries)
    steps.append(Step(tuple(_together([*(tables[name] for name in OF_SEASONS), others]))))
    return Changes(before, after, tuple(step for step in steps if step.rows))


def _differences(connection: sqlite3.Connection, name: str, year: int | None = None) -> _Table:
    """The rows of a table in which the stores differ; of a table whose rows belong to races, those of a season."""
    columns = connection.execute(f"PRAGMA main.table_info({name})").fetchall()
    names = tuple(str(column[1]) for column in columns)
    key = tuple(column[1] for column in sorted(columns, key=lambda column: column[5]) if column[5])
    places = [names.index(column) for column in key]
    chosen = ", ".join(names)

    def only_in(one: str, other: str) -> Rows:
        mine, theirs = (_of_year(name, names, schema, year) if year is not None else "" for schema in (one, other))
        sql = f"SELECT {chosen} FROM {one}.{name} {mine} EXCEPT SELECT {chosen} FROM {other}.{name} {theirs}"  # noqa: S608
        return {tuple(row[place] for place in places): tuple(row) for row in connection.execute(sql)}

    wanted, held = only_in("main", "store"), only_in("store", "main")
    # No import takes back that something was read: what the store alone has of that came meanwhile.
    gone = {key: row for key, row in held.items() if key not in wanted and name != "readings"}
    return _Table(name, names, key, wanted, gone)


def _gone(connection: sqlite3.Connection, name: str, rows: Iterable[tuple[Any, ...]]) -> _Table:
    """A table that loses these rows, each only if it is still the same."""
    names = tuple(str(column[1]) for column in connection.execute(f"PRAGMA main.table_info({name})"))
    return _Table(name, names, names, {}, {row: row for row in sorted(rows)})


def _of_year(name: str, columns: Sequence[str], schema: str, year: int) -> str:
    """The condition on rows of a table that they belong to a race of a season."""
    if name == "races":
        return f"WHERE season = {year:d}"
    races = f"SELECT id FROM {schema}.races WHERE season = {year:d}"  # noqa: S608 - names of the schema, and a number
    if "race_id" in columns:
        return f"WHERE race_id IN ({races})"
    return f"WHERE entry_id IN (SELECT id FROM {schema}.entries WHERE race_id IN ({races}))"  # noqa: S608


def _together(tables: Sequence[_Table]) -> Iterator[Statement]:
    """Everything of some tables, what is removed before what is set: two rows may exchange what only one may have."""
    for table in reversed(tables):
        if table.gone:
            yield table.removing(list(table.gone))
    for table in tables:
        if table.wanted:
            yield table.setting(list(table.wanted.values()))


def _lasting(tables: dict[str, _Table]) -> Iterator[Step]:
    """Drivers, tracks and teams: nobody sees them before a season that names them."""
    chosen = [tables[name] for name in LASTING]
    for table in reversed(chosen):
        for keys in _parts(list(table.gone)):
            yield Step((table.removing(keys),))
    for table in chosen:
        for rows in _parts(list(table.wanted.values())):
            yield Step((table.setting(rows),))


def _races(tables: dict[str, _Table], entries: dict[int, int]) -> Iterator[Step]:
    """Race by race, several together where they are small; a race is never half written."""
    removed: _OfRaces = defaultdict(lambda: defaultdict(list))
    given: _OfRaces = defaultdict(lambda: defaultdict(list))
    for name in (*OF_RACES, ORIGINS):
        table = tables[name]
        for key, row in table.gone.items():
            removed[_race_of(table, row, entries)][name].append(key)
        for row in table.wanted.values():
            given[_race_of(table, row, entries)][name].append(row)
    pending: list[int] = []
    rows = 0
    for race in sorted(removed.keys() | given.keys()):
        own = sum(len(each) for part in (removed[race], given[race]) for each in part.values())
        if pending and rows + own > ROWS_A_STEP:
            yield _of_races(tables, pending, removed, given)
            pending, rows = [], 0
        pending.append(race)
        rows += own
    yield _of_races(tables, pending, removed, given)


def _of_races(tables: dict[str, _Table], races: Sequence[int], removed: _OfRaces, given: _OfRaces) -> Step:
    """Everything of some races, one statement a table, since each statement is handed over to the writer's thread."""
    removable = (*OF_RACES, ORIGINS)
    gone = {name: [key for race in races for key in removed[race][name]] for name in removable}
    rows = {name: [row for race in races for row in given[race][name]] for name in OF_RACES}
    statements = [tables[name].removing(gone[name]) for name in reversed(removable) if gone[name]]
    return Step((*statements, *(tables[name].setting(rows[name]) for name in OF_RACES if rows[name])))


def _race_of(table: _Table, row: tuple[Any, ...], entries: dict[int, int]) -> int:
    for name, column in (("races", "id"), (ORIGINS, "subject_id")):
        if table.name == name:
            return int(row[table.columns.index(column)])
    if "race_id" in table.columns:
        return int(row[table.columns.index("race_id")])
    return entries[row[table.columns.index("entry_id")]]


def _parts(rows: list[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    for start in range(0, len(rows), ROWS_A_STEP):
        yield rows[start : start + ROWS_A_STEP]
