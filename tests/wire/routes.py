"""What the parts of the stand-in's REST interface share: requests, refusals, and routes from paths to handlers."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.wire.permissions import May
from tests.wire.world import Channel, Guild, World

Handler = Callable[..., Any]
"""Takes the request and the named parts of its path; returns JSON, or None for a response without a body."""


@dataclass
class Request:
    """A request: path below ``/api/v10``, body as JSON, files separately by name.

    ``time`` is in seconds of the machine's clock, ``at`` is the time of the stand-in's clock.
    """

    method: str
    path: str
    query: dict[str, str]
    body: Any
    files: dict[str, bytes]
    time: float = field(default_factory=time.monotonic)
    at: datetime | None = None
    status: int | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status or '(unanswered)'}"


class Refusal(Exception):  # noqa: N818 - a response, not an error of the program
    """An error response of Discord."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(status, code, message)


@dataclass(frozen=True)
class Route:
    method: str
    pattern: re.Pattern[str]
    handler: Handler

    @classmethod
    def to(cls, method: str, template: str, handler: Handler) -> Route:
        """A route such as ``/channels/{channel}/messages``."""
        return cls(method, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template)), handler)


def seen_channel(world: World, number: str) -> Channel:
    """A channel that the bot may see.

    Raises:
        Refusal: it was deleted, or the bot may not see it.
    """
    channel = world.channel(int(number)) if number.isdecimal() else None
    if channel is None:
        raise Refusal(404, 10003, "Unknown Channel")
    if not world.allowed(channel) & May.VIEW_CHANNEL:
        raise Refusal(403, 50001, "Missing Access")
    return channel


def need(world: World, channel: Channel, permission: int) -> None:
    """Raises a Refusal if the bot lacks a permission in a channel."""
    if world.allowed(channel) & permission != permission:
        raise Refusal(403, 50013, "Missing Permissions")


def seen_guild(world: World, number: str) -> Guild:
    """A server that the bot is in.

    Raises:
        Refusal: it was deleted, or the bot is no longer in it.
    """
    if number.isdecimal() and int(number) in world.left:
        raise Refusal(403, 50001, "Missing Access")
    guild = world.find_guild(int(number)) if number.isdecimal() else None
    if guild is None:
        raise Refusal(404, 10004, "Unknown Guild")
    return guild
