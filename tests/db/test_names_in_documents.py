"""The names in the bundled seasons: written as people write them, not as a listing shouts or garbles them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

import pytest

from db.bundled import bundled_years
from tests.db.season_files import SEASONS, document, drivers, races, tracks

IN_CAPITALS = {
    "COTA", "FDNY", "JACOB", "JEGS", "MAKE", "MBNA", "NAPA", "NAPACARD", "NASCAR", "NEMCO", "ROVAL", "SABCO", "TRICON",
    "UNOH", "VIVA", "WWTR", "XPEL", "ZLOOP",
}  # fmt: skip
"""Names that those who bear them write so."""
LOWER_CASE = {"eero 250", "goracing.com 200", "racetickets.com 200", "thatlook.com 200"}
"""Races named after addresses, and after a company that writes itself so."""
SMALL_WORDS = {"at", "by", "driven", "for", "in", "of", "powered", "presented", "to"}
GARBLED = re.compile("[ÂÃ\ufffd]|â€")
"""What the bytes of one encoding look like in another."""


def names() -> Iterator[str]:
    """Every name of a race, a driver, a team or a track."""
    for year in bundled_years():
        for race in races(year):
            yield from (race.name, *race.aliases)
        yield from {row.team for row in document(str(year))[1]["results"] if row.team}
    for driver in drivers():
        yield from (driver.name, *driver.aliases)
    for track in tracks():
        yield from (track.name, track.short, *track.aliases, *(each.name for each in track.names))


def words(name: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", name)


def race_names() -> set[str]:
    return {name for year in bundled_years() for race in races(year) for name in (race.name, *race.aliases)}


def test_no_name_shouts_but_those_that_are_written_so() -> None:
    shouted = {word for name in names() for word in words(name) if len(word) >= 4 and word.isupper()}
    assert shouted == IN_CAPITALS


def test_a_word_of_the_races_names_is_spelt_in_one_way() -> None:
    spelt = defaultdict(set)
    for name in race_names():
        for word in words(name):
            spelt[word.casefold()].add(word)
    assert {word: found for word, found in spelt.items() if len(found) > 1} == {
        "the": {"The", "the"},
        "in": {"In", "in"},
        "on": {"On", "on"},
    }


def test_small_words_of_a_races_name_are_small_and_its_first_is_not() -> None:
    assert {name for name in race_names() if name[0].islower()} == LOWER_CASE
    assert [
        name
        for name in sorted(race_names())
        for word in words(name)[1:]
        if word.lower() in SMALL_WORDS and not word.islower()
    ] == []


@pytest.mark.parametrize("file", sorted(path.name for path in SEASONS.glob("*.json")))
def test_no_text_is_garbled(file: str) -> None:
    found = [match[0] for match in GARBLED.finditer((SEASONS / file).read_text(encoding="utf-8"))]
    assert found == []


@pytest.mark.parametrize(
    ("year", "number", "name"),
    [
        (2018, 1, "NextEra Energy Resources 250"),
        (2025, 22, "EcoSave 250"),
        (2021, 2, "BrakeBest Brake Pads 159 at Daytona presented by O'Reilly"),
        (2023, 23, "Craftsman 150"),
        (2008, 10, "Cool City Customs 200"),
        (2007, 2, "San Bernardino County 200"),
        (2022, 16, "CRC Brakleen 150"),
        (1995, 14, "Stevens Beil / Genuine Car Parts 150"),
    ],
)
def test_what_a_listing_misspelt_is_written_right(year: int, number: int, name: str) -> None:
    assert races(year)[number - 1].name == name


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Augie Grill", "August Grill"),
        ("Bobby Santos III", "Bobby Santos"),
        ("Michel Jourdain Jr.", "Michel Jourdain"),
        ("Mark Mountanos", "Mark Moutanos"),
        ("Michel Disdier", "Michael Disdier"),
        ("Geoff Bodine", "Geoffrey Bodine"),
        ("Bubba Wallace", "Darrell Wallace Jr."),
        ("John Hunter Nemechek", "John H. Nemechek"),
    ],
)
def test_a_driver_has_the_name_fans_know_and_the_other_as_an_alias(name: str, other: str) -> None:
    (found,) = (driver for driver in drivers() if other in driver.aliases)
    assert found.name == name


KEPT_APART = [
    ("Eric Jones", "Erik Jones"),
    ("Rick Hendrick", "Ricky Hendrick"),
    ("Bobby Hamilton", "Bobby Hamilton Jr."),
    ("Scott Lagasse", "Scott Lagasse Jr."),
    ("Rodney Combs", "Rodney Combs Jr."),
    ("John Borneman", "Johnny Borneman III"),
    ("Ron Hornaday Jr.", "Ronnie Hornaday"),
    ("John Nemechek", "John Hunter Nemechek"),
    ("Brad Keselowski", "Brian Keselowski"),
    ("Jerick Johnson", "Rick Johnson"),
    ("Andy Houston", "Marty Houston"),
    ("Bill Kimmel", "Frank Kimmel"),
    ("Jason White (NASCAR id 3557)", "Jason White (NASCAR id 4292)"),
]


@pytest.mark.parametrize(("one", "other"), KEPT_APART)
def test_who_is_not_one_person_stays_two(one: str, other: str) -> None:
    raced = {row.driver for year in bundled_years() for row in document(str(year))[1]["results"]}
    assert {one, other} <= raced
    assert not any({one, other} <= {driver.name, *driver.aliases} for driver in drivers())
