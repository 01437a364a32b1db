"""Inspects a store without changing it: is the file sound, what does it hold, and how fresh is it?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from db.connection import Store
from db.file_faults import damage
from db.migrate import schema_version
from db.timestamps import from_text

SEASONS = """
SELECT s.year, count(r.id) AS races,
       (SELECT count(DISTINCT x.race_id) FROM results x JOIN races y ON y.id = x.race_id
         WHERE y.season = s.year AND y.dropped_at IS NULL) AS run,
       (SELECT max(y.round) FROM results x JOIN races y ON y.id = x.race_id
         WHERE y.season = s.year AND y.dropped_at IS NULL) AS last_round,
       s.refreshed_at
  FROM seasons s LEFT JOIN races r ON r.season = s.year AND r.dropped_at IS NULL
 GROUP BY s.year ORDER BY s.year
"""
WORDS = """
SELECT (SELECT count(*) FROM quotes WHERE guild_id IS NULL) AS quotes,
       (SELECT count(*) FROM quotes WHERE guild_id IS NOT NULL) AS server_quotes,
       (SELECT count(*) FROM recaps) AS sections
"""


@dataclass(frozen=True, slots=True)
class StoredSeason:
    """A season in figures.

    ``races`` counts the races on the schedule, ``run`` those with results; ``last_round`` is the last round with
    results, and ``refreshed`` the moment up to which the season's facts are known.
    """

    year: int
    races: int
    run: int
    last_round: int | None
    refreshed: datetime | None


@dataclass(frozen=True, slots=True)
class Inspection:
    """What an inspection found; a sound store has no ``problems``.

    ``quotes`` counts the operator's quotes, ``server_quotes`` those of all servers, and ``sections`` the sections of
    recaps that editors wrote.
    """

    schema: int
    seasons: tuple[StoredSeason, ...]
    drivers: int
    quotes: int
    server_quotes: int
    sections: int
    problems: tuple[str, ...]


async def must_be_sound(store: Store) -> None:
    """Reads the whole file once, about a second for 100 MB, and looks for damage; not whether indexes are complete.

    Raises:
        StoreError: it is damaged.
    """
    async with store.reserved() as connection:
        found = [str(row[0]) for row in await connection.execute_fetchall("PRAGMA quick_check(1)")]
    if found != ["ok"]:
        raise store.faults.met(*damage(found[0]))


async def inspect(store: Store) -> Inspection:
    """Runs SQLite's integrity and foreign-key checks and counts what is stored.

    Raises:
        StoreError: the file is damaged beyond reading.
    """
    problems = [f"damaged: {row[0]}" for row in await store.fetch("PRAGMA integrity_check") if row[0] != "ok"]
    problems += [
        f"a row of {row['table']} points at a row of {row['parent']} that is not there"
        for row in await store.fetch("PRAGMA foreign_key_check")
    ]
    seasons = tuple(
        StoredSeason(row["year"], row["races"], row["run"], row["last_round"], from_text(row["refreshed_at"]))
        for row in await store.fetch(SEASONS)
    )
    drivers = int((await store.fetch("SELECT count(*) FROM drivers"))[0][0])
    words = (await store.fetch(WORDS))[0]
    return Inspection(
        schema=schema_version(),
        seasons=seasons,
        drivers=drivers,
        quotes=words["quotes"],
        server_quotes=words["server_quotes"],
        sections=words["sections"],
        problems=tuple(problems),
    )
