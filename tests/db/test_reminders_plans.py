"""Planning in the store: who gets what, and planning twice is planning once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from db.connection import Store
from db.reminders import plans, targets
from db.reminders.models import (
    RACE,
    Extras,
    NotificationKind,
    PlannedNotification,
    RowState,
    SeenRace,
    Target,
    WeekendSession,
)
from db.reminders.outbox import DeliveryOutcome, claim, upcoming, write_ledger
from db.reminders.plans import PlanCounts, apply, targets_to_plan
from db.reminders.race_day import RaceDay, RacePost
from db.reminders.targets import save, switch_off

NOON = datetime(2025, 10, 17, 16, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LEADS = (180, 60, 5, 0)
NOTHING = PlanCounts(0, 0, 0)


def reminders(number: int, event: datetime, now: datetime = NOON) -> list[PlannedNotification]:
    """The reminders of a race at a moment."""
    found = []
    for lead in LEADS:
        until = event if lead else event + 15 * MINUTE
        if until > now:
            found.append(
                PlannedNotification(
                    NotificationKind.REMINDER,
                    2025,
                    number,
                    WeekendSession.COVERAGE,
                    lead,
                    event,
                    event - lead * MINUTE,
                    until,
                )
            )
    return found


def results(known: datetime, lead: int = 0) -> PlannedNotification:
    return PlannedNotification(
        NotificationKind.RESULTS, 2025, 22, RACE, lead, known, known, known + timedelta(hours=48)
    )


async def plan(
    store: Store, slots: Iterable[PlannedNotification], now: datetime = NOON, since: int | None = None
) -> PlanCounts:
    slots, counts = list(slots), PlanCounts()
    for some in await targets_to_plan(store, since):
        async with store.write() as connection:
            counts += await apply(connection, slots, now, some)
    return counts


async def deal(store: Store, now: datetime, state: RowState, most: int = 100) -> None:
    """Deals with what is due."""
    at = now if state is RowState.SENT else None
    jobs = await claim(store, "a", now, now, most)
    if state is RowState.PENDING:
        await write_ledger(store, "a", now, [(job.row.id, 9) for job in jobs], [])
    await write_ledger(
        store,
        "a",
        now,
        [],
        [DeliveryOutcome(job.row.id, state, at=at, doubt=state is RowState.PENDING) for job in jobs],
    )


@pytest.fixture
async def target(empty_store: Store) -> Target:
    return await save(empty_store, Target(guild=1, channel=9, leads=(180, 60)), NOON)


EVENT = NOON + timedelta(hours=4)


async def test_a_moved_race_moves_what_is_pending(empty_store: Store, target: Target) -> None:
    assert await plan(empty_store, reminders(23, EVENT)) == PlanCounts(2, 0, 0)
    before = await upcoming(empty_store, target.id)
    assert await plan(empty_store, reminders(23, EVENT + MINUTE)) == PlanCounts(0, 2, 0)
    after = await upcoming(empty_store, target.id)
    assert [row.id for row in after] == [row.id for row in before]
    assert [row.notification.event_at for row in after] == [EVENT + MINUTE] * 2


async def test_what_is_not_wanted_any_more_is_cancelled(empty_store: Store, target: Target) -> None:
    await plan(empty_store, reminders(23, EVENT))
    await save(empty_store, replace(target, leads=(60,)), NOON)
    assert await plan(empty_store, reminders(23, EVENT)) == PlanCounts(0, 0, 1)
    assert await plan(empty_store, []) == PlanCounts(0, 0, 1)
    assert await plan(empty_store, reminders(23, EVENT)) == PlanCounts(1, 0, 0)


@pytest.mark.parametrize(("moved", "added"), [(9, 0), (-9, 0), (11, 1), (-11, 1), (90, 1)])
async def test_a_race_moved_after_it_was_reminded_of_is_reminded_of_again_if_it_moved_far(
    empty_store: Store, target: Target, moved: int, added: int
) -> None:
    await save(empty_store, replace(target, leads=(180,)), NOON)
    await plan(empty_store, reminders(23, EVENT))
    now = EVENT - timedelta(hours=3)
    await deal(empty_store, now, RowState.SENT)
    assert (await plan(empty_store, reminders(23, EVENT + moved * MINUTE, now), now)).added == added
    # And back again: that was told already.
    assert (await plan(empty_store, reminders(23, EVENT, now), now)).added == 0
    assert await upcoming(empty_store, target.id) == ()


async def test_moved_to_before_its_lead_it_goes_out_late(empty_store: Store, target: Target) -> None:
    await switch_off(empty_store, target.id, None)
    await save(empty_store, replace(target, leads=(180,)), NOON - timedelta(days=3))
    await plan(empty_store, reminders(23, EVENT))
    await plan(empty_store, reminders(23, EVENT - timedelta(hours=3)))
    (row,) = await upcoming(empty_store, target.id)
    assert (row.notification.due_at, row.notification.until) == (NOON - timedelta(hours=2), NOON + timedelta(hours=1))


async def test_a_lead_added_after_it_would_have_been_due_is_not_made_up_for(empty_store: Store) -> None:
    saved = await save(empty_store, Target(guild=1, channel=9, leads=(5,)), NOON)
    now = EVENT - timedelta(hours=2)
    await save(empty_store, replace(saved, leads=(180, 60, 5)), now)
    await plan(empty_store, reminders(23, EVENT, now), now)
    assert [row.notification.lead for row in await upcoming(empty_store, saved.id)] == [60, 5]


async def test_switched_off_and_on_there_is_no_burst(empty_store: Store, target: Target) -> None:
    await plan(empty_store, reminders(23, EVENT))
    await switch_off(empty_store, target.id, None)
    assert await plan(empty_store, reminders(23, EVENT)) == NOTHING
    now = EVENT - timedelta(hours=2)
    await save(empty_store, replace(target, on=True), now)
    await plan(empty_store, reminders(23, EVENT, now), now)
    assert [row.notification.lead for row in await upcoming(empty_store, target.id)] == [60]


async def test_one_in_hand_for_another_moment_is_waited_for(empty_store: Store, target: Target) -> None:
    await plan(empty_store, reminders(23, EVENT))
    now = EVENT - timedelta(hours=3)
    (job,) = await claim(empty_store, "a", now, now, 9)
    moved = reminders(23, EVENT + timedelta(hours=2), now)
    assert await plan(empty_store, moved, now) == PlanCounts(0, 1, 0)
    await write_ledger(empty_store, "a", now, [], [DeliveryOutcome(job.row.id, RowState.SENT, at=now)])
    assert await plan(empty_store, moved, now) == PlanCounts(1, 0, 0)
    del target


async def test_what_may_have_arrived_is_not_moved(empty_store: Store, target: Target) -> None:
    await save(empty_store, replace(target, leads=(180,)), NOON)
    await plan(empty_store, reminders(23, EVENT))
    now = EVENT - timedelta(hours=3)
    await deal(empty_store, now, RowState.PENDING)
    assert await plan(empty_store, reminders(23, EVENT + 5 * MINUTE, now), now) == NOTHING
    # Moved far, the old one is given up, and the new one is another message.
    assert await plan(empty_store, reminders(23, EVENT + 60 * MINUTE, now), now) == PlanCounts(1, 0, 1)


async def test_results_are_held_back_as_long_as_wished(empty_store: Store) -> None:
    wanted = Target(guild=1, channel=9, leads=(), extras=Extras(results=True, delay=180 * 60))
    saved = await save(empty_store, wanted, NOON - MINUTE)
    late = await save(empty_store, replace(wanted, guild=2), NOON + MINUTE)
    await plan(empty_store, [results(NOON)])
    (row,) = await upcoming(empty_store, saved.id)
    assert row.notification.due_at == NOON + timedelta(hours=3)
    # Known before they asked for it: not made up for, held back or not.
    assert await upcoming(empty_store, late.id) == ()
    await save(empty_store, replace(wanted, extras=Extras(results=True)), NOON + timedelta(hours=2))
    assert await plan(empty_store, [results(NOON)]) == PlanCounts(0, 1, 0)
    (row,) = await upcoming(empty_store, saved.id)
    assert row.notification.due_at == NOON


async def test_another_edition_is_news_and_going_back_to_the_first_as_well(empty_store: Store) -> None:
    await save(empty_store, Target(guild=1, channel=9, leads=(), extras=Extras(results=True)), NOON)
    added: list[int] = []
    for edition in (1, 1, 2, 2, 1, 1):
        added.append((await plan(empty_store, [results(NOON, edition)])).added)
        await deal(empty_store, NOON, RowState.SENT)
    assert added == [1, 0, 1, 0, 1, 0]


async def test_an_edition_that_was_overtaken_is_cancelled(empty_store: Store) -> None:
    await save(empty_store, Target(guild=1, channel=9, leads=(), extras=Extras(results=True)), NOON)
    await plan(empty_store, [results(NOON, 1)])
    assert await plan(empty_store, [results(NOON, 2)]) == PlanCounts(1, 0, 1)


async def test_newcomers_get_what_lasts(empty_store: Store) -> None:
    await save(empty_store, Target(guild=1, channel=9, leads=(), extras=Extras(results=True)), NOON)
    old = results(NOON - timedelta(hours=1))
    assert await plan(empty_store, [old]) == NOTHING
    assert await plan(empty_store, [replace(old, newcomers=True)]) == PlanCounts(1, 0, 0)


def change(first: int, last: int, **facts: object) -> PlannedNotification:
    slot = PlannedNotification(
        NotificationKind.CHANGE, 2025, 23, RACE, last, EVENT, NOON, NOON + timedelta(hours=24), after=first
    )
    return replace(slot, **facts)  # type: ignore[arg-type]


async def noticed(store: Store, at: datetime) -> None:
    async with store.write() as connection:
        seen = SeenRace(date(2025, 10, 17))
        await plans.save_changes(connection, [(2025023, seen, seen)], at)


async def test_each_is_told_of_a_change_from_where_he_left_off(empty_store: Store, target: Target) -> None:
    await noticed(empty_store, NOON)
    assert await plan(empty_store, [change(1, 1)]) == PlanCounts(1, 0, 0)
    await deal(empty_store, NOON, RowState.SENT)
    late = await save(empty_store, Target(guild=2, channel=9), NOON + MINUTE)
    await noticed(empty_store, NOON + 2 * MINUTE)
    other = await save(empty_store, Target(guild=3, channel=9), NOON + 3 * MINUTE)
    both = [change(1, 2, due_at=NOON + 2 * MINUTE), change(2, 2, due_at=NOON + 2 * MINUTE, detail={"short": True})]
    await plan(empty_store, both, NOON + 3 * MINUTE)
    for heard, details in ((target, [{"short": True}]), (late, [{"short": True}]), (other, [])):
        assert [dict(row.notification.detail) for row in await upcoming(empty_store, heard.id)] == details


async def test_two_changes_before_the_first_was_told_are_told_as_one(empty_store: Store, target: Target) -> None:
    for at in (NOON, NOON + MINUTE):
        await noticed(empty_store, at)
    await plan(empty_store, [change(1, 1)])
    assert await plan(empty_store, [change(1, 2), change(2, 2)]) == PlanCounts(1, 0, 1)
    assert [row.notification.lead for row in await upcoming(empty_store, target.id)] == [2]
    # And moved back, there is nothing to tell to who has heard nothing.
    assert await plan(empty_store, [change(2, 2)]) == PlanCounts(0, 0, 1)


async def test_many_are_planned_in_lots(empty_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "TARGETS_AT_ONCE", 3)
    for guild in range(1, 8):
        await save(empty_store, Target(guild=guild, channel=9), NOON)
    added = []
    for some in await targets_to_plan(empty_store):
        async with empty_store.write() as connection:
            added.append((await apply(connection, reminders(23, EVENT), NOON, some)).added)
    assert added == [3, 3, 1]


async def test_where_settings_alone_changed_others_are_left_as_they_are(empty_store: Store, target: Target) -> None:
    other = await save(empty_store, Target(guild=2, channel=9, leads=(60,)), NOON)
    await plan(empty_store, reminders(23, EVENT))
    known = await targets.settings_version(empty_store)
    assert await plan(empty_store, reminders(23, EVENT), since=known) == NOTHING
    await save(empty_store, replace(other, leads=(180, 5)), NOON)
    # What is said of others is not even looked at.
    moved = reminders(23, EVENT + MINUTE)
    assert await plan(empty_store, moved, since=known) == PlanCounts(2, 0, 1)
    assert [row.notification.event_at for row in await upcoming(empty_store, target.id)] == [EVENT] * 2
    assert [row.notification.lead for row in await upcoming(empty_store, other.id)] == [180, 5]
    await switch_off(empty_store, target.id, None)
    assert await plan(empty_store, moved, since=known) == NOTHING
    assert len(await upcoming(empty_store, other.id)) == 2


async def test_planning_for_one_reads_no_more_than_what_is_his(empty_store: Store) -> None:
    async with empty_store.write() as connection:
        await connection.execute(plans.CREATE_PLANNED)
        await connection.execute(plans.WANTED, {"targets": "[]", "now": ""})
        await connection.execute(plans.WANTED_INDEX)
        statements = (plans.WANTED.partition(" AS\n")[2], plans.CANCEL, plans.MOVE)
        for sql in (*statements, plans.CHANGED_TARGETS.replace("?", ":since")):
            values = {"now": "2025-10-17T16:00:00Z", "targets": "[1]", "since": 1}
            steps = [row["detail"] for row in await connection.execute_fetchall(f"EXPLAIN QUERY PLAN {sql}", values)]
            # The list of the targets is a table of its own to SQLite.
            assert not any(step.startswith("SCAN") and "VIRTUAL TABLE" not in step for step in steps), steps


async def test_a_post_of_a_race_stays_planned_as_long_as_its_place_is_behind(empty_store: Store) -> None:
    posts = Extras(race_day=RaceDay.EVERYTHING)
    near = await save(empty_store, Target(guild=1, channel=9, leads=(), extras=posts), NOON - MINUTE)
    far = await save(
        empty_store, Target(guild=2, channel=8, leads=(), extras=replace(posts, delay=3600)), NOON - MINUTE
    )
    caution = replace(
        results(NOON), kind=NotificationKind.LIVE, session=RacePost.CAUTION, lead=11, until=NOON + 10 * MINUTE
    )
    now = NOON + 30 * MINUTE
    await plan(empty_store, [caution], now)
    assert await upcoming(empty_store, near.id) == ()
    (row,) = await upcoming(empty_store, far.id)
    assert (row.notification.due_at, row.notification.until) == (NOON + 60 * MINUTE, NOON + 70 * MINUTE)


async def test_a_board_that_may_have_arrived_is_settled_though_its_race_is_put_off(empty_store: Store) -> None:
    await save(empty_store, Target(guild=1, channel=9, leads=(), extras=Extras(board=True)), NOON - MINUTE)
    board = replace(results(NOON), kind=NotificationKind.BOARD, lead=0, until=NOON + 300 * MINUTE)
    await plan(empty_store, [board])
    await deal(empty_store, NOON, RowState.PENDING)
    assert await plan(empty_store, [], NOON + MINUTE) == NOTHING
