"""Planning in the store: twice is once, and whatever was changed in whatever order, afresh is the same."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.connection import Store
from db.reminders import plans, targets
from db.reminders.models import RACE, Extras, Kind, Part, Seen, Slot, State, Target
from db.reminders.outbox import Mark, claim, expire, mark, supersede, upcoming
from db.reminders.plans import Planned, apply
from db.reminders.targets import save, switch_off

NOON = datetime(2025, 10, 17, 16, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LEADS = (180, 60, 5, 0)
NOTHING = Planned(0, 0, 0)


def reminders(number: int, event: datetime, now: datetime = NOON) -> list[Slot]:
    """The reminders of a race at a moment."""
    found = []
    for lead in LEADS:
        until = event if lead else event + 15 * MINUTE
        if until > now:
            found.append(Slot(Kind.REMINDER, 2025, number, Part.COVERAGE, lead, event, event - lead * MINUTE, until))
    return found


def results(known: datetime, lead: int = 0) -> Slot:
    return Slot(Kind.RESULTS, 2025, 22, RACE, lead, known, known, known + timedelta(hours=48))


async def plan(store: Store, slots: Iterable[Slot], now: datetime = NOON, since: int | None = None) -> Planned:
    async with store.write() as connection:
        return await apply(connection, slots, now, since=since)


async def deal(store: Store, now: datetime, state: State, most: int = 100) -> None:
    """Deals with what is due."""
    at = now if state is State.SENT else None
    jobs = await claim(store, "a", now, now, most)
    await mark(store, "a", [Mark(job.row.id, state, at=at, doubt=state is State.PENDING) for job in jobs])


@pytest.fixture
async def target(empty_store: Store) -> Target:
    return await save(empty_store, Target(guild=1, channel=9, leads=(180, 60)), NOON)


EVENT = NOON + timedelta(hours=4)


async def test_a_moved_race_moves_what_is_pending(empty_store: Store, target: Target) -> None:
    assert await plan(empty_store, reminders(23, EVENT)) == Planned(2, 0, 0)
    before = await upcoming(empty_store, target.id)
    assert await plan(empty_store, reminders(23, EVENT + MINUTE)) == Planned(0, 2, 0)
    after = await upcoming(empty_store, target.id)
    assert [row.id for row in after] == [row.id for row in before]
    assert [row.due.event_at for row in after] == [EVENT + MINUTE] * 2


async def test_what_is_not_wanted_any_more_is_cancelled(empty_store: Store, target: Target) -> None:
    await plan(empty_store, reminders(23, EVENT))
    await save(empty_store, replace(target, leads=(60,)), NOON)
    assert await plan(empty_store, reminders(23, EVENT)) == Planned(0, 0, 1)
    assert await plan(empty_store, []) == Planned(0, 0, 1)
    assert await plan(empty_store, reminders(23, EVENT)) == Planned(1, 0, 0)


@pytest.mark.parametrize(("moved", "added"), [(9, 0), (-9, 0), (11, 1), (-11, 1), (90, 1)])
async def test_a_race_moved_after_it_was_reminded_of_is_reminded_of_again_if_it_moved_far(
    empty_store: Store, target: Target, moved: int, added: int
) -> None:
    await save(empty_store, replace(target, leads=(180,)), NOON)
    await plan(empty_store, reminders(23, EVENT))
    now = EVENT - timedelta(hours=3)
    await deal(empty_store, now, State.SENT)
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
    assert (row.due.due_at, row.due.until) == (NOON - timedelta(hours=2), NOON + timedelta(hours=1))


async def test_a_lead_added_after_it_would_have_been_due_is_not_made_up_for(empty_store: Store) -> None:
    saved = await save(empty_store, Target(guild=1, channel=9, leads=(5,)), NOON)
    now = EVENT - timedelta(hours=2)
    await save(empty_store, replace(saved, leads=(180, 60, 5)), now)
    await plan(empty_store, reminders(23, EVENT, now), now)
    assert [row.due.lead for row in await upcoming(empty_store, saved.id)] == [60, 5]


async def test_switched_off_and_on_there_is_no_burst(empty_store: Store, target: Target) -> None:
    await plan(empty_store, reminders(23, EVENT))
    await switch_off(empty_store, target.id, None)
    assert await plan(empty_store, reminders(23, EVENT)) == NOTHING
    now = EVENT - timedelta(hours=2)
    await save(empty_store, replace(target, on=True), now)
    await plan(empty_store, reminders(23, EVENT, now), now)
    assert [row.due.lead for row in await upcoming(empty_store, target.id)] == [60]


async def test_one_in_hand_for_another_moment_is_waited_for(empty_store: Store, target: Target) -> None:
    await plan(empty_store, reminders(23, EVENT))
    now = EVENT - timedelta(hours=3)
    (job,) = await claim(empty_store, "a", now, now, 9)
    moved = reminders(23, EVENT + timedelta(hours=2), now)
    assert await plan(empty_store, moved, now) == Planned(0, 1, 0)
    await mark(empty_store, "a", [Mark(job.row.id, State.SENT, at=now)])
    assert await plan(empty_store, moved, now) == Planned(1, 0, 0)
    del target


async def test_what_may_have_arrived_is_not_moved(empty_store: Store, target: Target) -> None:
    await save(empty_store, replace(target, leads=(180,)), NOON)
    await plan(empty_store, reminders(23, EVENT))
    now = EVENT - timedelta(hours=3)
    await deal(empty_store, now, State.PENDING)
    assert await plan(empty_store, reminders(23, EVENT + 5 * MINUTE, now), now) == NOTHING
    # Moved far, the old one is given up, and the new one is another message.
    assert await plan(empty_store, reminders(23, EVENT + 60 * MINUTE, now), now) == Planned(1, 0, 1)


async def test_results_are_held_back_as_long_as_wished(empty_store: Store) -> None:
    wanted = Target(guild=1, channel=9, leads=(), extras=Extras(results=True, results_delay=180))
    saved = await save(empty_store, wanted, NOON - MINUTE)
    late = await save(empty_store, replace(wanted, guild=2), NOON + MINUTE)
    await plan(empty_store, [results(NOON)])
    (row,) = await upcoming(empty_store, saved.id)
    assert row.due.due_at == NOON + timedelta(hours=3)
    # Known before he asked for it: not made up for, held back or not.
    assert await upcoming(empty_store, late.id) == ()
    await save(empty_store, replace(wanted, extras=Extras(results=True)), NOON + timedelta(hours=2))
    assert await plan(empty_store, [results(NOON)]) == Planned(0, 1, 0)
    (row,) = await upcoming(empty_store, saved.id)
    assert row.due.due_at == NOON


async def test_another_edition_is_news_and_going_back_to_the_first_as_well(empty_store: Store) -> None:
    await save(empty_store, Target(guild=1, channel=9, leads=(), extras=Extras(results=True)), NOON)
    added = []
    for edition in (1, 1, 2, 2, 1, 1):
        added.append((await plan(empty_store, [results(NOON, edition)])).added)
        await deal(empty_store, NOON, State.SENT)
    assert added == [1, 0, 1, 0, 1, 0]


async def test_an_edition_that_was_overtaken_is_cancelled(empty_store: Store) -> None:
    await save(empty_store, Target(guild=1, channel=9, leads=(), extras=Extras(results=True)), NOON)
    await plan(empty_store, [results(NOON, 1)])
    assert await plan(empty_store, [results(NOON, 2)]) == Planned(1, 0, 1)


async def test_newcomers_get_what_lasts(empty_store: Store) -> None:
    await save(empty_store, Target(guild=1, channel=9, leads=(), extras=Extras(results=True)), NOON)
    old = results(NOON - timedelta(hours=1))
    assert await plan(empty_store, [old]) == NOTHING
    assert await plan(empty_store, [replace(old, newcomers=True)]) == Planned(1, 0, 0)


def change(first: int, last: int, **facts: object) -> Slot:
    slot = Slot(Kind.CHANGE, 2025, 23, RACE, last, EVENT, NOON, NOON + timedelta(hours=24), after=first)
    return replace(slot, **facts)  # type: ignore[arg-type]


async def noticed(store: Store, at: datetime) -> None:
    async with store.write() as connection:
        seen = Seen(date(2025, 10, 17))
        await plans.save_changes(connection, [(2025, 23, seen, seen)], at)


async def test_each_is_told_of_a_change_from_where_he_left_off(empty_store: Store, target: Target) -> None:
    await noticed(empty_store, NOON)
    assert await plan(empty_store, [change(1, 1)]) == Planned(1, 0, 0)
    await deal(empty_store, NOON, State.SENT)
    late = await save(empty_store, Target(guild=2, channel=9), NOON + MINUTE)
    await noticed(empty_store, NOON + 2 * MINUTE)
    other = await save(empty_store, Target(guild=3, channel=9), NOON + 3 * MINUTE)
    both = [change(1, 2, due_at=NOON + 2 * MINUTE), change(2, 2, due_at=NOON + 2 * MINUTE, detail={"short": True})]
    await plan(empty_store, both, NOON + 3 * MINUTE)
    for heard, details in ((target, [{"short": True}]), (late, [{"short": True}]), (other, [])):
        assert [dict(row.due.detail) for row in await upcoming(empty_store, heard.id)] == details


async def test_two_changes_before_the_first_was_told_are_told_as_one(empty_store: Store, target: Target) -> None:
    for at in (NOON, NOON + MINUTE):
        await noticed(empty_store, at)
    await plan(empty_store, [change(1, 1)])
    assert await plan(empty_store, [change(1, 2), change(2, 2)]) == Planned(1, 0, 1)
    assert [row.due.lead for row in await upcoming(empty_store, target.id)] == [2]
    # And moved back, there is nothing to tell to who has heard nothing.
    assert await plan(empty_store, [change(2, 2)]) == Planned(0, 0, 1)


async def test_ten_thousand_are_added_in_lots(empty_store: Store) -> None:
    for guild in range(1, 8):
        await save(empty_store, Target(guild=guild, channel=9), NOON)
    added: list[Planned] = []
    while not added or added[-1].more:
        async with empty_store.write() as connection:
            added.append(await apply(connection, reminders(23, EVENT), NOON, 3))
    assert [each.added for each in added] == [3, 3, 1]


async def test_where_settings_alone_changed_others_are_left_as_they_are(empty_store: Store, target: Target) -> None:
    other = await save(empty_store, Target(guild=2, channel=9, leads=(60,)), NOON)
    await plan(empty_store, reminders(23, EVENT))
    known = await targets.edition(empty_store)
    assert await plan(empty_store, reminders(23, EVENT), since=known) == NOTHING
    await save(empty_store, replace(other, leads=(180, 5)), NOON)
    # What is said of others is not even looked at.
    moved = reminders(23, EVENT + MINUTE)
    assert await plan(empty_store, moved, since=known) == Planned(2, 0, 1)
    assert [row.due.event_at for row in await upcoming(empty_store, target.id)] == [EVENT] * 2
    assert [row.due.lead for row in await upcoming(empty_store, other.id)] == [180, 5]
    await switch_off(empty_store, target.id, None)
    assert await plan(empty_store, moved, since=known) == NOTHING
    assert len(await upcoming(empty_store, other.id)) == 2


async def test_planning_for_one_reads_no_more_than_what_is_his(empty_store: Store) -> None:
    async with empty_store.write() as connection:
        await connection.execute(plans.SLOTS)
        await connection.execute(plans.WANTED)
        await connection.execute(plans.WANTED_INDEX)
        for sql in (plans.WANTED_BY_CHANGED.partition(" AS\n")[2], plans.CANCEL_OF_CHANGED, plans.MOVE_OF_CHANGED):
            values = {"now": "2025-10-17T16:00:00Z", "since": 1}
            steps = [row["detail"] for row in await connection.execute_fetchall(f"EXPLAIN QUERY PLAN {sql}", values)]
            assert not any(step.startswith("SCAN") for step in steps), steps


@dataclass
class Model:
    """What the planner knows of, beside the store: the races, and since when each target has wished for what."""

    now: datetime = NOON
    races: dict[int, datetime | None] = field(default_factory=lambda: {23: EVENT, 24: NOON + timedelta(days=7)})
    wishes: dict[int, dict[int, datetime]] = field(default_factory=dict)
    ids: dict[int, int] = field(default_factory=dict)

    def slots(self) -> list[Slot]:
        return [slot for number, event in self.races.items() if event for slot in reminders(number, event, self.now)]

    def owed(self, rows: list[tuple[int, int, int, str, datetime]]) -> Iterator[tuple[int, int, int, datetime]]:
        """What is owed to whom, by definition; ``rows`` are target, round, lead, state and moment of what there is."""
        for guild, leads in self.wishes.items():
            target = self.ids[guild]
            for slot in self.slots():
                mine = [row[3:] for row in rows if row[:3] == (target, slot.round, slot.lead)]
                had = any(
                    state in {"claimed", "sent", "failed", "expired"} and abs(event - slot.event_at) < 10 * MINUTE
                    for state, event in mine
                )
                in_hand = any(state == "claimed" for state, _ in mine)
                if slot.lead in leads and slot.due_at >= leads[slot.lead] and not had and not in_hand:
                    yield target, slot.round, slot.lead, slot.event_at


@dataclass(frozen=True)
class Save:
    guild: int
    leads: frozenset[int]
    on: bool


@dataclass(frozen=True)
class Move:
    race: int
    by: int | None


@dataclass(frozen=True)
class Pass:
    minutes: int


@dataclass(frozen=True)
class Deal:
    state: State
    most: int


STEPS = st.lists(
    st.builds(Save, st.integers(1, 3), st.frozensets(st.sampled_from(LEADS)), st.booleans())
    | st.builds(Move, st.sampled_from([23, 24]), st.sampled_from([None, -300, -45, -11, -9, 9, 11, 45, 300]))
    | st.builds(Pass, st.sampled_from([1, 30, 61, 185, 600]))
    | st.builds(Deal, st.sampled_from([State.SENT, State.FAILED, State.CLAIMED]), st.integers(1, 4)),
    max_size=12,
)


async def take(store: Store, model: Model, step: Save | Move | Pass | Deal) -> None:
    if isinstance(step, Save):
        leads = tuple(step.leads) if step.on else ()
        saved = await save(store, Target(guild=step.guild, channel=9, leads=tuple(step.leads), on=step.on), model.now)
        model.ids[step.guild] = saved.id
        before = model.wishes.get(step.guild, {})
        model.wishes[step.guild] = {lead: before.get(lead, model.now) for lead in leads}
    elif isinstance(step, Move):
        event = model.races[step.race] or EVENT
        model.races[step.race] = None if step.by is None else event + step.by * MINUTE
    elif isinstance(step, Pass):
        model.now += step.minutes * MINUTE
    elif step.state is State.CLAIMED:
        await claim(store, "a", model.now, model.now, step.most)
    else:
        await deal(store, model.now, step.state, step.most)


async def rows_of(store: Store) -> list[tuple[int, int, int, str, datetime]]:
    rows = await store.fetch("SELECT target_id, round, lead, state, event_at FROM outbox")
    return [(*tuple(row)[:4], datetime.fromisoformat(row["event_at"])) for row in rows]


class AfreshError(Exception):
    """Takes back a planning afresh."""


async def afresh(store: Store, model: Model) -> set[tuple[object, ...]]:
    """What would be pending if nothing had been."""
    found: set[tuple[object, ...]] = set()
    try:
        async with store.write() as connection:
            await connection.execute("DELETE FROM outbox WHERE state IN ('pending', 'cancelled')")
            await apply(connection, model.slots(), model.now)
            found |= {tuple(row) for row in await connection.execute_fetchall(PENDING)}
            raise AfreshError
    except AfreshError:
        return found


PENDING = "SELECT target_id, round, lead, event_at, due_at, until, detail FROM outbox WHERE state = 'pending'"


async def pending_in(store: Store) -> set[tuple[int, int, int, datetime]]:
    return {(*tuple(row)[:3], datetime.fromisoformat(row["event_at"])) for row in await store.fetch(PENDING)}


async def live(path: Path, steps: list[Save | Move | Pass | Deal]) -> None:
    model, known, stale = Model(), 0, False
    slots: list[Slot] = []
    async with await Store.open(path) as store:
        for step in [Save(1, frozenset({180, 60, 5}), on=True), *steps]:
            await take(store, model, step)
            await expire(store, model.now)
            await supersede(store, model.now)
            owed = set(model.owed(await rows_of(store)))
            stale = stale or isinstance(step, Deal)
            same = model.slots() == [slot for slot in slots if slot.until > model.now]
            slots = model.slots()
            if same:
                # For those alone whose settings changed; where nothing was dealt with, that is all there is to do.
                await plan(store, slots, model.now, known)
                known = await targets.edition(store)
                mine = {model.ids[step.guild]} if isinstance(step, Save) else set()
                theirs = mine if stale else set(model.ids.values())
                pending = await pending_in(store)
                assert {row for row in pending if row[0] in theirs} == {row for row in owed if row[0] in theirs}
                if stale and isinstance(step, Save | Deal):
                    continue
                if not stale:
                    assert await plan(store, slots, model.now) == NOTHING
            await plan(store, slots, model.now)
            known, stale = await targets.edition(store), False
            assert await plan(store, slots, model.now) == NOTHING
            assert await pending_in(store) == owed
            assert {tuple(row) for row in await store.fetch(PENDING)} == await afresh(store, model)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plans") / "tailgate.db"

    async def make() -> None:
        async with await Store.open(path):
            pass

    asyncio.run(make())
    return path


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
def test_whatever_happened_what_is_pending_is_what_is_owed(made: Path, steps: list[Save | Move | Pass | Deal]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(live(Path(shutil.copy(made, folder)), steps))
