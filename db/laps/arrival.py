"""Takes in the laps that come with the program while the bot answers: race by race, each in a few milliseconds."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime

import aiosqlite

from db.connection import Store
from db.laps.bundled import BundledRace, bundled_lap_years, laps_digest, race_lines, read_race
from db.laps.rows import save_laps
from db.timestamps import to_text

log = logging.getLogger(__name__)

TAKEN = "SELECT season, digest FROM bundled_laps"
NOTE_TAKEN = """
INSERT INTO bundled_laps (season, digest, taken_at) VALUES (?, ?, ?)
ON CONFLICT (season) DO UPDATE SET digest = excluded.digest, taken_at = excluded.taken_at
"""
RACE = "SELECT id FROM races WHERE nascar_id = ?"
ENTRIES = """
SELECT e.number, e.driver_id, d.nascar_id FROM entries e JOIN drivers d ON d.id = e.driver_id WHERE e.race_id = ?
"""


async def pending_laps(store: Store) -> list[int]:
    """The seasons whose laps come with the program and were not taken in whole, newest first.

    Raises:
        StoreError: the store cannot be read.
    """
    taken = {row["season"]: row["digest"] for row in await store.fetch(TAKEN)}
    digests = await asyncio.to_thread(lambda: {year: laps_digest(year) for year in bundled_lap_years()})
    return sorted((year for year, digest in digests.items() if taken.get(year) != digest), reverse=True)


async def take_in_laps(store: Store, now: datetime) -> list[int]:
    """Takes in every pending season, newest first; returns the years that are whole now.

    A race that the store does not have, and a truck that is not among its entries, are left out; the season is tried
    again at the next start if a race was missing.

    Raises:
        StoreError: the store cannot be read or written.
    """
    whole: list[int] = []
    for year in await pending_laps(store):
        lines = await asyncio.to_thread(race_lines, year)
        missing = 0
        for line in lines:
            race = await asyncio.to_thread(read_race, line)
            async with store.write() as connection:
                missing += not await _take_in(connection, race)
        if missing:
            log.info("laps of %d races of %d have no race here yet", missing, year)
            continue
        async with store.write() as connection:
            await connection.execute(NOTE_TAKEN, (year, laps_digest(year), to_text(now)))
        whole.append(year)
        log.info("took in the laps of %d races of %d", len(lines), year)
    return whole


async def _take_in(connection: aiosqlite.Connection, race: BundledRace) -> bool:
    """Stores the laps of a race; returns whether it is there."""
    found = list(await connection.execute_fetchall(RACE, (race.race,)))
    if not found:
        return False
    ((number,),) = found
    entries = await connection.execute_fetchall(ENTRIES, (number,))
    drivers = {(row["number"], row["nascar_id"]): row["driver_id"] for row in entries}
    trucks = [
        (truck.number, drivers[truck.number, truck.driver], truck.packed)
        for truck in race.trucks
        if (truck.number, truck.driver) in drivers
    ]
    held = {truck[0] for truck in trucks}
    stops = None if race.stops is None else [stop for stop in race.stops if stop.number in held]
    await save_laps(connection, number, trucks, stops)
    return True
