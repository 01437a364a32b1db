"""What the stand-in knows: one application, a few servers with channels, and the people in them."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Payload = dict[str, Any]

DISCORD_EPOCH = 1_420_070_400_000
ALL_PERMISSIONS = str((1 << 53) - 1)
USUAL_PERMISSIONS = str((1 << 10) | (1 << 11) | (1 << 14) | (1 << 15) | (1 << 16))
"""To see channels, send messages, embed links, attach files and read what was written."""

_count = itertools.count()


def snowflake(shard: int = 0, shards: int = 1) -> int:
    """A new id of this moment; of a server its shard can be chosen."""
    milliseconds = int(time.time() * 1000) - DISCORD_EPOCH
    milliseconds += (shard - milliseconds) % shards
    return milliseconds << 22 | next(_count) % (1 << 22)


def stamp() -> str:
    return datetime.now(UTC).isoformat()


@dataclass(frozen=True)
class Person:
    name: str
    bot: bool = False
    id: int = field(default_factory=snowflake)

    def payload(self) -> Payload:
        return {
            "id": str(self.id),
            "username": self.name,
            "global_name": None,
            "discriminator": "0",
            "avatar": None,
            "bot": self.bot,
        }

    def member(self, permissions: str = USUAL_PERMISSIONS) -> Payload:
        return {
            "user": self.payload(),
            "nick": None,
            "avatar": None,
            "roles": [],
            "joined_at": stamp(),
            "premium_since": None,
            "deaf": False,
            "mute": False,
            "flags": 0,
            "permissions": permissions,
        }


@dataclass(frozen=True)
class Channel:
    """A text channel of a server, or (``guild`` None) the direct messages with a person."""

    name: str
    guild: Guild | None = None
    id: int = field(default_factory=snowflake)

    def payload(self) -> Payload:
        if self.guild is None:
            return {"id": str(self.id), "type": 1, "last_message_id": None, "flags": 0}
        return {
            "id": str(self.id),
            "guild_id": str(self.guild.id),
            "type": 0,
            "name": self.name,
            "position": 0,
            "topic": None,
            "nsfw": False,
            "parent_id": None,
            "last_message_id": None,
            "rate_limit_per_user": 0,
            "permission_overwrites": [],
        }


@dataclass(eq=False)
class Guild:
    """A server. Its everyone-role has the server's id and the permissions that a bot needs to answer."""

    name: str
    id: int = field(default_factory=snowflake)
    channels: list[Channel] = field(default_factory=list)

    def channel(self, name: str) -> Channel:
        """A new text channel, before the bot comes."""
        self.channels.append(Channel(name, self))
        return self.channels[-1]

    def shard(self, shards: int) -> int:
        return (self.id >> 22) % shards

    def payload(self, bot: Person) -> Payload:
        everyone = {
            "id": str(self.id),
            "name": "@everyone",
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "position": 0,
            "permissions": USUAL_PERMISSIONS,
            "managed": False,
            "mentionable": False,
            "flags": 0,
        }
        return {
            "id": str(self.id),
            "name": self.name,
            "icon": None,
            "owner_id": "1",
            "unavailable": False,
            "large": False,
            "member_count": 2,
            "joined_at": stamp(),
            "preferred_locale": "en-US",
            "afk_timeout": 300,
            "premium_tier": 0,
            "nsfw_level": 0,
            "verification_level": 0,
            "default_message_notifications": 1,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "system_channel_flags": 0,
            "channels": [channel.payload() for channel in self.channels],
            "members": [bot.member()],
            "roles": [everyone],
            **{name: [] for name in ("emojis", "stickers", "features", "threads", "voice_states", "presences")},
            **{name: [] for name in ("stage_instances", "guild_scheduled_events", "soundboard_sounds")},
        }


class World:
    """One application and where it is."""

    def __init__(self) -> None:
        self.bot = Person("Tailgate", bot=True)
        self.fan = Person("fan")
        self.guilds: list[Guild] = []
        self.dm = Channel("fan")
        home = self.guild("Turn Four")
        self.general = home.channel("general")

    @property
    def application_id(self) -> int:
        return self.bot.id

    def guild(self, name: str, **more: Any) -> Guild:
        """A new server, before the bot comes."""
        self.guilds.append(Guild(name, **more))
        return self.guilds[-1]

    def channel(self, number: int) -> Channel | None:
        every = [self.dm, *(channel for guild in self.guilds for channel in guild.channels)]
        return next((channel for channel in every if channel.id == number), None)

    def application(self) -> Payload:
        return {
            "id": str(self.application_id),
            "name": self.bot.name,
            "icon": None,
            "description": "",
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": "0" * 64,
            "flags": 0,
            "owner": Person("operator", id=1).payload(),
        }
