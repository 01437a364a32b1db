"""One night lived through: the process, again and again, in a world that goes on without it."""

from __future__ import annotations

import asyncio
import contextlib
import random
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiosqlite

from bot.notifications.quote_of_the_day import QuoteOfTheDayWriter, plan_quotes
from bot.notifications.reminders import ReminderWriter
from bot.notifications.results import ResultsWriter
from bot.notifications.results_planner import plan_results
from bot.notifications.schedule_planner import plan_schedule
from bot.notifications.scheduled_events import EventKeeper
from bot.outbox.contracts import Compose, InDoubt, Post
from bot.outbox.rate_limit import RateLimiter
from bot.outbox.worker import Worker
from bot.seasons.as_of import AsOf
from bot.services import Services
from db.connection import Store
from db.errors import StoreError
from db.reminders import targets
from db.reminders.models import Extras, NotificationKind, OutboxRow, Purpose, Target, WeekendSession
from tests.db.sample_texts import loose, save
from tests.simulation.discord_model import Calendar, Discord, Line, signed
from tests.simulation.loop import Crash, Disk, SimulatedLoop, ThreadlessQueue, Timeline, let_go
from tests.simulation.schedule import NOON, Schedule, Seasons
from tests.simulation.story import (
    Backup,
    Chat,
    Event,
    Forbid,
    Hide,
    Import,
    Jump,
    Kill,
    NoEvents,
    OffAndOn,
    Outage,
    Place,
    Stall,
    Stop,
    Story,
    Weather,
)

CALM = 420.0
"""For so many seconds after a night nothing goes wrong: what can still be put right is, by then."""
STARTS = 1.0
"""Seconds from the start of a process until it works."""
TICK = 1.0
TICK_TIMEOUT = 20.0
RESTS = 60.0
"""With nothing to do for a while, the worker is called only that often; it would find nothing more often."""
RESTS_LONG = 900.0
"""The same in a night of a whole day."""
NEXT = """
SELECT min(at) FROM (
    SELECT max(due_at, coalesce(retry_at, due_at)) AS at FROM outbox WHERE state = 'pending'
    UNION ALL SELECT claimed_at FROM outbox WHERE state = 'claimed'
    UNION ALL SELECT look_again_at FROM outbox WHERE look_again_at IS NOT NULL)
"""


