"""One process after another, two at once, a disk that is full, an orderly end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.outbox.contracts import Post, UnsureError
from bot.outbox.worker import Worker
from db.connection import Store
from db.errors import StoreError
from db.reminders.models import RowState
from db.reminders.outbox import recent, upcoming
from db.reminders.tidying import KEPT
from tests.bot.outbox.standing import (
    CHANNEL,
    COVERAGE,
    HOUR_BEFORE,
    FakeDiscord,
    HandClock,
    Seasons,
    make_worker,
    only,
    step,
    wants,
)


class Gate:
    """Holds up what is sent to some channels until it is opened."""

    def __init__(self, discord: FakeDiscord, *channels: int, after: bool = False) -> None:
        self.open, self.met = asyncio.Event(), asyncio.Event()
        self._send, self._channels, self._after = discord.send, channels, after
        discord.send = self.send  # type: ignore[method-assign]

    async def send(self, channel: int, post: Post, nonce: str) -> int:
        number = await self._send(channel, post, nonce) if self._after else 0
        if channel in self._channels:
            self.met.set()
            await self.open.wait()
        return number if self._after else await self._send(channel, post, nonce)


async def cut_off(worker: Worker) -> None:
    """Ends a worker without a word, as a crash does."""
    tasks = [task for task, _ in worker._tasks.values()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await worker._limiter.close()


@pytest.mark.parametrize("away", [3, 600])
@pytest.mark.parametrize("arrived", [True, False])
async def test_what_was_cut_off_is_settled_by_the_next_start_at_once(
    empty_store: Store, seasons: Seasons, discord: FakeDiscord, clock: HandClock, *, arrived: bool, away: int
) -> None:
    first = make_worker(empty_store, seasons, discord)
    target = await wants(empty_store, clock)
    await step(first)
    clock.moment = HOUR_BEFORE
    gate = Gate(discord, CHANNEL, after=arrived)
    await first.tick()
    await gate.met.wait()
    await cut_off(first)
    gate.open.set()
    clock.advance(seconds=away)
    second = make_worker(empty_store, seasons, discord)
    await step(second)
    clock.advance(seconds=1)
    await step(second)
    row = await only(empty_store, target)
    assert row.state is RowState.SENT
    assert len(discord.messages) == 1
    assert "history" in discord.requests
    await second.close(1)


async def test_two_processes_on_one_store_send_each_message_once(
    empty_store: Store, seasons: Seasons, discord: FakeDiscord, clock: HandClock
) -> None:
    for guild in range(1, 41):
        await wants(empty_store, clock, guild=guild, channel=900 + guild)
    async with await Store.open(empty_store.path) as twin:
        both = [make_worker(store, seasons, discord) for store in (empty_store, twin)]
        for worker in both:
            await step(worker)
        clock.moment = HOUR_BEFORE
        for _ in range(5):
            await asyncio.gather(*(worker.tick() for worker in both))
            await asyncio.gather(*(worker.settled() for worker in both))
            clock.advance(seconds=1)
        for worker in both:
            await worker.close(1)
    assert sorted(message.channel for message in discord.messages) == [900 + guild for guild in range(1, 41)]
    rows = await empty_store.fetch("SELECT state, count(*), count(DISTINCT message_id) FROM outbox GROUP BY state")
    assert [tuple(row) for row in rows] == [("sent", 40, 40)]


async def test_a_second_process_that_begins_meanwhile_doubles_nothing(
    empty_store: Store, seasons: Seasons, discord: FakeDiscord, clock: HandClock
) -> None:
    first = make_worker(empty_store, seasons, discord)
    await wants(empty_store, clock)
    await step(first)
    clock.moment = HOUR_BEFORE
    gate = Gate(discord, CHANNEL)
    await first.tick()
    await gate.met.wait()
    gate.open.set()
    async with await Store.open(empty_store.path) as twin:
        second = make_worker(twin, seasons, discord)
        await step(second)
        await first.settled()
        await second.close(1)
    await first.close(1)
    assert len(discord.messages) == 1


async def test_a_look_that_discord_does_not_answer_is_taken_again(
    empty_store: Store, seasons: Seasons, discord: FakeDiscord, clock: HandClock, tmp_path: Path
) -> None:
    """Nothing was sent, so that nothing may have arrived: the next attempt must not be taken for a second one."""
    worker = make_worker(empty_store, seasons, discord)
    await wants(empty_store, clock)
    await step(worker)
    await empty_store.backup(tmp_path / "backup.db")
    clock.moment = HOUR_BEFORE
    await step(worker)
    await worker.close(1)
    clock.advance(minutes=20)
    history, lost = discord.history, [UnsureError("Discord did not answer (503)")]

    async def failing(channel: int, **where: Any) -> Any:
        if lost:
            raise lost.pop()
        return await history(channel, **where)

    discord.history = failing  # type: ignore[method-assign]
    async with await Store.open(tmp_path / "backup.db") as restored:
        worker = make_worker(restored, seasons, discord)
        for _ in range(5):
            await step(worker)
            clock.advance(seconds=5)
        await worker.close(1)
    assert (len(discord.messages), lost) == (1, [])


async def test_direct_messages_that_could_not_be_opened_go_out_where_they_may_not_be_read(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    target = await wants(empty_store, clock, guild=None, channel=None, user=5)
    await step(worker)
    clock.moment = HOUR_BEFORE
    opened, lost = discord.open, [UnsureError("Discord did not answer (503)")] * 8

    async def failing(user: int) -> int:
        if lost:
            raise lost.pop()
        return await opened(user)

    discord.open = failing  # type: ignore[method-assign]
    for _ in range(60):
        await step(worker)
        clock.advance(seconds=10)
    assert len(discord.messages) == 1
    assert "history" not in discord.requests
    assert (await only(empty_store, target)).state is RowState.SENT


class FullStore(Store):
    """A store whose disk is full for a while."""

    full = False

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Any]:
        async with super().write() as connection:
            if self.full:
                raise StoreError("the store cannot be written: database or disk is full")
            yield connection


async def test_what_cannot_be_written_down_is_not_sent_again(
    tmp_path: Path, seasons: Seasons, discord: FakeDiscord, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    async with await FullStore.open(tmp_path / "full.db") as store:
        worker = make_worker(store, seasons, discord)
        target = await wants(store, clock)
        other = await wants(store, clock, guild=2, channel=901, leads=(30,))
        await step(worker)
        clock.moment = HOUR_BEFORE
        discord.after = [lambda: setattr(store, "full", True)]
        await worker.tick()
        with pytest.raises(StoreError):
            await worker.settled()
        for _ in range(35):
            clock.advance(minutes=1)
            await worker.tick()
        assert [message.channel for message in discord.messages] == [CHANNEL]
        assert len([r for r in caplog.records if "disk is full" in r.message]) == 1
        store.full = False
        await step(worker)
        await worker.close(1)
        row = await only(store, target)
        assert (row.state, row.sent_at, row.attempts) == (RowState.SENT, HOUR_BEFORE, 1)
        # What fell due meanwhile went out as soon as it could be claimed.
        assert (await only(store, other)).sent_at == HOUR_BEFORE + timedelta(minutes=35)
        assert [message.channel for message in discord.messages] == [CHANNEL, 901]


async def test_an_orderly_end_waits_for_what_is_under_way_and_gives_back_the_rest(
    empty_store: Store, seasons: Seasons, discord: FakeDiscord, clock: HandClock
) -> None:
    worker = make_worker(empty_store, seasons, discord)
    ids = [(await wants(empty_store, clock, guild=n, channel=900 + n)).id for n in range(3)]
    await step(worker)
    clock.moment = HOUR_BEFORE
    gate = Gate(discord, 900)
    let_go = worker._limiter.turn
    turns = 0

    async def turn(priority: Any) -> None:
        nonlocal turns
        turns += 1
        if turns > 1:
            await asyncio.Event().wait()
        await let_go(priority)

    worker._limiter.turn = turn  # type: ignore[method-assign]
    await worker.tick()
    await gate.met.wait()
    closing = asyncio.create_task(worker.close(5))
    await asyncio.sleep(0)
    gate.open.set()
    await closing
    states = [(await recent(empty_store, each) or await upcoming(empty_store, each))[0] for each in ids]
    assert [row.state for row in states] == [RowState.SENT, RowState.PENDING, RowState.PENDING]
    assert [row.tried_at for row in states[1:]] == [None, None]
    # And nothing more is begun.
    await worker.tick()
    assert len(discord.messages) == 1


async def test_what_does_not_arrive_in_time_is_left_to_the_next_start(
    empty_store: Store, seasons: Seasons, discord: FakeDiscord, clock: HandClock
) -> None:
    worker = make_worker(empty_store, seasons, discord)
    target = await wants(empty_store, clock)
    await step(worker)
    clock.moment = HOUR_BEFORE
    gate = Gate(discord, CHANNEL, after=True)
    await worker.tick()
    await gate.met.wait()
    await worker.close(0.01)
    (row,) = await upcoming(empty_store, target.id)
    assert row.state is RowState.CLAIMED
    gate.open.set()
    second = make_worker(empty_store, seasons, discord)
    await step(second)
    await second.close(1)
    assert len(discord.messages) == 1
    assert (await only(empty_store, target)).state is RowState.SENT


async def test_a_claim_nobody_remembers_is_found_again(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    """As where a tick is cut off between the claim and what was to come of it."""
    target = await wants(empty_store, clock)
    await step(worker)
    clock.moment = HOUR_BEFORE
    await step(worker)
    discord.messages.clear()
    async with empty_store.write() as connection:
        await connection.execute("UPDATE outbox SET state = 'claimed', sent_at = NULL, message_id = NULL")
    for _ in range(3):
        clock.advance(seconds=59)
        await step(worker)
        clock.advance(seconds=2)
    assert len(discord.messages) == 1
    assert (await only(empty_store, target)).state is RowState.SENT


async def test_a_turn_that_comes_too_late_is_not_taken(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    target = await wants(empty_store, clock)
    await step(worker)
    clock.moment = COVERAGE - timedelta(seconds=1)
    turn = worker._limiter.turn

    async def late(priority: Any) -> None:
        await turn(priority)
        clock.moment = COVERAGE

    worker._limiter.turn = late  # type: ignore[method-assign]
    await step(worker)
    await step(worker)
    assert discord.messages == []
    assert (await only(empty_store, target)).state is RowState.EXPIRED


async def test_a_young_one_whose_turn_comes_too_late_is_looked_for(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    target = await wants(empty_store, clock)
    await step(worker)
    clock.moment = HOUR_BEFORE
    discord.after.append(UnsureError("no answer"))
    await step(worker)
    clock.advance(seconds=100)
    turn = worker._limiter.turn

    async def late(priority: Any) -> None:
        await turn(priority)
        clock.advance(seconds=100)

    worker._limiter.turn = late  # type: ignore[method-assign]
    for _ in range(3):
        await step(worker)
    assert len(discord.messages) == 1
    row = await only(empty_store, target)
    assert (row.state, row.sent_at) == (RowState.SENT, HOUR_BEFORE)
    assert "history" in discord.requests


async def test_long_past_rows_are_tidied_away(empty_store: Store, worker: Worker, clock: HandClock) -> None:
    await wants(empty_store, clock)
    await step(worker)
    clock.moment = HOUR_BEFORE
    await step(worker)
    clock.advance(days=KEPT.days + 1)
    await worker.tidy()
    assert await empty_store.fetch("SELECT 1 FROM outbox") == []
