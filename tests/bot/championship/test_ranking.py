"""Who has the most of what is counted, and who has the best averages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.championship.computed_season import ComputedSeason
from bot.championship.driver_record import record
from bot.championship.ranking import FIGURES, ranking, starts_needed
from db.models import Outcome, Season
from tests.seasons import Row, bundled_season, make_season


def places(season: Season, by: str) -> list[tuple[int, bool, str, float]]:
    return [(r.position, r.tied, r.driver, r.figure) for r in ranking(ComputedSeason(season), by)]


def test_drivers_with_the_same_figure_share_a_place_and_the_next_one_is_counted_on() -> None:
    heim, majeski, riggs, rhodes = "Corey Heim", "Ty Majeski", "Layne Riggs", "Ben Rhodes"
    season = make_season(2025, [[heim, majeski], [majeski, heim], [heim, riggs], [majeski, rhodes], [riggs, heim]])
    assert places(season, "wins") == [
        (1, True, "corey-heim", 2),
        (1, True, "ty-majeski", 2),
        (3, False, "layne-riggs", 1),
    ]
    assert [(p, t, d) for p, t, d, _ in places(season, "starts")][2:] == [
        (3, False, "layne-riggs"),
        (4, False, "ben-rhodes"),
    ]


def test_the_lowest_average_is_the_best_and_one_good_race_is_none() -> None:
    season = make_season(
        2025, [["Kyle Larson", "Corey Heim", "Ty Majeski"], ["Ty Majeski", "Corey Heim"], ["Corey Heim"]]
    )
    assert starts_needed(ComputedSeason(season)) == 2
    assert [(p, d) for p, _, d, _ in places(season, "average-finish")] == [(1, "corey-heim"), (2, "ty-majeski")]
    assert "kyle-larson" in [d for _, _, d, _ in places(season, "wins")]


def test_a_start_that_pays_no_points_counts() -> None:
    season = make_season(2025, [[Row("Kyle Busch", eligible=False, led=100), "Corey Heim"]])
    assert places(season, "laps-led") == [(1, False, "kyle-busch", 100)]


def test_what_is_on_record_of_nobody_ranks_nobody() -> None:
    season = make_season(2025, [["Corey Heim"]])
    assert places(season, "poles") == []
    assert places(make_season(2025, [], upcoming=1), "wins") == []
    known = make_season(2025, [["Corey Heim", "Ty Majeski"]], outcomes={1: Outcome(pole="ty-majeski")})
    assert places(known, "poles") == [(1, False, "ty-majeski", 1)]


@given(year=st.sampled_from([2023, 2024, 2025, 2026]), run=st.integers(1, 23), by=st.sampled_from(sorted(FIGURES)))
def test_a_ranking_agrees_with_the_drivers_own_records(year: int, run: int, by: str) -> None:
    season = bundled_season(year)
    computed = ComputedSeason(season.through(min(run, len(season.run))))
    found = ranking(computed, by)
    figures = [each.figure for each in found]
    assert figures == sorted(figures, reverse=not FIGURES[by].average)
    for at, each in enumerate(found):
        first = figures.index(each.figure)
        assert (each.position, each.tied) == (first + 1, figures.count(each.figure) > 1), at
    for each in found[:3]:
        own = record(computed, each.driver)
        assert own is not None
        assert FIGURES[by].value(own) == each.figure


@pytest.mark.parametrize("by", FIGURES)
def test_every_figure_ranks_somebody_in_2025(by: str) -> None:
    assert places(bundled_season(2025), by)[0][0] == 1
