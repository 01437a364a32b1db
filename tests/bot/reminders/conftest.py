"""Fixtures of the reminders' tests: noon before Talladega, and a courier on an empty store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.reminders.courier import Courier
from db.connection import Store
from tests.bot.reminders.standing import FakeDiscord, HandClock, Seasons, make_courier, race_at


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
async def courier(empty_store: Store, seasons: Seasons, discord: FakeDiscord) -> AsyncIterator[Courier]:
    made = make_courier(empty_store, seasons, discord)
    yield made
    await made.close(1)
