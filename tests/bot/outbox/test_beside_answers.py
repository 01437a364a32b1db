"""Reminders beside people who ask: nothing of a delivery waits for a reader, and answers give way to deliveries."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot import posting
from bot.interactions.command_tree import TailgateTree
from bot.outbox import worker as workers
from bot.outbox.contracts import BusyError
from bot.outbox.rate_limit import RateLimiter
from bot.outbox.worker import Worker
from bot.posting import register_writers
from bot.services import Services
from db.connection import Store
from db.reminders.models import RowState
from db.reminders.outbox import recent
from db.snapshots import Snapshots
from tests.bot.interactions.odd_payloads import STRING, asked, option
from tests.bot.interactions.raw import Raw, raw
from tests.bot.outbox.standing import (
    CHANNEL,
    HOUR_BEFORE,
    FakeDiscord,
    HandClock,
    make_worker,
    race_at,
    step,
    wants,
)
from tests.bot.outbox.standing import Seasons as Races
from tests.db.readers import all_readers_taken
from tests.patience import PATIENCE

ASKING = 50


@pytest.fixture
async def fans(store: Store, clock: HandClock) -> AsyncIterator[Raw]:
    async with raw(Services(store, Snapshots(store), clock)) as made:
        yield made


def ask(fans: Raw, times: int) -> set[asyncio.Task[object]]:
    """People search for quotes, which takes a reader; returns what answers them."""
    before = asyncio.all_tasks()
    for number in range(times):
        payload = asked(fans, "quote", option("about", STRING, "truck")) | {"id": str(10**6 + number)}
        fans.bot._connection.parsers["INTERACTION_CREATE"](payload)
    return asyncio.all_tasks() - before


@pytest.mark.parametrize("in_turns", [True, False])
async def test_a_reminder_goes_out_while_every_reader_is_taken_and_many_wait_for_one(
    fans: Raw, store: Store, clock: HandClock, discord: FakeDiscord, *, in_turns: bool
) -> None:
    target = await wants(store, clock)
    worker = Worker(fans.bot.services, discord, RateLimiter(1e6))
    register_writers(worker, fans.bot)
    if in_turns:
        fans.bot.answer_in_turns_while(lambda: worker.busy, lambda: worker.behind)
    await worker.tick()
    clock.moment = HOUR_BEFORE
    async with asyncio.timeout(PATIENCE):
        async with all_readers_taken(store):
            waiting = ask(fans, ASKING)
            await worker.tick()
            await worker.settled()
            assert [message.channel for message in discord.messages] == [CHANNEL]
            assert not fans.heard.answers
        (row,) = await recent(store, target.id)
        assert row.state is RowState.SENT
        await worker.tick()
        while waiting:
            _, waiting = await asyncio.wait(waiting)
    assert len(fans.heard.answers) == ASKING
    await worker.close(1)


async def test_the_answers_of_the_bot_give_way_to_its_worker(fans: Raw, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = posting.worker_of(fans.bot, fans.bot.services, RateLimiter())
    tree = fans.bot.tree
    assert isinstance(tree, TailgateTree)
    for busy, behind in ((False, False), (True, False), (True, True)):
        monkeypatch.setattr(Worker, "busy", busy)
        monkeypatch.setattr(Worker, "behind", behind)
        for turns in (tree.turns, tree.typing_turns):
            assert (turns.urgent(), turns.late()) == (busy, behind)
    await worker.close(0)


async def test_it_is_busy_from_the_claim_to_the_outcome_and_while_more_is_due(
    empty_store: Store, clock: HandClock, discord: FakeDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "WAITING", 1)
    worker = make_worker(empty_store, Races(race_at()), discord)
    await wants(empty_store, clock, leads=(60, 59))
    await worker.tick()
    assert not worker.busy
    assert not worker.behind
    clock.moment = HOUR_BEFORE
    seen: list[bool] = []
    discord.before = [lambda: seen.append(worker.busy)]
    await step(worker)
    assert seen == [True]
    # There was room for no other, so that it is not known yet whether one is due.
    assert worker.busy
    assert worker.behind
    await step(worker)
    assert not worker.busy
    await worker.close(1)


async def test_it_is_not_behind_while_rows_that_are_ready_wait_for_their_turn(
    empty_store: Store, clock: HandClock, discord: FakeDiscord
) -> None:
    worker = make_worker(empty_store, Races(race_at()), discord)
    for number in range(3):
        await wants(empty_store, clock, guild=number + 1, channel=CHANNEL + number)
    await worker.tick()
    clock.moment = HOUR_BEFORE
    go = asyncio.Event()

    async def clear() -> None:
        await go.wait()

    worker._limiter.clear = clear
    await worker.tick()
    assert worker.behind
    while not worker._limiter.crowded:
        await asyncio.wait([task for task, _ in worker._tasks.values()], timeout=0)
    assert worker.busy
    assert not worker.behind
    go.set()
    await worker.settled()
    assert not worker.busy
    await worker.close(1)


async def test_what_cannot_be_delivered_now_makes_nobody_wait(
    empty_store: Store, clock: HandClock, discord: FakeDiscord
) -> None:
    worker = make_worker(empty_store, Races(race_at()), discord)
    await wants(empty_store, clock)
    clock.moment = HOUR_BEFORE - timedelta(minutes=1)
    await worker.tick()
    clock.moment = HOUR_BEFORE
    discord.ready = False
    await step(worker)
    assert not worker.busy
    discord.ready, discord.before = True, [BusyError("Discord told me to slow down", 30.0, everywhere=True)]
    await step(worker)
    await step(worker)
    assert discord.requests == ["history", "send"]
    assert not worker.busy
    await worker.close(1)
