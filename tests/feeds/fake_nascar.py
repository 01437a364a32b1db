"""A NASCAR of our own: whole seasons in the true shapes of its documents, made from those that come with the program.

Whatever is peculiar about the true documents is peculiar here as well: stages that are rewritten after the race, a lead
of lap 0, poles without speed, cautions that are stage breaks, points without penalties, padded numbers.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from bot.championship.standings import driver_standings
from bot.feeds import paths
from db import models
from db.models import EASTERN
from tests.db.season_files import SEASONS

STRANGER = 900_000
"""From this id on are the drivers of whom the program does not know NASCAR's id."""
FIRST_RACE_ID = 6_000
TOLD_APART = " (NASCAR id "
"""What follows the name of a driver in our documents where others bear the same."""
IMPOSSIBLE = 2.625
"""A lap in seconds that nobody has driven, as there are some in NASCAR's own lap times."""


@cache
def bundled(year: int) -> dict[str, Any]:
    """A season as it comes with the program."""
    found: dict[str, Any] = json.loads((SEASONS / f"{year}.json").read_text(encoding="utf-8"))
    return found


@cache
def driver_ids() -> dict[str, int]:
    """NASCAR's id of each driver, a made-up one where the program knows none; namesakes by the names of documents."""
    rows = json.loads((SEASONS / "drivers.json").read_text(encoding="utf-8"))["drivers"]
    told_apart = {
        f"{row['name']}{TOLD_APART}{row['nascar_id']})": row["nascar_id"] for row in rows if "nascar_id" in row
    }
    return {row["name"]: row.get("nascar_id") or STRANGER + place for place, row in enumerate(rows)} | told_apart


def plain_name(driver: str) -> str:
    """A driver's name as NASCAR writes it, which says nothing of namesakes."""
    return driver.partition(TOLD_APART)[0]


@dataclass
class Season:
    """A season as NASCAR's documents tell it.

    Attributes:
        year: the season.
        races: the rows of the list, in order.
        weekends: what is in ``weekend_race`` by race id; None for ``null``.
        laps: the lap times by race id.
    """

    year: int
    races: list[dict[str, Any]] = field(default_factory=list)
    weekends: dict[int, dict[str, Any] | None] = field(default_factory=dict)
    laps: dict[int, dict[str, Any]] = field(default_factory=dict)

    def listed(self, race_id: int) -> dict[str, Any]:
        """The row of a race in the list."""
        return next(row for row in self.races if row["race_id"] == race_id)

    def weekend(self, race_id: int) -> dict[str, Any]:
        """What the weekend's document says of the race."""
        found = self.weekends[race_id]
        assert found is not None
        return found

    def documents(self) -> dict[str, bytes]:
        """Every document by its path."""
        served = {paths.race_list(self.year): as_bytes({"series_1": [], "series_2": [], "series_3": self.races})}
        for race_id, race in self.weekends.items():
            whole = {"weekend_race": [race] if race is not None else None, "weekend_runs": []}
            served[paths.weekend(self.year, race_id)] = as_bytes(whole)
        served |= {paths.lap_times(self.year, race_id): as_bytes(laps) for race_id, laps in self.laps.items()}
        return served

    def forget_results(self, race_id: int) -> None:
        """Makes a weekend one whose race is still to come: an entry list."""
        for race in (self.listed(race_id), self.weekend(race_id)):
            race.update(NOT_RUN)
            race["stage_3_laps"] = race["scheduled_laps"] - race["stage_1_laps"] - race["stage_2_laps"]
            race["actual_laps"] = race["scheduled_laps"]
        self.listed(race_id)["winner_driver_id"] = None
        weekend = self.weekend(race_id)
        weekend |= {"caution_segments": [], "race_leaders": [], "stage_results": []}
        weekend["results"] = [row | NO_RESULT for row in weekend["results"]]
        self.laps.pop(race_id, None)


