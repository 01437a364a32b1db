"""A second message of what was sent twice is looked for, whatever becomes of its row and of later ones meanwhile."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.outbox.contracts import UnsureError
from bot.outbox.worker import Worker
from db.connection import Store
from db.models import RaceStatus
from db.reminders import targets
from db.reminders.models import RowState, Target
from tests.bot.outbox.standing import CHANNEL, HOUR_BEFORE, FakeDiscord, HandClock, Seasons, race_at, step, wants


async def sent_twice(store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock) -> Target:
    """A reminder is there twice, and its row still in doubt: neither request was answered."""
    target = await wants(store, clock)
    await step(worker)
    clock.moment = HOUR_BEFORE
    discord.before, discord.after = [UnsureError("no answer"), None], [UnsureError("no answer")]
    await step(worker)
    clock.advance(seconds=6)
    await step(worker)
    (first,) = discord.carrying("")
    # The first request lands only now, when Discord knows its nonce no longer.
    discord.messages.append(replace(first, id=first.id + 1))
    rows = await store.fetch("SELECT state, tries FROM outbox")
    assert [tuple(row) for row in rows] == [(RowState.PENDING, 2)]
    return target


async def given_up(what: str, store: Store, seasons: Seasons, clock: HandClock, target: Target) -> None:
    """Why a row that may have arrived is wanted no longer."""
    match what:
        case "postponed":
            seasons.put(race_at(status=RaceStatus.POSTPONED))
        case "called off":
            seasons.put(race_at(status=RaceStatus.CANCELLED))
        case "dropped":
            seasons.put()
        case "another lead":
            await targets.save(store, replace(target, leads=(15,)), clock.now())
        case "switched off":
            await targets.switch_off(store, target.id, None)


GIVEN_UP = ("postponed", "called off", "dropped", "another lead", "switched off")


@pytest.mark.parametrize("what", GIVEN_UP)
async def test_it_is_looked_for_though_the_row_was_given_up(
    empty_store: Store, seasons: Seasons, worker: Worker, discord: FakeDiscord, clock: HandClock, what: str
) -> None:
    target = await sent_twice(empty_store, worker, discord, clock)
    await given_up(what, empty_store, seasons, clock, target)
    for _ in range(16):
        await step(worker)
        clock.advance(seconds=10)
    assert [message.deleted for message in discord.messages if message.custom_ids][:2] == [False, True]
    # Once it was found, nobody asks again.
    asked = discord.requests.count("history")
    for _ in range(3):
        clock.advance(minutes=20)
        await step(worker)
    assert discord.requests.count("history") == asked


async def test_where_the_history_stays_hidden_it_is_looked_for_no_longer_than_an_hour(
    empty_store: Store, seasons: Seasons, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    target = await sent_twice(empty_store, worker, discord, clock)
    await given_up("postponed", empty_store, seasons, clock, target)
    discord.unreadable.add(CHANNEL)
    for _ in range(15):
        await step(worker)
        clock.advance(minutes=10)
    rows = await empty_store.fetch("SELECT state, look_again_at FROM outbox WHERE tries = 2")
    assert [tuple(row) for row in rows] == [(RowState.CANCELLED, None)]


async def test_one_that_was_sent_once_is_not_looked_for_when_it_is_given_up(
    empty_store: Store, seasons: Seasons, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    target = await wants(empty_store, clock)
    await step(worker)
    clock.moment = HOUR_BEFORE
    discord.before = [UnsureError("no answer")]
    await step(worker)
    await given_up("postponed", empty_store, seasons, clock, target)
    asked = discord.requests.count("history")
    for _ in range(3):
        clock.advance(minutes=3)
        await step(worker)
    assert discord.requests.count("history") == asked
