"""From a row of the outbox to the message a fan reads; and which permissions the bot lacks to post it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import discord

from bot.notifications.schedule_planner import moment_of
from bot.outbox.contracts import Post
from bot.render.reminders import Announced, Moved, addressed, change, reminder
from bot.seasons.as_of import AsOf
from db.connection import Store
from db.models import Race, RaceStatus
from db.reminders.models import SAME, Part, Row, Seen, Target
from db.reminders.plans import seen_of
from db.timestamps import day_from_text, from_text

NEEDED = {"view_channel": "View Channel", "send_messages": "Send Messages"}
"""Without these nothing can be posted."""


def announced(as_of: AsOf, race: Race, mark: str, *, personal: bool) -> Announced:
    """What there is to say of a race to come, as known now."""
    computed = as_of.computed(as_of.season(race.season))
    return Announced(computed, race, mark, as_of.last_winner(race), personal)


def start_of(race: Race) -> datetime:
    """When coverage starts or, where that is not known, the race itself."""
    coverage = race.coverage.coverage if race.coverage else None
    return coverage or race.begins


class ReminderWriter:
    """Makes the messages of reminders and changes.

    Args:
        as_of: what is known now.
        store: knows from which moment a race was put off.
    """

    def __init__(self, as_of: Callable[[], Awaitable[AsOf]], store: Store) -> None:
        self._as_of = as_of
        self._store = store

    async def reminder(self, row: Row, target: Target) -> Post | None:
        """None where the race is off, over, put off, moved since, or no longer on the schedule."""
        as_of = await self._as_of()
        race = _race(as_of, row)
        if race is None:
            return None
        event_at = moment_of(race, Part(row.due.session), await self._seen(race), as_of.now)
        if event_at is None or abs(event_at - row.due.event_at) >= SAME:
            return None
        told = announced(as_of, race, row.mark, personal=target.user is not None)
        view = reminder(told, Part(row.due.session), row.due.event_at, as_of.now)
        return Post(addressed(view, target.role), target.role)

    async def _seen(self, race: Race) -> Seen | None:
        """What the planner saw of a race last, where that tells its new date from the one it was put off from."""
        if race.status is not RaceStatus.POSTPONED:
            return None
        return await seen_of(self._store, race.season, race.round)

    async def change(self, row: Row, target: Target) -> Post | None:
        """None where the race is no longer on the schedule."""
        as_of = await self._as_of()
        race = _race(as_of, row)
        if race is None:
            return None
        told = announced(as_of, race, row.mark, personal=target.user is not None)
        return Post(addressed(change(told, _before(row.due.detail), as_of.now), target.role), target.role)


def _before(detail: Mapping[str, Any]) -> Moved:
    """What those who are told knew, as the planner noted it."""
    at, on = detail.get("from"), detail.get("from_day")
    return Moved(
        from_text(at) if isinstance(at, str) else None,
        day_from_text(on) if isinstance(on, str) else None,
        restored=detail.get("what") == "restored",
        awaits_new_date=detail.get("what") == "postponed" and not detail.get("to") and not detail.get("to_day"),
    )


def _race(as_of: AsOf, row: Row) -> Race | None:
    season = next((each for each in as_of.seasons if each.year == row.due.season), None)
    return season.race(row.due.round) if season else None


def takes_reminders(guild: discord.Guild, channel: int | None) -> bool:
    """Whether a channel is there and is one to post in: of text or announcements, no forum and no category."""
    return channel is not None and isinstance(guild.get_channel(channel), discord.TextChannel)


def lacking(guild: discord.Guild | None, target: Target) -> tuple[str, ...]:
    """What the bot may not do in the target's channel though the settings need it, each as a line for a moderator."""
    if guild is None or target.channel is None or not target.on:
        return ()
    channel = guild.get_channel(target.channel)
    if channel is None:
        return (f"<#{target.channel}> is gone, or I can't see it; choose another channel.",)
    if not takes_reminders(guild, target.channel):
        return (f"<#{target.channel}> isn't a text channel; choose another channel.",)
    mine = channel.permissions_for(guild.me)
    names = [said for name, said in NEEDED.items() if not getattr(mine, name)]
    lines = [f"I need {' and '.join(names)} in <#{target.channel}>."] if names else []
    if not names and not mine.read_message_history:
        lines.append("With Read Message History, I can make sure after an outage that nothing is posted twice.")
    role = guild.get_role(target.role) if target.role is not None else None
    if target.role is not None and role is None:
        lines.append("The role to ping is gone; choose another, or none.")
    elif role is not None and not role.mentionable and not mine.mention_everyone:
        lines.append(f"To ping {role.mention}, I need Mention Everyone here, or the role has to be mentionable.")
    if target.extras.events and not guild.me.guild_permissions.create_events:
        lines.append("For Discord events, I need the Create Events permission.")
    return tuple(lines)
