"""A driver's career from the store: one query finds every start, whatever the season."""

from __future__ import annotations

import aiosqlite

from db.history.known_races import KnownRaces
from db.history.models import Career, Start

STARTS = """
SELECT e.race_id, e.number, x.finish, x.start, x.laps, x.led
  FROM entries e
  JOIN drivers d ON d.id = e.driver_id
  JOIN results x ON x.entry_id = e.id
 WHERE d.key = :driver
"""
POLES = "SELECT o.race_id FROM outcomes o JOIN drivers d ON d.id = o.pole_id WHERE d.key = :driver"
CHAMPIONSHIPS = "SELECT s.year FROM seasons s JOIN drivers d ON d.id = s.champion_id WHERE d.key = :driver"


async def load_career(connection: aiosqlite.Connection, driver: str, known: KnownRaces) -> Career:
    """The career of a driver, by key; without starts and titles where nobody has the key.

    Args:
        connection: inside the transaction in which ``known`` was loaded, or at the same version of the facts.
        driver: the driver's key.
        known: the races as they were known at the moment that is asked for.
    """
    asked = {"driver": driver}
    starts = [
        Start(known.run[row["race_id"]], row["number"], row["finish"], row["start"], row["laps"], row["led"])
        for row in await connection.execute_fetchall(STARTS, asked)
        if row["race_id"] in known.run
    ]
    poles = sum(row["race_id"] in known.run for row in await connection.execute_fetchall(POLES, asked))
    titles = [row["year"] for row in await connection.execute_fetchall(CHAMPIONSHIPS, asked)]
    poles_known = sum(each.race.id in known.with_pole for each in starts)
    return Career(
        driver=driver,
        starts=tuple(sorted(starts, key=lambda each: each.race.day_run)),
        poles=poles if poles_known else None,
        poles_known=poles_known,
        poles_since=known.poles_since,
        championships=tuple(sorted(year for year in titles if year in known.over)),
        since=known.since,
    )
