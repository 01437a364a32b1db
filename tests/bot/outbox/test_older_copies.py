"""A store that may be an older copy, put back: nothing it has not heard of is sent again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from db.connection import Store
from db.reminders.models import RowState
from db.reminders.outbox import recent
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
    wants,
)


@pytest.mark.parametrize(("away", "looked"), [(5, False), (40, True)])
async def test_a_run_that_follows_at_once_sends_the_rest_without_a_look_at_the_channels(
    empty_store: Store,
    seasons: Seasons,
    discord: FakeDiscord,
    clock: HandClock,
    monkeypatch: pytest.MonkeyPatch,
    *,
    away: int,
    looked: bool,
) -> None:
    monkeypatch.setattr("bot.outbox.worker.WAITING", 1)
    first = make_worker(empty_store, seasons, discord)
    for guild in range(1, 6):
        await wants(empty_store, clock, guild=guild, channel=900 + guild)
    await step(first)
    clock.moment = HOUR_BEFORE
    await step(first)
    await first.close(1)
    assert len(discord.messages) == 1
    clock.advance(seconds=away)
    second = make_worker(empty_store, seasons, discord)
    for _ in range(5):
        await step(second)
    await second.close(1)
    assert sorted(message.channel for message in discord.messages) == [901, 902, 903, 904, 905]
    assert ("history" in discord.requests) is looked


async def test_a_run_that_follows_at_once_on_an_older_copy_doubts_as_the_one_before_did(
    empty_store: Store,
    seasons: Seasons,
    discord: FakeDiscord,
    clock: HandClock,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    worker = make_worker(empty_store, seasons, discord)
    for guild in range(1, 6):
        await wants(empty_store, clock, guild=guild, channel=900 + guild)
    await step(worker)
    await empty_store.backup(tmp_path / "backup.db")
    clock.moment = HOUR_BEFORE
    await step(worker)
    await worker.close(1)
    clock.advance(minutes=10)
    monkeypatch.setattr("bot.outbox.worker.WAITING", 1)
    async with await Store.open(tmp_path / "backup.db") as restored:
        for _ in range(5):
            worker = make_worker(restored, seasons, discord)
            await step(worker)
            await worker.close(1)
            clock.advance(seconds=5)
    assert sorted(message.channel for message in discord.messages) == [901, 902, 903, 904, 905]


async def test_a_store_restored_from_a_backup_repeats_nothing(
    empty_store: Store, seasons: Seasons, discord: FakeDiscord, clock: HandClock, tmp_path: Path
) -> None:
    worker = make_worker(empty_store, seasons, discord)
    target = await wants(empty_store, clock, leads=(60, 30))
    person = await wants(empty_store, clock, guild=None, channel=None, user=5)
    await step(worker)
    await empty_store.backup(tmp_path / "backup.db")
    clock.moment = HOUR_BEFORE
    await step(worker)
    await worker.close(1)
    assert len(discord.messages) == 2
    clock.advance(minutes=10)
    async with await Store.open(tmp_path / "backup.db") as restored:
        # The numbers that the lost store went on to give are given again, to others.
        other = await wants(restored, clock, guild=3, channel=901, leads=(15,))
        worker = make_worker(restored, seasons, discord)
        for _ in range(40):
            await step(worker)
            clock.advance(minutes=1)
        await worker.close(1)
        sent = [message.channel for message in discord.messages]
        assert sorted(sent) == [50, CHANNEL, CHANNEL, 901]
        for found, row in zip(discord.messages, await recent(restored, person.id), strict=False):
            assert (row.state, row.sent_at) == (RowState.SENT, found.at)
        assert {row.state for row in await recent(restored, target.id)} == {RowState.SENT}
        assert len(await recent(restored, other.id)) == 1


async def test_a_restored_store_sends_where_it_may_not_look(
    empty_store: Store, seasons: Seasons, discord: FakeDiscord, clock: HandClock
) -> None:
    target = await wants(empty_store, clock)
    planner = make_worker(empty_store, seasons, discord)
    await step(planner)
    await planner.close(1)
    discord.unreadable.add(CHANNEL)
    clock.moment = HOUR_BEFORE + timedelta(minutes=1)
    worker = make_worker(empty_store, seasons, discord)
    await step(worker)
    await worker.close(1)
    assert (await only(empty_store, target)).state is RowState.SENT
    assert len(discord.messages) == 1


async def test_a_change_that_an_older_copy_knows_nothing_of_is_not_told_again_hours_later(
    empty_store: Store, seasons: Seasons, discord: FakeDiscord, clock: HandClock, tmp_path: Path
) -> None:
    clock.moment = COVERAGE - timedelta(days=1)
    await wants(empty_store, clock)
    worker = make_worker(empty_store, seasons, discord)
    await step(worker)
    await empty_store.backup(tmp_path / "backup.db")
    seasons.put(race_at(COVERAGE + timedelta(hours=3)))
    await step(worker)
    clock.advance(minutes=3)
    await step(worker)
    await worker.close(1)
    assert len(discord.messages) == 1
    clock.advance(hours=3)
    async with await Store.open(tmp_path / "backup.db") as restored:
        worker = make_worker(restored, seasons, discord)
        await step(worker)
        clock.advance(minutes=3)
        await step(worker)
        await worker.close(1)
    assert len(discord.messages) == 1
