"""The SQL with which an import writes races, inside its own transaction."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime

import aiosqlite

from db.documents.file_format import RaceRow
from db.documents.import_sql import replace_children
from db.results_state import ResultsState
from db.timestamps import from_text, to_text

ADD_RACE = """
INSERT INTO races
    (season, round, nascar_id, name, track_id, date, start_at, green_flag_at, scheduled_laps, phase, status,
     results_state)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
"""
SET_RACE = """
UPDATE races SET season = ?, round = ?, nascar_id = ?, name = ?, track_id = ?, date = ?, start_at = ?,
    green_flag_at = ?, scheduled_laps = ?, phase = ?, status = ?, results_state = ?, dropped_at = NULL
 WHERE id = ?
"""
RACES_OF_OTHER_SEASONS = """
SELECT nascar_id, season, name FROM races
 WHERE season <> ? AND nascar_id IN (SELECT value FROM json_each(?))
"""
FORMER_TIMES = "SELECT race_id, moment FROM former_times JOIN races ON races.id = race_id WHERE season = ?"
ADD_OUTCOME = """
INSERT INTO outcomes (race_id, laps, pole_id, pole_mph, fastest_lap_id, fastest_lap_seconds, fastest_lap_mph, rookie_id,
    cautions, caution_laps, lead_changes, margin, under_caution, average_mph, seconds)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

DriverId = Callable[[str, str], int]
"""Resolves the name of a driver, found in a field of a document, to the driver's row id."""


async def race_ids(connection: aiosqlite.Connection, year: int) -> dict[int, int]:
    """Row ids of the races on a season's schedule by round."""
    rows = await connection.execute_fetchall(
        "SELECT round, id FROM races WHERE season = ? AND dropped_at IS NULL", (year,)
    )
    return {row[0]: row[1] for row in rows}


async def results_states(connection: aiosqlite.Connection, year: int) -> dict[int, ResultsState | None]:
    """The states that documents gave the results of the races on a season's schedule, by round."""
    rows = await connection.execute_fetchall(
        "SELECT round, results_state FROM races WHERE season = ? AND dropped_at IS NULL", (year,)
    )
    return {row[0]: ResultsState(row[1]) if row[1] else None for row in rows}


async def races_of_other_seasons(
    connection: aiosqlite.Connection, year: int, nascar_ids: Iterable[int]
) -> dict[int, str]:
    """What the races of other seasons with any of these ids of NASCAR's are called, by that id."""
    rows = await connection.execute_fetchall(RACES_OF_OTHER_SEASONS, (year, json.dumps(sorted(nascar_ids))))
    return {row["nascar_id"]: f"{row['name']} of {row['season']}" for row in rows}


async def former_times(connection: aiosqlite.Connection, year: int) -> dict[int, set[datetime]]:
    """By row id of a race, the moments that belonged to an earlier start of it."""
    found: dict[int, set[datetime]] = {}
    for row in await connection.execute_fetchall(FORMER_TIMES, (year,)):
        moment = from_text(row["moment"])
        assert moment is not None
        found.setdefault(row["race_id"], set()).add(moment)
    return found


async def note_former_times(connection: aiosqlite.Connection, race: int, moments: Iterable[datetime]) -> None:
    """Notes moments that belonged to an earlier start of a race."""
    rows = [(race, to_text(moment)) for moment in sorted(moments)]
    await connection.executemany("INSERT OR IGNORE INTO former_times (race_id, moment) VALUES (?, ?)", rows)


async def free_nascar_ids(connection: aiosqlite.Connection, races: Iterable[int]) -> None:
    """Clears the NASCAR ids of races that are about to be written, so that two races can swap theirs."""
    await connection.executemany("UPDATE races SET nascar_id = NULL WHERE id = ?", [(race,) for race in races])


async def drop_races(connection: aiosqlite.Connection, races: Iterable[int], now: datetime) -> None:
    """Takes races off the schedule; their rows stay, with all that belongs to them."""
    moment = to_text(now)
    await connection.executemany("UPDATE races SET dropped_at = ? WHERE id = ?", [(moment, race) for race in races])


