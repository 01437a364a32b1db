"""The program's laps reach a store race by race, once, and again where a newer program brings others."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiosqlite
import pytest

import db.laps.arrival
import db.laps.bundled
from db.connection import Store
from db.documents.importer import import_documents
from db.laps.arrival import pending_laps, take_in_laps
from db.laps.bundled import FORMAT, bundled_lap_years, race_lines
from db.laps.models import Lap, PitStop, RaceLaps, StopFlag, Tires
from db.laps.rows import race_laps, timed_races
from db.models import Race
from db.snapshots import Snapshots
from tests.db.documents import read, small

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
YEAR = 2024
GIO, OTHER = 5, 999
"""NASCAR's ids of Gio Ruggiero in the small season, and of nobody."""
STOP = ["17", 2, "yellow", 90_000, 42_000, 12_500, "four", 1, 4]


def truck(number: str = "17", driver: int = GIO, last: int = 31_000) -> dict[str, Any]:
    return {"number": number, "driver": driver, "milliseconds": [None, 30_000, last], "positions": [2, 1, 1]}


class Program:
    """The laps that the program brings of one season, which a test may change as a newer release would."""

    def __init__(self) -> None:
        self.races: list[dict[str, Any]] = [{"race": 100, "trucks": [truck()], "stops": [STOP]}]
        self.format = FORMAT

    def file(self, year: int) -> bytes:
        lines = [{"format": self.format, "season": year}, *self.races]
        return gzip.compress("\n".join(map(json.dumps, lines)).encode(), mtime=0)


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Program:
    brought = Program()
    monkeypatch.setattr(db.laps.bundled, "_bytes", brought.file)
    monkeypatch.setattr(db.laps.arrival, "bundled_lap_years", lambda: (YEAR,))
    monkeypatch.setattr(db.laps.arrival, "laps_digest", db.laps.bundled.laps_digest.__wrapped__)
    return brought


@pytest.fixture
async def small_store(empty_store: Store) -> Store:
    await import_documents(empty_store, [read(small())], NOW)
    return empty_store


async def held(store: Store, number: int = 1) -> RaceLaps | None:
    return await race_laps(store, await race(store, number))


async def race(store: Store, number: int) -> Race:
    season = await Snapshots(store).season(YEAR)
    assert season is not None
    found = season.race(number)
    assert found is not None
    return found


@pytest.mark.usefixtures("program")
async def test_the_laps_are_there_with_start_and_stops(small_store: Store) -> None:
    assert await held(small_store) is None
    assert await take_in_laps(small_store, NOW) == [YEAR]
    laps = await held(small_store)
    assert laps is not None
    (gio,) = laps.trucks
    assert (gio.number, gio.driver, gio.start, gio.completed) == ("17", "gio-ruggiero", 2, 2)
    assert gio.laps[1:] == (Lap(30_000, 1), Lap(31_000, 1))
    assert (gio.position(2), gio.position(3), gio.position(-1)) == (1, None, None)
    assert laps.stops == (PitStop("17", 2, StopFlag.YELLOW, 90_000, 42_000, 12_500, Tires.FOUR, 1, 4),)
    assert laps.stops[0].went_out_at == 132_000
    assert await held(small_store, 2) is None
    assert await timed_races(small_store) == await timed_races(small_store, "gio-ruggiero")
    assert await timed_races(small_store, "corey-heim") == frozenset()


async def test_nothing_is_written_twice_and_other_laps_replace_those_of_before(
    small_store: Store, program: Program
) -> None:
    await take_in_laps(small_store, NOW)
    before = small_store._writer.total_changes if small_store._writer else 0
    assert await take_in_laps(small_store, NOW) == []
    assert small_store._writer is not None
    assert small_store._writer.total_changes == before
    program.races = [{"race": 100, "trucks": [truck(last=32_500)], "stops": None}]
    assert await pending_laps(small_store) == [YEAR]
    await take_in_laps(small_store, NOW)
    laps = await held(small_store)
    assert laps is not None
    assert laps.trucks[0].laps[2] == Lap(32_500, 1)
    assert laps.stops is None
    assert laps.stops_of("17") == ()


