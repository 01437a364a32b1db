"""Which permissions the bot needs in a channel, and which of them it lacks."""

from __future__ import annotations

from collections.abc import Mapping

import discord

from db.reminders.models import Target

NEEDED = {"view_channel": "View Channel", "send_messages": "Send Messages"}
"""Without these nothing can be posted in a channel; by discord.py's name, as Discord shows them."""
FOR_THREADS = {
    "create_public_threads": "Create Public Threads",
    "send_messages_in_threads": "Send Messages in Threads",
}
"""Without these a race gets no thread. The bot may put away the threads that it started."""


def takes_reminders(guild: discord.Guild, channel: int | None) -> bool:
    """Whether a channel exists and can be posted in: a text or announcement channel, not a forum or a category."""
    return channel is not None and isinstance(guild.get_channel(channel), discord.TextChannel)


def missing(channel: discord.abc.GuildChannel, among: Mapping[str, str] = NEEDED) -> list[str]:
    """The permissions among some that the bot lacks in a channel, as Discord shows them."""
    granted = channel.permissions_for(channel.guild.me)
    return [shown for name, shown in among.items() if not getattr(granted, name)]


def lacking(guild: discord.Guild | None, target: Target) -> tuple[str, ...]:
    """What the bot lacks in the target's channel to do what is set, each as a line for a moderator."""
    if guild is None or target.channel is None or not target.on:
        return ()
    channel = guild.get_channel(target.channel)
    if channel is None:
        return (f"<#{target.channel}> is gone, or I can't see it; choose another channel.",)
    if not takes_reminders(guild, target.channel):
        return (f"<#{target.channel}> isn't a text channel; choose another channel.",)
    granted = channel.permissions_for(guild.me)
    names = missing(channel)
    lines = [f"I need {' and '.join(names)} in <#{target.channel}>."] if names else []
    if not names and not granted.read_message_history:
        lines.append("With Read Message History, I can make sure after an outage that nothing is posted twice.")
    role = guild.get_role(target.role) if target.role is not None else None
    if target.role is not None and role is None:
        lines.append("The role to ping is gone; choose another, or none.")
    elif role is not None and not role.mentionable and not granted.mention_everyone:
        lines.append(f"To ping {role.mention}, I need Mention Everyone here, or the role has to be mentionable.")
    if target.extras.thread and (names := missing(channel, FOR_THREADS)):
        lines.append(f"For a thread a race, I need {' and '.join(names)} in <#{target.channel}>.")
    if target.extras.events and not guild.me.guild_permissions.create_events:
        lines.append("For Discord events, I need the Create Events permission.")
    return tuple(lines)
