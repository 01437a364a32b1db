"""Finding drivers and races by what a fan types."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import process_time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from bot.errors import UnknownDriver, UnknownRace, UnknownSeason
from bot.finder import Finder, race_label, race_title, race_value
from bot.finder.words import name_words
from bot.seasons.as_of import AsOf
from db.models import Driver, Race, RaceStatus, Season
from tests.seasons import NAMES, Row, bundled_season, bundled_seasons, make_driver, make_season, make_track

EVE = datetime(2025, 10, 16, 21, tzinfo=UTC)
"""Thursday 16 October 2025, 5 p.m. Eastern."""

PEOPLE = [
    make_driver("Gio Ruggiero", aliases=("Giovanni Ruggiero",)),
    make_driver("Andres Perez de Lara", aliases=("Andrés Pérez", "Andres Perez")),
    make_driver("AJ Allmendinger", aliases=("A.J. Allmendinger", "The Dinger")),
    make_driver("Shane van Gisbergen", aliases=("SVG",)),
    make_driver("Ricky Stenhouse Jr."),
    make_driver("Timmy Hill"),
    make_driver("Tyler Hill"),
    make_driver("Austin Hill"),
    make_driver("Connor Hall"),
    make_driver("Kyle Busch", aliases=("Rowdy",)),
]
SEASON = make_season(
    2025,
    [
        [
            Row("Corey Heim", number="11"),
            Row("Gio Ruggiero", number="17"),
            Row("Andres Perez de Lara", number="77"),
            Row("AJ Allmendinger", number="16"),
            Row("Shane van Gisbergen", number="71"),
            Row("Ricky Stenhouse Jr.", number="45"),
            Row("Timmy Hill", number="56"),
            Row("Connor Hall", number="1"),
            Row("Ty Majeski", number="98"),
        ],
        [Row("Corey Heim", number="11"), Row("Corey Day", number="17"), Row("Connor Hall", number="02")],
        [Row("Corey Heim", number="11"), Row("Gio Ruggiero", number="17"), Row("Ty Majeski", number="98")],
        [Row("Corey Heim", number="11"), Row("Layne Riggs", number="1"), Row("Timmy Hill", number="56")],
    ],
    drivers=PEOPLE,
)
FINDER = Finder([SEASON])


def names(text: str, season: Season = SEASON, finder: Finder = FINDER) -> list[str]:
    return [match.driver.name for match in finder.drivers(text, season)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("corey-heim", "Corey Heim"),
        ("Corey Heim", "Corey Heim"),
        ("  COREY   HEIM ", "Corey Heim"),
        ("heim corey", "Corey Heim"),
        ("coreyheim", "Corey Heim"),
        ("heim", "Corey Heim"),
        ("hei", "Corey Heim"),
        ("c heim", "Corey Heim"),
        ("hiem", "Corey Heim"),
        ("rugiero", "Gio Ruggiero"),
        ("gio", "Gio Ruggiero"),
        ("Giovanni", "Gio Ruggiero"),
        ("pérez", "Andres Perez de Lara"),
        ("Andres Perez", "Andres Perez de Lara"),
        ("de lara", "Andres Perez de Lara"),
        ("a.j.", "AJ Allmendinger"),
        ("a j allmendinger", "AJ Allmendinger"),
        ("dinger", "AJ Allmendinger"),
        ("svg", "Shane van Gisbergen"),
        ("van gisbergen", "Shane van Gisbergen"),
        ("vangisbergen", "Shane van Gisbergen"),
        ("stenhouse", "Ricky Stenhouse Jr."),
        ("Ricky Stenhouse, Jr", "Ricky Stenhouse Jr."),
        ("rowdy", "Kyle Busch"),
        ("17", "Gio Ruggiero"),
        ("#17", "Gio Ruggiero"),
        ("no 17", "Gio Ruggiero"),
        ("No. 17", "Gio Ruggiero"),
        ("the 17 truck", "Gio Ruggiero"),
        ("11 heim", "Corey Heim"),
        ("#11 Corey Heim", "Corey Heim"),
        ("02", "Connor Hall"),
        ("2", "Connor Hall"),
        ("1", "Layne Riggs"),
    ],
)
def test_a_driver_is_found_by(typed: str, found: str) -> None:
    assert FINDER.driver(typed, SEASON).name == found
    assert names(typed)[:1] == [found]


def test_a_number_lists_its_latest_driver_first_then_who_drove_it_before() -> None:
    assert names("17") == ["Gio Ruggiero", "Corey Day"]
    assert names("17", SEASON.through(2)) == ["Corey Day", "Gio Ruggiero"]


def test_a_number_begun_lists_that_number_first() -> None:
    assert names("1")[:2] == ["Layne Riggs", "Connor Hall"]
    assert set(names("1")[2:]) == {"Corey Heim", "AJ Allmendinger", "Gio Ruggiero", "Corey Day"}


def test_a_match_says_his_latest_truck_of_the_season() -> None:
    match = FINDER.drivers("hall", SEASON)[0]
    assert (match.number, match.in_season, match.label) == ("02", True, "#02 Connor Hall")
    away = FINDER.drivers("rowdy", SEASON)[0]
    assert (away.number, away.in_season, away.label) == (None, False, "Kyle Busch")


def test_nothing_typed_lists_the_seasons_drivers_most_starts_first() -> None:
    assert names("")[:3] == ["Corey Heim", "Gio Ruggiero", "Timmy Hill"]
    assert set(names("")).isdisjoint({"Kyle Busch", "Austin Hill"})


def test_who_drives_in_the_season_comes_first() -> None:
    assert names("hill")[0] == "Timmy Hill"
    assert FINDER.driver("hill", SEASON).name == "Timmy Hill"


def test_words_that_fit_several_are_asked_back() -> None:
    with pytest.raises(UnknownDriver) as caught:
        FINDER.driver("corey", SEASON)
    assert caught.value.several
    assert str(caught.value) == "Several drivers go by “corey”. Did you mean Corey Heim or Corey Day?"


def test_a_number_beside_a_name_decides() -> None:
    assert FINDER.driver("corey 17", SEASON).name == "Corey Day"


@pytest.mark.parametrize("typed", ["", "  ", "🎉", "'", "zzz", "12345", "Fernando Alonso", "x" * 6000, "a b c " * 50])
def test_an_unknown_driver_gets_one_line_and_no_names_of_no_likeness(typed: str) -> None:
    with pytest.raises(UnknownDriver) as caught:
        FINDER.driver(typed, SEASON)
    assert len(set(caught.value.nearest)) == (0 if name_words(typed) else 3)
    assert (" Type part of a name, a nickname or a truck number." in str(caught.value)) is bool(name_words(typed))
    assert len(str(caught.value).splitlines()[0]) == len(str(caught.value)) < 200


def test_a_number_nobody_drives_gets_the_nearest_trucks() -> None:
    with pytest.raises(UnknownDriver) as caught:
        FINDER.driver("#18", SEASON)
    assert str(caught.value) == (
        "No number 18 has been entered in 2025. Did you mean #17 Gio Ruggiero, #16 AJ Allmendinger or #11 Corey Heim?"
    )


def test_numbers_are_those_of_the_season_as_it_stands() -> None:
    old = make_season(2024, [[Row("Nick Sanchez", number="11")]])
    finder = Finder([old, SEASON])
    assert finder.driver("11", old).name == "Nick Sanchez"
    assert finder.driver("11", SEASON).name == "Corey Heim"


def test_without_seasons_nothing_is_found_and_nobody_offered() -> None:
    empty = Finder([])
    with pytest.raises(UnknownDriver, match=r"^No driver called “heim”\. Type part of a name"):
        empty.driver("heim", make_season(2025))
    assert empty.races("", make_season(2025), EVE) == []


# --- races

TWICE = make_season(
    2025,
    [["Corey Heim"], ["Corey Heim"], ["Corey Heim"]],
    tracks=[
        make_track("Bristol", city="Bristol"),
        make_track("Charlotte", city="Concord"),
        make_track("Bristol", city="Bristol"),
        make_track("Charlotte ROVAL", aliases=("ROVAL",), city="Concord"),
        make_track("Talladega", aliases=("Dega",)),
        make_track("Phoenix", aliases=("Avondale",)),
        make_track("Talladega", aliases=("Dega",)),
    ],
    upcoming=4,
    races={
        1: {"name": "Weather Guard Truck Race"},
        2: {"name": "North Carolina Education Lottery 200"},
        3: {"name": "UNOH 250 presented by Ohio Logistics", "aliases": ("UNOH 200",)},
        4: {"name": "EcoSave 250"},
        5: {"name": "Love's RV Stop 225"},
        6: {"name": "Championship Race"},
        7: {"name": "Love’s Other Race"},
    },
)
NOW = TWICE.races[2].over_at + timedelta(days=1)
BEFORE = make_season(2024, [["Ty Majeski"], ["Ty Majeski"]], tracks=("Phoenix", "Bristol"))
RACES = Finder([BEFORE, TWICE])


def race(text: str, now: datetime = NOW, seasons: Sequence[Season] = (BEFORE, TWICE)) -> Race:
    """The race that a text means at a moment."""
    return AsOf(now, tuple(season.as_of(now) for season in seasons), Finder(seasons)).race(text)


def races(text: str, season: Season = TWICE, moment: datetime = NOW, *, run: bool = False) -> list[str]:
    return [race_value(race) for race in RACES.races(text, season, moment, run=run)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("2", "2025.2"),
        ("round 2", "2025.2"),
        ("Race 2", "2025.2"),
        ("r2", "2025.2"),
        ("#2", "2025.2"),
        ("2025.2", "2025.2"),
        ("2025 round 2", "2025.2"),
        ("2024.2", "2024.2"),
        ("2024 2", "2024.2"),
        ("bristol", "2025.3"),
        ("brsitol", "2025.3"),
        ("bristol 2024", "2024.2"),
        ("weather guard", "2025.1"),
        ("UNOH 200", "2025.3"),
        ("unoh", "2025.3"),
        ("250", "2025.3"),
        ("roval", "2025.4"),
        ("the roval", "2025.4"),
        ("charlotte", "2025.2"),
        ("Charlotte Roval", "2025.4"),
        ("dega", "2025.5"),
        ("taladega", "2025.5"),
        ("loves rv stop", "2025.5"),
        ("Love’s", "2025.5"),
        ("avondale", "2025.6"),
        ("latest", "2025.3"),
        ("last race", "2025.3"),
        ("next", "2025.4"),
        ("Next race", "2025.4"),
        ("2024", "2024.2"),
        ("latest 2024", "2024.2"),
    ],
)
def test_a_race_is_found_by(typed: str, found: str) -> None:
    assert race_value(race(typed)) == found


@pytest.mark.parametrize(
    ("typed", "found"), [("charlotte oval", 1), ("oval charlotte", 1), ("charlotte road course", 4), ("charlotte", 1)]
)
def test_the_shape_tells_tracks_of_one_town_apart(typed: str, found: int) -> None:
    tracks = [make_track("Charlotte", shape="oval"), make_track("Charlotte ROVAL", shape="road course")]
    season = make_season(2025, [["Corey Heim"]] * 4, tracks=[*tracks, make_track("Bristol", shape="oval"), tracks[1]])
    assert race(typed, EVE, [season]).round == found


def test_a_word_that_fits_nothing_does_not_hide_the_race() -> None:
    assert race_value(race("charlotte fall")) == "2025.2"
    assert race_value(race("the charlote roval race")) == "2025.4"


def test_nothing_typed_lists_races_run_newest_first_then_those_to_come() -> None:
    assert races("") == ["2025.3", "2025.2", "2025.1", "2025.4", "2025.5", "2025.6", "2025.7"]
    assert races("", run=True) == ["2025.3", "2025.2", "2025.1"]


@pytest.mark.parametrize(("typed", "found"), [("latest", ["2025.3"]), ("next", []), ("tal", []), ("1999.1", [])])
def test_only_races_run_are_offered_where_asked(typed: str, found: list[str]) -> None:
    assert races(typed, run=True) == found


def test_a_cancelled_race_is_not_next_and_comes_last() -> None:
    season = replace(
        TWICE, races=tuple(replace(r, status=RaceStatus.CANCELLED) if r.round == 5 else r for r in TWICE.races)
    )
    assert race_value(race("dega", seasons=[BEFORE, season])) == "2025.7"
    assert races("", season)[-1] == "2025.5"


def test_another_season_is_known_only_as_far_as_the_moment() -> None:
    now = BEFORE.races[0].over_at
    assert race("2024.1", now).outcome is not None
    assert race("2024.2", now).outcome is None
    assert race_value(race("latest", now)) == "2024.1"
    assert race_value(race("next", TWICE.races[0].start or now)) == "2025.1"


def test_no_race_left_or_run_is_said() -> None:
    after = TWICE.races[-1].over_at
    with pytest.raises(UnknownRace, match=r"^No race of 2025 is left, and no schedule after it is here yet\.$"):
        race("next", after)
    with pytest.raises(UnknownRace, match=r"^No race has results yet\.$"):
        race("latest", seasons=[make_season(2025, upcoming=2)])
    assert races("next", moment=after) == []


def test_a_year_not_held_is_said() -> None:
    with pytest.raises(UnknownSeason, match=r"^No season 2019 here\. Try 2024 or 2025\.$"):
        race("2019.3")


@pytest.mark.parametrize("typed", ["zzzz", "🎉", "Monza", "99", "ilmor", "october", "first", "xyzzy", "x" * 6000])
def test_an_unknown_race_gets_one_line_and_no_name_that_words_do_not_resemble(typed: str) -> None:
    with pytest.raises(UnknownRace) as caught:
        race(typed)
    assert len(set(caught.value.nearest)) == (3 if typed in {"🎉", "99"} else 0)
    assert (". Did you mean " in str(caught.value)) is not ("; /schedule by itself" in str(caught.value))


def test_races_of_one_track_are_told_apart() -> None:
    first, second = TWICE.races[0], TWICE.races[2]
    assert race_label(first) == "1 · Bristol · Feb 14, 2025 · Weather Guard Truck Race"
    assert race_label(second) == "3 · Bristol · Feb 28, 2025 · UNOH 250 presented by Ohio Logistics"
    assert race_title(second) == "UNOH 250 (Bristol)"


def test_labels_fit_into_a_choice() -> None:
    long = replace(TWICE.races[0], name="A" * 300)
    assert len(race_label(long)) == 100
    assert len(race_title(replace(long, name="B presented by " + "C" * 300))) < 30


# --- whatever is typed

ANYTHING = st.text(max_size=60) | st.text("0123456789 #.", max_size=8) | st.sampled_from(NAMES).flatmap(
    lambda name: st.integers(0, len(name)).map(lambda cut: name[:cut])
)  # fmt: skip


@given(ANYTHING)
def test_whatever_is_typed_finds_a_driver_or_says_so(text: str) -> None:
    matches = FINDER.drivers(text, SEASON)
    assert len(matches) <= 25
    with suppress(UnknownDriver):
        assert FINDER.driver(text, SEASON).key in SEASON.drivers


@given(ANYTHING)
def test_whatever_is_typed_finds_a_race_or_says_so(text: str) -> None:
    assert len(RACES.races(text, TWICE, NOW)) <= 25
    with suppress(UnknownRace, UnknownSeason):
        assert race(text).season in {2024, 2025}


# --- the seasons that come with the program


@pytest.fixture(scope="module")
def held() -> Finder:
    return Finder(bundled_seasons())


@pytest.mark.parametrize("year", [2023, 2025, 2026])
def test_every_name_and_alias_finds_its_driver(held: Finder, year: int) -> None:
    season = bundled_season(year)
    for driver in season.drivers.values():
        named = (
            () if driver.name == "Jason White" else (driver.name, driver.name.upper())
        )  # Two people are called that.
        for name in (driver.key, *named, *driver.aliases):
            assert held.driver(name, season).key == driver.key, name


def test_every_race_is_found_by_its_value_and_its_name(held: Finder) -> None:
    known = AsOf(EVE, tuple(season.as_of(EVE) for season in bundled_seasons()), held)
    for season in bundled_seasons():
        for each in season.races:
            assert known.race(race_value(each)).round == each.round
            same = [
                r.round
                for r in season.races
                if name_words(each.name) in {name_words(name) for name in (r.name, *r.aliases)}
            ]
            assert known.race(f"{each.name} {season.year}").round in same


@st.composite
def typos(draw: st.DrawFn, word: str) -> str:
    """The word with one typo in it."""
    at = draw(st.integers(0, len(word) - 1))
    letter = draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
    swapped = word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :] if at else word
    return draw(
        st.sampled_from(
            [word[:at] + word[at + 1 :], word[:at] + letter + word[at + 1 :], word[:at] + letter + word[at:], swapped]
        )
    )


@given(data=st.data())
def test_a_last_name_with_one_typo_is_among_the_first_three(held: Finder, data: st.DataObject) -> None:
    season = bundled_season(data.draw(st.sampled_from([2023, 2024, 2025, 2026])))
    driver: Driver = data.draw(st.sampled_from(sorted(season.drivers.values(), key=lambda d: d.key)))
    last = name_words(driver.name)[-1]
    typed = data.draw(typos(last))
    # Where the typo makes somebody else's name, or is as near to it, that driver is as good an answer.
    others = {word for d in season.drivers.values() for name in (d.name, *d.aliases) for word in name_words(name)} - {
        last
    }
    assume(not any(word.startswith(typed) or OSA.distance(word, typed, score_cutoff=1) <= 1 for word in others))
    found = {name_words(match.driver.name)[-1] for match in held.drivers(typed, season, 3)}
    assert last in found, typed


@pytest.mark.parametrize("text", ["2025" + " " * 60_000 + "x", "2025" + "-" * 60_000 + "x", "x" * 60_000])
def test_a_very_long_text_takes_no_longer_than_a_name(text: str) -> None:
    began = process_time()
    assert len(FINDER.races(text, SEASON, EVE)) <= 25
    assert len(FINDER.drivers(text, SEASON)) <= 25
    # A pattern that goes over the blanks once for each of them takes a quarter of a minute.
    assert process_time() - began < 1
