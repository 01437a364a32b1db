"""What the reminders' tests stand on: a clock set by hand, a Discord in memory, a store that dies when told to."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from discord import ui
from discord.utils import time_snowflake

from bot.notifications.schedule_planner import plan_schedule
from bot.outbox.contracts import FoundMessage, InDoubt, Post, RefusedError
from bot.outbox.rate_limit import RateLimiter
from bot.outbox.worker import Worker
from bot.services import Services
from db.connection import Store
from db.models import Broadcast, BroadcastKind, Driver, Race, Season
from db.reminders import targets
from db.reminders.models import NotificationKind, OutboxRow, Target
from db.reminders.outbox import recent
from tests.seasons import make_race

COVERAGE = datetime(2025, 10, 17, 20, tzinfo=UTC)
"""4 p.m. Eastern."""
HOUR_BEFORE = COVERAGE - timedelta(hours=1)
CHANNEL = 900
NONCE_WINDOW = timedelta(minutes=3)


class HandClock:
    """Stands where it is put."""

    speed = 0.0

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def advance(self, **amount: float) -> None:
        self.moment += timedelta(**amount)


@dataclass
class Sent:
    """A message of the Discord in memory."""

    id: int
    channel: int
    at: datetime
    nonce: str
    custom_ids: tuple[str, ...]
    role: int | None = None
    deleted: bool = False
    edits: int = 0


@dataclass
class FakeDiscord:
    """Keeps messages, knows nonces for three minutes, shows its history to those who may read it.

    ``before`` and ``after`` are what happens to requests, each once and in order: raised, or called.
    ``unreadable`` are channels whose history is empty to us; ``refuses`` those whose history answers 403.
    """

    clock: HandClock
    messages: list[Sent] = field(default_factory=list)
    before: list[Exception | Callable[[], Any] | None] = field(default_factory=list)
    after: list[Exception | Callable[[], Any] | None] = field(default_factory=list)
    unreadable: set[int] = field(default_factory=set)
    refuses: set[int] = field(default_factory=set)
    closed: dict[int, RefusedError] = field(default_factory=dict)
    told: bool = True
    ready: bool = True
    patience: float = 30.0
    delete_fails: list[Exception | Callable[[], Any] | None] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    numbers: Iterable[int] = field(default_factory=itertools.count)

    async def clear(self) -> None:
        """Nothing holds."""

    async def send(self, channel: int, post: Post, nonce: str) -> int:
        await self._meet("send", self.before)
        if channel in self.closed:
            raise self.closed[channel]
        known = next((m for m in self.messages if m.nonce == nonce and m.at > self.clock.now() - NONCE_WINDOW), None)
        if known is not None and known.deleted:
            raise RefusedError("Unknown Message", missing=True)
        if known is None:
            known = Sent(self._number(), channel, self.clock.now(), nonce, _custom_ids(post.view), post.role)
            self.messages.append(known)
        await self._meet("sent", self.after)
        return known.id

    async def edit(self, channel: int, message: int, post: Post) -> None:
        await self._meet("edit", self.before)
        found = next((m for m in self.messages if m.id == message and m.channel == channel and not m.deleted), None)
        if found is None:
            raise RefusedError("Unknown Message", missing=True)
        found.custom_ids, found.edits = _custom_ids(post.view), found.edits + 1
        await self._meet("edited", self.after)

    async def delete(self, channel: int, message: int) -> None:
        await self._meet("delete", self.delete_fails)
        found = next((m for m in self.messages if m.id == message and m.channel == channel and not m.deleted), None)
        if found is None:
            raise RefusedError("Unknown Message", missing=True)
        found.deleted = True

    async def open(self, user: int) -> int:
        await self._meet("open", [])
        return user * 10

    async def history(self, channel: int, *, after: int | None = None, before: int | None = None) -> list[FoundMessage]:
        await self._meet("history", [])
        if channel in self.closed:
            raise self.closed[channel]
        if channel in self.refuses:
            raise RefusedError("Missing Access", barred=True)
        if channel in self.unreadable:
            return []
        there = sorted((m for m in self.messages if m.channel == channel and not m.deleted), key=lambda m: m.id)
        page = [m for m in there if (after is None or m.id > after) and (before is None or m.id < before)]
        page = page[:100] if after is not None else page[-100:]
        return [FoundMessage(m.id, m.custom_ids) for m in reversed(page)]

    def reads_history(self, channel: int) -> bool | None:
        return channel not in self.unreadable if self.told else None

    def chatter(self, channel: int, many: int, at: datetime | None = None) -> None:
        """Other people's messages."""
        for _ in range(many):
            self.messages.append(Sent(self._number(at), channel, at or self.clock.now(), "", ()))

    def carrying(self, mark: str) -> list[Sent]:
        return [m for m in self.messages if any(mark in each for each in m.custom_ids)]

    def _number(self, at: datetime | None = None) -> int:
        return time_snowflake(at or self.clock.now()) + next(iter(self.numbers)) % (1 << 22)

    async def _meet(self, what: str, happening: list[Any]) -> None:
        self.requests.append(what)
        happens = happening.pop(0) if happening else None
        if isinstance(happens, Exception):
            raise happens
        if happens is not None:
            happens()


