"""The quote of the day: once a day at a server's hour, in the nights of the clock changes as well."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.interactions.router import Router
from bot.notifications.quote_of_the_day import QuoteOfTheDayWriter, due_at, plan_quotes, quotes_of_days
from bot.outbox.rate_limit import RateLimiter
from bot.outbox.worker import Worker
from bot.services import Services
from db.connection import Store
from db.models import EASTERN
from db.quotes import delete
from db.reminders import targets
from db.reminders.models import Extras, NotificationKind, Purpose, RowState, Target
from db.reminders.outbox import recent
from db.snapshots import Snapshots
from tests.bot.outbox.postings import Board
from tests.bot.outbox.standing import HandClock, step
from tests.db.sample_texts import MODERATOR, NOW, draft, loose, save
from tests.patience import PATIENCE

SPRING, FALL = date(2025, 3, 9), date(2025, 11, 2)
"""The days of the clock changes: 2 a.m. does not exist in one, and 1 a.m. comes twice in the other."""


@pytest.fixture
async def bare(store: Store) -> Store:
    """The bundled seasons, and no quotes."""
    async with store.write() as connection:
        await connection.execute("DELETE FROM quotes")
    return store


class Scene:
    """A worker that delivers quotes of the day alone."""

    def __init__(self, store: Store, now: datetime) -> None:
        self.store, self.clock = store, HandClock(now)
        self.discord = Board(self.clock)
        self.start()

    def start(self) -> None:
        services = Services(self.store, Snapshots(self.store), self.clock)
        self.worker = Worker(services, self.discord, RateLimiter(1e6))
        self.writer = QuoteOfTheDayWriter(Router(services).as_of, self.store, random.Random(4))
        self.worker.compose(NotificationKind.QUOTE, self.writer.write)
        self.worker.plan(plan_quotes)

    async def wants(self, hour: int, guild: int = 1) -> Target:
        wanted = Target(
            guild=guild,
            channel=900 + guild,
            purpose=Purpose.QUOTES,
            leads=(),
            sessions=frozenset(),
            extras=Extras(quote_hour=hour),
        )
        return await targets.save(self.store, wanted, self.clock.now())


@pytest.mark.parametrize("day", [SPRING, FALL])
@pytest.mark.parametrize("hour", [0, 1, 2, 3])
async def test_an_hour_of_the_day_comes_once(bare: Store, day: date, hour: int) -> None:
    await save(bare, loose("One"), loose("Two"), loose("Three"), guild=None)
    midnight = due_at(day, 0)
    scene = Scene(bare, midnight - timedelta(minutes=30))
    await scene.wants(hour)
    while scene.clock.moment < midnight + timedelta(hours=25):
        scene.clock.advance(minutes=30)
        await step(scene.worker)
    that_day = [each for each in scene.discord.messages if each.at.astimezone(EASTERN).date() == day]
    assert len(that_day) == 1
    assert that_day[0].at == due_at(day, hour)


def test_the_skipped_hour_is_the_one_after_it_and_the_doubled_the_first() -> None:
    assert due_at(SPRING, 2) == datetime(2025, 3, 9, 7, tzinfo=UTC) == due_at(SPRING, 3)
    assert due_at(FALL, 1) == datetime(2025, 11, 2, 5, tzinfo=UTC)
    assert due_at(FALL, 2) == datetime(2025, 11, 2, 7, tzinfo=UTC)


def test_the_plan_is_the_same_all_day_long() -> None:
    first, last = (list(quotes_of_days(datetime(2025, 12, 31, hour, tzinfo=EASTERN))) for hour in (0, 23))
    assert first == last
    assert {(each.season, each.round) for each in first} == {(2025, 365), (2026, 1)}


async def test_after_a_crash_the_same_quote_is_sent_with_the_same_nonce(bare: Store) -> None:
    await save(bare, *(draft(f"Quote {number}") for number in range(30)), guild=None)
    scene = Scene(bare, due_at(FALL, 9))
    target = await scene.wants(9)
    scene.discord.answers.clear()
    await scene.worker.tick()
    async with asyncio.timeout(PATIENCE):
        while not scene.discord.messages:
            await scene.worker.tick()
    scene.start()
    scene.discord.answers.set()
    scene.clock.advance(seconds=61)
    for _ in range(3):
        await step(scene.worker)
    assert len(scene.discord.messages) == 1
    assert [row.state for row in await recent(bare, target.id)] == [RowState.SENT]
    rows = await bare.fetch("SELECT quote_id FROM quote_draws")
    assert len(rows) == 1
    assert f"Quote {rows[0]['quote_id']}" in scene.discord.texts(901)[0]


async def test_without_a_quote_the_day_waits_for_one(bare: Store) -> None:
    scene = Scene(bare, due_at(FALL, 9))
    target = await scene.wants(9)
    await step(scene.worker)
    assert scene.discord.messages == []
    await save(bare, draft("Late"), guild=1)
    scene.clock.advance(minutes=16)
    await step(scene.worker)
    assert [row.state for row in await recent(bare, target.id)] == [RowState.SENT]
    assert "“Late" in scene.discord.texts(901)[0]


async def test_a_quote_that_was_deleted_is_not_posted(bare: Store) -> None:
    numbers = await save(bare, draft("One"), draft("Two"), guild=None)
    scene = Scene(bare, due_at(FALL, 9))
    for guild in range(1, 9):
        await scene.wants(9 if guild < 5 else 10, guild)
    await step(scene.worker)
    await delete(bare, None, numbers[0], MODERATOR, NOW)
    scene.clock.moment = due_at(FALL, 9) + timedelta(hours=1)
    await step(scene.worker)
    later = [scene.discord.texts(900 + guild)[0] for guild in range(5, 9)]
    assert all(f"Quote {numbers[1]}" in text for text in later)


async def test_drawing_for_many_servers_reads_the_quotes_for_everybody_once(
    bare: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await save(bare, *(draft(f"Quote {number}") for number in range(20)), guild=None)
    scene = Scene(bare, due_at(FALL, 9))
    for guild in range(1, 41):
        await scene.wants(9, guild)
    asked: Counter[str] = Counter()
    real = Store.fetch

    async def fetch(store: Store, sql: str, parameters: Any = ()) -> Any:
        if "FROM quotes q" in sql and isinstance(parameters, dict):
            asked["everybody's" if parameters.get("of", 0) is None else "own"] += "of" in parameters
        return await real(store, sql, parameters)

    monkeypatch.setattr(Store, "fetch", fetch)
    await step(scene.worker)
    assert len(scene.discord.messages) == 40
    assert asked["everybody's"] == 1
