"""Small live documents in the shapes of NASCAR's, made up for tests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from bot.feeds.fetched import Fetched
from bot.feeds.schemas.values import without_markers
from bot.live.source import Followed
from db.models import Driver, Season
from tests.seasons import make_season

RACE = 5504
CAME = datetime(2025, 10, 17, 21, 30, tzinfo=UTC)
IDS = {"Corey Heim": 4377, "Ty Majeski": 4130, "Layne Riggs": 4450}


def season(**facts: Any) -> Season:
    """One race of three trucks is run, and the second is the one that runs now: stages of 30, 30 and 40 laps."""
    drivers = [Driver(name.casefold().replace(" ", "-"), name, nascar_id=number) for name, number in IDS.items()]
    start = datetime(2025, 10, 17, 20, tzinfo=UTC)
    race = {"nascar_id": RACE, "scheduled_laps": 100, "stage_laps": (30, 30, 40), "start": start, "date": start.date()}
    return make_season(
        2025, [["Corey Heim", "Ty Majeski", "Layne Riggs"]], upcoming=2, drivers=drivers, races={2: race | facts}
    )


def followed(**facts: Any) -> Followed:
    held = season(**facts)
    return Followed(held, held.races[1])


def vehicle(number: str, place: int, name: str = "", **facts: Any) -> dict[str, Any]:
    """A truck on the lead lap of lap 50, half a second a place behind."""
    row: dict[str, Any] = {
        "vehicle_number": number,
        "vehicle_manufacturer": "Tyt",
        "driver": {"driver_id": IDS.get(without_markers(name)[0], 0), "full_name": name, "is_in_chase": False},
        "running_position": place,
        "status": 1,
        "is_on_track": True,
        "delta": 0.5 * (place - 1),
        "laps_completed": 50,
        "last_lap_time": 51.5,
        "best_lap": 12,
        "best_lap_time": 50 + place / 10,
        "laps_led": [],
        "pit_stops": [{"pit_in_lap_count": 0, "pit_in_leader_lap": 0}],
        "starting_position": place,
    }
    return row | facts


TRUCKS = (vehicle("11", 1, "Corey Heim"), vehicle("98", 2, "Ty Majeski"), vehicle("34", 3, "Layne Riggs #"))


def live_feed(trucks: Sequence[dict[str, Any]] = TRUCKS, **facts: Any) -> dict[str, Any]:
    """Lap 50 of 100, under green, in stage 2."""
    document: dict[str, Any] = {
        "race_id": RACE,
        "series_id": 3,
        "run_id": 7,
        "run_type": 3,
        "lap_number": 50,
        "laps_in_race": 100,
        "laps_to_go": 50,
        "flag_state": 1,
        "elapsed_time": 2600,
        "time_of_day_os": "2025-10-17T16:29:58.1234567-05:00",
        "number_of_caution_segments": 1,
        "number_of_caution_laps": 4,
        "stage": {"stage_num": 2, "finish_at_lap": 60, "laps_in_stage": 30},
        "vehicles": list(trucks),
    }
    return document | facts


def flag(lap: int, state: int, at: str | None, **facts: Any) -> dict[str, Any]:
    """A row of the flags; ``at`` is Eastern, such as ``17:05:00``."""
    row: dict[str, Any] = {
        "lap_number": lap,
        "flag_state": state,
        "elapsed_time": lap * 52.0,
        "comment": None,
        "beneficiary": None,
    }
    row |= {"time_of_day_os": f"2025-10-17T{at}.45-04:00"} if at else {}
    return row | facts


FLAGS = [
    flag(0, 8, "16:10:00"),
    flag(0, 1, "16:20:00"),
    flag(30, 2, "16:50:00", comment="Stage 1 Conclusion", beneficiary="34   "),
    flag(34, 1, "16:57:00"),
]


def stage(number: int, order: Sequence[str], points: Sequence[int], **facts: Any) -> dict[str, Any]:
    rows = [
        {"position": place, "vehicle_number": truck, "driver_id": 1, "stage_points": paid}
        for place, (truck, paid) in enumerate(zip(order, points, strict=True), 1)
    ]
    return {"race_id": RACE, "run_id": 7, "stage_number": number, "results": rows} | facts


def points(name: str, earned: int, **facts: Any) -> dict[str, Any]:
    row = {
        "driver_id": IDS[name],
        "first_name": name.split(maxsplit=1)[0],
        "last_name": f"{name.split()[1]} (P)",
        "car_number": "",
        "points_earned_this_race": earned,
        "is_points_eligible": True,
        "is_fastest_lap_point": False,
        "race_id": 0,
        "series_id": 0,
    }
    return row | facts


def fetched(path: str, value: Any, at: datetime = CAME) -> Fetched:
    return Fetched(path, None if value is None else json.dumps(value).encode(), at)