def _custom_ids(view: ui.LayoutView) -> tuple[str, ...]:
    return tuple(item.custom_id for item in view.walk_children() if isinstance(item, ui.Button) and item.custom_id)


def view_of(mark: str) -> ui.LayoutView:
    """A message that carries a mark."""
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.ActionRow(ui.Button(label="Remind me too", custom_id=f"t1:0:remindme:{mark}")))
    return view


async def plain(row: OutboxRow, target: Target) -> Post:
    """Writes a row's message."""
    return Post(view_of(row.mark), target.role)


class Seasons:
    """Hands out seasons as they are put."""

    def __init__(self, *races: Race) -> None:
        self.version = 0
        self.put(*races)

    def put(self, *races: Race) -> None:
        self.version += 1
        by_year: dict[int, list[Race]] = {}
        for race in races:
            by_year.setdefault(race.season, []).append(race)
        self.seasons = tuple(
            Season(year, tuple(held), drivers=MappingProxyType(dict[str, Driver]())) for year, held in by_year.items()
        )

    async def all(self) -> tuple[Season, ...]:
        return self.seasons


def race_at(coverage: datetime | None = COVERAGE, number: int = 23, **facts: Any) -> Race:
    """A race on FS1 with its start half an hour after coverage; without coverage its start is where it usually is."""
    facts.setdefault("date", (coverage or COVERAGE).date())
    facts.setdefault("start", (coverage or COVERAGE) + timedelta(minutes=30))
    if coverage is not None:
        facts.setdefault("broadcasts", (Broadcast(BroadcastKind.TV, "FS1", coverage),))
    return make_race((coverage or COVERAGE).year, number, "Talladega", **facts)


def make_worker(
    store: Store, seasons: Seasons, discord: FakeDiscord, rate: float = 1e6, in_doubt: InDoubt = InDoubt.AGAIN
) -> Worker:
    """A worker that writes plain messages, as fast as it likes."""
    services: Any = Services(store, seasons, discord.clock)  # type: ignore[arg-type]
    worker = Worker(services, discord, RateLimiter(rate), in_doubt)
    worker.plan(plan_schedule)
    for kind in (NotificationKind.REMINDER, NotificationKind.CHANGE, NotificationKind.RESULTS):
        worker.compose(kind, plain)
    return worker


async def step(worker: Worker) -> None:
    """A tick, and all that it set going to its end."""
    await worker.tick()
    await worker.settled()


async def wants(store: Store, clock: HandClock, **facts: Any) -> Target:
    """A server that wants an hour's notice in a channel."""
    return await targets.save(store, Target(**{"guild": 1, "channel": CHANNEL, **facts}), clock.now())


async def only(store: Store, target: Target) -> OutboxRow:
    """The one row that is over and done with."""
    (row,) = await recent(store, target.id)
    return row


class Held:
    """Holds up the first turn until it is let go."""

    def __init__(self, worker: Worker) -> None:
        self.met, self.go = asyncio.Event(), asyncio.Event()
        worker._limiter.clear = self.clear

    async def clear(self) -> None:
        self.met.set()
        await self.go.wait()
