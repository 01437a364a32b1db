"""Deletes the data of servers that removed the bot while it was not running, when Discord could not tell it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import aiohttp
import discord

from bot.client.tailgate_bot import TailgateBot
from bot.discord_errors import NOT_A_MEMBER, describe_error
from db.connection import Store
from db.guilds import forget_guild, stored_guilds
from db.key_values import recall, remember

log = logging.getLogger(__name__)

APPLICATION = "application"
"""The name under which the store keeps the application's id: with the token of another one, every server looks left."""
PAUSE_SECONDS = 1.0
"""The wait between two requests."""


async def forget_left(
    bot: TailgateBot, store: Store, pause: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> None:
    """Deletes the data of every server in which, by the gateway and then by Discord's API, the bot no longer is.

    Not in a local page, whose servers Discord does not know, and not for servers of another process's shards.

    Args:
        bot: a bot that is ready, or every server would look left.
        store: a writable store.
        pause: waits for some seconds between two requests to Discord, which has more urgent ones to answer.
    """
    if bot.local:
        return
    application = str(bot.application_id)
    if await recall(store, APPLICATION) != application:
        await remember(store, APPLICATION, application)
        return
    for guild in await stored_guilds(store):
        if not _ours(bot, guild) or bot.get_guild(guild) is not None:
            continue
        if await _left(bot, guild):
            await forget_guild(store, guild)
            log.info("deleted the data of a server that was left in the meantime")
        await pause(PAUSE_SECONDS)


def _ours(bot: TailgateBot, guild: int) -> bool:
    """Whether the server belongs to a shard of this process: Discord assigns servers to shards by their ids."""
    return bool(bot.shard_count) and (guild >> 22) % (bot.shard_count or 1) in bot.shards


async def _left(bot: TailgateBot, guild: int) -> bool:
    try:
        await bot.fetch_guild(guild, with_counts=False)
    except (OSError, aiohttp.ClientError, discord.HTTPException) as error:
        if isinstance(error, discord.HTTPException) and error.code in NOT_A_MEMBER:
            return True
        log.warning("could not ask whether a server was left (%s)", describe_error(error))
    return False
