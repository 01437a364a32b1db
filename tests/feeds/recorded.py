"""NASCAR's own values of 2023 to 2025, in the shapes of its documents; skipped where they are not at hand."""

from __future__ import annotations

import csv
import gzip
import io
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.feeds.fake_nascar import Season

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
HISTORY = DATA / "history"
MISSING = "NASCAR's values of 2023 to 2025 are not at hand: they are looked for in shared/data/ beside the checkout"
at_hand = pytest.mark.skipif(not HISTORY.exists(), reason=MISSING)


@cache
def _table(name: str) -> dict[int, list[dict[str, str]]]:
    """The rows of a table by race id."""
    path = HISTORY / name
    raw = gzip.decompress(path.read_bytes()) if name.endswith(".gz") else path.read_bytes()
    rows: dict[int, list[dict[str, str]]] = defaultdict(list)
    for row in csv.DictReader(io.StringIO(raw.decode("utf-8"))):
        rows[int(row["race_id"])].append(row)
    return rows


def season(year: int, days: dict[int, str]) -> Season:
    """A season as NASCAR told it.

    Args:
        year: 2023, 2024 or 2025.
        days: the listed start of each race, Eastern and without offset, which the tables do not have.
    """
    made = Season(year)
    for race_id, rows in _table("truck_races_2023-2025_feed.csv").items():
        row = rows[0]
        if int(row["season"]) != year:
            continue
        facts = _race_facts(row, days[race_id])
        winner = next(r for r in _table("truck_results_2023-2025_feed.csv")[race_id] if r["finish"] == "1")
        made.races.append(facts | {"winner_driver_id": int(winner["driver_id"]), "schedule": []})
        made.weekends[race_id] = facts | {
            "results": [_result(r) for r in _table("truck_results_2023-2025_feed.csv")[race_id]],
            "caution_segments": [_segment(r) for r in _table("truck_cautions_2023-2025.csv").get(race_id, [])],
            "race_leaders": [_segment(r) for r in _table("truck_lap_leaders_2023-2025.csv").get(race_id, [])],
            "stage_results": _stages(_table("truck_stage_results_2023-2025.csv").get(race_id, [])),
        }
        laps = _table("truck_laps_2023-2025.csv.gz").get(race_id)
        if laps:
            made.laps[race_id] = _laps(laps)
    return made


def _race_facts(row: dict[str, str], start: str) -> dict[str, Any]:
    return {
        "race_id": int(row["race_id"]),
        "series_id": 3,
        "race_season": int(row["season"]),
        "race_name": row["race_name_feed"],
        "race_type_id": 1,
        "track_id": int(row["track_id"]),
        "track_name": row["track"],
        "date_scheduled": start,
        "race_date": start,
        "scheduled_laps": int(row["scheduled_laps"]),
        "actual_laps": int(row["actual_laps"]),
        "stage_1_laps": int(row["stage_1_laps"]),
        "stage_2_laps": int(row["stage_2_laps"]),
        "stage_3_laps": int(row["stage_3_laps"]),
        "number_of_cars_in_field": int(row["cars_in_field"]),
        "pole_winner_driver_id": int(row["pole_driver_id"] or 0),
        "pole_winner_speed": float(row["pole_speed"] or 0),
        "number_of_cautions": int(row["cautions"]),
        "number_of_caution_laps": int(row["caution_laps"]),
        "number_of_lead_changes": int(row["lead_changes"]),
        "average_speed": float(row["average_speed"]),
        "total_race_time": row["race_time"],
        "margin_of_victory": row["margin"],
        "inspection_complete": row["inspection_complete"] == "True",
        "playoff_round": int(row["playoff_round"]),
        "television_broadcaster": row["tv"],
        "radio_broadcaster": row["radio"],
    }


def _result(row: dict[str, str]) -> dict[str, Any]:
    return {
        "finishing_position": int(row["finish"]),
        "starting_position": int(row["start"]),
        "car_number": row["car_number"],
        "driver_id": int(row["driver_id"] or 0),
        "driver_fullname": row["driver"],
        "driver_hometown": row["hometown"],
        "team_name": row["team"],
        "owner_fullname": row["owner"],
        "crew_chief_fullname": row["crew_chief"],
        "car_make": row["make"],
        "sponsor": row["sponsor"],
        "laps_completed": int(row["laps"]),
        "laps_led": int(row["laps_led"]),
        "points_earned": int(row["points_earned"]),
        "finishing_status": row["status"],
        "disqualified": row["disqualified"] == "True",
    }


def _segment(row: dict[str, str]) -> dict[str, Any]:
    laps = {"start_lap": int(row["start_lap"]), "end_lap": int(row["end_lap"])}
    return {name: value for name, value in row.items() if name in KEPT} | laps


KEPT = {"car_number", "reason", "comment", "beneficiary_car_number"}


def _stages(rows: list[dict[str, str]]) -> list[dict[str, Any]]:
    stages: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        place = {"finishing_position": int(row["position"]), "stage_points": int(row["stage_points"])}
        who = {"driver_id": int(row["driver_id"]), "driver_fullname": row["driver"], "car_number": row["car_number"]}
        stages[int(row["stage"])].append(place | who)
    return [{"stage_number": number, "results": held} for number, held in stages.items()]


def _laps(rows: list[dict[str, str]]) -> dict[str, Any]:
    trucks: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        seconds = float(row["seconds"]) if row["seconds"] else None
        trucks[row["number"], row["driver_id"]].append({"Lap": int(row["lap"]), "LapTime": seconds, "LapSpeed": None})
    return {"laps": [{"Number": n, "NASCARDriverID": int(d or 0), "Laps": laps} for (n, d), laps in trucks.items()]}
