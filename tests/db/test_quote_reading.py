"""A search finds what was said by now in the own server or for everybody, the best first, and nothing else."""

from __future__ import annotations

import random
import sqlite3
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from db.connection import Store
from db.quotes import Reader, add, match_of, quote, quotes_of_race, random_quote, reading, search, search_any
from db.quotes.reading import FEW, MOST_ALTERNATIVES, MOST_WORDS, RANKED
from tests.db.sample_texts import AWAY, HOME, MODERATOR, NOW, TODAY, check_index, draft, found, loose, pages, save
from tests.examples import examples

FINDING: dict[str, tuple[list[str], list[int]]] = {
    "a word": (["rocket"], [0]),
    "a word in other case": (["ROCKET"], [0]),
    "two words, each must be there": (["truck", "rocket"], [0]),
    "words of which one is missing": (["truck", "banana"], []),
    "the beginning of the last word": (["truck", "rock"], [0]),
    "the beginning of an earlier word": (["rock", "truck"], []),
    "a word in another form": (["race"], [1]),
    "a word with its apostrophe": (["couldn't"], [1]),
    "a word with the typographer's": (["couldn’t"], [1]),
    "a name without its accent": (["suarez"], [2]),
    "a driver's name": (["ruggiero"], [0]),
    "a driver's alias": (["giovanni"], [0]),
    "the speaker's name as it was given": (["mother"], [3]),
    "a race's track": (["talladega"], [0, 1]),
    "a race's name": (["love's", "225"], [0, 1]),
    "a season": (["2024"], [2]),
    "the context": (["pit", "road"], [1]),
    "the role": (["crew", "chief"], [1]),
    "nothing there": (["xyzzy"], []),
}


@pytest.mark.parametrize("what", FINDING)
async def test_quotes_are_found_by_words_driver_race_and_context(bare: Store, what: str) -> None:
    words, wanted = FINDING[what]
    ids = await save(
        bare,
        draft("The truck was a rocket"),
        draft("I couldn't see them racing", driver=None, speaker="Al", role="crew chief", context="on pit road"),
        draft("Gracias", driver="daniel-suarez", speaker="Daniel Suárez", season=2024, round=1),
        loose("So proud of him", speaker="His mother"),
    )
    assert sorted(await found(bare, *words)) == [ids[i] for i in wanted]


async def test_alternatives_are_found_by_any_of_them(bare: Store) -> None:
    ids = await save(bare, loose("alpha truck"), loose("beta truck"), loose("gamma truck"), loose("alpha car"))
    match = match_of([["alpha", "beta"], ["truck"]])
    assert {one.id for one in (await pages(bare, match)).quotes} == set(ids[:2])


async def test_what_is_in_the_words_comes_before_what_is_in_the_context(bare: Store) -> None:
    ids = await save(bare, loose("x", context="fuel fuel fuel"), loose("We ran out of fuel"), loose("y", role="fuel"))
    assert (await found(bare, "fuel"))[0] == ids[1]


async def test_who_speaks_comes_before_who_is_spoken_of(bare: Store) -> None:
    said = "Ruggiero, Ruggiero, always Ruggiero"
    ids = await save(bare, draft("A long day. " * 40), draft(said, speaker="Corey Heim", driver="corey-heim"))
    assert await found(bare, "ruggiero") == ids


async def test_by_any_word_those_that_too_many_hold_are_left_out(bare: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "RANKED", 3)
    ids = await save(bare, *(loose(f"fuel {n}") for n in range(3)), loose("fuel and oil"), loose("oil"), loose("tires"))
    reader = Reader(HOME, TODAY)

    async def any_of(*words: str, limit: int = 9, offset: int = 0, **only: Any) -> list[int]:
        matches = [match_of([[word]], whole=True) for word in words]
        page = await search_any(bare, reader, matches, limit=limit, offset=offset, **only)
        return [one.id for one in page.quotes]

    assert await any_of("fuel", "oil", "tires") == [ids[5], ids[4], ids[3]]
    assert await any_of("fuel", "oil", "tires", limit=1, offset=1) == [ids[4]]
    assert await any_of("fuel", "oil") == [ids[4], ids[3]]
    assert await any_of("fuel", "diesel") == [ids[3], ids[2], ids[1], ids[0]]
    assert await any_of("diesel", "gas") == []
    assert await any_of() == []
    assert await any_of("oil", "tires", driver="nobody") == []
    assert await any_of("oil", "tires", driver="corey-heim") == []


