"""Every server has one quote a day at most, whoever asks first."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta

from db.connection import Store
from db.guilds import set_setting, setting
from db.quotes import Reader, claim_day, day_quote, delete, due_days, mark_day
from db.quotes.days import KEPT, SETTING, forget_days, switch
from tests.db.sample_texts import AWAY, HOME, LATER, MODERATOR, NOW, TODAY, draft, loose, save

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


async def test_a_day_is_marked_and_outlives_its_quote(bare: Store) -> None:
    (number,) = await save(bare, draft("One"))
    for guild in (HOME, AWAY):
        await claim_day(bare, guild, TODAY, number, CHANNEL, NOW)
    await mark_day(bare, AWAY, TODAY, "sent", LATER)
    await delete(bare, HOME, number, MODERATOR, LATER)
    rows = await bare.fetch("SELECT guild_id, quote_id, state FROM quote_days ORDER BY guild_id")
    assert [tuple(row) for row in rows] == [(HOME, None, "claimed"), (AWAY, None, "sent")]


async def test_a_setting_is_switched_only_where_it_is_still_as_it_was(bare: Store) -> None:
    before, after = {"since": 1, "channel": CHANNEL}, {"channel": None, "off": "é", "since": 5}
    assert not await switch(bare, HOME, before, after, NOW)
    for guild in (HOME, AWAY):
        await set_setting(bare, guild, SETTING, before, MODERATOR, NOW)
    assert not await switch(bare, HOME, {"channel": CHANNEL}, after, LATER)
    assert await switch(bare, HOME, (await due_days(bare, TODAY))[HOME], after, LATER)
    assert await due_days(bare, TODAY) == {HOME: after, AWAY: before}
    assert not await switch(bare, HOME, before, {"channel": 6}, LATER)
    assert await setting(bare, HOME, SETTING) == after


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


async def test_days_long_past_are_forgotten(bare: Store) -> None:
    (number,) = await save(bare, draft())
    for guild in (HOME, AWAY):
        for past in (0, KEPT.days, KEPT.days + 1):
            await claim_day(bare, guild, TODAY - timedelta(past), number, CHANNEL, NOW)
    await forget_days(bare, TODAY)
    rows = await bare.fetch("SELECT guild_id, day FROM quote_days ORDER BY guild_id, day")
    assert [tuple(row) for row in rows] == [
        (guild, (TODAY - timedelta(past)).isoformat()) for guild in (HOME, AWAY) for past in (KEPT.days, 0)
    ]
