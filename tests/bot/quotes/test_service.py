"""A reply with quotes shows one state of the store, whatever is saved or changed while it is made."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from discord import ui

from bot.questions.quotes import QuoteQuestion
from bot.quotes import permissions, service
from bot.quotes.permissions import ROLE
from bot.quotes.service import number_reply, random_reply, search_reply
from bot.requester import Requester
from bot.seasons.as_of import AsOfKeeper
from bot.services import Services
from db.connection import Store
from db.guilds import set_setting
from db.quotes import add
from tests.bot.render.reading import body
from tests.db.sample_texts import HOME, MODERATOR, draft, loose
from tests.seasons import bundled_seasons

FAN_ROLE = 99
Reply = Callable[[Store, Requester], Awaitable[ui.LayoutView]]


@pytest.fixture
def requester(services: Services) -> Requester:
    """A fan with a role that does not let them save quotes yet."""
    as_of = AsOfKeeper().at(services.clock.now(), bundled_seasons())
    return Requester(1, as_of, guild=HOME, roles=frozenset({FAN_ROLE}))


async def searched(store: Store, requester: Requester) -> ui.LayoutView:
    """A search that finds nothing: it asks for quotes of the driver in it, counts the words and lists the speakers."""
    return await search_reply(store, requester, QuoteQuestion(about="heim_zebra_crossing"))


async def by_number(store: Store, requester: Requester) -> ui.LayoutView:
    (first,) = await store.fetch("SELECT min(id) FROM quotes")
    return await number_reply(store, requester, first[0])


async def at_random(store: Store, requester: Requester) -> ui.LayoutView:
    return await random_reply(store, requester, random.Random(1), is_member=lambda _: True)


@pytest.mark.parametrize(
    ("reply", "where", "last_query"),
    [
        (searched, service, "count"),
        (searched, service, "speakers"),
        (by_number, permissions, "setting"),
        (at_random, permissions, "setting"),
    ],
)
async def test_a_reply_shows_one_state_whatever_changes_meanwhile(
    store: Store,
    requester: Requester,
    monkeypatch: pytest.MonkeyPatch,
    reply: Reply,
    where: Any,
    last_query: str,
) -> None:
    """Just before one of its later queries, somebody else saves a quote and lets the fan's role save them."""
    async with store.write() as connection:
        await connection.execute("DELETE FROM quotes")
    await add(store, draft("We ran out of gas", season=None, round=None), HOME, MODERATOR, requester.as_of.now)
    before = body(await reply(store, requester))

    query = getattr(where, last_query)

    async def others_write() -> None:
        zebra = loose("A zebra crossing", speaker="Corey Heim", driver="corey-heim")
        await add(store, zebra, HOME, MODERATOR, requester.as_of.now)
        await set_setting(store, HOME, ROLE, FAN_ROLE, MODERATOR, requester.as_of.now)

    async def after_others_wrote(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(where, last_query, query)
        await asyncio.create_task(others_write())
        return await query(*args, **kwargs)

    monkeypatch.setattr(where, last_query, after_others_wrote)
    during = body(await reply(store, requester))
    assert getattr(where, last_query) is query, "the reply does not ask that"
    assert during == before
    assert body(await reply(store, requester)) != before
