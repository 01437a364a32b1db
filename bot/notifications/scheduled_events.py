"""Scheduled events of servers: what an event says, and how it is made, changed and removed as the schedule changes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, Self

import discord
from discord.ext import commands

from bot.discord_errors import Code
from bot.outbox.contracts import BusyError, RefusedError, Turn
from bot.outbox.discord_sender import DiscordSender
from bot.outbox.ordering import RETRY_SECONDS, await_turn
from bot.render.blocks import phase_of
from bot.render.formatting import NETWORKS, count, eastern, listed, race_name, weekday
from bot.render.tables import plain
from db.connection import Store
from db.models import EASTERN, RACE_LENGTH, Broadcast, BroadcastKind, Race, RaceStatus, Season
from db.reminders.earlier_rows import last_sent
from db.reminders.models import SAME, NotificationKind, OutboxRow, Target

NO_EVENT = 0
"""The version that is no event at all: a row with this ``lead`` removes it."""
MOST_NAME, MOST_LOCATION, MOST_DESCRIPTION = 100, 100, 1000
_ROOM = 60
"""Characters of a name in a scheduled event."""
_MEDIA = {BroadcastKind.TV: "TV", BroadcastKind.RADIO: "Radio", BroadcastKind.STREAM: "Stream"}
_BARE = str.maketrans({"*": "", "_": " ", "~": "-", "|": "/", "\\": "/", "<": "", ">": "", "[": "(", "]": ")", "#": ""})
LOOK_AGAIN_SECONDS = 15 * 60.0
"""When to look again whether what stood in an event's way is over."""
MISSING = "I need the Create Events permission"
IN_THE_WAY = {
    Code.MISSING_PERMISSIONS: MISSING,
    Code.MISSING_ACCESS: MISSING,
    Code.TOO_MANY_EVENTS: "the server has as many events as Discord allows",
}
"""Refusals that pass, by a moderator's doing or by themselves, and what to say of them."""
_EXTERNAL, _MEMBERS_ONLY = discord.EntityType.external.value, discord.PrivacyLevel.guild_only.value
_ACTIVE = discord.EventStatus.active.value
_OPEN = (discord.EventStatus.scheduled.value, _ACTIVE)


@dataclass(frozen=True, slots=True)
class RaceEvent:
    """A scheduled event of a race: what it says, in plain text, and from when to when it is."""

    name: str
    description: str
    location: str
    start: datetime
    end: datetime

    @property
    def detail(self) -> dict[str, Any]:
        """The event as JSON can hold it."""
        return {**asdict(self), "start": self.start.isoformat(), "end": self.end.isoformat()}

    @classmethod
    def of(cls, detail: Any) -> Self:
        """The event that a row's detail holds."""
        start, end = (datetime.fromisoformat(detail[name]) for name in ("start", "end"))
        return cls(detail["name"], detail["description"], detail["location"], start, end)


def race_event(season: Season, race: Race) -> RaceEvent | None:
    """A race's scheduled event; None if the race is canceled, or nobody knows when it is.

    It begins with coverage if that is known; nothing in it depends on the moment at which it is made.

    Args:
        season: the race's.
        race: one of its races.
    """
    start = race.coverage.coverage if race.coverage and race.coverage.coverage else race.start
    if start is None or race.status is RaceStatus.CANCELLED:
        return None
    usual = (race.start or start) + RACE_LENGTH
    ended = race.results_at is not None and start < race.over_at < start + timedelta(days=1)
    end = race.over_at if ended else usual
    networks = dict.fromkeys(_network(each) for each in race.broadcast(BroadcastKind.TV))
    mark = event_mark(race.id)
    about = "\n".join(filter(None, [_begins(race, start), *_aired(race), _which(season, race), _place(race)]))
    return RaceEvent(
        (listed([_bare(race_name(race)), _bare(race.track.short)]) or f"Race {race.round}")[:MOST_NAME].strip(),
        f"{about[: MOST_DESCRIPTION - len(mark) - 1]}\n{mark}",
        (listed([*networks, _bare(race.track.name)]) or "On track")[:MOST_LOCATION].strip(),
        start,
        max(end, start + timedelta(hours=1)),
    )


def event_version(season: Season, race: Race, event: RaceEvent) -> int:
    """A number, never ``NO_EVENT``, that changes with every fact the event reports, but not with how it is worded.

    A release that words events differently thus does not change every event of every server at once.
    """
    track, coverage = race.track, race.coverage
    facts = (
        (race.season, race.round, race.name, race.phase, race.status, race.scheduled_laps, len(season.races)),
        (track.key, track.short, track.name, track.city, track.state, track.length),
        tuple((each.kind, each.network, _iso(each.coverage), each.approximate) for each in race.broadcasts),
        (coverage is not None and coverage.approximate, _iso(race.start), _iso(race.green_flag)),
        (_iso(event.start), _iso(event.end)),
    )
    return int.from_bytes(hashlib.blake2b(repr(facts).encode(), digest_size=6).digest()) + 1


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


