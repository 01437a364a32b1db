"""NASCAR's documents as they were recorded are read whole; skipped where they are not at hand."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.championship.compared import table_differences
from bot.feeds import reading
from bot.feeds.errors import FeedError
from bot.feeds.fetched import Fetched
from bot.feeds.standings import published_places
from tests.feeds import recorded
from tests.seasons import any_season

AT = datetime(2026, 12, 1, tzinfo=UTC)
FEEDS = recorded.DATA / "feeds"
pytestmark = pytest.mark.skipif(not FEEDS.exists(), reason=recorded.MISSING)


def fetched(name: str) -> Fetched:
    return Fetched(name, (FEEDS / name).read_bytes(), AT)


@pytest.mark.parametrize(
    ("name", "reader", "count"),
    [
        ("live-points_2019_2_strings.json", reading.read_live_points, 57),
        ("live-points_2023_cup.json", reading.read_live_points, 48),
        ("rebuilt/live-points_2021_3_5142.json", reading.read_live_points, None),
        ("rebuilt/live-points_2022_3_5240.json", reading.read_live_points, 115),
        ("points-feed_2020_1_drivers.json", reading.read_standings, 49),
        ("drivers_2020_88rows.json", reading.read_drivers, 88),
        ("tracks_2020_items.json", reading.read_tracks, 31),
        # Of another series.
        ("schedule-feed_2026_1_TRIMMED.json", reading.read_sessions, 0),
    ],
)
def test_documents_of_many_rows(name: str, reader: Callable[[Fetched], list[Any] | None], count: int | None) -> None:
    found = reader(fetched(name))
    assert found is not None
    assert count is None or len(found) == count


def test_the_lists_of_three_seasons() -> None:
    for name, year, many in (
        ("race_list_basic_2023_all-series.json", 2023, 23),
        ("rebuilt/race_list_basic_2024_all-series.json", 2024, 23),
        ("rebuilt/race_list_basic_2025_all-series.json", 2025, 25),
    ):
        races = reading.read_race_list(fetched(name), year).races
        assert len(races) == many
        assert all(race.planned() is not None for race in races)
        with pytest.raises(FeedError, match=f"is of the season {year}"):
            reading.read_race_list(fetched(name), year - 1)


def test_every_weekend_that_was_put_back_together() -> None:
    names = sorted((FEEDS / "rebuilt").glob("weekend-feed_*.json"))
    assert names
    for path in names:
        year, race = _year_and_race(path)
        found = reading.read_weekend(fetched(f"rebuilt/{path.name}"), year, race)
        assert found is not None
        assert found.has_results
        # 45: Kraus in 5373 and LaJoie in 5508 stand there twice; nobody does here.
        assert len({(row.driver_id, row.car_number) for row in found.rows}) == len(found.rows)


def test_a_weekend_of_another_series_is_refused() -> None:
    with pytest.raises(FeedError, match="is of series 1, and 3 was asked for"):
        reading.read_weekend(fetched("weekend-feed_2023_1_5274.json"), 2023, 5274)


@pytest.mark.parametrize(
    ("name", "driver", "seconds"),
    [
        ("lap-times_2023_2_5314.json", "Parker Retzlaff #", 30.85),
        # 19: 2.625 s, 33.063 s and their like are passed over.
        ("rebuilt/lap-times_2025_3_5495.json", "Corey Heim", 30.409),
        ("rebuilt/lap-times_2025_3_5504.json", "Ben Rhodes", 49.783),
        ("rebuilt/lap-times_2025_3_5505.json", "Brent Crews", 86.666),
    ],
)
def test_fastest_laps(name: str, driver: str, seconds: float) -> None:
    found = reading.read_lap_times(fetched(name))
    assert found is not None
    fastest = found.fastest()
    assert fastest is not None
    assert ((fastest[0].full_name or "").removesuffix(" (P)").removesuffix("(i)"), fastest[1].seconds) == (
        driver,
        seconds,
    )


def test_the_flags_of_a_race_that_ended_under_yellow() -> None:
    """1, 2: the checkered flag is a 4 on the last lap."""
    found = reading.read_lap_times(fetched("lap-times_2023_2_5314.json"))
    assert found is not None
    assert found.checkered_on == 163


def test_loop_statistics_and_pit_stops() -> None:
    loops = reading.read_loop_stats(fetched("loopstats_2023_2_5314.json"), 5314)
    assert loops is not None
    assert len(loops.drivers) == 38
    raw = json.loads((FEEDS / "rebuilt/live-pit-data_2025_3_5504.json").read_text(encoding="utf-8"))
    stops = reading.read_pit_stops(
        fetched("rebuilt/live-pit-data_2025_3_5504.json"), frozenset(row["vehicle_number"] for row in raw)
    )
    assert stops is not None
    assert len(stops) == len(raw)
    # 27, 28: rows of lap 0 and of the last lap are no stops; -1 was not measured.
    in_the_race = [stop for stop in stops if stop.is_stop(90)]
    assert 0 < len(in_the_race) < len(stops)
    assert all(stop.stood is None or stop.stood > 0 for stop in in_the_race)


def test_a_table_of_a_season_that_is_over_against_ours() -> None:
    """The points as they ran at the finish of 2022, the playoffs' resets in them."""
    rows = reading.read_live_points(fetched("rebuilt/live-points_2022_3_5240.json"))
    assert rows is not None
    table = [
        {"driver_id": row.driver_id, "driver_name": row.name, "points": row.points, "position": row.points_position}
        for row in rows
    ]
    season = any_season(2022)
    places = published_places(Fetched("table", json.dumps(table).encode(), AT), season.drivers)
    assert table_differences(season, places) == [
        "2022 standings after race 23, Lucas Oil 150: NASCAR's table has Derek Kraus 595 points (held: 605)"
    ]


def _year_and_race(path: Path) -> tuple[int, int]:
    found = re.search(r"(\d{4})_3_(\d+)", path.name)
    assert found is not None
    return int(found[1]), int(found[2])
