"""A place that takes nothing for a while: tried again at growing distances, told of once, and back by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.outbox.contracts import Post, RefusedError, UnsureError
from bot.outbox.worker import Worker
from db.connection import Store
from db.reminders import targets
from db.reminders.models import NotificationKind, OutboxRow, RowState, Target
from db.reminders.outbox import DeliveryOutcome, recent, upcoming, write_ledger
from tests.bot.outbox.standing import (
    CHANNEL,
    COVERAGE,
    HOUR_BEFORE,
    FakeDiscord,
    HandClock,
    Seasons,
    make_worker,
    plain,
    race_at,
    step,
    wants,
)

OWNER = 42
WHY = "I'm missing a permission in the channel"
BARRED = RefusedError(WHY, barred=True)
QUARTER, HOUR = timedelta(minutes=15), timedelta(hours=1)


@pytest.fixture
def worker(empty_store: Store, seasons: Seasons, discord: FakeDiscord) -> Worker:
    """One that knows the owner of every server."""
    made = make_worker(empty_store, seasons, discord)
    made.compose(NotificationKind.TROUBLE, plain, lambda _: OWNER)
    return made


async def now_set(store: Store) -> Target:
    target = await targets.target_of(store, guild=1)
    assert target is not None
    return target


def said_in(discord: FakeDiscord, channel: int) -> list[datetime]:
    return [message.at for message in discord.messages if message.channel == channel]


async def pass_until(worker: Worker, clock: HandClock, moment: datetime, steps: timedelta = QUARTER) -> None:
    """Lets the worker look at every so many minutes, up to a moment."""
    while clock.moment < moment:
        clock.moment = min(moment, clock.moment + steps)
        await step(worker)
        await step(worker)


async def test_one_refusal_that_passes_delays_a_reminder_and_nothing_else(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    target = await wants(empty_store, clock, leads=(60, 5))
    await step(worker)
    clock.moment = HOUR_BEFORE
    discord.closed[CHANNEL] = BARRED
    await step(worker)
    trouble = (await now_set(empty_store)).trouble
    assert trouble is not None
    assert (trouble.since, trouble.reason, trouble.again) == (HOUR_BEFORE, WHY, HOUR_BEFORE + QUARTER)
    asked = len(discord.requests)
    await step(worker)
    # The owner is told, and the channel is left alone until then.
    assert discord.requests[asked:] == ["open", "send", "sent"]
    clock.advance(minutes=5)
    await step(worker)
    assert len(discord.requests) == asked + 3
    discord.closed.clear()
    await pass_until(worker, clock, HOUR_BEFORE + QUARTER)
    assert said_in(discord, CHANNEL) == [HOUR_BEFORE + QUARTER]
    assert (await now_set(empty_store)).trouble is None
    await pass_until(worker, clock, COVERAGE, timedelta(minutes=5))
    assert said_in(discord, CHANNEL) == [HOUR_BEFORE + QUARTER, COVERAGE - timedelta(minutes=5)]
    assert said_in(discord, OWNER * 10) == [HOUR_BEFORE]
    assert {row.state for row in await recent(empty_store, target.id, 9)} == {RowState.SENT}


async def test_what_is_too_late_meanwhile_expires_and_the_next_race_is_reminded_of(
    empty_store: Store, worker: Worker, seasons: Seasons, discord: FakeDiscord, clock: HandClock
) -> None:
    target = await wants(empty_store, clock, leads=(60,))
    next_week = COVERAGE + timedelta(days=7)
    seasons.put(race_at(), race_at(next_week, 24))
    discord.closed[CHANNEL] = BARRED
    await step(worker)
    clock.moment = HOUR_BEFORE
    await step(worker)
    await pass_until(worker, clock, COVERAGE + QUARTER)
    (row,) = [each for each in await recent(empty_store, target.id) if each.notification.kind == "reminder"]
    assert row.state is RowState.EXPIRED
    discord.closed.clear()
    clock.moment = next_week - HOUR
    await step(worker)
    assert said_in(discord, CHANNEL) == [next_week - HOUR]
    assert len(said_in(discord, OWNER * 10)) == 1


async def test_the_distances_grow_and_after_two_weeks_it_is_given_up(empty_store: Store, clock: HandClock) -> None:
    target = await wants(empty_store, clock)
    begin, tries, now = clock.moment, [], clock.moment
    async with empty_store.write() as connection:
        await connection.execute(
            "INSERT INTO outbox (target_id, kind, subject, season, round, session, lead, event_at, due_at, until, "
            "detail) VALUES (?, 'quote', 2025001, 2025, 1, '09:00', 0, ?, ?, ?, '{}')",
            (target.id, *["2025-10-17T16:00:00Z"] * 3),
        )
    while (await now_set(empty_store)).on:
        refused = DeliveryOutcome(1, RowState.PENDING, reason=WHY, refused=target.id, tried=CHANNEL)
        # Those of one moment count once.
        for seconds in (0, 1):
            await write_ledger(empty_store, "a", now + timedelta(seconds=seconds), [], [refused])
        tries.append(now - begin)
        trouble = (await now_set(empty_store)).trouble
        now = trouble.again if trouble is not None else now
    first, second, third, *daily = tries
    assert (first, second, third) == (timedelta(0), QUARTER, QUARTER + HOUR)
    assert daily == [QUARTER + HOUR * 7 + timedelta(days=day) for day in range(15)]
    off = await now_set(empty_store)
    assert (off.off_reason, off.trouble) == (WHY, None)


@pytest.mark.parametrize("what", ["another channel", "off and on"])
async def test_who_sees_to_it_need_not_wait(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock, what: str
) -> None:
    await wants(empty_store, clock)
    await step(worker)
    clock.moment = HOUR_BEFORE
    discord.closed[CHANNEL] = BARRED
    await step(worker)
    clock.advance(minutes=1)
    held = await now_set(empty_store)
    if what == "another channel":
        await targets.save(empty_store, replace(held, channel=901), clock.now())
    else:
        discord.closed.clear()
        await targets.save(empty_store, replace(held, leads=(60, 0)), clock.now())
        assert (await now_set(empty_store)).trouble is not None, "other settings change nothing"
        await targets.save(empty_store, replace(held, on=False), clock.now())
        await targets.save(empty_store, replace(held, on=True, leads=(30,)), clock.now())
        clock.moment = COVERAGE - HOUR / 2
    await step(worker)
    assert (await now_set(empty_store)).trouble is None
    assert said_in(discord, 901 if what == "another channel" else CHANNEL) == [clock.now()]


async def test_an_owner_who_takes_no_messages_is_not_asked_again(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    target = await wants(empty_store, clock, leads=(60, 30))
    await step(worker)
    clock.moment = HOUR_BEFORE
    discord.closed |= {CHANNEL: BARRED, OWNER * 10: RefusedError("your DMs are closed to me", barred=True)}
    await step(worker)
    await step(worker)
    discord.closed = {CHANNEL: BARRED}
    await pass_until(worker, clock, COVERAGE)
    assert discord.messages == []
    assert (await now_set(empty_store)).on
    told = [row for row in await recent(empty_store, target.id, 9) if row.notification.kind == "trouble"]
    assert [(row.state, row.reason) for row in told] == [(RowState.FAILED, "your DMs are closed to me")]


async def test_the_word_to_the_owner_is_looked_for_like_any_message(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    """Its answer is lost, and the channel of the owner's direct messages is where it is looked for."""
    await wants(empty_store, clock)
    await step(worker)
    clock.moment = HOUR_BEFORE
    discord.closed[CHANNEL] = BARRED
    await step(worker)
    discord.after = [UnsureError("the answer was lost")]
    await step(worker)
    clock.advance(minutes=4)
    await step(worker)
    await step(worker)
    assert len(said_in(discord, OWNER * 10)) == 1
    assert "history" in discord.requests