def event_mark(race: int) -> str:
    """The last line of an event's description, by which the bot recognizes its own event of a race, known by its id."""
    return f"Tailgate keeps this event in step with the schedule (race {race})."


def old_event_mark(season: int, number: int) -> str:
    """The same line as earlier releases wrote it: by the round that the race had."""
    return f"Tailgate keeps this event in step with the schedule ({season}, race {number})."


def _begins(race: Race, start: datetime) -> str:
    when = f"{weekday(start.astimezone(EASTERN).date())}, {{}}{eastern(start)} Eastern"
    if race.coverage is None:
        return f"The race is listed for {when.format('')}; when coverage starts is not known."
    said = f"Coverage starts {when.format('about ' if race.coverage.approximate else '')}"
    if race.green_flag is not None:
        return f"{said}; green flag {eastern(race.green_flag)} Eastern."
    if race.start is not None and race.start != start:
        return f"{said}; race listed for {eastern(race.start)} Eastern."
    return f"{said}."


def _aired(race: Race) -> list[str]:
    lines = []
    for kind, word in _MEDIA.items():
        shown = []
        for each in race.broadcast(kind):
            about = "about " if each.approximate else ""
            start = f", from {about}{eastern(each.coverage)} Eastern" if each.coverage else ""
            shown.append(f"{_network(each)}{start}")
        if shown:
            lines.append(f"{word}: {' · '.join(dict.fromkeys(shown))}")
    return lines


def _which(season: Season, race: Race) -> str:
    laps, length = race.scheduled_laps, race.track.length
    miles = f"{round(laps * length)} miles" if laps and length else ""
    number = f"Race {race.round} of {len(season.races)}"
    return listed([number, _bare(phase_of(race)), count(laps, "lap") if laps else "", miles])


def _place(race: Race) -> str:
    return ", ".join(_bare(part) for part in (race.track.name, race.track.city, race.track.state) if part)


def _network(broadcast: Broadcast) -> str:
    return _bare(NETWORKS.get(broadcast.network.casefold(), broadcast.network))


def _bare(text: str) -> str:
    """Text from people without markdown, which Discord renders in some places that show events and not in others."""
    return " ".join(plain(text).translate(_BARE).split())[:_ROOM].strip()


@dataclass(frozen=True, slots=True)
class Listed:
    """An event that a server has now; ``begun`` says that it is on, ``content`` what it says."""

    id: int
    content: RaceEvent
    begun: bool = False


class Calendar(Protocol):
    """The scheduled events of servers. Every request that fails raises RefusedError, BusyError or UnsureError."""

    def may_keep(self, guild: int) -> bool | None:
        """Whether the bot may make events there, None if that is not known; BusyError if it will be known soon."""

    async def events(self, guild: int) -> list[Listed]:
        """The events there that the bot made, without those that are over."""

    async def create(self, guild: int, content: RaceEvent) -> int:
        """Makes an event and returns its id; UnsureError if it may have been made, or made twice."""

    async def edit(self, guild: int, event: int, content: RaceEvent) -> None:
        """Changes an event."""

    async def delete(self, guild: int, event: int) -> None:
        """Removes an event."""


