"""A driver's career from the store: one query finds every entry of theirs, whatever the season."""

from __future__ import annotations

import aiosqlite

from db.history.known_races import KnownRaces
from db.history.models import Career, Start

ENTRIES = """
SELECT e.race_id, r.season, e.number, x.finish, x.start, x.laps, x.led
  FROM entries e
  JOIN drivers d ON d.id = e.driver_id
  JOIN races r ON r.id = e.race_id
  LEFT JOIN results x ON x.entry_id = e.id
 WHERE d.key = :driver AND r.dropped_at IS NULL
"""
POLES = "SELECT o.race_id FROM outcomes o JOIN drivers d ON d.id = o.pole_id WHERE d.key = :driver"
CHAMPIONSHIPS = "SELECT s.year FROM seasons s JOIN drivers d ON d.id = s.champion_id WHERE d.key = :driver"


async def load_career(connection: aiosqlite.Connection, driver: str, known: KnownRaces) -> Career:
    """The career of a driver, by key; without starts, entries and titles where nobody has the key.

    Args:
        connection: inside the transaction in which ``known`` was loaded, or at the same version of the facts.
        driver: the driver's key.
        known: the races as they were known at the moment that is asked for.
    """
    asked = {"driver": driver}
    rows = [row for row in await connection.execute_fetchall(ENTRIES, asked) if row["race_id"] in known.run]
    starts = [
        Start(known.run[row["race_id"]], row["number"], row["finish"], row["start"], row["laps"], row["led"])
        for row in rows
        if row["finish"] is not None
    ]
    poles = sum(row["race_id"] in known.run for row in await connection.execute_fetchall(POLES, asked))
    titles = [row["year"] for row in await connection.execute_fetchall(CHAMPIONSHIPS, asked)]
    last = max((each.race.season for each in starts), default=None)
    return Career(
        driver=driver,
        entered=tuple(sorted({row["season"] for row in rows})),
        starts=tuple(sorted(starts, key=lambda each: each.race.day_run)),
        poles=None if last is None or known.poles_since is None or known.poles_since > last else poles,
        poles_since=known.poles_since,
        championships=tuple(sorted(year for year in titles if year in known.over)),
        since=known.since,
    )
