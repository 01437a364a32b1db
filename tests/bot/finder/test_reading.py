"""What a text names, in whatever order it was typed, and what of it is not understood."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.finder.lexicon import Named
from bot.finder.reading import Reading
from bot.finder.tokens import without_year
from bot.seasons.as_of import AsOf, AsOfKeeper
from tests.seasons import bundled_seasons

EVE = datetime(2025, 10, 16, 21, tzinfo=UTC)
"""Thursday 16 October 2025, 5 p.m. Eastern."""


@pytest.fixture(scope="module")
def known() -> AsOf:
    return AsOfKeeper().at(EVE, bundled_seasons())


def names(reading: Reading) -> list[str]:
    return [driver.name for driver in reading.drivers]


def value(reading: Reading) -> str | None:
    return f"{reading.race.season}.{reading.race.round}" if reading.race else None


@pytest.mark.parametrize("words", [("heim", "bristol", "dirt", "2023"), ("#19", "milwaukee", "2024")])
def test_the_order_does_not_matter(known: AsOf, words: tuple[str, ...]) -> None:
    readings = [known.read(" ".join(order)) for order in permutations(words) if "bristol" not in order or near(order)]
    expected = known.read(" ".join(words))
    assert expected.drivers
    assert expected.race is not None
    for reading in readings:
        assert (reading.drivers, reading.race, reading.year, reading.not_understood) == (
            expected.drivers,
            expected.race,
            expected.year,
            (),
        )


def near(order: tuple[str, ...]) -> bool:
    """Whether the words of the track are beside each other, but for the year."""
    rest = [word for word in order if not word.isdecimal()]
    return abs(rest.index("bristol") - rest.index("dirt")) == 1


@pytest.mark.parametrize(
    ("text", "drivers", "year", "race"),
    [
        ("2024 heim", ["Corey Heim"], 2024, None),
        ("heim bristol", ["Corey Heim"], None, "2025.20"),
        ("daytona '23", [], 2023, "2023.1"),
        ("last year's talladega", [], 2024, "2024.20"),
        ("talladega two years ago", [], 2023, "2023.21"),
        ("#19 2025", ["Daniel Hemric"], 2025, None),
        ("#19 at bristol dirt", ["Christian Eckes"], None, "2023.6"),
        ("the 98 and the 11 truck", ["Ty Majeski", "Corey Heim"], None, None),
        ("heim 11", ["Corey Heim"], None, None),
        ("heim vs majeski", ["Corey Heim", "Ty Majeski"], None, None),
        ("honeycutt's kansas", ["Kaden Honeycutt"], None, "2025.9"),
        ("corey day", ["Corey Day"], None, None),
        ("austin hill", ["Austin Hill"], None, None),
        ("wright brand", [], None, "2024.10"),
        ("wright", ["Kris Wright"], None, None),
        ("coreyheim northwilkesboro", ["Corey Heim"], None, "2025.10"),
        ("hiem brsitol", ["Corey Heim"], None, "2025.20"),
        ("san diego", [], None, "2026.13"),
        ("how did Majeski do at Bristol", ["Ty Majeski"], None, "2025.20"),
        ("What did Corey Heim say about last year's race at Phoenix?", ["Corey Heim"], 2024, "2024.23"),
        ("who won the next race", [], None, "2025.23"),
        ("2019", [], 2019, None),
        ("bristol 2019", [], 2019, None),
        ("corey-heim", ["Corey Heim"], None, None),
        ("corey-heim 2024", ["Corey Heim"], 2024, None),
        ("paperclip", [], None, "2025.5"),
        ("willy b", ["William Byron"], None, None),
        ("", [], None, None),
        ("🎉", [], None, None),
    ],
)
def test_a_text_names(known: AsOf, text: str, drivers: list[str], year: int | None, race: str | None) -> None:
    reading = known.read(text)
    assert (names(reading), reading.year, value(reading)) == (drivers, year, race)


@pytest.mark.parametrize(
    ("text", "expected", "race", "drivers"),
    [
        ("19", "race", "2025.19", []),
        ("19", "driver", None, ["Daniel Hemric"]),
        ("19", None, None, ["Daniel Hemric"]),
        ("#2", "race", "2025.2", []),
        ("2024 19", "race", "2024.19", []),
        ("2024 19", "driver", None, ["Christian Eckes"]),
        ("heim 11", "race", None, ["Corey Heim"]),
        ("wright", "race", "2024.10", []),
        ("austin", "race", "2024.5", []),
        ("bristol 23", "race", "2023.20", []),
        ("heim 24", "driver", None, ["Corey Heim"]),
    ],
)
def test_what_is_expected_decides_what_could_be_both(
    known: AsOf, text: str, expected: Named | None, race: str | None, drivers: list[str]
) -> None:
    reading = known.read(text, None, expected)
    assert (value(reading), names(reading)) == (race, drivers)


def test_more_words_beat_the_season_of_the_day(known: AsOf) -> None:
    assert value(known.read("bristol")) == "2025.20"
    assert value(known.read("bristol dirt")) == "2023.6"
    assert value(known.read("love's rv stop 225")) == "2025.23"
    assert value(known.read("love's rv stop 250")) == "2023.21"
    # In a season that has no such race, the word that fits nothing there is said.
    there = known.read("bristol dirt 2025")
    assert (value(there), there.not_understood) == ("2025.20", ("dirt",))


def test_spring_and_fall_tell_two_races_apart(known: AsOf) -> None:
    assert value(known.read("martinsville spring")) == "2025.5"
    assert value(known.read("fall martinsville 2024")) == "2024.22"
    assert known.read("pocono fall").not_understood == ("fall",)


def test_a_name_that_fits_several_is_told_with_all_of_them(known: AsOf) -> None:
    (several,) = known.read("corey at bristol").several
    assert several.typed == "corey"
    assert {driver.name for driver in several.drivers} >= {"Corey Heim", "Corey Day"}


def test_a_number_nobody_drove_is_kept(known: AsOf) -> None:
    assert known.read("#83 in 2025").numbers == ("83",)


@pytest.mark.parametrize(
    ("text", "rest", "left"),
    [
        ("how did heim do at bristol", ("how", "did", "do", "at"), ()),
        ("heim xyzzy bristol", ("xyzzy",), ("xyzzy",)),
        ("who's mad at whom", ("who's", "mad", "at", "whom"), ("mad",)),
        ("can you believe that call", ("can", "you", "believe", "that", "call"), ()),
        ("it was raining and cold at bristol", ("it", "was", "raining", "and", "cold", "at"), ()),
    ],
)
def test_what_names_nothing_is_left_in_order(
    known: AsOf, text: str, rest: tuple[str, ...], left: tuple[str, ...]
) -> None:
    reading = known.read(text)
    assert (reading.rest, reading.not_understood) == (rest, left)


def test_the_year_is_taken_out_of_a_text() -> None:
    assert without_year("last lap at dega last year", 2025) == "last lap at dega"
    assert without_year("heim '24", 2025) == "heim"


PIECES = st.lists(st.sampled_from(["heim", "bristol", "dirt", "2023", "#", "19", "'", "the", "last", "year"]))


@given(text=st.text(max_size=80) | PIECES.map(" ".join))
def test_whatever_is_typed_is_read(known: AsOf, text: str) -> None:
    for expected in (None, "driver", "race"):
        reading = known.read(text, None, expected)
        assert len(set(reading.drivers)) == len(reading.drivers)
        assert set(reading.not_understood) <= set(reading.rest)
