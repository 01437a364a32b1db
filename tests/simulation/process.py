"""The program in its simulated world: started, stopped, killed, and standing still at any moment."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import aiosqlite

from bot.notifications.quote_of_the_day import QuoteOfTheDayWriter, plan_quotes
from bot.notifications.reminders import ReminderWriter
from bot.notifications.results import ResultsWriter
from bot.notifications.results_planner import plan_results
from bot.notifications.schedule_planner import plan_schedule
from bot.notifications.scheduled_events import EventKeeper
from bot.notifications.trouble import TroubleWriter
from bot.outbox.contracts import Compose, InDoubt, Post
from bot.outbox.planning import REPLAN
from bot.outbox.rate_limit import LAST, RateLimiter
from bot.outbox.worker import Worker
from bot.seasons.as_of import AsOf
from bot.services import Services
from db.connection import Store
from db.errors import StoreError
from db.reminders import targets
from db.reminders.models import NotificationKind, OutboxRow, Purpose, Target
from tests.simulation.discord_model import signed
from tests.simulation.events import Event, Kill, Stall, Stop
from tests.simulation.line import Calendar, Line
from tests.simulation.loop import Crash, Disk, SimulatedLoop, ThreadlessQueue, let_go
from tests.simulation.places import owner_of
from tests.simulation.schedule import NOON

if TYPE_CHECKING:
    from tests.simulation.world import World

STARTS = 1.0
"""Seconds from the start of a process until it works."""
HANGS = 0.004
"""How often a slow disk hangs for seconds, or another process holds the file, of all requests to it."""
TICK = 1.0
TICK_TIMEOUT = 20.0
RESTS = 200.0
"""With nothing to do for a while, the worker is called only that often; it would find nothing more often."""
REPLANS = REPLAN.total_seconds() + TICK
RESTS_LONG = 900.0
"""The same in a night of a whole day."""
FAR = NOON + timedelta(days=365)
NEXT = """
SELECT min(at) FROM (
    SELECT max(due_at, coalesce(retry_at, due_at)) AS at FROM outbox WHERE state = 'pending'
    UNION ALL SELECT claimed_at FROM outbox WHERE state = 'claimed'
    UNION ALL SELECT look_again_at FROM outbox WHERE look_again_at IS NOT NULL AND state NOT IN ('pending', 'claimed'))
"""


class Clock:
    """The process's clock."""

    speed = 1.0

    def __init__(self, world: World) -> None:
        self._world = world

    def now(self) -> datetime:
        world = self._world
        return world.story.begins + timedelta(seconds=world.timeline.now + world.offset)


class Limiter(RateLimiter):
    """Knows whose turn has come."""

    def __init__(self) -> None:
        super().__init__()
        self.granted: set[int] = set()

    async def turn(self, priority: Any) -> None:
        if priority[0] == LAST:
            # A board's change, which bears no row's number.
            await super().turn(priority)
            return
        self.granted.discard(priority[1])
        await super().turn(priority)
        self.granted.add(priority[1])


class _Client:
    """As much of a client as says who owns a server."""

    def get_guild(self, number: int) -> SimpleNamespace:
        return SimpleNamespace(name=f"Server {number}", owner_id=owner_of(number))


