"""The courier's way to Discord: what went through, what did not, and what may have."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

import aiohttp
import discord
from discord.ext import commands

from bot.outbox.contracts import BusyError, Found, Post, RefusedError, UnsureError

T = TypeVar("T")

SEND_SECONDS = 30.0
"""After this long a request is cut off; seconds of the bot's own clock."""
LEAST_SECONDS = 2.0
"""But never before so many real ones."""
BANNED_SECONDS = 60.0
LIMITED_SECONDS = 5.0
HURRIED_SECONDS = 30.0

UNKNOWN_MESSAGE = 10008
_REASONS = {
    50007: "your DMs are closed to me",
    50001: "I can't see the channel",
    50013: "I'm missing a permission in the channel",
    10003: "the channel is gone",
    10004: "the server is gone, or I'm no longer in it",
    10013: "that person is no longer on Discord",
    50278: "we no longer share a server",
}
"""Discord's codes in words."""
_GONE = frozenset({10003, 10004, 10013})
"""Other codes of 404 say nothing of the channel or the person."""
_BARRED = frozenset({50001, 50007, 50013, 50278})
_HURRIED = frozenset({20016, 20028, 20029, 31002, 40003, 40004, 40006})
"""Limits and stops that pass by themselves, though the status is not that of a limit."""

FAILURES = (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError)
"""All that can go wrong on the way; TimeoutError for requests that were cut off."""


@dataclass(slots=True)
class Trail:
    """What became of the requests behind one call: discord.py makes up to five of it and tells of the last only.

    ``traced`` says that anything is known at all; ``out`` that one left and was not answered; ``doubt`` that one may
    have gone through though it failed; ``limited`` that the last was told to wait.
    """

    traced: bool = False
    out: bool = False
    doubt: bool = False
    limited: bool = False

    @property
    def nothing_sent(self) -> bool:
        """Whether surely nothing went through."""
        return self.traced and not self.out and not self.doubt


_trail: ContextVar[Trail | None] = ContextVar("trail", default=None)


def trailing(config: aiohttp.TraceConfig) -> aiohttp.TraceConfig:
    """Makes requests leave a trail; returns the config it was given."""

    async def on_start(*_: object) -> None:
        if trail := _trail.get():
            trail.traced, trail.out = True, False

    async def on_headers(*_: object) -> None:
        if trail := _trail.get():
            trail.out = True

    async def on_end(_: object, __: object, params: aiohttp.TraceRequestEndParams) -> None:
        if trail := _trail.get():
            trail.out = False
            trail.limited = params.response.status == HTTPStatus.TOO_MANY_REQUESTS
            trail.doubt |= params.response.status >= HTTPStatus.INTERNAL_SERVER_ERROR

    async def on_exception(*_: object) -> None:
        if trail := _trail.get():
            trail.doubt |= trail.out

    config.on_request_start.append(on_start)
    config.on_request_headers_sent.append(on_headers)
    config.on_request_end.append(on_end)
    config.on_request_exception.append(on_exception)
    return config


