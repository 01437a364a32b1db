"""The bundled seasons of 1995 to 2022 by themselves: every race there, whole, and as it was published."""

from __future__ import annotations

from collections import Counter

import pytest

from db.documents.file_format import AdjustmentRow, SeatRow
from db.models import NOT_ELIGIBLE
from tests.db.season_files import document, races, results

_TO_2008 = (20, 24, 26, 27, 25, 24, 24, 22, 25, 25, 25, 25, 25, 25)
_FROM_2009 = (25, 25, 25, 22, 22, 22, 23, 23, 23, 23, 23, 23, 22, 23)
RACES = dict(enumerate((*_TO_2008, *_FROM_2009), start=1995))
"""How many races a season had."""
YEARS = tuple(RACES)
each_year = pytest.mark.parametrize("year", YEARS)
LAPS_LED_UNKNOWN = {(2016, 5): 2}
"""Laps that no source says who led, by race."""

CHAMPIONS = {
    1995: ("Mike Skinner", 3224, "Joe Ruttman", 3098),
    1996: ("Ron Hornaday Jr.", 3831, "Jack Sprague", 3778),
    1997: ("Jack Sprague", 3969, "Rich Bickle", 3737),
    1998: ("Ron Hornaday Jr.", 4072, "Jack Sprague", 4069),
    1999: ("Jack Sprague", 3747, "Greg Biffle", 3739),
    2000: ("Greg Biffle", 3826, "Kurt Busch", 3596),
    2001: ("Jack Sprague", 3670, "Ted Musgrave", 3597),
    2002: ("Mike Bliss", 3359, "Rick Crawford", 3313),
    2003: ("Travis Kvapil", 3837, "Dennis Setzer", 3828),
    2004: ("Bobby Hamilton", 3624, "Dennis Setzer", 3578),
    2005: ("Ted Musgrave", 3535, "Dennis Setzer", 3480),
    2006: ("Todd Bodine", 3666, "Johnny Benson", 3539),
    2007: ("Ron Hornaday Jr.", 3982, "Mike Skinner", 3928),
    2008: ("Johnny Benson", 3725, "Ron Hornaday Jr.", 3718),
    2009: ("Ron Hornaday Jr.", 3959, "Matt Crafton", 3772),
    2010: ("Todd Bodine", 3937, "Aric Almirola", 3730),
    2011: ("Austin Dillon", 888, "Johnny Sauter", 882),
    2012: ("James Buescher", 808, "Timothy Peters", 802),
    2013: ("Matt Crafton", 804, "Ty Dillon", 764),
    2014: ("Matt Crafton", 833, "Ryan Blaney", 812),
    2015: ("Erik Jones", 899, "Tyler Reddick", 884),
}
"""Champion and runner-up with their points, of the seasons that the sum of all points decided."""

FINAL_ROUNDS = {
    2016: ("Johnny Sauter", "Matt Crafton", "Christopher Bell", "Timothy Peters"),
    2017: ("Christopher Bell", "Johnny Sauter", "Matt Crafton", "Austin Cindric"),
    2018: ("Brett Moffitt", "Noah Gragson", "Justin Haley", "Johnny Sauter"),
    2019: ("Matt Crafton", "Ross Chastain", "Stewart Friesen", "Brett Moffitt"),
    2020: ("Sheldon Creed", "Zane Smith", "Brett Moffitt", "Grant Enfinger"),
    2021: ("Ben Rhodes", "Zane Smith", "John Hunter Nemechek", "Matt Crafton"),
    2022: ("Zane Smith", "Ben Rhodes", "Chandler Smith", "Ty Majeski"),
}
"""Who raced for the title in the finale; the champion first."""


def test_the_series_ran_737_races_to_the_end_of_2025() -> None:
    assert sum(RACES.values()) + sum(len(races(year)) for year in (2023, 2024, 2025)) == 737


@each_year
def test_every_race_of_the_season_is_there_with_its_results(year: int) -> None:
    assert [row.round for row in races(year)] == list(range(1, RACES[year] + 1))
    assert all(row.outcome is not None and row.outcome.laps for row in races(year))
    assert {row.round for row in document(str(year))[1]["results"]} == set(range(1, RACES[year] + 1))


