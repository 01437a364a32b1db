"""An editor's words: put in place, taken back and undone step by step, with everything kept in the history."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.connection import Store
from db.recaps import (
    all_recap_texts,
    draft,
    drop_draft,
    recap_history,
    recap_texts,
    save_draft,
    save_recap,
    take_back,
    undo,
)
from db.texts import RecapText, SectionKind
from tests.db.words import EDITOR, LATER, MODERATOR, NOW, recap

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
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
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
    "a draft of one": (lambda s: save_draft(s, recap(season=1999), EDITOR), LookupError, "no race 23 of 1999"),
    "nothing to take back": (lambda s: take_back(s, *OF_MOVE, EDITOR, NOW), LookupError, "no editor's words"),
    "nothing written": (lambda s: save_recap(s, recap(" "), EDITOR), ValueError, "the section is empty"),
    "too much": (lambda s: save_draft(s, recap("x" * 3001), EDITOR), ValueError, "3000 is the most"),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_what_cannot_be_is_refused_and_changes_nothing(bare: Store, what: str) -> None:
    attempt, kind, said = REFUSED[what]
    with pytest.raises(kind, match=said):
        await attempt(bare)
    for table in ("recaps", "recap_history", "recap_drafts"):
        assert await bare.fetch(f"SELECT * FROM {table}") == []


async def test_a_draft_is_its_editors_alone_and_shows_nowhere(bare: Store) -> None:
    text = await save_draft(bare, recap("half a", section=MOVE), EDITOR)
    assert await draft(bare, *OF_MOVE, EDITOR) == text
    assert await draft(bare, *OF_MOVE, MODERATOR) is None
    assert await words(bare) is None
    longer = await save_draft(bare, replace(text, words="half a sentence"), EDITOR)
    assert await draft(bare, *OF_MOVE, EDITOR) == longer
    await drop_draft(bare, *OF_MOVE, MODERATOR)
    assert await draft(bare, *OF_MOVE, EDITOR) == longer
    await drop_draft(bare, *OF_MOVE, EDITOR)
    await drop_draft(bare, *OF_MOVE, EDITOR)
    assert await draft(bare, *OF_MOVE, EDITOR) is None


async def test_saving_drops_the_editors_own_draft(bare: Store) -> None:
    for editor in (EDITOR, MODERATOR):
        await save_draft(bare, recap(section=MOVE), editor)
    await save_recap(bare, recap(section=MOVE), EDITOR)
    assert await draft(bare, *OF_MOVE, EDITOR) is None
    assert await draft(bare, *OF_MOVE, MODERATOR) == recap(section=MOVE)


async def test_moments_come_back_as_the_store_holds_them(bare: Store) -> None:
    text = recap(section=MOVE, edited_at=NOW + timedelta(microseconds=7))
    saved: RecapText = await save_recap(bare, text, EDITOR)
    assert saved.edited_at == NOW
    await save_recap(bare, replace(text, words="two"), EDITOR)
    undone = await undo(bare, *OF_MOVE, EDITOR, NOW + timedelta(microseconds=7))
    assert undone == (await recap_texts(bare, 2025, 23))[MOVE]
