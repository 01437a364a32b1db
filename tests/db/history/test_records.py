"""What the store adds up for records, beside the same counted race by race from the seasons, at any moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.seasons.as_of import AsOf, AsOfKeeper
from db.connection import Store
from db.history.known_races import KnownRaces, known_races, load_known_races
from db.history.record_models import LedAndLost, Scope, Streak, Total, Win
from db.history.records import (
    finish_streaks,
    led_and_lost,
    led_streaks,
    load_finishers,
    load_led,
    load_wins,
    races_of,
    totals_of,
)
from db.models import Race, Result
from tests.sharing import BundledSeasons
from tests.stores import run_quietly

HITS = {
    "wins": lambda result: result.finish == 1,
    "top tens": lambda result: result.finish <= 10,
    "led": lambda result: result.led > 0,
}
Read = tuple[tuple[int, ...], tuple[Win, ...], tuple[Total, ...], dict[str, tuple[Streak, ...]], tuple[LedAndLost, ...]]


def results(as_of: AsOf, scope: Scope) -> Iterator[tuple[Race, Result]]:
    """Every result of the races that count, in the order in which they were run."""
    for season in as_of.seasons:
        for race in season.run:
            if scope.holds(race):
                yield from ((race, result) for result in season.results[race.round])


async def read(path: Path, now: datetime, scope: Scope) -> Read:
    async with await Store.open(path, readonly=True) as store, store.read() as connection:
        races = races_of(await load_known_races(connection, now), scope)
        finishers, led = await load_finishers(connection), await load_led(connection)
        return (
            tuple(race.id for race in races),
            await load_wins(connection, races),
            totals_of(races, finishers, led),
            {
                "wins": finish_streaks(races, finishers, 1),
                "top tens": finish_streaks(races, finishers, 10),
                "led": led_streaks(races, finishers, led),
            },
            led_and_lost(races, led),
        )


def streaks(as_of: AsOf, scope: Scope, of: str) -> list[tuple[str, int, int]]:
    """Driver, length and the id of the first race of every streak, counted start by start."""
    own: dict[str, list[tuple[Race, bool]]] = {}
    for race, result in results(as_of, scope):
        own.setdefault(result.driver, []).append((race, HITS[of](result)))
    found = []
    for driver, starts in own.items():
        for hit, run in groupby(starts, key=lambda start: start[1]):
            races = [race for race, _ in run]
            if hit and len(races) > 1:
                found.append((driver, len(races), races[0].id))
    return sorted(found)


MOMENTS = st.integers(0, 1300).map(lambda days: datetime(2023, 1, 1, tzinfo=UTC) + timedelta(days=days))
SCOPES = st.builds(
    Scope,
    st.sampled_from([None, None, "bristol-motor-speedway", "talladega-superspeedway", "no-such-track"]),
    st.sampled_from([None, None, 2023, 2025]),
)


@given(MOMENTS, SCOPES)
def test_all_is_counted_as_it_was_known_at_the_moment(
    bundled_store: Path, bundled_seasons: BundledSeasons, now: datetime, scope: Scope
) -> None:
    as_of = AsOfKeeper().at(now, tuple(bundled_seasons.seasons.values()))
    rows = list(results(as_of, scope))
    races, wins, totals, runs, lost = run_quietly(read(bundled_store, now, scope))
    assert races == tuple(dict.fromkeys(race.id for race, _ in rows))
    won = [(race.id, row.driver, row.entry.number, row.led, row.start) for race, row in rows if row.finish == 1]
    assert [(each.race.id, each.driver, each.number, each.led, each.start) for each in wins] == won
    assert {each.driver: (each.starts, each.wins, each.top_tens, each.led) for each in totals} == {
        driver: (
            len(own := [row for _, row in rows if row.driver == driver]),
            sum(row.finish == 1 for row in own),
            sum(row.finish <= 10 for row in own),
            sum(row.led for row in own),
        )
        for driver in {row.driver for _, row in rows}
    }
    for kind, found in runs.items():
        assert sorted((each.driver, each.length, each.first.id) for each in found) == streaks(as_of, scope, kind)
    assert sorted((each.race.id, each.driver, each.led) for each in lost) == sorted(
        (race.id, row.driver, row.led) for race, row in rows if row.finish > 1 and row.led
    )


async def test_a_birth_date_that_stands_for_an_unknown_one_is_none(store: Store) -> None:
    async with store.write() as connection:
        await connection.execute("UPDATE drivers SET born = '1970-01-01' WHERE key = 'corey-heim'")
    async with store.read() as connection:
        known = await load_known_races(connection, datetime(2025, 11, 1, tzinfo=UTC))
        wins = await load_wins(connection, races_of(known, Scope()))
    assert {win.born for win in wins if win.driver == "corey-heim"} == {None}
    assert None not in {win.born for win in wins if win.driver == "ty-majeski"}


async def test_a_place_that_nobody_holds_moves_nobody_up(store: Store) -> None:
    async with store.write() as connection:
        await connection.execute("DELETE FROM results WHERE finish = 4")
    async with store.read() as connection:
        finishers, led = await load_finishers(connection), await load_led(connection)
        races = races_of(await load_known_races(connection, datetime(2025, 11, 1, tzinfo=UTC)), Scope())
        fifth = await connection.execute_fetchall(
            "SELECT x.race_id, d.key FROM results x JOIN entries e ON e.id = x.entry_id"
            " JOIN drivers d ON d.id = e.driver_id WHERE x.finish = 5"
        )
    assert {race: field[3:5] for race, field in finishers.items()} == {race: ("", key) for race, key in fifth}
    assert "" not in {each.driver for each in totals_of(races, finishers, led)}


def test_no_race_no_streak() -> None:
    assert finish_streaks((), {}, 1) == ()
    assert totals_of((), {}) == ()


@given(st.integers(0, 1300).map(lambda days: datetime(2023, 1, 1, tzinfo=UTC) + timedelta(days=days)))
def test_the_races_that_are_known_are_the_same_from_the_store_and_from_seasons(
    bundled_store: Path, bundled_seasons: BundledSeasons, now: datetime
) -> None:
    async def load() -> KnownRaces:
        async with await Store.open(bundled_store, readonly=True) as store, store.read() as connection:
            return await load_known_races(connection, now)

    loaded, made = run_quietly(load()), known_races(bundled_seasons.seasons.values(), now)
    assert list(made.run) == list(loaded.run)
    for told in ("over", "since", "poles_since", "with_pole"):
        assert getattr(made, told) == getattr(loaded, told)
