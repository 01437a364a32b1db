"""What a delivery keeps in memory is bounded."""

from __future__ import annotations

import pytest

from bot.outbox import places
from bot.outbox.worker import Worker
from db.connection import Store
from tests.bot.outbox.standing import HOUR_BEFORE, FakeDiscord, HandClock, step, wants


async def test_of_many_opened_direct_messages_only_the_latest_are_kept_in_memory(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "KEPT", 3)
    for user in range(1, 9):
        await wants(empty_store, clock, guild=None, channel=None, user=user)
    await step(worker)
    clock.moment = HOUR_BEFORE
    await step(worker)
    assert len(discord.messages) == 8
    assert len(worker._delivery.places._opened) == 3
    rows = await empty_store.fetch("SELECT user_id, channel_id FROM reminder_targets")
    assert {row["channel_id"] for row in rows} == {user * 10 for user in range(1, 9)}
