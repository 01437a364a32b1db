"""Rows that may have arrived already: sent again by their nonce, looked for, or given up for all to see."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.outbox.contracts import UnsureError
from bot.outbox.worker import Worker
from db.connection import Store
from db.reminders import targets
from db.reminders.models import RowState
from db.reminders.outbox import upcoming
from tests.bot.outbox.standing import CHANNEL, HOUR_BEFORE, FakeDiscord, HandClock, only, step, wants


@pytest.mark.parametrize("arrived", [True, False])
async def test_an_unsure_one_is_sent_again_with_the_same_nonce_while_it_is_young(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock, *, arrived: bool
) -> None:
    await wants(empty_store, clock)
    await step(worker)
    clock.moment = HOUR_BEFORE
    (discord.after if arrived else discord.before).append(UnsureError("no answer"))
    await step(worker)
    for _ in range(90):
        clock.advance(seconds=1)
        await step(worker)
    assert len(discord.messages) == 1
    assert "history" not in discord.requests


@pytest.mark.parametrize("arrived", [True, False])
async def test_an_old_unsure_one_is_looked_for(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock, *, arrived: bool
) -> None:
    target = await wants(empty_store, clock)
    await step(worker)
    clock.moment = HOUR_BEFORE
    (discord.after if arrived else discord.before).append(UnsureError("no answer"))
    await step(worker)
    clock.advance(minutes=10)
    discord.chatter(CHANNEL, 250, HOUR_BEFORE - timedelta(minutes=1))
    for _ in range(3):
        await step(worker)
        clock.advance(seconds=1)
    row = await only(empty_store, target)
    assert len(discord.carrying(row.mark)) == 1
    assert row.sent_at == HOUR_BEFORE + (timedelta(0) if arrived else timedelta(minutes=10, seconds=1))


@pytest.mark.parametrize("how", ["empty", "refused", "too much"])
async def test_an_old_unsure_one_whose_channel_cannot_be_read_fails_and_says_so(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock, how: str
) -> None:
    target = await wants(empty_store, clock)
    await step(worker)
    clock.moment = HOUR_BEFORE
    discord.before.append(UnsureError("no answer"))
    await step(worker)
    if how == "too much":
        discord.chatter(CHANNEL, 1100)
    (discord.unreadable if how == "empty" else discord.refuses if how == "refused" else set()).add(CHANNEL)
    clock.advance(minutes=10)
    await step(worker)
    row = await only(empty_store, target)
    assert row.state is RowState.FAILED
    assert (row.reason or "").startswith("cut off while sending; it may or may not have arrived")
    saved = await targets.target(empty_store, target.id)
    assert saved is not None
    assert saved.on
    clock.advance(minutes=10)
    await step(worker)
    assert discord.carrying(row.mark) == []


async def test_until_the_gateway_has_told_of_the_server_an_empty_channel_is_waited_for(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    target = await wants(empty_store, clock)
    await step(worker)
    clock.moment = HOUR_BEFORE
    discord.before.append(UnsureError("no answer"))
    discord.told = False
    await step(worker)
    for _ in range(5):
        clock.advance(minutes=5)
        await step(worker)
    (row,) = await upcoming(empty_store, target.id)
    assert row.state is RowState.PENDING
    discord.told = True
    for _ in range(2):
        clock.advance(minutes=5)
        await step(worker)
    assert len(discord.messages) == 1


async def test_one_that_somebody_deleted_at_once_counts_as_sent(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    target = await wants(empty_store, clock)
    await step(worker)
    clock.moment = HOUR_BEFORE

    def lost() -> None:
        discord.messages[0].deleted = True
        raise UnsureError("no answer")

    discord.after.append(lost)
    await step(worker)
    clock.advance(seconds=10)
    await step(worker)
    assert len(discord.messages) == 1
    assert (await only(empty_store, target)).state is RowState.SENT


@pytest.mark.parametrize("arrived", [True, False])
async def test_an_unsure_one_from_the_future_is_looked_for(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock, *, arrived: bool
) -> None:
    target = await wants(empty_store, clock)
    await step(worker)
    clock.moment = HOUR_BEFORE
    (discord.after if arrived else discord.before).append(UnsureError("no answer"))
    await step(worker)
    discord.chatter(CHANNEL, 150)
    # The clock of the machine is set back; Discord's goes on.
    clock.moment = HOUR_BEFORE - timedelta(minutes=45)
    for _ in range(60):
        await step(worker)
        clock.advance(minutes=1)
    assert len(discord.carrying((await only(empty_store, target)).mark)) == 1
