"""Killed anywhere, started again whenever, told nothing for sure: each message once, or its failure for all to see."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.outbox.contracts import BusyError, UnsureError
from bot.outbox.worker import Worker
from db.connection import Store
from db.reminders import targets
from db.reminders.models import RowState, Target
from db.reminders.outbox import recent, upcoming
from tests.bot.outbox.standing import (
    HOUR_BEFORE,
    MOMENTS,
    FakeDiscord,
    Fate,
    HandClock,
    MortalStore,
    Seasons,
    make_worker,
    race_at,
    step,
)

CHANNELS = (900, 901, 902)
HIDDEN = 902
"""The channel whose history may not be read."""


@dataclass(frozen=True)
class Go:
    """Time passes, and the worker does what it does."""

    seconds: int


@dataclass(frozen=True)
class Kill:
    """The process dies at such a moment, the n-th from now on, and is started again after so many seconds."""

    moment: str
    nth: int
    seconds: int


@dataclass(frozen=True)
class Trouble:
    """What becomes of the next request: it arrives and no answer comes back, it never arrives, it is put off."""

    kind: str


WAITS = st.sampled_from([1, 30, 100, 115, 125, 185, 200, 600, 1300])
STEPS = st.lists(
    st.builds(Go, WAITS)
    | st.builds(Kill, st.sampled_from(MOMENTS), st.integers(0, 3), WAITS)
    | st.builds(Trouble, st.sampled_from(["answer lost", "lost", "put off"])),
    max_size=9,
)


class World:
    """A process that can be killed, and all that outlives it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = HandClock(HOUR_BEFORE)
        self.discord = FakeDiscord(self.clock, unreadable={HIDDEN})
        self.worker: Worker
        self.store: MortalStore

    async def start(self) -> None:
        self.store = await MortalStore.open(self.path)
        self.worker = make_worker(self.store, Seasons(race_at()), self.discord)

    async def go(self, fate: Fate | None = None) -> None:
        """Lets the worker work, until it is done or dead."""
        self.store.fate = self.discord.fate = fate
        work = asyncio.create_task(step(self.worker))
        if fate is None:
            await work
            return
        dying = asyncio.create_task(fate.dead.wait())
        await asyncio.wait({work, dying}, return_when=asyncio.FIRST_COMPLETED)
        dying.cancel()
        if fate.dead.is_set():
            await self.bury(work)

    async def bury(self, *work: asyncio.Task[None]) -> None:
        tasks = [*work, *(task for task, _ in self.worker._tasks.values())]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.worker._limiter.close()
        # Nothing is written any more: what it knew is gone with it.
        await self.store.close()

    async def take(self, step: Go | Kill | Trouble) -> None:
        if isinstance(step, Go):
            await self.go()
            self.clock.advance(seconds=step.seconds)
        elif isinstance(step, Kill):
            fate = Fate(step.moment, step.nth)
            for _ in range(5):
                await self.go(fate)
                if fate.dead.is_set():
                    break
                self.clock.advance(seconds=1)
            else:
                await self.bury()
            self.clock.advance(seconds=step.seconds)
            self.discord.before.clear()
            self.discord.after.clear()
            await self.start()
        elif step.kind == "answer lost":
            self.discord.after.append(UnsureError("no answer"))
        else:
            lost = step.kind == "lost"
            self.discord.before.append(UnsureError("no answer") if lost else BusyError("patience", 3))


async def live(path: Path, steps: list[Go | Kill | Trouble]) -> None:
    world = World(path)
    await world.start()
    try:
        for each in steps:
            await world.take(each)
        for seconds in [20] * 15 + [600] * 18:
            await world.go()
            world.clock.advance(seconds=seconds)
        for channel in CHANNELS:
            await judge(world, channel)
    finally:
        with suppress(Exception):
            await world.worker.close(1)
        await world.store.close()


async def judge(world: World, channel: int) -> None:
    target = await targets.target_of(world.store, guild=channel)
    assert target is not None
    assert target.on
    assert await upcoming(world.store, target.id) == ()
    (row,) = await recent(world.store, target.id)
    there = world.discord.carrying(row.mark)
    if row.state is RowState.SENT:
        assert len(there) == 1
        assert there[0].channel == channel
    elif row.state is RowState.FAILED:
        # Nobody can tell, and that is said.
        assert channel == HIDDEN
        assert len(there) <= 1
        assert "may or may not have arrived" in (row.reason or "")
    else:
        # So much time was lost that it was of no use any more.
        assert (row.state, there) == (RowState.EXPIRED, [])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a server for each channel that wants an hour's notice, planned already."""
    path = tmp_path_factory.mktemp("crashes") / "tailgate.db"

    async def make() -> None:
        async with await Store.open(path) as store:
            for channel in CHANNELS:
                noon = datetime(2025, 10, 17, 16, tzinfo=UTC)
                await targets.save(store, Target(guild=channel, channel=channel), noon)
            clock = HandClock(noon)
            await step(make_worker(store, Seasons(race_at()), FakeDiscord(clock)))

    asyncio.run(make())
    return path


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
def test_each_message_is_there_once_whatever_happens(made: Path, steps: list[Go | Kill | Trouble]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(live(Path(shutil.copy(made, folder)), steps))
