"""Queries for seasons, races, results, drivers and tracks, returned as models."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

import aiosqlite

from db.fetching import all_rows, grouped
from db.models import (
    Adjustment,
    Broadcast,
    BroadcastKind,
    CautionPeriod,
    Driver,
    FastestLap,
    Freshness,
    Lead,
    Outcome,
    Race,
    RaceStatus,
    Season,
    Seat,
    Session,
    SessionKind,
    Track,
)
from db.results_state import ResultsState
from db.season_rows import RESULTS, ReadNow, RowsOnDemand, SeasonRows
from db.timestamps import day_from_text, from_text

VERSION = "SELECT version FROM facts"
STORED_SEASONS = """
SELECT year, version, refreshed_at, source, retrieved_at FROM seasons WHERE arriving = 0 ORDER BY year
"""
SEASON = "SELECT champion_id, refreshed_at, source, retrieved_at FROM seasons WHERE year = ?"
ROOKIES = "SELECT driver_id FROM rookies WHERE season = ? ORDER BY ordinal"
FIELD = "SELECT driver_id, how, note FROM playoff_fields WHERE season = ? ORDER BY seed"
_RACES = """
SELECT r.*, o.race_id IS NOT NULL AS has_outcome, o.laps, o.pole_id, o.pole_mph, o.fastest_lap_id,
       o.fastest_lap_seconds, o.fastest_lap_mph, o.rookie_id, o.cautions, o.caution_laps, o.lead_changes,
       o.margin, o.under_caution, o.average_mph, o.seconds
  FROM races r LEFT JOIN outcomes o ON o.race_id = r.id
 WHERE r.season = ? AND r.dropped_at IS {dropped} NULL ORDER BY r.round
"""
RACES, DROPPED_RACES = _RACES.format(dropped=""), _RACES.format(dropped="NOT")
OF_SEASON = (
    "SELECT t.* FROM {table} t JOIN races r ON r.id = t.race_id WHERE r.season = ? ORDER BY t.race_id, t.{order}"
)
RACE_ALIASES = OF_SEASON.format(table="race_aliases", order="ordinal")
STAGES = OF_SEASON.format(table="stages", order="stage")
SESSIONS = OF_SEASON.format(table="sessions", order="ordinal")
BROADCASTS = OF_SEASON.format(table="broadcasts", order="ordinal")
STAGE_WINNERS = OF_SEASON.format(table="stage_winners", order="stage")
LEADS = OF_SEASON.format(table="leads", order="ordinal")
CAUTIONS = OF_SEASON.format(table="caution_periods", order="ordinal")
SOURCES = OF_SEASON.format(table="race_sources", order="ordinal")
ADJUSTMENTS = """
SELECT r.round, a.driver_id, a.points, a.playoff_points, a.reason, a.source
  FROM adjustments a JOIN races r ON r.id = a.race_id WHERE r.season = ? AND r.dropped_at IS NULL ORDER BY r.round, a.id
"""
STARTS = """
SELECT e.driver_id, count(x.entry_id) AS starts
  FROM races r JOIN entries e ON e.race_id = r.id LEFT JOIN results x ON x.entry_id = e.id
 WHERE r.season = ? AND r.dropped_at IS NULL GROUP BY e.driver_id
"""
"""Whom a season's results and entries name."""


async def load_version(connection: aiosqlite.Connection) -> int:
    """A number that grows with every import that changed a fact of racing; facts change in no other way."""
    return int((await all_rows(connection, VERSION))[0][0])


async def load_stored_seasons(connection: aiosqlite.Connection) -> dict[int, tuple[int, Freshness]]:
    """The version and the freshness of every stored season by year, oldest first.

    A season's version is the value of ``load_version`` at the last change of one of its facts.
    """
    return {row["year"]: (row["version"], _freshness(row)) for row in await all_rows(connection, STORED_SEASONS)}


def _freshness(row: sqlite3.Row) -> Freshness:
    return Freshness(from_text(row["refreshed_at"]), row["source"], from_text(row["retrieved_at"]))


