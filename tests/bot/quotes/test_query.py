"""What a search for quotes means."""

from __future__ import annotations

import sqlite3
from datetime import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.finder import Finder
from bot.questions.core import decode
from bot.questions.quotes import QuoteQuestion
from bot.quotes.query import (
    Meaning,
    Names,
    content_words,
    find_meaning,
    join_words,
    named_drivers,
    split_words,
    without_stop_words,
    words_of,
)
from db.quotes import match_of
from tests.seasons import bundled_seasons

TEXTS = st.text(max_size=60) | st.lists(
    st.sampled_from(
        [
            "no",
            "truck",
            "11",
            "#52",
            "hiem",
            "don't",
            "A.J.",
            "o’",
            "''",
            '"',
            "*",
            "AND",
            "NOT",
            "NEAR(",
            "words:",
            "_",
            ":",
        ]
    ),
    max_size=9,
).map(" ".join)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("fuel", ("fuel",)),
        ("  Fuel,  HONEYCUTT! ", ("fuel", "honeycutt")),
        ("What’s #52 doing?", ("what's", "52", "doing")),
        ("no. 11", ("11",)),
        ("truck number 11 won", ("11", "won")),
        ("no idea", ("no", "idea")),
        ("Mid-Ohio", ("mid", "ohio")),
        ("Pérez", ("pérez",)),
        ("'quoted' o'clock", ("quoted", "o'clock")),
        ("snake_case a:b", ("snake", "case", "a", "b")),
        ("*** @ ***", ()),
        ("\u3164", ()),
        ("w\u3164in \uffa0", ("win",)),
        ("", ()),
    ],
)
def test_words_are_told_from_what_is_around_them(text: str, words: tuple[str, ...]) -> None:
    assert words_of(text) == words


@given(TEXTS)
@example("no no 11")
@example("ᾳ̈ ﬃ ß İ ㎯")
def test_a_button_carries_the_words_whole(text: str) -> None:
    words = words_of(text)
    assert split_words(join_words(words)) == words
    encoded = QuoteQuestion(join_words(words) or None).encode()
    if encoded is not None:
        assert decode(encoded) == QuoteQuestion(join_words(words) or None)
    else:
        assert len(join_words(words)) > 60


@given(TEXTS)
def test_no_text_is_anything_but_words_to_the_index(text: str) -> None:
    with sqlite3.connect(":memory:") as base:
        base.execute("CREATE VIRTUAL TABLE quotes USING fts5(words, marks)")
        words = words_of(text)
        base.execute("INSERT INTO quotes VALUES (?, 'g0')", (" ".join(words),))
        match = match_of([(word, "another one") for word in words])
        assert bool(match) is bool(words)
        if match:
            assert base.execute("SELECT count(*) FROM quotes WHERE quotes MATCH ?", (match,)).fetchone()[0] == 1


def meant(text: str, moment: str = "2025-10-16T17:00-04:00") -> Meaning:
    seasons = [season.as_of(datetime.fromisoformat(moment)) for season in bundled_seasons()]
    season = next(season for season in seasons if season.year == int(moment[:4]))
    return find_meaning(words_of(text), Finder(bundled_seasons()), season, seasons)


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("fuel", (("fuel",),)),
        ("11 fuel", (("11", "Corey Heim"), ("fuel",))),
        ("52", (("52", "Kaden Honeycutt"),)),
        ("777", (("777",),)),
    ],
)
def test_a_truck_is_who_drives_it(text: str, literal: tuple[tuple[str, ...], ...]) -> None:
    assert meant(text).literal == literal


def test_who_drives_it_is_a_matter_of_the_season() -> None:
    assert meant("52", "2024-08-01T12:00-04:00").literal == (("52", "Stewart Friesen"),)


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("hiem", "heim"),
        ("honycutt", "honeycutt"),
        ("ruggerio", "ruggiero"),
        ("talledega", "talladega"),
        ("rockinham", "rockingham"),
        ("rajah's", "rajah"),
        ("coreyheim", "Corey Heim"),
    ],
)
def test_a_name_with_a_typo_in_it_stands_for_the_name(word: str, name: str) -> None:
    assert name in meant(word).likely[0]


@pytest.mark.parametrize("word", ["the", "was", "fuel", "tire", "raceway", "win", "st", "a"])
def test_a_common_word_stands_for_itself(word: str) -> None:
    found = meant(word).likely
    assert [[each for each in some if " " not in each] for some in found] == [[word]]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("hiem fuel", "Corey Heim"),
        ("fuel heim", "Corey Heim"),
        ("11", "Corey Heim"),
        ("zane smith", "Zane Smith"),
        ("the race was hell", None),
        ("smith", None),
        ("", None),
    ],
)
def test_whom_the_words_name(text: str, name: str | None) -> None:
    season = next(season for season in bundled_seasons() if season.year == 2025)
    found = [driver.name for driver, _ in named_drivers(words_of(text), Finder(bundled_seasons()), season)]
    assert (found[0] if found else None) == name


@pytest.mark.parametrize(
    ("text", "like"),
    [("hiem", "hiem"), ("career", "career"), ("heim", ""), ("heim's", ""), ("11", ""), ("zane smith", "")],
)
def test_a_word_that_is_only_like_a_name_is_told_from_the_name(text: str, like: str) -> None:
    season = next(season for season in bundled_seasons() if season.year == 2025)
    assert next(named_drivers(words_of(text), Finder(bundled_seasons()), season))[1] == like


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("what did heim say about talladega", ("heim", "talladega")),
        ("Who said racing is cruel?", ("racing", "cruel")),
        ("What's the quote about fuel", ("fuel",)),
        ("who said that", ("who", "said", "that")),
        ("fuel", ("fuel",)),
    ],
)
def test_a_question_is_reduced_to_what_it_is_about(text: str, words: tuple[str, ...]) -> None:
    assert content_words(words_of(text)) == words
    assert tuple(each[0] for each in meant(text).reduced) == words


@pytest.mark.parametrize(
    ("word", "also"), [("didnt", "didn't"), ("cant", "can't"), ("its", "it's"), ("didn't", "didnt"), ("y'all", "yall")]
)
def test_an_apostrophe_may_be_left_out(word: str, also: str) -> None:
    assert meant(word).literal == ((word, also),)


@pytest.mark.parametrize("word", ["were", "well", "ill", "hell", "shed"])
def test_a_word_of_its_own_is_none_that_lost_its_apostrophe(word: str) -> None:
    assert meant(word).literal == ((word,),)


def test_whose_it_is_is_meant_as_well() -> None:
    assert meant("heim's").literal == (("heim's", "heim"),)
    assert meant("truck's").literal == (("truck's",),)
    assert "truck" in meant("truck's").likely[0]
    assert "heim" in meant("hiem's").likely[0]


@pytest.mark.parametrize(
    ("word", "name"),
    [("majesky", "majeski"), ("enfingr", "enfinger"), ("talladago", "talladega"), ("xyzzyx", None), ("heim", None)],
)
def test_only_the_most_similar_name_is_suggested(word: str, name: str | None) -> None:
    assert Names(bundled_seasons()).most_similar(word) == name


def test_a_word_a_little_like_a_name_is_good_for_a_question() -> None:
    assert meant("hunnicutt won").similar == {"hunnicutt": "honeycutt"}


@pytest.mark.parametrize("when", ["after", "before", "during", "following"])
def test_when_something_was_said_is_not_searched_for(when: str) -> None:
    assert without_stop_words(words_of(f"what did heim say {when} the roval")) == ("heim", "roval")