class DiscordSender:
    """Sends through a bot that need only be logged in: the gateway is not asked.

    Args:
        bot: the client.
        speed: how many seconds of the bot's clock pass in a real one.
    """

    def __init__(self, bot: commands.AutoShardedBot, speed: float = 1.0) -> None:
        self._bot = bot
        self._timeout = max(SEND_SECONDS / speed, LEAST_SECONDS)
        self.patience = self._timeout * speed

    @property
    def ready(self) -> bool:
        return self._bot.user is not None and not self._bot.is_closed()

    async def clear(self) -> None:
        over: object = self._bot.http._global_over  # noqa: SLF001 - discord.py tells of it nowhere else
        if isinstance(over, asyncio.Event):
            await over.wait()

    async def send(self, channel: int, post: Post, nonce: str) -> int:
        place = self._bot.get_partial_messageable(channel)
        # A stopped view is not kept by discord.py: its buttons carry all they need.
        post.view.stop()
        message = await self.ask(lambda: place.send(view=post.view, nonce=nonce, allowed_mentions=mentions(post.role)))
        return message.id

    async def edit(self, channel: int, message: int, post: Post) -> None:
        place = self._bot.get_partial_messageable(channel).get_partial_message(message)
        post.view.stop()
        await self.ask(lambda: place.edit(view=post.view, allowed_mentions=mentions(post.role)))

    async def open(self, user: int) -> int:
        opened: Mapping[str, Any] = await self.ask(lambda: self._bot.http.start_private_message(user))
        return int(opened["id"])

    async def history(self, channel: int, *, after: int | None = None, before: int | None = None) -> list[Found]:
        page: list[Any] = await self.ask(lambda: self._bot.http.logs_from(channel, 100, before=before, after=after))
        return [Found(int(message["id"]), tuple(custom_ids(message.get("components", ())))) for message in page]

    def reads_history(self, channel: int) -> bool | None:
        found = self._bot.get_channel(channel)
        if isinstance(found, discord.abc.PrivateChannel):
            return True
        if not isinstance(found, discord.abc.GuildChannel | discord.Thread) or found.guild.me is None:
            return None
        permissions = found.permissions_for(found.guild.me)
        return permissions.view_channel and permissions.read_message_history

    async def ask(self, request: Callable[[], Awaitable[T]], *, once: bool = False) -> T:
        """Makes a request through discord.py.

        Args:
            request: makes it.
            once: done twice it would do harm: that is told even where the last of discord.py's attempts got through.

        Raises:
            RefusedError, BusyError, UnsureError: it did not get through, or may have.
        """
        trail = Trail()
        token = _trail.set(trail)
        try:
            # Not wait_for, which would make it a task of its own that knows neither trail nor turn.
            async with asyncio.timeout(self._timeout):
                result = await request()
        except FAILURES as error:
            raise in_order(error, trail) from error
        finally:
            _trail.reset(token)
            over: object = self._bot.http._global_over  # noqa: SLF001
            if trail.limited and isinstance(over, asyncio.Event) and not over.is_set():
                # discord.py, cut off while it waits out a limit on everything, would hold up everything for ever.
                over.set()
        if once and trail.doubt:
            raise UnsureError("Discord failed, then accepted it")
        return result


def mentions(role: int | None) -> discord.AllowedMentions:
    """Nobody, or one role."""
    if role is None:
        return discord.AllowedMentions.none()
    return discord.AllowedMentions(everyone=False, users=False, replied_user=False, roles=[discord.Object(role)])


def custom_ids(components: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    """All custom ids of a message's components, whatever they are nested in."""
    for component in components:
        if isinstance(component.get("custom_id"), str):
            yield component["custom_id"]
        inner = [*component.get("components", ())]
        if component.get("accessory"):
            inner.append(component["accessory"])
        yield from custom_ids(inner)


def in_order(error: Exception, trail: Trail | None = None) -> RefusedError | BusyError | UnsureError:
    """What a failure on the way to Discord means.

    Args:
        error: one of ``FAILURES``.
        trail: of the requests that led to it, where that is known.
    """
    if isinstance(error, discord.RateLimited):
        return BusyError("Discord told me to slow down", error.retry_after)
    if isinstance(error, discord.HTTPException) and error.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return _answer(error, trail)
    said = str(error) or type(error).__name__
    if trail is not None and trail.nothing_sent:
        return BusyError(f"Discord can't be reached ({said})", everywhere=not isinstance(error, TimeoutError))
    return UnsureError(f"Discord did not answer ({said})")


def _answer(error: discord.HTTPException, trail: Trail | None) -> RefusedError | BusyError | UnsureError:
    if error.status == HTTPStatus.TOO_MANY_REQUESTS or error.code in _HURRIED:
        if trail is not None and trail.doubt:
            return UnsureError("Discord failed, then told me to slow down")
        after = HURRIED_SECONDS if error.code in _HURRIED else LIMITED_SECONDS
        return BusyError("Discord told me to slow down", after)
    if error.status == HTTPStatus.UNAUTHORIZED or (error.code == 0 and error.status == HTTPStatus.FORBIDDEN):
        # Not the channel's doing: the token, or a wall in front of Discord.
        return BusyError(f"Discord is turning everything away ({error.status})", BANNED_SECONDS, everywhere=True)
    if error.code == 0 and error.status == HTTPStatus.NOT_FOUND:
        # Discord numbers what it does not find: something on the way there said so.
        return BusyError("Discord can't be reached (404)", BANNED_SECONDS)
    said = _REASONS.get(error.code) or f"Discord refused it ({error.status} {' '.join(error.text.split())[:120]})"
    missing = error.code == UNKNOWN_MESSAGE
    return RefusedError(
        said,
        gone=error.code in _GONE,
        barred=error.code in _BARRED,
        missing=missing,
        code=error.code,
    )
