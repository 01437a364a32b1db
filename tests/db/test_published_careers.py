"""Careers summed from the bundled seasons beside those that were published in June 2026."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import pytest

from db.bundled import bundled_years
from db.naming import fold_name
from tests.db.season_files import document, drivers, races

CAREERS = (
    Path(__file__).resolve().parents[2].parent / "shared" / "data" / "results" / "truck_drivers_bio_career_2026-06.csv"
)
MISSING = "The published careers are not at hand: they are looked for in shared/data/results/ beside the checkout"
at_hand = pytest.mark.skipif(not CAREERS.exists(), reason=MISSING)
COUNTED = ("starts", "wins", "top5", "top10")
RACES_OF_2026 = 7
"""The pages tell of the races of 2026 up to this one: every page with figures agrees with that, and with no other."""
EMPTY_PAGES = {
    "AJ Allmendinger",
    "BJ McLeod",
    "Chris Jones",
    "Eric McClure",
    "JJ Yeley",
    "Jason White",
    "John Hunter Nemechek",
    "T.J. Bell",
    "Wayne Edwards",
}
"""Those whose published page has no figures at all, though all but McClure have raced."""
LAPS_LED = {
    "Corey Heim": (3202, 3204),
    "Layne Riggs": (712, 710),
    "Matt Crafton": (2728, 2727),
    "Parker Kligerman": (344, 345),
}
"""Laps led as published and as summed, where they differ: docs/data.md says in which races."""
POLES = {
    "Chase Briscoe": (5, 4),
    "Derek Kraus": (4, 2),
    "Jack Sprague": (32, 0),
    "Joey Logano": (2, 0),
    "Mike Skinner": (50, 48),
    "Steve Park": (1, 0),
    "Zane Smith": (3, 2),
}
"""Poles as published and as recorded, where they differ: docs/data.md says what is known of them."""


@cache
def careers(races_of_2026: int) -> dict[str, Counter[str]]:
    """Starts, wins, top fives, top tens, laps led and poles by driver."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for year in bundled_years():
        for row in document(str(year))[1]["results"]:
            finish = row.finish
            if finish is None or (year == 2026 and row.round > races_of_2026):
                continue
            found[row.driver].update(
                {"starts": 1, "wins": finish == 1, "top5": finish <= 5, "top10": finish <= 10, "laps_led": row.led}
            )
            found[row.driver]["in 2026"] += year == 2026
        for race in races(year):
            if race.outcome and race.outcome.pole and (year < 2026 or race.round <= races_of_2026):
                found[race.outcome.pole]["poles"] += 1
    return found


@cache
def pages() -> dict[str, Counter[str]]:
    """The published figures by driver, of those pages that have any."""
    names = {fold_name(name): row.name for row in drivers() for name in (row.name, *row.aliases)}
    found: dict[str, Counter[str]] = {}
    empty = set()
    with CAREERS.open(encoding="utf-8", newline="") as file:
        for page in csv.DictReader(file):
            name = names.get(fold_name(page["name"]), page["name"])
            figures = Counter({figure: int(page[f"nts_{figure}"]) for figure in (*COUNTED, "laps_led", "poles")})
            if figures["starts"]:
                found[name] = figures
            else:
                empty.add(name)
    assert empty == EMPTY_PAGES
    return found


def differing(*figures: str) -> dict[str, tuple[int, ...]]:
    """Each figure as published and as summed, of those drivers in whom one of them differs."""
    own = careers(RACES_OF_2026)
    both = {
        name: tuple(number for figure in figures for number in (page[figure], own[name][figure]))
        for name, page in pages().items()
    }
    return {name: found for name, found in both.items() if found[::2] != found[1::2]}


@pytest.mark.shared
@at_hand
def test_starts_wins_top_fives_and_top_tens_are_as_published_of_every_driver() -> None:
    assert differing(*COUNTED) == {}
    assert len(pages()) == 293


@pytest.mark.shared
@at_hand
def test_most_pages_are_of_drivers_who_did_not_race_in_2026_and_those_who_began_later_agree_without() -> None:
    by_then, on_record = careers(RACES_OF_2026), careers(99)
    assert sum(not on_record[name]["in 2026"] for name in pages()) == 242
    assert sum(not by_then[name]["in 2026"] for name in pages()) == 242 + 13


@pytest.mark.shared
@at_hand
@pytest.mark.parametrize("races_of_2026", [RACES_OF_2026 - 1, RACES_OF_2026 + 1])
def test_the_pages_fit_no_other_race_of_2026(races_of_2026: int) -> None:
    own = careers(races_of_2026)
    assert any(page["starts"] != own[name]["starts"] for name, page in pages().items())


@pytest.mark.shared
@at_hand
def test_laps_led_are_as_published_but_for_those_listed() -> None:
    assert differing("laps_led") == LAPS_LED


@pytest.mark.shared
@at_hand
def test_poles_are_as_published_but_for_those_listed() -> None:
    assert differing("poles") == POLES


def test_poles_before_2018_are_those_that_a_career_counts_and_later_ones_those_of_qualifying() -> None:
    poles = {year: sum(bool(race.outcome and race.outcome.pole) for race in races(year)) for year in bundled_years()}
    assert sum(poles[year] for year in range(1995, 2018)) == 422
    assert {year: poles[year] for year in range(2018, 2023)} == {2018: 22, 2019: 18, 2020: 2, 2021: 4, 2022: 17}


def test_a_pole_before_2018_is_of_who_started_first_at_a_speed_on_record_and_says_how_it_was_settled() -> None:
    for year in range(1995, 2018):
        first = {row.round: row.driver for row in document(str(year))[1]["results"] if row.start == 1}
        for race in races(year):
            outcome = race.outcome
            assert outcome is not None
            if outcome.pole:
                assert (outcome.pole, bool(outcome.pole_mph)) == (first[race.round], True), (year, race.round)
                assert race.sources["pole"].startswith("counted: career pages, June 2026"), (year, race.round)
