"""The points table: totals, order, ties, and what the last race changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.championship.table import PointsStanding, points_table, stage_winners
from db.models import Outcome, Season
from tests.seasons import Order, Row, bundled_season, drawn_seasons, make_season, shuffled


def table(season: Season) -> dict[str, PointsStanding]:
    return {line.driver: line for line in points_table(season)}


def keys(season: Season) -> list[str]:
    return [line.driver for line in points_table(season)]


def test_a_season_without_results_has_no_table() -> None:
    assert points_table(make_season(upcoming=3)) == ()


def test_points_add_up_and_the_gap_is_to_the_leader() -> None:
    lines = table(make_season(2025, [["Corey Heim", "Ty Majeski"], ["Corey Heim", "Layne Riggs", "Ty Majeski"]]))
    assert (lines["corey-heim"].points, lines["corey-heim"].gap) == (80, 0)
    assert (lines["ty-majeski"].points, lines["ty-majeski"].gap) == (69, 11)
    assert lines["layne-riggs"].position == 3


def test_penalties_are_inside_the_race_total_and_may_leave_less_than_nothing() -> None:
    lines = table(make_season(2023, [["Corey Heim", Row("Chris Hacker", points=-15)]]))
    assert (lines["chris-hacker"].points, lines["chris-hacker"].gap) == (-15, 55)


def test_a_winner_who_scores_elsewhere_has_no_place() -> None:
    season = make_season(2025, [[Row("Kyle Busch", eligible=False), "Corey Heim"]])
    assert keys(season) == ["corey-heim"]
    assert table(season)["corey-heim"].points == 35


def test_who_scored_only_part_of_the_season_counts_all_starts_but_only_those_points() -> None:
    orders: list[Order] = [[Row("Brenden Queen", eligible=False), "Corey Heim"], ["Corey Heim", "Brenden Queen"]]
    line = table(make_season(2025, orders))["brenden-queen"]
    assert (line.points, line.starts, line.wins, line.average_finish) == (35, 2, 1, 1.5)


@pytest.mark.parametrize(
    ("orders", "first"),
    [
        ([[Row("Ben", points=10), Row("Al", points=10)]], "ben"),  # a win
        ([["X", Row("Ben", points=0)], ["X", Row("Ben", points=10), Row("Al", points=10)], ["X", "Y", "Al"]], "al"),
        ([["X", "Y", Row("Ben", points=10), Row("Al", points=10)]], "ben"),  # a third place against a fourth
        ([["X", Row("Ben", points=5)], ["X", Row("Al", points=10)], ["X", "Y", "Z", Row("Ben", points=5)]], "ben"),
        ([["X", Row("Cy", points=10)], ["X", Row("Al", points=10)]], "cy"),  # the same place, earlier
    ],
)
def test_ties_go_to_wins_then_seconds_and_so_on_then_who_was_first(orders: list[list[str | Row]], first: str) -> None:
    tied = [key for key in keys(make_season(2025, orders)) if key in {"al", "ben", "cy"}]
    assert tied[0] == first


def test_what_points_paying_finishes_do_not_settle_every_finish_does() -> None:
    orders: list[Order] = [
        ["X", "Y", Row("Cy", eligible=False)],
        ["X", Row("Al", points=5)],
        ["X", Row("Cy", points=5)],
    ]
    assert keys(make_season(2025, orders))[-2:] == ["cy", "al"]


def test_the_order_is_that_of_the_official_table_to_its_foot() -> None:
    assert keys(bundled_season(2025))[68:73] == [
        "mason-maggio",
        "dale-quarterley",
        "treyten-lapcevich",
        "clay-greenfield",
        "boston-oliver",
    ]


def test_a_win_that_paid_nothing_breaks_no_tie() -> None:
    orders: list[Order] = [[Row("Al", eligible=False)], ["X", Row("Ben", points=9), Row("Al", points=9)]]
    assert keys(make_season(2025, orders))[1:] == ["ben", "al"]


def test_change_is_against_the_table_before_the_last_race_with_results() -> None:
    orders: list[Order] = [["Corey Heim", "Ty Majeski"], ["Ty Majeski", Row("Corey Heim", points=1), "Layne Riggs"]]
    lines = table(make_season(2025, orders, upcoming=2))
    assert {key: line.change for key, line in lines.items()} == {"ty-majeski": 1, "corey-heim": -1, "layne-riggs": None}


def test_the_first_race_changes_nothing() -> None:
    assert [line.change for line in points_table(make_season(2025, [["Corey Heim", "Ty Majeski"]]))] == [None, None]


def test_a_race_without_results_is_passed_over() -> None:
    orders = [["Corey Heim", "Ty Majeski"], [], ["Corey Heim", "Ty Majeski"]]
    assert [line.change for line in points_table(make_season(2025, orders))] == [0, 0]


def test_number_and_make_are_those_of_the_latest_entry_raced_or_not() -> None:
    orders = [[Row("Corey Day", number="7", make="Chevrolet")], [Row("Corey Day", number="07", make="Ford")]]
    assert table(make_season(2025, orders))["corey-day"].number == "07"
    missed = make_season(2025, orders, upcoming=1, absent={3: [Row("Corey Day", number="44", make="Ram")]})
    line = table(missed)["corey-day"]
    assert (line.number, line.make, line.starts) == ("44", "Ram", 2)


def test_laps_led_top_fives_and_tens_are_counted() -> None:
    orders = [[*"ABCDE", Row("Corey Heim", led=7)], [*"ABCD", Row("Corey Heim", led=5)]]
    line = table(make_season(2025, orders))["corey-heim"]
    assert (line.led, line.wins, line.top_fives, line.top_tens, line.average_finish) == (12, 0, 1, 2, 5.5)


def test_the_races_own_stage_winners_come_before_stage_finishes() -> None:
    orders: list[Order] = [
        [Row("Corey Heim", stages=(1, 2)), Row("Ty Majeski", stages=(2, 1))],
        ["Corey Heim", "Ty Majeski"],
    ]
    outcomes = {1: Outcome(stage_winners=(None, "corey-heim")), 2: Outcome(stage_winners=("ty-majeski", "ty-majeski"))}
    season = make_season(2025, orders, outcomes=outcomes)
    assert stage_winners(season.races[0], season.results[1]) == ("corey-heim", "corey-heim")
    assert (table(season)["corey-heim"].stage_wins, table(season)["ty-majeski"].stage_wins) == (2, 2)


def test_stages_that_nobody_recorded_have_no_winner() -> None:
    season = make_season(2025, [["Corey Heim"]], races={1: {"stage_laps": (20, 20, 60)}})
    assert stage_winners(season.races[0], season.results[1]) == (None, None)


@given(drawn_seasons(), st.lists(st.integers(), min_size=1, max_size=9))
def test_the_order_of_rows_says_nothing(season: Season, order: list[int]) -> None:
    assert points_table(shuffled(season, order)) == points_table(season)


@given(drawn_seasons())
def test_positions_are_one_to_n_of_points_paying_drivers(season: Season) -> None:
    lines = points_table(season)
    paying = {r.driver for rows in season.results.values() for r in rows if r.entry.eligible}
    assert [line.position for line in lines] == list(range(1, len(lines) + 1))
    assert {line.driver for line in lines} == paying
    assert [line.gap for line in lines] == sorted(line.gap for line in lines)


@given(drawn_seasons())
def test_totals_are_those_of_the_results(season: Season) -> None:
    paid = sum(r.points for rows in season.results.values() for r in rows if r.entry.eligible)
    assert sum(line.points for line in points_table(season)) == paid


@given(drawn_seasons())
def test_changes_lead_back_to_the_table_before(season: Season) -> None:
    latest = season.latest
    before = table(season.through(latest.round - 1)) if latest and latest.round > 1 else {}
    for line in points_table(season):
        was = before.get(line.driver)
        assert line.change == (was.position - line.position if was else None)


# --- the seasons that come with the program


def test_after_charlotte_2025_heim_leads_the_full_season_by_259() -> None:
    lines = points_table(bundled_season(2025).through(22))
    assert (lines[0].driver, lines[0].points, lines[1].gap) == ("corey-heim", 1064, 259)


@pytest.mark.parametrize(
    ("driver", "points"),
    [
        ("gio-ruggiero", 703),
        ("ben-rhodes", 632),
        ("tanner-gray", 599),
        ("connor-mosack", 515),
        ("matt-crafton", 494),
        ("andres-perez-de-lara", 472),
        ("matt-mills", 456),
        ("jack-wood", 443),
        ("stewart-friesen", 397),
        ("corey-lajoie", 282),
        ("brent-crews", 257),
    ],
)
def test_outside_the_playoffs_totals_are_the_official_ones_of_2025(driver: str, points: int) -> None:
    assert table(bundled_season(2025))[driver].points == points


def test_a_season_of_twelve_wins() -> None:
    line = points_table(bundled_season(2025))[0]
    assert (line.driver, line.wins, line.number, line.make) == ("corey-heim", 12, "11", "Toyota")


def test_cup_drivers_win_races_and_hold_no_place() -> None:
    season = bundled_season(2025)
    winners = {rows[0].driver for rows in season.results.values()}
    assert {"kyle-busch", "kyle-larson", "carson-hocevar"} <= winners
    assert not {"kyle-busch", "kyle-larson", "carson-hocevar"} & set(table(season))
