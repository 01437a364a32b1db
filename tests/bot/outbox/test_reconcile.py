"""Rows that may have arrived already: looked for, sent again, or given up for all to see."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.outbox.contracts import BusyError, InDoubt, Post, UnsureError
from bot.outbox.reconcile import TooMuchError, find
from bot.outbox.worker import Worker
from db.connection import Store
from db.reminders import targets
from db.reminders.models import RowState
from db.reminders.outbox import upcoming
from tests.bot.outbox.standing import (
    CHANNEL,
    HOUR_BEFORE,
    FakeDiscord,
    HandClock,
    Seasons,
    make_worker,
    only,
    step,
    view_of,
    wants,
)


@pytest.mark.parametrize("arrived", [True, False])
async def test_an_unsure_one_is_looked_for_before_it_is_sent_again(
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
    again = [] if arrived else ["send", "sent"]
    assert discord.requests == ["send", *(["sent"] if arrived else []), "history", *again]


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
    assert row.sent_at == HOUR_BEFORE + (timedelta(0) if arrived else timedelta(minutes=10))


@pytest.mark.parametrize("choice", InDoubt)
@pytest.mark.parametrize("how", ["empty", "refused", "too much"])
async def test_where_nobody_can_tell_the_operators_choice_decides_and_is_said(
    empty_store: Store, seasons: Seasons, discord: FakeDiscord, clock: HandClock, how: str, choice: InDoubt
) -> None:
    worker = make_worker(empty_store, seasons, discord, in_doubt=choice)
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
    saved = await targets.target(empty_store, target.id)
    assert saved is not None
    assert saved.on
    assert "as this bot's operator chose" in (row.reason or "")
    assert ("may be there twice" if choice is InDoubt.AGAIN else "may be missing") in (row.reason or "")
    clock.advance(minutes=10)
    await step(worker)
    if choice is InDoubt.AGAIN:
        assert row.state is RowState.SENT
        assert len(discord.carrying(row.mark)) == 1
    else:
        assert row.state is RowState.FAILED
        assert discord.carrying(row.mark) == []
    await worker.close(1)


async def test_until_the_gateway_has_told_of_the_server_an_empty_channel_is_waited_for(
    empty_store: Store, seasons: Seasons, discord: FakeDiscord, clock: HandClock
) -> None:
    clock.moment = HOUR_BEFORE - timedelta(seconds=1)
    worker = make_worker(empty_store, seasons, discord)
    target = await wants(empty_store, clock)
    await step(worker)
    clock.moment = HOUR_BEFORE
    discord.before.append(UnsureError("no answer"))
    discord.told = False
    for _ in range(6):
        await step(worker)
        clock.advance(seconds=5)
    (row,) = await upcoming(empty_store, target.id)
    assert row.state is RowState.PENDING
    discord.told = True
    for _ in range(6):
        clock.advance(seconds=10)
        await step(worker)
    assert len(discord.messages) == 1
    await worker.close(1)


async def test_if_nobody_ever_tells_whether_a_channel_can_be_read_the_reminder_is_not_late_for_it(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    target = await wants(empty_store, clock)
    await step(worker)
    clock.moment = HOUR_BEFORE
    discord.before.append(UnsureError("no answer"))
    discord.told = False
    await step(worker)
    clock.advance(seconds=50)
    await step(worker)
    assert len(discord.messages) == 1
    assert (await only(empty_store, target)).state is RowState.SENT


async def test_a_process_that_stood_still_before_its_request_left_finds_its_message_among_many(
    empty_store: Store, seasons: Seasons, discord: FakeDiscord, clock: HandClock
) -> None:
    worker = make_worker(empty_store, seasons, discord)
    target = await wants(empty_store, clock)
    await step(worker)
    clock.moment = HOUR_BEFORE
    send = discord.send

    async def late(channel: int, post: Post, nonce: str) -> int:
        discord.chatter(CHANNEL, 120)
        clock.advance(minutes=15)
        await send(channel, post, nonce)
        clock.advance(minutes=5)
        raise UnsureError("no answer")

    discord.send = late  # type: ignore[method-assign]
    await step(worker)
    discord.send = send  # type: ignore[method-assign]
    for _ in range(3):
        clock.advance(seconds=30)
        await step(worker)
    row = await only(empty_store, target)
    assert (row.state, len(discord.carrying(row.mark))) == (RowState.SENT, 1)
    await worker.close(1)


@pytest.mark.parametrize("hides", [False, True])
@pytest.mark.parametrize("fails", [False, True])
async def test_of_two_messages_the_newer_one_is_taken_away(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock, *, fails: bool, hides: bool
) -> None:
    """The first request arrives only after the second one, when Discord has forgotten its nonce.

    Where the history ``hides`` for a while, it is looked at once it may be read again.
    """
    target = await wants(empty_store, clock)
    await step(worker)
    clock.moment = HOUR_BEFORE
    discord.before.append(UnsureError("no answer"))
    await step(worker)
    clock.advance(seconds=10)
    await step(worker)
    row = await only(empty_store, target)
    (first,) = discord.carrying(row.mark)
    clock.advance(seconds=30)
    discord.messages.append(replace(first, id=first.id + (1 << 30), at=clock.now()))
    if fails:
        discord.delete_fails = [BusyError("later", 5.0)]
    discord.unreadable |= {CHANNEL} if hides else set()
    for half_minutes in range(40):
        clock.advance(seconds=30)
        if half_minutes == 20:
            discord.unreadable.clear()
        await step(worker)
    assert [message.id for message in discord.carrying(row.mark) if not message.deleted] == [first.id]
    assert (await only(empty_store, target)).message == first.id
    assert discord.requests.count("delete") == 1 + fails


@pytest.mark.parametrize(("before", "between"), [(960, 60), (0, 930), (90, 5)])
async def test_both_of_two_messages_are_found_however_many_others_stand_before_and_between_them(
    discord: FakeDiscord, clock: HandClock, before: int, between: int
) -> None:
    discord.chatter(CHANNEL, before, HOUR_BEFORE - timedelta(minutes=30))
    clock.moment = HOUR_BEFORE
    first = await discord.send(CHANNEL, Post(view_of("themark")), "1")
    discord.chatter(CHANNEL, between, HOUR_BEFORE)
    second = await discord.send(CHANNEL, Post(view_of("themark")), "2")
    clock.advance(minutes=3)
    assert await find(discord, at_once, CHANNEL, "themark", HOUR_BEFORE, clock.now(), direct=False) == [first, second]


@pytest.mark.parametrize("lines", [50, 1300])
async def test_with_a_clock_that_is_ahead_it_is_found_or_nobody_can_tell(
    discord: FakeDiscord, clock: HandClock, lines: int
) -> None:
    clock.moment = HOUR_BEFORE - timedelta(minutes=30)
    sent = await discord.send(CHANNEL, Post(view_of("themark")), "1")
    discord.chatter(CHANNEL, lines)
    clock.moment = HOUR_BEFORE
    search = find(discord, at_once, CHANNEL, "themark", HOUR_BEFORE, clock.now(), direct=False)
    if lines < 1000:
        assert await search == [sent]
    else:
        with pytest.raises(TooMuchError):
            await search


async def at_once() -> None:
    """Everybody's turn."""


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