async def test_what_may_have_arrived_stays_in_doubt(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    """Its answer was lost, then the channel was closed, and it was there all along."""
    target = await wants(empty_store, clock)
    await step(worker)
    clock.moment = HOUR_BEFORE
    discord.after = [UnsureError("the answer was lost")]
    await step(worker)
    discord.closed[CHANNEL] = BARRED
    clock.advance(seconds=10)
    await step(worker)
    (row,) = [each for each in await upcoming(empty_store, target.id) if each.notification.kind == "reminder"]
    assert row.tried_at == HOUR_BEFORE
    discord.closed.clear()
    await pass_until(worker, clock, HOUR_BEFORE + 2 * QUARTER)
    assert said_in(discord, CHANNEL) == [HOUR_BEFORE]


async def test_a_person_whose_direct_messages_are_closed_is_tried_again_and_nobody_told(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    await targets.save(empty_store, Target(user=5, leads=(60,)), clock.now())
    await step(worker)
    discord.closed[50] = RefusedError("your DMs are closed to me", barred=True)
    clock.moment = HOUR_BEFORE
    await step(worker)
    discord.closed.clear()
    await pass_until(worker, clock, HOUR_BEFORE + QUARTER)
    assert [message.channel for message in discord.messages] == [50]
    person = await targets.target_of(empty_store, user=5)
    assert person is not None
    assert (person.on, person.trouble) == (True, None)


async def test_what_falls_due_while_it_waits_waits_as_well(
    empty_store: Store, worker: Worker, seasons: Seasons, discord: FakeDiscord, clock: HandClock
) -> None:
    """A change of the schedule that is noticed meanwhile is no reason to ask before the time."""
    await wants(empty_store, clock)
    await step(worker)
    clock.moment = HOUR_BEFORE
    discord.closed[CHANNEL] = BARRED
    await step(worker)
    await step(worker)
    asked = len(discord.requests)
    seasons.put(race_at(COVERAGE + 3 * HOUR))
    await pass_until(worker, clock, HOUR_BEFORE + QUARTER - timedelta(minutes=1), timedelta(minutes=2))
    assert len(discord.requests) == asked
    discord.closed.clear()
    await pass_until(worker, clock, HOUR_BEFORE + QUARTER)
    assert said_in(discord, CHANNEL) == [HOUR_BEFORE + QUARTER]


async def test_a_message_that_could_be_changed_does_not_end_the_trouble(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    """Without the permission to post one may still change what stands there; the owner need not be told once more."""

    async def last_is_an_edit(row: OutboxRow, target: Target) -> Post:
        post = await plain(row, target)
        return replace(post, edit=discord.messages[0].id) if row.notification.lead == 15 else post

    worker.compose(NotificationKind.REMINDER, last_is_an_edit)
    await wants(empty_store, clock, leads=(180, 30, 15, 0))
    await step(worker)
    await pass_until(worker, clock, COVERAGE - 3 * HOUR)
    discord.closed[CHANNEL] = BARRED
    await pass_until(worker, clock, COVERAGE)
    assert "edited" in discord.requests
    trouble = (await now_set(empty_store)).trouble
    assert trouble is not None
    assert trouble.since == COVERAGE - 2 * QUARTER
    assert len(said_in(discord, CHANNEL)) == 1
    assert said_in(discord, OWNER * 10) == [COVERAGE - 2 * QUARTER]
