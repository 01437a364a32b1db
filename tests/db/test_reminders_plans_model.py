"""Planning in the store against a model: in whatever order things change, the result is that of planning afresh."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from db.connection import Store
from db.reminders import targets
from db.reminders.models import PlannedNotification, RowState, Target
from db.reminders.outbox import claim, expire, supersede
from db.reminders.plans import apply, targets_to_plan
from db.reminders.targets import save
from tests.db.test_reminders_plans import EVENT, LEADS, MINUTE, NOON, NOTHING, deal, plan, reminders
from tests.examples import examples
from tests.stores import open_unsynced


@dataclass
class Model:
    """What the planner knows of, beside the store: the races, and since when each target has wished for what."""

    now: datetime = NOON
    races: dict[int, datetime | None] = field(default_factory=lambda: {23: EVENT, 24: NOON + timedelta(days=7)})
    wishes: dict[int, dict[int, datetime]] = field(default_factory=dict)
    ids: dict[int, int] = field(default_factory=dict)

    def slots(self) -> list[PlannedNotification]:
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
    state: RowState
    most: int


STEPS = st.lists(
    st.builds(Save, st.integers(1, 3), st.frozensets(st.sampled_from(LEADS)), st.booleans())
    | st.builds(Move, st.sampled_from([23, 24]), st.sampled_from([None, -300, -45, -11, -9, 9, 11, 45, 300]))
    | st.builds(Pass, st.sampled_from([1, 30, 61, 185, 600]))
    | st.builds(Deal, st.sampled_from([RowState.SENT, RowState.FAILED, RowState.CLAIMED]), st.integers(1, 4)),
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
    elif step.state is RowState.CLAIMED:
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
    (everyone,) = await targets_to_plan(store)
    try:
        async with store.write() as connection:
            await connection.execute("DELETE FROM outbox WHERE state IN ('pending', 'cancelled')")
            await apply(connection, model.slots(), model.now, everyone)
            found |= {tuple(row) for row in await connection.execute_fetchall(PENDING)}
            raise AfreshError
    except AfreshError:
        return found


PENDING = "SELECT target_id, round, lead, event_at, due_at, until, detail FROM outbox WHERE state = 'pending'"


async def pending_in(store: Store) -> set[tuple[int, int, int, datetime]]:
    return {(*tuple(row)[:3], datetime.fromisoformat(row["event_at"])) for row in await store.fetch(PENDING)}


async def live(path: Path, empty_file: Path, steps: list[Save | Move | Pass | Deal]) -> None:
    model, known, stale = Model(), 0, False
    slots: list[PlannedNotification] = []
    async with await open_unsynced(path, empty_file) as store:
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
                known = await targets.settings_version(store)
                mine = {model.ids[step.guild]} if isinstance(step, Save) else set()
                theirs = mine if stale else set(model.ids.values())
                pending = await pending_in(store)
                assert {row for row in pending if row[0] in theirs} == {row for row in owed if row[0] in theirs}
                if stale and isinstance(step, Save | Deal):
                    continue
                if not stale:
                    assert await plan(store, slots, model.now) == NOTHING
            await plan(store, slots, model.now)
            known, stale = await targets.settings_version(store), False
            assert await plan(store, slots, model.now) == NOTHING
            assert await pending_in(store) == owed
            assert {tuple(row) for row in await store.fetch(PENDING)} == await afresh(store, model)


@examples(100)
@given(steps=STEPS)
def test_whatever_happened_what_is_pending_is_what_is_owed(
    empty_file: Path, steps: list[Save | Move | Pass | Deal]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(live(Path(folder) / "tailgate.db", empty_file, steps))
