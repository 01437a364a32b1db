"""A model of Discord: channels and their history, nonces, scheduled events, rate limits, and everything that fails.

``Discord`` outlives every process. A ``Line`` is one process's way to it: what the outbox calls its sender, and the
calendar of scheduled events. A request that has left arrives, whatever becomes of the process that made it.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from discord.utils import time_snowflake

from bot.discord_errors import Code
from bot.notifications.scheduled_events import Listed, RaceEvent
from bot.outbox.contracts import BusyError, FoundMessage, Post, RefusedError, UnsureError
from bot.outbox.discord_sender import custom_ids
from db.reminders.models import OutboxRow
from tests.simulation.loop import Timeline
from tests.simulation.story import Story

T = TypeVar("T")

GLOBAL_RATE = 50
"""Requests a second that Discord takes from a bot."""
LOCAL_RATE, LOCAL_SECONDS = 5, 5.0
"""Messages that a channel takes in so many seconds."""
PAGE = 100
SLOW = 2.0
"""A request that takes longer than this counts as trouble."""


@dataclass
class Message:
    """A message of ours, or of somebody else if it bears no mark."""

    id: int
    channel: int
    at: float
    nonce: str = ""
    mark: str = ""
    custom_ids: tuple[str, ...] = ()
    deleted: bool = False
    version: int = 0

    def shows(self, post: Post) -> None:
        """From now on it says what the post says."""
        self.mark, self.version = signature_of(post)
        self.custom_ids = tuple(custom_ids(component for component in post.view.to_components()))


@dataclass
class ScheduledEvent:
    """A scheduled event of a server."""

    id: int
    guild: int
    content: RaceEvent


@dataclass(frozen=True)
class Fate:
    """What becomes of a request.

    ``takes_effect`` says whether Discord does it, ``answer`` what comes back: ok, nothing, cut, or an error.
    """

    up: float
    down: float
    takes_effect: bool = True
    answer: str = "ok"


class Host(Protocol):
    """The process at this end of a line."""

    started_at: float

    def moment(self, name: str) -> None:
        """Something of note happens; the process may be stopped or killed right here."""

    def sends(self, mark: str) -> None:
        """A message with such a mark is handed over to be sent."""


@dataclass
class Discord:
    """The world's Discord.

    Attributes:
        weather: (until, kind, chance) of what requests meet now.
        unreachable_until, forbidden, hidden, no_events: until when what is not possible, by place where it has one.
        trouble: called with a place (None for all), from when and until when something went wrong there.
    """

    story: Story
    timeline: Timeline
    trouble: Callable[[int | None, float, float], None]
    messages: dict[int, list[Message]] = field(default_factory=dict)
    events: list[ScheduledEvent] = field(default_factory=list)
    weather: list[tuple[float, str, float]] = field(default_factory=list)
    unreachable_until: float = -1.0
    limited_until: float = -1.0
    forbidden: dict[int, float] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    hidden: dict[int, float] = field(default_factory=dict)
    no_events: dict[int, float] = field(default_factory=dict)
    say: Callable[[str], None] = lambda _: None

    def __post_init__(self) -> None:
        self._number = 0
        self._requests = 0
        self._recent: deque[float] = deque()
        self._recent_in: dict[int, deque[float]] = {}
        for place in self.story.places:
            if place.hidden and not place.person:
                self.hidden[place.channel] = float("inf")

    def clock(self) -> datetime:
        return self.story.begins + timedelta(seconds=self.timeline.now + self.story.skew)

    def new_id(self) -> int:
        self._number += 1
        return time_snowflake(self.clock()) + self._number % (1 << 22)

    def chat(self, channel: int, many: int) -> None:
        """People write in a channel."""
        for _ in range(many):
            self._messages(channel).append(Message(self.new_id(), channel, self.timeline.now))

    def can_read(self, channel: int) -> bool:
        return self.hidden.get(channel, -1.0) <= self.timeline.now

    def may_write(self, channel: int) -> bool:
        return self.forbidden.get(channel, -1.0) <= self.timeline.now

    def may_make_events(self, guild: int) -> bool:
        return self.no_events.get(guild, -1.0) <= self.timeline.now

    def post(self, channel: int, nonce: str, post: Post) -> int:
        """Does what a request to send does."""
        self._must_exist(channel)
        if not self.may_write(channel):
            raise RefusedError("Missing Permissions", barred=True, code=Code.MISSING_PERMISSIONS)
        for message in reversed(self._messages(channel)):
            if message.nonce == nonce and self.timeline.now - message.at < self.story.memory:
                if message.deleted:
                    raise RefusedError("Unknown Message", missing=True)
                self.say(f"channel {channel}: known by its nonce as {message.id}")
                return message.id
        made = Message(self.new_id(), channel, self.timeline.now, nonce)
        made.shows(post)
        self._messages(channel).append(made)
        self.say(f"channel {channel}: message {made.id} ({made.mark})")
        return made.id

    def edit(self, channel: int, message: int, post: Post) -> int:
        """Does what a request to edit does."""
        found = self._found(channel, message)
        found.shows(post)
        self.say(f"channel {channel}: {message} is edited ({found.mark}, version {found.version})")
        return message

    def delete(self, channel: int, message: int) -> int:
        """Does what a request to delete does."""
        self._found(channel, message).deleted = True
        self.say(f"channel {channel}: {message} is taken away")
        return message

    def page(self, channel: int, after: int | None, before: int | None) -> list[FoundMessage]:
        """Does what a request for a channel's history does."""
        self._must_exist(channel)
        if not self.can_read(channel):
            return []
        there = [
            each
            for each in self._messages(channel)
            if not each.deleted and (after is None or each.id > after) and (before is None or each.id < before)
        ]
        there.sort(key=lambda each: each.id)
        there = there[:PAGE] if after is not None else there[-PAGE:]
        return [FoundMessage(each.id, each.custom_ids) for each in reversed(there)]

    def live(self, channel: int) -> list[Message]:
        """What stands in a channel of ours."""
        return [each for each in self._messages(channel) if each.mark and not each.deleted]

    def _must_exist(self, channel: int) -> None:
        if channel in self.gone:
            raise RefusedError("Unknown Channel", gone=True, code=Code.UNKNOWN_CHANNEL)

    def _messages(self, channel: int) -> list[Message]:
        return self.messages.setdefault(channel, [])

    def _found(self, channel: int, message: int) -> Message:
        for each in self._messages(channel):
            if each.id == message and not each.deleted:
                return each
        raise RefusedError("Unknown Message", missing=True)

    def fate(self) -> Fate:
        """What becomes of the next request."""
        self._requests += 1
        dice = random.Random(self.story.seed * 1_000_003 + self._requests)
        latency = self.story.latency * (0.5 + dice.random())
        usual = Fate(latency, latency / 2)
        now = self.timeline.now
        self.weather = [each for each in self.weather if each[0] > now]
        kind = next((kind for _, kind, chance in self.weather if dice.random() < chance), "")
        match kind:
            case "lost":
                return Fate(latency, 0, takes_effect=False, answer="nothing")
            case "reset":
                return Fate(latency, latency, takes_effect=False, answer="cut")
            case "answer lost":
                return Fate(dice.choice([latency, dice.uniform(0, 20)]), 0, answer="nothing")
            case "cut":
                return Fate(latency, latency, answer="cut")
            case "refused":
                return Fate(latency, latency, takes_effect=False, answer="cut")
            case "slow":
                return Fate(dice.uniform(1, 25), dice.uniform(0, 4))
            case "late":
                # It lands after the client has given up.
                return Fate(dice.uniform(31, 60), 0, answer="nothing")
            case "limited":
                return Fate(latency, latency, takes_effect=False, answer="limited")
            case "limited everywhere":
                self.limited_until = max(self.limited_until, now + dice.uniform(1, 20))
                self.trouble(None, now, self.limited_until)
                return Fate(latency, latency, takes_effect=False, answer="limited")
            case _:
                return usual

    def wait(self, channel: int, *, posts: bool) -> float:
        """How many seconds a request must wait for the rate limits."""
        now, wait = self.timeline.now, max(0.0, self.limited_until - self.timeline.now)
        while self._recent and self._recent[0] <= now - 1:
            self._recent.popleft()
        if len(self._recent) >= GLOBAL_RATE:
            wait = max(wait, self._recent[0] + 1 - now)
        if posts:
            recent = self._recent_in.setdefault(channel, deque())
            while recent and recent[0] <= now - LOCAL_SECONDS:
                recent.popleft()
            if len(recent) >= LOCAL_RATE:
                wait = max(wait, recent[0] + LOCAL_SECONDS - now)
            if wait <= 0:
                recent.append(now)
        if wait <= 0:
            self._recent.append(now)
        return wait


