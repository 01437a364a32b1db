"""A race weekend as NASCAR's documents tell it, from the entry list to a penalty: each state of it is a value.

``documents`` says how a state is published; ``told`` what a store must hold that has taken it in. Both are computed
from the state alone, and neither by the program.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from bot.feeds import paths
from db.models import EASTERN, RaceStatus, Season, SessionKind
from db.results_state import ResultsState

YEAR = 2025
GREEN = datetime(2025, 10, 17, 20, 30, tzinfo=UTC)
"""4.30 p.m. Eastern on a Friday: the green flag as it is first listed."""
EARLIER, RACE, LATER = 5501, 5502, 5503
"""NASCAR's ids of the race three weeks before, of the one that all is about, and of the one two weeks after."""
ROUND = 2
"""The round of the race that all is about."""
LENGTH = timedelta(hours=2, minutes=20)
"""How long after the green flag the checkered flag falls."""
LAPS = 100
LAP_SECONDS = 31.5
"""The fastest lap."""
NAMES = ("Corey Heim", "Ty Majeski", "Layne Riggs", "Rajah Caruth", "Grant Enfinger")
RESERVE = "Matt Crafton"
"""Who takes the fifth truck when the entry list changes."""
NUMBERS = dict(zip((*NAMES, RESERVE), ("11", "98", "34", "71", "9", "9"), strict=True))
IDS = {name: 4001 + place for place, name in enumerate(NUMBERS)}

LIST, WEEKEND = paths.race_list(YEAR), paths.weekend(YEAR, RACE)
LAP_TIMES = paths.lap_times(YEAR, RACE)


@dataclass(frozen=True)
class State:
    """What NASCAR says of the race at some time.

    Attributes:
        start: the listed green flag.
        sessions: whether the times of practice and qualifying are there.
        entries: 0 without an entry list, 1 as it first is and 2 as it is changed.
        listed_over: whether the list names a winner.
        over: whether the weekend has a finishing order; ``points`` whether it has points, which come with it or later.
        led: whether the laps led are corrected; ``winner_out`` and ``third_out`` say who is disqualified.
        official: whether NASCAR says so.
        timed: whether the lap times are there.
    """

    start: datetime = GREEN
    sessions: bool = False
    entries: int = 0
    listed_over: bool = False
    over: bool = False
    points: bool = True
    led: bool = False
    winner_out: bool = False
    third_out: bool = False
    official: bool = False
    timed: bool = False

    def edited(self, edit: str) -> State:
        """The state after a change; see ``EDITS``."""
        return replace(self, **EDITS[edit](self))

    @property
    def names(self) -> tuple[str, ...]:
        """Who is entered."""
        return (*NAMES[:-1], RESERVE) if self.entries > 1 else NAMES

    @property
    def order(self) -> list[str]:
        """Who finished where: whoever is disqualified is last."""
        out = [name for name, gone in ((NAMES[2], self.third_out), (NAMES[0], self.winner_out)) if gone]
        return [name for name in self.names if name not in out] + out

    @property
    def laps_led(self) -> dict[str, int]:
        first = 55 if self.led else 60
        return {NAMES[0]: first, NAMES[1]: LAPS - first}


EDITS: dict[str, Any] = {
    "entry list": lambda _: {"entries": 1},
    "entries changed": lambda _: {"entries": 2},
    "sessions": lambda _: {"sessions": True},
    "later": lambda state: {"start": state.start + timedelta(minutes=75)},
    "sooner": lambda state: {"start": state.start - timedelta(minutes=30)},
    "next day": lambda state: {"start": state.start + timedelta(days=1)},
    "moved back": lambda _: {"start": GREEN},
    "no points": lambda _: {"over": True, "points": False},
    "results": lambda _: {"over": True, "points": True},
    "list over": lambda _: {"listed_over": True},
    "laps led": lambda _: {"led": True},
    "laps led after all": lambda _: {"led": False},
    "inspection": lambda _: {"winner_out": True},
    "penalty": lambda _: {"third_out": True},
    "official": lambda _: {"official": True},
    "lap times": lambda _: {"timed": True},
}
"""What may change, by name."""


