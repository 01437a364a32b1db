"""The formats: what the rules of each season pay, and which rules a season goes by."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.championship.formats import CHASE, FORMATS, PLAYOFFS, PLAYOFFS_WITH_FASTEST_LAP, Format, format_of

SYSTEMS = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "points_systems.json"
MISSING = "The points systems are not at hand: they are looked for in shared/data/ beside the checkout"
shared = [
    pytest.mark.shared,
    pytest.mark.skipif(not SYSTEMS.exists(), reason=MISSING),
]

each_format = pytest.mark.parametrize(
    "rules", [PLAYOFFS, PLAYOFFS_WITH_FASTEST_LAP, CHASE], ids=["2023", "2025", "2026"]
)


@pytest.mark.parametrize(
    ("year", "rules"),
    [
        (2022, PLAYOFFS),
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
    ],
)
def test_a_finish_pays(rules: Format, place: int, points: int) -> None:
    assert rules.finish_points(place) == points


@each_format
def test_a_stage_pays_its_first_ten(rules: Format) -> None:
    assert [rules.stage_points(place) for place in range(1, 13)] == [10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0]


@pytest.mark.parametrize(("rules", "most"), [(PLAYOFFS, 60), (PLAYOFFS_WITH_FASTEST_LAP, 61), (CHASE, 76)])
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
