"""Races called off or left out, penalties of a truck, and what is stated against what the results give."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.championship.postseason import Status
from bot.championship.standings import contradictions, driver_standings, owner_standings
from db.models import RaceStatus
from tests.seasons import bundled_season, bundled_seasons


@pytest.mark.parametrize("number", [10, 18, 24])
def test_a_cancelled_race_holds_up_nothing(number: int) -> None:
    season = bundled_season(2025)
    races = tuple(replace(r, status=RaceStatus.CANCELLED) if r.round == number else r for r in season.races)
    results = {at: rows for at, rows in season.results.items() if at != number and at <= max(number, 18)}
    cut = replace(season, races=races, results=results, playoff_field=season.playoff_field, champion=None)
    now = driver_standings(cut).standings
    assert now.phases[0].over
    assert now.current.name == {10: "Round of 10", 18: "Round of 10", 24: "Championship 4"}[number]
    closed = next(each for each in now.phases if each.first <= number <= each.last)
    assert (closed.races, closed.left) == (closed.last - closed.first, 0)


def test_a_race_that_is_left_out_holds_up_nothing_either() -> None:
    season = bundled_season(2024).through(16)
    rows = season.results[5]
    bad = replace(season, results={**season.results, 5: (rows[0], replace(rows[1], finish=1), *rows[2:])})
    view = driver_standings(bad)
    assert [fault.round for fault in view.left_out] == [5]
    assert view.standings.phases[0].over
    assert view.standings.current.name == "Round of 10"


def test_a_cancelled_finale_makes_no_champion() -> None:
    season = bundled_season(2025)
    races = tuple(replace(r, status=RaceStatus.CANCELLED) if r.round == 25 else r for r in season.races)
    results = {at: rows for at, rows in season.results.items() if at < 25}
    now = driver_standings(replace(season, races=races, results=results, champion=None)).standings
    assert now.champion is None
    assert [place.status for place in now.places[:4]] == [Status.FINALIST] * 4


def test_a_penalty_in_playoff_points_hits_the_truck_as_well() -> None:
    majeski = driver_standings(bundled_season(2023)).standings.place("ty-majeski")
    truck = owner_standings(bundled_season(2023)).standings.place("98")
    assert majeski is not None
    assert truck is not None
    assert (majeski.playoff_points, truck.playoff_points) == (17, 17)


def test_what_is_stated_and_what_the_results_give_are_held_together() -> None:
    season = bundled_season(2024)
    assert [contradictions(held) for held in bundled_seasons()] == [()] * 4
    (champion,) = contradictions(replace(season, champion="corey-heim"))
    assert champion == "the champion is stated as Corey Heim, the results make it Ty Majeski"
    (field,) = contradictions(replace(season, playoff_field=season.playoff_field[:9], champion=None))
    assert field == "the playoff field is stated with 9 drivers, it has 10"
