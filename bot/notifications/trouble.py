"""Tells the owner of a server, once, that nothing can be posted in its channel."""

from __future__ import annotations

import discord

from bot.outbox.contracts import Post
from bot.render.trouble import trouble_notice
from db.reminders.models import OutboxRow, Target


class TroubleWriter:
    """Writes the messages to owners, and says who they are.

    Args:
        client: knows the servers.
    """

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    def owner(self, target: Target) -> int | None:
        """The owner of the target's server; None while the gateway has not sent it."""
        guild = self._client.get_guild(target.guild) if target.guild is not None else None
        return guild.owner_id if guild is not None else None

    async def write(self, row: OutboxRow, target: Target) -> Post | None:
        """The message; None if the trouble is over."""
        guild = self._client.get_guild(target.guild) if target.guild is not None else None
        if target.trouble is None or guild is None:
            return None
        return Post(trouble_notice(guild.name, target, target.trouble, row.mark))
