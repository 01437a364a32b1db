"""Careers summed from the bundled seasons beside those that were published, of everybody who did not race in 2026."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from db.bundled import bundled_years
from db.naming import fold_name
from tests.db.season_files import document, drivers, races

CAREERS = (
    Path(__file__).resolve().parents[2].parent / "shared" / "data" / "results" / "truck_drivers_bio_career_2026-06.csv"
)
MISSING = "The published careers are not at hand: they are looked for in shared/data/results/ beside the checkout"
FIGURES = ("starts", "wins", "top5", "top10", "laps_led")
EMPTY_PAGES = {"BJ McLeod", "Chris Jones", "Eric McClure", "JJ Yeley", "Jason White", "T.J. Bell", "Wayne Edwards"}
"""Those whose published page has no figures at all."""
LAPS_LED = {"Matt Crafton": (2728, 2727)}
"""Laps led as published and as summed: at Talladega 2021 Crafton led three laps by the results, four by the leaders."""


def careers() -> dict[str, Counter[str]]:
    """Starts, wins, top fives, top tens and laps led by driver, and the races of 2026."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for year in bundled_years():
        for row in document(str(year))[1]["results"]:
            if row.finish is None:
                continue
            finish = row.finish
            found[row.driver].update(
                {"starts": 1, "wins": finish == 1, "top5": finish <= 5, "top10": finish <= 10, "laps_led": row.led}
            )
            found[row.driver]["in 2026"] += year == 2026
    return found


@pytest.mark.shared
@pytest.mark.skipif(not CAREERS.exists(), reason=MISSING)
def test_starts_wins_top_fives_top_tens_and_laps_led_are_as_published() -> None:
    summed = careers()
    names = {fold_name(name): row.name for row in drivers() for name in (row.name, *row.aliases)}
    compared, differing, led = set(), {}, {}
    with CAREERS.open(encoding="utf-8", newline="") as file:
        for page in csv.DictReader(file):
            name = names.get(fold_name(page["name"]), page["name"])
            if name in EMPTY_PAGES or summed[name]["in 2026"]:
                continue
            compared.add(name)
            published = {figure: int(page[f"nts_{figure}"]) for figure in FIGURES}
            own = {figure: int(summed[name][figure]) for figure in FIGURES}
            if published.pop("laps_led") != own["laps_led"]:
                led[name] = (int(page["nts_laps_led"]), own["laps_led"])
            if published != {figure: own[figure] for figure in published}:
                differing[name] = (published, own)
    assert differing == {}
    assert led == LAPS_LED
    assert len(compared) == 242


def test_poles_are_those_of_qualifying_and_known_from_2018_on() -> None:
    poles = {year: sum(bool(race.outcome and race.outcome.pole) for race in races(year)) for year in bundled_years()}
    assert sum(poles[year] for year in range(1995, 2018)) == 0
    assert {year: poles[year] for year in range(2018, 2023)} == {2018: 22, 2019: 18, 2020: 2, 2021: 4, 2022: 17}