async def set_rounds(connection: aiosqlite.Connection, rounds: Iterable[tuple[int, int]]) -> None:
    """Gives races their rounds, in this order; each is (row id, round), and the round must be free by then."""
    await connection.executemany("UPDATE races SET round = ? WHERE id = ?", [(number, race) for race, number in rounds])


async def save_race(
    connection: aiosqlite.Connection, year: int, number: int | None, race: RaceRow, *, track: int, driver: DriverId
) -> int:
    """Adds a race, or changes the one of that row id, with everything that belongs to it except results.

    Returns:
        its row id.
    """
    values = (
        year,
        race.round,
        race.nascar_id,
        race.name,
        track,
        race.date.isoformat(),
        to_text(race.start),
        to_text(race.green_flag),
        race.laps,
        race.phase,
        race.status.value,
        race.results_state.value if race.results_state else None,
    )
    if number is None:
        ((number,),) = await connection.execute_fetchall(ADD_RACE, values)
    else:
        await connection.execute(SET_RACE, (*values, number))
    for table, rows in (
        ("race_aliases", [(alias, i) for i, alias in enumerate(dict.fromkeys(race.aliases))]),
        ("stages", [(i, laps) for i, laps in enumerate(race.stages, start=1)]),
        ("sessions", [(i, s.kind.value, to_text(s.start)) for i, s in enumerate(race.sessions)]),
        (
            "broadcasts",
            [
                (i, b.kind.value, b.network, to_text(b.coverage), int(b.approximate), b.source)
                for i, b in enumerate(race.broadcasts)
            ],
        ),
        ("race_sources", [(fact, source, i) for i, (fact, source) in enumerate(race.sources.items())]),
    ):
        await replace_children(connection, table, "race_id", number, rows)
    await _save_outcome(connection, number, race, driver)
    return number


async def _save_outcome(connection: aiosqlite.Connection, number: int, race: RaceRow, driver: DriverId) -> None:
    await connection.execute("DELETE FROM outcomes WHERE race_id = ?", (number,))
    outcome = race.outcome
    winners = outcome.stage_winners if outcome else []
    await replace_children(
        connection,
        "stage_winners",
        "race_id",
        number,
        [(i, driver(w, "outcome.stage_winners") if w else None) for i, w in enumerate(winners, start=1)],
    )
    leads = [
        (i, driver(who, "outcome.leads"), first, last)
        for i, (who, first, last) in enumerate(outcome.leads if outcome else [])
    ]
    await replace_children(connection, "leads", "race_id", number, leads)
    cautions = [(i, *period) for i, period in enumerate(outcome.caution_periods if outcome else [])]
    await replace_children(connection, "caution_periods", "race_id", number, cautions)
    if outcome is None:
        return
    fastest = outcome.fastest_lap
    await connection.execute(
        ADD_OUTCOME,
        (
            number,
            outcome.laps,
            driver(outcome.pole, "outcome.pole") if outcome.pole else None,
            outcome.pole_mph,
            driver(fastest.driver, "outcome.fastest_lap.driver") if fastest else None,
            fastest.seconds if fastest else None,
            fastest.mph if fastest else None,
            driver(outcome.rookie_of_the_race, "outcome.rookie_of_the_race") if outcome.rookie_of_the_race else None,
            outcome.cautions,
            outcome.caution_laps,
            outcome.lead_changes,
            outcome.margin,
            int(outcome.under_caution),
            outcome.average_mph,
            outcome.seconds,
        ),
    )


async def remove_outcome(connection: aiosqlite.Connection, race: int) -> None:
    """Removes what was known of how a race ended, given its row id."""
    for table in ("outcomes", "stage_winners", "leads", "caution_periods"):
        await connection.execute(f"DELETE FROM {table} WHERE race_id = ?", (race,))  # noqa: S608 - words of this line
