"""Records made of wins and streaks: shared ranks, ages, and what is not named while somebody unknown could hold it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.championship.all_time import KINDS, Line, Title, age, ranked, record
from bot.questions.history import RECORDS
from db.history.record_models import LedAndLost, Streak, Total, Win
from tests.seasons import make_race

FIRST, SECOND, THIRD, LATER = (make_race(year, 1, "Bristol") for year in (2023, 2024, 2025, 2026))
BUSCH = Win(FIRST, "kyle-busch", "51", "Toyota", "KBM", 12, 80, 0.5, date(1985, 5, 2))
HEIM = Win(SECOND, "corey-heim", "11", "Toyota", "Tricon", 1, 1, 0.02, date(2002, 7, 5))
AGAIN = replace(BUSCH, race=THIRD, number="7", make="Chevrolet", start=33, led=0, margin=None)
RUTTMAN = replace(HEIM, race=LATER, driver="joe-ruttman", team=None, margin=0.02, born=None, start=None)
WINS = (BUSCH, HEIM, AGAIN, RUTTMAN)


def told(
    kind: str, rows: tuple[object, ...] = WINS, driver: str | None = None
) -> list[tuple[int, bool, object, float]]:
    made = record(KINDS[kind], rows, driver)  # type: ignore[arg-type]
    return [(line.rank, line.tied, line.driver or line.holder, line.value) for line in made.lines]


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        (
            "wins",
            [(1, False, "kyle-busch", 2), (2, True, "corey-heim", 1), (2, True, "joe-ruttman", 1)],
        ),
        ("closest", [(1, True, "corey-heim", 0.02), (1, True, "joe-ruttman", 0.02), (3, False, "kyle-busch", 0.5)]),
        ("widest", [(1, False, "kyle-busch", 0.5), (2, True, "corey-heim", 0.02), (2, True, "joe-ruttman", 0.02)]),
        ("comebacks", [(1, False, "kyle-busch", 33), (2, False, "kyle-busch", 12), (3, False, "corey-heim", 1)]),
        ("latewins", [(1, True, "corey-heim", 1), (1, True, "kyle-busch", 1), (1, True, "joe-ruttman", 1)]),
        ("makes", [(1, False, "Toyota", 3), (2, False, "Chevrolet", 1)]),
        ("numbers", [(1, False, "#11", 2), (2, True, "#51", 1), (2, True, "#7", 1)]),
        ("teams", [(1, False, "KBM", 2), (2, False, "Tricon", 1)]),
        ("winners", [(1, True, "2023", 1), (1, True, "2024", 1), (1, True, "2025", 1), (1, True, "2026", 1)]),
    ],
)
def test_whoever_has_as_many_shares_the_rank(kind: str, lines: list[tuple[int, bool, str, float]]) -> None:
    assert told(kind) == lines


def test_the_wins_of_one_driver_by_make() -> None:
    assert told("makes", driver="kyle-busch") == [(1, True, "Toyota", 1), (1, True, "Chevrolet", 1)]


def test_nobody_is_the_youngest_while_a_winner_without_a_birth_date_could_be() -> None:
    made = record(KINDS["youngest"], WINS)
    assert [line.driver for line in made.lines] == ["corey-heim", "kyle-busch"]
    assert made.coverage is not None
    assert (made.coverage.known, made.coverage.wins, made.coverage.unknown) == (3, 4, ("joe-ruttman",))
    assert not made.settled
    assert made.holders == ()
    settled = record(KINDS["youngest"], WINS[:3])
    assert [line.driver for line in settled.holders] == ["corey-heim"]


def test_who_won_twice_is_youngest_at_the_first_win_and_oldest_at_the_last() -> None:
    young, old = record(KINDS["youngest"], (BUSCH, AGAIN)).lines[0], record(KINDS["oldest"], (BUSCH, AGAIN)).lines[0]
    assert (young.first, young.age) == (FIRST, (37, 288))
    assert (old.first, old.age) == (THIRD, (39, 288))


@pytest.mark.parametrize(
    ("born", "day", "years", "days"),
    [
        (date(2000, 2, 29), date(2019, 2, 28), 18, 364),
        (date(2000, 2, 29), date(2019, 3, 1), 19, 0),
        (date(2000, 2, 29), date(2020, 2, 29), 20, 0),
        (date(1998, 1, 23), date(2014, 9, 20), 16, 240),
        (date(2000, 12, 31), date(2020, 1, 1), 19, 1),
    ],
)
def test_an_age_is_years_and_the_days_since_the_birthday(born: date, day: date, years: int, days: int) -> None:
    assert age(born, day) == (years, days)


def test_facts_of_some_races_alone_say_since_when_they_are_on_record() -> None:
    held = record(KINDS["closest"], (AGAIN, RUTTMAN)).coverage
    assert held is not None
    assert (held.known, held.wins, held.since) == (1, 2, 2026)
    assert record(KINDS["wins"], WINS).coverage is None


def test_who_never_won_and_what_was_led_in_vain() -> None:
    won = Total("a", 300, 3, 9, 20, 400, 1, 9.5, FIRST, LATER)
    never = Total("b", 260, 0, 0, 0, 0, 11, 25.0, FIRST, THIRD)
    led = Total("c", 20, 0, 1, 2, 77, 4, 19.0, SECOND, SECOND)
    assert told("winless", (won, never, led)) == [(1, False, "b", 260), (2, False, "c", 20)]
    assert told("ledwinless", (won, never, led)) == [(1, False, "c", 77)]
    assert told("starts", (won, never, led))[0] == (1, False, "a", 300)
    assert told("ledlost", (LedAndLost(FIRST, "c", 70), LedAndLost(THIRD, "a", 90)))[0] == (1, False, "a", 90)
    assert told("winstreak", (Streak("a", 2, FIRST, SECOND), Streak("b", 4, FIRST, THIRD)))[0] == (1, False, "b", 4)


def test_a_championship_is_a_line_of_both_who_fought_for_it() -> None:
    made = record(KINDS["titles"], (Title(2017, "bell", "sauter", 1), Title(2016, "sauter", "crafton", 4)))
    assert [(line.rank, line.driver, line.other, line.year) for line in made.of("sauter")] == [
        (1, "bell", "sauter", 2017),
        (2, "sauter", "crafton", 2016),
    ]


@given(st.lists(st.integers(0, 5)), st.booleans())
def test_a_rank_is_one_more_than_how_many_are_better(values: list[int], lowest: bool) -> None:
    lines = ranked([Line(value) for value in sorted(values, reverse=not lowest)])
    for line in lines:
        better = [value for value in values if (value < line.value if lowest else value > line.value)]
        assert line.rank == len(better) + 1
        assert line.tied == (values.count(int(line.value)) > 1)
    assert sorted(line.value for line in lines) == sorted(values)


def test_every_kind_can_be_asked_for() -> None:
    assert tuple(KINDS) == RECORDS
    assert len(KINDS) <= 25
    assert len({kind.title for kind in KINDS.values()}) == len(KINDS)
