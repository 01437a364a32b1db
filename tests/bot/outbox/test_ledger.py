"""What is being sent is written down before it leaves, many rows at a time, and what became of it afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from bot.outbox.contracts import BusyError
from bot.outbox.ledger import Ledger
from bot.outbox.worker import Worker
from db.connection import Store
from db.errors import StoreError
from db.reminders.models import RowState
from db.reminders.outbox import DeliveryOutcome, recent, upcoming
from tests.bot.outbox.standing import HOUR_BEFORE, FakeDiscord, HandClock, only, step, wants
from tests.db.outbox_rows import DUE, add_many, claimed


@pytest.fixture
def ledger(empty_store: Store, clock: HandClock) -> Ledger:
    return Ledger(empty_store, "a", clock)


async def test_who_comes_together_is_written_together(empty_store: Store, ledger: Ledger, clock: HandClock) -> None:
    numbers = await add_many(empty_store, 30)
    await claimed(empty_store, "a")
    before = await commits(empty_store)
    marked = await asyncio.gather(*(ledger.mark(number, 900) for number in numbers))
    assert set(marked) == {clock.now()}
    # The first goes at once, and all who came meanwhile with the next.
    assert await commits(empty_store) - before <= 2


async def test_a_mark_is_committed_before_it_is_told(empty_store: Store, ledger: Ledger) -> None:
    (number,) = await add_many(empty_store, 1)
    await claimed(empty_store, "a")
    assert await ledger.mark(number, 900) is not None
    async with await Store.open(empty_store.path, readonly=True) as other:
        rows = await other.fetch("SELECT tries, channel_id FROM outbox")
    assert [tuple(row) for row in rows] == [(1, 900)]


async def test_a_row_of_another_run_is_not_marked(empty_store: Store, ledger: Ledger) -> None:
    (number,) = await add_many(empty_store, 1)
    await claimed(empty_store, "b")
    assert await ledger.mark(number, 900) is None
    assert await ledger.mark_change(number) is None


async def test_a_change_is_written_down_with_messages_that_leave(
    empty_store: Store, ledger: Ledger, clock: HandClock
) -> None:
    first, second = await add_many(empty_store, 2)
    await claimed(empty_store, "a")
    assert set(await asyncio.gather(ledger.mark(first, 900), ledger.mark_change(second))) == {clock.now()}
    rows = await empty_store.fetch("SELECT tries, unanswered_at IS NOT NULL FROM outbox ORDER BY id")
    assert [tuple(row) for row in rows] == [(1, 0), (0, 1)]


async def test_where_nothing_can_be_written_nobody_may_send_and_outcomes_are_kept(
    empty_store: Store, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await add_many(empty_store, 2)
    await claimed(empty_store, "a")
    with monkeypatch.context() as broken:
        broken.setattr(empty_store, "write", full)
        ledger.record(DeliveryOutcome(first, RowState.SENT, message=5, at=DUE))
        with pytest.raises(StoreError):
            await ledger.mark(second, 900)
        assert ledger.unrecorded == [first]
    await ledger.flush()
    assert ledger.unrecorded == []
    assert [row["message_id"] for row in await empty_store.fetch("SELECT * FROM outbox WHERE state = 'sent'")] == [5]


async def test_one_that_cannot_be_written_keeps_no_other_from_it(
    empty_store: Store, ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    first, second, third = await add_many(empty_store, 3)
    await claimed(empty_store, "a")
    ledger.record(DeliveryOutcome(first, RowState.SENT, message=2**64, at=DUE))
    ledger.record(DeliveryOutcome(second, RowState.SENT, message=6, at=DUE))
    assert await ledger.mark(third, 900) is not None
    assert ledger.unrecorded == []
    states = {row["id"]: row["state"] for row in await empty_store.fetch("SELECT id, state FROM outbox")}
    assert states == {first: "claimed", second: "sent", third: "claimed"}
    assert f"row {first} of the outbox is not known" in caplog.text


async def test_what_was_to_be_tried_later_is_tried_at_once_when_the_clock_is_set_back(
    empty_store: Store, worker: Worker, discord: FakeDiscord, clock: HandClock
) -> None:
    target = await wants(empty_store, clock)
    await step(worker)
    clock.moment = HOUR_BEFORE + timedelta(minutes=20)
    discord.before.append(BusyError("slow down", 45.0))
    await step(worker)
    assert [row.retry_at for row in await upcoming(empty_store, target.id)] == [clock.now() + timedelta(seconds=45)]
    clock.moment = HOUR_BEFORE + timedelta(minutes=5)
    await step(worker)
    assert (await only(empty_store, target)).sent_at == clock.now()
    assert len(await recent(empty_store, target.id)) == 1


@asynccontextmanager
async def full() -> AsyncIterator[Any]:
    """Begins no transaction."""
    raise StoreError("the store cannot be written: database or disk is full")
    yield


async def commits(store: Store) -> int:
    """A number that grows by one with each commit, as another connection sees it."""
    return await store.data_version()
