"""The state of the stand-in: one application, its servers with channels, roles and people, and a clock."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.wire.clock import WireClock
from tests.wire.permissions import MEMBER, USUAL, May, Overwrite, Role, permissions_in

Payload = dict[str, Any]

DISCORD_EPOCH = 1_420_070_400_000
ALL_PERMISSIONS = str((1 << 53) - 1)
USUAL_PERMISSIONS = str(int(USUAL))
"""To see channels, send messages, embed links, attach files and read the history."""

_count = itertools.count()


def snowflake(shard: int = 0, shards: int = 1, *, at: datetime | None = None) -> int:
    """A new id for now or for another time; for a server, its shard can be chosen."""
    milliseconds = int((time.time() if at is None else at.timestamp()) * 1000) - DISCORD_EPOCH
    milliseconds += (shard - milliseconds) % shards
    return milliseconds << 22 | next(_count) % (1 << 22)


def stamp(at: datetime | None = None) -> str:
    return (at or datetime.now(UTC)).isoformat()


@dataclass(frozen=True)
class Person:
    name: str
    bot: bool = False
    id: int = field(default_factory=snowflake)
    permissions: int = int(USUAL)
    """The person as a member of any server."""

    def payload(self) -> Payload:
        return {
            "id": str(self.id),
            "username": self.name,
            "global_name": None,
            "discriminator": "0",
            "avatar": None,
            "bot": self.bot,
        }

    def member(self, roles: list[Role] | None = None) -> Payload:
        return {
            "user": self.payload(),
            "nick": None,
            "avatar": None,
            "roles": [str(role.id) for role in roles or []],
            "joined_at": stamp(),
            "premium_since": None,
            "deaf": False,
            "mute": False,
            "flags": 0,
            "permissions": str(self.permissions),
        }


@dataclass(frozen=True)
class Channel:
    """A text channel of a server, or (``guild`` None) the direct messages with a person."""

    name: str
    guild: Guild | None = None
    id: int = field(default_factory=snowflake)
    person: Person | None = None
    overwrites: dict[int, Overwrite] = field(default_factory=dict, compare=False, repr=False)

    def payload(self) -> Payload:
        if self.guild is None:
            recipients = [] if self.person is None else [self.person.payload()]
            return {"id": str(self.id), "type": 1, "last_message_id": None, "flags": 0, "recipients": recipients}
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
            "permission_overwrites": [overwrite.payload(whose) for whose, overwrite in self.overwrites.items()],
        }

    def overwrite(self, member: Person) -> Overwrite:
        """The overwrite of the channel for a member, which can be changed."""
        return self.overwrites.setdefault(member.id, Overwrite(MEMBER))


@dataclass(eq=False)
class Guild:
    """A server. Its everyone role has the server's id and the permissions that a bot needs to answer."""

    name: str
    id: int = field(default_factory=snowflake)
    channels: list[Channel] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    events: dict[int, Payload] = field(default_factory=dict)
    directory: dict[int, Channel] = field(default_factory=dict, repr=False)
    """The world's index of the channels of all servers."""

    def __post_init__(self) -> None:
        self.everyone = Role("@everyone", self.id, int(USUAL), position=0)
        self.bot_role = Role("Tailgate", snowflake(), managed=True)

    def channel(self, name: str) -> Channel:
        """Creates a text channel, before the bot connects."""
        self.channels.append(Channel(name, self))
        self.directory[self.channels[-1].id] = self.channels[-1]
        return self.channels[-1]

    def role(self, name: str, *, mentionable: bool = False) -> Role:
        """Creates a role, before the bot connects."""
        self.roles.append(Role(name, snowflake(), position=len(self.roles) + 2, mentionable=mentionable))
        return self.roles[-1]

    def shard(self, shards: int) -> int:
        return (self.id >> 22) % shards

    def allowed(self, bot: Person, channel: Channel | None = None) -> int:
        """The bot's permissions in a channel, or in the whole server."""
        return permissions_in(self.everyone, [self.bot_role], bot.id, channel.overwrites if channel else None)

    def payload(self, bot: Person) -> Payload:
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
            "members": [bot.member([self.bot_role])],
            "roles": [role.payload() for role in (self.everyone, self.bot_role, *self.roles)],
            "guild_scheduled_events": list(self.events.values()),
            **{name: [] for name in ("emojis", "stickers", "features", "threads", "voice_states", "presences")},
            **{name: [] for name in ("stage_instances", "soundboard_sounds")},
        }


class World:
    """One application and the servers it is in.

    Args:
        guilds: how many servers it is in, each with a channel ``general``.
        clock: its clock; the machine's time by default.
    """

    def __init__(self, guilds: int = 1, *, clock: WireClock | None = None) -> None:
        self.clock = clock or WireClock()
        self.bot = Person("Tailgate", bot=True)
        self.fan = Person("fan")
        self.moderator = Person("moderator", permissions=int(USUAL | May.MANAGE_GUILD))
        self.people = {person.id: person for person in (self.fan, self.moderator)}
        self.closed: set[int] = set()
        self.guilds: list[Guild] = []
        self.left: set[int] = set()
        self.out: set[int] = set()
        """Servers with an outage: the bot is a member, but does not get to see them."""
        self._channels: dict[int, Channel] = {}
        self._by_id: dict[int, Guild] = {}
        self._dms: dict[int, Channel] = {}
        self.dm = self.dm_with(self.fan)
        for number in range(guilds):
            self.guild(f"Turn {number + 4}" if number else "Turn Four").channel("general")

    @property
    def general(self) -> Channel:
        """The first server's first channel."""
        return self.guilds[0].channels[0]

    @property
    def here(self) -> list[Guild]:
        """The servers that the bot is in."""
        return [guild for guild in self.guilds if guild.id not in self.left]

    @property
    def channels(self) -> list[Channel]:
        """The channels of all servers."""
        return [channel for guild in self.guilds for channel in guild.channels]

    @property
    def application_id(self) -> int:
        return self.bot.id

    def guild(self, name: str, **more: Any) -> Guild:
        """Creates a server, before the bot connects."""
        guild = Guild(name, directory=self._channels, **more)
        self.guilds.append(guild)
        self._by_id[guild.id] = guild
        return guild

    def find_guild(self, number: int) -> Guild | None:
        """A server that the bot is in."""
        return None if number in self.left else self._by_id.get(number)

    def channel(self, number: int) -> Channel | None:
        return self._channels.get(number)

    def dm_with(self, person: Person) -> Channel:
        """The direct messages with a person, who becomes known to the world."""
        self.people.setdefault(person.id, person)
        if person.id not in self._dms:
            channel = Channel(person.name, person=person)
            self._dms[person.id] = self._channels[channel.id] = channel
        return self._dms[person.id]

    def forget(self, gone: Channel | Guild) -> None:
        """Deletes a channel or a whole server."""
        for channel in gone.channels if isinstance(gone, Guild) else [gone]:
            self._channels.pop(channel.id, None)
        if isinstance(gone, Guild):
            self.guilds.remove(gone)
            del self._by_id[gone.id]
        elif gone.guild is not None:
            gone.guild.channels.remove(gone)

    def allowed(self, channel: Channel) -> int:
        """The bot's permissions in a channel; in direct messages it may do everything that matters here."""
        if channel.guild is None:
            return int(USUAL)
        return 0 if channel.guild.id in self.left else channel.guild.allowed(self.bot, channel)

    def snowflake(self) -> int:
        """A new id for the current time of its own clock."""
        return snowflake(at=self.clock.now())

    def stamp(self) -> str:
        return stamp(self.clock.now())

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