class Line:
    """One process's way to Discord; an ``outbox.contracts.Sender`` and a ``scheduled_events.Calendar``.

    Attributes:
        sending: marks of messages whose request is under way.
        cut_off: called with the mark of a message of which the process never learns what became of it.
    """

    patience = 30.0
    ready = True

    def __init__(self, discord: Discord, host: Host, cut_off: Callable[[str], None]) -> None:
        self._discord, self._host = discord, host
        self.sending: set[str] = set()
        self._cut_off = cut_off
        self.dead = False

    async def clear(self) -> None:
        while (wait := self._discord.limited_until - self._discord.timeline.now) > 0:
            await asyncio.sleep(wait)

    async def send(self, channel: int, post: Post, nonce: str) -> int:
        mark, _ = signature_of(post)
        self.sending.add(mark)
        self._host.sends(mark)
        try:
            return await self._ask(channel, lambda: self._discord.post(channel, nonce, post), posts=True)
        except UnsureError:
            self._cut_off(mark)
            raise
        finally:
            if not self.dead:
                self.sending.discard(mark)

    async def edit(self, channel: int, message: int, post: Post) -> None:
        await self._ask(channel, lambda: self._discord.edit(channel, message, post))

    async def delete(self, channel: int, message: int) -> None:
        await self._ask(channel, lambda: self._discord.delete(channel, message))

    async def open(self, user: int) -> int:
        return await self._ask(user * 10, lambda: user * 10)

    async def history(self, channel: int, *, after: int | None = None, before: int | None = None) -> list[FoundMessage]:
        return await self._ask(channel, lambda: self._discord.page(channel, after, before))

    def reads_history(self, channel: int) -> bool | None:
        if self._discord.timeline.now - self._host.started_at < self._discord.story.told:
            return None
        return self._discord.can_read(channel)

    def may_keep(self, guild: int) -> bool | None:
        if self._discord.timeline.now - self._host.started_at < self._discord.story.told:
            raise BusyError("not connected yet", 5.0)
        return self._discord.may_make_events(guild)

    async def events(self, guild: int) -> list[Listed]:
        def listed() -> list[Listed]:
            now = self._discord.clock()
            return [
                Listed(each.id, each.content, begun=each.content.start <= now)
                for each in self._discord.events
                if each.guild == guild and each.content.end > now
            ]

        return await self._ask(guild, listed)

    async def create(self, guild: int, content: RaceEvent) -> int:
        def made() -> int:
            if not self._discord.may_make_events(guild):
                raise RefusedError("Missing Permissions", barred=True, code=Code.MISSING_PERMISSIONS)
            new = ScheduledEvent(self._discord.new_id(), guild, content)
            self._discord.events.append(new)
            self._discord.say(f"server {guild}: event {new.id} {content.name} at {content.start}")
            return new.id

        return await self._ask(guild, made)

    async def edit_event(self, guild: int, event: int, content: RaceEvent) -> None:
        def changed() -> None:
            self._event(guild, event).content = content
            self._discord.say(f"server {guild}: event {event} is at {content.start} now")

        await self._ask(guild, changed)

    async def delete_event(self, guild: int, event: int) -> None:
        def removed() -> None:
            self._discord.events.remove(self._event(guild, event))
            self._discord.say(f"server {guild}: event {event} is removed")

        await self._ask(guild, removed)

    def _event(self, guild: int, event: int) -> ScheduledEvent:
        for each in self._discord.events:
            if each.id == event and each.guild == guild:
                return each
        raise RefusedError("Unknown Event", code=Code.UNKNOWN_EVENT)

    async def _ask(self, place: int, effect: Callable[[], T], *, posts: bool = False) -> T:
        discord, timeline, began = self._discord, self._discord.timeline, self._discord.timeline.now
        try:
            async with asyncio.timeout(self.patience):
                return await self._answer(place, effect, posts=posts)
        except TimeoutError:
            discord.trouble(place, began, timeline.now)
            raise UnsureError("no answer") from None
        except (UnsureError, BusyError):
            discord.trouble(place, began, timeline.now)
            raise
        finally:
            if timeline.now - began > SLOW:
                discord.trouble(place, began, timeline.now)

    async def _answer(self, place: int, effect: Callable[[], T], *, posts: bool) -> T:
        discord, timeline = self._discord, self._discord.timeline
        self._host.moment("asked")
        while (wait := discord.wait(place, posts=posts)) > 0:
            # discord.py waits out what Discord's headers say, within the same request.
            await asyncio.sleep(wait)
        await asyncio.sleep(0)
        self._host.moment("leaves")
        if discord.unreachable_until > timeline.now:
            await asyncio.sleep(0.01)
            raise BusyError("Discord can't be reached", 5.0, everywhere=True)
        fate = discord.fate()
        answered: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def answer(result: Any, error: Exception | None) -> None:
            if self.dead or answered.done():
                return
            if error is None:
                answered.set_result(result)
            else:
                answered.set_exception(error)

        def land() -> None:
            result: Any = None
            error: Exception | None = None
            if fate.takes_effect:
                try:
                    result = effect()
                except RefusedError as refused:
                    error = refused
            if not self.dead:
                self._host.moment("lands")
            if fate.answer == "nothing":
                return
            if fate.answer == "cut":
                error = UnsureError("the connection was cut")
            elif fate.answer == "limited":
                error = BusyError("slow down", 5.0)
            timeline.after(fate.down, lambda: answer(result, error))

        timeline.after(fate.up, land)
        result = await answered
        self._host.moment("answered")
        return result  # type: ignore[no-any-return]


class Calendar:
    """A line's scheduled events, under the names that the calendar has for them."""

    def __init__(self, line: Line) -> None:
        self.may_keep, self.events, self.create = line.may_keep, line.events, line.create
        self.edit, self.delete = line.edit_event, line.delete_event


def signed(post: Post | None, row: OutboxRow) -> Post | None:
    """The post, which remembers its row for the judge; Discord itself is told nothing of it."""
    if post is not None:
        post.view.simulated_row = row  # type: ignore[attr-defined]
    return post


def signature_of(post: Post) -> tuple[str, int]:
    """The mark of the row that a post was written for, and the version of what it says."""
    row: OutboxRow = post.view.simulated_row  # type: ignore[attr-defined]
    return row.mark, row.notification.lead
