"""Totals of a race beside what is recorded one by one."""

from __future__ import annotations

from typing import Any

import pytest

from bot.championship.sums import differing_sums
from db.models import CautionPeriod, Lead, Outcome, Season
from tests.seasons import Order, Row, make_season

HEIM, MAJESKI = "corey-heim", "ty-majeski"
LEADS = (Lead(HEIM, 1, 60), Lead(MAJESKI, 61, 100))
PERIODS = (CautionPeriod(5, 9, "spin"), CautionPeriod(30, 34))


def season(**outcome: Any) -> Season:
    order: Order = [
        Row("Corey Heim", led=60, stages=(1, None)),
        Row("Ty Majeski", led=40, stages=(2, 1)),
        "Layne Riggs",
    ]
    return make_season(2025, [order], outcomes={1: Outcome(laps=100, **outcome)})


SOUND: dict[str, dict[str, Any]] = {
    "nothing recorded one by one": {},
    "who led when": {"leads": LEADS},
    "cautions": {"caution_periods": PERIODS, "cautions": 2, "caution_laps": 10},
    "cautions without a total": {"caution_periods": PERIODS},
    "a total of cautions alone": {"cautions": 7, "caution_laps": 40},
    "stage winners": {"stage_winners": (HEIM, MAJESKI)},
    "a stage winner who is not known": {"stage_winners": (None, MAJESKI)},
}


@pytest.mark.parametrize("what", SOUND)
def test_totals_that_are_the_sum_are_no_matter(what: str) -> None:
    assert differing_sums(season(**SOUND[what])) == ()


DIFFERING: dict[str, tuple[dict[str, Any], list[str]]] = {
    "leads of another length": (
        {"leads": (Lead(HEIM, 1, 50), Lead(MAJESKI, 51, 100))},
        [
            "Corey Heim led 60 laps by the results, 50 by who led when",
            "Ty Majeski led 40 laps by the results, 50 by who led when",
        ],
    ),
    "a leader who led no lap": (
        {"leads": (*LEADS[:1], Lead(MAJESKI, 61, 99), Lead("layne-riggs", 100, 100))},
        [
            "Layne Riggs led 0 laps by the results, 1 by who led when",
            "Ty Majeski led 40 laps by the results, 39 by who led when",
        ],
    ),
    "one caution too many": (
        {"caution_periods": PERIODS, "cautions": 1, "caution_laps": 10},
        ["1 cautions are stated, 2 are listed"],
    ),
    "fewer laps under caution": (
        {"caution_periods": PERIODS, "cautions": 2, "caution_laps": 12},
        ["12 laps under caution are stated, 10 are listed"],
    ),
    "another stage winner": (
        {"stage_winners": (MAJESKI, MAJESKI)},
        ["Ty Majeski is the stated winner of stage 1, Corey Heim finished it first"],
    ),
}


@pytest.mark.parametrize("what", DIFFERING)
def test_a_total_that_its_parts_do_not_give_is_said_with_both(what: str) -> None:
    outcome, lines = DIFFERING[what]
    assert [each.what for each in differing_sums(season(**outcome))] == lines


def test_laps_without_a_leader_are_counted() -> None:
    held = make_season(2016, [[Row("Corey Heim", led=58), Row("Ty Majeski", led=40)]], outcomes={1: Outcome(laps=100)})
    assert [(each.round, each.what) for each in differing_sums(held)] == [
        (1, "98 of 100 laps have a leader on record; the others are not known or missing")
    ]


def test_a_race_of_which_nobody_is_known_to_have_led_is_not_told() -> None:
    assert differing_sums(make_season(1999, [["Corey Heim", "Ty Majeski"]], outcomes={1: Outcome(laps=100)})) == ()
