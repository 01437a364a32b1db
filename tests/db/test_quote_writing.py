"""Quotes are saved once where they can be seen, changed by their own server alone, and nothing of theirs is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from db.connection import Store
from db.errors import OvertakenError
from db.quotes import (
    DuplicateQuoteError,
    Reader,
    add,
    delete,
    draft_at,
    edit,
    history,
    last_step,
    quote,
    quotes_of_scope,
    restore,
)
from db.quotes.models import Quote, QuoteDraft
from tests.db.sample_texts import AWAY, HOME, LATER, MODERATOR, NOW, TODAY, check_index, draft, found, loose


async def all_rows(store: Store) -> list[tuple[Any, ...]]:
    return [
        tuple(row)
        for table in ("quotes", "quote_history", "quotes_text")
        for row in await store.fetch(f"SELECT * FROM {table}")
    ]


async def test_a_quote_is_held_as_it_was_saved(store: Store) -> None:
    text = draft(role="No. 17", context="on the last lap", said_on=TODAY, source="A paper", link="https://a.com/(b)")
    saved = await add(store, text, HOME, MODERATOR, NOW)
    assert saved.draft() == replace(text, link="https://a.com/%28b%29")
    assert (saved.guild, saved.added_by, saved.added_at) == (HOME, MODERATOR, NOW)
    assert await quote(store, Reader(HOME, TODAY), saved.id) == saved
    await check_index(store)


DOUBLES = {
    "the same words": "The truck was a rocket",
    "other case and dots": "the TRUCK was… a rocket!!",
    "other spaces and lines": "The\ntruck  was a rocket",
    "typed apostrophes": "“The truck was a ‘rocket’”",
    "dashes": "The truck—was – a-rocket",
    "decomposed": "The tru\u0301ck was a rocket",
    "unseen letters": "The tr\u3164uck w\uffa0as a ro\u115fcket\u1160",
    "unseen signs": "The tr\u2061uck w\U000e0061as a ro\u034fck\u200det\ufe0f",
}


@pytest.mark.parametrize("what", DOUBLES)
@pytest.mark.parametrize("scope", [None, HOME])
async def test_the_same_words_are_refused_with_the_first(store: Store, what: str, scope: int | None) -> None:
    first = await add(store, draft(), scope, MODERATOR, NOW)
    before = await all_rows(store)
    with pytest.raises(DuplicateQuoteError) as caught:
        await add(store, loose(DOUBLES[what]), scope, MODERATOR, NOW)
    assert caught.value.first == first
    assert await all_rows(store) == before


async def test_a_server_is_told_of_a_curated_double_and_never_of_another_servers(store: Store) -> None:
    theirs = await add(store, draft("Theirs"), AWAY, MODERATOR, NOW)
    ours = await add(store, draft("Theirs"), HOME, MODERATOR, NOW)
    curated = await add(store, draft("Curated"), None, None, NOW)
    assert ours.id != theirs.id
    with pytest.raises(DuplicateQuoteError) as caught:
        await add(store, draft("curated"), HOME, MODERATOR, NOW)
    assert caught.value.first == curated
    # The operator sees no server's quotes, and is not told of them either.
    assert (await add(store, draft("Theirs"), None, None, NOW)).guild is None
    with pytest.raises(DuplicateQuoteError) as caught:
        await add(store, draft("Theirs"), HOME, MODERATOR, NOW)
    assert caught.value.first.guild is None


async def test_quotes_of_signs_alone_are_told_apart(store: Store) -> None:
    await add(store, loose("🏁"), HOME, MODERATOR, NOW)
    await add(store, loose("🏆"), HOME, MODERATOR, NOW)
    with pytest.raises(DuplicateQuoteError):
        await add(store, loose(" 🏁 "), HOME, MODERATOR, NOW)


async def test_an_edit_into_other_words_of_the_same_place_is_refused(store: Store) -> None:
    first = await add(store, draft("One"), HOME, MODERATOR, NOW)
    second = await add(store, draft("Two"), HOME, MODERATOR, NOW)
    with pytest.raises(DuplicateQuoteError) as caught:
        await edit(store, HOME, second.id, draft("one."), MODERATOR, NOW)
    assert caught.value.first == first


async def test_a_quote_can_be_mended_though_it_became_curated_meanwhile(store: Store) -> None:
    ours = await add(store, draft("One"), HOME, MODERATOR, NOW)
    await add(store, draft("One"), None, None, NOW)
    mended = await edit(store, HOME, ours.id, draft("One!", role="spotter"), MODERATOR, NOW)
    assert (mended.words, mended.role) == ("One!", "spotter")


async def test_an_edit_changes_every_field_and_leaves_who_added_it(store: Store) -> None:
    saved = await add(store, draft(), HOME, MODERATOR, NOW)
    other = QuoteDraft("Corey Heim", "Other words", "corey-heim", "a", "b", 2025, 22, TODAY, "c", "https://d.com/")
    changed = await edit(store, HOME, saved.id, other, 99, LATER)
    assert changed.draft() == other
    assert (changed.id, changed.added_by, changed.added_at) == (saved.id, MODERATOR, NOW)
    assert await found(store, "rocket") == []
    assert saved.id in await found(store, "other", "heim")
    await check_index(store)


async def test_an_edit_that_changes_nothing_is_no_step(store: Store) -> None:
    saved = await add(store, draft(), HOME, MODERATOR, NOW)
    assert await edit(store, HOME, saved.id, draft(" The truck  was a rocket "), 99, LATER) == saved
    assert len(await history(store, HOME, saved.id)) == 1


async def test_the_history_tells_every_step_the_newest_first(store: Store) -> None:
    saved = await add(store, draft("One"), HOME, MODERATOR, NOW)
    await edit(store, HOME, saved.id, draft("Two", said_on=TODAY), 99, LATER)
    await delete(store, HOME, saved.id, MODERATOR, LATER + timedelta(1))
    steps = await history(store, HOME, saved.id)
    assert [(step.action, step.changed_by, step.before) for step in steps] == [
        ("deleted", MODERATOR, draft("Two", said_on=TODAY)),
        ("edited", 99, draft("One")),
        ("added", MODERATOR, None),
    ]
    assert [step.changed_at for step in steps] == [LATER + timedelta(1), LATER, NOW]


async def test_a_deleted_quote_is_gone_and_can_be_restored(store: Store) -> None:
    saved = await add(store, draft(), HOME, MODERATOR, NOW)
    assert await delete(store, HOME, saved.id, MODERATOR, LATER) == saved
    assert await quote(store, Reader(HOME, TODAY), saved.id) is None
    assert await found(store, "rocket") == []
    await check_index(store)
    back = await restore(store, HOME, saved.id, MODERATOR, LATER)
    assert (back.id, back.draft()) == (saved.id, saved.draft())
    assert await found(store, "rocket") == [saved.id]
    with pytest.raises(LookupError, match=f"no deleted quote {saved.id} here"):
        await restore(store, HOME, saved.id, MODERATOR, LATER)
    assert [step.action for step in await history(store, HOME, saved.id)] == ["added", "deleted", "added"]
    await check_index(store)


async def test_a_quote_said_again_meanwhile_is_not_restored_beside_it(store: Store) -> None:
    saved = await add(store, draft(), HOME, MODERATOR, NOW)
    await delete(store, HOME, saved.id, MODERATOR, NOW)
    again = await add(store, draft(), HOME, MODERATOR, NOW)
    with pytest.raises(DuplicateQuoteError) as caught:
        await restore(store, HOME, saved.id, MODERATOR, NOW)
    assert caught.value.first == again


async def test_the_number_of_a_deleted_quote_is_never_given_again(store: Store) -> None:
    saved = await add(store, draft("One"), HOME, MODERATOR, NOW)
    await delete(store, HOME, saved.id, MODERATOR, NOW)
    assert (await add(store, draft("Two"), AWAY, MODERATOR, NOW)).id > saved.id


ATTEMPTS: dict[str, Callable[[Store, int | None, int], Awaitable[object]]] = {
    "edit": lambda store, guild, number: edit(store, guild, number, draft("Mine now"), 666, NOW),
    "delete": lambda store, guild, number: delete(store, guild, number, 666, NOW),
    "history": history,
    "restore": lambda store, guild, number: restore(store, guild, number, 666, NOW),
}


@pytest.mark.parametrize("what", ATTEMPTS)
@pytest.mark.parametrize("owner", [None, HOME])
async def test_nobody_elses_quote_can_be_touched_by_its_number(store: Store, what: str, owner: int | None) -> None:
    saved = await add(store, draft(), owner, MODERATOR, NOW)
    if what == "restore":
        await delete(store, owner, saved.id, MODERATOR, NOW)
    before = await all_rows(store)
    for other in {None, HOME, AWAY, 0} - {owner}:
        with pytest.raises(LookupError) as caught:
            await ATTEMPTS[what](store, other, saved.id)
        assert str(saved.words) not in str(caught.value)
    assert await all_rows(store) == before


@pytest.mark.parametrize("number", [0, -1, 999_999, 2**63, 10**40])
@pytest.mark.parametrize("what", ATTEMPTS)
async def test_a_number_of_no_quote_is_said_to_be_none(store: Store, what: str, number: int) -> None:
    with pytest.raises(LookupError, match=f"quote {number} here"):
        await ATTEMPTS[what](store, HOME, number)
    assert await quote(store, Reader(HOME, TODAY), number) is None


WRONG = {
    "an unknown driver": (draft(driver="corey-hiem"), "the store knows no driver 'corey-hiem'"),
    "an unknown race": (draft(round=60), "the store holds no race 60 of 2025"),
    "half a race": (draft(round=None), "season and its round, both"),
    "no words": (draft(" "), "the quote is empty"),
    "no link": (draft(link="javascript:alert(1)"), "is not a link"),
}


@pytest.mark.parametrize("what", WRONG)
async def test_what_does_not_fit_is_refused_and_changes_nothing(store: Store, what: str) -> None:
    wrong, said = WRONG[what]
    saved = await add(store, loose("Before"), HOME, MODERATOR, NOW)
    before = await all_rows(store)
    with pytest.raises(ValueError, match=said):
        await add(store, wrong, HOME, MODERATOR, NOW)
    with pytest.raises(ValueError, match=said):
        await edit(store, HOME, saved.id, wrong, MODERATOR, NOW)
    assert await all_rows(store) == before


async def test_a_scope_lists_its_own_in_the_order_they_were_saved(store: Store) -> None:
    curated = await quotes_of_scope(store, None)
    ours: list[Quote] = [await add(store, loose(text), HOME, MODERATOR, NOW) for text in ("b", "a")]
    await add(store, loose("c"), AWAY, MODERATOR, NOW)
    assert await quotes_of_scope(store, HOME) == tuple(ours)
    assert await quotes_of_scope(store, None) == curated


async def test_of_many_who_change_a_quote_as_it_stood_one_comes_through(store: Store) -> None:
    saved = await add(store, draft("One"), HOME, MODERATOR, NOW)
    base = await last_step(store, HOME, saved.id)
    tries = [edit(store, HOME, saved.id, draft(f"One {n}"), n, LATER, after=base) for n in range(1, 6)]
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(isinstance(each, OvertakenError) for each in done) == [False, True, True, True, True]
    assert len(await history(store, HOME, saved.id)) == 2


async def test_how_a_quote_read_at_any_step_can_be_told(store: Store) -> None:
    held = await add(store, draft("One"), HOME, MODERATOR, NOW)
    steps = [await last_step(store, HOME, held.id)]
    for words in ("Two", "Three"):
        held = await edit(store, HOME, held.id, draft(words), MODERATOR, LATER)
        steps.append(await last_step(store, HOME, held.id))
    assert [(await draft_at(store, held, step)).words for step in steps] == ["One", "Two", "Three"]
    # Another server's steps, and none at all.
    assert [await last_step(store, guild, held.id) for guild in (AWAY, None)] == [0, 0]
    assert await last_step(store, HOME, 2**70) == 0
