"""Live documents of a race in the shape and size of NASCAR's, lap by lap, made up."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from db.models import Race, Season

LAP_SECONDS = 52.0
STOPS_EVERY = 17


def documents(season: Season, race: Race, began: datetime, every: float, most: int) -> Iterator[tuple[datetime, bytes]]:
    """Documents with the moment at which each was written, from the green flag on.

    Args:
        season: whose results of the race name the trucks.
        race: the race.
        began: its green flag.
        every: seconds from one to the next.
        most: how many.
    """
    lot = random.Random(5)
    rows = season.results[race.round]
    order = [row.entry.number for row in rows]
    lot.shuffle(order)
    drivers = {row.entry.number: season.drivers[row.driver] for row in rows}
    laps = race.scheduled_laps or 85
    led: dict[str, list[dict[str, int]]] = {number: [] for number in order}
    for count in range(most):
        elapsed = count * every
        lap = min(int(elapsed / LAP_SECONDS), laps)
        for place in range(len(order) - 1):
            if lot.random() < 0.06:
                order[place], order[place + 1] = order[place + 1], order[place]
        stints = led[order[0]]
        if stints and stints[-1]["end_lap"] >= lap - 1:
            stints[-1]["end_lap"] = lap
        else:
            stints.append({"start_lap": lap, "end_lap": lap})
        # A caution now and then: the flag is another one for three laps of every thirty.
        yellow = lap % 30 in {20, 21, 22}
        at = began + timedelta(seconds=elapsed)
        vehicles = [
            _vehicle(number, place, drivers[number].nascar_id, drivers[number].name, lap, lot, led[number])
            for place, number in enumerate(order, 1)
        ]
        document = {
            "lap_number": lap,
            "elapsed_time": elapsed,
            "flag_state": 2 if yellow else 1,
            "race_id": race.nascar_id,
            "laps_in_race": laps,
            "laps_to_go": laps - lap,
            "vehicles": vehicles,
            "run_id": 8,
            "run_name": race.name,
            "series_id": 3,
            "time_of_day": elapsed,
            "time_of_day_os": at.isoformat(),
            "track_id": 111,
            "track_length": 2.66,
            "track_name": race.track.name,
            "run_type": 3,
            "number_of_caution_segments": (lap + 10) // 30,
            "number_of_caution_laps": 3 * ((lap + 10) // 30),
            "number_of_lead_changes": sum(map(len, led.values())) - 1,
            "number_of_leaders": sum(bool(each) for each in led.values()),
            "avg_diff_1to3": 0,
            "stage": {"stage_num": 1 + min(lap // 30, 2), "finish_at_lap": min(30 * (lap // 30 + 1), laps),
                      "laps_in_stage": 30},
        }  # fmt: skip
        yield at, json.dumps(document).encode()


def _vehicle(
    number: str, place: int, driver: int | None, name: str, lap: int, lot: random.Random, led: list[dict[str, int]]
) -> dict[str, Any]:
    first, _, last = name.partition(" ")
    stops = [
        {
            "positions_gained_lossed": lot.randint(-5, 5),
            "pit_in_elapsed_time": stop * LAP_SECONDS,
            "pit_in_lap_count": stop,
            "pit_in_leader_lap": stop,
            "pit_out_elapsed_time": stop * LAP_SECONDS + 31.5,
            "pit_in_rank": place,
            "pit_out_rank": place,
        }
        for stop in range(STOPS_EVERY, lap + 1, STOPS_EVERY)
    ]
    return {
        "average_restart_speed": 0.0,
        "average_running_position": round(place + lot.random(), 3),
        "average_speed": round(150 + lot.random(), 3),
        "best_lap": max(lap - 3, 0),
        "best_lap_speed": round(183 + lot.random(), 3),
        "best_lap_time": round(50 + lot.random(), 3),
        "vehicle_manufacturer": "Tyt",
        "vehicle_number": number,
        "driver": {
            "driver_id": driver or 0,
            "full_name": name,
            "first_name": first,
            "last_name": last,
            "is_in_chase": False,
        },
        "vehicle_elapsed_time": round(lap * LAP_SECONDS + place / 5, 3),
        "fastest_laps_run": lot.randint(0, 9),
        "laps_position_improved": lot.randint(0, 30),
        "laps_completed": lap,
        "laps_led": led,
        "last_lap_speed": round(180 + lot.random(), 3),
        "last_lap_time": round(51 + lot.random(), 3),
        "passes_made": lot.randint(0, 200),
        "passing_differential": lot.randint(-40, 40),
        "position_differential_last_10_percent": 0,
        "pit_stops": stops,
        "qualifying_status": 0,
        "running_position": place,
        "status": 1,
        "delta": 0 if place == 1 else round(place * 0.31 + lot.random() / 4, 3),
        "sponsor_name": "A sponsor with a name of some length",
        "starting_position": place,
        "times_passed": lot.randint(0, 200),
        "quality_passes": lot.randint(0, 100),
        "is_on_track": True,
        "is_on_dvp": False,
    }
