"""How a race went, from a weekend's document: leads, cautions, pole, margin, stages, and who got which points."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from bot.feeds.outcome import outcome_of
from bot.feeds.people import People
from bot.feeds.reading import read_lap_times
from bot.feeds.results import (
    Field,
    fastest_lap_point,
    must_agree,
    point_for_another,
    points_of_guests,
    result_rows,
    stage_scores,
)
from tests.feeds.test_traps import fetched, weekend

LAPS = 100


def truck(place: int, **facts: Any) -> dict[str, Any]:
    """The row of a place, whose truck has its number; the winner led it all."""
    known = {
        "car_number": f"{place:02}",
        "driver_fullname": f"Driver {'ABCDEFGHIJ'[place - 1]}",
        "driver_id": 100 + place,
        "finishing_position": place,
        "starting_position": place,
        "laps_completed": LAPS,
        "laps_led": LAPS if place == 1 else 0,
        "points_earned": 40 if place == 1 else 37 - place,
        "finishing_status": "Running",
    }
    return known | facts


def field_of(rows: Iterable[dict[str, Any]], **facts: Any) -> Field:
    found = weekend(*rows, **({"actual_laps": LAPS, "average_speed": 100} | facts))
    assert found is not None
    return Field.of(found, People({}))


def outcome(rows: Iterable[dict[str, Any]] | None = None, **facts: Any) -> dict[str, Any]:
    rows = [truck(place) for place in (1, 2, 3)] if rows is None else rows
    return outcome_of(field_of(rows, **facts), None, None, timed=False)


def lead(first: int, last: int, number: str) -> dict[str, Any]:
    return {"start_lap": first, "end_lap": last, "car_number": number}


TWO_LED = [truck(1, laps_led=60), truck(2, laps_led=40), truck(3)]


@pytest.mark.parametrize(
    ("segments", "leads"),
    [
        # 8: the lead of lap 0 is the pole, and lap 0 is no lap led.
        ([lead(0, 0, "02"), lead(1, 40, "02"), lead(41, 100, "01")], [["Driver B", 1, 40], ["Driver A", 41, 100]]),
        ([lead(0, 40, "02"), lead(41, 100, "01")], [["Driver B", 1, 40], ["Driver A", 41, 100]]),
        # 9: two segments of one truck in a row are one lead.
        (
            [lead(1, 20, "02"), lead(21, 40, "02"), lead(41, 100, "01")],
            [["Driver B", 1, 40], ["Driver A", 41, 100]],
        ),
        # Out of order, they are put in order.
        ([lead(41, 100, "01"), lead(1, 40, "02")], [["Driver B", 1, 40], ["Driver A", 41, 100]]),
        # A gap, an overlap, another truck's laps and a truck that nobody raced: who led is not known.
        ([lead(1, 39, "02"), lead(41, 100, "01")], None),
        ([lead(1, 41, "02"), lead(41, 100, "01")], None),
        ([lead(1, 100, "01")], None),
        ([lead(1, 40, "2"), lead(41, 100, "01")], None),
        ([lead(1, 40, "02"), lead(41, 99, "01")], None),
        ([], None),
    ],
)
def test_leads(segments: list[dict[str, Any]], leads: list[list[Any]] | None) -> None:
    assert outcome(TWO_LED, race_leaders=segments).get("leads") == leads


@pytest.mark.parametrize(
    ("reason", "comment", "word"),
    [
        ("Accident", "#44, 88 incident turn 4", "accident"),
        ("Competition", "Stage 1 Conclusion", "end of stage 1"),
        ("Accident", "#44 Incident Turn 2/Stage 2 Conclusion", "end of stage 2"),
        ("Competition", "Precipitation / Stage 1 Conclusion", "end of stage 1"),
        ("Competition", "Competition Caution", "competition caution"),
        ("Unknown", "Fluid on track", "fluid on the track"),
        ("Unknown", "", None),
        ("", "", None),
    ],
)
def test_what_a_caution_was_for(reason: str, comment: str, word: str | None) -> None:
    """35: a caution that is called "Competition" is the break after a stage."""
    segment = {"start_lap": 4, "end_lap": 9, "reason": reason, "comment": comment, "beneficiary_car_number": "27   "}
    assert outcome(caution_segments=[segment])["caution_periods"] == [[4, 9, word, "27"]]


def test_cautions_that_cannot_be_are_left_out() -> None:
    def segment(first: int, last: int, number: str | None = None) -> dict[str, Any]:
        return {"start_lap": first, "end_lap": last, "reason": "Spin", "beneficiary_car_number": number}

    good = [segment(40, 44), segment(4, 9, "None")]
    assert outcome(caution_segments=good)["caution_periods"] == [[4, 9, "spin", None], [40, 44, "spin", None]]
    for wrong in ([segment(9, 4)], [segment(4, 9), segment(8, 12)], [segment(99, 103)]):
        assert "caution_periods" not in outcome(caution_segments=wrong)
    # 38: what a practice has is no count.
    assert "cautions" not in outcome(number_of_cautions=None)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        # 33: margins are texts, with and without the 0, or say that the race ended under caution.
        (".262", {"margin": 0.262}),
        ("1.340", {"margin": 1.34}),
        ("0.059", {"margin": 0.059}),
        ("Caution", {"under_caution": True}),
        ("Under Caution", {"under_caution": True}),
        ("", {}),
        ("1 Lap", {}),
        (None, {}),
    ],
)
def test_margins(text: str | None, known: dict[str, Any]) -> None:
    found = outcome(margin_of_victory=text)
    assert {name: found[name] for name in ("margin", "under_caution") if name in found} == known


def test_the_margin_to_somebody_who_is_gone() -> None:
    """15: who is disqualified keeps "running" and all laps, and the margin may be to that truck."""
    rows = [truck(1), truck(2), truck(3, disqualified=True, points_earned=1)]
    assert "margin" not in outcome(rows, margin_of_victory=".262")
    rows[2]["laps_completed"] = 50
    assert outcome(rows, margin_of_victory=".262")["margin"] == 0.262
    assert result_rows(field_of(rows), 1, None, None, None)[2]["status"] == "running"


@pytest.mark.parametrize(
    ("facts", "pole"),
    [
        # 12: an id without a speed is no pole, nor is an id of 0; 13: starting first is none either.
        ({"pole_winner_driver_id": 102, "pole_winner_speed": 176.38}, "Driver B"),
        ({"pole_winner_driver_id": 102, "pole_winner_speed": 0}, None),
        ({"pole_winner_driver_id": 0, "pole_winner_speed": 176.38}, None),
        ({"pole_winner_driver_id": 999, "pole_winner_speed": 176.38}, None),
        ({}, None),
    ],
)
def test_poles(facts: dict[str, Any], pole: str | None) -> None:
    found = outcome(**facts)
    assert found.get("pole") == pole
    assert found.get("pole_mph") == (176.38 if pole else None)


def stages(*first: tuple[int, int]) -> list[dict[str, Any]]:
    """A first stage of these places and points."""
    held = [
        {"finishing_position": at, "driver_id": 100 + who, "stage_points": 11 - at}
        for at, who in enumerate(first[0], 1)
    ]
    return [{"stage_number": 1, "results": held}]


def test_stage_points() -> None:
    """23: ten are listed, and some of them score nothing; everybody else has 0 where the stage is on record."""
    rows = [truck(1, points_earned=50), truck(2), truck(3, points_earned=0)]
    field = field_of(rows, stage_results=stages((1, 3)))
    found = {row["driver"]: row for row in result_rows(field, 1, None, None, None)}
    assert (found["Driver A"]["stage1_finish"], found["Driver A"]["stage1_points"]) == (1, 10)
    assert (found["Driver B"].get("stage1_finish"), found["Driver B"]["stage1_points"]) == (None, 0)
    # Who scores elsewhere keeps the place and has no points.
    assert (found["Driver C"]["stage1_finish"], found["Driver C"]["stage1_points"]) == (2, 0)
    assert not found["Driver C"]["eligible"]
    # The second stage is not on record.
    assert "stage2_points" not in found["Driver A"]
    assert outcome_of(field, None, None, timed=False)["stage_winners"] == ["Driver A", None]


def test_the_point_for_the_fastest_lap() -> None:
    """18, 21: it is what is left of the points, and may be another's than the fastest lap."""
    rows = [truck(1, points_earned=55), truck(2), truck(3, points_earned=35)]
    field = field_of(rows)
    assert fastest_lap_point(field, stage_scores(field)) == "Driver C"
    assert point_for_another(field, "Driver C") is None
    assert point_for_another(field, "Driver B") == (
        "Driver C has the point for the fastest lap, and by the lap times it was Driver B's"
    )
    # Of two, nobody is said to have it.
    rows[1]["points_earned"] = 36
    assert fastest_lap_point(field_of(rows), {}) is None
    # Nobody got it: it was somebody's who scores elsewhere.
    nobody = field_of([truck(1, points_earned=55), truck(2, points_earned=0), truck(3)])
    flags = {row["driver"]: row.get("fastest_lap") for row in result_rows(nobody, 1, None, None, "Driver B")}
    assert flags == {"Driver A": None, "Driver B": True, "Driver C": None}
    assert point_for_another(nobody, "Driver B") is None


