"""A model of Discord: channels and their history, nonces, scheduled events, rate limits, and everything that fails.

It outlives every process; ``line.py`` has a process's way to it.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from discord.utils import time_snowflake

from bot.discord_errors import Code
from bot.notifications.scheduled_events import RaceEvent
from bot.outbox.contracts import FoundMessage, Post, RefusedError
from bot.outbox.discord_sender import custom_ids
from db.reminders.models import OutboxRow
from tests.bot.render.reading import components_of
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
        self.custom_ids = tuple(custom_ids(components_of(post.view)))


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


@dataclass
class Discord:
    """The world's Discord.

    Attributes:
        weather: (until, kind, chance) of what requests meet now.
        delays: (how many messages later, seconds) of messages that will land late.
        unreachable_until, forbidden, hidden, no_events, full: until when what is not possible, by place if it has one.
        refused: when a process was told that it may not do something, by place.
        unanswered: when a process made a request of which it never learned what became of it, by place.
        trouble: called with a place (None for all), from when and until when something went wrong there.
    """

    story: Story
    timeline: Timeline
    trouble: Callable[[int | None, float, float], None]
    messages: dict[int, list[Message]] = field(default_factory=dict)
    events: list[ScheduledEvent] = field(default_factory=list)
    weather: list[tuple[float, str, float]] = field(default_factory=list)
    delays: list[tuple[int, float]] = field(default_factory=list)
    unreachable_until: float = -1.0
    limited_until: float = -1.0
    forbidden: dict[int, float] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    hidden: dict[int, float] = field(default_factory=dict)
    no_events: dict[int, float] = field(default_factory=dict)
    full: dict[int, float] = field(default_factory=dict)
    refused: dict[int, list[float]] = field(default_factory=dict)
    unanswered: dict[int, list[float]] = field(default_factory=dict)
    say: Callable[[str], None] = lambda _: None
    shown: Callable[[Message, Post], None] = lambda _, __: None
    """Called with each message that is made or changed, and what it says."""

    rewritten: Callable[[Message, Mapping[str, Any], float], None] = lambda _, __, ___: None
    """Called with each message that is changed to a prepared body, that body, and when it was drawn."""

    def __post_init__(self) -> None:
        self._number = 0
        self._requests = 0
        self._recent: deque[float] = deque()
        self._recent_in: dict[int, deque[float]] = {}
        self._asked: deque[float] = deque()
        self.hidden_times: dict[int, list[tuple[float, float]]] = {}
        self.too_fast = 0
        for place in self.story.places:
            if place.hidden and not place.person:
                self.hide(place.channel, float("inf"))

    def clock(self) -> datetime:
        return self.story.begins + timedelta(seconds=self.timeline.now + self.story.skew)

    def new_id(self) -> int:
        self._number += 1
        return time_snowflake(self.clock()) + self._number % (1 << 22)

    def chat(self, channel: int, many: int) -> None:
        """People write in a channel."""
        for _ in range(many):
            self._messages(channel).append(Message(self.new_id(), channel, self.timeline.now))

    def hide(self, channel: int, until: float) -> None:
        """From now on the bot may not read a channel's history, for a while."""
        self.hidden[channel] = max(until, self.hidden.get(channel, 0.0))
        self.hidden_times.setdefault(channel, []).append((self.timeline.now, until))

    def asked(self) -> None:
        """A request is made: more than Discord takes in a second would be too fast."""
        now = self.timeline.now
        self._asked.append(now)
        while self._asked[0] <= now - 1:
            self._asked.popleft()
        self.too_fast += len(self._asked) > GLOBAL_RATE

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
        self.shown(made, post)
        self.say(f"channel {channel}: message {made.id} ({made.mark})")
        return made.id

    def edit(self, channel: int, message: int, post: Post) -> int:
        """Does what a request to edit does."""
        found = self._found(channel, message)
        found.shows(post)
        self.shown(found, post)
        self.say(f"channel {channel}: {message} is edited ({found.mark}, version {found.version})")
        return message

    def rewrite(self, channel: int, message: int, body: Mapping[str, Any], drawn: float) -> None:
        """Does what a request to change a message to a prepared body does; it was drawn at that moment."""
        found = self._found(channel, message)
        self.rewritten(found, body, drawn)
        self.say(f"channel {channel}: {message} is drawn anew ({found.mark})")

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

    def _delay(self) -> float | None:
        """How late the next message lands, if it is one that does."""
        late = next((seconds for left, seconds in self.delays if left == 0), None)
        self.delays = [(left - 1, seconds) for left, seconds in self.delays if left > 0]
        return late

    def fate(self, *, posts: bool) -> Fate:  # noqa: C901, PLR0911 - a case each
        """What becomes of the next request, which may be one to send a message."""
        self._requests += 1
        if posts and (late := self._delay()) is not None:
            return Fate(late, 0, answer="nothing")
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
                # It lands after the client has given up, often so late that its nonce may be forgotten.
                return Fate(dice.choice([dice.uniform(31, 60), dice.uniform(56, 60)]), 0, answer="nothing")
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


def signed(post: Post | None, row: OutboxRow) -> Post | None:
    """The post, which remembers its row for the judge; Discord itself is told nothing of it."""
    if post is not None:
        post.view.simulated_row = row  # type: ignore[attr-defined]
    return post


def signature_of(post: Post) -> tuple[str, int]:
    """The mark of the row that a post was written for, and the version of what it says."""
    row: OutboxRow = post.view.simulated_row  # type: ignore[attr-defined]
    return row.mark, row.notification.lead