def documents(state: State) -> dict[str, bytes | None]:
    """What NASCAR serves in a state, by path; None for what is not there."""
    return {
        LIST: _list(state.start, state.sessions, state.listed_over),
        WEEKEND: _weekend(replace(state, listed_over=False, timed=False, sessions=False)),
        LAP_TIMES: _lap_times(state.names) if state.timed else None,
        **_constant(),
    }


@cache
def _constant() -> Mapping[str, bytes]:
    """What is always as it is."""
    earlier = State(GREEN - timedelta(weeks=3), entries=1, over=True, official=True, listed_over=True)
    return {
        paths.weekend(YEAR, EARLIER): _weekend(earlier, EARLIER),
        paths.session_times(YEAR): b"[]",
        paths.drivers(): _bytes(
            {"response": [{"Nascar_Driver_ID": number, "Full_Name": name} for name, number in IDS.items()]}
        ),
        paths.tracks(): _bytes({"items": [{"track_id": 105, "track_name": "Talladega", "length": 2.66}]}),
    }


def _bytes(value: Any) -> bytes:
    return json.dumps(value).encode()


def _race(number: int, start: datetime) -> dict[str, Any]:
    local = start.astimezone(EASTERN).isoformat()[:19]
    return {
        "race_id": number, "series_id": 3, "race_season": YEAR, "race_type_id": 1, "race_name": f"Race {number}",
        "track_id": 105, "track_name": "Talladega", "date_scheduled": local, "race_date": local,
        "scheduled_laps": LAPS, "actual_laps": LAPS, "playoff_round": 0, "television_broadcaster": "FS1",
    }  # fmt: skip


def session_starts(state: State) -> tuple[tuple[SessionKind, datetime], ...]:
    """When the weekend's sessions are, the race among them."""
    first = GREEN - timedelta(hours=5)
    held = [(SessionKind.PRACTICE, first), (SessionKind.QUALIFYING, first + timedelta(hours=1))]
    return (*(held if state.sessions else ()), (SessionKind.RACE, state.start))


@cache
def _list(start: datetime, sessions: bool, over: bool) -> bytes:
    kinds = {SessionKind.PRACTICE: 1, SessionKind.QUALIFYING: 2, SessionKind.RACE: 3}
    rows = [
        _race(EARLIER, GREEN - timedelta(weeks=3)) | {"winner_driver_id": IDS[NAMES[0]], "schedule": []},
        _race(RACE, start)
        | {"winner_driver_id": IDS[NAMES[0]] if over else None}
        | {
            "schedule": [
                {"event_name": kind.value, "start_time_utc": moment.isoformat()[:19], "run_type": kinds[kind]}
                for kind, moment in session_starts(State(start, sessions))
            ]
        },
        _race(LATER, GREEN + timedelta(weeks=2)) | {"winner_driver_id": None, "schedule": []},
    ]
    return _bytes({"series_1": [], "series_3": rows})


def points_of(place: int) -> int:
    """What a place pays."""
    return 40 if place == 1 else 37 - place


@cache
def _weekend(state: State, number: int = RACE) -> bytes:
    if not state.entries and not state.over:
        return _bytes({"weekend_race": None})
    race = _race(number, state.start) | {"caution_segments": [], "stage_results": [], "race_leaders": []}
    places = {name: place for place, name in enumerate(state.order, 1)} if state.over else {}
    race["results"] = [
        {
            "finishing_position": places.get(name, 0), "starting_position": start if state.over else 0,
            "car_number": NUMBERS[name], "driver_id": IDS[name], "driver_fullname": name,
            "team_name": f"Team {NUMBERS[name]}", "car_make": "Toyota",
            "laps_led": state.laps_led.get(name, 0) if state.over else 0,
            "laps_completed": LAPS if state.over else 0,
            "points_earned": points_of(places[name]) if state.over and state.points else 0,
            "finishing_status": "Running" if state.over else "", "disqualified": _is_out(state, name),
        }
        for start, name in enumerate(state.names, 1)
    ]  # fmt: skip
    if state.over:
        first = state.laps_led[NAMES[0]]
        race |= {
            "number_of_cars_in_field": len(state.names), "average_speed": 130.5, "total_race_time": "2:00:27",
            "margin_of_victory": "0.123", "number_of_cautions": 0, "number_of_lead_changes": 1,
            "inspection_complete": state.official,
            "race_leaders": [
                {"start_lap": 1, "end_lap": first, "car_number": NUMBERS[NAMES[0]]},
                {"start_lap": first + 1, "end_lap": LAPS, "car_number": NUMBERS[NAMES[1]]},
            ],
        }  # fmt: skip
    return _bytes({"weekend_race": [race]})


