"""The formats: what the rules of each season pay, and which rules a season goes by."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from bot.championship.formats import (
    CHASE,
    CHASE_2016,
    FORMATS,
    PLAYOFFS,
    PLAYOFFS_2020,
    PLAYOFFS_2021,
    PLAYOFFS_OF_8,
    PLAYOFFS_WITH_FASTEST_LAP,
    POINTS_1995,
    POINTS_1999,
    POINTS_2004,
    POINTS_2007,
    POINTS_2011,
    Format,
    format_of,
)

SYSTEMS = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "points_systems.json"
MISSING = "The points systems are not at hand: they are looked for in shared/data/ beside the checkout"
shared = [
    pytest.mark.shared,
    pytest.mark.skipif(not SYSTEMS.exists(), reason=MISSING),
]

HISTORY = SYSTEMS.parent / "history" / "truck_points_formats_1995-2022.json"
of_history = [
    pytest.mark.shared,
    pytest.mark.skipif(not HISTORY.exists(), reason="The formats on record are looked for in shared/data/history/"),
]

each_format = pytest.mark.parametrize(
    "rules", [PLAYOFFS, PLAYOFFS_WITH_FASTEST_LAP, CHASE], ids=["2023", "2025", "2026"]
)


@pytest.mark.parametrize(
    ("year", "rules"),
    [
        (1990, POINTS_1995),
        (1995, POINTS_1995),
        (1998, POINTS_1995),
        (1999, POINTS_1999),
        (2003, POINTS_1999),
        (2004, POINTS_2004),
        (2007, POINTS_2007),
        (2010, POINTS_2007),
        (2011, POINTS_2011),
        (2016, CHASE_2016),
        (2017, PLAYOFFS_OF_8),
        (2018, PLAYOFFS_OF_8),
        (2020, PLAYOFFS_2020),
        (2022, PLAYOFFS_2021),
        (2023, PLAYOFFS),
        (2024, PLAYOFFS),
        (2025, PLAYOFFS_WITH_FASTEST_LAP),
        (2026, CHASE),
        (2031, CHASE),
    ],
)
def test_a_year_goes_by_its_own_rules_or_those_of_the_nearest(year: int, rules: Format) -> None:
    assert format_of(year) is rules


@pytest.mark.parametrize(
    ("rules", "place", "points"),
    [
        (PLAYOFFS, 1, 40),
        (CHASE, 1, 55),
        *((rules, place, points) for rules in (PLAYOFFS, CHASE) for place, points in ((2, 35), (3, 34), (35, 2))),
        *((rules, place, 1) for rules in (PLAYOFFS, CHASE) for place in (36, 37, 40)),
        *((POINTS_1995, place, points) for place, points in ((1, 180), (2, 170), (6, 150), (7, 146), (11, 130))),
        *((POINTS_1999, place, points) for place, points in ((1, 175), (12, 127), (36, 55), (43, 34))),
        (POINTS_2004, 1, 180),
        (POINTS_2007, 1, 185),
        *((POINTS_2011, place, points) for place, points in ((1, 46), (2, 42), (36, 8))),
        *((CHASE_2016, place, points) for place, points in ((1, 35), (2, 31), (32, 1))),
        *((PLAYOFFS_2020, place, 5) for place in (32, 33, 40)),
        *((PLAYOFFS_2021, place, points) for place, points in ((32, 5), (33, 4), (40, 1))),
    ],
)
def test_a_finish_pays(rules: Format, place: int, points: int) -> None:
    assert rules.finish_points(place) == points


@each_format
def test_a_stage_pays_its_first_ten(rules: Format) -> None:
    assert [rules.stage_points(place) for place in range(1, 13)] == [10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0]


@pytest.mark.parametrize(
    ("rules", "led", "points"),
    [
        *((POINTS_1995, led, 0) for led in (0, 1, 80)),
        *((rules, led, points) for rules in (POINTS_1999, POINTS_2007) for led, points in ((0, 0), (1, 5), (80, 10))),
        *((rules, led, points) for rules in (POINTS_2011, CHASE_2016) for led, points in ((0, 0), (1, 1), (80, 2))),
        *((PLAYOFFS, led, 0) for led in (0, 1, 80)),
    ],
)
def test_leading_a_lap_and_leading_the_most_of_80_pay(rules: Format, led: int, points: int) -> None:
    assert rules.leading_points(led, most=80) == points


def test_nobody_is_paid_for_leading_a_race_in_which_nobody_is_known_to_have_led() -> None:
    assert POINTS_2007.leading_points(0, most=0) == 0


@pytest.mark.parametrize(
    ("rules", "most"),
    [
        (PLAYOFFS, 60),
        (PLAYOFFS_WITH_FASTEST_LAP, 61),
        (CHASE, 76),
        (POINTS_1995, 180),
        (POINTS_2007, 195),
        (POINTS_2011, 48),
        (CHASE_2016, 37),
    ],
)
def test_the_most_that_a_race_can_pay(rules: Format, most: int) -> None:
    assert rules.most_a_race == most


def test_a_format_need_not_have_stages() -> None:
    assert Format("plain", finish=(5, 3), stage=()).most_a_race == 5


@each_format
def test_every_round_begins_with_those_who_came_through(rules: Format) -> None:
    assert rules.rounds[0].drivers == rules.field == 10
    drivers = [each.drivers for each in rules.rounds]
    assert drivers == sorted(drivers, reverse=True)
    assert rules.postseason == 7
    assert not rules.seeds or len(rules.seeds) == rules.field
    assert rules.source


def test_whether_a_race_pays_the_same() -> None:
    assert not PLAYOFFS.same_points(PLAYOFFS_WITH_FASTEST_LAP)
    assert not PLAYOFFS_WITH_FASTEST_LAP.same_points(CHASE)
    assert PLAYOFFS.same_points(Format("full season"))
    assert PLAYOFFS_2021.same_points(PLAYOFFS)
    assert not PLAYOFFS_2020.same_points(PLAYOFFS)
    assert not POINTS_1995.same_points(POINTS_2004)  # the same places, but nothing for leading


@pytest.mark.parametrize("year", FORMATS)
def test_every_format_says_where_it_was_read_and_its_rounds_narrow_to_a_champion(year: int) -> None:
    rules = FORMATS[year]
    assert rules.source
    drivers = [each.drivers for each in rules.rounds]
    assert drivers == sorted(set(drivers), reverse=True)
    assert drivers[:1] == ([rules.field] if rules.field else [])
    assert bool(rules.stage) == (year >= 2017)


@pytest.mark.parametrize("year", [pytest.param(year, marks=of_history) for year in range(1995, 2023)])
def test_the_rules_of_the_past_are_those_on_record(year: int) -> None:
    stated = json.loads(HISTORY.read_text(encoding="utf-8"))[str(year)]
    rules, points, playoff = FORMATS[year], stated["points"], stated["playoff"]
    win = points.get("win", 0)
    assert [rules.finish_points(place) for place in range(1, len(points["finish"]) + 1)] == [
        points["finish"][0] + win,
        *points["finish"][1:],
    ]
    assert [*rules.stage] == points.get("stage", [])
    assert (rules.lap_led, rules.most_led) == (points.get("lap_led", 0), points.get("most_led", 0))
    assert rules.most_a_race == points["winner_max"]
    assert rules.field == (playoff["field"] if playoff else 0)
    if playoff:
        assert [each.races for each in rules.rounds] == [len(races) for races in playoff["rounds"]]
        assert [a.drivers - b.drivers for a, b in itertools.pairwise(rules.rounds)] == playoff["out"]
        assert rules.rounds[-1].finish_only


@pytest.mark.parametrize("year", [pytest.param(year, marks=shared) for year in ("2025", "2026")])
def test_the_rules_are_those_on_record(year: str) -> None:
    stated = json.loads(SYSTEMS.read_text(encoding="utf-8"))[year]
    rules = FORMATS[int(year)]
    assert [*rules.finish] == stated["finish"]
    assert [*rules.stage] == stated["stage"]
    assert rules.fastest_lap == stated["fastest_lap"]
    assert rules.field == stated["field"]
    assert 25 - rules.postseason == stated["regular_season_races"]
    if stated["playoff_points"] is None:
        assert rules.playoff_points is None
        assert [*rules.seeds] == stated["chase_reset"]
        return
    paid = rules.playoff_points
    assert paid is not None
    assert (paid.race_win, paid.stage_win) == (
        stated["playoff_points"]["race_win"],
        stated["playoff_points"]["stage_win"],
    )
    assert [*paid.regular_season] == stated["playoff_points"]["regular_season_top10"]
    assert [(each.name, each.races) for each in rules.rounds] == [
        (r["name"], len(r["races"])) for r in stated["rounds"]
    ]
