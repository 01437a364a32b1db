"""Fixtures of the reminders' tests: noon before Talladega, and a worker on an empty store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.outbox.worker import Worker
from db.connection import Store
from tests.bot.outbox.standing import FakeDiscord, HandClock, Seasons, make_worker, race_at


@pytest.fixture
def clock() -> HandClock:
    """Noon Eastern of race day."""
    return HandClock(datetime(2025, 10, 17, 16, tzinfo=UTC))


@pytest.fixture
def discord(clock: HandClock) -> FakeDiscord:
    return FakeDiscord(clock)


@pytest.fixture
def seasons() -> Seasons:
    return Seasons(race_at())


@pytest.fixture
async def worker(empty_store: Store, seasons: Seasons, discord: FakeDiscord) -> AsyncIterator[Worker]:
    made = make_worker(empty_store, seasons, discord)
    yield made
    await made.close(1)
