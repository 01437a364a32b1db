"""Scheduled events of servers, kept in step with the schedule: made once, changed, taken off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import discord
from discord.ext import commands

from bot.notifications.event_planner import OFF
from bot.notifications.results import AGAIN_SECONDS, await_turn
from bot.outbox.contracts import BusyError, RefusedError, Turn
from bot.outbox.discord_sender import DiscordSender
from bot.render.announcements import Happening, event_mark
from db.connection import Store
from db.reminders.models import SAME, Kind, Row, Target
from db.reminders.outbox import last_sent

LOOK_AGAIN_SECONDS = 15 * 60.0
"""When to look again whether a permission was given."""
MISSING = "I need the Create Events permission"
_EXTERNAL, _MEMBERS_ONLY = discord.EntityType.external.value, discord.PrivacyLevel.guild_only.value
_ACTIVE = discord.EventStatus.active.value
_OPEN = (discord.EventStatus.scheduled.value, _ACTIVE)
UNKNOWN_EVENT, MISSING_PERMISSIONS, FINISHED_EVENT = 10070, 50013, 180000
"""What Discord says of an event that was deleted, of what we may not do, and of an event that is over."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An event that a server has; ``begun`` says that it is on. ``happening`` is what it says."""

    id: int
    happening: Happening
    begun: bool = False


class Calendar(Protocol):
    """The events of servers. Every request raises RefusedError, BusyError or UnsureError."""

    def may_keep(self, guild: int) -> bool | None:
        """Whether the bot may make events there, as far as that is known; BusyError where it soon will be."""

    async def events(self, guild: int) -> list[Listed]:
        """The events there that the bot made, those that are over not among them."""

    async def create(self, guild: int, happening: Happening) -> int:
        """Makes an event; returns its id. UnsureError where it may have been made, or may have been made twice."""

    async def edit(self, guild: int, event: int, happening: Happening) -> None:
        """Changes an event."""

    async def delete(self, guild: int, event: int) -> None:
        """Takes an event off."""


class ScheduledEvents:
    """Does what the outbox's rows ask for: an event for each race, or none.

    Args:
        store: knows what was made before.
        calendar: the way to Discord.
    """

    def __init__(self, store: Store, calendar: Calendar) -> None:
        self._store = store
        self._calendar = calendar

    async def keep(self, row: Row, target: Target, turn: Turn) -> int | None:
        """Brings a server's event of the row's race in step; returns its id, None where it is to have none.

        What is there is looked at each time, so that it may be cut off anywhere and begun again.

        Raises:
            BusyError: the permission is missing, an earlier row is on its way still, or it did not get through.
            UnsureError: it may have got through.
            RefusedError: Discord does not want it.
        """
        guild = target.guild
        if guild is None:
            return None
        await await_turn(self._store, row)
        wanted = None if row.due.lead == OFF else Happening.of(row.due.detail)
        if wanted is not None and self._calendar.may_keep(guild) is False:
            raise BusyError(MISSING, LOOK_AGAIN_SECONDS)
        try:
            return await self._bring_in_step(guild, row, wanted, turn)
        except RefusedError as error:
            if error.code != MISSING_PERMISSIONS:
                raise
            raise BusyError(MISSING, LOOK_AGAIN_SECONDS) from error

    async def _bring_in_step(self, guild: int, row: Row, wanted: Happening | None, turn: Turn) -> int | None:
        due = row.due
        before = await last_sent(self._store, due.target, Kind.EVENT, due.season, due.round)
        mark = event_mark(due.season, due.round)
        await turn()
        there = [
            each
            for each in await self._calendar.events(guild)
            if mark in each.happening.description or (before is not None and each.id == before.message)
        ]
        kept = next((each for each in there if wanted is not None and _can_become(each, wanted)), None)
        for each in there:
            if each is not kept:
                await turn()
                await self._delete(guild, each)
        if wanted is None:
            return None
        if kept is not None:
            return await self._edit(guild, kept, wanted, turn)
        if before is not None and before.due.lead != OFF and abs(before.due.event_at - due.event_at) < SAME:
            # Made for this very moment, and somebody did not want it.
            return None
        await turn()
        return await self._calendar.create(guild, wanted)

    async def _edit(self, guild: int, kept: Listed, wanted: Happening, turn: Turn) -> int | None:
        if kept.happening == wanted:
            return kept.id
        await turn()
        try:
            await self._calendar.edit(guild, kept.id, wanted)
        except RefusedError as error:
            if error.code in {UNKNOWN_EVENT, FINISHED_EVENT}:
                return None
            raise
        return kept.id

    async def _delete(self, guild: int, event: Listed) -> None:
        try:
            await self._calendar.delete(guild, event.id)
        except RefusedError as error:
            if error.code != UNKNOWN_EVENT:
                raise


def _can_become(event: Listed, wanted: Happening) -> bool:
    """Whether the event can be changed into the wanted one: one that is on cannot be put off."""
    return not event.begun or event.happening.start == wanted.start


class DiscordCalendar:
    """The events of servers through a bot that need only be logged in.

    Args:
        bot: the client.
        sender: makes its requests.
    """

    def __init__(self, bot: commands.AutoShardedBot, sender: DiscordSender) -> None:
        self._bot = bot
        self._sender = sender

    def may_keep(self, guild: int) -> bool | None:
        if not self._bot.is_ready():
            # Asking in vain is what Discord shuts bots out for, and at a start all would ask at once.
            raise BusyError("not connected yet", AGAIN_SECONDS)
        found = self._bot.get_guild(guild)
        me = found.me if found is not None else None
        return None if me is None else me.guild_permissions.create_events

    async def events(self, guild: int) -> list[Listed]:
        told: Sequence[Mapping[str, Any]] = await self._sender.ask(
            lambda: self._bot.http.get_scheduled_events(guild, with_user_count=False)
        )
        mine = str(self._bot.user.id) if self._bot.user else ""
        return [
            _listed(each)
            for each in told
            if str(each.get("creator_id")) == mine and each["entity_type"] == _EXTERNAL and each["status"] in _OPEN
        ]

    async def create(self, guild: int, happening: Happening) -> int:
        body = _body(happening)
        # discord.py asks again by itself where Discord failed, and what failed may have been done.
        made: Mapping[str, Any] = await self._sender.ask(
            lambda: self._bot.http.create_guild_scheduled_event(guild, **body), once=True
        )
        return int(made["id"])

    async def edit(self, guild: int, event: int, happening: Happening) -> None:
        body = _body(happening)
        await self._sender.ask(lambda: self._bot.http.edit_scheduled_event(guild, event, **body))

    async def delete(self, guild: int, event: int) -> None:
        await self._sender.ask(lambda: self._bot.http.delete_scheduled_event(guild, event))


def _body(happening: Happening) -> dict[str, Any]:
    return {
        "name": happening.name,
        "description": happening.description,
        "privacy_level": _MEMBERS_ONLY,
        "entity_type": _EXTERNAL,
        "entity_metadata": {"location": happening.location},
        "scheduled_start_time": happening.start.isoformat(),
        "scheduled_end_time": happening.end.isoformat(),
    }


def _listed(told: Mapping[str, Any]) -> Listed:
    happening = Happening(
        told["name"],
        told.get("description") or "",
        (told.get("entity_metadata") or {}).get("location") or "",
        datetime.fromisoformat(told["scheduled_start_time"]),
        datetime.fromisoformat(told["scheduled_end_time"]),
    )
    return Listed(int(told["id"]), happening, begun=told["status"] == _ACTIVE)