def _outcome(
    row: sqlite3.Row, parts: Mapping[str, list[sqlite3.Row]], keys: Mapping[int | None, str]
) -> Outcome | None:
    if not row["has_outcome"]:
        return None
    fastest = None
    if row["fastest_lap_id"] is not None:
        fastest = FastestLap(keys[row["fastest_lap_id"]], row["fastest_lap_seconds"], row["fastest_lap_mph"])
    return Outcome(
        laps=row["laps"],
        pole=_named(keys, row["pole_id"]),
        pole_mph=row["pole_mph"],
        stage_winners=tuple(_named(keys, w["driver_id"]) for w in parts["winners"]),
        fastest_lap=fastest,
        rookie_of_the_race=_named(keys, row["rookie_id"]),
        cautions=row["cautions"],
        caution_laps=row["caution_laps"],
        lead_changes=row["lead_changes"],
        margin=row["margin"],
        under_caution=bool(row["under_caution"]),
        average_mph=row["average_mph"],
        seconds=row["seconds"],
        leads=tuple(Lead(keys[lead["driver_id"]], lead["from_lap"], lead["to_lap"]) for lead in parts["leads"]),
        caution_periods=tuple(
            CautionPeriod(c["from_lap"], c["to_lap"], c["reason"], c["free_pass"]) for c in parts["cautions"]
        ),
    )


async def _load_races(
    connection: aiosqlite.Connection,
    year: int,
    keys: Mapping[int | None, str],
    tracks: Mapping[int, Track],
    races: str = RACES,
) -> tuple[Race, ...]:
    parts = {
        name: grouped(await all_rows(connection, sql, year), "race_id")
        for name, sql in {
            "aliases": RACE_ALIASES,
            "stages": STAGES,
            "sessions": SESSIONS,
            "broadcasts": BROADCASTS,
            "winners": STAGE_WINNERS,
            "leads": LEADS,
            "cautions": CAUTIONS,
            "sources": SOURCES,
        }.items()
    }

    def race(row: sqlite3.Row) -> Race:
        mine = {name: groups[row["id"]] for name, groups in parts.items()}
        day = day_from_text(row["date"])
        assert day is not None
        return Race(
            season=row["season"],
            round=row["round"],
            name=row["name"],
            track=tracks[row["track_id"]],
            date=day,
            start=from_text(row["start_at"]),
            green_flag=from_text(row["green_flag_at"]),
            nascar_id=row["nascar_id"],
            aliases=tuple(a["alias"] for a in mine["aliases"]),
            scheduled_laps=row["scheduled_laps"],
            stage_laps=tuple(s["laps"] for s in mine["stages"]),
            phase=row["phase"],
            status=RaceStatus(row["status"]),
            sessions=tuple(_session(s) for s in mine["sessions"]),
            broadcasts=tuple(_broadcast(b) for b in mine["broadcasts"]),
            outcome=_outcome(row, mine, keys),
            results_at=from_text(row["results_at"]),
            results_stated=ResultsState(row["results_state"]) if row["results_state"] else None,
            sources=tuple((s["fact"], s["source"]) for s in mine["sources"]),
            id=row["id"],
        )

    return tuple(race(row) for row in await all_rows(connection, races, year))


async def load_dropped_races(
    connection: aiosqlite.Connection, year: int, drivers: Mapping[int, Driver], tracks: Mapping[int, Track]
) -> tuple[Race, ...]:
    """The races that are not on a season's schedule any more; their rounds mean nothing. As for ``load_season``."""
    keys: dict[int | None, str] = {number: driver.key for number, driver in drivers.items()}
    return await _load_races(connection, year, keys, tracks, DROPPED_RACES)


def _session(row: sqlite3.Row) -> Session:
    start = from_text(row["start_at"])
    assert start is not None
    return Session(SessionKind(row["kind"]), start)


