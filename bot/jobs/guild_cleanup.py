"""Forgets servers that removed the bot while it was away, and so could not be told."""

from __future__ import annotations

import logging

import aiohttp
import discord

from bot.client.tailgate_bot import TailgateBot
from bot.discord_errors import describe_error
from db.connection import Store
from db.guilds import forget_guild, stored_guilds
from db.key_values import recall, remember

log = logging.getLogger(__name__)

APPLICATION = "application"
"""Under this the store remembers whose servers it holds: with another application's token each of them looks left."""
LEFT = {10004, 50001}
"""What Discord says, by its codes, of a server that we are no member of; a refusal without one is not Discord's own."""


async def forget_left(bot: TailgateBot, store: Store) -> None:
    """Forgets every server that is held here and that neither the gateway nor, asked again, Discord's API knows us in.

    Not in a local page, whose server is always another one to Discord; nor one that another process would hear of.
    """
    if bot.local:
        return
    application = str(bot.application_id)
    if await recall(store, APPLICATION) != application:
        await remember(store, APPLICATION, application)
        return
    for guild in await stored_guilds(store):
        if _ours(bot, guild) and bot.get_guild(guild) is None and await _left(bot, guild):
            await forget_guild(store, guild)
            log.info("forgot a server that was left in the meantime")


def _ours(bot: TailgateBot, guild: int) -> bool:
    """Whether the gateway tells this process of the server: Discord deals them out to the shards by their ids."""
    return bool(bot.shard_count) and (guild >> 22) % (bot.shard_count or 1) in bot.shards


async def _left(bot: TailgateBot, guild: int) -> bool:
    try:
        await bot.fetch_guild(guild, with_counts=False)
    except (OSError, aiohttp.ClientError, discord.HTTPException) as error:
        if isinstance(error, discord.HTTPException) and error.code in LEFT:
            return True
        log.warning("could not ask whether a server was left (%s)", describe_error(error))
    return False
