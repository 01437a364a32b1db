"""Logging in and connecting, again and again while Discord is out of reach, and how a token is refused."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket

from bot.client.tailgate_bot import TailgateBot
from bot.discord_errors import AUTHENTICATION_FAILED, describe_error

RETRY_SECONDS = (1, 5, 15, 30, 60)
"""Waits between attempts to reach Discord at the start; the last one repeats."""
BANNED_SECONDS = 15 * 60
"""The wait after Discord has shut out this address for asking too often: further requests prolong the ban."""
REFUSED = "Discord does not take the token in DISCORD_TOKEN; copy it again from your application's Bot page"

UNREACHABLE = (OSError, aiohttp.ClientError, discord.HTTPException, discord.GatewayNotFound)
"""What may be over in a minute: the network is down, or Discord is."""

DISCORD_API = discord.http.Route.BASE

Say = Callable[[str], None]
"""Prints a line for the operator."""


class TokenError(Exception):
    """Discord does not take the token; the text is one line for the operator."""

    def __init__(self) -> None:
        super().__init__(REFUSED)


class DiscordError(Exception):
    """Discord cannot be reached, or closed the connection for good; the text is one line for the operator."""


def use_api(api: str) -> None:
    """Sends discord.py to another API than Discord's; the settings have made sure that it is on this machine."""
    discord.http.Route.BASE = api.rstrip("/")


async def keep_gateway(bot: TailgateBot) -> None:
    """Makes the other API's gateway the one that discord.py goes to when Discord declares a session void.

    Otherwise discord.py would identify, with the token, at Discord's own gateway, whose address is built into it.
    """
    _, gateway, _ = await bot.http.get_bot_gateway()
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)


async def connect_and_stay(bot: TailgateBot, token: str, say: Say) -> None:
    """Logs in and connects, waiting out whatever may pass; once connected discord.py reconnects by itself.

    Raises:
        TokenError: Discord does not take the token.
        DiscordError: Discord closed the connection for good.
    """

    async def log_in() -> None:
        try:
            await bot.login(token)
        except UNREACHABLE:
            # discord.py opens a new session at each login and never closes the one before.
            await bot.http.close()
            bot.http.connector = discord.utils.MISSING
            raise

    async def connect() -> None:
        if discord.http.Route.BASE != DISCORD_API:
            await keep_gateway(bot)
        await bot.connect(reconnect=True)

    try:
        await _retrying(log_in, say)
        await _retrying(connect, say)
    except discord.LoginFailure:
        raise TokenError from None
    except discord.ConnectionClosed as error:
        if error.code == AUTHENTICATION_FAILED:
            raise TokenError from None
        raise DiscordError(f"Discord closed the connection for good (code {error.code})") from error


async def _retrying(work: Callable[[], Awaitable[None]], say: Say) -> None:
    """Does the work, and again as long as Discord cannot be reached."""
    for attempt in itertools.count():
        try:
            await work()
        except UNREACHABLE as error:
            wait = _wait(error, attempt)
            shown = f"{wait} s" if wait < BANNED_SECONDS else f"{wait // 60} min"
            say(f"Discord cannot be reached ({describe_error(error)}); trying again in {shown}")
            await asyncio.sleep(wait)
        else:
            return


def _wait(error: Exception, attempt: int) -> int:
    """Seconds until the next attempt, counted from 0."""
    # GatewayNotFound has no status of its own; the HTTP answer behind it is its cause.
    if getattr(error.__cause__ or error, "status", None) == HTTPStatus.TOO_MANY_REQUESTS:
        return BANNED_SECONDS
    return RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)]