async def test_a_race_that_comes_later_gets_its_laps_then(small_store: Store, program: Program) -> None:
    program.races.append({"race": 102, "trucks": [truck()], "stops": []})
    assert await take_in_laps(small_store, NOW) == []
    assert await held(small_store) is not None
    assert await pending_laps(small_store) == [YEAR]
    added = small()
    added["races"].append({"round": 3, "name": "Third", "track": "Dega", "date": "2024-10-18", "nascar_id": 102})
    added["results"].append({"round": 3, "number": "17", "driver": "Gio Ruggiero"})
    await import_documents(small_store, [read(added)], NOW)
    assert await take_in_laps(small_store, NOW) == [YEAR]
    third = await held(small_store, 3)
    assert third is not None
    assert third.stops == ()


async def test_trucks_that_were_not_entered_are_left_out_with_their_stops(small_store: Store, program: Program) -> None:
    program.races = [
        {
            "race": 100,
            "trucks": [truck(), truck("44"), truck("17", OTHER)],
            "stops": [STOP, ["44", *STOP[1:]]],
        }
    ]
    await take_in_laps(small_store, NOW)
    laps = await held(small_store)
    assert laps is not None
    assert [each.number for each in laps.trucks] == ["17"]
    assert [each.number for each in laps.stops or ()] == ["17"]


@pytest.mark.usefixtures("program")
async def test_results_that_are_corrected_leave_the_laps(small_store: Store) -> None:
    await take_in_laps(small_store, NOW)
    corrected = small()
    corrected["results"][0]["points"] = 50
    await import_documents(small_store, [read(corrected)], NOW)
    assert await held(small_store) is not None


@pytest.mark.usefixtures("program")
async def test_no_season_is_new_because_of_laps(small_store: Store) -> None:
    seasons = Snapshots(small_store)
    before = await seasons.season(YEAR)
    await take_in_laps(small_store, NOW)
    assert await seasons.season(YEAR) is before


async def test_a_transaction_holds_one_race_at_most(
    small_store: Store, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    program.races.append({"race": 101, "trucks": [], "stops": None})
    write, rows = Store.write, []

    @asynccontextmanager
    async def counted(self: Store) -> AsyncIterator[aiosqlite.Connection]:
        async with write(self) as connection:
            before = await connection.execute_fetchall("SELECT count(*) FROM timed_races")
            yield connection
            after = await connection.execute_fetchall("SELECT count(*) FROM timed_races")
            rows.append(next(iter(after))[0] - next(iter(before))[0])

    monkeypatch.setattr(Store, "write", counted)
    await take_in_laps(small_store, NOW)
    assert rows == [1, 1, 0]


async def test_a_file_of_another_format_is_refused(program: Program) -> None:
    program.format = "tailgate-laps/2"
    with pytest.raises(ValueError, match="tailgate-laps/2"):
        race_lines(YEAR)


def test_laps_come_with_the_program_for_three_seasons_in_little_room() -> None:
    assert bundled_lap_years() == (2023, 2024, 2025)
    folder = Path(db.laps.bundled.__file__).parent
    assert sum(file.stat().st_size for file in folder.glob("*.jsonl.gz")) < 1_500_000


async def test_the_store_grows_by_less_than_two_megabytes(store: Store) -> None:
    """All 70 races, as every store of these tests holds them."""
    assert len(await timed_races(store)) == 70
    (row,) = await store.fetch(
        "SELECT sum(length(laps)) AS laps, count(*) AS trucks, (SELECT count(*) FROM pit_stops) AS stops "
        "FROM truck_laps"
    )
    assert row["laps"] + row["trucks"] * 30 + row["stops"] * 45 < 2_000_000
    assert row["trucks"] > 2_400
