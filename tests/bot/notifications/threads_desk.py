"""What the tests of threads stand on: a channel's threads in memory, and a worker that opens and fills them."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.discord_errors import Code
from bot.notifications.schedule_planner import plan_schedule
from bot.notifications.threads import GO_INTO_THREADS, ThreadKeeper
from bot.notifications.threads_planner import plan_threads
from bot.outbox.contracts import RefusedError
from bot.outbox.rate_limit import RateLimiter
from bot.outbox.worker import Worker
from bot.services import Services
from db.connection import Store
from db.models import Season
from db.reminders import targets
from db.reminders.models import RACE, Extras, NotificationKind, OutboxRow, PlannedNotification, Target
from db.reminders.outbox import recent, upcoming
from db.reminders.plans import Connection
from db.reminders.race_day import RaceDay, RacePost
from tests.bot.outbox.standing import CHANNEL, COVERAGE, FakeDiscord, HandClock, Seasons, Sent, plain, race_at, step

GUILD = 1
NAME = "Talladega · Oct 17"
MORNING = COVERAGE - timedelta(hours=8)


class Ended(BaseException):
    """The process came to its end at some await."""


@dataclass
class Thread:
    """A thread of the channel in memory."""

    id: int
    name: str
    channel: int = CHANNEL
    archived: bool = False
    from_message: bool = True


@dataclass
class ThreadDesk:
    """The threads of one server, in memory. ``before`` and ``after`` happen to changes, each once and in order.

    ``may`` is what we know of our permission, ``closed`` the code of a refusal of everything, ``unlisted`` says that
    what was put away may not be listed. ``answers`` lets changes be answered. After ``ends_after`` awaits, if that is
    set, the process ends.
    """

    discord: FakeDiscord
    there: list[Thread] = field(default_factory=list)
    before: list[Exception | None] = field(default_factory=list)
    after: list[Exception | None] = field(default_factory=list)
    may: bool | None = True
    closed: int = 0
    unlisted: bool = False
    requests: list[str] = field(default_factory=list)
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    ends_after: int | None = None

    def __post_init__(self) -> None:
        self.answers.set()
        self.numbers = itertools.count(7000)

    def may_open(self, guild: int, channel: int) -> bool | None:
        assert guild == GUILD
        assert channel
        return self.may

    async def turn(self) -> None:
        self._may_end()

    async def start(self, channel: int, message: int, name: str) -> None:
        await self._ask("start")
        found = next((m for m in self.discord.messages if m.id == message and m.channel == channel), None)
        if found is None or found.deleted:
            raise RefusedError("Unknown Message", missing=True, code=Code.UNKNOWN_MESSAGE)
        if any(each.id == message for each in self.there):
            raise RefusedError("A thread has already been created for this message", code=Code.THREAD_EXISTS)
        self.there.append(Thread(message, name, channel))
        await self._answer()

    async def active(self, guild: int, channel: int, name: str) -> int | None:
        assert guild == GUILD
        await self._ask("active")
        return self._named(channel, name, archived=False)

    async def put_away(self, channel: int, name: str) -> int | None:
        await self._ask("put away")
        if self.unlisted:
            raise RefusedError("Missing Access", barred=True, code=Code.MISSING_ACCESS)
        return self._named(channel, name, archived=True)

    async def create(self, channel: int, name: str) -> int:
        await self._ask("create")
        number = next(self.numbers)
        self.there.append(Thread(number, name, channel, from_message=False))
        await self._answer()
        return number

    async def archive(self, thread: int) -> None:
        await self._ask("archive")
        found = next((each for each in self.there if each.id == thread), None)
        if found is None:
            raise RefusedError("Unknown Channel", gone=True, code=Code.UNKNOWN_CHANNEL)
        if found.archived:
            raise RefusedError("Thread is archived", code=Code.THREAD_ARCHIVED)
        found.archived = True
        await self._answer()

    def _named(self, channel: int, name: str, *, archived: bool) -> int | None:
        found = [t.id for t in self.there if (t.channel, t.name, t.archived) == (channel, name, archived)]
        return found[-1] if found else None

    def _may_end(self) -> None:
        if self.ends_after is not None:
            self.ends_after -= 1
            if self.ends_after < 0:
                raise Ended

    async def _ask(self, what: str) -> None:
        self._may_end()
        self.requests.append(what)
        if self.closed:
            raise RefusedError("no", barred=self.closed == Code.MISSING_PERMISSIONS, code=self.closed)
        if error := self.before.pop(0) if self.before else None:
            raise error

    async def _answer(self) -> None:
        self._may_end()
        await self.answers.wait()
        if error := self.after.pop(0) if self.after else None:
            raise error


class Scene:
    """A worker that keeps threads, and the world around it; ``extra`` is what is planned besides."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = HandClock(MORNING)
        self.seasons = Seasons(race_at())
        self.discord = FakeDiscord(self.clock)
        self.desk = ThreadDesk(self.discord)
        self.extra: list[PlannedNotification] = []
        self.start()

    def start(self) -> None:
        services: Any = Services(self.store, self.seasons, self.clock)  # type: ignore[arg-type]
        self.worker = Worker(services, self.discord, RateLimiter(1e6))
        threads = ThreadKeeper(self.store, self.clock, self.desk)
        for kind in (NotificationKind.REMINDER, NotificationKind.STANDINGS, *GO_INTO_THREADS):
            self.worker.compose(kind, plain)
        for kind in GO_INTO_THREADS:
            self.worker.place(kind, threads.whereabouts)
        self.worker.perform(NotificationKind.THREAD, threads.keep)
        self.worker.plan(plan_schedule)
        self.worker.plan(plan_threads)
        self.worker.plan(self._plan)

    async def _plan(
        self, connection: Connection, seasons: Sequence[Season], now: datetime
    ) -> Iterable[PlannedNotification]:
        del connection, seasons, now
        return self.extra

    def happens(
        self, at: datetime, kind: NotificationKind = NotificationKind.LIVE, number: int = 1, hours: float = 3
    ) -> None:
        """Something of the race is posted at a moment."""
        race = self.seasons.seasons[0].races[0]
        session = RacePost.STAGE if kind is NotificationKind.LIVE else RACE
        until = at + timedelta(hours=hours)
        planned = PlannedNotification(
            kind, race.season, race.round, session, number, at, at, until, newcomers=True, race=race.id
        )
        self.extra = [*self.extra, planned]

    async def wants(self, *, channel: int = CHANNEL, thread: bool = True, on: bool = True, **facts: Any) -> Target:
        extras = {"changes": False, "race_day": RaceDay.EVERYTHING, "board": True, **facts.pop("extras", {})}
        wanted = Target(guild=GUILD, channel=channel, on=on, extras=Extras(thread=thread, **extras), **facts)
        return await targets.save(self.store, wanted, self.clock.now())

    async def go(self, ticks: int = 3, **amount: float) -> None:
        self.clock.advance(**amount)
        for _ in range(ticks):
            await step(self.worker)
            self.clock.advance(seconds=10)

    async def to(self, moment: datetime, ticks: int = 3) -> None:
        self.clock.moment = moment
        await self.go(ticks)

    async def rows(self, target: Target, kind: NotificationKind = NotificationKind.THREAD) -> list[OutboxRow]:
        every = [*await recent(self.store, target.id, 99), *await upcoming(self.store, target.id, 99)]
        return sorted((row for row in every if row.notification.kind is kind), key=lambda row: row.id)

    @property
    def reminder(self) -> Sent:
        return next(each for each in self.discord.messages if each.channel == CHANNEL)

    def posts(self, channel: int) -> int:
        """How many messages are in a channel, or in a thread."""
        return sum(each.channel == channel and not each.deleted for each in self.discord.messages)
