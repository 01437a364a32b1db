"""Who asks, where, and what they may do there."""

from __future__ import annotations

from dataclasses import dataclass, field

import discord

from bot.seasons.as_of import AsOf


@dataclass(frozen=True, slots=True)
class Requester:
    """Who asks, where, what he may do there, and what is known at that moment.

    ``permissions`` are what Discord says he holds in the channel, ``server_permissions`` what he holds in all of the
    server, ``roles`` his roles in it; outside of servers there are none. ``editor`` says that he may write for
    everybody.
    """

    user: int
    as_of: AsOf
    name: str = ""
    guild: int | None = None
    channel: int | None = None
    permissions: discord.Permissions = field(default_factory=discord.Permissions.none)
    roles: frozenset[int] = frozenset()
    editor: bool = False
    server_permissions: discord.Permissions = field(default_factory=discord.Permissions.none)
