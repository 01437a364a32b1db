"""What the worker is handed and whom it hands it to: posts, who composes them, and the way to a channel."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from discord import ui

from db.models import Season
from db.reminders.models import Row, Seen, Slot, Target


@dataclass(frozen=True, slots=True)
class Post:
    """A message to be sent.

    Args:
        view: the message; one of its custom ids holds the row's mark, by which it is found again after a crash.
        role: the one role it may mention.
        edit: a message of the same channel to change in place; where that is gone, it is sent anew.
    """

    view: ui.LayoutView
    role: int | None = None
    edit: int | None = None


class RefusedError(Exception):
    """Discord does not take it, and did not before: asking again changes nothing. The text says why.

    Args:
        reason: one line for whoever asks what became of it.
        gone: the channel is gone, or the person is.
        barred: it is closed to us, or that part of it.
        missing: the message that was to be changed, or was sent and then deleted, is not there.
        code: Discord's own number for it, 0 where there is none.
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
    """It did not get through, surely; ``after`` seconds from now it may. ``everywhere``: nothing else will either."""

    def __init__(self, reason: str, after: float = 5.0, *, everywhere: bool = False) -> None:
        super().__init__(reason)
        self.after = after
        self.everywhere = everywhere


class UnsureError(Exception):
    """It may have got through, or not."""


Turn = Callable[[], Awaitable[None]]
"""Waits until one more request may be made; to be awaited before each."""
Compose = Callable[[Row, Target], Awaitable[Post | None]]
"""Makes the message of a row; None where there is nothing to say any more."""
Perform = Callable[[Row, Target, Turn], Awaitable[int | None]]
"""Does what is no message, such as a scheduled event, and returns the id of what it made or changed.

It may be called again for the same row, having been cut off anywhere, and must find out itself what it did before."""
Source = Callable[[Sequence[Season], datetime, Mapping[tuple[int, int], Seen]], Iterable[Slot]]
"""More that falls due, of whole seasons, at a moment, each race as it was last seen (by season and round); pure."""


@dataclass(frozen=True, slots=True)
class Found:
    """A message of a channel's history: its id, and the custom ids in it."""

    id: int
    custom_ids: tuple[str, ...] = ()


class Sender(Protocol):
    """The way to Discord. Every request raises RefusedError, BusyError or UnsureError.

    Attributes:
        patience: after how many seconds of the bot's clock a request is cut off.
    """

    patience: float

    @property
    def ready(self) -> bool:
        """Whether we are logged in."""

    async def clear(self) -> None:
        """Returns once no limit holds for all requests."""

    async def send(self, channel: int, post: Post, nonce: str) -> int:
        """Sends a message unless one with that nonce was sent within the last minutes; returns its id."""

    async def edit(self, channel: int, message: int, post: Post) -> None:
        """Changes a message."""

    async def open(self, user: int) -> int:
        """The channel of a person's direct messages."""

    async def history(self, channel: int, *, after: int | None = None, before: int | None = None) -> list[Found]:
        """Up to 100 messages, newest first: the first after an id, or the last before one, or the last of all.

        Where the channel's history may not be read that is either refused or empty.
        """

    def reads_history(self, channel: int) -> bool | None:
        """Whether the channel's history may be read, as far as that is known."""
