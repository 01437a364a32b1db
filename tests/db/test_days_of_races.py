"""When each race of history counts as over: a bot set to the day before must not know who won."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from db.bundled import bundled_years
from db.models import EASTERN
from tests.db.season_files import races
from tests.sharing import BundledSeasons

SECOND = timedelta(seconds=1)
TWO_DAYS = {(2018, 4): (date(2018, 3, 24), date(2018, 3, 26)), (2024, 10): (date(2024, 5, 18), date(2024, 5, 19))}
"""Races begun on one day and run to the end on another: they count when they ended."""


def midnight_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(0), EASTERN)


def test_a_race_without_a_start_is_known_from_midnight_eastern_after_its_day(every_season: BundledSeasons) -> None:
    without = 0
    for season in every_season.seasons.values():
        for race in season.races:
            if race.start is None:
                without += 1
                assert race.over_at == midnight_after(race.date), (season.year, race.round)
                before, after = season.as_of(race.over_at - SECOND), season.as_of(race.over_at)
                assert (before.has_results(race.round), after.has_results(race.round)) == (False, True), race
                assert before.races[race.round - 1].outcome is None
    assert without == 552 + len(TWO_DAYS)


def test_a_race_with_a_start_is_over_after_it_and_on_its_day_or_the_night_after(every_season: BundledSeasons) -> None:
    for season in every_season.seasons.values():
        for race in season.races:
            if race.start is not None and season.has_results(race.round):
                assert race.start < race.over_at <= midnight_after(race.date) + timedelta(hours=3), race


@pytest.mark.parametrize("race", TWO_DAYS)
def test_a_race_run_over_two_days_counts_when_it_ended(race: tuple[int, int], every_season: BundledSeasons) -> None:
    year, number = race
    begun, ended = TWO_DAYS[race]
    season = every_season.seasons[year]
    held = season.races[number - 1]
    assert (held.date, held.start) == (ended, None)
    assert "date" in dict(held.sources)
    for day in (begun, ended - timedelta(days=1)):
        assert not season.as_of(midnight_after(day)).has_results(number)
    assert season.as_of(midnight_after(ended)).has_results(number)


def test_every_race_was_run_on_a_day_of_its_season() -> None:
    assert {(year, race.round) for year in bundled_years() for race in races(year) if race.date.year != year} == set()
