"""Who may make the field: those who are barred from it, the rank that a win needs, and what a win earns."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.championship.formats import PlayoffPoints, PlayoffRound
from bot.championship.postseason import Status
from tests.bot.championship.small_formats import FULL, LAST_TWO, SMALL, after, cuts, order, statuses


def test_who_is_barred_ranks_and_takes_no_spot() -> None:
    held = after("abcdef", "bacdef", barred="a", races=9)
    assert order(held) == "bcdefa"
    assert statuses(held) == {"b": "in", "c": "in", "d": "in", "e": "in", "f": "out"}
    assert (cuts(held)["a"], held.current.barred) == (None, frozenset("a"))


def test_the_bonus_of_the_place_of_a_barred_one_goes_to_nobody() -> None:
    held = after("abcdef", "abcdef", "abcdef", barred="b")
    brought = {who: held.current.totals[who] - 1000 for who in held.current.totals}
    assert brought == {"a": 15 + 3, "c": 1, "d": 0, "e": 0}
    assert order(held)[-2:] in {"bf", "fb"}


def test_nobody_is_barred_from_a_season_without_a_postseason() -> None:
    assert order(after("abc", rules=FULL, barred="a")) == "abc"


RANKED = replace(SMALL, winners_within=3)


@pytest.mark.parametrize(
    ("orders", "winners"),
    [
        (("abcdef",), "a"),
        (("abcdef", "fabcde"), "af"),
        # f won once and is fourth on points: no spot by the win.
        (("abcdef", "abcdef", "abcdef", "fabcde"), "a"),
        (("abcdef", "abcdef", "abcdef", "fabcde", "fabcde"), "af"),
    ],
)
def test_a_win_counts_with_the_rank_that_the_format_asks_for(orders: tuple[str, ...], winners: str) -> None:
    held = after(*orders, rules=RANKED, races=9)
    assert held.phases[0].winners == frozenset(winners)


def test_a_winner_is_locked_in_only_when_the_rank_cannot_be_lost_either() -> None:
    six = ["abcdef"] * 5
    assert statuses(after(*six, rules=RANKED, races=9))["a"] == "locked"
    assert statuses(after("abcdef", "bacdef", rules=RANKED, races=9))["a"] == "in"


def test_bonus_points_for_wins_of_the_regular_season_alone_stay_as_they_are() -> None:
    paid = PlayoffPoints(race_win=3, stage_win=0, regular_season=(), earned_in_playoffs=False)
    first = PlayoffRound("Semifinal", races=2, drivers=4, base=1000)
    rules = replace(SMALL, playoff_points=paid, rounds=(first, LAST_TWO))
    held = after("abcdef", "abcdef", "bacdef", "cabdef", "dcabef", rules=rules)
    assert {who: place.playoff_points for who in "abcd" if (place := held.place(who))} == {
        "a": 6,
        "b": 3,
        "c": 0,
        "d": 0,
    }
    # Out with 1000, the bonus of the regular season and the points of both races.
    assert {place.who: place.points for place in held.places if place.status is Status.ELIMINATED} == {
        "a": 1006 + 6 + 4,
        "b": 1003 + 4 + 3,
    }