@each_year
def test_each_place_is_taken_once_and_the_winner_ran_every_lap(year: int) -> None:
    for race in races(year):
        rows = results(year, race.round)
        assert sorted(row.finish or 0 for row in rows) == list(range(1, len(rows) + 1)), race.round
        assert race.outcome is not None
        assert max(row.laps for row in rows) == race.outcome.laps == rows[0].laps, race.round


@each_year
def test_nobody_finishes_twice_and_no_place_on_the_grid_is_given_twice(year: int) -> None:
    for race in races(year):
        rows = results(year, race.round)
        for values in ([r.driver for r in rows], [r.number for r in rows], [r.start for r in rows if r.start]):
            assert [value for value, times in Counter(values).items() if times > 1] == [], race.round


@each_year
def test_laps_led_are_all_the_laps_that_were_run(year: int) -> None:
    short = {}
    for race in races(year):
        assert race.outcome is not None
        assert race.outcome.laps is not None
        missing = race.outcome.laps - sum(row.led for row in results(year, race.round))
        if missing:
            short[year, race.round] = missing
    assert short == {key: laps for key, laps in LAPS_LED_UNKNOWN.items() if key[0] == year}


@each_year
def test_who_led_from_which_lap_to_which_agrees_with_the_laps_led(year: int) -> None:
    for race in races(year):
        assert race.outcome is not None
        led: Counter[str] = Counter()
        for driver, first, last in race.outcome.leads:
            led[driver] += last - first + 1
        if led:
            assert led == {row.driver: row.led for row in results(year, race.round) if row.led}, race.round


@pytest.mark.parametrize("year", CHAMPIONS)
def test_the_sum_of_all_points_decides_for_the_champion_that_was_published(year: int) -> None:
    total: Counter[str] = Counter()
    for race in races(year):
        for row in results(year, race.round):
            total[row.driver] += row.points
    (first, most), (second, next_most) = total.most_common(2)
    assert (first, most, second, next_most) == CHAMPIONS[year]
    assert document(str(year))[0].champion == first


@pytest.mark.parametrize("year", FINAL_ROUNDS)
def test_the_best_finisher_of_the_finalists_is_champion(year: int) -> None:
    field: list[SeatRow] = document(str(year))[1]["playoff_field"]
    assert {*FINAL_ROUNDS[year]} <= {seat.driver for seat in field}
    assert sum(seat.how != NOT_ELIGIBLE for seat in field) == (8 if year < 2020 else 10)
    finale = [row.driver for row in results(year, RACES[year]) if row.driver in FINAL_ROUNDS[year]]
    assert finale[0] == FINAL_ROUNDS[year][0] == document(str(year))[0].champion


@each_year
def test_a_penalty_is_of_somebody_who_raced_and_names_its_source(year: int) -> None:
    adjustments: list[AdjustmentRow] = document(str(year))[1]["adjustments"]
    for each in adjustments:
        assert each.points < 0
        assert each.source
        assert each.driver in {row.driver for row in results(year, each.round)}


def test_namesakes_of_the_past_are_told_apart() -> None:
    def seasons(name: str) -> set[int]:
        return {year for year in YEARS for row in document(str(year))[1]["results"] if row.driver == name}

    assert max(seasons("Eric Jones")) < 2013 <= min(seasons("Erik Jones"))
    assert seasons("Rick Hendrick") == {1995}
    assert seasons("Ricky Hendrick") == {2000, 2001}
    assert seasons("Bill Kimmel") == {1997, 1998}
    assert {(1997, 13), (1998, 19)} & {
        (year, row.round) for year in YEARS for row in document(str(year))[1]["results"] if row.driver == "Frank Kimmel"
    } == set()
    virginian, canadian = seasons("Jason White (NASCAR id 3557)"), seasons("Jason White (NASCAR id 4292)")
    assert (min(virginian), max(virginian)) == (2001, 2014)
    assert (min(canadian), max(canadian)) == (2018, 2022)
