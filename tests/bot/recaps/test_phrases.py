"""How things are put: numbers, ordinals, articles, possessives and names."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.recaps.phrases import (
    an,
    at,
    clock,
    count,
    decimals,
    figures,
    joined,
    ordinal,
    plain,
    possessive,
    race_name,
    seconds,
    spelled,
    surname,
    the,
    track_name,
    where,
)
from db.tracks import TrackName
from tests.seasons import make_race, make_track


@pytest.mark.parametrize(
    ("name", "last"),
    [
        ("Corey Heim", "Heim"),
        ("Ricky Stenhouse Jr.", "Stenhouse"),
        ("Mike Christopher Jr.", "Christopher"),
        ("Shane van Gisbergen", "van Gisbergen"),
        ("Greg Van Alst", "Van Alst"),
        ("Andres Perez de Lara", "Perez de Lara"),
        ("John Hunter Nemechek", "Nemechek"),
        ("Austin Wayne Self", "Self"),
        ("Jason A. White", "White"),
        ("Fangio", "Fangio"),
    ],
)
def test_surnames(name: str, last: str) -> None:
    assert surname(name) == last


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Heim", "Heim's"), ("Rhodes", "Rhodes'"), ("Ankrum", "Ankrum's"), ("Mills", "Mills'"), ("Alex", "Alex's")],
)
def test_possessives(name: str, expected: str) -> None:
    assert possessive(name) == expected


@pytest.mark.parametrize(
    ("number", "said"), [(1, "a first"), (8, "an eighth"), (10, "a 10th"), (11, "an 11th"), (18, "an 18th"),
                         (81, "an 81st"), (80, "an 80th"), (12, "a 12th"), (110, "a 110th"), (22, "a 22nd")]
)  # fmt: skip
def test_ordinals_and_their_articles(number: int, said: str) -> None:
    assert an(ordinal(number)) == said


@given(st.integers(0, 5000))
def test_one_is_singular_and_all_else_is_not(number: int) -> None:
    assert count(number, "lap").endswith(" lap") == (number == 1) == figures(number, "lap").endswith(" lap")
    assert (spelled(number) == f"{number:,}") == (number >= 10)


@given(st.integers(1, 5000))
def test_every_ordinal_has_its_ending(number: int) -> None:
    said = ordinal(number)
    if number < 10:
        assert said.isalpha()
        return
    end = "th" if number // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    assert said == f"{number:,}{end}"
    assert an(said).startswith("an ") == (re.match(r"8|11[^\d,]|18[^\d,]", said) is not None)


@given(st.lists(st.sampled_from(["Heim", "Majeski", "Riggs"]), min_size=1, max_size=6))
def test_lists_have_one_and(names: list[str]) -> None:
    said = joined(names)
    assert said.count(" and ") == (len(names) > 1)
    assert re.split(r", | and ", said) == names


@given(st.floats(0.001, 500))
def test_decimals_have_no_tail(value: float) -> None:
    said = decimals(value)
    assert abs(float(said) - value) <= 0.0006
    assert not re.search(r"\.$|\.\d*0$", said)


def test_seconds_and_clock() -> None:
    finished = [seconds(value) for value in (0.059, 1.34, 1.0, 6.2)]
    assert finished == ["0.059 seconds", "1.34 seconds", "1 second", "6.2 seconds"]
    evening = datetime(2025, 10, 17, 20, tzinfo=UTC)
    assert [clock(evening), clock(evening.replace(hour=23, minute=30)), clock(evening.replace(hour=16))] == [
        "4 p.m. ET", "7:30 p.m. ET", "noon ET",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Love's RV Stop 225", "the Love's RV Stop 225"),
        ("UNOH 200 presented by Ohio Logistics", "the UNOH 200"),
        ("Mission 176 at The Glen", "the Mission 176"),
        ("TSport 200 at IRP", "the TSport 200"),
        ("Weather Guard Truck Race on Dirt", "the Weather Guard Truck Race"),
        ("The Milwaukee 200", "The Milwaukee 200"),
    ],
)
def test_race_names(name: str, said: str) -> None:
    assert race_name(make_race(2025, 1, name=name)) == said


def test_tracks() -> None:
    talladega = replace(make_track("Talladega"), name="Talladega Superspeedway")
    assert (track_name(talladega, 2025), at(talladega)) == ("Talladega Superspeedway", "at Talladega")
    mile = replace(make_track("Milwaukee"), name="Milwaukee Mile")
    assert (track_name(mile, 2025), at(mile)) == ("the Milwaukee Mile", "at Milwaukee")
    roval = replace(make_track("Charlotte ROVAL"), name="Charlotte Motor Speedway Road Course")
    assert (track_name(roval, 2025), at(roval)) == (
        "the Charlotte Motor Speedway Road Course",
        "at the Charlotte ROVAL",
    )
    assert track_name(replace(make_track("Atlanta"), name="EchoPark Speedway"), 2025) == "EchoPark Speedway (Atlanta)"
    atlanta = replace(
        make_track("Atlanta"), name="EchoPark Speedway", names=(TrackName("Atlanta Motor Speedway", 2004, 2024),)
    )
    assert [track_name(atlanta, year) for year in (2018, 2025)] == [
        "Atlanta Motor Speedway",
        "EchoPark Speedway (Atlanta)",
    ]
    assert at(make_track("San Diego", shape="street course")) == "in San Diego"
    dirt = make_track("Bristol Dirt", shape="dirt oval")
    assert (where(dirt), at(dirt)) == ("the Bristol dirt", "on the Bristol dirt")


def test_networks_and_stored_text() -> None:
    assert the("NASCAR Racing Network") == "the NASCAR Racing Network"
    assert the("FOX Sports 1") == "FOX Sports 1"
    assert plain(" a\x02b\n  c ") == "a b c"
