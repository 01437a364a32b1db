"""Which races had results at a moment, over all seasons, told from a few columns of every race."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import aiosqlite

from db.models import Race, RaceStatus, Season, Track
from db.namesakes import tell_tracks_apart
from db.people_and_places import load_tracks
from db.results_state import STANDING, HeldResults, ResultsState, judged
from db.timestamps import day_from_text, from_text

Connection: TypeAlias = aiosqlite.Connection
"""What the queries read from, by a name that needs no import of the library."""

RACES = """
SELECT r.id, r.season, r.round, r.name, r.track_id, r.date, r.start_at, r.status, r.results_at, r.results_state,
       o.pole_id IS NOT NULL AS has_pole, count(x.finish) AS held, max(x.finish) AS last
  FROM races r
  LEFT JOIN outcomes o ON o.race_id = r.id
  LEFT JOIN results x ON x.race_id = r.id
 WHERE r.dropped_at IS NULL AND r.season IN (SELECT year FROM seasons WHERE arriving = 0) GROUP BY r.id
"""
WAITING = """
SELECT e.race_id, count(*) AS entries
  FROM entries e
 WHERE coalesce(e.note, '') = ''
   AND NOT EXISTS (SELECT 1 FROM results x WHERE x.entry_id = e.id)
   AND NOT EXISTS (SELECT 1 FROM entries o JOIN results y ON y.entry_id = o.id
                    WHERE o.race_id = e.race_id AND (o.number = e.number OR o.driver_id = e.driver_id))
 GROUP BY e.race_id
"""


@dataclass(frozen=True, slots=True)
class KnownRaces:
    """The races of all seasons as they were known at a moment.

    Attributes:
        run: those with results that stand, by the store's id, in the order in which they were run.
        over: the seasons all of whose races were over.
        since: the first of the seasons that are on record without a gap up to the latest race, a gap being a race that
            was over and has no results; None without results.
        poles_since: the first season in which the pole of a race is on record.
        with_pole: the ids of all races whose pole is on record, later ones included.
        finales: the ids of the races that ended a season, of those with results that stand.
    """

    run: dict[int, Race]
    over: frozenset[int]
    since: int | None
    poles_since: int | None
    with_pole: frozenset[int]
    finales: frozenset[int] = frozenset()


async def load_known_races(
    connection: aiosqlite.Connection, now: datetime, held_back: AbstractSet[tuple[int, int]] = frozenset()
) -> KnownRaces:
    """The races as they were known at a moment, just as ``Season.as_of`` knows them.

    Of those ``held_back``, by year and round, nothing is known: they count as ahead.
    """
    return _known(await _races(connection), now, held_back)


def known_races(
    seasons: Iterable[Season], now: datetime, held_back: AbstractSet[tuple[int, int]] = frozenset()
) -> KnownRaces:
    """The same from whole seasons that are loaded; the store need not be asked, nor results be read."""
    return _known(
        [
            (race, season.has_results(race.round), race.outcome is not None and race.outcome.pole is not None)
            for season in seasons
            for race in season.races
        ],
        now,
        held_back,
    )


def _known(
    races: Iterable[tuple[Race, bool, bool]], now: datetime, held_back: AbstractSet[tuple[int, int]]
) -> KnownRaces:
    """From races, each with whether its results stand, and whether its pole is on record."""
    with_pole: set[int] = set()
    years: set[int] = set()
    over: list[tuple[Race, bool]] = []
    ahead: set[int] = set()
    last: dict[int, Race] = {}
    for race, stands, has_pole in races:
        years.add(race.season)
        if race.status is not RaceStatus.CANCELLED and (
            race.season not in last or race.day_run > last[race.season].day_run
        ):
            last[race.season] = race
        if race.over_at <= now and (race.season, race.round) not in held_back:
            over.append((race, stands))
        else:
            ahead.add(race.season)
        if has_pole:
            with_pole.add(race.id)
    run = sorted((race for race, stands in over if stands), key=lambda race: race.day_run)
    standing = {race.id for race in run}
    # What is still to come in after the latest race is no gap: the answer says through which race it goes.
    missing = [race for race, stands in over if not stands and race.status is not RaceStatus.CANCELLED]
    gaps = {race.season for race in missing if run and race.day_run < run[-1].day_run}
    return KnownRaces(
        run={race.id: race for race in run},
        over=frozenset(years - ahead),
        since=_since({race.season for race in run}, gaps),
        poles_since=min((race.season for race in run if race.id in with_pole), default=None),
        with_pole=frozenset(with_pole),
        finales=frozenset(last[year].id for year in years - ahead if year in last and last[year].id in standing),
    )


async def _races(connection: aiosqlite.Connection) -> list[tuple[Race, bool, bool]]:
    """Every race, whether its results stand, and whether its pole is on record."""
    tracks = tell_tracks_apart(await load_tracks(connection))
    waiting = {row["race_id"]: row["entries"] for row in await connection.execute_fetchall(WAITING)}
    rows = list(await connection.execute_fetchall(RACES))
    held: dict[int, dict[int, HeldResults]] = defaultdict(dict)
    for row in rows:
        # To judge them it counts how many places there are and whether one is missing, not which.
        places = (*range(1, row["held"]), row["last"]) if row["held"] else ()
        stated = ResultsState(row["results_state"]) if row["results_state"] else None
        held[row["season"]][row["round"]] = HeldResults(stated, places, waiting.get(row["id"], 0))
    states = {year: judged(each) for year, each in held.items()}
    found = []
    for row in rows:
        stands = states[row["season"]][row["round"]] in STANDING
        found.append((_race(row, tracks[row["track_id"]], stands=stands), stands, bool(row["has_pole"])))
    return found


def _race(row: sqlite3.Row, track: Track, *, stands: bool) -> Race:
    day = day_from_text(row["date"])
    assert day is not None
    return Race(
        season=row["season"],
        round=row["round"],
        name=row["name"],
        track=track,
        date=day,
        start=from_text(row["start_at"]),
        status=RaceStatus(row["status"]),
        # Results that do not stand have no moment, as in a season.
        results_at=from_text(row["results_at"]) if stands else None,
        id=row["id"],
    )


def _since(years: set[int], gaps: set[int]) -> int | None:
    """The first of the years that follow each other up to the last one, none of them with a gap."""
    whole = years - gaps
    first = max(years, default=None)
    while first is not None and first - 1 in whole and first in whole:
        first -= 1
    return first