def test_points_of_those_who_are_marked_as_scoring_elsewhere() -> None:
    """17, 31: NASCAR gives points to some who do not score; they are in doubt and counted, since most of them did."""
    trucks = [
        {"Number": "01", "NASCARDriverID": 101, "FullName": "Driver A(i) (C)", "Laps": []},
        {"Number": "02", "NASCARDriverID": 102, "FullName": "Driver B(i)", "Laps": []},
        {"Number": "03", "NASCARDriverID": 103, "FullName": "Driver C #", "Laps": []},
    ]
    laps = read_lap_times(fetched({"laps": trucks}))
    assert laps is not None
    assert laps.guests == {101, 102}
    field = field_of([truck(1), truck(2, points_earned=0), truck(3)])
    line = "Driver A has 40 points, and the lap times mark them as scoring in another series"
    assert points_of_guests(field, laps.guests) == [line]
    rows = {row["driver"]: row for row in result_rows(field, 1, None, None, None)}
    assert [rows[f"Driver {name}"]["eligible"] for name in "ABC"] == [True, False, True]


def test_who_did_not_start() -> None:
    """14: a place of 0 is none, and such trucks are not counted in the field."""
    rows = [
        truck(1),
        truck(2),
        truck(3, finishing_position=0, starting_position=34, finishing_status="", laps_completed=0),
    ]
    field = field_of(rows, number_of_cars_in_field=2)
    must_agree(field, LAPS)
    last = result_rows(field, 1, None, None, None)[-1]
    assert (last["driver"], last["note"], last.get("finish"), last.get("start")) == (
        *("Driver C", "did not start"),
        *(None, None),
    )


def test_a_number_is_the_one_on_the_truck() -> None:
    """30: numbers are texts with their zeros, and the official number may be another."""
    rows = [truck(1, car_number="02"), truck(2, car_number="2"), truck(3, car_number="46", official_car_number="146")]
    assert [row["number"] for row in result_rows(field_of(rows), 1, None, None, None)] == ["02", "2", "46"]
