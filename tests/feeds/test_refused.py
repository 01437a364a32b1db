"""What contradicts itself, shrinks or cannot be told apart is refused with a line; what was held stays."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.connection import Store
from db.documents.importer import import_documents
from db.models import Season
from db.results_state import ResultsState
from tests.db.documents import read
from tests.feeds import fake_nascar
from tests.feeds.mutating import AT, RUN, YEAR, small_season
from tests.feeds.taking import Taken, refresh, season_of

Spoil = Callable[[dict[str, Any]], Any]
LAST = RUN
"""The place of the race that has results in the documents and none in the store."""


@pytest.fixture
async def held(empty_store: Store) -> Store:
    """A store with two races run, and the entry list of a third."""
    season = small_season()
    season.forget_results(season.races[LAST]["race_id"])
    taken = await refresh(empty_store, season.documents(), YEAR, at=AT)
    assert (taken.refused, taken.clashes) == ([], [])
    return empty_store


async def take(store: Store, season: fake_nascar.Season, days: int = 1) -> tuple[Taken, Season]:
    taken = await refresh(store, season.documents(), YEAR, at=AT + timedelta(days=days))
    found = await season_of(store, YEAR)
    assert found is not None
    return taken, found


def result(place: int, **facts: Any) -> Spoil:
    """Changes the row of a place."""

    def spoil(weekend: dict[str, Any]) -> None:
        weekend["results"][place - 1] |= facts

    return spoil


def race(**facts: Any) -> Spoil:
    """Changes the race itself."""
    return lambda weekend: weekend.update(facts)


def stage(**facts: Any) -> Spoil:
    """Changes the second row of the first stage."""
    return lambda weekend: weekend["stage_results"][0]["results"][1].update(facts)


CONTRADICTIONS: list[tuple[Spoil, str]] = [
    (result(2, finishing_position=1), "has two trucks in place 1, with 10 trucks"),
    (result(3, finishing_position=0), "has nobody in place 3, with 9 trucks"),
    (result(1, finishing_position=11), "has nobody in place 1, with 10 trucks"),
    (lambda weekend: weekend["results"].pop(), "has 9 trucks of the 10 that it says were in the field"),
    (lambda weekend: weekend["results"].__delitem__(slice(1, None)), "has a single truck"),
    (result(4, finishing_status=""), "does not say how"),
    (result(4, laps_led=60, laps_completed=50), "leading 60 of 50 laps"),
    (result(4, laps_completed=400), "completing 400 of"),
    (race(actual_laps=30), "completing"),
    (stage(finishing_position=1), "has two drivers in one place of stage 1"),
    (stage(finishing_position=0), "has no place for"),
    (stage(stage_points=1000), "has 1000 points for"),
    (stage(stage_points=-9), "has -9 points for"),
    (stage(driver_id=77, car_number="777", driver_fullname="Nobody"), "has Nobody in stage 1, who did not race"),
]


@pytest.mark.parametrize("at", range(len(CONTRADICTIONS)))
async def test_a_weekend_that_contradicts_itself(held: Store, at: int) -> None:
    spoil, problem = CONTRADICTIONS[at]
    season = small_season()
    listed = season.races[LAST]
    spoil(season.weekend(listed["race_id"]))
    taken, found = await take(held, season)
    assert len(taken.refused) == 1
    assert taken.refused[0].startswith(f"2027 race 3, {listed['race_name']}: NASCAR's weekend document ")
    assert problem in taken.refused[0]
    assert found.results_state(3) is ResultsState.NONE
    # And once it is right, it goes in.
    taken, found = await take(held, small_season(), days=2)
    assert taken.refused == []
    assert len(found.results[3]) == 10


async def test_two_trucks_of_one_driver(held: Store) -> None:
    season = small_season()
    rows = season.weekend(season.races[LAST]["race_id"])["results"]
    rows[5] |= {"driver_id": rows[4]["driver_id"], "driver_fullname": rows[4]["driver_fullname"]}
    taken, found = await take(held, season)
    assert "in two places" in taken.refused[0]
    assert found.results_state(3) is ResultsState.NONE


SHRINKING: list[tuple[Spoil, str]] = [
    (lambda weekend: weekend.update(results=[], average_speed=0, total_race_time=""), "has no results, and 10 trucks"),
    (
        lambda weekend: (weekend["results"].pop(), weekend.update(number_of_cars_in_field=9)),
        "has 9 trucks, and 10 are held",
    ),
    (lambda weekend: [row.update(points_earned=0) for row in weekend["results"]], "has no points any more"),
    (race(stage_results=[]), "has no stages any more"),
    (race(stage_results=None), "has no stages any more"),
]


@pytest.mark.parametrize("at", range(len(SHRINKING)))
async def test_a_weekend_that_shrinks(held: Store, at: int) -> None:
    spoil, problem = SHRINKING[at]
    before = await season_of(held, YEAR)
    season = small_season()
    first = season.races[0]["race_id"]
    season.races[0] |= {"winner_driver_id": None}
    spoil(season.weekend(first))
    if not season.weekend(first)["results"]:
        season.races[0] |= {"average_speed": 0, "total_race_time": ""}
    taken, found = await take(held, season)
    assert len(taken.refused) == 1
    assert problem in taken.refused[0]
    assert before is not None
    assert found.results[1] == before.results[1]
    assert found.races[0].outcome == before.races[0].outcome


async def test_null_where_there_was_a_weekend_takes_nothing_away(held: Store) -> None:
    before = await season_of(held, YEAR)
    season = small_season()
    season.weekends = dict.fromkeys(season.weekends)
    taken, found = await take(held, season)
    assert taken.refused == []
    assert before is not None
    assert found.results == before.results


async def test_a_list_that_shrinks(held: Store) -> None:
    season = small_season()
    del season.races[0]
    taken, found = await take(held, season)
    assert taken.refused[0].endswith(
        "has no race 208700 (Fresh From Florida 250), which has been run; the schedule held stays"
    )
    assert len(found.races) == 3


async def test_a_race_that_the_list_has_no_more_stays_and_is_told(store: Store) -> None:
    season = fake_nascar.season(2026)
    dropped = season.races.pop()
    taken = await refresh(store, season.documents(), 2026, [], at=datetime(2026, 12, 1, tzinfo=UTC))
    assert taken.refused == []
    (line,) = (line for line in taken.clashes if "no more" in line)
    assert line.startswith(f"2026 race 25, {dropped['race_name']}: NASCAR's list has it no more; if it is canceled, ")
    found = await season_of(store, 2026)
    assert found is not None
    assert len(found.races) == 25


async def test_a_list_with_half_of_the_races(store: Store) -> None:
    season = fake_nascar.season(2026)
    season.races = season.races[:13]
    taken = await refresh(store, season.documents(), 2026, [], at=datetime(2026, 12, 1, tzinfo=UTC))
    assert "has 13 of the 25 races of 2026 that are held" in taken.refused[0]


async def test_a_race_put_in_moves_those_behind_it_up(held: Store) -> None:
    season = small_season()
    season.forget_results(season.races[LAST]["race_id"])
    new = copy.deepcopy(season.races[LAST])
    day = datetime.fromisoformat(season.races[LAST]["race_date"]) - timedelta(days=3)
    new |= {"race_id": 99_999, "race_name": "Put In 100", "race_date": day.isoformat(), "schedule": []}
    new |= {"date_scheduled": day.isoformat(), "track_name": "Somewhere Speedway", "track_id": 999}
    season.races.append(new)
    taken, found = await take(held, season)
    assert (taken.refused, taken.clashes) == ([], [])
    assert [each.name for each in found.races][2:] == ["Put In 100", season.races[LAST]["race_name"]]
    assert found.races[2].track.name == "Somewhere Speedway"
    assert len(found.absent[4]) == 10


PEOPLE: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    # What the store has under drivers, what NASCAR has, and what is said.
    (
        {"name": "John Smith", "nascar_id": 11},
        {"driver_id": 12, "driver_fullname": "John Smith"},
        "John Smith (NASCAR id 12) has the name of John Smith (NASCAR id 11)",
    ),
    (
        {"name": "John Smith", "nascar_id": 11},
        {"driver_id": 4235, "driver_fullname": "John Smith"},
        "John Smith (NASCAR id 4235) has the id of Ty Majeski",
    ),
    (
        {"name": "Ty Majeski Jr.", "aliases": ["T. Majeski"], "nascar_id": 11},
        {"driver_id": 11, "driver_fullname": "Corey Heim"},
        "Corey Heim (NASCAR id 11) has the id of Ty Majeski Jr.",
    ),
]


@pytest.mark.parametrize("at", range(len(PEOPLE)))
async def test_who_cannot_be_told(held: Store, at: int) -> None:
    known, facts, problem = PEOPLE[at]
    more = [known, {"name": "Corey Heim", "nascar_id": 4387}, {"name": "Ty Majeski", "nascar_id": 4235}]
    await import_documents(held, [read({"format": "tailgate/1", "drivers": more}, "drivers.json")], AT)
    season = small_season()
    weekend = season.weekend(season.races[LAST]["race_id"])
    mine = weekend["results"][4]
    for each in weekend["stage_results"]:
        each["results"] = [row for row in each["results"] if row["driver_id"] != mine["driver_id"]]
    mine |= facts
    taken, found = await take(held, season)
    assert [line for line in taken.clashes if problem in line and "nothing of the race was taken" in line] != []
    assert found.results_state(3) is ResultsState.NONE


async def test_two_of_one_name_and_no_id(held: Store) -> None:
    more = [
        {"name": "John Smith", "born": "1970-05-05"},
        {"name": "John Smith (born 1999-05-05)", "born": "1999-05-05"},
    ]
    await import_documents(held, [read({"format": "tailgate/1", "drivers": more[:1]}, "a.json")], AT)
    second = {"name": "John Smith", "born": "1999-05-05"}
    await import_documents(held, [read({"format": "tailgate/1", "drivers": [second]}, "b.json")], AT)
    season = small_season()
    row = season.weekend(season.races[LAST]["race_id"])["results"][9]
    row |= {"driver_id": 12, "driver_fullname": "John Smith"}
    taken, found = await take(held, season)
    assert "John Smith (NASCAR id 12) may be John Smith (john-smith) or John Smith (john-smith--2)" in taken.clashes[0]
    assert found.results_state(3) is ResultsState.NONE


async def test_an_id_that_the_store_lacks_and_another_spelling(held: Store) -> None:
    more = [{"name": "Billy Newcomer"}, {"name": "Robert Veteran", "nascar_id": 4001}]
    await import_documents(held, [read({"format": "tailgate/1", "drivers": more}, "a.json")], AT)
    season = small_season()
    weekend = season.weekend(season.races[LAST]["race_id"])
    weekend["stage_results"] = []
    rows = weekend["results"]
    rows[8] |= {"driver_id": 4002, "driver_fullname": "Billy Newcomer"}
    rows[9] |= {"driver_id": 4001, "driver_fullname": "Bob Veteran"}
    taken, found = await take(held, season)
    assert taken.refused == []
    (alias,) = taken.clashes
    assert alias.endswith("Bob Veteran (NASCAR id 4001) became an alias of Robert Veteran, who has that id here")
    assert found.drivers["billy-newcomer"].nascar_id == 4002
    assert found.drivers["robert-veteran"].aliases == ("Bob Veteran",)
    assert "bob-veteran" not in found.drivers
    rows[9] |= {"driver_fullname": "The Rocket"}
    taken, found = await take(held, season, days=2)
    assert len(taken.clashes) == 1
    assert "The Rocket (NASCAR id 4001) is Robert Veteran here" in taken.clashes[0]
