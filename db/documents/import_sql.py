"""The SQL with which an import writes new and changed rows, inside its own transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import aiosqlite

from db.documents.file_format import AdjustmentRow, DriverRow, ResultRow, SeatRow, TrackRow
from db.documents.reader import Document
from db.models import Driver, Layout, Track, TrackName
from db.timestamps import from_text, to_text

ADD_TRACK = (
    "INSERT INTO tracks (key, name, short, city, state, length, shape) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id, key"
)
SET_TRACK = """
UPDATE tracks SET name = ?, short = ?, city = ?, state = ?, length = ?, shape = ? WHERE id = ? RETURNING id, key
"""
ADD_DRIVER = "INSERT INTO drivers (key, name, nascar_id, born, hometown) VALUES (?, ?, ?, ?, ?) RETURNING id, key"
SET_DRIVER = "UPDATE drivers SET name = ?, nascar_id = ?, born = ?, hometown = ? WHERE id = ? RETURNING id, key"
SEASON_FACTS = "SELECT champion_id, retrieved_at FROM seasons WHERE year = ?"
SEASON_ROOKIES = "SELECT driver_id FROM rookies WHERE season = ? ORDER BY ordinal"
SET_SEASON = """
INSERT INTO seasons (year, champion_id, source, retrieved_at) VALUES (?, ?, ?, ?)
ON CONFLICT (year) DO UPDATE SET champion_id = coalesce(excluded.champion_id, champion_id),
    source = coalesce(excluded.source, source), retrieved_at = coalesce(excluded.retrieved_at, retrieved_at),
    arriving = 0
 WHERE arriving = 1 OR champion_id IS NOT coalesce(excluded.champion_id, champion_id)
    OR source IS NOT coalesce(excluded.source, source)
    OR retrieved_at IS NOT coalesce(excluded.retrieved_at, retrieved_at)
"""
ADD_ENTRY = """
INSERT INTO entries (id, race_id, driver_id, number, team_id, make, owner, sponsor, crew_chief, rookie, eligible, note,
    start)
VALUES (?, ?, ?, ?, (SELECT id FROM teams WHERE name = ?), ?, ?, ?, ?, ?, ?, ?, ?)
"""
ADD_RESULT = """
INSERT INTO results (entry_id, race_id, finish, start, laps, led, status, points, fastest_lap, disqualified)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
SET_ADJUSTMENT = """
INSERT INTO adjustments (race_id, driver_id, points, playoff_points, reason, source) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (race_id, driver_id, reason) DO UPDATE SET points = excluded.points,
    playoff_points = excluded.playoff_points, source = excluded.source
"""
NOTE_IMPORT = """
INSERT INTO imports (file, digest, season, source, retrieved_at, imported_at, created, updated, unchanged)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
STAMP_RESULTS = """
UPDATE races SET results_at = CASE WHEN results_at IS NULL THEN :moment END
 WHERE season = :season AND dropped_at IS NULL
   AND (round IN (SELECT value FROM json_each(:standing))) = (results_at IS NULL)
"""

TIDY_IMPORTS = "DELETE FROM imports WHERE id <= (SELECT max(id) FROM imports) - ?"
SEASONS_OF_DRIVERS = """
WITH changed AS (SELECT value AS id FROM json_each(?))
SELECT year FROM seasons WHERE champion_id IN changed
UNION SELECT season FROM rookies WHERE driver_id IN changed
UNION SELECT season FROM playoff_fields WHERE driver_id IN changed
UNION SELECT r.season FROM entries e JOIN races r ON r.id = e.race_id WHERE e.driver_id IN changed
UNION SELECT r.season FROM adjustments a JOIN races r ON r.id = a.race_id WHERE a.driver_id IN changed
UNION SELECT r.season FROM stage_winners w JOIN races r ON r.id = w.race_id WHERE w.driver_id IN changed
UNION SELECT r.season FROM leads l JOIN races r ON r.id = l.race_id WHERE l.driver_id IN changed
UNION SELECT r.season FROM outcomes o JOIN races r ON r.id = o.race_id
 WHERE o.pole_id IN changed OR o.fastest_lap_id IN changed OR o.rookie_id IN changed