NOT_RUN: dict[str, Any] = {
    "number_of_cars_in_field": 0,
    "pole_winner_driver_id": 0,
    "pole_winner_speed": 0,
    "number_of_cautions": 0,
    "number_of_caution_laps": 0,
    "number_of_lead_changes": 0,
    "average_speed": 0,
    "total_race_time": "",
    "margin_of_victory": "",
    "inspection_complete": False,
}
NO_RESULT: dict[str, Any] = {
    "finishing_position": 0,
    "starting_position": 0,
    "laps_led": 0,
    "laps_completed": 0,
    "points_earned": 0,
    "finishing_status": "",
    "disqualified": False,
}


def as_bytes(value: Any) -> bytes:
    """A document as it is served."""
    return json.dumps(value).encode()


def season(year: int) -> Season:
    """A season that comes with the program, as NASCAR tells it once it is over."""
    held = bundled(year)
    made = Season(year)
    for race in held["races"]:
        rows = [row for row in held["results"] if row["round"] == race["round"]]
        penalties = [row for row in held.get("adjustments", []) if row["round"] == race["round"]]
        facts = _race_facts(year, race, rows)
        race_id = facts["race_id"]
        winner = next((driver_ids()[row["driver"]] for row in rows if row.get("finish") == 1), None)
        made.races.append(facts | {"winner_driver_id": winner, "schedule": _events(race)})
        made.weekends[race_id] = facts | _weekend_facts(race, rows, penalties)
        laps = _lap_times(race, rows)
        if laps is not None:
            made.laps[race_id] = laps
    return made


def season_to_be(year: int, model: int = 2025) -> Season:
    """A season that never was: the races of another one, as many weeks later as there are years between, times 52."""
    made = copy.deepcopy(season(model))
    weeks = timedelta(weeks=52 * (year - model))
    renamed = {race["race_id"]: FIRST_RACE_ID + year * 100 + place for place, race in enumerate(made.races)}
    for race in (*made.races, *(each for each in made.weekends.values() if each is not None)):
        race["race_id"] = renamed[race["race_id"]]
        race["race_season"] = year
        for name in ("date_scheduled", "race_date", "tunein_date"):
            race[name] = (datetime.fromisoformat(race[name]) + weeks).isoformat()
    for listed in made.races:
        start = datetime.fromisoformat(listed["date_scheduled"]).replace(tzinfo=EASTERN).astimezone(UTC)
        listed["schedule"] = [{"event_name": "Race", "start_time_utc": start.isoformat()[:19], "run_type": 3}]
    made.year = year
    made.weekends = {renamed[number]: race for number, race in made.weekends.items()}
    made.laps = {renamed[number]: laps for number, laps in made.laps.items()}
    return made


def _race_facts(year: int, race: dict[str, Any], rows: list[dict[str, Any]]) -> dict[str, Any]:
    outcome = race.get("outcome") or {}
    first = next((row["driver"] for row in rows if row.get("start") == 1), None)
    stages = race.get("stages") or [0, 0, 0]
    laps = outcome.get("laps") or race.get("laps") or 0
    start = local_start(race)
    finishers = [row for row in rows if row.get("finish")]
    pole = outcome.get("pole") if outcome.get("pole_mph") else first
    facts = {
        "race_id": race["nascar_id"],
        "series_id": 3,
        "race_season": year,
        "race_name": race["name"],
        "race_type_id": 1,
        "restrictor_plate": False,
        "track_id": 105,
        "track_name": race["track"],
        "date_scheduled": start,
        "race_date": start,
        "qualifying_date": "1900-01-01T00:00:00",
        "tunein_date": start,
        "scheduled_laps": race.get("laps") or 0,
        "actual_laps": laps,
        "stage_1_laps": stages[0],
        "stage_2_laps": stages[1],
        # What was run: the last stage is rewritten so that they add up.
        "stage_3_laps": max(laps - stages[0] - stages[1], 0),
        "stage_4_laps": 0,
        "number_of_cars_in_field": len(finishers),
        "pole_winner_driver_id": driver_ids()[pole] if pole else 0,
        "pole_winner_speed": outcome.get("pole_mph") or 0,
        "number_of_cautions": outcome.get("cautions") or 0,
        "number_of_caution_laps": outcome.get("caution_laps") or 0,
        "number_of_lead_changes": outcome.get("lead_changes") or 0,
        "average_speed": outcome.get("average_mph") or 0,
        "total_race_time": _clock(outcome.get("seconds")),
        "margin_of_victory": _margin(outcome),
        "inspection_complete": bool(finishers),
        "playoff_round": _playoff_round(race),
        "television_broadcaster": "FS1",
        "radio_broadcaster": "NRN",
        "satellite_radio_broadcaster": "SIRIUSXM",
    }
    return facts if finishers else facts | NOT_RUN


