"""What happens in Discord without the bot: channels and servers vanish, permissions change, people write."""

from __future__ import annotations

from tests.wire.gateway import DIRECT_MESSAGES, GUILD_MESSAGES, Gateway
from tests.wire.permissions import Role
from tests.wire.rest import Rest
from tests.wire.world import Channel, Guild, Payload, Person, World


class Happenings:
    """Changes the world and notifies the bot over the gateway.

    With ``notify`` False the event is lost: the bot learns of the change from its next request.
    """

    world: World
    gateway: Gateway
    rest: Rest

    async def delete_channel(self, channel: Channel, *, notify: bool = True) -> None:
        """From now on the channel is unknown (404, 10003)."""
        assert channel.guild is not None, "direct messages are not deleted"
        self.world.forget(channel)
        if notify:
            await self.gateway.tell("CHANNEL_DELETE", channel.payload(), channel.guild.id)

    async def delete_guild(self, guild: Guild, *, notify: bool = True) -> None:
        """A server is gone with all its channels (404, 10003)."""
        self.world.forget(guild)
        if notify:
            await self.gateway.tell("GUILD_DELETE", {"id": str(guild.id)}, guild.id)

    async def remove_bot(self, guild: Guild, *, notify: bool = True) -> None:
        """A moderator removes the bot, which has no access to the server any more (403, 50001)."""
        self.world.left.add(guild.id)
        if notify:
            await self.gateway.tell("GUILD_DELETE", {"id": str(guild.id)}, guild.id)

    async def add_bot(self, guild: Guild) -> None:
        """A moderator adds the bot, or adds it again."""
        self.world.left.discard(guild.id)
        self.world.out.discard(guild.id)
        await self.gateway.tell("GUILD_CREATE", guild.payload(self.world.bot), guild.id)

    async def outage(self, guild: Guild) -> None:
        """A server is unavailable for a while, though the bot is still a member. ``add_bot`` brings it back."""
        self.world.out.add(guild.id)
        await self.gateway.tell("GUILD_DELETE", {"id": str(guild.id), "unavailable": True}, guild.id)

    async def allow(self, where: Channel | Guild, permissions: int, *, notify: bool = True) -> None:
        """Gives the bot permissions, in a channel or in a whole server."""
        if isinstance(where, Channel):
            where.overwrite(self.world.bot).grant(permissions)
            await self._notify_channel(where, notify=notify)
        else:
            where.bot_role.permissions |= permissions
            await self._notify_role(where, where.bot_role, notify=notify)

    async def forbid(self, where: Channel | Guild, permissions: int, *, notify: bool = True) -> None:
        """Takes permissions from the bot, in a channel or in a whole server."""
        if isinstance(where, Channel):
            where.overwrite(self.world.bot).refuse(permissions)
            await self._notify_channel(where, notify=notify)
        else:
            for role in (where.everyone, where.bot_role):
                if role.permissions & permissions:
                    role.permissions &= ~permissions
                    await self._notify_role(where, role, notify=notify)

    async def delete_role(self, guild: Guild, role: Role, *, notify: bool = True) -> None:
        guild.roles.remove(role)
        if notify:
            await self.gateway.tell("GUILD_ROLE_DELETE", {"guild_id": str(guild.id), "role_id": str(role.id)}, guild.id)

    def close_dms(self, person: Person) -> None:
        """The person accepts no direct messages from the bot any more (403, 50007)."""
        self.world.closed.add(person.id)

    def open_dms(self, person: Person) -> None:
        self.world.closed.discard(person.id)

    def say(self, channel: Channel, text: str, *, person: Person | None = None) -> Payload:
        """A person writes into a channel, before the bot looks: it gets no event."""
        return self.rest.book.say(channel, person or self.world.fan, text)

    async def write(self, channel: Channel, text: str, *, person: Person | None = None) -> Payload:
        """A person writes into a channel, and the bot hears of it if it has the intent for that."""
        person = person or self.world.fan
        message = self.say(channel, text, person=person)
        if f"<@{self.world.bot.id}>" in text:
            message["mentions"] = [self.world.bot.payload()]
        await self.tell_message("MESSAGE_CREATE", message, channel, person)
        return message

    async def tell_message(self, event: str, message: Payload, channel: Channel, person: Person) -> None:
        """Sends an event of a message to the bot if it has the intent for that.

        Without the privileged intent it sees the words only where it is mentioned, and in direct messages.
        """
        guild = channel.guild
        session = self.gateway.session(guild.id if guild is not None else None)
        if not session.intents & (DIRECT_MESSAGES if guild is None else GUILD_MESSAGES):
            return
        if guild is not None:
            member = {name: value for name, value in person.member().items() if name != "user"}
            message = {**message, "guild_id": str(guild.id), "member": member}
            if not message["mentions"]:
                message |= {"content": ""}
        await session.send(event, message)

    def delete_message(self, message: int) -> None:
        """A moderator deletes a message; the bot gets no event of this either."""
        self.rest.book.remove(str(message))

    async def _notify_channel(self, channel: Channel, *, notify: bool) -> None:
        if notify and channel.guild is not None:
            await self.gateway.tell("CHANNEL_UPDATE", channel.payload(), channel.guild.id)

    async def _notify_role(self, guild: Guild, role: Role, *, notify: bool) -> None:
        if notify:
            data = {"guild_id": str(guild.id), "role": role.payload()}
            await self.gateway.tell("GUILD_ROLE_UPDATE", data, guild.id)
