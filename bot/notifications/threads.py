"""Threads of races: how one is opened and put away, and which messages go into it.

A thread that is started from a message has that message's id: it is found again by that, and a second try is answered
with an error that says so. One without a message is found again by who made it and what it is called.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Literal, Protocol

import discord
from discord.ext import commands

from bot.clock import Clock
from bot.discord_errors import Code
from bot.outbox.contracts import BusyError, Made, RefusedError, Turn
from bot.outbox.discord_sender import DiscordSender
from bot.outbox.ordering import RETRY_SECONDS
from db.connection import Store
from db.reminders.models import NotificationKind, OutboxRow, Target
from db.reminders.race_day import ARCHIVED
from db.reminders.threads import Opening, open_threads, opening_of, reminder_sent, reminder_under_way

GO_INTO_THREADS = (
    NotificationKind.LIVE,
    NotificationKind.BOARD,
    NotificationKind.RESULTS,
    NotificationKind.RECAP,
)
"""What goes into a race's thread where there is one; the standings are one message for all races, in the channel."""
LOOK_AGAIN_SECONDS = 15 * 60.0
"""When to look again whether what stood in a thread's way is over."""
WAITED_FOR = timedelta(minutes=2)
"""For so long a message waits for a thread that may be there; a post of a race is news for five minutes at least."""
AT_ONCE = timedelta(minutes=1)
"""Within that time a thread that is due is opened, if nothing stands in its way."""
QUIET_MINUTES: Literal[4320] = 4320
"""After so many minutes without a message, three days, Discord puts a thread away by itself: rain takes no longer."""
ANNOUNCEMENT_THREAD: Literal[10] = 10
PUBLIC_THREAD: Literal[11] = 11
"""Discord's types of threads, as ``discord.ChannelType`` has them: one of an announcement channel is of its own."""
MISSING = "I need the Create Public Threads and Send Messages in Threads permissions"
TOO_MANY = "the server has as many active threads as Discord allows"
NO_THREADS = "the channel takes no threads"
IN_THE_WAY = {
    Code.MISSING_PERMISSIONS: MISSING,
    Code.MISSING_ACCESS: MISSING,
    Code.TOO_MANY_THREADS: TOO_MANY,
    Code.TOO_MANY_ANNOUNCEMENT_THREADS: TOO_MANY,
    Code.WRONG_CHANNEL_TYPE: NO_THREADS,
}
"""Refusals that pass, by a moderator's doing or by themselves, and what to say of them."""


class Threads(Protocol):
    """The threads of servers. Every request that fails raises RefusedError, BusyError or UnsureError."""

    def may_open(self, guild: int, channel: int) -> bool | None:
        """Whether the bot may open threads there and write in them, None if unknown; BusyError if known soon."""

    async def start(self, channel: int, message: int, name: str) -> None:
        """Starts a thread from a message, whose id it gets."""

    async def active(self, guild: int, channel: int, name: str) -> int | None:
        """The bot's own thread of that name among those of the channel that are not put away."""

    async def put_away(self, channel: int, name: str) -> int | None:
        """The bot's own thread of that name among those of the channel that are put away."""

    async def create(self, channel: int, name: str) -> int:
        """Makes a thread without a message and returns its id; UnsureError if it may have been made, or made twice."""

    async def archive(self, thread: int) -> None:
        """Puts a thread away."""


