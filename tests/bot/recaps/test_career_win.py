"""Which win of a career a recap says it was, where every season of the series is on record."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.recaps import facts_of, recap
from db.models import Season
from db.recaps.models import SectionKind
from tests.seasons import Order, make_season

OTHERS = ("Rick Crawford", "Joe Ruttman", "Greg Biffle")


def won_by(*winners: str) -> list[Order]:
    return [[winner, *(other for other in OTHERS if other != winner)] for winner in winners]


def nutshell(*seasons: Season, number: int | None = None) -> str:
    """The nutshell of a race of the last season; of its last one if no round is given."""
    race = seasons[-1].races[(number or len(seasons[-1].races)) - 1]
    section = recap(facts_of(seasons, race)).section(SectionKind.NUTSHELL)
    assert section is not None
    return " ".join(section.paragraphs)


BIFFLE_1995 = won_by(*["Greg Biffle"] * 4, "Jack Sprague")
"""Four wins, which nobody had more of in a season."""

CASES: tuple[tuple[str, Sequence[Season], tuple[str, ...]], ...] = (
    (
        "the first race",
        [make_season(1995, won_by("Mike Skinner"))],
        ("It was the first race that the series ever ran.",),
    ),
    (
        "a win in a first start",
        [make_season(1995, won_by("Joe Ruttman", "Mike Skinner"))],
        ("Mike Skinner", "first start in the series."),
    ),
    (
        "a first win after losses",
        [make_season(1995, won_by("Rick Crawford", "Rick Crawford")), make_season(1996, won_by("Joe Ruttman"))],
        ("Ruttman's first career win in the series", "third start"),
    ),
    (
        "a first win after many losses",
        [make_season(1995, won_by(*["Rick Crawford"] * 6)), make_season(1996, won_by("Joe Ruttman"))],
        ("first career win in the series", "seventh start", "six starts without one"),
    ),
    (
        "a record of one's own broken",
        [make_season(1995, BIFFLE_1995), make_season(1996, won_by(*["Greg Biffle"] * 5))],
        ("fifth", "one more than Biffle's own record of 1995", "ninth in all"),
    ),
    (
        "a record of one driver broken by one",
        [make_season(1995, BIFFLE_1995), make_season(1996, won_by(*["Jack Sprague"] * 5))],
        ("fifth", "one more than Greg Biffle's record of 1995", "sixth in all"),
    ),
    (
        "a record matched",
        [make_season(1995, BIFFLE_1995), make_season(1996, won_by(*["Jack Sprague"] * 4))],
        ("fourth", "matching Greg Biffle's record of 1995", "fifth in all"),
    ),
    (
        "a record broken before",
        [make_season(1995, BIFFLE_1995), make_season(1996, won_by(*["Jack Sprague"] * 6))],
        ("sixth", "two more than Greg Biffle's record of 1995", "seventh in all"),
    ),
    (
        "a record of two drivers",
        [
            make_season(1995, won_by(*["Greg Biffle"] * 3, *["Mike Skinner"] * 3)),
            make_season(1996, won_by(*["Jack Sprague"] * 4)),
        ],
        ("fourth", "the most anyone has had in a season"),
    ),
    (
        "the third win at a track",
        [
            make_season(1995, won_by("Jack Sprague", "Jack Sprague"), tracks=("Texas", "Kansas")),
            make_season(1996, won_by("Joe Ruttman", "Jack Sprague"), tracks=("Texas", "Kansas")),
        ],
        ("first", "third in all", "the second at Kansas"),
    ),
)


@pytest.mark.parametrize(("seasons", "words"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_win_is_counted_over_the_career(seasons: Sequence[Season], words: tuple[str, ...]) -> None:
    said = nutshell(*seasons)
    if "seventh start" in words:
        # Three ways to say one thing take turns.
        assert words[0] in said
        assert any(word in said for word in words[1:]), said
    else:
        assert [word for word in words if word not in said] == [], said
    assert "since" not in said


def test_where_a_season_is_missing_it_is_no_career() -> None:
    gap = nutshell(make_season(1995, won_by("Jack Sprague")), make_season(1997, won_by("Joe Ruttman", "Jack Sprague")))
    later = nutshell(make_season(2023, won_by("Joe Ruttman", "X")), make_season(2024, won_by("Joe Ruttman", "X")))
    assert "career" not in gap + later
    assert "in all" not in gap + later


def test_a_sentence_that_ends_with_a_jr_has_one_period() -> None:
    said = nutshell(make_season(1995, won_by("Ron Hornaday Jr.", "Mike Skinner")))
    assert "Jr.." not in said
