"""Every win of the series and every champion, from the store in two queries."""

from __future__ import annotations

from collections import Counter

import aiosqlite

from db.history.known_races import KnownRaces
from db.history.models import Win, Wins

WINS = """
SELECT x.race_id, d.key AS driver, o.margin
  FROM races r
  JOIN results x ON x.race_id = r.id AND x.finish = 1
  JOIN entries e ON e.id = x.entry_id
  JOIN drivers d ON d.id = e.driver_id
  LEFT JOIN outcomes o ON o.race_id = r.id
"""
CHAMPIONS = "SELECT s.year, d.key AS driver FROM seasons s JOIN drivers d ON d.id = s.champion_id"


async def load_wins(connection: aiosqlite.Connection, known: KnownRaces) -> Wins:
    """The wins and champions as they were known at a moment.

    Args:
        connection: inside the transaction in which ``known`` was loaded, or at the same version of the facts.
        known: the races as they were known then.
    """
    rows = {row["race_id"]: row for row in await connection.execute_fetchall(WINS)}
    champions = {row["year"]: row["driver"] for row in await connection.execute_fetchall(CHAMPIONS)}
    won: Counter[str] = Counter()
    wins = []
    for number, race in known.run.items():
        row = rows.get(number)
        if row is None:
            # Results may stand though nobody is in first place.
            continue
        won[row["driver"]] += 1
        ended = number in known.finales
        wins.append(
            Win(race, row["driver"], won[row["driver"]], row["margin"], champions.get(race.season) if ended else None)
        )
    return Wins(tuple(wins), known.since)
