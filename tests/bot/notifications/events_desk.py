"""What the tests of scheduled events stand on: a server's events in memory, and a worker that keeps them."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.discord_errors import Code
from bot.notifications.schedule_planner import plan_schedule
from bot.notifications.scheduled_events import EventKeeper, Listed, RaceEvent
from bot.outbox.contracts import RefusedError
from bot.outbox.rate_limit import RateLimiter
from bot.outbox.worker import Worker
from bot.services import Services
from db.connection import Store
from db.models import Broadcast, BroadcastKind
from db.reminders import targets
from db.reminders.models import Extras, OutboxRow, Target
from db.reminders.outbox import recent, upcoming
from tests.bot.outbox.standing import COVERAGE, FakeDiscord, HandClock, Seasons, plain, race_at, step

GUILD = 1
MONDAY = COVERAGE - timedelta(days=4)
FS2 = (Broadcast(BroadcastKind.TV, "FS2", COVERAGE),)


@dataclass
class Desk:
    """The events of one server, in memory. ``before`` and ``after`` happen to changes, each once and in order.

    ``may`` is what we know of our permission, ``closed`` whether it is missing. ``answers`` lets changes be answered.
    """

    clock: HandClock
    there: dict[int, Listed] = field(default_factory=dict)
    before: list[Exception | None] = field(default_factory=list)
    after: list[Exception | None] = field(default_factory=list)
    may: bool | None = True
    closed: bool = False
    requests: list[str] = field(default_factory=list)
    answers: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.answers.set()
        self.numbers = itertools.count(5000)

    @property
    def shown(self) -> list[Listed]:
        now = self.clock.now()
        return [
            replace(each, begun=each.content.start <= now) for each in self.there.values() if each.content.end > now
        ]

    def may_keep(self, guild: int) -> bool | None:
        assert guild == GUILD
        return self.may

    async def events(self, guild: int) -> list[Listed]:
        assert guild == GUILD
        self.requests.append("list")
        return self.shown

    async def create(self, guild: int, content: RaceEvent) -> int:
        assert guild == GUILD
        await self._ask("create")
        assert content.start > self.clock.now(), "Discord makes no events in the past"
        number = next(self.numbers)
        self.there[number] = Listed(number, content)
        await self._answer()
        return number

    async def edit(self, guild: int, event: int, content: RaceEvent) -> None:
        assert guild == GUILD
        await self._ask("edit")
        if event not in self.there:
            raise RefusedError("Unknown Guild Scheduled Event", gone=True, code=Code.UNKNOWN_EVENT)
        self.there[event] = Listed(event, content)
        await self._answer()

    async def delete(self, guild: int, event: int) -> None:
        assert guild == GUILD
        await self._ask("delete")
        if self.there.pop(event, None) is None:
            raise RefusedError("Unknown Guild Scheduled Event", gone=True, code=Code.UNKNOWN_EVENT)
        await self._answer()

    async def _ask(self, what: str) -> None:
        self.requests.append(what)
        if self.closed:
            raise RefusedError("Missing Permissions", barred=True, code=50013)
        if error := self.before.pop(0) if self.before else None:
            raise error

    async def _answer(self) -> None:
        await self.answers.wait()
        if error := self.after.pop(0) if self.after else None:
            raise error


class Scene:
    """A worker that keeps events, and the world around it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = HandClock(MONDAY)
        self.seasons = Seasons(race_at())
        self.discord = FakeDiscord(self.clock)
        self.desk = Desk(self.clock)
        self.start()

    def start(self) -> None:
        services: Any = Services(self.store, self.seasons, self.clock)  # type: ignore[arg-type]
        self.worker = Worker(services, self.discord, RateLimiter(1e6))
        for kind in ("reminder", "change"):
            self.worker.compose(kind, plain)  # type: ignore[arg-type]
        self.worker.perform("event", EventKeeper(self.store, self.desk).keep)  # type: ignore[arg-type]
        self.worker.plan(plan_schedule)

    async def wants(self, *, on: bool = True, **extras: Any) -> Target:
        wanted = Target(guild=GUILD, channel=900, on=on, extras=Extras(changes=False, **extras))
        return await targets.save(self.store, wanted, self.clock.now())

    async def go(self, ticks: int = 3, **amount: float) -> None:
        self.clock.advance(**amount)
        for _ in range(ticks):
            await step(self.worker)
            self.clock.advance(seconds=10)

    async def rows(self, target: Target) -> list[OutboxRow]:
        every = [*await recent(self.store, target.id, 99), *await upcoming(self.store, target.id, 99)]
        return sorted((row for row in every if row.notification.kind == "event"), key=lambda row: row.id)

    @property
    def starts(self) -> list[datetime]:
        return sorted(each.content.start for each in self.desk.shown)
