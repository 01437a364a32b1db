"""The rows that records are made of, of all seasons.

Everything is counted of the races of a list alone, in the order in which they were run, so that a moment, a track and a
season are one thing to it: which races are on the list. Wins are read for the list; who finished where and who led are
read once of all races, which is what totals and streaks of any list are counted from.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain, zip_longest
from typing import TypeAlias

import aiosqlite

from db.history.known_races import KnownRaces
from db.history.record_models import LedAndLost, Scope, Streak, Total, Win
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
FINISHERS = """
SELECT x.race_id, count(*) AS held, max(x.finish) AS last, group_concat(e.driver_id) AS drivers
  FROM results x CROSS JOIN entries e ON e.id = x.entry_id
 GROUP BY x.race_id
"""
"""Whoever finished, in the order of the index of races and places, which this walks through; it is a row a race."""
PLACES = """
SELECT x.finish, CAST(e.driver_id AS TEXT)
  FROM results x JOIN entries e ON e.id = x.entry_id WHERE x.race_id = ? ORDER BY x.finish
"""
KEYS = "SELECT CAST(id AS TEXT), key FROM drivers"
LED = """
SELECT x.race_id, x.finish, CAST(e.driver_id AS TEXT), x.led
  FROM results x JOIN entries e ON e.id = x.entry_id WHERE x.led > 0 ORDER BY x.race_id, x.finish
"""
Finishers: TypeAlias = Mapping[int, tuple[str, ...]]
"""By a race's id, the keys of all who finished, the winner first; empty for a place that nobody holds."""
Led: TypeAlias = Mapping[int, Sequence[tuple[int, str, int]]]
"""By a race's id, the place, the driver's key and the laps of each who led any."""

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
    rows = await connection.execute_fetchall(WINS, {"races": as_list(races), "unknown": BORN_UNKNOWN})
    # By place, since there are hundreds: by name it takes twice as long.
    return tuple(
        Win(races[place], driver, number, make, team, start, led, margin, day_from_text(born))
        for place, driver, born, number, make, team, start, led, margin in rows
    )


async def load_finishers(connection: aiosqlite.Connection) -> Finishers:
    """Who finished where in every race in the store.

    A row a start would take longer to hand over than all that is counted from it.
    """
    keys = await _keys(connection)
    found = {}
    for row in await connection.execute_fetchall(FINISHERS):
        drivers = [*map(keys.__getitem__, row["drivers"].split(","))]
        if row["held"] != row["last"]:
            # A place is missing.
            drivers = [""] * row["last"]
            for finish, number in await connection.execute_fetchall(PLACES, (row["race_id"],)):
                drivers[finish - 1] = keys[number]
        found[row["race_id"]] = tuple(drivers)
    return found


async def load_led(connection: aiosqlite.Connection) -> Led:
    """Who led laps in every race in the store."""
    keys = await _keys(connection)
    found: dict[int, list[tuple[int, str, int]]] = defaultdict(list)
    for race, finish, number, led in await connection.execute_fetchall(LED):
        found[race].append((finish, keys[number], led))
    return found


async def _keys(connection: aiosqlite.Connection) -> dict[str, str]:
    return {row[0]: row[1] for row in await connection.execute_fetchall(KEYS)}


def most_starts_without_a_win(races: Sequence[Race], finishers: Finishers) -> frozenset[str]:
    """Who started most of the races of all who won none."""
    starts = Counter(chain.from_iterable(finishers[race.id] for race in races))
    for winner in ("", *(finishers[race.id][0] for race in races)):
        starts.pop(winner, None)
    most = max(starts.values(), default=0)
    return frozenset(driver for driver, number in starts.items() if number == most)


def totals_of(
    races: Sequence[Race], finishers: Finishers, led: Led | None = None, of: Collection[str] | None = None
) -> tuple[Total, ...]:
    """What the starts of every driver who started any of the races add up to, by key; of some drivers if ``of`` is."""
    fields = [finishers[race.id] for race in races]
    if of is not None:
        fields = [tuple(driver if driver in of else "" for driver in field) for field in fields]
    first: dict[str, Race] = {}
    last: dict[str, Race] = {}
    for race, field in zip(races, fields, strict=True):
        last |= dict.fromkeys(field, race)
    for race, field in zip(reversed(races), reversed(fields), strict=True):
        first |= dict.fromkeys(field, race)
    starts, places = Counter(chain.from_iterable(fields)), Counter[str]()
    best: dict[str, int] = {}
    for place, column in enumerate(zip_longest(*fields, fillvalue=""), 1):
        for driver, number in Counter(column).items():
            places[driver] += place * number
            best.setdefault(driver, place)
    wins, top_fives, top_tens = (Counter(chain.from_iterable(field[:most] for field in fields)) for most in (1, 5, 10))
    laps = Counter[str]()
    for race in races if led is not None else ():
        for _, driver, number in (led or {}).get(race.id, ()):
            laps[driver] += number
    return tuple(
        Total(
            driver=driver,
            starts=starts[driver],
            wins=wins[driver],
            top_fives=top_fives[driver],
            top_tens=top_tens[driver],
            led=laps[driver] if led is not None else None,
            best_finish=best[driver],
            average_finish=places[driver] / starts[driver],
            first=first[driver],
            last=last[driver],
        )
        for driver in sorted(starts)
        if driver
    )


def finish_streaks(races: Sequence[Race], finishers: Finishers, most: int) -> tuple[Streak, ...]:
    """Every streak of two starts or more that ended in place ``most`` or better, each as long as it was."""
    return _streaks(races, ((field[:most], field[most:]) for field in (finishers[race.id] for race in races)))


def led_streaks(races: Sequence[Race], finishers: Finishers, led: Led) -> tuple[Streak, ...]:
    """Every streak of two starts or more in each of which a lap was led, each as long as it was."""
    leaders = ({driver for _, driver, _ in led.get(race.id, ())} for race in races)
    return _streaks(
        races,
        (
            (tuple(there), tuple(driver for driver in finishers[race.id] if driver not in there))
            for race, there in zip(races, leaders, strict=True)
        ),
    )


def _streaks(races: Sequence[Race], parted: Iterable[tuple[Sequence[str], Sequence[str]]]) -> tuple[Streak, ...]:
    """From those who add to a streak in each race, and those who started without; earliest streak first."""
    found: list[tuple[int, str, int, int]] = []
    going: dict[str, list[int]] = {}
    for place, (hits, misses) in enumerate(parted):
        for driver in going.keys() & misses:
            length, first, last = going.pop(driver)
            if length > 1:
                found.append((first, driver, length, last))
        for driver in hits:
            streak = going.get(driver)
            if streak is None:
                going[driver] = [1, place, place]
            else:
                streak[0] += 1
                streak[2] = place
    found += [(first, driver, length, last) for driver, (length, first, last) in going.items() if length > 1]
    return tuple(
        Streak(driver, length, races[first], races[last]) for first, driver, length, last in sorted(found) if driver
    )


def led_and_lost(races: Sequence[Race], led: Led) -> tuple[LedAndLost, ...]:
    """Whoever led a lap of a race and did not win it, in the order of the races."""
    return tuple(
        LedAndLost(race, driver, laps) for race in races for finish, driver, laps in led.get(race.id, ()) if finish > 1
    )
