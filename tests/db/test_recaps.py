"""An editor's words: put in place, taken back and undone step by step, with everything kept in the history."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from db.connection import Store
from db.errors import OvertakenError
from db.recaps.models import RecapText, SectionKind
from db.recaps.texts import (
    all_recap_texts,
    recap_history,
    recap_texts,
    save_recap,
    take_back,
    undo,
)
from tests.db.sample_texts import EDITOR, LATER, MODERATOR, NOW, recap
from tests.examples import examples

MOVE = SectionKind.MOVE
OF_MOVE = (2025, 23, MOVE)


async def words(store: Store) -> str | None:
    held = (await recap_texts(store, 2025, 23)).get(MOVE)
    return held.words if held else None


async def test_saved_words_hold_for_their_section_and_race_alone(bare: Store) -> None:
    saved = await save_recap(bare, recap(" Two  laps\n\n\nto go ", section=MOVE), EDITOR)
    assert saved == recap("Two laps\n\nto go", section=MOVE)
    assert await recap_texts(bare, 2025, 23) == {MOVE: saved}
    assert await recap_texts(bare, 2025, 22) == await recap_texts(bare, 1999, 1) == {}


async def test_sections_come_in_their_order(bare: Store) -> None:
    for section in reversed(SectionKind):
        await save_recap(bare, recap(section=section), EDITOR)
    assert list(await recap_texts(bare, 2025, 23)) == list(SectionKind)
    await save_recap(bare, recap(round=3, section=SectionKind.NEXT), EDITOR)
    await save_recap(bare, recap(season=2024, round=23), EDITOR)
    texts = await all_recap_texts(bare)
    assert [(text.season, text.round, text.section) for text in texts] == [
        (2024, 23, SectionKind.NUTSHELL),
        (2025, 3, SectionKind.NEXT),
        *((2025, 23, section) for section in SectionKind),
    ]
    assert len(await all_recap_texts(bare, 2024)) == 1


async def test_the_history_tells_who_wrote_what_and_when(bare: Store) -> None:
    await save_recap(bare, recap("one", section=MOVE), EDITOR)
    await save_recap(bare, recap("two", section=MOVE, edited_at=LATER, picture="https://a.com/b.png"), MODERATOR)
    await take_back(bare, *OF_MOVE, EDITOR, LATER)
    steps = await recap_history(bare, *OF_MOVE)
    told = [(step.text.words if step.text else None, step.editor, step.changed_at) for step in steps]
    assert told == [(None, EDITOR, LATER), ("two", MODERATOR, LATER), ("one", EDITOR, NOW)]
    assert steps[1].text == recap("two", section=MOVE, edited_at=LATER, picture="https://a.com/b.png")
    assert await recap_history(bare, 2025, 23, SectionKind.TOP) == ()


async def test_the_same_words_again_are_no_step(bare: Store) -> None:
    first = await save_recap(bare, recap(section=MOVE), EDITOR)
    assert await save_recap(bare, recap(section=MOVE, edited_at=LATER), MODERATOR) == first
    assert len(await recap_history(bare, *OF_MOVE)) == 1


async def test_undo_goes_back_step_by_step_to_the_made_words(bare: Store) -> None:
    for text in ("one", "two", "three"):
        await save_recap(bare, recap(text, section=MOVE), EDITOR)
    back = [await undo(bare, *OF_MOVE, EDITOR, LATER) for _ in range(3)]
    assert back == [recap("two", section=MOVE, edited_at=LATER), recap("one", section=MOVE, edited_at=LATER), None]
    assert await words(bare) is None
    with pytest.raises(LookupError, match="no change of section move of 2025 race 23 is left to undo"):
        await undo(bare, *OF_MOVE, EDITOR, LATER)
    assert len(await recap_history(bare, *OF_MOVE)) == 6


async def test_undo_brings_back_what_was_taken_back(bare: Store) -> None:
    await save_recap(bare, recap("one", section=MOVE), EDITOR)
    await take_back(bare, *OF_MOVE, EDITOR, LATER)
    assert await words(bare) is None
    await undo(bare, *OF_MOVE, EDITOR, LATER)
    assert await words(bare) == "one"


async def test_an_undo_leaves_other_sections_and_races_alone(bare: Store) -> None:
    await save_recap(bare, recap("one", section=MOVE), EDITOR)
    await save_recap(bare, recap("other"), EDITOR)
    await save_recap(bare, recap("elsewhere", section=MOVE, round=22), EDITOR)
    await undo(bare, *OF_MOVE, EDITOR, LATER)
    assert list(await recap_texts(bare, 2025, 23)) == [SectionKind.NUTSHELL]
    assert list(await recap_texts(bare, 2025, 22)) == [MOVE]


@given(steps=st.lists(st.sampled_from(["save", "take back", "undo"]), max_size=12))
@examples(40, HealthCheck.function_scoped_fixture)
async def test_any_row_of_steps_ends_as_a_stack_would(bare: Store, steps: list[str]) -> None:
    """The same steps on a list: saving and taking back put something on top, undo takes it off."""
    async with bare.write() as connection:
        for table in ("recaps", "recap_history"):
            await connection.execute(f"DELETE FROM {table}")
    stack: list[str | None] = [None]
    for number, step in enumerate(steps):
        if step == "save":
            await save_recap(bare, recap(f"words {number}", section=MOVE), EDITOR)
            stack.append(f"words {number}")
        elif step == "take back" and stack[-1] is not None:
            await take_back(bare, *OF_MOVE, EDITOR, NOW)
            stack.append(None)
        elif step == "undo" and len(stack) > 1:
            stack.pop()
            text = await undo(bare, *OF_MOVE, EDITOR, NOW)
            assert (text.words if text else None) == stack[-1]
        else:
            attempt = take_back if step == "take back" else undo
            with pytest.raises(LookupError):
                await attempt(bare, *OF_MOVE, EDITOR, NOW)
        assert await words(bare) == stack[-1]


REFUSED: dict[str, tuple[Callable[[Store], Awaitable[object]], type[Exception], str]] = {
    "a race not held": (lambda s: save_recap(s, recap(round=60), EDITOR), LookupError, "holds no race 60 of 2025"),
    "nothing to take back": (lambda s: take_back(s, *OF_MOVE, EDITOR, NOW), LookupError, "no editor's words"),
    "nothing written": (lambda s: save_recap(s, recap(" "), EDITOR), ValueError, "the section is empty"),
    "too much": (lambda s: save_recap(s, recap("x" * 3001), EDITOR), ValueError, "3000 is the most"),
    "after a step that is none": (
        lambda s: save_recap(s, recap(), EDITOR, after=1),
        OvertakenError,
        "step 0, not with 1",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_what_cannot_be_is_refused_and_changes_nothing(bare: Store, what: str) -> None:
    attempt, kind, said = REFUSED[what]
    with pytest.raises(kind, match=said):
        await attempt(bare)
    for table in ("recaps", "recap_history"):
        assert await bare.fetch(f"SELECT * FROM {table}") == []


async def last_step(store: Store) -> int:
    return (await recap_history(store, *OF_MOVE))[0].id


async def test_who_was_overtaken_changes_nothing(bare: Store) -> None:
    await save_recap(bare, recap("Mo's", section=MOVE), EDITOR, after=0)
    seen = await last_step(bare)
    await save_recap(bare, recap("Jo's", section=MOVE), MODERATOR, after=seen)
    before = await recap_history(bare, *OF_MOVE)
    with pytest.raises(OvertakenError):
        await save_recap(bare, recap("Mo's again", section=MOVE), EDITOR, after=seen)
    with pytest.raises(OvertakenError):
        await undo(bare, *OF_MOVE, EDITOR, LATER, after=seen)
    with pytest.raises(OvertakenError):
        await take_back(bare, *OF_MOVE, EDITOR, LATER, after=seen)
    assert await recap_history(bare, *OF_MOVE) == before
    assert await words(bare) == "Jo's"
    await take_back(bare, *OF_MOVE, EDITOR, LATER, after=await last_step(bare))
    await undo(bare, *OF_MOVE, EDITOR, LATER, after=await last_step(bare))
    assert await words(bare) == "Jo's"


@pytest.mark.parametrize("kind", ["save", "undo", "take back"])
async def test_of_many_at_once_one_gets_through_whoever_they_are(bare: Store, kind: str) -> None:
    """Two programs on one file, six tries each: what counts is asked inside the transaction that changes it."""
    await save_recap(bare, recap("first", section=MOVE), EDITOR)
    seen = await last_step(bare)

    async def attempt(store: Store, number: int) -> object:
        if kind == "save":
            return await save_recap(store, recap(f"words {number}", section=MOVE), EDITOR, after=seen)
        change = undo if kind == "undo" else take_back
        return await change(store, *OF_MOVE, EDITOR, LATER, after=seen)

    async with await Store.open(bare.path) as other:
        tries = [attempt(store, number) for number, store in enumerate((bare, other) * 6)]
        done = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(each, OvertakenError) for each in done) == 11
    assert len(await recap_history(bare, *OF_MOVE)) == 2


async def test_what_is_not_written_yet_is_not_read(bare: Store) -> None:
    """Words of the 18th, the 19th and the 20th, taken back on the 21st: each day reads what stood then."""
    days = [NOW + timedelta(days=number) for number in range(4)]
    for text, day in zip(("one", "two", "three"), days, strict=False):
        await save_recap(bare, recap(text, section=MOVE, edited_at=day), EDITOR)
    await take_back(bare, *OF_MOVE, EDITOR, days[3])
    read = []
    for moment in (NOW - timedelta(seconds=1), *days):
        held = (await recap_texts(bare, 2025, 23, moment)).get(MOVE)
        read.append(held.words if held else None)
    assert read == [None, "one", "two", "three", None]


async def test_what_was_written_earlier_afterwards_counts(bare: Store) -> None:
    """An editor whose clock stands before the words that are there writes over them, and that is what stands."""
    await save_recap(bare, recap("of the 19th", section=MOVE, edited_at=LATER), EDITOR)
    await save_recap(bare, recap("of the 18th", section=MOVE, edited_at=NOW), EDITOR)
    for moment in (NOW, LATER, None):
        assert (await recap_texts(bare, 2025, 23, moment))[MOVE].words == "of the 18th"


async def test_moments_come_back_as_the_store_holds_them(bare: Store) -> None:
    text = recap(section=MOVE, edited_at=NOW + timedelta(microseconds=7))
    saved: RecapText = await save_recap(bare, text, EDITOR)
    assert saved.edited_at == NOW
    await save_recap(bare, replace(text, words="two"), EDITOR)
    undone = await undo(bare, *OF_MOVE, EDITOR, NOW + timedelta(microseconds=7))
    assert undone == (await recap_texts(bare, 2025, 23))[MOVE]
