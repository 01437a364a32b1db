"""A clock that was ahead and is set back: what it gave up is weighed anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.outbox.contracts import UnsureError
from bot.outbox.worker import Worker
from db.connection import Store
from db.reminders.models import RowState
from tests.bot.outbox.standing import COVERAGE, FakeDiscord, HandClock, only, step, wants


async def test_what_a_clock_that_was_ahead_took_for_outdone_is_weighed_anew(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    target = await wants(empty_store, clock, leads=(60, 15))
    await step(worker)
    clock.moment = COVERAGE - timedelta(minutes=36)
    await step(worker)
    assert discord.messages == []
    assert (await only(empty_store, target)).reason == "superseded by a later reminder"
    clock.moment = COVERAGE - timedelta(minutes=58)
    await step(worker)
    await step(worker)
    assert [message.at for message in discord.messages] == [clock.now()]
    clock.moment = COVERAGE - timedelta(minutes=15)
    await step(worker)
    assert len(discord.messages) == 2


async def test_one_that_a_later_one_has_outdone_does_not_come_back_with_the_clock(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    await wants(empty_store, clock, leads=(60, 15))
    await step(worker)
    for moment in (36, 15, 56, 55, 15):
        clock.moment = COVERAGE - timedelta(minutes=moment)
        await step(worker)
    assert len(discord.messages) == 1


async def test_one_whose_moment_comes_again_is_sent_although_a_later_one_is_out(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    await wants(empty_store, clock, leads=(60, 15))
    await step(worker)
    for moment in (15, 61, 60):
        clock.moment = COVERAGE - timedelta(minutes=moment)
        await step(worker)
    assert [message.at for message in discord.messages] == [COVERAGE - timedelta(minutes=moment) for moment in (15, 60)]


async def test_what_a_clock_that_was_ahead_began_is_not_begun_early_once_more(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    first = await wants(empty_store, clock, leads=(60,))
    await step(worker)
    clock.moment = COVERAGE - timedelta(minutes=60)
    await step(worker)
    assert len(discord.messages) == 1
    await wants(empty_store, clock, guild=2, channel=902, leads=(60,))
    for minute in range(70, 59, -1):
        clock.moment = COVERAGE - timedelta(minutes=minute)
        await step(worker)
    assert [message.at for message in discord.messages] == [COVERAGE - timedelta(minutes=60)] * 2
    assert (await only(empty_store, first)).state is RowState.SENT


async def test_a_second_message_is_looked_for_two_minutes_on_whatever_the_clock_said(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    target = await wants(empty_store, clock, leads=(60,))
    await step(worker)
    clock.moment = COVERAGE - timedelta(minutes=60)
    discord.before.append(UnsureError("no answer"))
    await step(worker)
    clock.advance(seconds=40)
    await step(worker)
    (sent,) = discord.messages
    # The first request arrives after all, and then the clock is set back.
    discord.messages.append(replace(sent, id=sent.id + 1))
    assert (await only(empty_store, target)).state is RowState.SENT
    clock.moment = COVERAGE - timedelta(minutes=75)
    await step(worker)
    clock.advance(minutes=2)
    await step(worker)
    assert [message.deleted for message in discord.messages] == [False, True]