class World:
    """Everything that outlives a process.

    Args:
        story: what happens.
        folder: an empty one, on a fast disk.
        template: a store with the quotes in it, made by ``make_template``.
        say: is told what happens, with its time.

    Attributes:
        troubles: (place or None, from, to) of everything that went wrong, in seconds.
        schedules: from when each state of the schedule was known.
        offsets: from when the process's clock was ahead by how much.
        in_doubt: marks of messages that were under way when the process was cut off from the answer.
        useless: what was handed over to be sent after it had ceased to be of use.
    """

    def __init__(self, story: Story, folder: Path, template: Path, say: Callable[[str], None] | None = None) -> None:
        self.story, self.folder = story, folder
        self.timeline = Timeline()
        self._say = say
        self.troubles: list[tuple[int | None, float, float]] = []
        self.discord = Discord(story, self.timeline, self.trouble, say=self.say)
        self.seasons = Seasons()
        self.schedules: list[tuple[float, Schedule]] = [(0.0, self.seasons.schedule)]
        self.offsets: list[tuple[float, float]] = [(0.0, 0.0)]
        self.in_doubt: set[str] = set()
        self.useless: list[str] = []
        self.process: Process | None = None
        self.backup: Path | None = None
        self.ends = story.seconds
        self.calm = False
        self.killed: Kill | None = None
        self.restored = False
        self._copies = 0
        self.path = self._copy_to(template)
        for event in story.events:
            self.timeline.at(event.at, lambda event=event: self.meet(event))  # type: ignore[misc]
        self.timeline.at(story.seconds, self._calm_down)

    def say(self, text: str) -> None:
        if self._say is not None:
            moment = self.story.begins + timedelta(seconds=self.timeline.now)
            self._say(f"{moment:%d %H:%M:%S}.{moment.microsecond // 1000:03}  {text}")

    def trouble(self, place: int | None, begins: float, ends: float) -> None:
        self.troubles.append((place, begins, ends))

    @property
    def offset(self) -> float:
        return self.offsets[-1][1]

    def meet(self, event: Event) -> None:
        """Makes an event happen."""
        now, discord, process = self.timeline.now, self.discord, self.process
        self.say(f"*** {event}")
        match event:
            case Chat():
                discord.chat(event.channel, event.many)
            case Weather():
                discord.weather.append((now + event.seconds, event.kind, event.chance))
            case Outage():
                discord.unreachable_until = now + event.seconds
                self.trouble(None, now, now + event.seconds)
            case Forbid():
                discord.forbidden[event.channel] = now + event.seconds
                if event.gone:
                    discord.gone.add(event.channel)
                # Whoever is refused is switched off, until people switch it on again.
                self.trouble(event.channel, now, float("inf"))
            case Hide():
                discord.hidden[event.channel] = max(now + event.seconds, discord.hidden.get(event.channel, 0.0))
                self.trouble(event.channel, now, now + event.seconds)
            case OffAndOn():
                # What was due meanwhile is not owed any more, and the rest may be.
                self.trouble(900_000 + event.guild, now, float("inf"))
                self.trouble(event.guild, now, float("inf"))
                self._switch(event.guild, on=False)
                self.timeline.after(event.seconds, lambda: self._switch(event.guild, on=True))
            case NoEvents():
                discord.no_events[event.guild] = now + event.seconds
                self.trouble(event.guild, now, float("inf"))
            case Jump():
                self.offsets.append((now, self.offset + event.seconds))
                self._wake()
            case Import():
                self.seasons.edit(event.edit)
                self.schedules.append((now, self.seasons.schedule))
                self._wake()
            case Backup():
                self.backup = self._copy_to(self.path)
            case Stop() | Kill() | Stall() if process is not None:
                process.armed.append([event, getattr(event, "nth", 0)])
                self._wake()

    def _switch(self, guild: int, *, on: bool) -> None:
        if self.process is not None:
            self.process.switch(guild, on=on)

    def _wake(self) -> None:
        if self.process is not None:
            self.process.wake()

    def _calm_down(self) -> None:
        self.calm = True
        self.say("*** calm")
        self.discord.weather.clear()
        self.discord.unreachable_until = self.discord.limited_until = self.timeline.now
        if self.process is not None:
            self.process.armed.clear()
        self.ends = self.timeline.now + CALM

    def _copy_to(self, path: Path) -> Path:
        """The files of a store as they lie, copied to a new place."""
        self._copies += 1
        copy = self.folder / f"{self._copies}.db"
        shutil.copyfile(path, copy)
        with contextlib.suppress(FileNotFoundError):
            shutil.copyfile(f"{path}-wal", f"{copy}-wal")
        return copy

    def live(self) -> None:
        """Lives through the night, to the end of the calm after it."""
        self.trouble(None, 0.0, STARTS)
        while self.timeline.now < self.ends or not self.calm:
            began = self.timeline.now
            self.process = Process(self, self.path)
            try:
                pause = self.process.run()
            except Crash:
                pause = self._crashed()
            self.process = None
            ended = self.timeline.now
            if self.calm and self.timeline.now >= self.ends:
                break
            self.say(f"*** down for {pause:.0f} s")
            self.timeline.pass_until(ended + pause)
            self.trouble(None, ended, self.timeline.now + STARTS + self.story.told)
            self.ends = max(self.ends, self.timeline.now + CALM) if self.calm else self.ends
            assert self.timeline.now > began

    def _crashed(self) -> float:
        assert self.process is not None
        assert self.killed is not None
        event, self.killed = self.killed, None
        self.say(f"*** killed: {event.moment}")
        self.in_doubt |= self.process.under_way()
        copied_from = self.path
        if event.restored and self.backup is not None:
            copied_from, self.restored = self.backup, True
            self.say("*** the copy is put back")
        self.path = self._copy_to(copied_from)
        self.process.bury()
        if event.elsewhere:
            self.offsets.append((self.timeline.now, self.offset + event.elsewhere))
        return event.pause


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
        self.granted.discard(priority[1])
        await super().turn(priority)
        self.granted.add(priority[1])


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
        self.line = Line(world.discord, self, world.in_doubt.add)
        self._limiter = Limiter()
        self._limiter.clear = self.line.clear
        self._disk = Disk(self.moment)
        self._still = False
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
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK_TIMEOUT):
                    await worker.tick()
            self._waking.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._rest(worker)):
                    await self._waking.wait()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(4.0):
                await worker.close(2.5)
        world.in_doubt |= self.line.sending
        self.line.dead = True
        await store.close()
        self._raw.close()

    def _worker(self, store: Store) -> Worker:
        world = self._world

        async def as_of() -> AsOf:
            return world.seasons.as_of(self.clock.now())

        services = Services(store, world.seasons, self.clock)  # type: ignore[arg-type]
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
        worker.perform(NotificationKind.EVENT, EventKeeper(store, Calendar(self.line)).keep)
        worker.plan(plan_schedule)
        # Planners that plan for nobody only cost time.
        if any(place.results or place.recap or place.standings for place in world.story.places):
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
            return TICK
        assert self._raw is not None
        (at,) = self._raw.execute(NEXT).fetchone()
        most = RESTS if self._world.story.seconds < 2 * 3600 else RESTS_LONG
        if at is None:
            return most
        return min(max((datetime.fromisoformat(at) - self.clock.now()).total_seconds(), TICK), most)

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

    def wake(self) -> None:
        if self._waking is not None:
            self._waking.set()

    def sends(self, mark: str) -> None:
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
        if world.calm:
            world.ends = max(world.ends, world.timeline.now + CALM)
        world.say("*** goes on")

    def under_way(self) -> set[str]:
        """Marks of messages whose turn had come, and of which the store does not say what became."""
        granted = self._limiter.granted
        if self._raw is None:
            return set()
        try:
            open_rows = {
                row[0] for row in self._raw.execute("SELECT id FROM outbox WHERE state IN ('claimed', 'pending')")
            }
        except sqlite3.Error:
            open_rows = set(granted)
        return self.line.sending | {self._marks[row] for row in granted & open_rows if row in self._marks}

    def bury(self) -> None:
        """The process is dead: its files are closed, and nothing of it goes on."""
        self.line.dead = self._disk.dead = True
        self._loop.abandon()
        if self._raw is not None:
            self._raw.close()
        if self._store is not None:
            for connection in _connections(self._store):
                let_go(connection)


