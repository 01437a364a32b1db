"""The outbox's way to Discord: requests that say for certain whether they took effect.

discord.py retries a request up to five times and reports only how the last attempt ended. Whether an earlier one may
have taken effect decides between sending again and looking for the message, so each attempt is traced.
"""

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
from discord.http import MultipartParameters

from bot.discord_errors import BARRED, GONE, REASONS, SLOW_DOWN, Code
from bot.outbox.contracts import BusyError, FoundMessage, Post, RefusedError, UnsureError

T = TypeVar("T")

SEND_SECONDS = 30.0
"""The timeout of a request, in seconds of the bot's clock."""
LEAST_SECONDS = 2.0
"""The least timeout, in real seconds."""
BANNED_SECONDS = 60.0
"""The wait after Discord, or something in front of it, turned everything away."""
LIMITED_SECONDS = 5.0
"""The wait after a rate limit that names no time."""
HURRIED_SECONDS = 30.0
"""The wait after one of the limits in ``SLOW_DOWN``."""

FAILURES = (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError)
"""Everything that a request can fail with; TimeoutError is for requests that were cut off."""


@dataclass(slots=True)
class Attempts:
    """What became of the attempts behind one call of discord.py.

    ``traced`` says that there was an attempt at all; ``out`` that the last one was sent and is not answered; ``doubt``
    that one may have taken effect although it failed; ``limited`` that the last one met a rate limit. ``still`` is
    asked before another attempt, of a request that must not be repeated unseen.
    """

    traced: bool = False
    out: bool = False
    doubt: bool = False
    limited: bool = False
    still: Callable[[], bool] | None = None

    @property
    def nothing_sent(self) -> bool:
        """Whether certainly no attempt took effect."""
        return self.traced and not self.out and not self.doubt


_attempts: ContextVar[Attempts | None] = ContextVar("attempts", default=None)


def trace_attempts(config: aiohttp.TraceConfig) -> aiohttp.TraceConfig:
    """Adds the tracing of attempts to a trace config, and returns it."""

    async def on_start(*_: object) -> None:
        if attempts := _attempts.get():
            if attempts.traced and attempts.still is not None and (attempts.doubt or not attempts.still()):
                # discord.py tries again by itself, without looking whether it is there, or of use.
                raise TimeoutError("not tried again by itself")
            attempts.traced, attempts.out = True, False

    async def on_headers(*_: object) -> None:
        if attempts := _attempts.get():
            attempts.out = True

    async def on_end(_: object, __: object, params: aiohttp.TraceRequestEndParams) -> None:
        if attempts := _attempts.get():
            attempts.out = False
            attempts.limited = params.response.status == HTTPStatus.TOO_MANY_REQUESTS
            attempts.doubt |= params.response.status >= HTTPStatus.INTERNAL_SERVER_ERROR

    async def on_exception(*_: object) -> None:
        if attempts := _attempts.get():
            attempts.doubt |= attempts.out

    config.on_request_start.append(on_start)
    config.on_request_headers_sent.append(on_headers)
    config.on_request_end.append(on_end)
    config.on_request_exception.append(on_exception)
    return config


