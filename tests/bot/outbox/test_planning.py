"""Planning for many servers: those whose settings changed at once, all of them some at a time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.outbox.worker import Worker
from db.connection import Store
from db.errors import StoreError
from db.reminders import plans, targets
from db.reminders.outbox import upcoming
from tests.bot.outbox.standing import COVERAGE, FakeDiscord, HandClock, Seasons, race_at, step, wants


async def test_planning_for_many_lets_others_write_between_some_and_the_next(
    empty_store: Store, worker: Worker, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plans, "TARGETS_AT_ONCE", 2)
    wanted = [await wants(empty_store, clock, guild=n, channel=900 + n) for n in range(1, 6)]
    together: list[int] = []

    async def applying(*args: Any) -> plans.PlanCounts:
        together.append(len(args[-1]))
        if len(together) == 2:
            raise StoreError("the disk is full")
        return await apply(*args)

    apply = plans.apply
    monkeypatch.setattr(plans, "apply", applying)
    await step(worker)
    assert [len(await upcoming(empty_store, each.id)) for each in wanted] == [1, 1, 0, 0, 0]
    await step(worker)
    assert together == [2, 2, 2, 2, 1]
    assert [len(await upcoming(empty_store, each.id)) for each in wanted] == [1] * 5


async def test_a_press_is_planned_for_who_pressed_and_the_rest_looked_over_in_its_time(
    empty_store: Store,
    worker: Worker,
    discord: FakeDiscord,
    clock: HandClock,
    seasons: Seasons,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At ten thousand servers, planning for all of them would hold up whoever presses next for a second."""
    looked: list[int | None] = []

    async def looking(store: Store, since: int | None = None, kinds: Collection[str] | None = None) -> list[list[int]]:
        looked.append(since)
        return await targets_to_plan(store, since, kinds)

    targets_to_plan = plans.targets_to_plan
    monkeypatch.setattr(plans, "targets_to_plan", looking)
    first, second = [await wants(empty_store, clock, guild=n, channel=900 + n, leads=(60, 15)) for n in (1, 2)]
    await step(worker)
    before = await targets.settings_version(empty_store)
    await targets.save(empty_store, replace(first, leads=(30,)), clock.now())
    await targets.switch_off(empty_store, second.id, None)
    for _ in range(9):
        await step(worker)
        clock.advance(seconds=30)
    assert looked == [None, before]
    assert [row.notification.lead for row in await upcoming(empty_store, first.id)] == [30]
    assert await upcoming(empty_store, second.id) == ()
    # What was dealt with may have stood in the way of another: that is seen within a minute, however many press.
    clock.moment = COVERAGE - timedelta(minutes=30)
    for _ in range(2):
        await step(worker)
    looked.clear()
    for lead in (15, 5):
        await targets.save(empty_store, replace(first, leads=(30, lead)), clock.now())
        await step(worker)
        clock.advance(seconds=25)
    assert None not in looked
    for _ in range(2):
        clock.advance(seconds=25)
        await step(worker)
    assert looked[2:] == [None]
    seasons.put(race_at(COVERAGE + timedelta(hours=1)))
    await step(worker)
    assert looked[3:] == [None]
    assert len(discord.messages) == 1
