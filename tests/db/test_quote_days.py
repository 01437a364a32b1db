"""Every server has one quote a day at most, whoever asks first; what was begun and not ended can be told."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta

from db.connection import Store
from db.guilds import set_setting
from db.quotes import QuoteDay, Reader, claim_day, day_quote, delete, due_days, mark_day, open_days
from db.quotes.days import SETTING
from tests.db.words import AWAY, HOME, LATER, MODERATOR, NOW, TODAY, draft, loose, save

TOMORROW = TODAY + timedelta(1)
CHANNEL = 5


async def test_servers_that_want_one_are_due_until_they_have_the_day(bare: Store) -> None:
    (number,) = await save(bare, draft())
    for guild in (HOME, AWAY):
        await set_setting(bare, guild, SETTING, {"channel": CHANNEL}, MODERATOR, NOW)
    await set_setting(bare, 44, "another setting", 1, MODERATOR, NOW)
    assert await due_days(bare, TODAY) == {HOME: {"channel": CHANNEL}, AWAY: {"channel": CHANNEL}}
    assert await claim_day(bare, HOME, TODAY, number, CHANNEL, NOW)
    assert list(await due_days(bare, TODAY)) == [AWAY]
    assert list(await due_days(bare, TOMORROW)) == [HOME, AWAY]
    await set_setting(bare, AWAY, SETTING, None, MODERATOR, NOW)
    assert await due_days(bare, TODAY) == {}


async def test_a_day_is_claimed_once_though_many_try(bare: Store) -> None:
    (number,) = await save(bare, draft())
    async with await Store.open(bare.path) as other:
        stores = (bare, other) * 6
        claims = [claim_day(store, HOME, TODAY, number, CHANNEL, NOW) for store in stores]
        assert sorted(await asyncio.gather(*claims)) == [False] * 11 + [True]
    assert await claim_day(bare, HOME, TOMORROW, number, CHANNEL, NOW)
    assert await claim_day(bare, AWAY, TODAY, number, CHANNEL, NOW)


async def test_a_day_that_was_never_ended_is_told(bare: Store) -> None:
    ids = await save(bare, draft("One"), draft("Two"))
    for guild, day, number in ((HOME, TODAY, ids[0]), (AWAY, TODAY, ids[1]), (HOME, TOMORROW, ids[1])):
        await claim_day(bare, guild, day, number, CHANNEL, NOW)
    await mark_day(bare, AWAY, TODAY, "sent", LATER)
    assert await open_days(bare) == (
        QuoteDay(HOME, TODAY, ids[0], CHANNEL),
        QuoteDay(HOME, TOMORROW, ids[1], CHANNEL),
    )
    await mark_day(bare, HOME, TODAY, "failed", LATER)
    await delete(bare, HOME, ids[1], MODERATOR, LATER)
    assert await open_days(bare) == (QuoteDay(HOME, TOMORROW, None, CHANNEL),)


async def test_the_days_quote_is_one_the_server_has_not_had_lately(bare: Store) -> None:
    ids = await save(bare, draft("One"), draft("Two"), loose("Three"))
    reader, lots = Reader(HOME, TODAY), random.Random(3)
    had = []
    for past in range(3):
        one = await day_quote(bare, reader, 2025, lots)
        assert one is not None
        had.append(one.id)
        await claim_day(bare, HOME, TODAY - timedelta(past), one.id, CHANNEL, NOW)
    assert sorted(had) == ids
    # All of them were had: any may come again.
    assert await day_quote(bare, reader, 2025, lots) is not None
    again = [await day_quote(bare, reader, 2025, lots, lately=timedelta(1)) for _ in range(30)]
    assert {one.id for one in again if one} == {had[2]}


async def test_without_quotes_there_is_none_of_the_day(bare: Store) -> None:
    await save(bare, draft(), guild=AWAY)
    assert await day_quote(bare, Reader(HOME, TODAY), 2025, random.Random(1)) is None