def local_start(race: dict[str, Any]) -> str:
    """When a race starts, Eastern and without saying so; midnight where the time is not known."""
    if race.get("start") is None:
        return f"{race['date']}T00:00:00"
    moment = datetime.fromisoformat(race["start"]).astimezone(EASTERN)
    return moment.isoformat()[:19]


def _clock(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def _margin(outcome: dict[str, Any]) -> str:
    if outcome.get("under_caution"):
        return "Under Caution"
    margin = outcome.get("margin")
    return "" if margin is None else f"{margin:.3f}".removeprefix("0")


def _playoff_round(race: dict[str, Any]) -> int:
    phases = {"Round of 10": 1, "Round of 8": 2, "Championship 4": 3, "Chase": 1}
    return phases.get(race.get("phase") or "", 0)


def _events(race: dict[str, Any]) -> list[dict[str, Any]]:
    kinds = {"practice": 1, "qualifying": 2, "race": 3}
    day = date.fromisoformat(race["date"])
    meeting = {"event_name": "Drivers' meeting", "notes": "", "start_time_utc": f"{day}T13:00:00", "run_type": 0}
    held = race.get("sessions") or []
    return [meeting] + [
        {
            "event_name": each["kind"].title(),
            "notes": "",
            "start_time_utc": each["start"][:19],
            "run_type": kinds[each["kind"]],
        }
        for each in held
    ]


def _weekend_facts(race: dict[str, Any], rows: list[dict[str, Any]], penalties: list[dict[str, Any]]) -> dict[str, Any]:
    outcome = race.get("outcome") or {}
    numbers = {row["driver"]: row["number"] for row in rows if row.get("finish")}
    leads = [
        {"start_lap": first, "end_lap": last, "car_number": numbers[driver], "race_id": race["nascar_id"]}
        for driver, first, last in outcome.get("leads", [])
    ]
    pole = leads[0] | {"start_lap": 0, "end_lap": 0} if leads else None
    return {
        "results": [_result(place, row, penalties) for place, row in enumerate(rows, 1)],
        "caution_segments": [_caution(race["nascar_id"], each) for each in outcome.get("caution_periods", [])],
        "race_leaders": [pole, *leads] if pole is not None else [],
        "stage_results": [stage for number in (1, 2) if (stage := _stage(number, rows))["results"]],
        "infractions": [],
        "pit_reports": [],
        "schedule": [],
    }


def _result(place: int, row: dict[str, Any], penalties: Iterable[dict[str, Any]]) -> dict[str, Any]:
    taken = sum(each.get("points", 0) for each in penalties if each["driver"] == row["driver"])
    ran = row.get("finish") is not None
    return {
        "result_id": 290_000 + place,
        "finishing_position": row.get("finish") or 0,
        "starting_position": row.get("start") or 0,
        "car_number": row["number"],
        "official_car_number": row["number"],
        "driver_id": driver_ids()[row["driver"]],
        "driver_fullname": plain_name(row["driver"]),
        "driver_hometown": " Somewhere, Texas",
        "team_id": 2_000 + place,
        "team_name": row.get("team") or "",
        "owner_id": 3_000 + place,
        "owner_fullname": row.get("owner") or row.get("team") or "",
        "crew_chief_id": 4_000 + place,
        "crew_chief_fullname": row.get("crew_chief") or "",
        "qualifying_order": 0,
        "qualifying_position": row.get("start") or 0,
        "qualifying_speed": 0,
        "laps_led": row.get("led", 0),
        "laps_completed": row.get("laps", 0),
        # Penalties are not in it, and who scores elsewhere has none.
        "points_earned": row.get("points", 0) - taken if row.get("eligible", True) and ran else 0,
        "playoff_points_earned": 0,
        "finishing_status": _status(row.get("status")),
        "disqualified": row.get("disqualified", False),
        "diff_laps": 0,
        "diff_time": 0,
        "car_make": row.get("make") or "",
        "car_model": "",
        "sponsor": f"{row.get('sponsor') or ''} ",
        "winnings": 0,
    }


def _status(status: str | None) -> str:
    return {"crash": "Accident", "dvp": "DVP", None: ""}.get(status, (status or "").title())


def _caution(race_id: int, period: list[Any]) -> dict[str, Any]:
    first, last, reason, free_pass = period
    stage = (reason or "")[-1:]
    words = {
        None: ("Unknown", ""),
        f"end of stage {stage}": ("Competition", f"Stage {stage} Conclusion"),
        "competition caution": ("Competition", "Competition Caution"),
        "fluid on the track": ("Unknown", "Fluid on track"),
    }
    kind, comment = words.get(reason, ((reason or "").capitalize(), "Turn 4"))
    return {
        "race_id": race_id,
        "start_lap": first,
        "end_lap": last,
        "reason": kind,
        "comment": comment,
        "beneficiary_car_number": None if free_pass is None else f"{free_pass:5}",
        "flag_state": 2,
    }


def _stage(number: int, rows: list[dict[str, Any]]) -> dict[str, Any]:
    held = [row for row in rows if row.get(f"stage{number}_finish")]
    return {
        "stage_number": number,
        "results": [
            {
                "driver_fullname": plain_name(row["driver"]),
                "driver_id": driver_ids()[row["driver"]],
                "car_number": row["number"],
                "finishing_position": row[f"stage{number}_finish"],
                "stage_points": row.get(f"stage{number}_points", 0),
            }
            for row in sorted(held, key=lambda row: row[f"stage{number}_finish"])
        ],
    }


def _lap_times(race: dict[str, Any], rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Lap times in which the fastest lap is the race's; None for a race whose fastest lap is not known."""
    fastest = (race.get("outcome") or {}).get("fastest_lap") or {}
    best = fastest.get("seconds")
    if best is None:
        return None
    trucks = []
    for place, row in enumerate(row for row in rows if row.get("finish")):
        mine = row["driver"] == fastest["driver"]
        first = best if mine else best + 0.05 + place / 100
        times = [first, first + 0.1, first + 0.2, best * 1.4]
        laps: list[dict[str, Any]] = [{"Lap": 0, "LapTime": None, "LapSpeed": None, "RunningPos": place + 1}]
        laps += [
            {
                "Lap": lap,
                "LapTime": each,
                "LapSpeed": f"{fastest.get('mph') or 0:,.3f}" if mine and lap == 1 else "99.1",
            }
            for lap, each in enumerate(times, 1)
        ]
        if place == len(rows) // 2:
            laps.append({"Lap": 5, "LapTime": IMPOSSIBLE, "LapSpeed": "2,057.143"})
        trucks.append(
            {
                "Number": row["number"],
                "FullName": f"{plain_name(row['driver'])}{' # (P)' if row.get('eligible', True) else '(i)'}",
                "NASCARDriverID": driver_ids()[row["driver"]],
                "Laps": laps,
            }
        )
    return {"laps": trucks, "flags": [{"LapsCompleted": 0, "FlagState": 8}, {"LapsCompleted": 4, "FlagState": 4}]}


def standings(held: models.Season) -> list[dict[str, Any]]:
    """NASCAR's table of a season: who scores elsewhere stands behind the others, with nothing."""
    places = driver_standings(held).standings.places
    scoring = {place.who for place in places}
    table = [(each.who, each.points, each.wins) for each in places]
    table += [(key, 0, 0) for key, starts in held.starts.items() if starts and key not in scoring]
    return [
        {
            "position": position,
            "driver_name": f"{held.drivers[key].name}{'' if key in scoring else '(i)'}",
            "driver_id": held.drivers[key].nascar_id,
            "points": points,
            "wins": wins,
            "starts": held.starts.get(key, 0),
            "playoff_rank": 0,
            "delta_leader": points - table[0][1],
            "car_no": "",
            "winnings": 0.0,
        }
        for position, (key, points, wins) in enumerate(table, 1)
    ]
