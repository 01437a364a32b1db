"""What /laps and /lineup say of a text that names no driver, one of several, or a track that was not raced at."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

import pytest

from bot.errors import FriendlyError
from bot.interactions.laps_asked import laps_asked, lineup_asked
from bot.interactions.understanding import driver_asked, results_asked
from bot.questions.laps import LapsQuestion
from bot.seasons.as_of import AsOf, AsOfKeeper
from tests.seasons import any_season

NOW = datetime(2025, 10, 18, 12, tzinfo=UTC)


@cache
def known() -> AsOf:
    return AsOfKeeper().at(NOW, [any_season(year) for year in (2020, *range(2022, 2027))])


@pytest.mark.parametrize("year", ["2024", "2020", "'24"])
def test_a_year_alone_is_no_truck_number(year: str) -> None:
    line = r"^20\d\d is a season\. Name a driver as well, by name, nickname or truck number\.$"
    with pytest.raises(FriendlyError, match=line):
        laps_asked(known(), year, None)
    with pytest.raises(FriendlyError, match=line):
        driver_asked(known(), year, None)


@pytest.mark.parametrize("typed", ["heim 2024", "2024 heim", "11 2024"])
def test_a_year_beside_a_driver_is_the_season(typed: str) -> None:
    question = laps_asked(known(), typed, None).question
    assert isinstance(question, LapsQuestion)
    assert question.year == 2024


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("gray", ["-# Taylor Gray goes by that name, too."]),
        ("tanner gray", []),
        ("heim", []),
    ],
)
def test_a_surname_that_somebody_else_bears_is_said(typed: str, said: list[str]) -> None:
    assert list(filter(None, laps_asked(known(), typed, None).lines)) == said
    assert list(filter(None, laps_asked(known(), typed, "talladega").lines)) == said


def test_a_track_that_was_not_raced_at_in_that_year_is_said() -> None:
    line = "-# North Wilkesboro has no race in 2020; this is the 2020 North Carolina Education Lottery 200 (Charlotte)."
    typed = "north wilkesboro 2020"
    assert line in lineup_asked(known(), typed).lines
    assert line in laps_asked(known(), "heim", typed).lines
    assert line in results_asked(known(), typed, None).lines
    with pytest.raises(FriendlyError, match="No race called “rockingham 2023” in 2023"):
        lineup_asked(known(), "rockingham 2023")


def test_a_second_track_that_was_raced_at_is_said_as_before() -> None:
    (line,) = lineup_asked(known(), "talladega darlington 2025").lines
    assert line.startswith("-# You named ")