async def test_equals_come_newest_first(bare: Store) -> None:
    ids = await save(bare, *(loose(f"fuel {letter}") for letter in "abc"))
    assert await found(bare, "fuel") == ids[::-1]


async def test_without_words_the_newest_come_first_by_the_day_they_were_said(bare: Store) -> None:
    ids = await save(
        bare,
        draft("a", season=2024, round=1),
        loose("b", said_on=TODAY),
        loose("c"),
        draft("d"),
        draft("e", said_on=TODAY - timedelta(300)),
    )
    assert await found(bare) == [ids[1], ids[3], ids[4], ids[0], ids[2]]


async def test_pages_hold_every_quote_once(bare: Store) -> None:
    ids = await save(bare, *(loose(f"fuel {number}") for number in range(12)))
    for words in ((), ("fuel",)):
        rows = [await found(bare, *words, limit=5, offset=offset) for offset in (0, 5, 10, 15)]
        assert [len(row) for row in rows] == [5, 5, 2, 0]
        assert sorted(number for row in rows for number in row) == ids
    page = await pages(bare, match_of([["fuel"]]), limit=5, offset=10)
    assert page.total == 12


async def test_of_more_matches_than_are_ranked_the_newest_are_found(bare: Store) -> None:
    count = RANKED + 20
    async with bare.write() as connection:
        await connection.executemany(
            "INSERT INTO quotes (speaker, words, folded, said_on, added_at) VALUES ('A', ?, ?, ?, ?)",
            [
                (f"fuel {n}", f"fuel {n}", f"{2020 + n % 5}-01-{1 + n % 28:02}", "2025-01-01T00:00:00Z")
                for n in range(count)
            ],
        )
    assert count > FEW
    for words, most in (((), count), (("fuel",), RANKED)):
        seen = [number for start in range(0, count, 100) for number in await found(bare, *words, offset=start)]
        assert len(seen) == len(set(seen)) == most
        assert words == () or seen == sorted(seen, reverse=True)
        match = match_of([[word] for word in words]) if words else None
        first = await pages(bare, match)
        assert (first.total, first.more) == (most, most < count)
    everyone = await search(bare, Reader(None, TODAY), None, limit=count)
    days = [one.said_on for one in everyone.quotes]
    assert days == sorted(days, key=lambda day: day or date.min, reverse=True)
    few = await pages(bare, None, season=2021)
    many = [one.id for one in everyone.quotes if one.said_on and one.said_on.year == 2021]
    assert (few.total, [one.id for one in few.quotes]) == (len(many), many[:100])


async def test_a_filter_narrows_with_and_without_words(bare: Store) -> None:
    ids = await save(
        bare,
        draft("fuel a"),
        draft("fuel b", round=22),
        draft("fuel c", season=2024, round=1),
        draft("fuel d", driver="corey-heim", speaker="Corey Heim"),
        loose("fuel e", said_on=date(2025, 3, 1)),
    )
    cases: list[tuple[dict[str, Any], set[int]]] = [
        ({"driver": "gio-ruggiero"}, {0, 1, 2}),
        ({"season": 2025}, {0, 1, 3, 4}),
        ({"season": 2025, "round": 23}, {0, 3}),
        ({"driver": "gio-ruggiero", "season": 2025, "round": 22}, {1}),
        ({"driver": "nobody"}, set()),
        ({"season": 2025, "round": 60}, set()),
        ({"season": 1999}, set()),
    ]
    for only, wanted in cases:
        for words in ((), ("fuel",)):
            assert set(await found(bare, *words, **only)) == {ids[i] for i in wanted}, only


async def test_nothing_to_search_for_finds_nothing(bare: Store) -> None:
    await save(bare, loose("fuel"))
    nothing: list[list[list[str]]] = [[], [[]], [["!!!"]], [["", " "]], [["🏁"]], [['"']]]
    for words in nothing:
        assert match_of(words) == ""
    page = await pages(bare, "")
    assert (page.quotes, page.total) == ((), 0)


async def test_what_was_typed_beside_signs_is_still_looked_for(bare: Store) -> None:
    ids = await save(bare, loose("fuel"))
    for words in ([["!!!"], ["fuel"]], [["fuel"], ["🏁"]], [["🏁", "fuel"]], [['fu"el', "fuel"]]):
        assert [one.id for one in (await pages(bare, match_of(words))).quotes] == ids