class ThreadKeeper:
    """Delivers the outbox's rows of threads, and says which messages go into them.

    Args:
        store: holds which threads were opened before.
        clock: the bot's.
        threads: the way to Discord.
    """

    def __init__(self, store: Store, clock: Clock, threads: Threads) -> None:
        self._store, self._clock, self._threads = store, clock, threads

    async def keep(self, row: OutboxRow, target: Target, turn: Turn) -> Made | None:
        """Opens the thread of the row's race, or puts it away; it may be interrupted anywhere and started again.

        Raises:
            BusyError: a permission is missing, there are too many threads, the reminder is still to go out, or the
                request had no effect.
            UnsureError: the request may have had an effect.
            RefusedError: Discord refused it.
        """
        if target.guild is None or target.channel is None:
            return None
        try:
            if row.notification.session == ARCHIVED:
                return await self._put_away(row, turn)
            return await self._opened(row, target.guild, target.channel, turn)
        except RefusedError as error:
            if error.code not in IN_THE_WAY:
                raise
            raise BusyError(IN_THE_WAY[Code(error.code)], LOOK_AGAIN_SECONDS) from error

    async def whereabouts(self, row: OutboxRow, target: Target) -> int | None:
        """The thread into which a message about the row's race goes; None where there is none.

        Raises:
            BusyError: it is about to be opened.
        """
        if target.guild is None or not target.extras.thread:
            return None
        subject = row.notification.subject
        for thread in await open_threads(self._store, target.id, subject):
            if thread.channel == target.channel:
                return thread.id
        opening = await opening_of(self._store, target.id, subject)
        if opening is not None and (wait := self._wait(opening, row)) is not None:
            raise BusyError("the race's thread is being opened", wait)
        return None

    def _wait(self, opening: Opening, row: OutboxRow) -> float | None:
        """For how many seconds a message waits for a thread that is still to be opened; None if it does not."""
        now = self._clock.now()
        if opening.begun is not None:
            waits = timedelta(0) <= now - opening.begun < WAITED_FOR
        else:
            # One that was put off waits for something, which may take long.
            waits = not opening.put_off and max(opening.due, now) + AT_ONCE < row.notification.until
        return max(RETRY_SECONDS, (opening.due - now).total_seconds()) if waits else None

    async def _opened(self, row: OutboxRow, guild: int, channel: int, turn: Turn) -> Made:
        name = row.notification.detail["name"]
        if await reminder_under_way(self._store, row, self._clock.now()):
            raise BusyError("the reminder is still going out", RETRY_SECONDS)
        if self._threads.may_open(guild, channel) is False:
            raise BusyError(MISSING, LOOK_AGAIN_SECONDS)
        message = await reminder_sent(self._store, row, channel)
        if message is not None:
            await turn()
            if await self._started(channel, message, name):
                return Made(message, channel)
        await turn()
        there = await self._threads.active(guild, channel, name)
        if there is None:
            await turn()
            there = await self._among_put_away(channel, name)
        if there is None:
            await turn()
            there = await self._threads.create(channel, name)
        return Made(there, channel)

    async def _started(self, channel: int, message: int, name: str) -> bool:
        """Starts a thread from a message; False if people have deleted that."""
        try:
            await self._threads.start(channel, message, name)
        except RefusedError as error:
            if error.missing:
                return False
            if error.code != Code.THREAD_EXISTS:
                raise
        return True

    async def _among_put_away(self, channel: int, name: str) -> int | None:
        """A thread that was made and put away before it was known; None also where the list may not be read."""
        try:
            return await self._threads.put_away(channel, name)
        except RefusedError as error:
            if error.barred:
                return None
            raise

    async def _put_away(self, row: OutboxRow, turn: Turn) -> Made | None:
        threads = await open_threads(self._store, row.notification.target, row.notification.subject)
        for thread in threads:
            await turn()
            try:
                await self._threads.archive(thread.id)
            except RefusedError as error:
                # It is gone, or it is put away already.
                if not error.gone and error.code != Code.THREAD_ARCHIVED:
                    raise
        return Made(threads[0].id) if threads else None


class DiscordThreads:
    """The threads of servers, through a bot that need only be logged in.

    Args:
        bot: the client.
        sender: makes its requests.
    """

    def __init__(self, bot: commands.AutoShardedBot, sender: DiscordSender) -> None:
        self._bot, self._sender = bot, sender

    def may_open(self, guild: int, channel: int) -> bool | None:
        if not self._bot.is_ready():
            # Discord bans bots that make too many refused requests, and after a start all servers would ask at once.
            raise BusyError("not connected yet", RETRY_SECONDS)
        found = self._bot.get_guild(guild)
        if found is None:
            return None
        # discord.py knows neither of a server of which the gateway has told only that it is there.
        me: discord.Member | None = found.me
        place = found.get_channel(channel)
        if me is None or place is None:
            return None
        granted = place.permissions_for(me)
        return bool(granted.create_public_threads and granted.send_messages_in_threads)

    async def start(self, channel: int, message: int, name: str) -> None:
        await self._sender.ask(
            lambda: self._bot.http.start_thread_with_message(
                channel, message, name=name, auto_archive_duration=QUIET_MINUTES
            )
        )

    async def active(self, guild: int, channel: int, name: str) -> int | None:
        page: Mapping[str, Any] = await self._sender.ask(lambda: self._bot.http.get_active_threads(guild))
        return self._own(page["threads"], channel, name)

    async def put_away(self, channel: int, name: str) -> int | None:
        page: Mapping[str, Any] = await self._sender.ask(lambda: self._bot.http.get_public_archived_threads(channel))
        return self._own(page["threads"], channel, name)

    async def create(self, channel: int, name: str) -> int:
        place = self._bot.get_channel(channel)
        news = isinstance(place, discord.TextChannel) and place.is_news()
        kind: Literal[10, 11] = ANNOUNCEMENT_THREAD if news else PUBLIC_THREAD
        made: Mapping[str, Any] = await self._sender.ask(
            lambda: self._bot.http.start_thread_without_message(
                channel, name=name, auto_archive_duration=QUIET_MINUTES, type=kind
            ),
            once=True,
        )
        return int(made["id"])

    async def archive(self, thread: int) -> None:
        # The bot that started a thread may put it away, without the permission to manage threads.
        await self._sender.ask(lambda: self._bot.http.edit_channel(thread, archived=True))

    def _own(self, threads: Iterable[Mapping[str, Any]], channel: int, name: str) -> int | None:
        mine = str(self._bot.user.id) if self._bot.user else ""
        found = (
            int(each["id"])
            for each in threads
            if str(each.get("owner_id")) == mine and int(each["parent_id"]) == channel and each["name"] == name
        )
        return max(found, default=None)
