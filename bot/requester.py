"""The requester: the person who asks, where, and what they may do there."""

from __future__ import annotations

from dataclasses import dataclass, field

import discord

from bot.seasons.as_of import AsOf
from db.reminders.race_day import NO_DELAY, Delay


@dataclass(frozen=True, slots=True)
class Requester:
    """The person who asks, where, what they may do there, and what is known at that moment.

    ``user``, ``guild`` and ``channel`` are Discord's ids, ``name`` is what the person is called there. ``permissions``
    are theirs in the channel, ``server_permissions`` those in the server as a whole, ``roles`` the ids of their roles
    in it; outside of servers there are none. ``delay`` is by how much they are told of races later than
    they run, which ``as_of`` minds already. ``editor`` says that they may write recaps and quotes for everybody.
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
    delay: Delay = NO_DELAY
