"""What happens in Discord beside the bot: channels and servers vanish, permissions change, people write."""

from __future__ import annotations

from tests.wire.gateway import Gateway
from tests.wire.permissions import Role
from tests.wire.rest import Rest
from tests.wire.world import Channel, Guild, Payload, Person, World


class Happenings:
    """Changes the world and tells the bot of it over the gateway.

    With ``told`` False it is not told: events get lost, or come late, and the next request is what tells it.
    """

    world: World
    gateway: Gateway
    rest: Rest

    async def delete_channel(self, channel: Channel, *, told: bool = True) -> None:
        """From now on nobody knows it (404, 10003)."""
        assert channel.guild is not None, "direct messages are not deleted"
        self.world.forget(channel)
        if told:
            await self.gateway.tell("CHANNEL_DELETE", channel.payload(), channel.guild.id)

    async def delete_guild(self, guild: Guild, *, told: bool = True) -> None:
        """A server is gone with all its channels (404, 10003)."""
        self.world.forget(guild)
        if told:
            await self.gateway.tell("GUILD_DELETE", {"id": str(guild.id)}, guild.id)

    async def remove_bot(self, guild: Guild, *, told: bool = True) -> None:
        """A moderator sends the bot away: what is in the server is none of its business (403, 50001)."""
        self.world.left.add(guild.id)
        if told:
            await self.gateway.tell("GUILD_DELETE", {"id": str(guild.id)}, guild.id)

    async def add_bot(self, guild: Guild) -> None:
        """A moderator brings the bot in, or in again."""
        self.world.left.discard(guild.id)
        await self.gateway.tell("GUILD_CREATE", guild.payload(self.world.bot), guild.id)

    async def outage(self, guild: Guild) -> None:
        """A server is not to be reached for a while; the bot is in it all the same. ``add_bot`` brings it back."""
        await self.gateway.tell("GUILD_DELETE", {"id": str(guild.id), "unavailable": True}, guild.id)

    async def allow(self, where: Channel | Guild, permissions: int, *, told: bool = True) -> None:
        """The bot may do more, in a channel or in a whole server."""
        if isinstance(where, Channel):
            where.overwrite(self.world.bot).grant(permissions)
            await self._tell_channel(where, told=told)
        else:
            where.bot_role.permissions |= permissions
            await self._tell_role(where, where.bot_role, told=told)

    async def forbid(self, where: Channel | Guild, permissions: int, *, told: bool = True) -> None:
        """The bot may do less, in a channel or in a whole server."""
        if isinstance(where, Channel):
            where.overwrite(self.world.bot).refuse(permissions)
            await self._tell_channel(where, told=told)
        else:
            for role in (where.everyone, where.bot_role):
                if role.permissions & permissions:
                    role.permissions &= ~permissions
                    await self._tell_role(where, role, told=told)

    async def delete_role(self, guild: Guild, role: Role, *, told: bool = True) -> None:
        guild.roles.remove(role)
        if told:
            await self.gateway.tell("GUILD_ROLE_DELETE", {"guild_id": str(guild.id), "role_id": str(role.id)}, guild.id)

    def close_dms(self, person: Person) -> None:
        """He takes no direct messages from the bot (403, 50007)."""
        self.world.closed.add(person.id)

    def open_dms(self, person: Person) -> None:
        self.world.closed.discard(person.id)

    def say(self, channel: Channel, text: str, *, person: Person | None = None) -> Payload:
        """A person writes into a channel. The bot asks Discord for no such events and is told of none."""
        return self.rest.book.say(channel, person or self.world.fan, text)

    def delete_message(self, message: int) -> None:
        """A moderator deletes a message; the bot is not told either."""
        self.rest.book.remove(str(message))

    async def _tell_channel(self, channel: Channel, *, told: bool) -> None:
        if told and channel.guild is not None:
            await self.gateway.tell("CHANNEL_UPDATE", channel.payload(), channel.guild.id)

    async def _tell_role(self, guild: Guild, role: Role, *, told: bool) -> None:
        if told:
            data = {"guild_id": str(guild.id), "role": role.payload()}
            await self.gateway.tell("GUILD_ROLE_UPDATE", data, guild.id)
