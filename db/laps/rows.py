"""The rows of a race's laps, which no snapshot of a season holds: read for one answer, and written for one race."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import aiosqlite

from db.connection import Store
from db.laps.models import PitStop, RaceLaps, StopFlag, Tires, TruckLaps
from db.laps.packing import unpack
from db.models import Race

TIMED = "SELECT has_stops FROM timed_races WHERE race_id = ?"
LAPS = """
SELECT l.number, d.key, l.laps FROM truck_laps l JOIN drivers d ON d.id = l.driver_id
 WHERE l.race_id = ? ORDER BY l.number
"""
STOPS = """
SELECT number, lap, flag, came_in_at, road_time, stopped_time, tires, place_in, place_out
  FROM pit_stops WHERE race_id = ? ORDER BY ordinal
"""
PACKED = "SELECT number, driver_id, laps FROM truck_laps WHERE race_id = ?"
STATE = """
SELECT has_stops || '/' || (
    SELECT coalesce(group_concat(number || hex(substr(laps, -4))), '')
      FROM (SELECT number, laps FROM truck_laps WHERE race_id = ? ORDER BY number, driver_id)
) || '/' || (
    SELECT coalesce(group_concat(
        number || ' ' || lap || flag || coalesce(came_in_at, '') || '-' || coalesce(road_time, '') || '-'
        || coalesce(stopped_time, '') || coalesce(tires, '') || coalesce(place_in, '') || '-' || coalesce(place_out, '')
    ), '') FROM (SELECT * FROM pit_stops WHERE race_id = ? ORDER BY ordinal)
) AS state FROM timed_races WHERE race_id = ?
"""
RACES_OF_DRIVER = "SELECT l.race_id FROM truck_laps l JOIN drivers d ON d.id = l.driver_id WHERE d.key = ?"
RACES = "SELECT race_id FROM timed_races"
FORGET = "DELETE FROM timed_races WHERE race_id = ?"
ADD_RACE = "INSERT INTO timed_races (race_id, has_stops) VALUES (?, ?)"
ADD_LAPS = "INSERT INTO truck_laps (race_id, number, driver_id, laps) VALUES (?, ?, ?, ?)"
ADD_STOP = """
INSERT INTO pit_stops (race_id, ordinal, number, lap, flag, came_in_at, road_time, stopped_time, tires, place_in,
    place_out)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


async def race_laps(store: Store, race: Race) -> RaceLaps | None:
    """The laps of a race; None where they are not held.

    Raises:
        StoreError: the store cannot be read.
        ValueError: what is stored are no laps.
    """
    async with store.view():
        timed = await store.fetch(TIMED, (race.id,))
        if not timed:
            return None
        laps = await store.fetch(LAPS, (race.id,))
        stops = await store.fetch(STOPS, (race.id,)) if timed[0]["has_stops"] else None
    return RaceLaps(
        tuple(TruckLaps(row["number"], row["key"], unpack(row["laps"])) for row in laps),
        None if stops is None else tuple(map(_stop, stops)),
    )


async def laps_state(store: Store, race: Race) -> str | None:
    """What changes whenever the laps that are held of a race do; None where none are held.

    Packed laps end with a checksum of what they were packed from.

    Raises:
        StoreError: the store cannot be read.
    """
    rows = await store.fetch(STATE, (race.id, race.id, race.id))
    return rows[0]["state"] if rows else None


@dataclass(frozen=True, slots=True)
class HeldRows:
    """The laps of a race as they are stored: number, driver's row id and packed laps of each truck, and the stops."""

    trucks: list[tuple[str, int, bytes]]
    stops: list[PitStop] | None


async def held_rows(connection: aiosqlite.Connection, race: int) -> HeldRows | None:
    """What is stored of a race, by its row id; None where no laps of it are."""
    timed = list(await connection.execute_fetchall(TIMED, (race,)))
    if not timed:
        return None
    laps = await connection.execute_fetchall(PACKED, (race,))
    stops = await connection.execute_fetchall(STOPS, (race,))
    trucks = [(row["number"], row["driver_id"], row["laps"]) for row in laps]
    return HeldRows(trucks, [_stop(row) for row in stops] if timed[0]["has_stops"] else None)


def _stop(row: sqlite3.Row) -> PitStop:
    return PitStop(
        row["number"],
        row["lap"],
        StopFlag(row["flag"]),
        *(row["came_in_at"], row["road_time"], row["stopped_time"]),
        Tires(row["tires"]) if row["tires"] else None,
        *(row["place_in"], row["place_out"]),
    )


async def timed_races(store: Store, driver: str | None = None) -> frozenset[int]:
    """The row ids of the races of which laps are held: all of them, or those of a driver, by key.

    Raises:
        StoreError: the store cannot be read.
    """
    rows = await store.fetch(RACES) if driver is None else await store.fetch(RACES_OF_DRIVER, (driver,))
    return frozenset(row["race_id"] for row in rows)


async def save_laps(
    connection: aiosqlite.Connection,
    race: int,
    trucks: Iterable[tuple[str, int, bytes]],
    stops: Iterable[PitStop] | None,
) -> None:
    """Stores the laps of a race in place of those that are held.

    Args:
        connection: in a transaction.
        race: its row id.
        trucks: the number, the driver's row id and the packed laps of each.
        stops: in the order in which the trucks came in; None where none are on record.
    """
    await connection.execute(FORGET, (race,))
    await connection.execute(ADD_RACE, (race, int(stops is not None)))
    await connection.executemany(ADD_LAPS, [(race, *truck) for truck in trucks])
    await connection.executemany(ADD_STOP, [(race, *row) for row in rows_of(stops or ())])


def rows_of(stops: Iterable[PitStop]) -> list[tuple[Any, ...]]:
    """The stops of a race as they are stored, in order, without the race."""
    return [
        (
            *(ordinal, stop.number, stop.lap, stop.flag.value, stop.came_in_at, stop.road_time),
            *(stop.stopped_time, stop.tires.value if stop.tires else None, stop.place_in, stop.place_out),
        )
        for ordinal, stop in enumerate(stops)
    ]
