"""Drivers of one name are told apart wherever a fan could take one for the other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from types import MappingProxyType

import pytest

from bot.errors import UnknownDriver
from bot.finder import Finder
from bot.questions.core import ResultsQuestion
from bot.recaps.phrases import surname
from bot.render.results import results
from db.models import Driver, Season
from tests.bot.render.reading import tables
from tests.seasons import Order, make_season

SENIOR, JUNIOR = (
    Driver("zoltan-same", "Zoltan Same", hometown="Ada, OK"),
    Driver("zoltan-same--2", "Zoltan Same", born=date(2001, 1, 1), hometown="Reno, NV"),
)


def season_of(year: int, *orders: Order) -> Season:
    """A season in which the drivers "Senior" and "Junior" bear one name."""
    people = [Driver(SENIOR.key, "Senior"), Driver(JUNIOR.key, "Junior")]
    made = make_season(year, orders, drivers=people, upcoming=1)
    return replace(made, drivers=MappingProxyType({**made.drivers, SENIOR.key: SENIOR, JUNIOR.key: JUNIOR}))


SEASONS = (
    season_of(2003, ["Senior", "Al Ias"]),
    season_of(2024, ["Al Ias", "Senior"], ["Junior"]),
    season_of(2025, ["Al Ias"], ["Junior", "Al Ias"]),
    season_of(2026, ["Junior", "Al Ias"]),
)
BEFORE_JUNIOR = SEASONS[2].through(1)


def test_a_list_tells_them_apart_by_the_years_in_which_they_raced() -> None:
    labels = [match.label for match in Finder(SEASONS).drivers("zoltan", SEASONS[2])]
    assert labels == ["#2 Zoltan Same (2024–2025)", "Zoltan Same (2003–2024)"]
    assert [match.label for match in Finder(SEASONS).drivers("al ias", SEASONS[2])] == ["#1 Al Ias"]


@pytest.mark.parametrize(
    ("season", "known"),
    [
        (SEASONS[3], ["Zoltan Same (2024–2026)", "Zoltan Same (2003–2024)"]),
        (BEFORE_JUNIOR, ["Zoltan Same (2003–2024)", "Zoltan Same (2024)"]),
        (SEASONS[1].through(1), ["Zoltan Same (2003–2024)", "Zoltan Same"]),
        (SEASONS[0], ["Zoltan Same (2003)", "Zoltan Same"]),
    ],
)
def test_years_that_are_still_to_come_are_not_told(season: Season, known: list[str]) -> None:
    assert sorted(match.name for match in Finder(SEASONS).drivers("zoltan same", season)) == sorted(known)


def test_one_who_takes_part_is_meant_and_otherwise_both_are_named() -> None:
    finder = Finder(SEASONS)
    assert finder.driver("zoltan same", SEASONS[2]) is JUNIOR
    with pytest.raises(UnknownDriver) as caught:
        finder.driver("zoltan same", SEASONS[1])
    assert set(caught.value.nearest) == {"Zoltan Same (2003–2024)", "Zoltan Same (2024)"}
    assert "Several drivers go by" in str(caught.value)


@pytest.mark.parametrize("typed", ["Zoltan Same (2003–2024)", "zoltan same 2003-2024", "zoltan-same"])
def test_a_label_that_is_typed_means_the_one_who_has_it(typed: str) -> None:
    assert Finder(SEASONS).driver(typed, SEASONS[1]) is SENIOR


def test_a_home_town_tells_them_apart_where_the_years_do_not() -> None:
    seasons = [season_of(2025, ["Senior", "Junior"])]
    labels = {match.label for match in Finder(seasons).drivers("zoltan", seasons[0])}
    assert labels == {"#1 Zoltan Same (Ada, OK)", "#2 Zoltan Same (Reno, NV)"}


def test_a_race_in_which_both_take_part_calls_each_by_what_tells_them_apart() -> None:
    season = season_of(2025, ["Senior", "Junior", "Al Ias"])
    assert season.name_of(SENIOR.key) == "Zoltan Same (Ada, OK)"
    assert season.name_of("al-ias") == "Al Ias"
    assert season.name_of("nobody") == "nobody"
    race = season.races[0]
    view = results(season, race, ResultsQuestion(2025, 1), datetime(2025, 12, 1, tzinfo=UTC))
    named = [line for line in tables(view)[0] if "Zoltan Same" in line or "Z. Same" in line]
    assert len(named) == len(set(named)) == 2


def test_a_season_with_one_of_them_calls_that_one_by_name() -> None:
    assert SEASONS[2].name_of(JUNIOR.key) == "Zoltan Same"


def test_what_tells_two_apart_is_never_taken_for_a_surname() -> None:
    assert surname("Zoltan Same (Ada, OK)") == "Zoltan Same (Ada, OK)"
    assert surname("Zoltan Same") == "Same"
