"""The interfaces between the outbox and the rest: planners, composers and performers, and the way to Discord."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from discord import ui

from db.connection import Store
from db.models import Season
from db.reminders.models import OutboxRow, PlannedNotification, Target
from db.reminders.plans import Connection


@dataclass(frozen=True, slots=True)
class Post:
    """A message to be sent.

    Args:
        view: the message; one of its custom ids holds the row's mark, by which it is found again after a crash.
        role: the one role it may mention.
        edit: the id of a message to change in place; if it is gone, a new one is sent, but for a ``correction``.
        edit_in: the channel of that message, if it is not the target's own.
        correction: it only changes what is there: a message that people took away is not sent again.
        still: says whether it is still of use, should its request have to be repeated.
    """

    view: ui.LayoutView
    role: int | None = None
    edit: int | None = None
    edit_in: int | None = None
    correction: bool = False
    still: Callable[[], bool] = lambda: True


class InDoubt(StrEnum):
    """What becomes of a message that may have arrived where the channel's history may not be read.

    It is the operator's choice: with ``AGAIN`` it may be there twice, with ``DROP`` not at all.
    """

    AGAIN = "again"
    DROP = "drop"


class RefusedError(Exception):
    """Discord refused the request for good: repeating it would change nothing, and nothing was done.

    Args:
        reason: one line for people who ask what happened to the message.
        gone: the channel, or the person, no longer exists.
        barred: the bot lacks access or a permission there.
        missing: the message that was to be changed does not exist (any more).
        code: Discord's error code, 0 if it gave none.
    """

    def __init__(
        self, reason: str, *, gone: bool = False, barred: bool = False, missing: bool = False, code: int = 0
    ) -> None:
        super().__init__(reason)
        self.gone = gone
        self.barred = barred
        self.missing = missing
        self.code = code


class BusyError(Exception):
    """The request certainly had no effect, and may succeed ``after`` seconds from now.

    ``everywhere`` says that no other request would get through either.
    """

    def __init__(self, reason: str, after: float = 5.0, *, everywhere: bool = False) -> None:
        super().__init__(reason)
        self.after = after
        self.everywhere = everywhere


class UnsureError(Exception):
    """Nobody knows whether the request took effect: it was cut off, or Discord failed while handling it."""


Turn = Callable[[], Awaitable[None]]
"""Waits until one more request may be made; it is awaited before every request."""
Compose = Callable[[OutboxRow, Target], Awaitable[Post | None]]
"""Writes the message of a row; None if the message no longer applies."""
Addressee = Callable[[Target], int | None]
"""The person who gets a kind of message instead of the target's own place; None if that is not known now."""
Whereabouts = Callable[[OutboxRow, Target], Awaitable[int | None]]
"""The channel in which a message goes instead of the target's own, such as a thread; None for the target's own.

It may raise BusyError while that is about to be settled."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a performed row made or changed, by its id, and the channel it belongs to, where it has one."""

    id: int | None
    channel: int | None = None


Perform = Callable[[OutboxRow, Target, Turn], Awaitable[int | Made | None]]
"""Delivers a kind that is not a message, such as a scheduled event; returns what it made or changed, or its id alone.

It may be called again for the same row after it was interrupted at any point, so it must find out by itself what it did
before."""


class Planner(Protocol):
    """Says what is due, or will be, for anybody; who gets it follows from the targets' subscriptions."""

    async def __call__(
        self, connection: Connection, seasons: Sequence[Season], now: datetime
    ) -> Iterable[PlannedNotification]:
        """Everything that is to be sent from now on, as far ahead as this planner looks.

        What was planned before and is not returned again is cancelled, unless it was sent already. Calling this twice
        must give the same notifications with the same identity, or people get them twice.

        Args:
            connection: the writer, inside the transaction in which the plan is stored; a planner may read the store
                and keep notes of its own there, but must never wait for the network.
            seasons: every season, whole, oldest first.
            now: the current moment (UTC).
        """


PlanVersion = Callable[[Store], Awaitable[object]]
"""What a planner's plan depends on besides seasons and settings: another value where it may be another one. It is asked
every second, so it must be read in one short look."""


@dataclass(frozen=True, slots=True)
class FoundMessage:
    """A message in a channel's history: its id, and the custom ids of its buttons and selects."""

    id: int
    custom_ids: tuple[str, ...] = ()


class Sender(Protocol):
    """The way to Discord. Every request that fails raises RefusedError, BusyError or UnsureError.

    Attributes:
        patience: the timeout of a request, in seconds of the bot's clock.
    """

    patience: float

    @property
    def ready(self) -> bool:
        """Whether the bot is logged in."""

    async def clear(self) -> None:
        """Waits until Discord's global rate limit, if it is in force, is over."""

    async def send(self, channel: int, post: Post, nonce: str) -> int:
        """Sends a message and returns its id; if one with that nonce was sent minutes ago, returns that one's id.

        What may have taken effect is not repeated, nor what ceases to be of use meanwhile.
        """

    async def edit(self, channel: int, message: int, post: Post) -> None:
        """Changes a message."""

    async def delete(self, channel: int, message: int) -> None:
        """Takes a message of the bot's own away."""

    async def open(self, user: int) -> int:
        """The id of the channel for direct messages to a person."""

    async def history(self, channel: int, *, after: int | None = None, before: int | None = None) -> list[FoundMessage]:
        """Up to 100 messages, newest first: the oldest ones after an id, the latest before an id, or the latest of all.

        If the bot may not read the channel's history, Discord either refuses or shows an empty one.
        """

    def reads_history(self, channel: int) -> bool | None:
        """Whether the bot may read the channel's history; None if that is not known yet."""