class DiscordSender:
    """Sends through a bot that need only be logged in, not connected to the gateway.

    Args:
        bot: the client.
        speed: how many of the bot's seconds pass in a real one.
    """

    def __init__(self, bot: commands.AutoShardedBot, speed: float = 1.0) -> None:
        self._bot = bot
        self._timeout = max(SEND_SECONDS / speed, LEAST_SECONDS)
        self.patience = self._timeout * speed

    @property
    def ready(self) -> bool:
        return self._bot.user is not None and not self._bot.is_closed()

    async def clear(self) -> None:
        over: object = self._bot.http._global_over  # noqa: SLF001 - discord.py offers no other way
        if isinstance(over, asyncio.Event):
            await over.wait()

    async def send(self, channel: int, post: Post, nonce: str) -> int:
        place = self._bot.get_partial_messageable(channel)
        # discord.py does not keep a stopped view in memory, and need not: its buttons carry their whole question.
        post.view.stop()
        message = await self.ask(
            lambda: place.send(view=post.view, nonce=nonce, allowed_mentions=mentions(post.role)), still=post.still
        )
        return message.id

    async def edit(self, channel: int, message: int, post: Post) -> None:
        place = self._bot.get_partial_messageable(channel).get_partial_message(message)
        post.view.stop()

        async def change() -> None:
            await self.ask(lambda: place.edit(view=post.view, allowed_mentions=mentions(post.role)))

        try:
            await change()
        except RefusedError as error:
            if error.code != Code.THREAD_ARCHIVED:
                raise
            # Unlike a new message, a change does not open a thread that was put away; Discord puts it away again.
            await self.ask(lambda: self._bot.http.edit_channel(channel, archived=False))
            await change()

    async def rewrite(self, channel: int, message: int, body: Mapping[str, Any]) -> None:
        """Changes a message to a prepared body, as for many that show the same; raises as ``ask``."""
        parameters = MultipartParameters(payload=dict(body), multipart=None, files=None)
        await self.ask(lambda: self._bot.http.edit_message(channel, message, params=parameters))

    async def delete(self, channel: int, message: int) -> None:
        await self.ask(lambda: self._bot.http.delete_message(channel, message))

    async def open(self, user: int) -> int:
        opened: Mapping[str, Any] = await self.ask(lambda: self._bot.http.start_private_message(user))
        return int(opened["id"])

    async def history(self, channel: int, *, after: int | None = None, before: int | None = None) -> list[FoundMessage]:
        page: list[Any] = await self.ask(lambda: self._bot.http.logs_from(channel, 100, before=before, after=after))
        return [FoundMessage(int(message["id"]), tuple(custom_ids(message.get("components", ())))) for message in page]

    def reads_history(self, channel: int) -> bool | None:
        found = self._bot.get_channel(channel)
        if isinstance(found, discord.abc.PrivateChannel):
            return True
        if not isinstance(found, discord.abc.GuildChannel | discord.Thread) or found.guild.me is None:
            return None
        permissions = found.permissions_for(found.guild.me)
        return permissions.view_channel and permissions.read_message_history

    async def ask(
        self, request: Callable[[], Awaitable[T]], *, once: bool = False, still: Callable[[], bool] | None = None
    ) -> T:
        """Makes a request through discord.py.

        Args:
            request: makes the request.
            once: doing it twice would do harm, so that an earlier attempt that may have taken effect is an UnsureError
                even if the last attempt succeeded.
            still: says whether the request is still of use; with it, discord.py does not repeat one that is not, nor
                one that may have taken effect.

        Raises:
            RefusedError, BusyError, UnsureError: it failed; the class says whether it may have taken effect.
        """
        attempts = Attempts(still=still)
        token = _attempts.set(attempts)
        try:
            # Not wait_for: in Python 3.11 it starts a task, in which the context variables of the trace and of the rate
            # limiter are only copies.
            async with asyncio.timeout(self._timeout):
                result = await request()
        except FAILURES as error:
            raise classify(error, attempts) from error
        finally:
            _attempts.reset(token)
            over: object = self._bot.http._global_over  # noqa: SLF001
            if attempts.limited and isinstance(over, asyncio.Event) and not over.is_set():
                # discord.py was cut off while it waited out the global limit, and would never release the others.
                over.set()
        if once and attempts.doubt:
            raise UnsureError("Discord failed, then accepted it")
        return result


def mentions(role: int | None) -> discord.AllowedMentions:
    """Allows a message to ping nobody, or one role."""
    if role is None:
        return discord.AllowedMentions.none()
    return discord.AllowedMentions(everyone=False, users=False, replied_user=False, roles=[discord.Object(role)])


def custom_ids(components: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    """All custom ids in a message's components, however deeply nested."""
    for component in components:
        if isinstance(component.get("custom_id"), str):
            yield component["custom_id"]
        inner = [*component.get("components", ())]
        if component.get("accessory"):
            inner.append(component["accessory"])
        yield from custom_ids(inner)


def classify(error: Exception, attempts: Attempts | None = None) -> RefusedError | BusyError | UnsureError:
    """What a failed request means: it was refused, it certainly had no effect, or nobody knows.

    Args:
        error: one of ``FAILURES``.
        attempts: what became of discord.py's attempts, if they were traced.
    """
    if isinstance(error, discord.RateLimited):
        return BusyError("Discord told me to slow down", error.retry_after)
    if isinstance(error, discord.HTTPException) and error.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return _classify_answer(error, attempts)
    text = str(error) or type(error).__name__
    if attempts is not None and attempts.nothing_sent:
        return BusyError(f"Discord can't be reached ({text})", everywhere=not isinstance(error, TimeoutError))
    return UnsureError(f"Discord did not answer ({text})")


def _classify_answer(error: discord.HTTPException, attempts: Attempts | None) -> RefusedError | BusyError | UnsureError:
    if error.status == HTTPStatus.TOO_MANY_REQUESTS or error.code in SLOW_DOWN:
        if attempts is not None and attempts.doubt:
            return UnsureError("Discord failed, then told me to slow down")
        after = HURRIED_SECONDS if error.code in SLOW_DOWN else LIMITED_SECONDS
        return BusyError("Discord told me to slow down", after)
    if error.status == HTTPStatus.UNAUTHORIZED or (error.code == 0 and error.status == HTTPStatus.FORBIDDEN):
        # This is not about the channel: the token is bad, or something in front of Discord (Cloudflare) refuses us.
        return BusyError(f"Discord is turning everything away ({error.status})", BANNED_SECONDS, everywhere=True)
    if error.code == 0 and error.status == HTTPStatus.NOT_FOUND:
        # Discord's own 404 has a code: this one is from something in front of it.
        return BusyError("Discord can't be reached (404)", BANNED_SECONDS)
    text = REASONS.get(error.code) or f"Discord refused it ({error.status} {' '.join(error.text.split())[:120]})"
    missing = error.code == Code.UNKNOWN_MESSAGE
    return RefusedError(
        text,
        gone=error.code in GONE,
        barred=error.code in BARRED,
        missing=missing,
        code=error.code,
    )