TRICKS = [
    '"',
    '""',
    "'",
    "*",
    "^fuel",
    "fuel*",
    "NEAR(fuel)",
    "OR",
    "NOT",
    "words:fuel",
    "marks:g0",
    "-fuel",
    "(",
    "{",
    "+",
]
TRICKS += [
    "g0",
    "\ue000g43",
    "g43",
    "fuel\x00x",
    "\ud800",
    "a" * 5000,
    "fuel;--",
    "%",
    "\\",
    "\n",
    "s2025",
    "ﬁ",
    "漢字",
]


@pytest.mark.parametrize("trick", TRICKS)
async def test_no_sign_has_a_meaning_and_no_trick_shows_another_servers(bare: Store, trick: str) -> None:
    theirs = set(await save(bare, loose("fuel g43 s2025"), loose("secret"), guild=AWAY))
    await save(bare, loose("fuel"))
    for words in ([[trick]], [[trick], ["fuel"]], [["fuel"], [trick]], [[trick, "fuel"]]):
        page = await pages(bare, match_of(words))
        assert not theirs & {one.id for one in page.quotes}
        assert page.total == len(page.quotes)


typed = st.text(max_size=12) | st.sampled_from(TRICKS)


@given(words=st.lists(st.lists(typed, max_size=4), max_size=6))
@examples(300, HealthCheck.function_scoped_fixture)
async def test_no_text_at_all_is_an_error_in_the_index(empty_store: Store, words: list[list[str]]) -> None:
    page = await search(empty_store, Reader(HOME, TODAY), match_of(words), limit=5)
    assert page.total == 0


@given(st.text(alphabet=st.characters(categories=["L", "Nd", "P", "Zs"], max_codepoint=0x17F), min_size=1, max_size=80))
@examples(60, HealthCheck.function_scoped_fixture)
async def test_a_quote_is_found_by_each_of_its_words(bare: Store, text: str) -> None:
    async with bare.write() as connection:
        await connection.execute("DELETE FROM quotes")
    match = match_of([[word] for word in text.split()])
    if match:
        (number,) = await save(bare, loose(f"{text} end"))
        assert [one.id for one in (await pages(bare, match)).quotes] == [number]


async def test_a_search_of_very_many_words_is_cut_and_answered(bare: Store) -> None:
    ids = await save(bare, loose("fuel " + " ".join(f"word{n}" for n in range(MOST_WORDS))))
    match = match_of([[f"word{n}"] for n in range(MOST_WORDS)] + [["missing"]])
    assert [one.id for one in (await pages(bare, match)).quotes] == ids
    alternatives = [f"no{n}" for n in range(MOST_ALTERNATIVES)] + ["fuel"]
    assert (await pages(bare, match_of([alternatives]))).total == 0


async def test_a_race_has_its_quotes_in_the_order_they_were_saved(bare: Store) -> None:
    ids = await save(bare, draft("b"), draft("a", round=22), draft("c"))
    assert [one.id for one in await quotes_of_race(bare, Reader(HOME, TODAY), 2025, 23)] == [ids[0], ids[2]]
    assert await quotes_of_race(bare, Reader(HOME, TODAY), 2025, 60) == ()


async def test_a_store_without_quotes_has_none(empty_store: Store) -> None:
    reader = Reader(HOME, TODAY)
    assert await random_quote(empty_store, reader, 2025, random.Random(1)) is None
    assert await found(empty_store) == await found(empty_store, "fuel") == []
    await check_index(empty_store)


async def test_a_match_made_by_hand_is_not_taken_for_a_pattern(bare: Store) -> None:
    """What the index is asked comes from ``match_of`` alone; anything else is a mistake of ours and shows as one."""
    with pytest.raises(sqlite3.OperationalError):
        await search(bare, Reader(HOME, TODAY), 'fuel OR "', limit=5)


async def test_a_page_tells_the_same_quotes_as_one_at_a_time(bare: Store) -> None:
    saved = await add(bare, replace(draft(), said_on=TODAY, source="A paper"), HOME, MODERATOR, NOW)
    assert (await pages(bare, match_of([["rocket"]]))).quotes == (saved,)
    assert await quote(bare, Reader(HOME, TODAY), saved.id) == saved
    assert await quotes_of_race(bare, Reader(HOME, TODAY), 2025, 23) == (saved,)
