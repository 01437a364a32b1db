"""What changes between a claim and its turn: settings saved, targets repaired, races moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.interactions.router import Router
from bot.notifications.reminders import ReminderWriter
from bot.outbox.contracts import RefusedError, UnsureError
from bot.outbox.worker import Worker
from bot.services import Services
from db.connection import Store
from db.models import Race, RaceStatus
from db.reminders import targets
from db.reminders.models import Extras, NotificationKind
from tests.bot.outbox.standing import (
    CHANNEL,
    COVERAGE,
    HOUR_BEFORE,
    FakeDiscord,
    HandClock,
    Held,
    Seasons,
    only,
    race_at,
    step,
    wants,
)

LATER = COVERAGE + timedelta(hours=3)


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
