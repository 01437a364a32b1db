"""In which channel a row's message goes: the target's own, a person's direct messages, or one that its kind has.

A kind may say that its messages go elsewhere, such as into a thread. That is never worth more than the message: where
such a channel takes nothing, it goes to the target's own.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import replace
from datetime import datetime, timedelta

from bot.outbox.contracts import Addressee, BusyError, RefusedError, Sender, Turn, Whereabouts
from bot.services import Services
from db.reminders import targets
from db.reminders.models import NotificationKind, OutboxRow, Target
from db.reminders.outbox import ClaimedRow

OPENING_AT_ONCE = 20
"""How many channels for direct messages are opened at the same time."""
KEPT = 1_000
"""How many opened channels are kept in memory, and how many that take nothing: as many as rows can be claimed at
once."""
UNKNOWN_SECONDS = 60.0
"""When to ask again who gets a message that goes to a person, such as a server's owner."""
LEFT_ALONE = timedelta(minutes=15)
"""How long a channel that is not the target's own, and took nothing, is not tried again."""


class Places:
    """Knows in which channel each row's message goes.

    Args:
        services: the store and the clock.
        sender: the way to Discord.
        awaiting_discord: ids of rows that wait for Discord's answer; one that opens a channel does.

    Attributes:
        addressees: who gets the messages of a kind that do not go to the target's place.
        whereabouts: in which channel the messages of a kind go, if not in the target's own.
    """

    def __init__(self, services: Services, sender: Sender, awaiting_discord: set[int]) -> None:
        self._store, self._clock, self._sender = services.store, services.clock, sender
        self._awaiting_discord = awaiting_discord
        self.addressees: dict[NotificationKind, Addressee] = {}
        self.whereabouts: dict[NotificationKind, Whereabouts] = {}
        self._opening = asyncio.Semaphore(OPENING_AT_ONCE)
        self._opened: OrderedDict[int, int] = OrderedDict()
        self._shut: OrderedDict[int, datetime] = OrderedDict()
        self._faced: dict[int, int] = {}

    async def channel(self, claimed: ClaimedRow, turn: Turn) -> int:
        """The channel to send to; for a row in doubt the one in which it was tried.

        Raises:
            RefusedError: no channel is set.
            BusyError: whom to tell, or where, is not known yet.
            UnsureError: a person's direct messages could not be opened.
        """
        target, addressee = claimed.target, self.addressees.get(claimed.row.notification.kind)
        if addressee is not None:
            if claimed.doubt and claimed.row.channel is not None:
                return claimed.row.channel
            person = addressee(target)
            if person is None:
                raise BusyError("whom to tell isn't known yet", UNKNOWN_SECONDS)
            return await self._direct(claimed, person, turn)
        async with self._store.reserved():
            elsewhere = None if claimed.doubt else await self._elsewhere(claimed.row, target)
        channel = elsewhere or channel_of(claimed)
        if channel is not None:
            return channel
        if target.user is None:
            raise RefusedError("no channel is set", gone=True)
        channel = await self._direct(claimed, target.user, turn)
        await targets.remember_channel(self._store, target.id, channel)
        return channel

    async def facing(self, row: OutboxRow, target: Target) -> Target:
        """The target with the channel in which the row's message goes, for who writes and who sends it."""
        elsewhere = await self._elsewhere(row, target)
        if elsewhere is None:
            self.forget(row.id)
            return target
        self._faced[row.id] = elsewhere
        return replace(target, channel=elsewhere)

    def forget(self, number: int) -> None:
        """Forgets where a row went that is over and done with."""
        self._faced.pop(number, None)

    async def turned_away(self, claimed: ClaimedRow) -> bool:
        """Whether it was not the target's own channel that has just refused a row; that one is left alone for a while.

        Raises:
            BusyError: where the row goes is about to be settled.
        """
        row, target = claimed.row, claimed.target
        whereabouts = self.whereabouts.get(row.notification.kind)
        if whereabouts is None:
            return False
        tried = row.channel if claimed.doubt else self._faced.get(row.id)
        async with self._store.reserved():
            if tried is None or tried == target.channel or tried != await whereabouts(row, target):
                return False
        # Several may have been refused at once.
        self._shut[tried] = self._clock.now()
        self._shut.move_to_end(tried)
        if len(self._shut) > KEPT:
            self._shut.popitem(last=False)
        return True

    async def _elsewhere(self, row: OutboxRow, target: Target) -> int | None:
        """The channel in which a row's message goes if it is not the target's own, and takes messages."""
        whereabouts = self.whereabouts.get(row.notification.kind)
        channel = await whereabouts(row, target) if whereabouts is not None and target.channel is not None else None
        if channel is None or channel == target.channel:
            return None
        shut = self._shut.get(channel)
        return None if shut is not None and timedelta(0) <= self._clock.now() - shut < LEFT_ALONE else channel

    async def _direct(self, claimed: ClaimedRow, person: int, turn: Turn) -> int:
        """The channel of a person's direct messages, opened if it is not known."""
        if person in self._opened:
            return self._opened[person]
        self._awaiting_discord.add(claimed.row.id)
        async with self._opening:
            await turn()
            channel = await self._sender.open(person)
        # The store has it from the next claim on; this is for rows that were claimed before.
        self._opened[person] = channel
        if len(self._opened) > KEPT:
            self._opened.popitem(last=False)
        return channel


def channel_of(claimed: ClaimedRow) -> int | None:
    """The target's own channel, if it is known; for a row in doubt the one in which it was tried."""
    return (claimed.row.channel if claimed.doubt else None) or claimed.target.channel
