"""What is long past is removed, portion by portion, and what is still needed stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from db.connection import Store
from db.reminders import tidying
from db.reminders.earlier_rows import last_sent
from db.reminders.models import NotificationKind, RowState, Target
from db.reminders.outbox import DeliveryOutcome, write_ledger
from db.reminders.targets import save
from db.reminders.tidying import tidy
from tests.db.outbox_rows import COVERAGE, DUE, add, claimed


async def test_what_is_long_past_is_removed_but_the_message_that_is_kept_current(
    empty_store: Store, target: int
) -> None:
    past = COVERAGE - timedelta(days=7)
    for kind, event in (("reminder", COVERAGE), ("event", COVERAGE), ("standings", past), ("standings", COVERAGE)):
        number = await add(empty_store, target, kind=kind, event=event)
        await claimed(empty_store)
        await write_ledger(empty_store, "a", DUE, [], [DeliveryOutcome(number, RowState.SENT, message=number, at=DUE)])
    await add(empty_store, target, lead=5)
    await tidy(empty_store, past + timedelta(days=59))
    assert len(await empty_store.fetch("SELECT 1 FROM outbox")) == 5
    await tidy(empty_store, COVERAGE + timedelta(days=61))
    rows = await empty_store.fetch("SELECT kind, state FROM outbox ORDER BY id")
    assert [tuple(row) for row in rows] == [("standings", "sent"), ("reminder", "pending")]
    kept = await last_sent(empty_store, target, NotificationKind.STANDINGS)
    assert kept is not None
    assert kept.message == 4


async def test_the_message_of_the_standings_is_known_though_later_ones_failed(empty_store: Store, target: int) -> None:
    for event, state in ((COVERAGE - timedelta(days=7), RowState.SENT), (COVERAGE, RowState.FAILED)):
        number = await add(empty_store, target, kind="standings", event=event)
        await claimed(empty_store)
        await write_ledger(
            empty_store,
            "a",
            DUE,
            [],
            [DeliveryOutcome(number, state, message=number if state is RowState.SENT else None, at=DUE)],
        )
    await tidy(empty_store, COVERAGE + timedelta(days=61))
    kept = await last_sent(empty_store, target, NotificationKind.STANDINGS)
    assert kept is not None
    assert kept.message == 1


async def test_of_the_standings_that_failed_nothing_is_kept(empty_store: Store, target: int) -> None:
    for edition, state in enumerate((RowState.SENT, RowState.FAILED, RowState.CANCELLED, RowState.EXPIRED), 1):
        number = await add(empty_store, target, edition, "standings")
        await claimed(empty_store, now=COVERAGE)
        at = DUE if state is RowState.SENT else None
        await write_ledger(empty_store, "a", DUE, [], [DeliveryOutcome(number, state, at=at)])
    await tidy(empty_store, COVERAGE + timedelta(days=61))
    assert [row["state"] for row in await empty_store.fetch("SELECT state FROM outbox")] == ["sent"]


async def test_a_person_whose_reminders_are_long_off_is_forgotten(empty_store: Store) -> None:
    long, later = COVERAGE + timedelta(days=61), COVERAGE + timedelta(days=30)
    on, off = [await save(empty_store, Target(user=user, on=user == 1), DUE) for user in (1, 2)]
    lately = await save(empty_store, Target(user=3, on=False), later)
    server = await save(empty_store, Target(guild=4, channel=1, on=False), DUE)
    # Switched off by us after the last that could not be delivered.
    failed = await save(empty_store, Target(user=5), DUE)
    number = await add(empty_store, failed.id, event=later)
    await claimed(empty_store, now=later)
    await write_ledger(
        empty_store, "a", DUE, [], [DeliveryOutcome(number, RowState.FAILED, reason="closed", switch_off=failed.id)]
    )
    await add(empty_store, off.id)
    await claimed(empty_store)
    await tidy(empty_store, long - timedelta(days=2))
    assert await left(empty_store) == [on.id, off.id, lately.id, server.id, failed.id]
    await write_ledger(empty_store, "a", DUE, [], [DeliveryOutcome(number + 1, RowState.SENT, at=DUE)])
    await tidy(empty_store, long)
    assert await left(empty_store) == [on.id, lately.id, server.id, failed.id]
    await tidy(empty_store, later + timedelta(days=61))
    assert await left(empty_store) == [on.id, server.id]


async def left(store: Store) -> list[int]:
    return [row["id"] for row in await store.fetch("SELECT id FROM reminder_targets ORDER BY id")]


async def test_what_is_past_is_removed_portion_by_portion(
    empty_store: Store, target: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tidying, "PORTION", 2)
    for lead in range(5):
        await add(empty_store, target, lead)
    async with empty_store.write() as connection:
        await connection.execute("UPDATE outbox SET state = 'failed'")
    writes = 0
    real = empty_store.write

    def write() -> Any:
        nonlocal writes
        writes += 1
        return real()

    monkeypatch.setattr(empty_store, "write", write)
    await tidy(empty_store, COVERAGE + timedelta(days=61))
    assert await empty_store.fetch("SELECT 1 FROM outbox") == []
    assert writes == 5  # one for quotes, three portions of the rest, one for people and changes


async def test_quotes_of_the_day_are_kept_for_a_week(empty_store: Store, target: int) -> None:
    for kind in ("quote", "reminder"):
        await add(empty_store, target, kind=kind)
    async with empty_store.write() as connection:
        await connection.execute("UPDATE outbox SET state = 'failed'")
    await tidy(empty_store, COVERAGE + timedelta(days=8))
    assert [row["kind"] for row in await empty_store.fetch("SELECT kind FROM outbox")] == ["reminder"]
