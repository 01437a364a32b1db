"""What happens between a claim and its turn: others slow, earlier ones held up, a failure, the end."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from pathlib import Path

import pytest

from bot.jobs.scheduler import Scheduler
from bot.outbox import worker as workers
from bot.outbox.contracts import BusyError, Post, Turn
from bot.outbox.places import OPENING_AT_ONCE
from bot.outbox.worker import Worker
from db.connection import Store
from db.reminders.models import Extras, NotificationKind, OutboxRow, RowState, Target
from db.reminders.outbox import recent, upcoming
from tests.bot.outbox.standing import (
    CHANNEL,
    COVERAGE,
    HOUR_BEFORE,
    FakeDiscord,
    HandClock,
    Held,
    Seasons,
    make_worker,
    only,
    plain,
    race_at,
    step,
    wants,
)
from tests.patience import PATIENCE

LATER = COVERAGE + timedelta(hours=3)


async def test_one_that_waited_is_outdone_by_a_later_one_that_is_out(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    target = await wants(empty_store, clock, leads=(15, 5))
    await step(worker)
    clock.moment = COVERAGE - timedelta(minutes=5, seconds=20)
    discord.before = [BusyError("Discord told me to slow down", 60.0)]
    await step(worker)
    clock.moment = COVERAGE - timedelta(minutes=5)
    for _ in range(10):
        await step(worker)
        clock.advance(seconds=15)
    assert len(discord.messages) == 1
    rows = {row.notification.lead: (row.state, row.reason) for row in await recent(empty_store, target.id)}
    assert rows == {15: (RowState.EXPIRED, "superseded by a later reminder"), 5: (RowState.SENT, None)}


async def test_one_that_came_back_after_a_later_one_is_given_up(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    """The later one is out already, so that nothing else is due with it."""
    target = await wants(empty_store, clock, leads=(15, 5))
    await step(worker)
    clock.moment = COVERAGE - timedelta(minutes=11)
    met, go = asyncio.Event(), asyncio.Event()
    send = discord.send

    async def slow(channel: int, post: Post, nonce: str) -> int:
        if not met.is_set():
            met.set()
            await go.wait()
            raise BusyError("Discord told me to slow down", 5.0)
        return await send(channel, post, nonce)

    discord.send = slow  # type: ignore[method-assign]
    await worker.tick()
    await met.wait()
    clock.moment = COVERAGE - timedelta(minutes=5)
    await worker.tick()
    while not discord.messages:  # noqa: ASYNC110 - it goes out by itself
        await asyncio.sleep(0)
    go.set()
    for _ in range(4):
        await step(worker)
        clock.advance(seconds=5)
    assert len(discord.messages) == 1
    rows = {row.notification.lead: row.state for row in await recent(empty_store, target.id)}
    assert rows == {15: RowState.EXPIRED, 5: RowState.SENT}


async def test_slow_openings_of_direct_messages_hold_up_no_server(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    answer, asked = asyncio.Event(), []

    async def slow(user: int) -> int:
        asked.append(user)
        await answer.wait()
        return user * 10

    discord.open = slow  # type: ignore[method-assign]
    for user in range(1, 121):
        await wants(empty_store, clock, guild=None, channel=None, user=user)
    await wants(empty_store, clock, guild=7)
    await step(worker)
    clock.moment = HOUR_BEFORE
    arrived = asyncio.Event()
    discord.after = [arrived.set]
    async with asyncio.timeout(PATIENCE):
        while not arrived.is_set():
            await worker.tick()
            await asyncio.sleep(0)
    assert [message.channel for message in discord.messages] == [CHANNEL]
    assert len(asked) == OPENING_AT_ONCE
    answer.set()
    for _ in range(3):
        await step(worker)
    assert len(discord.messages) == 121
    assert sorted(asked) == list(range(1, 121))


async def test_no_more_is_claimed_than_a_crash_may_leave(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "IN_HAND", 30)
    answer = asyncio.Event()

    async def slow(user: int) -> int:
        await answer.wait()
        return user * 10

    discord.open = slow  # type: ignore[method-assign]
    for user in range(1, 51):
        await wants(empty_store, clock, guild=None, channel=None, user=user)
    await step(worker)
    clock.moment = HOUR_BEFORE
    for _ in range(5):
        await worker.tick()
    claimed = await empty_store.fetch("SELECT count(*) FROM outbox WHERE state = 'claimed'")
    assert claimed[0][0] == 30
    answer.set()
    for _ in range(3):
        await step(worker)
    assert len(discord.messages) == 50


async def test_reminders_go_before_the_events_of_servers(
    empty_store: Store, worker: Worker, seasons: Seasons, clock: HandClock
) -> None:
    order: list[NotificationKind] = []

    async def perform(row: OutboxRow, _: Target, turn: Turn) -> int:
        await turn()
        order.append(row.notification.kind)
        return 1

    async def composed(row: OutboxRow, target: Target) -> Post:
        order.append(row.notification.kind)
        return await plain(row, target)

    worker.perform(NotificationKind.EVENT, perform)
    worker.compose(NotificationKind.REMINDER, composed)
    for guild in range(1, 151):
        await wants(empty_store, clock, guild=guild, extras=Extras(events=True))
    clock.moment = HOUR_BEFORE - timedelta(minutes=30)
    for _ in range(3):
        await step(worker)
    order.clear()
    # What events say changed at the very moment the reminders are due.
    seasons.put(race_at(green_flag=COVERAGE + timedelta(minutes=45)))
    clock.moment = HOUR_BEFORE
    await step(worker)
    assert set(order) == {NotificationKind.REMINDER}
    for _ in range(3):
        await step(worker)
    assert sorted(order) == [NotificationKind.EVENT] * 150 + [NotificationKind.REMINDER] * 150


async def test_an_event_whose_turn_has_not_come_is_given_back_at_the_end(
    empty_store: Store, worker: Worker, clock: HandClock
) -> None:
    async def perform(_: OutboxRow, __: Target, turn: Turn) -> int:
        await turn()
        return 1

    worker.perform(NotificationKind.EVENT, perform)
    target = await wants(empty_store, clock, leads=(), sessions=frozenset(), extras=Extras(events=True))
    held = Held(worker)
    await worker.tick()
    await held.met.wait()
    await worker.close(0)
    (row,) = await upcoming(empty_store, target.id)
    assert (row.state, row.tried_at) == (RowState.PENDING, None)


async def test_a_restored_store_finds_what_was_sent_late(
    empty_store: Store, seasons: Seasons, discord: FakeDiscord, clock: HandClock, tmp_path: Path
) -> None:
    worker = make_worker(empty_store, seasons, discord)
    target = await wants(empty_store, clock)
    await step(worker)
    await empty_store.backup(tmp_path / "backup.db")
    clock.moment = HOUR_BEFORE + timedelta(minutes=12)
    discord.chatter(CHANNEL, 130)
    clock.advance(minutes=8)
    await step(worker)
    await worker.close(1)
    assert len(discord.carrying((await only(empty_store, target)).mark)) == 1
    clock.advance(minutes=5)
    async with await Store.open(tmp_path / "backup.db") as restored:
        worker = make_worker(restored, seasons, discord)
        await step(worker)
        await worker.close(1)
        row = await only(restored, target)
    assert row.state is RowState.SENT
    assert len(discord.carrying(row.mark)) == 1


async def test_only_mistakes_of_our_own_are_counted_as_such(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    target = await wants(empty_store, clock)
    await step(worker)
    clock.moment = HOUR_BEFORE
    discord.before = [BusyError("Discord told me to slow down", 5.0)] * 6
    for _ in range(6):
        await step(worker)
        clock.advance(seconds=6)

    async def stumbles(row: OutboxRow, target: Target) -> Post:
        worker.compose(NotificationKind.REMINDER, plain)
        raise ValueError(row, target)

    worker.compose(NotificationKind.REMINDER, stumbles)
    await step(worker)
    clock.advance(minutes=2)
    await step(worker)
    assert (await only(empty_store, target)).state is RowState.SENT
    assert [each.levelno for each in caplog.records if each.levelno > logging.INFO] == [logging.ERROR]


async def test_direct_messages_are_opened_once_for_a_look_and_the_message(
    empty_store: Store, seasons: Seasons, discord: FakeDiscord, clock: HandClock
) -> None:
    planner = make_worker(empty_store, seasons, discord)
    await wants(empty_store, clock, guild=None, channel=None, user=5)
    await step(planner)
    await planner.close(1)
    clock.moment = HOUR_BEFORE + timedelta(minutes=1)
    worker = make_worker(empty_store, seasons, discord)
    await step(worker)
    await worker.close(1)
    assert discord.requests == ["open", "history", "send", "sent"]


async def test_a_row_in_hand_is_not_claimed_again(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    """As where another process took it over and gave it back."""
    await wants(empty_store, clock)
    await step(worker)
    clock.moment = HOUR_BEFORE
    held = Held(worker)
    await worker.tick()
    await held.met.wait()
    async with empty_store.write() as connection:
        await connection.execute("UPDATE outbox SET state = 'pending', tried_at = NULL WHERE state = 'claimed'")
    await worker.tick()
    held.go.set()
    await worker.settled()
    assert discord.requests == []
    await step(worker)
    assert discord.requests == ["send", "sent"]


async def test_no_tick_begins_after_the_end() -> None:
    ticks, begun = Scheduler(), []

    async def work() -> None:
        begun.append(1)

    ticks.every(3600, work)
    ticks.start()
    # Handed to the executor, and not begun.
    executor = ticks._scheduler._executors["default"]
    while not executor._pending_futures:  # noqa: ASYNC110 - the scheduler comes to it by itself
        await asyncio.sleep(0)
    held = list(begun)
    await ticks.stop()
    assert not ticks._scheduler.running
    for _ in range(10):
        await asyncio.sleep(0)
    assert begun == held == []
    for job in ticks._scheduler.get_jobs():
        await job.func()
    assert begun == []
