"""The worker on a real store: one message, at its time, whatever happens on the way."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.outbox.contracts import BusyError, Post, RefusedError
from bot.outbox.worker import Worker
from db.connection import Store
from db.guilds import forget_guild
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
    race_at,
    step,
    view_of,
    wants,
)


async def test_at_three_one_message_is_in_the_channel(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    target = await wants(empty_store, clock, role=77)
    while clock.now() < HOUR_BEFORE - timedelta(seconds=20):
        await step(worker)
        clock.advance(minutes=5, seconds=-1)
    assert [row.notification.due_at for row in await upcoming(empty_store, target.id)] == [HOUR_BEFORE]
    assert discord.messages == []
    clock.moment = HOUR_BEFORE
    for _ in range(10):
        await step(worker)
        clock.advance(minutes=20)
    (message,) = discord.messages
    assert (message.channel, message.at, message.role) == (CHANNEL, HOUR_BEFORE, 77)
    row = await only(empty_store, target)
    assert (row.state, row.message, row.sent_at) == (RowState.SENT, message.id, HOUR_BEFORE)


async def test_a_person_gets_it_in_his_direct_messages(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    await wants(empty_store, clock, guild=None, channel=None, user=5)
    await step(worker)
    clock.moment = HOUR_BEFORE
    await step(worker)
    assert [message.channel for message in discord.messages] == [50]
    saved = await targets.target_of(empty_store, user=5)
    assert saved is not None
    assert saved.channel == 50


async def test_late_is_sent_while_it_helps_and_expires_after(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    first = await wants(empty_store, clock)
    await step(worker)
    clock.moment = COVERAGE - timedelta(seconds=1)
    await step(worker)
    assert len(discord.messages) == 1
    second = await wants(empty_store, clock, guild=2, leads=(0,))
    await step(worker)
    clock.moment = COVERAGE + timedelta(minutes=15)
    await step(worker)
    assert len(discord.messages) == 1
    assert (await only(empty_store, first)).state is RowState.SENT
    row = await only(empty_store, second)
    assert (row.state, row.reason) == (RowState.EXPIRED, "too late to be of use")


async def test_of_several_leads_overdue_at_once_the_latest_goes_out(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    target = await wants(empty_store, clock, leads=(60, 30, 15, 5))
    await step(worker)
    clock.moment = COVERAGE - timedelta(minutes=14)
    await step(worker)
    assert len(discord.messages) == 1
    rows = {row.notification.lead: (row.state, row.reason) for row in await recent(empty_store, target.id)}
    late = (RowState.EXPIRED, "superseded by a later reminder")
    assert rows == {60: late, 30: late, 15: (RowState.SENT, None)}
    clock.moment = COVERAGE - timedelta(minutes=5)
    await step(worker)
    assert len(discord.messages) == 2


async def test_a_channel_that_is_gone_switches_its_target_off(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    target = await wants(empty_store, clock, leads=(60, 30))
    await step(worker)
    discord.closed[CHANNEL] = RefusedError("the channel is gone", gone=True)
    clock.moment = HOUR_BEFORE
    await step(worker)
    saved = await targets.target_of(empty_store, guild=1)
    assert saved is not None
    assert (saved.on, saved.off_reason) == (False, "the channel is gone")
    assert (await only(empty_store, target)).reason == "the channel is gone"
    assert await upcoming(empty_store, target.id) == ()
    del discord.closed[CHANNEL]
    clock.moment = COVERAGE - timedelta(minutes=30)
    await step(worker)
    assert discord.messages == []


async def test_one_that_is_refused_leaves_the_target_on(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    target = await wants(empty_store, clock)
    await step(worker)
    clock.moment = HOUR_BEFORE
    discord.before.append(RefusedError("Discord refused it (400)"))
    await step(worker)
    assert (await only(empty_store, target)).state is RowState.FAILED
    saved = await targets.target(empty_store, target.id)
    assert saved is not None
    assert saved.on


async def test_what_did_not_get_through_goes_out_again(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    target = await wants(empty_store, clock)
    await step(worker)
    clock.moment = HOUR_BEFORE
    discord.before += [BusyError("Discord told me to slow down", 7), BusyError("cannot be reached", everywhere=True)]
    await step(worker)
    (row,) = await upcoming(empty_store, target.id)
    assert (row.state, row.retry_at, row.tried_at) == (RowState.PENDING, HOUR_BEFORE + timedelta(seconds=7), None)
    clock.advance(seconds=6)
    await step(worker)
    assert discord.requests == ["send"]
    for _ in range(20):
        clock.advance(seconds=1)
        await step(worker)
    assert (len(discord.messages), discord.requests) == (1, ["send", "send", "send", "sent"])


async def test_a_sent_row_is_never_sent_again_when_the_clock_is_set_back(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    await wants(empty_store, clock)
    await step(worker)
    clock.moment = HOUR_BEFORE
    await step(worker)
    for _ in range(4):
        clock.advance(minutes=-25)
        await step(worker)
    for _ in range(8):
        clock.advance(minutes=25)
        await step(worker)
    assert len(discord.messages) == 1


async def test_a_server_that_leaves_takes_its_rows_along(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    await wants(empty_store, clock)
    await wants(empty_store, clock, guild=2, channel=901)
    await step(worker)
    clock.moment = HOUR_BEFORE
    # Claimed, and the server leaves before it is marked.
    await worker.tick()
    await forget_guild(empty_store, 1)
    await worker.settled()
    await step(worker)
    left = await empty_store.fetch("SELECT t.guild_id FROM outbox o JOIN reminder_targets t ON t.id = o.target_id")
    assert [row[0] for row in left] == [2]
    assert [m.channel for m in discord.messages if m.channel == 901] == [901]


async def test_a_moved_race_moves_its_reminder_and_says_so(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock, seasons: Seasons
) -> None:
    target = await wants(empty_store, clock)
    await step(worker)
    seasons.put(race_at(COVERAGE + timedelta(hours=3)))
    await step(worker)
    rows = {row.notification.kind: row.notification for row in await upcoming(empty_store, target.id)}
    assert rows[NotificationKind.REMINDER].due_at == HOUR_BEFORE + timedelta(hours=3)
    assert rows[NotificationKind.CHANGE].detail["from"] == COVERAGE.isoformat()
    clock.moment = HOUR_BEFORE
    for _ in range(30):
        await step(worker)
        clock.advance(minutes=10)
    assert [message.at for message in discord.messages] == [HOUR_BEFORE, HOUR_BEFORE + timedelta(hours=3)]


async def test_a_fan_out_starts_early_enough_and_the_nearest_deadline_goes_first(
    empty_store: Store, seasons: Seasons, discord: FakeDiscord, clock: HandClock
) -> None:
    worker = make_worker(empty_store, seasons, discord, rate=1000)
    worker._limiter.rate = 2.0
    for guild in range(1, 21):
        await wants(empty_store, clock, guild=guild, channel=900 + guild)
    seasons.put(race_at(), race_at(COVERAGE - timedelta(minutes=2), 24))
    await step(worker)
    clock.moment = HOUR_BEFORE - timedelta(minutes=2, seconds=10)
    await step(worker)
    assert discord.messages == []
    clock.advance(seconds=1)
    await step(worker)
    nearest = [message.channel for message in discord.messages]
    assert sorted(nearest) == [900 + guild for guild in range(1, 21)]
    await worker.close(1)


async def test_a_fan_out_that_has_begun_goes_on_at_full_pace(
    empty_store: Store, seasons: Seasons, discord: FakeDiscord, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.outbox.worker.WAITING", 4)
    worker = make_worker(empty_store, seasons, discord, rate=1000)
    worker._limiter.rate = 2.0
    for guild in range(1, 21):
        await wants(empty_store, clock, guild=guild, channel=900 + guild)
    await step(worker)
    clock.moment = HOUR_BEFORE - timedelta(seconds=9)
    for number in range(1, 6):
        await step(worker)
        assert len(discord.messages) == 4 * number
    await worker.close(1)


async def test_after_the_clock_is_set_back_nothing_goes_out_early(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    await wants(empty_store, clock, leads=(60, 180))
    clock.moment = HOUR_BEFORE
    await step(worker)
    sent = len(discord.messages)
    clock.moment = COVERAGE - timedelta(hours=3, minutes=4)
    await wants(empty_store, clock, guild=2, channel=902, leads=(180,))
    await step(worker)
    await step(worker)
    assert len(discord.messages) == sent
    clock.advance(minutes=4)
    await step(worker)
    assert 902 in {message.channel for message in discord.messages}


async def test_one_slow_channel_holds_up_nobody(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    slow, four = asyncio.Event(), asyncio.Event()
    send = discord.send

    async def sending(channel: int, post: Post, nonce: str) -> int:
        if channel == CHANNEL:
            await slow.wait()
        number = await send(channel, post, nonce)
        if len(discord.messages) == 4:
            four.set()
        return number

    discord.send = sending  # type: ignore[method-assign]
    for guild in range(1, 6):
        await wants(empty_store, clock, guild=guild, channel=899 + guild)
    await step(worker)
    clock.moment = HOUR_BEFORE
    await worker.tick()
    await four.wait()
    await worker.tick()
    slow.set()
    await worker.settled()
    assert sorted(message.channel for message in discord.messages) == [900, 901, 902, 903, 904]


async def test_a_message_without_its_mark_is_not_sent(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    async def careless(_: OutboxRow, __: Target) -> Post:
        return Post(view_of("another"))

    worker.compose(NotificationKind.REMINDER, careless)
    target = await wants(empty_store, clock)
    await step(worker)
    clock.moment = HOUR_BEFORE
    for _ in range(12):
        await step(worker)
        clock.advance(minutes=1)
    assert discord.messages == []
    assert (await only(empty_store, target)).reason == "something went wrong on our end"


async def test_nothing_to_say_is_said_by_nobody(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    async def silent(_: OutboxRow, __: Target) -> None:
        return None

    worker.compose(NotificationKind.REMINDER, silent)
    target = await wants(empty_store, clock)
    await step(worker)
    clock.moment = HOUR_BEFORE
    await step(worker)
    assert discord.messages == []
    assert await upcoming(empty_store, target.id) == ()


async def test_settings_saved_while_a_row_is_due_lose_nothing(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    target = await wants(empty_store, clock)
    await step(worker)
    discord.ready = False
    clock.moment = HOUR_BEFORE + timedelta(seconds=5)
    await targets.save(empty_store, replace(target, role=5, extras=Extras(recap=True)), clock.now())
    await step(worker)
    discord.ready = True
    await step(worker)
    assert [message.role for message in discord.messages] == [5]


async def test_before_the_login_nothing_is_claimed(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    target = await wants(empty_store, clock)
    discord.ready = False
    clock.moment = datetime(2025, 10, 17, 19, 10, tzinfo=UTC)
    await targets.save(empty_store, target, clock.now())
    await step(worker)
    assert [row.state for row in await upcoming(empty_store, target.id)] == [RowState.PENDING]
    assert discord.requests == []


async def test_what_was_too_late_by_a_clock_that_was_ahead_is_sent_once_it_is_set_right(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    await wants(empty_store, clock)
    clock.moment = HOUR_BEFORE - timedelta(minutes=5)
    await step(worker)
    clock.moment = COVERAGE + timedelta(minutes=1)
    await step(worker)
    assert discord.messages == []
    clock.moment = HOUR_BEFORE - timedelta(minutes=4)
    await step(worker)
    clock.moment = HOUR_BEFORE
    await step(worker)
    assert [message.channel for message in discord.messages] == [CHANNEL]