"""
SEASONS_OF_TRACKS = "SELECT DISTINCT season FROM races WHERE track_id IN (SELECT value FROM json_each(?))"
FORGET_READINGS = "DELETE FROM readings WHERE race_id IN (SELECT id FROM races WHERE season = ?)"
GROW_VERSION = "UPDATE facts SET version = version + 1"
SET_VERSION = "UPDATE seasons SET version = (SELECT version FROM facts) WHERE year = ?"
SET_REFRESHED = """
UPDATE seasons SET refreshed_at = ?1 WHERE year = ?2 AND (refreshed_at IS NULL OR refreshed_at < ?1)
"""

KEPT_IMPORTS = 500
"""How many of the latest imports stay on record."""


async def _one(connection: aiosqlite.Connection, sql: str, *parameters: Any) -> tuple[Any, ...]:
    rows = list(await connection.execute_fetchall(sql, parameters))
    return tuple(rows[0])


async def _aliases(connection: aiosqlite.Connection, table: str, owner: str, number: int, names: Iterable[str]) -> None:
    await replace_children(connection, table, owner, number, [(name, i) for i, name in enumerate(dict.fromkeys(names))])


async def replace_children(
    connection: aiosqlite.Connection, table: str, owner: str, number: int, rows: Sequence[tuple[Any, ...]]
) -> None:
    """Replaces the rows that belong to one owner row; ``rows`` have the table's columns after the owner's id."""
    # Table and column names come from this module, never from a document.
    await connection.execute(f"DELETE FROM {table} WHERE {owner} = ?", (number,))  # noqa: S608
    if rows:
        marks = ", ".join("?" * (len(rows[0]) + 1))
        await connection.executemany(f"INSERT INTO {table} VALUES ({marks})", [(number, *row) for row in rows])  # noqa: S608


async def save_track(
    connection: aiosqlite.Connection, number: int | None, key: str, row: TrackRow
) -> tuple[int, Track]:
    """Adds a track with a key, or changes one, whose key never changes."""
    values = (row.name, row.short, row.city, row.state, row.length, row.shape)
    if number is None:
        number, key = await _one(connection, ADD_TRACK, key, *values)
    else:
        number, key = await _one(connection, SET_TRACK, *values, number)
    await _aliases(connection, "track_aliases", "track_id", number, row.aliases)
    names = [TrackName(each.name, each.first, each.last) for each in row.names]
    layouts = [Layout(each.first, each.last, each.length, each.shape, each.surface) for each in row.layouts]
    await replace_children(connection, "track_names", "track_id", number, [(n.first, n.last, n.name) for n in names])
    await replace_children(
        connection,
        "track_layouts",
        "track_id",
        number,
        [(each.first, each.last, each.length, each.shape, each.surface) for each in layouts],
    )
    facts = (row.name, row.short, tuple(row.aliases), row.city, row.state, row.length, row.shape)
    return number, Track(key, *facts, names=tuple(names), layouts=tuple(layouts))


async def save_driver(
    connection: aiosqlite.Connection, number: int | None, key: str, row: DriverRow
) -> tuple[int, Driver]:
    """Adds a driver with a key, or changes one, whose key never changes."""
    values = (row.name, row.nascar_id, row.born.isoformat() if row.born else None, row.hometown)
    if number is None:
        number, key = await _one(connection, ADD_DRIVER, key, *values)
    else:
        number, key = await _one(connection, SET_DRIVER, *values, number)
    await _aliases(connection, "driver_aliases", "driver_id", number, row.aliases)
    await _aliases(connection, "racing_reference_ids", "driver_id", number, row.racing_reference)
    sources = tuple(row.sources.items())
    read = [(fact, source, i) for i, (fact, source) in enumerate(sources)]
    await replace_children(connection, "driver_sources", "driver_id", number, read)
    names = (row.name, tuple(row.aliases))
    return number, Driver(key, *names, row.nascar_id, row.born, row.hometown, tuple(row.racing_reference), sources)


async def save_season(
    connection: aiosqlite.Connection,
    year: int,
    read: tuple[str | None, datetime | None],
    champion: int | None,
    rookies: Sequence[int],
) -> None:
    """Stores what a document's header says of a season, and from where and when it is; what is None stays as it is."""
    await connection.execute(SET_SEASON, (year, champion, read[0], to_text(read[1])))
    if rookies and tuple(rookies) != await _rookies(connection, year):
        await replace_children(connection, "rookies", "season", year, [(driver, i) for i, driver in enumerate(rookies)])


async def season_facts(connection: aiosqlite.Connection, year: int) -> tuple[int | None, tuple[int, ...]] | None:
    """The stored champion and rookies of a season, to be compared; None if the season is not stored."""
    rows = list(await connection.execute_fetchall(SEASON_FACTS, (year,)))
    return (rows[0]["champion_id"], await _rookies(connection, year)) if rows else None


async def season_retrieved(connection: aiosqlite.Connection, year: int) -> datetime | None:
    """When the newest document of a season was retrieved; None if none says so."""
    rows = list(await connection.execute_fetchall(SEASON_FACTS, (year,)))
    return from_text(rows[0]["retrieved_at"]) if rows else None


async def _rookies(connection: aiosqlite.Connection, year: int) -> tuple[int, ...]:
    return tuple(row[0] for row in await connection.execute_fetchall(SEASON_ROOKIES, (year,)))


async def remove_results(connection: aiosqlite.Connection, rows: Sequence[tuple[int, int, str]]) -> None:
    """Removes entries and their results, given as (race's row id, driver's row id, number of the truck)."""
    await connection.executemany("DELETE FROM entries WHERE race_id = ? AND driver_id = ? AND number = ?", rows)