class Process:
    """The program, from a start to its end.

    Args:
        world: the rest.
        path: the store.
    """

    def __init__(self, world: World, path: Path) -> None:
        self._world, self._path = world, path
        self._loop = SimulatedLoop(world.timeline)
        self.clock = Clock(world)
        self.started_at = world.timeline.now
        self.armed: list[list[Any]] = []
        self.line = Line(world.discord, self, world.doubts)
        self._limiter = Limiter()
        self._limiter.clear = self.line.clear
        self._disk = Disk(self.moment)
        self._dice = random.Random(world.story.seed + int(world.timeline.now))
        if world.story.slow_disk:
            self._disk.delay = self._disk_delay
        self._still = False
        self._settled_at = world.timeline.now
        self._until: dict[str, datetime] = {}
        self._marks: dict[int, str] = {}
        self._store: Store | None = None
        self._waking: asyncio.Event | None = None
        self._stopping: Stop | None = None
        self._raw: sqlite3.Connection | None = None
        self._pressed: set[asyncio.Task[None]] = set()

    def run(self) -> float:
        """Runs until it is stopped, which is told as the pause after it, or until the night is over."""
        ThreadlessQueue.disk = self._disk
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._live())
        except Crash:
            raise
        except BaseException:
            self._loop.abandon()
            raise
        self._loop.close()
        return self._stopping.pause if self._stopping else 0.0

    async def _live(self) -> None:
        world = self._world
        self._waking = asyncio.Event()
        await asyncio.sleep(STARTS)
        self._store = store = await Store.open(self._path)
        for connection in _connections(store):
            await connection.execute_fetchall("PRAGMA synchronous = OFF")
        self._raw = sqlite3.connect(self._path)
        worker = self._worker(store)
        while not self._stopping and (not world.calm or world.timeline.now < world.ends):
            self._waking.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK_TIMEOUT):
                    await worker.tick()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._rest(worker)):
                    await self._waking.wait()
        await self._closing()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(4.0):
                await worker.close(2.5)
        for mark in self.line.sending:
            world.doubts(mark)
        self.line.dead = True
        await store.close()
        self._raw.close()

    def _services(self, store: Store) -> Services:
        return Services(store, self._world.seasons, self.clock)  # type: ignore[arg-type]

    async def _as_of(self) -> AsOf:
        return self._world.seasons.as_of(self.clock.now())

    async def _closing(self) -> None:
        """Ends what runs beside the worker, which is closed next."""

    def _race_ends(self) -> list[datetime]:
        """When races are over, at which the worker has to look; those that are far off may be left out."""
        return [race.over_at for race in self._world.seasons.schedule.season.races]

    def _worker(self, store: Store) -> Worker:
        world = self._world

        as_of = self._as_of
        services = self._services(store)
        worker = Worker(services, self.line, self._limiter, InDoubt(world.story.in_doubt))
        reminders, results = ReminderWriter(as_of, store), ResultsWriter(store, as_of)
        quotes = QuoteOfTheDayWriter(as_of, store, random.Random(world.story.seed))
        for kind, compose in (
            (NotificationKind.REMINDER, reminders.reminder),
            (NotificationKind.CHANGE, reminders.change),
            (NotificationKind.RESULTS, results.results),
            (NotificationKind.RECAP, results.recap),
            (NotificationKind.STANDINGS, results.standings),
            (NotificationKind.QUOTE, quotes.write),
        ):
            worker.compose(kind, self._watched(compose))
        trouble = TroubleWriter(_Client())  # type: ignore[arg-type]
        worker.compose(NotificationKind.TROUBLE, self._watched(trouble.write), trouble.owner)
        worker.perform(NotificationKind.EVENT, EventKeeper(store, Calendar(self.line)).keep)
        worker.plan(plan_schedule)
        # Planners that plan for nobody only cost time.
        if any(place.told_results for place in world.story.places):
            worker.plan(plan_results)
        if any(place.hour is not None for place in world.story.places):
            worker.plan(plan_quotes)
        return worker

    def _watched(self, compose: Callable[[OutboxRow, Target], Awaitable[Post | None]]) -> Compose:
        async def composed(row: OutboxRow, target: Target) -> Post | None:
            self._until[row.mark] = row.notification.until
            self._marks[row.id] = row.mark
            return signed(await compose(row, target), row)

        return composed

    def _rest(self, worker: Worker) -> float:
        """How many seconds from now there will be something to do."""
        if worker._tasks or worker._ledger.unrecorded:
            self._settled_at = self._world.timeline.now
            return TICK
        assert self._raw is not None
        (at,) = self._raw.execute(NEXT).fetchone()
        most = self._rests()
        if self._world.timeline.now < self._settled_at + REPLANS:
            # A row that has just been given up may leave its place to one that the next planning brings.
            most = REPLANS
        now = self.clock.now()
        # The end of a race is planned for only once it has come, with the next planning.
        moments = [
            end + after
            for end in self._race_ends()
            if end < FAR
            for after in (timedelta(0), REPLAN)
            if end + after > now
        ]
        moments += [datetime.fromisoformat(at)] if at is not None else []
        if worker._last_plan is not None and worker._last_plan.stale:
            moments.append(worker._last_plan.at + REPLAN)
        return min([most, *(max((moment - now).total_seconds(), TICK) for moment in moments)])

    def _rests(self) -> float:
        return RESTS if self._world.story.seconds < 2 * 3600 else RESTS_LONG

    def switch(self, guild: int, *, on: bool) -> None:
        """A moderator presses a button."""
        if self._store is not None and not self._stopping:
            task = self._loop.create_task(self._switched(self._store, guild, on=on))
            self._pressed.add(task)
            task.add_done_callback(self._pressed.discard)

    async def _switched(self, store: Store, guild: int, *, on: bool) -> None:
        for purpose in Purpose:
            with contextlib.suppress(StoreError):
                await targets.change(
                    store,
                    lambda held: held and replace(held, on=on, off_reason=None),
                    self.clock.now(),
                    guild=guild,
                    purpose=purpose,
                )
        self.wake()

    def _disk_delay(self) -> float:
        """How long the disk takes for the next request: nearly always milliseconds, and now and then it hangs."""
        if self._dice.random() < HANGS:
            hangs = self._dice.uniform(0.2, 6.0)
            self._world.trouble(None, self._world.timeline.now, self._world.timeline.now + hangs)
            return hangs
        return self._dice.choice([0.0, 0.001, 0.01])

    def wake(self) -> None:
        if self._waking is not None:
            self._waking.set()

    def sends(self, mark: str) -> None:
        self._world.handed_over[mark] = self._world.timeline.now
        if self.clock.now() >= self._until.get(mark, self.clock.now() + timedelta(days=1)):
            self._world.useless.append(mark)

    def moment(self, name: str) -> None:
        """The process may be stopped, or killed, right here."""
        if self._still:
            return
        for trigger in list(self.armed):
            event, left = trigger
            if getattr(event, "moment", "any") not in {"any", name}:
                continue
            if left > 0:
                trigger[1] -= 1
                continue
            if trigger in self.armed:
                # It may have been called off while an earlier one made the process stand still.
                self.armed.remove(trigger)
                self._hit(event, name)

    def _hit(self, event: Event, name: str) -> None:
        world = self._world
        if isinstance(event, Kill):
            world.killed = event
            raise Crash
        if isinstance(event, Stop):
            self._stopping = event
            world.say("*** stopping")
            self.wake()
            return
        assert isinstance(event, Stall)
        world.say(f"*** stands still: {name}")
        began = world.timeline.now
        self._still = True
        world.timeline.pass_until(began + event.seconds)
        self._still = False
        world.trouble(None, began, world.timeline.now)
        world.prolong()
        self.wake()
        world.say("*** goes on")

    def under_way(self) -> set[str]:
        """Marks of messages whose turn had come, and of which the store does not say what became."""
        granted = self._limiter.granted
        if self._raw is None:
            return set()
        try:
            open_rows: set[int] = {
                row[0] for row in self._raw.execute("SELECT id FROM outbox WHERE state IN ('claimed', 'pending')")
            }
        except sqlite3.Error:
            open_rows = set(granted)
        return self.line.sending | {self._marks[row] for row in granted & open_rows if row in self._marks}

    def bury(self) -> None:
        """The process is dead: its files are closed, and nothing of it goes on."""
        self._disk.dead = True
        self.line.cut()
        self._loop.abandon()
        if self._raw is not None:
            self._raw.close()
        if self._store is not None:
            for connection in _connections(self._store):
                let_go(connection)


def _connections(store: Store) -> list[aiosqlite.Connection]:
    return [each for each in vars(store).values() if isinstance(each, aiosqlite.Connection)] + list(store._readers)
