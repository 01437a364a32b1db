"""What NASCAR's server holds of a race as it stands, and what the project is given of its results afterwards."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from bot.feeds import paths
from db.live.models import Flag, LiveState, LiveTruck
from db.models import EASTERN
from tests.simulation.races_truth import GREEN, RACE, Tale

YEAR, ROUND = 2025, 2
EARLIER, LATER = 5501, 5509
FEED, FLAGS, STAGES = paths.live_feed(RACE), paths.flags(RACE), paths.live_stage_points(RACE)
POINTS, PITS = paths.live_points(RACE), paths.pit_data(YEAR, RACE)
CODES = {Flag.GREEN: 1, Flag.YELLOW: 2, Flag.RED: 3, Flag.CHECKERED: 4, Flag.HOT: 8, Flag.COLD: 9}
PAYS = (40, *range(35, 0, -1))


def body_of(path: str, state: LiveState, written: datetime) -> bytes | None:
    """A document of the race as it stands; None for one that is not there."""
    value: Any = None
    if path == FEED:
        value = live_feed(state, written)
    elif path in {FLAGS, STAGES}:
        value = _flags(state) if path == FLAGS else _stages(state)
    return json.dumps(value).encode() if value else None


def live_feed(state: LiveState, written: datetime) -> dict[str, Any]:
    """The running order."""
    laps = state.laps or 0
    return {
        "race_id": RACE, "series_id": 3, "run_id": state.run, "run_type": 3, "lap_number": state.lap,
        "laps_in_race": laps, "laps_to_go": laps - state.lap, "flag_state": CODES.get(state.flag, 0),
        "elapsed_time": round(state.elapsed or 0), "time_of_day_os": _eastern(written),
        "number_of_caution_segments": state.cautions, "number_of_caution_laps": state.caution_laps,
        "stage": {"stage_num": state.stage, "finish_at_lap": state.stage_end},
        "vehicles": [_vehicle(truck, state) for truck in state.trucks],
    }  # fmt: skip


def _vehicle(truck: LiveTruck, state: LiveState) -> dict[str, Any]:
    return {
        "vehicle_number": truck.number, "vehicle_manufacturer": "Tyt", "running_position": truck.position,
        "driver": {"driver_id": 0, "full_name": truck.name}, "status": 1, "is_on_track": True,
        "delta": -float(truck.laps_down) if truck.laps_down else truck.gap, "laps_completed": truck.laps,
        "last_lap_time": truck.last_lap, "best_lap": truck.best_lap_number, "best_lap_time": truck.best_lap,
        "starting_position": truck.start,
        "laps_led": [
            {"start_lap": each.from_lap, "end_lap": each.to_lap} for each in state.leads if each.number == truck.number
        ],
    }  # fmt: skip


def _flags(state: LiveState) -> list[dict[str, Any]]:
    return [
        {
            "lap_number": each.lap, "flag_state": CODES[each.flag], "comment": each.reason,
            "beneficiary": each.free_pass, "time_of_day_os": _eastern(each.since),
        }
        for each in state.flags
    ]  # fmt: skip


def _stages(state: LiveState) -> list[dict[str, Any]]:
    return [
        {
            "race_id": RACE,
            "stage_number": stage.number,
            "results": [
                {"position": each.position, "vehicle_number": each.number, "stage_points": each.points}
                for each in stage.places
            ],
        }
        for stage in state.stages
    ]


def _eastern(moment: datetime) -> str:
    return moment.astimezone(EASTERN).isoformat()


def schedule(tale: Tale) -> bytes:
    """The season before the race: the one three weeks ago is run, the next one is two weeks away."""
    earlier = _race(1, EARLIER, GREEN - timedelta(weeks=3)) | {"results_state": "official"}
    own = _race(ROUND, RACE, GREEN) | {"laps": tale.planned, "stages": list(tale.stages)}
    later = _race(ROUND + 1, LATER, GREEN + timedelta(weeks=2))
    order = _everybody(tale)
    return _document(order, [earlier, own, later], _rows(1, [*order], tale.planned))


def results(tale: Tale, edition: int) -> bytes:
    """The results of the race: as they were first, and, from the second edition on, as they were corrected."""
    names = {truck.number: truck.name for truck in tale.states[-1].trucks}
    order = [(number, names[number]) for number in tale.result]
    if edition > 1:
        # Whoever is disqualified comes last; else the second and the third were mistaken for each other.
        order = [*order[1:], order[0]] if tale.out else [order[0], order[2], order[1], *order[3:]]
    own = _race(ROUND, RACE, GREEN) | {"laps": tale.planned, "stages": list(tale.stages)}
    rows = _rows(ROUND, order, tale.states[-1].lap)
    if edition > 1 and tale.out:
        rows[-1] |= {"disqualified": True, "points": 5}
    own |= {"results_state": "official" if edition > 1 else "unofficial"}
    return _document(order, [own], rows)


def winner_of(tale: Tale, edition: int) -> str:
    """Who won, by an edition of the results."""
    names = {truck.number: truck.name for truck in tale.states[-1].trucks}
    return names[tale.result[1] if edition > 1 and tale.out else tale.result[0]]


def _everybody(tale: Tale) -> list[tuple[str, str]]:
    return [(truck.number, truck.name) for truck in sorted(tale.states[0].trucks, key=lambda each: int(each.number))]


def _race(number: int, nascar_id: int, start: datetime) -> dict[str, Any]:
    moment = start.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "round": number, "name": f"Race {number}", "track": "Talladega Superspeedway", "start": moment,
        "date": start.astimezone(EASTERN).date().isoformat(), "nascar_id": nascar_id,
    }  # fmt: skip


def _rows(number: int, order: list[tuple[str, str]], laps: int) -> list[dict[str, Any]]:
    return [
        {
            "round": number, "finish": place, "number": truck, "driver": name, "laps": laps, "status": "running",
            "points": PAYS[place - 1] if place <= len(PAYS) else 1,
        }
        for place, (truck, name) in enumerate(order, 1)
    ]  # fmt: skip


def _document(order: list[tuple[str, str]], races: list[dict[str, Any]], rows: list[dict[str, Any]]) -> bytes:
    head = {"format": "tailgate/1", "season": YEAR, "source": "the race that is simulated"}
    tracks = [{"name": "Talladega Superspeedway", "short": "Talladega"}]
    drivers = [{"name": name} for _, name in order]
    return json.dumps(head | {"drivers": drivers, "tracks": tracks, "races": races, "results": rows}).encode()