def _connections(store: Store) -> list[aiosqlite.Connection]:
    return [each for each in vars(store).values() if isinstance(each, aiosqlite.Connection)] + list(store._readers)


async def make_template(path: Path) -> None:
    """Makes a store with quotes for everybody in it, and nothing else."""
    async with await Store.open(path) as store:
        await save(store, *(loose(f"Words number {number}") for number in range(1, 9)), guild=None)


async def settle(path: Path, places: tuple[Place, ...], at: datetime) -> None:
    """Saves what the places want, in a store that nothing else has open."""
    async with await Store.open(path) as store:
        for place in places:
            await _save(store, place, at)


async def _save(store: Store, place: Place, at: datetime) -> None:
    extras = Extras(
        changes=place.changes,
        results=place.results,
        recap=place.recap,
        standings=place.standings,
        events=place.events,
        spoiler=False,
    )
    where: dict[str, int] = (
        {"user": place.number} if place.person else {"guild": place.number, "channel": place.channel}
    )
    sessions = frozenset(WeekendSession(each) for each in place.sessions)
    await targets.save(store, Target(leads=place.leads, sessions=sessions, extras=extras, **where), at)  # type: ignore[arg-type]
    if place.hour is not None:
        quotes = Target(
            leads=(),
            sessions=frozenset(),
            purpose=Purpose.QUOTES,
            extras=Extras(quote_hour=place.hour),
            **where,  # type: ignore[arg-type]
        )
        await targets.save(store, quotes, at)


SINCE = NOON - timedelta(days=4)
"""When everybody said what they want."""
