"""The quote of the day of an older store goes on as it was set, and no day is sent a second time."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.notifications.quote_of_the_day import plan_quotes
from db.connection import Store
from db.quotes.draws import draws_since
from db.reminders import plans, targets
from db.reminders.models import NotificationKind, Purpose, Subscription, Target
from db.reminders.outbox import upcoming

OLD = Path(__file__).parent / "stores" / "schema6.sql"
FRIDAY = datetime(2025, 10, 17, 20, tzinfo=UTC)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    path = tmp_path / "old.db"
    old = sqlite3.connect(path)
    old.executescript(OLD.read_text())
    old.close()
    async with await Store.open(path) as opened:
        yield opened


async def quotes_of(store: Store, guild: int) -> Target:
    found = await targets.target_of(store, guild=guild, purpose=Purpose.QUOTES)
    assert found is not None
    return found


async def test_settings_become_targets_at_nine(store: Store) -> None:
    on, off = await quotes_of(store, 42), await quotes_of(store, 43)
    assert (on.on, on.channel, on.extras.quote_hour, on.off_reason) == (True, 8, 9, None)
    assert (off.on, off.channel, off.off_reason) == (False, None, "the channel is gone")
    assert off.since == datetime(2025, 10, 16, 21, tzinfo=UTC)
    rows = await store.fetch(
        "SELECT kind, session, lead, delay, since FROM reminder_wishes WHERE target_id = ?", (on.id,)
    )
    assert [tuple(row) for row in rows] == [("quote", "09:00", 0, 0, "2025-10-02T00:00:00Z")]
    assert on.subscriptions == {Subscription(NotificationKind.QUOTE, "09:00")}


async def test_reminders_are_as_they_were(store: Store) -> None:
    (target,) = await store.fetch("SELECT id, guild_id, channel_id FROM reminder_targets WHERE purpose = 'reminders'")
    assert tuple(target) == (1, 42, 7)
    rows = await store.fetch("SELECT kind, lead FROM reminder_wishes WHERE target_id = 1")
    assert [tuple(row) for row in rows] == [("reminder", 30)]
    rows = await store.fetch("SELECT id, kind, state FROM outbox WHERE target_id = 1")
    assert [tuple(row) for row in rows] == [(1, "reminder", "sent")]
    assert [tuple(row) for row in await store.fetch("PRAGMA foreign_key_check")] == []


async def test_no_id_of_the_outbox_is_used_twice(store: Store) -> None:
    (row,) = await store.fetch("SELECT min(id) AS id FROM outbox WHERE kind = 'quote'")
    assert row["id"] > 90


async def test_days_that_were_begun_are_not_planned_again(store: Store) -> None:
    (everyone,) = await plans.targets_to_plan(store)
    async with store.write() as connection:
        await plans.apply(connection, await plan_quotes(connection, (), FRIDAY), FRIDAY, everyone)
    planned = {
        guild: [row.notification.round for row in await upcoming(store, (await quotes_of(store, guild)).id)]
        for guild in (42, 44)
    }
    # The 17th is the year's 290th day.
    assert planned == {42: [291], 44: [290, 291]}


async def test_a_server_that_switched_it_off_that_day_gets_no_second_one(store: Store) -> None:
    off = await quotes_of(store, 45)
    assert not off.on
    await targets.change(
        store,
        lambda _: Target(off.id, guild=45, channel=11, purpose=Purpose.QUOTES),
        FRIDAY,
        guild=45,
        purpose=off.purpose,
    )
    (everyone,) = await plans.targets_to_plan(store)
    async with store.write() as connection:
        await plans.apply(connection, await plan_quotes(connection, (), FRIDAY), FRIDAY, everyone)
    assert [row.notification.round for row in await upcoming(store, off.id)] == [291]


async def test_what_was_drawn_is_known(store: Store) -> None:
    drawn = await draws_since(store, 42, FRIDAY.date().replace(day=1))
    assert {day.day: quote for day, quote in drawn.items()} == {16: 1, 17: 2}
