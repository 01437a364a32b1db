"""In which order quotes are found: the speaker's own, the exact words, all words, and newer before older."""

from __future__ import annotations

from datetime import date

import pytest

from db.connection import Store
from db.quotes.models import QuoteDraft
from tests.db.sample_texts import draft, found, loose, save


def on(day: str, words: str, **changes: str) -> QuoteDraft:
    return loose(words, said_on=date.fromisoformat(day), **changes)


@pytest.mark.parametrize(
    ("searched", "order"),
    [
        # exactly the words, then another form of them, then not next to each other, then only the occasion
        (("side", "draft"), [2, 0, 3, 1, 4]),
        (("draft",), [3, 1, 0, 2, 4]),
    ],
)
async def test_the_very_words_come_first_then_newer_before_older(
    bare: Store, searched: tuple[str, ...], order: list[int]
) -> None:
    ids = await save(
        bare,
        *(
            on("2025-10-01", "They were side drafting each other."),
            on("2025-10-02", "The draft pulled us up from one side of the track."),
            on("2023-05-06", "He tried the side-draft, and it stuck."),
            on("2025-10-03", "Draft, then the other side, then the draft again."),
            on("2025-10-04", "We lost it there.", context="on a side draft"),
        ),
    )
    assert await found(bare, *searched) == [ids[place] for place in order]


async def test_what_somebody_said_comes_before_what_was_said_about_them(bare: Store) -> None:
    ids = await save(
        bare,
        draft("I will be back.", said_on=date(2025, 10, 17)),
        loose("Gio Ruggiero will be back.", said_on=date(2025, 10, 18)),
    )
    assert await found(bare, "ruggiero", "back") == ids
    assert await found(bare, "gio", "ruggiero") == ids


async def test_a_race_that_is_named_is_as_good_as_a_word(bare: Store) -> None:
    ids = await save(
        bare,
        on("2025-10-01", "Talladega is a lottery."),
        draft("What a night.", said_on=date(2025, 10, 17)),
        on("2025-10-16", "No comment.", context="before Talladega"),
    )
    assert await found(bare, "talladega") == [ids[1], ids[0], ids[2]]


@pytest.mark.parametrize("word", ["*", "side*", "[a-z]", "it's", "?", '"', "a]b"])
async def test_signs_of_patterns_are_words_like_others(bare: Store, word: str) -> None:
    ids = await save(bare, loose("It's side by side."), loose("Something else."))
    assert set(await found(bare, word, "side")) <= {ids[0]}