async def remove_adjustment(connection: aiosqlite.Connection, race: int, driver: int, reason: str) -> None:
    """Removes an adjustment, given by the row ids of race and driver and by its reason."""
    await connection.execute(
        "DELETE FROM adjustments WHERE race_id = ? AND driver_id = ? AND reason = ?", (race, driver, reason)
    )


async def save_results(connection: aiosqlite.Connection, rows: Sequence[tuple[int, int, ResultRow]]) -> None:
    """Adds entries and their results, given as (race's row id, driver's row id, row).

    Those that change are removed before any is added, so that two drivers can swap places.
    """
    teams = sorted({row.team for _, _, row in rows if row.team})
    await connection.executemany("INSERT OR IGNORE INTO teams (name) VALUES (?)", [(team,) for team in teams])
    (last,) = await _one(connection, "SELECT coalesce(max(id), 0) FROM entries")
    numbered = [(last + i, race, driver, row) for i, (race, driver, row) in enumerate(rows, start=1)]
    await connection.executemany(
        ADD_ENTRY,
        [
            (
                *(number, race, driver, row.number, row.team, row.make, row.owner, row.sponsor, row.crew_chief),
                *(int(row.rookie), int(row.eligible), row.note, row.start if row.finish is None else None),
            )
            for number, race, driver, row in numbered
        ],
    )
    raced = [(number, race, row) for number, race, _, row in numbered if row.finish is not None]
    await connection.executemany(
        ADD_RESULT,
        [
            (
                *(number, race, row.finish, row.start, row.laps, row.led, row.status, row.points),
                *(int(row.fastest_lap), int(row.disqualified)),
            )
            for number, race, row in raced
        ],
    )
    stages = []
    for number, _, row in raced:
        scores = [(1, row.stage1_finish, row.stage1_points), (2, row.stage2_finish, row.stage2_points)]
        stages += [(number, *score) for score in scores if score[1:] != (None, None)]
    await connection.executemany("INSERT INTO stage_results VALUES (?, ?, ?, ?)", stages)


async def stamp_results(connection: aiosqlite.Connection, year: int, standing: Iterable[int], moment: datetime) -> bool:
    """Sets the moment since which results are known, on races that have none yet, and clears that of all others.

    Args:
        connection: in a transaction.
        year: the season.
        standing: the rounds whose results stand.
        moment: that of results that stand from now on.

    Returns:
        whether there were any of either kind.
    """
    facts = {"moment": to_text(moment), "season": year, "standing": json.dumps(sorted(standing))}
    cursor = await connection.execute(STAMP_RESULTS, facts)
    return cursor.rowcount > 0


async def save_field(connection: aiosqlite.Connection, year: int, seats: Sequence[tuple[int, SeatRow]]) -> None:
    """Replaces a season's playoff field, given as (driver's row id, row) in seeding order."""
    rows = [(seed, driver, row.how, row.note) for seed, (driver, row) in enumerate(seats, start=1)]
    await replace_children(connection, "playoff_fields", "season", year, rows)


async def save_adjustment(connection: aiosqlite.Connection, race: int, driver: int, row: AdjustmentRow) -> None:
    """Adds an adjustment, or changes it, given the row ids of race and driver."""
    await connection.execute(SET_ADJUSTMENT, (race, driver, row.points, row.playoff_points, row.reason, row.source))


async def note_import(
    connection: aiosqlite.Connection, document: Document, counts: tuple[int, int, int], now: datetime
) -> None:
    """Records the import of a document: when it was, and how many rows it created, updated and left unchanged."""
    header = document.header
    season = header.season if {"races", "results"} & document.sections.keys() else None
    await connection.execute(
        NOTE_IMPORT,
        (
            document.file,
            document.digest,
            season,
            header.source,
            to_text(header.retrieved),
            to_text(now),
            *counts,
        ),
    )
    await connection.execute(TIDY_IMPORTS, (KEPT_IMPORTS,))


async def seasons_showing(connection: aiosqlite.Connection, drivers: Iterable[int], tracks: Iterable[int]) -> set[int]:
    """The years in which any of these drivers or tracks appears, given by row ids."""
    found: set[int] = set()
    for sql, ids in ((SEASONS_OF_DRIVERS, drivers), (SEASONS_OF_TRACKS, tracks)):
        numbers = sorted(ids)
        if numbers:
            found |= {row[0] for row in await connection.execute_fetchall(sql, (json.dumps(numbers),))}
    return found


async def grow_versions(connection: aiosqlite.Connection, years: Iterable[int]) -> None:
    """Gives the facts a new version, and the same to the seasons that changed."""
    await connection.execute(GROW_VERSION)
    await connection.executemany(SET_VERSION, [(year,) for year in sorted(years)])


async def set_refreshed(connection: aiosqlite.Connection, year: int, moment: datetime) -> None:
    """Moves the moment up to which a season's facts are known, never back."""
    await connection.execute(SET_REFRESHED, (to_text(moment), year))
