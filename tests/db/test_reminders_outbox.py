"""The outbox: claimed by one run, marked by the same, given up when too late; numbers that are never used twice."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from db.connection import Store
from db.reminders.earlier_rows import last_sent
from db.reminders.models import Notification, NotificationKind, OutboxRow, RowState, Target
from db.reminders.outbox import (
    LOOK_AGAIN_AFTER,
    ClaimedRow,
    DeliveryOutcome,
    expire,
    recent,
    reclaim,
    supersede,
    upcoming,
    write_ledger,
)
from db.reminders.second_messages import looked, to_look_at
from db.reminders.targets import save
from tests.db.outbox_rows import COVERAGE, DUE, MINUTE, add, add_many, claimed


async def lost(
    store: Store, run: str, now: datetime, *, first: bool = True, busy: tuple[int, ...] = ()
) -> list[ClaimedRow]:
    return await reclaim(store, run, now, busy, 100, patience=MINUTE, first=first)


@pytest.fixture
async def twin(empty_store: Store) -> AsyncIterator[Store]:
    """A second process on the same file."""
    async with await Store.open(empty_store.path) as opened:
        yield opened


async def test_two_processes_never_claim_the_same_row(empty_store: Store, twin: Store) -> None:
    numbers = await add_many(empty_store, 60)
    together = asyncio.Barrier(2)

    async def take(store: Store, run: str) -> list[int]:
        taken: list[int] = []
        for _ in range(10):
            await together.wait()
            taken += [job.row.id for job in await claimed(store, run, most=3)]
        return taken

    both = await asyncio.gather(take(empty_store, "a"), take(twin, "b"))
    assert sorted(both[0] + both[1]) == numbers


async def test_a_claim_is_committed_before_it_returns(empty_store: Store, target: int) -> None:
    number = await add(empty_store, target)
    (job,) = await claimed(empty_store)
    assert (job.row.id, job.row.tried_at, job.doubt, job.target.id) == (number, None, False, target)
    with sqlite3.connect(empty_store.path) as other:
        assert other.execute("SELECT state, claimed_by FROM outbox").fetchall() == [("claimed", "a")]
    other.close()


async def test_what_is_due_is_claimed_nearest_deadline_first(empty_store: Store, target: int) -> None:
    later = await add(empty_store, target, lead=120, event=COVERAGE + timedelta(hours=1))
    sooner = await add(empty_store, target, lead=60)
    await add(empty_store, target, lead=30)
    assert [job.row.id for job in await claimed(empty_store, most=1)] == [sooner]
    assert [job.row.id for job in await claimed(empty_store)] == [later]


async def test_only_who_claimed_it_marks_it(empty_store: Store, target: int) -> None:
    number = await add(empty_store, target)
    await claimed(empty_store, "a")
    await write_ledger(empty_store, "b", DUE, [], [DeliveryOutcome(number, RowState.FAILED, reason="not mine")])
    await write_ledger(
        empty_store, "a", DUE, [], [DeliveryOutcome(number, RowState.SENT, message=5, channel=900, at=DUE)]
    )
    await write_ledger(empty_store, "a", DUE, [], [DeliveryOutcome(number, RowState.FAILED, reason="too late")])
    (row,) = await recent(empty_store, target)
    assert (row.state, row.message, row.sent_at, row.reason) == (RowState.SENT, 5, DUE, None)


@pytest.mark.parametrize("doubt", [True, False])
async def test_what_is_given_back_remembers_whether_it_may_have_arrived(
    empty_store: Store, target: int, *, doubt: bool
) -> None:
    number = await add(empty_store, target)
    await claimed(empty_store)
    assert await write_ledger(empty_store, "a", DUE, [(number, 900)], []) == {number}
    await write_ledger(
        empty_store, "a", DUE, [], [DeliveryOutcome(number, RowState.PENDING, retry_at=DUE + MINUTE, doubt=doubt)]
    )
    assert await claimed(empty_store, now=DUE + MINUTE / 2) == []
    (job,) = await claimed(empty_store, now=DUE + MINUTE)
    assert (job.doubt, job.row.tried_at, job.row.tries, job.row.attempts) == (doubt, DUE if doubt else None, doubt, 2)


async def test_a_row_is_marked_with_the_moment_of_its_first_request_and_of_its_last(
    empty_store: Store, target: int
) -> None:
    number = await add(empty_store, target)
    await claimed(empty_store)
    for minutes in range(3):
        assert await write_ledger(empty_store, "a", DUE + minutes * MINUTE, [(number, 900)], []) == {number}
    assert await write_ledger(empty_store, "b", DUE, [(number, 900)], []) == set()
    (row,) = await upcoming(empty_store, target)
    assert (row.tried_at, row.last_tried_at, row.tries, row.channel) == (DUE, DUE + 2 * MINUTE, 3, 900)


@pytest.mark.parametrize(("tries", "looked_at"), [(1, []), (2, [1])])
async def test_what_was_sent_more_than_once_is_to_be_looked_at_again(
    empty_store: Store, target: int, tries: int, looked_at: list[int]
) -> None:
    number = await add(empty_store, target)
    await claimed(empty_store)
    await write_ledger(empty_store, "a", DUE, [(number, 900)] * tries, [])
    await write_ledger(empty_store, "a", DUE, [], [DeliveryOutcome(number, RowState.SENT, message=5, at=DUE)])
    assert await to_look_at(empty_store, DUE + LOOK_AGAIN_AFTER - MINUTE, [], 9) == []
    assert [row.id for row in await to_look_at(empty_store, DUE + LOOK_AGAIN_AFTER, [], 9)] == looked_at
    await looked(empty_store, number, 4, None)
    assert await to_look_at(empty_store, DUE + LOOK_AGAIN_AFTER, [], 9) == []
    assert [row.message for row in await recent(empty_store, target)] == [4]


@pytest.mark.parametrize("state", [RowState.FAILED, RowState.CANCELLED, RowState.EXPIRED])
async def test_so_is_what_was_given_up_but_not_what_is_still_to_be_settled(
    empty_store: Store, target: int, state: RowState
) -> None:
    number, look = await add(empty_store, target), DUE + LOOK_AGAIN_AFTER
    await claimed(empty_store)
    await write_ledger(empty_store, "a", DUE, [(number, 900)] * 2, [])
    assert await to_look_at(empty_store, look, [], 9) == []
    await write_ledger(empty_store, "a", DUE, [], [DeliveryOutcome(number, RowState.PENDING, doubt=True)])
    assert await to_look_at(empty_store, look, [], 9) == []
    await claimed(empty_store)
    await write_ledger(empty_store, "a", DUE, [], [DeliveryOutcome(number, state)])
    assert [row.id for row in await to_look_at(empty_store, look, [], 9)] == [number]
    await looked(empty_store, number, 4, None)
    assert await to_look_at(empty_store, look, [], 9) == []
    # Which message it was is known of what was sent alone.
    assert [tuple(row) for row in await empty_store.fetch("SELECT state, message_id FROM outbox")] == [(state, None)]


async def test_a_change_without_an_answer_is_remembered_until_there_is_one(empty_store: Store, target: int) -> None:
    number = await add(empty_store, target, kind="standings")
    await claimed(empty_store)
    assert await write_ledger(empty_store, "b", DUE, [], [], [number]) == set()
    assert await write_ledger(empty_store, "a", DUE, [], [], [number]) == {number}
    for outcome, unanswered in (
        (DeliveryOutcome(number, RowState.PENDING), DUE),
        (DeliveryOutcome(number, RowState.PENDING, changed=True, unanswered_at=DUE + MINUTE), DUE + MINUTE),
        (DeliveryOutcome(number, RowState.PENDING, changed=True), None),
    ):
        await write_ledger(empty_store, "a", DUE, [], [outcome])
        (row,) = await upcoming(empty_store, target)
        assert (row.state, row.unanswered_at) == (RowState.PENDING, unanswered)
        await claimed(empty_store)


async def test_where_it_may_have_arrived_it_is_tried_again_whatever_is_set_now(empty_store: Store, target: int) -> None:
    number = await add(empty_store, target)
    await claimed(empty_store)
    outcome = DeliveryOutcome(number, RowState.PENDING, doubt=True)
    await write_ledger(empty_store, "a", DUE, [(number, 900)], [outcome])
    await save(empty_store, Target(guild=1, channel=901), DUE)
    (job,) = await claimed(empty_store)
    assert (job.row.channel, job.target.channel) == (900, 901)


async def test_a_run_that_begins_takes_over_what_others_left(empty_store: Store, twin: Store, target: int) -> None:
    number = await add(empty_store, target)
    waiting = await add(empty_store, (await save(empty_store, Target(guild=2, channel=2), DUE)).id)
    await claimed(empty_store)
    await write_ledger(empty_store, "a", DUE, [(number, 900)], [])
    jobs = {job.row.id: job for job in await lost(twin, "b", DUE + MINUTE / 2)}
    # Only what was really being sent may have arrived; the other one was waiting for its turn.
    assert {key: (job.doubt, job.row.tried_at) for key, job in jobs.items()} == {
        number: (True, DUE),
        waiting: (False, None),
    }
    assert {job.row.claimed_by for job in jobs.values()} == {"b"}
    # What it has in hand itself is not lost, nor what another has just taken.
    assert await lost(twin, "b", DUE + 2 * MINUTE, busy=(number, waiting)) == []
    assert await lost(empty_store, "a", DUE + MINUTE, first=False) == []
    assert len(await lost(empty_store, "a", DUE + 2 * MINUTE, first=False)) == 2


async def test_a_claim_from_the_future_is_lost_too(empty_store: Store, target: int) -> None:
    number = await add(empty_store, target)
    await claimed(empty_store)
    back = DUE - timedelta(hours=1)
    assert [job.row.id for job in await lost(empty_store, "a", back, first=False)] == [number]


async def test_too_late_is_expired_unless_it_may_have_arrived(empty_store: Store, target: int) -> None:
    other = (await save(empty_store, Target(guild=2, channel=2), DUE)).id
    doubtful, never = await add(empty_store, target), await add(empty_store, other)
    await claimed(empty_store, most=1)
    outcome = DeliveryOutcome(doubtful, RowState.PENDING, doubt=True)
    await write_ledger(empty_store, "a", DUE, [(doubtful, 900)], [outcome])
    await expire(empty_store, COVERAGE - MINUTE)
    assert await recent(empty_store, other) == ()
    await expire(empty_store, COVERAGE)
    assert [(row.id, row.reason) for row in await recent(empty_store, other)] == [(never, "too late to be of use")]
    assert [row.id for row in await upcoming(empty_store, target)] == [doubtful]


async def test_of_several_overdue_the_latest_stays(empty_store: Store, target: int) -> None:
    for lead in (60, 30, 15, 5):
        await add(empty_store, target, lead)
    await supersede(empty_store, COVERAGE - timedelta(minutes=14))
    assert [row.notification.lead for row in await upcoming(empty_store, target)] == [15, 5]


@pytest.mark.parametrize(
    ("ahead", "sent"),
    [
        # After a day's outage, 89 minutes before: the one an hour ahead comes soon, and is the one that helps.
        (timedelta(minutes=89), []),
        # After an hour's: the one a day ahead is late, and the next one is far.
        (timedelta(hours=23), [1440]),
        # Halfway between the two both would be as far.
        (timedelta(minutes=750), []),
        (timedelta(minutes=751), [1440]),
    ],
)
async def test_one_so_late_that_the_next_is_nearer_gives_way_to_it(
    empty_store: Store, target: int, ahead: timedelta, sent: list[int]
) -> None:
    for lead in (1440, 60):
        await add(empty_store, target, lead)
    now = COVERAGE - ahead
    assert [job.row.notification.lead for job in await claimed(empty_store, now=now)] == sent
    assert 60 in [row.notification.lead for row in await upcoming(empty_store, target)]


async def test_what_a_dead_run_had_in_hand_gives_way_as_well(empty_store: Store, target: int) -> None:
    for lead in (60, 30):
        await add(empty_store, target, lead)
    assert [job.row.notification.lead for job in await claimed(empty_store, now=DUE)] == [60]
    assert await lost(empty_store, "b", COVERAGE - timedelta(minutes=39)) == []
    assert [row.notification.lead for row in await upcoming(empty_store, target)] == [30]


async def test_one_of_another_moment_is_not_what_it_gives_way_to(empty_store: Store, target: int) -> None:
    """The race was brought forward by twenty minutes, and its old reminder is out already."""
    number = await add(empty_store, target)
    await claimed(empty_store)
    await write_ledger(empty_store, "a", DUE, [], [DeliveryOutcome(number, RowState.SENT, at=DUE)])
    moved = await add(empty_store, target, event=COVERAGE - timedelta(minutes=20))
    assert [job.row.id for job in await claimed(empty_store, now=DUE + MINUTE)] == [moved]


async def test_a_number_is_never_used_twice(empty_store: Store, target: int) -> None:
    first = await add(empty_store, target)
    async with empty_store.write() as connection:
        await connection.execute("DELETE FROM outbox")
    assert await add(empty_store, target) == first + 1


async def test_a_thing_is_on_its_way_once_and_a_reminder_of_a_moment_made_once(empty_store: Store, target: int) -> None:
    number = await add(empty_store, target)
    with pytest.raises(sqlite3.IntegrityError):
        await add(empty_store, target, event=COVERAGE + timedelta(hours=3))
    await claimed(empty_store)
    await write_ledger(empty_store, "a", DUE, [], [DeliveryOutcome(number, RowState.SENT, at=DUE)])
    with pytest.raises(sqlite3.IntegrityError):
        await add(empty_store, target)
    await add(empty_store, target, event=COVERAGE + timedelta(hours=3))


async def test_a_target_of_no_use_is_switched_off_with_what_it_had_coming(empty_store: Store, target: int) -> None:
    number = await add(empty_store, target)
    await add(empty_store, target, lead=30)
    await claimed(empty_store)
    await write_ledger(
        empty_store,
        "a",
        DUE,
        [],
        [DeliveryOutcome(number, RowState.FAILED, reason="the channel is gone", switch_off=target)],
    )
    rows = await empty_store.fetch("SELECT state, reason FROM outbox ORDER BY id")
    assert [tuple(row) for row in rows] == [("failed", "the channel is gone"), ("cancelled", "the channel is gone")]


async def test_the_last_one_sent_is_found(empty_store: Store, target: int) -> None:
    assert await last_sent(empty_store, target, NotificationKind.STANDINGS) is None
    for lead, message in ((1, 71), (2, 72)):
        number = await add(empty_store, target, lead, "standings")
        await claimed(empty_store, now=COVERAGE)
        await write_ledger(
            empty_store, "a", DUE, [], [DeliveryOutcome(number, RowState.SENT, message=message, at=DUE + lead * MINUTE)]
        )
    found = await last_sent(empty_store, target, NotificationKind.STANDINGS)
    assert found is not None
    assert found.message == 72
    assert await last_sent(empty_store, target, NotificationKind.STANDINGS, 2024023) is None


def row_of(**facts: object) -> OutboxRow:
    values: dict[str, object] = {
        "target": 1, "kind": NotificationKind.REMINDER, "season": 2025, "round": 23, "session": "coverage", "lead": 60,
        "event_at": COVERAGE, "due_at": DUE, "until": COVERAGE,
    }  # fmt: skip
    number, place = facts.pop("id", 1), facts.pop("place", "g1")
    return OutboxRow(number, Notification(**{**values, **facts}), place)  # type: ignore[arg-type]


def test_a_mark_tells_all_apart_that_may_be_told_twice() -> None:
    rows = [
        row_of(),
        row_of(place="g2"),
        row_of(place="u1"),
        row_of(kind=NotificationKind.CHANGE),
        row_of(season=2026),
        row_of(round=24),
        row_of(session="practice"),
        row_of(lead=30),
        row_of(event_at=COVERAGE + MINUTE),
    ]
    assert max(Counter(row.mark for row in rows).values()) == 1
    # Neither the row's number nor the target's, which a restored store gives anew, nor when it is due.
    assert row_of(id=7, target=9, due_at=DUE + MINUTE).mark == row_of().mark
    assert row_of().mark == "qql6rjantnt2x2hd"


def test_a_nonce_is_a_number_and_a_mark_within_what_discord_takes() -> None:
    assert row_of(id=35).nonce == f"z-{row_of().mark[:10]}"
    assert row_of(id=0).nonce.startswith("0-")
    assert max(len(row_of(id=number).nonce) for number in (1, 36, 10**9, 2**63 - 1)) <= 25