def _is_out(state: State, name: str) -> bool:
    return (state.winner_out and name == NAMES[0]) or (state.third_out and name == NAMES[2])


@cache
def _lap_times(names: tuple[str, ...]) -> bytes:
    trucks = [
        {
            "Number": NUMBERS[name],
            "FullName": name,
            "NASCARDriverID": IDS[name],
            "RunningPos": place,
            "Laps": [
                {"Lap": lap, "LapTime": LAP_SECONDS + place / 10 + lap / 100, "LapSpeed": "150.0", "RunningPos": place}
                for lap in range(3)
            ],
        }
        for place, name in enumerate(names)
    ]
    return _bytes({"laps": trucks, "flags": [{"LapsCompleted": LAPS, "FlagState": 4}]})


@dataclass(frozen=True)
class Told:
    """What documents say of the race, in the words of the store, or what a store holds of it.

    Attributes:
        schedule: the listed start and the sessions, from the list.
        weekend: the trucks, the state of the results, and who led when, from the weekend's document.
        fastest: the seconds of the fastest lap, from the lap times.
    """

    schedule: tuple[Any, ...]
    weekend: tuple[Any, ...]
    fastest: float | None


@cache
def told(state: State) -> Told:
    """What a store must hold that has taken in a state."""
    sessions = tuple((kind, moment) for kind, moment in session_starts(state) if moment <= state.start)
    fastest = LAP_SECONDS + 0.01 if state.timed and state.over else None
    return Told((state.start, sessions), (_results(state), results_state(state), _leads(state)), fastest)


def results_state(state: State) -> ResultsState:
    """What NASCAR says of how final the results are."""
    if not state.over:
        return ResultsState.NONE
    if not state.points:
        return ResultsState.PARTIAL
    return ResultsState.OFFICIAL if state.official else ResultsState.UNOFFICIAL


def _leads(state: State) -> tuple[tuple[int, int], ...]:
    first = state.laps_led[NAMES[0]]
    return ((1, first), (first + 1, LAPS)) if state.over else ()


def _results(state: State) -> tuple[Any, ...]:
    if not state.entries and not state.over:
        return ()
    if not state.over:
        return tuple(sorted((NUMBERS[name], name) for name in state.names))
    return tuple(
        (place, NUMBERS[name], name, LAPS, state.laps_led.get(name, 0), points_of(place) if state.points else 0,
         _is_out(state, name))
        for place, name in enumerate(state.order, 1)
    )  # fmt: skip


def held(season: Season) -> Told:
    """What a store holds of the race."""
    race = season.race(ROUND)
    assert race is not None
    rows: tuple[Any, ...] = season.results.get(ROUND) or tuple(season.partial.get(ROUND, ()))
    name = {key: driver.name for key, driver in season.drivers.items()}
    results: tuple[Any, ...] = tuple(
        (row.finish, row.entry.number, name[row.driver], row.laps, row.led, row.points, row.disqualified)
        for row in rows
    ) or tuple(sorted((entry.number, name[entry.driver]) for entry in season.absent.get(ROUND, ())))
    fastest = race.outcome.fastest_lap if race.outcome is not None else None
    leads = tuple((each.from_lap, each.to_lap) for each in race.outcome.leads) if race.outcome is not None else ()
    sessions = tuple(sorted(((each.kind, each.start) for each in race.sessions), key=lambda each: each[1]))
    assert race.status is RaceStatus.SCHEDULED
    return Told(
        (race.start, sessions),
        (results, season.results_state(ROUND), leads),
        fastest.seconds if fastest is not None else None,
    )