class EventKeeper:
    """Delivers the outbox's rows of events: a server gets one event for each race, or none.

    Args:
        store: holds which events were made before.
        calendar: the way to Discord.
    """

    def __init__(self, store: Store, calendar: Calendar) -> None:
        self._store = store
        self._calendar = calendar

    async def keep(self, row: OutboxRow, target: Target, turn: Turn) -> int | None:
        """Makes, changes or removes a server's event of the row's race; returns its id, None if it is to have none.

        Discord knows no nonce for events. Instead, the server's events are read first each time, and ours is recognized
        by the last line of its description: so this may be interrupted anywhere and started again.

        Raises:
            BusyError: a permission is missing, there are too many events, an earlier row may be on its way, or the
                request had no effect.
            UnsureError: the request may have had an effect.
            RefusedError: Discord refused it.
        """
        guild = target.guild
        if guild is None:
            return None
        await await_turn(self._store, row, same_race=True)
        wanted = None if row.notification.lead == NO_EVENT else RaceEvent.of(row.notification.detail)
        if wanted is not None and self._calendar.may_keep(guild) is False:
            raise BusyError(MISSING, LOOK_AGAIN_SECONDS)
        try:
            return await self._bring_in_step(guild, row, wanted, turn)
        except RefusedError as error:
            if error.code not in IN_THE_WAY:
                raise
            raise BusyError(IN_THE_WAY[Code(error.code)], LOOK_AGAIN_SECONDS) from error

    async def _bring_in_step(self, guild: int, row: OutboxRow, wanted: RaceEvent | None, turn: Turn) -> int | None:
        due = row.notification
        before = await last_sent(self._store, due.target, NotificationKind.EVENT, due.subject)
        marks = [event_mark(due.race)]
        if row.old_round is not None:
            # An earlier release may have made it and not learned of it.
            marks.append(old_event_mark(due.season, row.old_round))
        await turn()
        there = [
            each
            for each in await self._calendar.events(guild)
            if any(mark in each.content.description for mark in marks)
            or (before is not None and each.id == before.message)
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
        if (
            before is not None
            and before.notification.lead != NO_EVENT
            and abs(before.notification.event_at - due.event_at) < SAME
        ):
            # We made one for this very moment and it is gone: a moderator deleted it, and it stays so.
            return None
        await turn()
        return await self._calendar.create(guild, wanted)

    async def _edit(self, guild: int, kept: Listed, wanted: RaceEvent, turn: Turn) -> int | None:
        if kept.content == wanted:
            return kept.id
        await turn()
        try:
            await self._calendar.edit(guild, kept.id, wanted)
        except RefusedError as error:
            if error.code in {Code.UNKNOWN_EVENT, Code.FINISHED_EVENT}:
                return None
            raise
        return kept.id

    async def _delete(self, guild: int, event: Listed) -> None:
        try:
            await self._calendar.delete(guild, event.id)
        except RefusedError as error:
            if error.code != Code.UNKNOWN_EVENT:
                raise


def _can_become(event: Listed, wanted: RaceEvent) -> bool:
    """Whether the event can be changed into the wanted one: the start of one that is on cannot be moved."""
    return not event.begun or event.content.start == wanted.start


class DiscordCalendar:
    """The scheduled events of servers, through a bot that need only be logged in.

    Args:
        bot: the client.
        sender: makes its requests.
    """

    def __init__(self, bot: commands.AutoShardedBot, sender: DiscordSender) -> None:
        self._bot = bot
        self._sender = sender

    def may_keep(self, guild: int) -> bool | None:
        if not self._bot.is_ready():
            # Discord bans bots that make too many refused requests, and after a start all servers would ask at once.
            raise BusyError("not connected yet", RETRY_SECONDS)
        found = self._bot.get_guild(guild)
        me = found.me if found is not None else None
        return None if me is None else me.guild_permissions.create_events

    async def events(self, guild: int) -> list[Listed]:
        listed_events: Sequence[Mapping[str, Any]] = await self._sender.ask(
            lambda: self._bot.http.get_scheduled_events(guild, with_user_count=False)
        )
        mine = str(self._bot.user.id) if self._bot.user else ""
        return [
            _listed(each)
            for each in listed_events
            if str(each.get("creator_id")) == mine and each["entity_type"] == _EXTERNAL and each["status"] in _OPEN
        ]

    async def create(self, guild: int, content: RaceEvent) -> int:
        body = _body(content)
        # discord.py repeats a request that Discord failed at by itself, and the failed one may have made an event.
        made: Mapping[str, Any] = await self._sender.ask(
            lambda: self._bot.http.create_guild_scheduled_event(guild, **body), once=True
        )
        return int(made["id"])

    async def edit(self, guild: int, event: int, content: RaceEvent) -> None:
        body = _body(content)
        await self._sender.ask(lambda: self._bot.http.edit_scheduled_event(guild, event, **body))

    async def delete(self, guild: int, event: int) -> None:
        await self._sender.ask(lambda: self._bot.http.delete_scheduled_event(guild, event))


def _body(content: RaceEvent) -> dict[str, Any]:
    return {
        "name": content.name,
        "description": content.description,
        "privacy_level": _MEMBERS_ONLY,
        "entity_type": _EXTERNAL,
        "entity_metadata": {"location": content.location},
        "scheduled_start_time": content.start.isoformat(),
        "scheduled_end_time": content.end.isoformat(),
    }


def _listed(payload: Mapping[str, Any]) -> Listed:
    content = RaceEvent(
        payload["name"],
        payload.get("description") or "",
        (payload.get("entity_metadata") or {}).get("location") or "",
        datetime.fromisoformat(payload["scheduled_start_time"]),
        datetime.fromisoformat(payload["scheduled_end_time"]),
    )
    return Listed(int(payload["id"]), content, begun=payload["status"] == _ACTIVE)
