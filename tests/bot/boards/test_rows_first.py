"""Boards wait while a row of the outbox has not had its turn, and not for one that only waits for Discord's answer."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.outbox.worker import Worker
from db.connection import Store
from tests.bot.outbox.standing import COVERAGE, FakeDiscord, HandClock, Seasons, make_worker, race_at, wants


class Stalling(FakeDiscord):
    """Takes messages and lets their answers, and turns, wait."""

    asked, answers, turns = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def send(self, *arguments: Any) -> int:
        made = await super().send(*arguments)
        self.asked.set()
        await self.answers.wait()
        return made


@pytest.fixture
def discord() -> Stalling:
    made = Stalling(HandClock(COVERAGE - timedelta(hours=3)))
    made.asked, made.answers, made.turns = asyncio.Event(), asyncio.Event(), asyncio.Event()
    return made


async def ready_worker(store: Store, discord: Stalling) -> Worker:
    worker = make_worker(store, Seasons(race_at()), discord)
    await wants(store, discord.clock)
    await worker.tick()
    return worker


async def test_at_rest_nothing_waits(empty_store: Store, discord: Stalling) -> None:
    worker = await ready_worker(empty_store, discord)
    assert not worker.rows_wait
    await worker.close(1)


async def test_until_its_turn_a_row_waits_and_then_it_is_discord_that_is_waited_for(
    empty_store: Store, discord: Stalling
) -> None:
    worker = await ready_worker(empty_store, discord)
    worker._limiter.clear = discord.turns.wait  # type: ignore[assignment]
    discord.clock.moment = COVERAGE - timedelta(hours=1)
    await worker.tick()
    assert worker.rows_wait
    discord.turns.set()
    await discord.asked.wait()
    await worker.tick()
    assert worker.busy
    assert not worker.rows_wait
    discord.answers.set()
    await worker.settled()
    assert not worker.rows_wait
    await worker.close(1)
