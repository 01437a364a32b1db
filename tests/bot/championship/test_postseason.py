"""The championship at any moment: the cut, the resets, ties, who fell and the final order."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.championship import scores
from bot.championship.formats import CHASE, PlayoffPoints
from bot.championship.postseason import REGULAR_SEASON, Status, compute_standings
from bot.championship.ties import Tie, TieBreak
from db.models import Season
from tests.bot.championship.small_formats import FULL, LAST_TWO, SEEDED, SMALL, after, cuts, order, statuses
from tests.seasons import NAMES, drawn_seasons, make_scores, make_season, shuffled

# --- the regular season


def test_before_the_first_race_there_is_nobody() -> None:
    held = after()
    assert (held.places, held.champion) == ((), None)
    assert (held.current.name, held.current.run, held.current.left) == (REGULAR_SEASON, 0, 3)


def test_winners_come_first_then_points() -> None:
    # After two races a and f have won; by points it is a, b, c, d, f, e.
    held = after("abcdef", "fabcde", races=9)
    assert order(held) == "afbcde"
    assert statuses(held) == {"a": "in", "f": "in", "b": "in", "c": "in", "d": "out", "e": "out"}
    assert cuts(held) == {"a": None, "f": None, "b": 5, "c": 2, "d": -2, "e": -4}


def test_among_winners_most_wins_come_first_then_points() -> None:
    # a won once and has more points than f, who won twice.
    assert order(after("abcdef", "fabcde", "facbde", races=9))[:2] == "fa"


def test_a_win_locks_in_while_winners_cannot_outnumber_the_spots() -> None:
    held = after("abcdef", "fabcde", races=7)  # four races in the regular season, two left, four spots
    assert statuses(held) == {"a": "locked", "f": "locked", "b": "in", "c": "in", "d": "out", "e": "out"}
    held = after("abcdef", "fabcde", races=8)  # three left: five could win
    assert statuses(held)["a"] == statuses(held)["f"] == "in"


def test_more_winners_than_spots_leave_a_winner_out() -> None:
    held = after("abcdef", "fabcde", "efabcd", "defabc", "cdefab", races=9)
    assert statuses(held) == {"a": "in", "f": "in", "e": "in", "d": "in", "c": "out", "b": "out"}
    assert cuts(held) == dict.fromkeys("afedcb")
    assert order(held)[-1] == "b"


def test_where_points_alone_count_a_win_is_worth_its_points() -> None:
    held = after("abcdef", "fabcde", rules=SEEDED, races=6)
    assert order(held) == "afbcde"
    assert held.current.winners == frozenset()
    assert statuses(held) == {"a": "in", "f": "in", "b": "in", "c": "out", "d": "out", "e": "out"}
    assert cuts(held) == {"a": 9, "f": 4, "b": 3, "c": -3, "d": -5, "e": -7}


def test_without_a_postseason_there_is_no_cut_and_most_points_win() -> None:
    held = after("abcdef", "fabcde", rules=FULL, races=3)
    assert (statuses(held), set(cuts(held).values())) == ({}, {None})
    done = after("abcdef", "fabcde", "badcef", rules=FULL, races=3)
    assert (done.champion, statuses(done)) == ("a", {"a": "champion"})


def test_a_win_by_whom_the_series_does_not_pay_takes_no_spot() -> None:
    held = after("xabcde", outsiders="x", races=9)
    assert order(held) == "abcde"
    assert held.current.winners == frozenset()
    assert held.place("x") is None


def test_with_no_more_drivers_than_spots_there_is_no_cut() -> None:
    assert statuses(after("abcd")) == {}


# --- resets and seeds


REGULAR = ("abcdef", "abcdef", "badcef")
"""Three races of the regular season: a won two, b one; then by points c, d, e, f."""


def test_playoff_points_count_wins_stages_and_places_and_what_was_taken() -> None:
    won = {1: ("c", "c"), 2: ("d", "a")}
    held = after(*REGULAR, stages=won, penalties={"b": {2: -2}})
    assert {place.who: place.playoff_points for place in held.places} == {
        "a": 2 * 5 + 1 + 3, "b": 5 - 2 + 2, "c": 2 + 1, "d": 1, "e": 0, "f": 0,
    }  # fmt: skip
    assert held.current.totals == {"a": 1014, "b": 1005, "c": 1003, "d": 1001}


def test_the_regular_seasons_places_pay_only_once_it_is_over() -> None:
    assert {place.who: place.playoff_points for place in after(*REGULAR[:2]).places}["a"] == 10


def test_a_penalty_of_a_later_race_is_not_taken_before() -> None:
    held = after(*REGULAR, "abcdef", penalties={"a": {4: -1}})
    assert held.phases[1].totals["a"] == 1013 + 10
    assert held.places[0].playoff_points == 13 + 5 - 1


def test_the_field_is_seeded_by_playoff_points() -> None:
    # d won both stages of every race, 6 points; b has a win and the second place, 5 + 2; c the third place, 1.
    won = dict.fromkeys((1, 2, 3), ("d", "d"))
    assert after(*REGULAR, stages=won).phases[0].advanced == tuple("abdc")


def test_a_field_that_is_stated_is_believed() -> None:
    held = after(*REGULAR, field="bace")
    assert held.phases[0].advanced == tuple("bace")
    assert "d" in held.phases[0].eliminated
    assert held.phases[0].tie is None
    assert set(order(held)[:4]) == set("bace")
    assert after(*REGULAR, field="bacz").phases[0].advanced == tuple("bac")


def test_seeds_are_fixed_where_the_format_fixes_them() -> None:
    held = after(*REGULAR, rules=SEEDED, races=5)
    assert held.current.totals == {"a": 100, "b": 90, "c": 85}
    held = after(*REGULAR, "cbadef", rules=SEEDED, races=5)
    assert held.current.totals == {"a": 104, "b": 96, "c": 95}
    assert {place.to_cut for place in held.places} == {None}


def test_the_last_round_on_points_goes_to_most_points() -> None:
    held = after(*REGULAR, "cbadef", "cbaedf", rules=SEEDED, races=5)
    assert (held.champion, order(held)[:3]) == ("a", "acb")
    assert held.current.totals == {"a": 108, "b": 102, "c": 105}


def test_in_a_last_round_on_points_a_win_is_worth_its_points() -> None:
    # d wins the first race, a is second in all three.
    rules = replace(SMALL, rounds=(SMALL.rounds[0], replace(LAST_TWO, races=3, finish_only=False)))
    held = after(*REGULAR, "dabcef", "abcdef", "daxyzw", "xayzwd", "yaxzwd", rules=rules, races=8, outsiders="wxyz")
    assert (held.champion, held.current.totals) == ("a", {"a": 2018, "d": 2012})
    assert held.current.winners == frozenset()


# --- rounds


def test_in_a_round_a_win_locks_in_and_the_cut_is_between_the_rest() -> None:
    held = after(*REGULAR, "dabcef")
    # Resets: a 1013, b 1007, c 1001, d 1000; then d 10, a 6, b 4, c 3.
    assert held.current.totals == {"a": 1019, "b": 1011, "c": 1004, "d": 1010}
    assert order(held) == "dabcef"
    assert statuses(held) == {"d": "locked", "a": "in", "b": "out", "c": "out"}
    assert cuts(held) == {"d": None, "a": 8, "b": -8, "c": -15, "e": None, "f": None}


def test_below_the_cut_points_are_counted_in_full_season_points() -> None:
    held = after(*REGULAR, "fdabce")
    e, f = held.place("e"), held.place("f")
    assert e is not None
    assert f is not None
    assert (f.points, e.points) == (1 + 1 + 1 + 10, 2 + 2 + 2 + 1)
    assert order(held)[-2:] == "fe"


def test_when_winners_have_all_spots_nobody_has_points_to_the_cut() -> None:
    rules = replace(SMALL, rounds=(replace(SMALL.rounds[0], races=3), LAST_TWO))
    held = after(*REGULAR, "dabcef", "cabdef", rules=rules, races=7)
    assert statuses(held) == {"c": "in", "d": "in", "a": "out", "b": "out"}
    assert set(cuts(held).values()) == {None}


def test_those_who_fell_are_eliminated_and_the_next_round_begins() -> None:
    held = after(*REGULAR, "dabcef", "abcdef")
    assert [each.name for each in held.phases] == [REGULAR_SEASON, "Semifinal", "Final"]
    semifinal = held.phases[1]
    assert (semifinal.advanced, semifinal.eliminated) == (("a", "d"), ("b", "c"))
    assert held.current.totals == {"a": 2000, "d": 2000}
    assert statuses(held) == {"a": "finalist", "d": "finalist", "b": "eliminated", "c": "eliminated"}


def test_an_eliminated_drivers_total_is_what_he_held_before_and_all_playoff_races() -> None:
    held = after(*REGULAR, "dabcef", "abcdef", "bcdaef")
    b, c = held.place("b"), held.place("c")
    assert b is not None
    assert c is not None
    # 1000, and 7 and 1 playoff points as they entered the semifinal: the win in the final is none of them.
    assert b.points == 1000 + 7 + 4 + 6 + 10
    assert c.points == 1000 + 1 + 3 + 4 + 6
    assert b.playoff_points == 7 + 5


def test_in_the_finale_the_best_finisher_is_champion() -> None:
    held = after(*REGULAR, "dabcef", "abcdef", "bcdaef")
    assert held.champion == "d"
    assert order(held) == "dabcef"
    assert held.current.totals == {"d": 2004, "a": 2003}
    assert statuses(held) == {"d": "champion", "a": "finalist", "b": "eliminated", "c": "eliminated"}
    assert set(cuts(held).values()) == {None}


def test_a_finalist_who_did_not_start_the_finale_comes_last_in_it() -> None:
    held = after(*REGULAR, "dabcef", "abcdef", "bcaef")
    assert held.champion == "a"
    assert held.current.totals == {"a": 2004, "d": 2000}


def test_a_penalty_in_the_finale_takes_points_but_no_title() -> None:
    earned = make_scores([*REGULAR, "dabcef", "abcdef", "dabcef"], SMALL)
    penalty_points = {**earned.by["d"], 6: replace(earned.by["d"][6], points=-15, penalty_points=-25)}
    held = compute_standings(replace(earned, by={**earned.by, "d": penalty_points}), SMALL, 6)
    assert (held.champion, held.current.totals) == ("d", {"d": 1985, "a": 2006})
    assert order(held)[:2] == "da"


def test_a_round_whose_race_is_missing_is_over_once_a_later_one_was_run() -> None:
    held = after(*REGULAR, "", "dabcef")
    assert (held.current.name, held.current.run, held.current.left) == ("Semifinal", 1, 1)
    held = after(*REGULAR, "dabcef", "", "adbcef")
    assert [each.over for each in held.phases] == [True, True, True]
    assert (held.phases[1].advanced, held.champion) == (("d", "a"), "a")


def test_a_regular_season_with_a_race_missing_goes_on_until_the_first_of_the_playoffs() -> None:
    held = after("abcdef", "", "badcef")
    assert (held.current.name, held.current.left) == (REGULAR_SEASON, 1)
    assert held.places[0].playoff_points == 5
    assert after("abcdef", "", "badcef", "dabcef").current.name == "Semifinal"


def test_a_schedule_too_short_for_its_postseason_is_a_regular_season() -> None:
    held = after("abcdef", races=3)
    assert (held.current.name, held.current.first, held.current.last, held.current.left) == (REGULAR_SEASON, 1, 3, 2)


# --- ties


NO_PLAYOFF_POINTS = replace(SMALL, playoff_points=PlayoffPoints(0, 0, ()))


def test_a_tie_at_the_end_of_a_round_goes_to_the_best_finish_in_it() -> None:
    # d scores 6 + 2 and b, who had the better season, 4 + 4; a wins both.
    semifinal = after(*REGULAR, "adbcef", "aebcdf", rules=NO_PLAYOFF_POINTS).phases[1]
    assert semifinal.tie == Tie("d", "b", 1008, TieBreak.FINISH_IN_ROUND, (2, 3))
    assert semifinal.advanced == ("a", "d")


def test_a_tie_with_the_same_best_finish_in_the_round_goes_to_the_season() -> None:
    semifinal = after(*REGULAR, "adbcef", "abdcef", rules=NO_PLAYOFF_POINTS).phases[1]
    assert semifinal.tie == Tie("b", "d", 1010, TieBreak.FINISHES, (1, 2))
    assert semifinal.advanced == ("a", "b")


def test_who_did_not_start_in_the_round_loses_the_tie() -> None:
    # Places behind the fifth pay nothing here.
    rules = replace(NO_PLAYOFF_POINTS, finish=(10, 6, 4, 3, 2, 0))
    semifinal = after("abdcef", "abdcef", "badcef", "axyzwd", "axyzwv", rules=rules, outsiders="vwxyz").phases[1]
    assert semifinal.tie == Tie("d", "b", 1000, TieBreak.FINISH_IN_ROUND, (6, None))


def test_no_tie_is_told_where_points_or_a_win_decided() -> None:
    assert after(*REGULAR, "dabcef", "abcdef").phases[1].tie is None
    assert after(*REGULAR).phases[0].tie is None


@pytest.mark.parametrize(
    ("orders", "tie"),
    [
        # 6 + 2 against 4 + 3.
        (("abxc", "axcyb"), None),
        # 6 + 2 against 4 + 4: the second place.
        (("abc", "axcyb"), Tie("b", "c", 8, TieBreak.FINISHES, (2, 3))),
        (("axbc", "axcb", "a"), Tie("b", "c", 7, TieBreak.NAME)),
        # 6 against 3 and 3: the second place.
        (("abxc", "axyc", "a"), Tie("b", "c", 6, TieBreak.FINISHES, (2, 4))),
        # 3 against 2 and 1: none after that.
        (("axyb", "axyzc", "axyzwc"), Tie("b", "c", 3, TieBreak.FINISHES, (4, 5))),
    ],
)
def test_a_tie_for_the_field_goes_to_finishes_over_the_season(orders: tuple[str, ...], tie: Tie | None) -> None:
    rules = replace(SEEDED, field=2, rounds=(replace(SEEDED.rounds[0], drivers=2),))
    held = after(*orders, rules=rules, races=len(orders) + 2, outsiders="wxyz")
    assert held.phases[0].tie == tie


def test_who_has_one_finish_more_comes_first() -> None:
    # Places behind the fifth pay nothing here, so that b is level with c and has started once more.
    rules = replace(SEEDED, field=2, rounds=(replace(SEEDED.rounds[0], drivers=2),), finish=(10, 6, 4, 3, 2, 0))
    held = after("axb", "axc", "axyzwb", rules=rules, races=5, outsiders="wxyz")
    assert held.phases[0].tie == Tie("b", "c", 4, TieBreak.FINISHES, (6, None))


# --- whatever the season


KINDS = {"small": SMALL, "seeded": SEEDED, "full": FULL, "chase": CHASE}


@given(drawn_seasons(), st.sampled_from(sorted(KINDS)), st.lists(st.integers(), min_size=1, max_size=9))
def test_the_order_of_rows_says_nothing(season: Season, kind: str, turn: list[int]) -> None:
    races = len(season.races)
    rules = KINDS[kind]
    held = compute_standings(scores.driver_scores(season, rules), rules, races)
    assert compute_standings(scores.driver_scores(shuffled(season, turn), rules), rules, races) == held
    of_owners = compute_standings(scores.owner_scores(season), rules, races)
    assert compute_standings(scores.owner_scores(shuffled(season, turn)), rules, races) == of_owners


@given(drawn_seasons(), st.sampled_from(sorted(KINDS)))
def test_positions_are_one_to_n_of_those_who_score(season: Season, kind: str) -> None:
    held = compute_standings(scores.driver_scores(season, KINDS[kind]), KINDS[kind], len(season.races))
    paying = {row.driver for rows in season.results.values() for row in rows if row.entry.eligible}
    assert [place.position for place in held.places] == list(range(1, len(paying) + 1))
    assert {place.who for place in held.places} == paying


@given(st.lists(st.permutations(NAMES[:8]), max_size=8), st.sampled_from(["small", "seeded", "full"]))
def test_who_goes_on_and_who_falls_adds_up(orders: list[list[str]], kind: str) -> None:
    rules = KINDS[kind]
    held = compute_standings(make_scores(orders, rules), rules, 8)
    for number, phase in enumerate(held.phases):
        assert phase.over or phase is held.current
        if number:
            assert set(phase.entered) == set(held.phases[number - 1].advanced)
        if phase.over and rules.rounds:
            assert sorted((*phase.advanced, *phase.eliminated)) == sorted(phase.entered)
            assert len(phase.advanced) == min(phase.spots, len(phase.entered))
    assert (held.champion is not None) == (len(orders) == 8)
    if held.champion:
        assert held.places[0].who == held.champion
        assert held.places[0].status is Status.CHAMPION


@given(drawn_seasons())
def test_a_season_without_a_postseason_is_its_points(season: Season) -> None:
    held = compute_standings(scores.driver_scores(season, FULL), FULL, len(season.races) or 1)
    points = [place.points for place in held.places]
    assert points == sorted(points, reverse=True)


def test_an_empty_schedule_has_an_empty_picture() -> None:
    season = make_season(2025)
    assert compute_standings(scores.driver_scores(season, SMALL), SMALL, 0).places == ()
