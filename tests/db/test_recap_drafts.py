"""What an editor has not saved yet: kept as typed, theirs alone, and replaced by what they made of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from db.connection import Store
from db.errors import OvertakenError
from db.recaps.drafts import MOST, RecapDraft, drafts_of_race, drop_draft, save_draft
from db.recaps.models import SectionKind
from db.recaps.texts import recap_texts, save_recap
from tests.db.sample_texts import EDITOR, LATER, MODERATOR, NOW, recap

MOVE = SectionKind.MOVE


def typed(words: str = "half a", **changes: Any) -> RecapDraft:
    return replace(RecapDraft(0, 2025, 23, MOVE, EDITOR, words, "", 0, NOW), **changes)


async def mine(store: Store, editor: int = EDITOR) -> list[str]:
    """An editor's drafts for the race, the newest first."""
    return [draft.words for draft in await drafts_of_race(store, 2025, 23, editor)]


async def test_a_draft_is_its_editors_alone_and_shows_nowhere(bare: Store) -> None:
    kept = await save_draft(bare, typed(base=3))
    assert kept == typed(base=3, id=kept.id)
    assert await drafts_of_race(bare, 2025, 23, EDITOR) == (kept,)
    assert await mine(bare, MODERATOR) == []
    assert await recap_texts(bare, 2025, 23) == {}
    await drop_draft(bare, kept.id, MODERATOR)
    assert await mine(bare) == ["half a"]
    for _ in range(2):
        await drop_draft(bare, kept.id, EDITOR)
        assert await mine(bare) == []


async def test_writing_on_takes_the_drafts_place_on_top(bare: Store) -> None:
    first = await save_draft(bare, typed())
    await save_draft(bare, typed("another"))
    longer = await save_draft(bare, replace(first, words="half a sentence", base=5, typed_at=LATER))
    assert await mine(bare) == ["half a sentence", "another"]
    assert (await drafts_of_race(bare, 2025, 23, EDITOR))[0] == longer
    assert (longer.base, longer.typed_at) == (5, LATER)


async def test_two_forms_begun_from_one_draft_are_two_drafts(bare: Store) -> None:
    begun = await save_draft(bare, typed())
    await save_draft(bare, replace(begun, words="on the phone"))
    await save_draft(bare, replace(begun, words="at the desk"))
    assert await mine(bare) == ["at the desk", "on the phone"]


async def test_a_number_is_never_given_again(bare: Store) -> None:
    first = await save_draft(bare, typed())
    await drop_draft(bare, first.id, EDITOR)
    assert (await save_draft(bare, typed())).id > first.id


async def test_the_same_once_more_is_one_draft(bare: Store) -> None:
    for _ in range(3):
        await save_draft(bare, typed(picture="https://a.com/b.png"))
    await save_draft(bare, typed())
    assert await mine(bare) == ["half a", "half a"]


async def test_another_person_section_or_race_is_left_alone(bare: Store) -> None:
    first = await save_draft(bare, typed())
    for other in (typed(editor=MODERATOR), typed(section=SectionKind.TOP), typed(round=22)):
        await save_draft(bare, replace(other, id=first.id))
    assert await mine(bare) == ["half a", "half a"]
    assert await mine(bare, MODERATOR) == ["half a"]


async def test_the_oldest_of_many_makes_room(bare: Store) -> None:
    await save_draft(bare, typed(section=SectionKind.TOP))
    for number in range(MOST + 2):
        await save_draft(bare, typed(f"try {number}"))
    assert await mine(bare) == [*(f"try {number}" for number in range(MOST + 1, 1, -1)), "half a"]


@pytest.mark.parametrize("words", ["", "x" * 4000, "\u200b", "a\x00b", " two  spaces\r\n\n\n\nand \u202e"])
async def test_it_is_kept_as_typed(bare: Store, words: str) -> None:
    await save_draft(bare, typed(words, picture="ftp://nothing good" + "x" * 600))
    (kept,) = await drafts_of_race(bare, 2025, 23, EDITOR)
    assert (kept.words, kept.picture) == (words, "ftp://nothing good" + "x" * 600)


async def test_half_a_character_is_left_out(bare: Store) -> None:
    await save_draft(bare, typed("a\ud800b", picture="\udfff"))
    (kept,) = await drafts_of_race(bare, 2025, 23, EDITOR)
    assert (kept.words, kept.picture) == ("ab", "")


async def test_a_draft_for_a_race_not_held_is_refused(bare: Store) -> None:
    with pytest.raises(LookupError, match="no race 23 of 1999"):
        await save_draft(bare, typed(season=1999))


async def test_saving_drops_the_draft_that_was_saved_and_no_other(bare: Store) -> None:
    shown = await save_draft(bare, typed())
    since = await save_draft(bare, typed("since"))
    await save_draft(bare, typed("Jo's", editor=MODERATOR))
    with pytest.raises(OvertakenError):
        await save_recap(bare, recap(section=MOVE), EDITOR, after=7, draft=shown.id)
    assert await mine(bare) == ["since", "half a"]
    await save_recap(bare, recap(section=MOVE), MODERATOR, draft=since.id)
    await save_recap(bare, recap(section=MOVE), EDITOR, draft=shown.id)
    assert await mine(bare) == ["since"]
    assert await mine(bare, MODERATOR) == ["Jo's"]


async def test_moments_come_back_as_the_store_holds_them(bare: Store) -> None:
    kept = await save_draft(bare, typed(typed_at=NOW + timedelta(microseconds=7)))
    assert kept.typed_at == NOW
