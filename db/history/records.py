"""The rows that records are made of, of all seasons, added up by the store.

Every query counts the races of a list alone, in the order in which they were run, so that a moment, a track and a
season are one thing to it: which races are on the list.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import aiosqlite

from db.history.known_races import KnownRaces
from db.history.record_models import LedAndLost, Scope, Streak, Streaks, Total, Win
from db.models import Race
from db.timestamps import day_from_text

WINS = """
SELECT l.key AS place, d.key AS driver, nullif(d.born, :unknown) AS born, e.number, e.make, t.name AS team, x.start,
       x.led, CASE WHEN NOT o.under_caution THEN o.margin END AS margin
  FROM json_each(:races) l
  JOIN results x ON x.race_id = l.value AND x.finish = 1
  JOIN entries e ON e.id = x.entry_id
  JOIN drivers d ON d.id = e.driver_id
  LEFT JOIN teams t ON t.id = e.team_id
  LEFT JOIN outcomes o ON o.race_id = l.value
 ORDER BY l.key
"""
TOTALS = """
SELECT d.key AS driver, count(*) AS starts, sum(x.finish = 1) AS wins, sum(x.finish <= 5) AS top_fives,
       sum(x.finish <= 10) AS top_tens, sum(x.led) AS led, min(x.finish) AS best, avg(x.finish) AS average,
       min(l.key) AS first, max(l.key) AS last
  FROM json_each(:races) l
  JOIN results x ON x.race_id = l.value
  JOIN entries e ON e.id = x.entry_id
  JOIN drivers d ON d.id = e.driver_id
 GROUP BY e.driver_id ORDER BY d.key
"""
STREAKS = """
WITH starts AS (
    SELECT e.driver_id, l.key AS place, {hit} AS hit, row_number() OVER (PARTITION BY e.driver_id ORDER BY l.key) AS nth
      FROM json_each(:races) l
      JOIN results x ON x.race_id = l.value
      JOIN entries e ON e.id = x.entry_id
), islands AS (
    SELECT driver_id, place, nth - row_number() OVER (PARTITION BY driver_id ORDER BY place) AS island
      FROM starts WHERE hit
)
SELECT d.key AS driver, count(*) AS length, min(i.place) AS first, max(i.place) AS last
  FROM islands i JOIN drivers d ON d.id = i.driver_id
 GROUP BY i.driver_id, i.island HAVING count(*) > 1 ORDER BY first, driver
"""
LED_AND_LOST = """
SELECT l.key AS place, d.key AS driver, x.led
  FROM json_each(:races) l
  JOIN results x ON x.race_id = l.value AND x.finish > 1 AND x.led > 0
  JOIN entries e ON e.id = x.entry_id
  JOIN drivers d ON d.id = e.driver_id
 ORDER BY l.key, x.finish
"""
BORN_UNKNOWN = "1970-01-01"
"""What NASCAR's files hold for a birth date that is not known."""


def races_of(known: KnownRaces, scope: Scope) -> tuple[Race, ...]:
    """The races that were run by then and count, in the order in which they were run."""
    return tuple(race for race in known.run.values() if scope.holds(race))


def as_list(races: Sequence[Race]) -> str:
    """The list of races that a query takes, in their order."""
    return json.dumps([race.id for race in races])


async def load_wins(connection: aiosqlite.Connection, races: Sequence[Race]) -> tuple[Win, ...]:
    """Every win, in the order of the races."""
    return tuple(
        Win(
            race=races[row["place"]],
            driver=row["driver"],
            number=row["number"],
            make=row["make"],
            team=row["team"],
            start=row["start"],
            led=row["led"],
            margin=row["margin"],
            born=day_from_text(row["born"]),
        )
        for row in await connection.execute_fetchall(WINS, {"races": as_list(races), "unknown": BORN_UNKNOWN})
    )


async def load_totals(connection: aiosqlite.Connection, races: Sequence[Race]) -> tuple[Total, ...]:
    """What the starts of every driver who started any of the races add up to, by key."""
    return tuple(
        Total(
            driver=row["driver"],
            starts=row["starts"],
            wins=row["wins"],
            top_fives=row["top_fives"],
            top_tens=row["top_tens"],
            led=row["led"],
            best_finish=row["best"],
            average_finish=row["average"],
            first=races[row["first"]],
            last=races[row["last"]],
        )
        for row in await connection.execute_fetchall(TOTALS, {"races": as_list(races)})
    )


async def load_streaks(connection: aiosqlite.Connection, races: Sequence[Race], of: Streaks) -> tuple[Streak, ...]:
    """Every streak of two starts or more, earliest first; each is as long as it was."""
    rows = await connection.execute_fetchall(STREAKS.format(hit=of.value), {"races": as_list(races)})
    return tuple(Streak(row["driver"], row["length"], races[row["first"]], races[row["last"]]) for row in rows)


async def load_led_and_lost(connection: aiosqlite.Connection, races: Sequence[Race]) -> tuple[LedAndLost, ...]:
    """Whoever led a lap of a race and did not win it, in the order of the races."""
    rows = await connection.execute_fetchall(LED_AND_LOST, {"races": as_list(races)})
    return tuple(LedAndLost(races[row["place"]], row["driver"], row["led"]) for row in rows)
