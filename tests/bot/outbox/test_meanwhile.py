"""What happens between a claim and its turn: settings saved, races moved, others slow, earlier ones held up."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.interactions.router import Router
from bot.jobs.scheduler import Scheduler
from bot.notifications.reminders import ReminderWriter
from bot.outbox import worker as workers
from bot.outbox.contracts import BusyError, Post, RefusedError, Turn, UnsureError
from bot.outbox.delivery import OPENING_AT_ONCE
from bot.outbox.worker import Worker
from bot.services import Services
from db.connection import Store
from db.models import Race, RaceStatus
from db.reminders import targets
from db.reminders.models import Extras, NotificationKind, OutboxRow, RowState, Target
from db.reminders.outbox import recent, upcoming
from tests.bot.outbox.standing import (
    CHANNEL,
    COVERAGE,
    HOUR_BEFORE,
    FakeDiscord,
    HandClock,
    Seasons,
    make_worker,
    only,
    plain,
    race_at,
    step,
    wants,
)

LATER = COVERAGE + timedelta(hours=3)


class Held:
    """Holds up the first turn until it is let go."""

    def __init__(self, worker: Worker) -> None:
        self.met, self.go = asyncio.Event(), asyncio.Event()
        worker._limiter.clear = self.clear

    async def clear(self) -> None:
        self.met.set()
        await self.go.wait()


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
    async with asyncio.timeout(10):
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


@pytest.mark.parametrize("fault", [{"gone": True}, {"barred": True}])
async def test_an_old_row_leaves_a_target_on_that_was_repaired(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock, fault: dict[str, bool]
) -> None:
    target = await wants(empty_store, clock, leads=(60, 30))
    await step(worker)
    clock.moment = HOUR_BEFORE
    discord.before = [UnsureError("502")]
    await step(worker)
    discord.closed[CHANNEL] = RefusedError("the channel is gone", **fault)
    await targets.save(empty_store, replace(target, channel=901), clock.now())
    for _ in range(20):
        clock.advance(seconds=5)
        await step(worker)
    saved = await targets.target_of(empty_store, guild=1)
    assert saved is not None
    assert (saved.on, saved.off_reason) == (True, None)
    # Where the first channel is gone, nobody can have seen it there.
    assert [message.channel for message in discord.messages] == ([901] if "gone" in fault else [])
    clock.moment = COVERAGE - timedelta(minutes=30)
    await step(worker)
    assert discord.messages[-1].at == clock.now()


async def test_what_waits_for_its_turn_goes_where_its_settings_say_then(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    target = await wants(empty_store, clock, role=7)
    await step(worker)
    clock.moment = HOUR_BEFORE
    held = Held(worker)
    await worker.tick()
    await held.met.wait()
    await targets.save(empty_store, replace(target, channel=901, role=8), clock.now())
    await worker.tick()
    held.go.set()
    await worker.settled()
    await step(worker)
    assert [(message.channel, message.role) for message in discord.messages] == [(901, 8)]
    assert (await only(empty_store, target)).channel == 901


@pytest.mark.parametrize("change", ["off", "the lead", "the role"])
async def test_what_waits_for_its_turn_heeds_what_is_saved_meanwhile(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock, change: str
) -> None:
    target = await wants(empty_store, clock, role=7)
    await step(worker)
    clock.moment = HOUR_BEFORE
    held = Held(worker)
    await worker.tick()
    await held.met.wait()
    if change == "off":
        await targets.switch_off(empty_store, target.id, None)
    else:
        facts: Any = {"leads": (30,)} if change == "the lead" else {"role": None}
        await targets.save(empty_store, replace(target, **facts), clock.now())
    await worker.tick()
    held.go.set()
    await worker.settled()
    assert [message.role for message in discord.messages] == ([None] if change == "the role" else [])


CHANGED = {
    "moved": race_at(LATER),
    "put off": race_at(status=RaceStatus.POSTPONED),
    "called off": race_at(status=RaceStatus.CANCELLED),
    "as it was": race_at(COVERAGE + timedelta(minutes=9)),
}


@pytest.mark.parametrize("change", CHANGED)
async def test_a_reminder_of_a_race_that_moved_while_it_waited_is_not_sent(
    empty_store: Store, seasons: Seasons, worker: Worker, discord: FakeDiscord, clock: HandClock, change: str
) -> None:
    services: Any = Services(empty_store, seasons, clock)  # type: ignore[arg-type]
    worker.compose(NotificationKind.REMINDER, ReminderWriter(Router(services).as_of, empty_store).reminder)
    await wants(empty_store, clock, extras=Extras(changes=False))
    await step(worker)
    clock.moment = HOUR_BEFORE
    held = Held(worker)
    await worker.tick()
    await held.met.wait()
    seasons.put(CHANGED[change])
    # The planner sees it as well.
    await worker.tick()
    held.go.set()
    await worker.settled()
    assert len(discord.messages) == (change == "as it was")


async def test_a_race_put_off_to_a_new_time_is_reminded_of(
    empty_store: Store, worker: Worker, seasons: Seasons, discord: FakeDiscord, clock: HandClock
) -> None:
    services: Any = Services(empty_store, seasons, clock)  # type: ignore[arg-type]
    worker.compose(NotificationKind.REMINDER, ReminderWriter(Router(services).as_of, empty_store).reminder)
    await wants(empty_store, clock, extras=Extras(changes=False))
    await step(worker)
    put_off: Race = race_at(status=RaceStatus.POSTPONED)
    seasons.put(put_off)
    await step(worker)
    seasons.put(race_at(LATER, status=RaceStatus.POSTPONED))
    await step(worker)
    clock.moment = LATER - timedelta(hours=1)
    await step(worker)
    assert len(discord.messages) == 1


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
