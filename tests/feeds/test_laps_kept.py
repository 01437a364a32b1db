"""Laps and pit road of a race that was run, kept from NASCAR's documents."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from bot.feeds import paths
from bot.feeds.fetched import Fetched
from bot.feeds.laps import laps_to_keep
from bot.feeds.reading import read_lap_times, read_pit_stops
from bot.seasons.as_of import AsOfKeeper
from bot.seasons.laps import report_for
from db.connection import Store
from db.laps.bundled import bundled_lap_races, race_lines, read_race
from db.laps.models import Lap, PackedRace, PitStop, RaceLaps, StopFlag, Tires
from db.laps.packing import unpack
from db.laps.rows import race_laps, timed_races
from db.snapshots import Snapshots
from tests.feeds.fake_nascar import IMPOSSIBLE, as_bytes
from tests.feeds.taking import look
from tests.feeds.test_recorded import AT, FEEDS, fetched
from tests.feeds.test_weekend import YEAR, Weekend, weekend

__all__ = ["weekend"]

AFTER = timedelta(hours=3)


def lap_times(*trucks: dict[str, Any]) -> bytes:
    return json.dumps({"laps": trucks, "flags": [{"LapsCompleted": 3, "FlagState": 4}]}).encode()


def truck(number: str = "17", times: tuple[float | None, ...] = (50.0, 50.5, 51.0), **facts: Any) -> dict[str, Any]:
    laps = [{"Lap": lap, "LapTime": seconds, "RunningPos": 4} for lap, seconds in enumerate((None, *times))]
    return {"Number": number, "FullName": "Gio Ruggiero #", "NASCARDriverID": int(number), "Laps": laps} | facts


def stop(**facts: Any) -> dict[str, Any]:
    return {
        "vehicle_number": "17",
        "driver_name": "Gio Ruggiero # (P)",
        "lap_count": 2,
        "pit_in_flag_status": 2,
        "pit_in_race_time": 120.5,
        "total_duration": 42.8321,
        "pit_stop_duration": -1,
        "pit_stop_type": "FOUR_WHEEL_CHANGE",
        "pit_in_rank": 3,
        "pit_out_rank": 5,
    } | facts


def kept(trucks: list[dict[str, Any]], stops: list[dict[str, Any]] | None = None) -> PackedRace:
    body = lap_times(*trucks)
    times = read_lap_times(fetched_bytes(body))
    assert times is not None
    numbers = frozenset(each["Number"] for each in trucks)
    rows = None if stops is None else read_pit_stops(fetched_bytes(json.dumps(stops).encode()), numbers)
    return laps_to_keep(6000, times, rows)


def fetched_bytes(body: bytes) -> Fetched:
    return Fetched("a document", body, AT)


@pytest.mark.skipif(not FEEDS.exists(), reason="the recorded documents are not here")
@pytest.mark.parametrize("race_id", [5504, 5505, 5507])
def test_the_recorded_documents_are_kept_as_the_program_has_them(race_id: int) -> None:
    ours = next(each for each in map(read_race, race_lines(2025)) if each.race == race_id)
    times = read_lap_times(fetched(f"rebuilt/lap-times_2025_3_{race_id}.json"))
    assert times is not None
    numbers = frozenset(each.number for each in times.laps if each.number)
    made = laps_to_keep(
        race_id, times, read_pit_stops(fetched(f"rebuilt/live-pit-data_2025_3_{race_id}.json"), numbers)
    )
    assert {each.number: each for each in made.trucks} == {each.number: each for each in ours.trucks}
    assert made.stops == ours.stops
    assert race_id in bundled_lap_races(2025)
    assert bundled_lap_races(2026) == frozenset()


@pytest.mark.parametrize(
    ("lap", "is_kept"),
    [
        ({}, Lap(50_500, 4)),
        ({"LapTime": IMPOSSIBLE}, Lap(None, None)),
        ({"LapTime": 9_999.999}, Lap(None, None)),
        ({"LapTime": 3_637.25}, Lap(3_637_250, 4)),
        ({"LapTime": None}, Lap(None, 4)),
        ({"RunningPos": 0}, Lap(50_500, None)),
        ({"RunningPos": 300}, Lap(50_500, None)),
    ],
)
def test_what_cannot_have_been_is_left_out_of_a_lap(lap: dict[str, Any], is_kept: Lap) -> None:
    odd = truck()
    odd["Laps"][2] |= lap
    (found, *_) = kept([odd, truck("18"), truck("19")]).trucks
    assert unpack(found.packed) == (Lap(None, 4), Lap(50_000, 4), is_kept, Lap(51_000, 4))


def test_a_truck_that_only_stood_on_the_grid_or_stands_there_twice() -> None:
    grid = truck("18") | {"Laps": [{"Lap": 0, "RunningPos": 30}]}
    found = kept([truck(times=(50.0,)), grid, truck(), truck("19", NASCARDriverID=0)])
    assert [(each.number, len(unpack(each.packed))) for each in found.trucks] == [("17", 4)]


@pytest.mark.parametrize(
    "facts",
    [
        {"lap_count": 0, "pit_in_flag_status": 8},
        {"lap_count": 0},
        {"lap_count": 3},
        {"pit_in_flag_status": 4},
        {"pit_in_flag_status": None},
        {"driver_name": "Denny Hamlin"},
        {"vehicle_number": "18"},
    ],
)
def test_what_is_no_stop_in_the_race_is_left_out(facts: dict[str, Any]) -> None:
    whole = PitStop("17", 2, StopFlag.YELLOW, 120_500, 42_832, None, Tires.FOUR, 3, 5)
    assert kept([truck()], [stop(), stop(), stop(**facts)]).stops == (whole,)


def test_no_document_of_pit_road_is_not_a_race_without_stops() -> None:
    assert kept([truck()]).stops is None
    assert kept([truck()], []).stops == ()


def run(weekend: Weekend, flags: tuple[int, ...] = (8, 4)) -> None:
    """The race is over, and its lap times are there; a truck in the middle has a lap that nobody has driven."""
    weekend.run()
    raced = [row for row in weekend.rows() if row["finishing_position"]]
    trucks = [
        {
            "Number": row["car_number"],
            "FullName": row["driver_fullname"],
            "NASCARDriverID": row["driver_id"],
            "Laps": [{"Lap": lap, "LapTime": 50 + lap if lap else None, "RunningPos": place} for lap in range(6)],
        }
        for place, row in enumerate(raced, 1)
    ]
    trucks[len(trucks) // 2]["Laps"][5]["LapTime"] = IMPOSSIBLE
    shown = [{"LapsCompleted": 5, "FlagState": flag} for flag in flags]
    weekend.now.laps[weekend.race_id] = {"laps": trucks, "flags": shown}


async def looked(weekend: Weekend, after: timedelta, pit_road: list[dict[str, Any]] | None = None) -> RaceLaps | None:
    served = weekend.now.documents()
    if pit_road is not None:
        served[paths.pit_data(YEAR, weekend.race_id)] = as_bytes(pit_road)
    await look(weekend.store, served, YEAR, [weekend.race_id], at=weekend.start + after)
    return await race_laps(weekend.store, await weekend.race())


def pit_row(weekend: Weekend, lap: int = 2) -> dict[str, Any]:
    winner = weekend.rows()[0]
    return stop(vehicle_number=winner["car_number"], driver_name=None, lap_count=lap, pit_in_race_time=60.0 * lap)


async def test_laps_come_with_the_results_and_stay_where_nothing_is_new(weekend: Weekend) -> None:
    assert await looked(weekend, -timedelta(days=1)) is None
    run(weekend)
    found = await looked(weekend, AFTER, [pit_row(weekend)])
    assert found is not None
    raced = [row for row in weekend.rows() if row["finishing_position"]]
    assert {each.number for each in found.trucks} == {row["car_number"] for row in raced}
    assert [each.lap for each in found.stops or ()] == [2]
    # The impossible lap of the truck in the middle has neither time nor place.
    assert sum(lap == Lap(None, None) for each in found.trucks for lap in each.laps[5:]) == 1
    versions, before = await weekend_versions(weekend), await timed_races(weekend.store)
    await looked(weekend, AFTER + timedelta(hours=1), [pit_row(weekend)])
    written = await race_rows(weekend.store)
    await looked(weekend, AFTER + timedelta(hours=2), [pit_row(weekend)])
    assert await race_rows(weekend.store) == written
    assert (await weekend_versions(weekend), await timed_races(weekend.store)) == (versions, before)


async def test_the_same_laps_again_write_nothing(weekend: Weekend, monkeypatch: pytest.MonkeyPatch) -> None:
    run(weekend)
    await looked(weekend, AFTER, [pit_row(weekend)])
    saved: list[int] = []

    async def save(_connection: object, race: int, *_: object) -> None:
        saved.append(race)

    monkeypatch.setattr("db.laps.keeping.save_laps", save)
    await looked(weekend, AFTER + timedelta(hours=1), [pit_row(weekend)])
    assert saved == []
    await looked(weekend, AFTER + timedelta(hours=2), [pit_row(weekend), pit_row(weekend, 3)])
    assert saved == [(await weekend.race()).id]


async def test_pit_road_that_comes_later_is_added_and_told_and_does_not_go_again(weekend: Weekend) -> None:
    run(weekend)
    assert (first := await looked(weekend, AFTER)) is not None
    assert first.stops is None
    seasons = await Snapshots(weekend.store).all()
    as_of = AsOfKeeper().at(weekend.start + timedelta(days=30), seasons)
    race = await weekend.race()
    assert (before := await report_for(weekend.store, as_of, race)) is not None
    assert before.winner_stops is None
    assert await report_for(weekend.store, as_of, race) is before
    assert (second := await looked(weekend, AFTER * 2, [pit_row(weekend)])) is not None
    assert second.stops is not None
    assert (after := await report_for(weekend.store, as_of, race)) is not None
    assert after.winner_stops == (2,)
    assert (third := await looked(weekend, AFTER * 3)) is not None
    assert third.stops == second.stops


async def test_lap_times_that_are_not_whole_are_not_kept(weekend: Weekend) -> None:
    run(weekend, flags=(8,))
    assert await looked(weekend, AFTER) is None


async def weekend_versions(weekend: Weekend) -> dict[int, int]:
    snapshots = Snapshots(weekend.store)
    await snapshots.all()
    return dict(snapshots.versions)


async def race_rows(store: Store) -> list[tuple[Any, ...]]:
    rows = await store.fetch("SELECT race_id, number, laps FROM truck_laps ORDER BY 1, 2")
    return [tuple(row) for row in rows]
