"""What everybody earned: under a season's own rules, under another's, and as owners count it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.championship.formats import CHASE, PLAYOFFS, PLAYOFFS_WITH_FASTEST_LAP, Format, format_of
from bot.championship.scores import Score, driver_scores, owner_scores
from bot.championship.standings import what_if_formats
from db.models import Adjustment, Outcome, Season
from tests.seasons import Order, Row, bundled_season, drawn_seasons, make_season, shuffled


def test_the_stored_total_of_a_race_is_believed() -> None:
    season = make_season(2025, [["Corey Heim", Row("Ty Majeski", points=7)]])
    assert driver_scores(season, format_of(2025)).by["ty-majeski"] == {1: Score(7, 2)}


def test_who_scores_elsewhere_has_places_and_nothing_else() -> None:
    season = make_season(2025, [[Row("Kyle Busch", eligible=False, stages=(1, None)), "Corey Heim"]])
    held = driver_scores(season, format_of(2025))
    assert held.by == {"corey-heim": {1: Score(35, 2)}}
    assert held.winners == {}
    assert held.stages == {1: ()}


def test_stages_are_won_by_whom_the_race_names_and_only_two_of_them_count() -> None:
    season = make_season(2025, [["Corey Heim", "Ty Majeski"]], outcomes={1: Outcome(stage_winners=("ty-majeski",) * 3)})
    held = driver_scores(season, format_of(2025))
    assert held.stage_wins("ty-majeski", 1, 1) == 2
    assert held.stage_wins("ty-majeski", 2, 9) == 0


@pytest.mark.parametrize(
    ("year", "rules", "row", "points"),
    [
        (2024, CHASE, Row("Corey Heim"), 55),
        (2024, CHASE, Row("Corey Heim", stages=(1, 2)), 55 + 10 + 9),
        (2024, CHASE, Row("Corey Heim", stages=(1, 2), fastest_lap=True), 55 + 10 + 9 + 1),
        (2024, PLAYOFFS, Row("Corey Heim", fastest_lap=True), 40),
        (2025, CHASE, Row("Corey Heim", points=40 + 1 - 10, fastest_lap=True), 55 + 1 - 10),
        (2026, PLAYOFFS_WITH_FASTEST_LAP, Row("Corey Heim", points=55 + 3 + 1, fastest_lap=True), 40 + 3 + 1),
        (2026, PLAYOFFS, Row("Corey Heim", points=55 + 3 + 1, fastest_lap=True), 40 + 3),
    ],
)
def test_other_rules_pay_the_finish_and_the_fastest_lap_and_leave_the_rest(
    year: int, rules: Format, row: Row, points: int
) -> None:
    season = make_season(year, [[row]], upcoming=24)
    assert driver_scores(season, rules).by["corey-heim"][1].points == points


def finale(year: int = 2025) -> Season:
    """A season of one race, its finale: Heim a finalist with stages and the fastest lap, Riggs not one."""
    heim = Row("Corey Heim", stages=(1, 3), fastest_lap=True, points=40)
    return make_season(year, [[heim, Row("Layne Riggs", stages=(2, 1)), "Ty Majeski"]])


def test_what_a_finalist_was_not_paid_in_the_finale_is_paid_by_other_rules() -> None:
    own = driver_scores(finale(), format_of(2025))
    assert {who: held[1].points for who, held in own.by.items()} == {
        "corey-heim": 40,
        "layne-riggs": 35 + 9 + 10,
        "ty-majeski": 34,
    }
    full = driver_scores(finale(), what_if_formats(2025)["full-season points"])
    assert {who: held[1].points for who, held in full.by.items()} == {
        "corey-heim": 40 + 10 + 8 + 1,
        "layne-riggs": 35 + 9 + 10,
        "ty-majeski": 34,
    }


def test_penalties_stay_in_the_finale_and_are_told_beside_the_total() -> None:
    penalty = Adjustment(1, "corey-heim", points=-25)
    season = finale()
    penalty_points = [
        replace(row, points=row.points - 25) if row.driver == "corey-heim" else row for row in season.results[1]
    ]
    season = replace(season, results={1: tuple(penalty_points)}, adjustments=(penalty,))
    held = driver_scores(season, format_of(2025))
    assert held.by["corey-heim"][1] == Score(15, 1, -25)
    assert held.finish_alone("corey-heim", 1, 1, format_of(2025)) == 15
    assert (
        driver_scores(season, what_if_formats(2025)["full-season points"]).by["corey-heim"][1].points == 15 + 10 + 8 + 1
    )


def leaders(year: int) -> Season:
    """A race that Heim won after leading 60 laps; Majeski led 60 as well, Riggs one, Ankrum none."""
    rows = [("Corey Heim", 60), ("Ty Majeski", 60), ("Layne Riggs", 1), ("Tyler Ankrum", 0)]
    rules = format_of(year)
    order: Order = [
        Row(name, led=led, points=rules.finish_points(place) + rules.leading_points(led, 60))
        for place, (name, led) in enumerate(rows, 1)
    ]
    return make_season(year, [order], upcoming=24)


@pytest.mark.parametrize(
    ("year", "points"),
    [
        (1998, [180, 170, 165, 160]),
        (2003, [175 + 10, 170 + 10, 165 + 5, 160]),
        (2008, [185 + 10, 170 + 10, 165 + 5, 160]),
        (2012, [46 + 2, 42 + 2, 41 + 1, 40]),
        (2024, [40, 35, 34, 33]),
    ],
)
def test_whoever_shares_the_most_laps_led_has_the_whole_bonus(year: int, points: list[int]) -> None:
    held = driver_scores(leaders(2024), format_of(year))
    assert [held.by[who][1].points for who in ("corey-heim", "ty-majeski", "layne-riggs", "tyler-ankrum")] == points


@pytest.mark.parametrize("own", [1998, 2003, 2008, 2012])
@pytest.mark.parametrize("other", [1998, 2003, 2008, 2012, 2016])
def test_between_seasons_without_stages_a_race_pays_what_the_other_rules_give(own: int, other: int) -> None:
    rules = format_of(other)
    held = driver_scores(leaders(own), rules).by
    led = {"corey-heim": 60, "ty-majeski": 60, "layne-riggs": 1, "tyler-ankrum": 0}
    for place, (who, laps) in enumerate(led.items(), 1):
        assert held[who][1].points == rules.finish_points(place) + rules.leading_points(laps, 60)


def test_a_penalty_stays_and_stage_points_go_under_rules_that_know_no_stages() -> None:
    row = Row("Corey Heim", led=80, stages=(1, 2), points=40 + 10 + 9 - 25)
    season = replace(make_season(2024, [[row]], upcoming=22), adjustments=(Adjustment(1, "corey-heim", points=-25),))
    assert driver_scores(season, format_of(2008)).by["corey-heim"][1].points == 185 + 5 + 5 - 25


def test_a_start_that_paid_nothing_pays_nothing_under_any_rules_but_its_owner_is_paid() -> None:
    season = make_season(2001, [[Row("Corey Heim", points=175), Row("Kevin Harvick", points=0, number="75")]])
    for rules in (format_of(2001), CHASE, what_if_formats(2001)["playoffs"]):
        assert driver_scores(season, rules).by["kevin-harvick"][1].points == 0
    assert owner_scores(season).by["75"][1].points == 170


def test_a_finalist_of_2016_has_no_points_for_leading_and_full_season_points_add_them() -> None:
    order: Order = [Row("Corey Heim", points=35 + 1, led=5), Row("Ty Majeski", points=31, led=90)]
    season = make_season(2016, [order])
    held = driver_scores(season, what_if_formats(2016)["full-season points"])
    assert {who: scores[1].points for who, scores in held.by.items()} == {"corey-heim": 36, "ty-majeski": 31 + 2}


def test_nothing_is_withheld_where_the_last_race_is_like_the_others() -> None:
    season = make_season(2026, [[Row("Corey Heim", stages=(1, 1), points=40)]])
    assert driver_scores(season, PLAYOFFS).by["corey-heim"][1].points == 40 - 55 + 40


def test_playoff_points_taken_are_held_by_race() -> None:
    season = replace(
        make_season(2023, [["Ty Majeski"]]),
        adjustments=(
            Adjustment(1, "ty-majeski", points=-75, playoff_points=-5),
            Adjustment(1, "ty-majeski", playoff_points=-1),
            Adjustment(1, "corey-heim", points=-10),
        ),
    )
    assert driver_scores(season, format_of(2023)).penalties == {"ty-majeski": {1: -6}}


def test_sums_wins_and_finishes_are_of_the_rounds_asked_for() -> None:
    orders = [["Corey Heim", "Ty Majeski"], ["Ty Majeski", "Corey Heim"], ["Corey Heim", "Ty Majeski"]]
    held = driver_scores(make_season(2025, orders, upcoming=2), format_of(2025))
    assert held.points("corey-heim", 1, 2) == 75
    assert held.points("nobody", 1, 3) == 0
    assert held.wins("corey-heim", 2, 3) == 1
    assert held.finishes("ty-majeski", 1, 3) == (1, 2, 2)
    assert held.last == 3
    assert driver_scores(make_season(2025, upcoming=3), format_of(2025)).last == 0


# --- owners


def test_a_truck_scores_whoever_drives_it() -> None:
    orders = [
        [
            Row("Kyle Busch", number="7", eligible=False, stages=(1, 11)),
            Row("Corey Heim", number="11", stages=(None, 1)),
        ],
        [Row("Corey Heim", number="11"), Row("Spencer Boyd", number="7", points=12)],
    ]
    held = owner_scores(make_season(2025, orders, upcoming=2))
    assert {number: [score.points for _, score in sorted(by.items())] for number, by in held.by.items()} == {
        "7": [40 + 10, 12],
        "11": [35 + 10, 40],
    }
    assert held.winners == {2: "11"}
    assert held.stages[1] == ("11",)
    assert (held.races_won("7"), held.races_won("11")) == (1, 1)


def test_an_owner_has_the_fastest_laps_point_whoever_drove_it() -> None:
    rows: Order = [Row("Corey Heim", number="11"), Row("Kyle Larson", number="07", eligible=False, fastest_lap=True)]
    for year, point in {2024: 0, 2025: 1}.items():
        assert owner_scores(make_season(year, [rows], upcoming=2)).by["07"][1].points == 35 + point


def test_points_follow_a_truck_whose_number_was_changed() -> None:
    rounds: list[Order] = [[Row("Corey LaJoie", number="77"), Row("Kyle Busch", number="07")]] * 17
    rounds.append([Row("Corey LaJoie", number="77"), "Corey Heim"])
    held = owner_scores(make_season(2025, rounds, upcoming=2))
    assert (sorted(held.by["77"]), sorted(held.by["07"])) == (list(range(1, 18)), list(range(1, 19)))
    assert held.winners[18] == "07"
    assert 18 in owner_scores(make_season(2024, rounds, upcoming=2)).by["77"]


def test_a_truck_has_its_stages_in_the_finale_until_it_is_known_whether_its_owner_is_a_finalist() -> None:
    held = owner_scores(finale())
    numbers = {row.driver: row.entry.number for row in finale().results[1]}
    assert held.by[numbers["corey-heim"]][1].points == 40 + 10 + 8 + 1
    assert held.finish_alone(numbers["corey-heim"], 1, 1, format_of(2025)) == 40


def test_a_number_held_twice_has_the_better_finish() -> None:
    rows: Order = [Row("Corey Heim", number="11"), Row("Ty Majeski", number="11"), "Layne Riggs"]
    season = make_season(2025, [rows], upcoming=2)
    assert owner_scores(season).by["11"][1] == owner_scores(shuffled(season, [2, 1, 0])).by["11"][1] == Score(40, 1)


@given(drawn_seasons(), st.lists(st.integers(), min_size=1, max_size=9))
def test_the_order_of_rows_says_nothing(season: Season, order: list[int]) -> None:
    turned = shuffled(season, order)
    for rules in {format_of(season.year), *what_if_formats(season.year).values()}:
        assert driver_scores(turned, rules) == driver_scores(season, rules)
    assert owner_scores(turned) == owner_scores(season)


@given(drawn_seasons())
def test_own_rules_pay_what_is_stored(season: Season) -> None:
    held = driver_scores(season, format_of(season.year))
    stored = {
        (row.driver, number): row.points
        for number, rows in season.results.items()
        for row in rows
        if row.entry.eligible
    }
    assert {(who, number): s.points for who, by in held.by.items() for number, s in by.items()} == stored


# --- the seasons that come with the program


def test_majeskis_penalty_at_milwaukee_2023_took_playoff_points_too() -> None:
    held = driver_scores(bundled_season(2023), format_of(2023))
    assert held.penalties == {"ty-majeski": {18: -5}}
    assert held.by["ty-majeski"][18].penalty_points == -75


def test_heim_won_twelve_races_and_his_owner_as_many() -> None:
    season = bundled_season(2025)
    assert driver_scores(season, format_of(2025)).wins("corey-heim", 1, 25) == 12
    assert owner_scores(season).wins("11", 1, 25) == 12
