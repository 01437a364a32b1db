"""Forgets servers that removed the bot while it was away, and so could not be told."""

from __future__ import annotations

import logging

import aiohttp
import discord

from bot.client import TailgateBot, why
from db.connection import Store
from db.guilds import forget_guild, guilds_held
from db.memory import recall, remember

log = logging.getLogger(__name__)

APPLICATION = "application"
"""Under this the store remembers whose servers it holds: with another application's token each of them looks left."""


async def forget_left(bot: TailgateBot, store: Store) -> None:
    """Forgets every server that is held here and that neither the gateway nor, asked again, Discord's API knows us in.

    Not in a local page, whose server is always another one to Discord.
    """
    if bot.local:
        return
    application = str(bot.application_id)
    if await recall(store, APPLICATION) != application:
        await remember(store, APPLICATION, application)
        return
    for guild in await guilds_held(store):
        if bot.get_guild(guild) is None and await _left(bot, guild):
            await forget_guild(store, guild)
            log.info("forgot a server that was left in the meantime")


async def _left(bot: TailgateBot, guild: int) -> bool:
    try:
        await bot.fetch_guild(guild, with_counts=False)
    except (discord.NotFound, discord.Forbidden):
        return True
    except (OSError, aiohttp.ClientError, discord.HTTPException) as error:
        log.warning("could not ask whether a server was left (%s)", why(error))
    return False