def _broadcast(row: sqlite3.Row) -> Broadcast:
    return Broadcast(
        kind=BroadcastKind(row["kind"]),
        network=row["network"],
        coverage=from_text(row["coverage_at"]),
        approximate=bool(row["approximate"]),
        source=row["source"],
    )


def _named(keys: Mapping[int | None, str], number: int | None) -> str | None:
    """The key of a driver where a row names one."""
    return None if number is None else keys[number]


class _KeysInUse(dict[int | None, str]):
    """Keys of drivers by row id, which remembers those that were asked for."""

    def __init__(self, keys: Mapping[int | None, str]) -> None:
        super().__init__(keys)
        self.used: set[str] = set()

    def __getitem__(self, number: int | None) -> str:
        key = super().__getitem__(number)
        self.used.add(key)
        return key


class _SeasonDrivers(Mapping[str, Driver]):
    """All drivers by key: those whom a season shows as they were when it was loaded, the others as they are now.

    A season is a snapshot, so a rename must not reach into one from which an answer is being made; a driver who is new,
    or whom the season does not show, must not cost it its identity and everything that was computed from it.
    """

    def __init__(self, shown: Mapping[str, Driver], everybody: Mapping[str, Driver]) -> None:
        self._shown = shown
        self._everybody = everybody

    def __getitem__(self, key: str) -> Driver:
        driver = self._shown.get(key)
        return self._everybody[key] if driver is None else driver

    def __iter__(self) -> Iterator[str]:
        return iter(self._everybody)

    def __len__(self) -> int:
        return len(self._everybody)


async def load_season(
    connection: aiosqlite.Connection,
    year: int,
    drivers: Mapping[int, Driver],
    tracks: Mapping[int, Track],
    by_key: Mapping[str, Driver] | None = None,
    read_later: ReadNow | None = None,
) -> Season | None:
    """A whole season; None if it is not stored.

    Args:
        connection: inside a transaction, so that all parts of the season agree.
        year: the season's.
        drivers: all drivers by row id, as ``load_drivers`` returns them.
        tracks: all tracks by row id, as ``load_tracks`` returns them.
        by_key: what is to become ``Season.drivers``, if it is shared with other seasons.
        read_later: reads results and entries once they are asked for; without it they are read now. They are as they
            are then: whoever asks for a season anew gets a new one where something changed.
    """
    head = await all_rows(connection, SEASON, year)
    if not head:
        return None
    everybody = MappingProxyType({driver.key: driver for driver in drivers.values()})
    keys = _KeysInUse({number: driver.key for number, driver in drivers.items()})
    races = await _load_races(connection, year, keys, tracks)
    held: SeasonRows | RowsOnDemand
    later: RowsOnDemand | None = None
    if read_later is not None:
        starts = {keys[row["driver_id"]]: row["starts"] for row in await all_rows(connection, STARTS, year)}
        held = later = RowsOnDemand(read_later, year, races, starts)
    else:
        held = SeasonRows.of(await all_rows(connection, RESULTS, year), keys, races)
        # Results that do not stand have no moment either, though an older program may have stored one.
        races = tuple(race if race.round in held.results else replace(race, results_at=None) for race in races)
    return Season(
        year=year,
        races=races,
        results=held.results,
        partial=held.partial,
        absent=held.absent,
        later=later,
        rookies=tuple(keys[row["driver_id"]] for row in await all_rows(connection, ROOKIES, year)),
        playoff_field=tuple(
            Seat(keys[row["driver_id"]], row["how"], row["note"]) for row in await all_rows(connection, FIELD, year)
        ),
        adjustments=tuple(
            Adjustment(
                row["round"], keys[row["driver_id"]], row["points"], row["playoff_points"], row["reason"], row["source"]
            )
            for row in await all_rows(connection, ADJUSTMENTS, year)
        ),
        champion=_named(keys, head[0]["champion_id"]),
        freshness=_freshness(head[0]),
        # The last one: by now it is known whom the season shows.
        drivers=_SeasonDrivers({key: everybody[key] for key in keys.used}, everybody if by_key is None else by_key),
    )
