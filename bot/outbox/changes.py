"""Changes messages in place, and remembers of which changes the answer never came.

A change need not be looked for, since it may be made twice. But one without an answer leaves unknown what the message
says, and may arrive late and undo the next one. So its moment is committed before it leaves, and taken back with the
answer: the next planning makes what is wanted anew where it is not known to stand there, and another change waits until
the one before it has arrived or never will.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.outbox.contracts import BusyError, Post, RefusedError, Sender, UnsureError
from bot.outbox.doubt import LANDS
from bot.outbox.ledger import STALE, Ledger
from db.connection import Store
from db.reminders.earlier_rows import unanswered_since
from db.reminders.models import NotificationKind, OutboxRow
from db.reminders.outbox import DeliveryOutcome


class Changes:
    """Makes the changes of messages.

    Args:
        store: holds which changes had no answer.
        sender: the way to Discord.
        ledger: where it is written down that one leaves.
        clock: the bot's.

    Attributes:
        under_way: ids of rows whose change has left.
    """

    def __init__(self, store: Store, sender: Sender, ledger: Ledger, clock: Clock) -> None:
        self._store, self._sender, self._ledger, self._clock = store, sender, ledger, clock
        self.under_way: set[int] = set()
        self._became: dict[int, datetime | None] = {}

    async def make(self, row: OutboxRow, channel: int, message: int, post: Post) -> None:
        """Changes a message to what a row says.

        Raises:
            RefusedError: it cannot be changed.
            BusyError: not now; nothing was changed.
            UnsureError: nobody knows whether it was changed.
        """
        if (left := await self._may_land_for(row)) > 0:
            raise BusyError("an earlier change of the message may still arrive", left)
        marked_at = await self._ledger.mark_change(row.id)
        if marked_at is None:
            raise BusyError("another run has taken it over", 0)
        self.under_way.add(row.id)
        try:
            if not timedelta(0) <= self._clock.now() - marked_at < STALE:
                # The process stood still since, and the message may be out of date: nothing has left yet.
                raise BusyError("the program stood still", 0)
            await self._sender.edit(channel, message, post)
        except (UnsureError, asyncio.CancelledError):
            # The process may have stood still just before it left.
            self._became[row.id] = self._clock.now()
            raise
        except (RefusedError, BusyError):
            self._became[row.id] = row.unanswered_at
            raise
        self._became[row.id] = row.unanswered_at

    def noted(self, outcome: DeliveryOutcome, row: OutboxRow) -> DeliveryOutcome:
        """The outcome of a row, which says as well what became of its change, if one left."""
        if row.id not in self._became:
            return outcome
        return replace(outcome, changed=True, unanswered_at=self._became[row.id])

    def ended(self, number: int) -> None:
        """Forgets a row whose task has ended."""
        self.under_way.discard(number)
        self._became.pop(number, None)

    async def _may_land_for(self, row: OutboxRow) -> float:
        """For how many seconds another change of the row's message may still arrive."""
        now = self._clock.now()
        same_race = row.notification.kind is not NotificationKind.STANDINGS
        async with self._store.reserved():
            since: datetime | None = await unanswered_since(self._store, row, now, LANDS, same_race=same_race)
        return (since + LANDS - now).total_seconds() if since is not None else 0.0
