"""Takes in the laps that come with the program while the bot answers: race by race, each in a few milliseconds."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime

from db.connection import Store
from db.laps.bundled import bundled_lap_years, laps_digest, race_lines, read_race
from db.laps.keeping import put_laps
from db.timestamps import to_text

log = logging.getLogger(__name__)

TAKEN = "SELECT season, digest FROM bundled_laps"
NOTE_TAKEN = """
INSERT INTO bundled_laps (season, digest, taken_at) VALUES (?, ?, ?)
ON CONFLICT (season) DO UPDATE SET digest = excluded.digest, taken_at = excluded.taken_at
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
                missing += not await put_laps(connection, race)
        if missing:
            log.info("laps of %d races of %d have no race here yet", missing, year)
            continue
        async with store.write() as connection:
            await connection.execute(NOTE_TAKEN, (year, laps_digest(year), to_text(now)))
        whole.append(year)
        log.info("took in the laps of %d races of %d", len(lines), year)
    return whole
