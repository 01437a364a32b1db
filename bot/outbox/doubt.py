"""What becomes of a row that may have arrived: it is there, it is sent again, or nobody can tell.

A row in doubt is looked for in the channel's history, by the mark in its button, before anything is sent again. What is
sent again has the nonce it always had, which keeps Discord from making a second message for some minutes; how many,
nobody promises. So whatever was sent more than once is looked at once more after a while, and the newer one of two is
taken away.

Where the history may not be read nobody can tell, and the operator has chosen which is worse: a message that is there
twice, or one that is not there.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta

from bot.outbox.contracts import BusyError, InDoubt, RefusedError, Sender, Turn, UnsureError
from bot.outbox.reconcile import UnknownYetError, UnreadableError, find, find_among_latest
from bot.services import Services
from db.errors import FileFault, StoreError
from db.key_values import recall, remember
from db.models import EASTERN
from db.reminders import earlier_rows, outbox, second_messages
from db.reminders.models import EDITED, NotificationKind, OutboxRow, RowState
from db.reminders.outbox import ClaimedRow, DeliveryOutcome
from db.timestamps import from_text, to_text

log = logging.getLogger(__name__)

GIVE_UP = timedelta(hours=1)
"""How long after a row's last useful moment we still try to find out whether it arrived, and how long after it was sent
whether it is there twice."""
EARLY = timedelta(minutes=5)
"""How long before its due moment a row may have gone out (see the worker's AHEAD)."""
CHANGE_OF_USE = timedelta(days=1)
"""How long after it was noticed a change is told."""
SEEN_ANEW = timedelta(minutes=15)
"""How much later a run on an older copy may see what happens in a race, and post it, than the one before it did."""
JUST_RUNNING = timedelta(seconds=30)
"""A store in which a run was sending this shortly before is not an older copy: nobody restores a backup that fast."""
LANDS = timedelta(minutes=1)
"""How long after it left a request may still arrive."""
UNKNOWN_FOR = timedelta(seconds=40)
"""How long after the start we wait to be told whether a history may be read, before we take it that it may not."""
LOOK_LATER, READ_LATER = timedelta(minutes=1), timedelta(minutes=10)
"""When to look again for a second message if Discord did not answer, and if the history may not be read."""
DOUBTED = "reminders in doubt up to"
"""The name under which ``Doubts.doubted_until`` is stored from run to run."""

CUT_OFF = "cut off while sending; it may or may not have arrived"
DROPPED = "cut off while sending and not sent again, as this bot's operator chose, so it may be missing"
SENT_AGAIN = "cut off while sending and sent again, as this bot's operator chose, so it may be there twice"


Resolution = DeliveryOutcome | int | None
"""What is known of a row: its outcome; a message that is there and is to be edited; or that it is to be sent."""


class Doubts:
    """Finds out whether rows have arrived.

    Args:
        services: the store and the clock.
        sender: the way to Discord.
        in_doubt: what the operator has chosen for rows of which nobody can tell.

    Attributes:
        doubted_until: if this store is a backup that was put back, rows due by then may have been sent after the backup
            was made; None until ``begin``.
    """

    def __init__(self, services: Services, sender: Sender, in_doubt: InDoubt = InDoubt.AGAIN) -> None:
        self._store, self._clock = services.store, services.clock
        self._sender, self._in_doubt = sender, in_doubt
        self.doubted_until: datetime | None = None
        self._began: datetime | None = None
        self._searched: set[int] = set()
        self._untold: dict[int, str] = {}

    async def begin(self, now: datetime) -> None:
        """Decides, once a run, which untried rows may have been sent nevertheless, because the store is a backup.

        A run that follows another one within seconds takes over what that one doubted: otherwise every quick restart
        would look for each row that fell due in between in its channel.
        """
        if self.doubted_until is not None:
            return
        self._began = now
        try:
            last = await outbox.last_claim(self._store)
            just_running = last is not None and timedelta(0) <= now - last <= JUST_RUNNING
            stored = from_text(await recall(self._store, DOUBTED)) if just_running else None
            if stored is None:
                await remember(self._store, DOUBTED, to_text(now) or "")
        except StoreError as error:
            if error.fault is not FileFault.DAMAGED:
                raise
            stored = None
        self.doubted_until = stored or now

    def forget(self, number: int) -> None:
        """Forgets a row that is over and done with."""
        self._searched.discard(number)
        self._untold.pop(number, None)

    def why_again(self, number: int) -> str | None:
        """What to say of a row that was sent although nobody could tell whether it was there; None for all others."""
        why = self._untold.get(number)
        return f"{SENT_AGAIN}: {why}" if why is not None else None

    async def resolve(self, claimed: ClaimedRow, channel: int, turn: Turn) -> Resolution:
        """Looks for a row that may have arrived. What is sent again has the nonce it always had.

        Args:
            claimed: the row.
            channel: where it was tried.
            turn: awaited before each request.

        Raises:
            RefusedError: the channel is gone.
            BusyError, UnsureError, UnknownYetError: the question is to be asked again later.
        """
        row, direct = claimed.row, claimed.row.direct
        now = self._clock.now()
        try:
            there = await find(self._sender, turn, channel, row.mark, row.tried_at or now, now, direct=direct)
        except (RefusedError, UnreadableError, UnknownYetError) as error:
            if self._may_be_told_later(error, now, row.notification.until):
                raise
            return self._nobody_can_tell(claimed, str(error) or "I don't know whether I can read the channel's history")
        if there:
            message = await self._only_one(turn, channel, there)
            return self._there(claimed, channel, message, row.tried_at)
        if self._clock.now() < row.notification.until:
            return None
        if may_land_for(row, now) > 0:
            # Too late to send it again, too early to say that it is not there: the last request may be under way.
            return DeliveryOutcome(row.id, RowState.PENDING, retry_at=now + LANDS, doubt=True)
        # It is certainly not there: from here on it counts as never tried.
        return DeliveryOutcome(row.id, RowState.PENDING)

    def _may_be_told_later(self, error: Exception, now: datetime, until: datetime) -> bool:
        """Whether a search that failed settles nothing: the channel is gone, or we are still being told of servers."""
        if isinstance(error, UnknownYetError):
            # Who would rather lose it than have it twice waits for as long as it is of use.
            drop = self._in_doubt is InDoubt.DROP and now < until
            return drop or self._began is None or timedelta(0) <= now - self._began < UNKNOWN_FOR
        return isinstance(error, RefusedError) and error.gone

    def _nobody_can_tell(self, claimed: ClaimedRow, why: str) -> DeliveryOutcome | None:
        """What becomes of a row in doubt whose channel cannot be read; None if it is to be sent again."""
        row = claimed.row
        if self._in_doubt is InDoubt.DROP:
            return DeliveryOutcome(row.id, RowState.FAILED, reason=f"{DROPPED}: {why}")
        if self._clock.now() >= row.notification.until:
            return DeliveryOutcome(row.id, RowState.FAILED, reason=f"{CUT_OFF}: {why}")
        self._untold[row.id] = why
        return None

    async def _only_one(self, turn: Turn, channel: int, there: list[int]) -> int:
        """Takes away all but the oldest of a row's messages, and returns that one's id."""
        oldest, *newer = there
        for message in newer:
            await turn()
            # Where it is gone already, or may not be taken away, the row is delivered all the same.
            with suppress(RefusedError):
                await self._sender.delete(channel, message)
        return oldest

    async def look_again(self, row: OutboxRow, turn: Turn) -> bool:
        """Looks for a second message of a row that was sent more than once, and takes the newer one away.

        Returns whether that one had been changed by a later row, so that this is to be planned again.
        """
        now, again, there = self._clock.now(), None, list[int]()
        if row.channel is not None:
            direct = row.direct
            try:
                there = await find(self._sender, turn, row.channel, row.mark, row.tried_at or now, now, direct=direct)
                if there:
                    await self._only_one(turn, row.channel, there)
            except (BusyError, UnsureError, UnknownYetError):
                again = now + LOOK_LATER
                there = []
            except (RefusedError, UnreadableError) as error:
                # Perhaps it may be read later; else nobody will ever know, and two are better than none.
                again = None if isinstance(error, RefusedError) and error.gone else now + READ_LATER
                log.debug("row %d of the outbox may be there twice", row.id)
        if now >= (row.sent_at or row.last_tried_at or now) + GIVE_UP:
            again = None
        return await second_messages.looked(self._store, row.id, there[0] if there else None, again, there[1:])

    async def may_be_sent_already(self, row: OutboxRow) -> bool:
        """Whether a row never tried here may have been sent after the backup was made that this store is."""
        if row.id in self._searched:
            return False
        if self.doubted_until is not None and _earliest_due(row) - EARLY < self.doubted_until:
            return True
        if row.notification.kind is not NotificationKind.STANDINGS:
            return False
        # Standings are one message, edited with each race: a store that knows of none may be from before it was posted.
        async with self._store.reserved():
            return (
                await earlier_rows.last_sent(self._store, row.notification.target, NotificationKind.STANDINGS) is None
            )

    async def search(self, claimed: ClaimedRow, channel: int, turn: Turn) -> Resolution:
        """Looks, once, for a row of which ``may_be_sent_already`` says so; arguments and errors as of ``resolve``."""
        row, now, direct = claimed.row, self._clock.now(), claimed.row.direct
        try:
            if row.notification.kind is NotificationKind.STANDINGS:
                # They are an edit of an older message, wherever that is.
                there = await find_among_latest(self._sender, turn, channel, row.mark, direct=direct)
            else:
                there = await find(self._sender, turn, channel, row.mark, _sent_since(row), now, direct=direct)
        except (RefusedError, UnreadableError, UnknownYetError):
            # A missed reminder would be worse than a rare double one, and nothing says that it was sent.
            there = []
        if not there:
            self._searched.add(row.id)
            return None
        # What was found may still have to be edited; if that fails, it is to be found again.
        message = await self._only_one(turn, channel, there)
        return self._there(claimed, channel, message, row.notification.due_at)

    def _there(self, claimed: ClaimedRow, channel: int, message: int, at: datetime | None) -> DeliveryOutcome | int:
        """What a message that was found means: the row is delivered or, if it is one that is edited, to be edited."""
        if claimed.row.notification.kind in EDITED:
            return message
        return DeliveryOutcome(
            claimed.row.id, RowState.SENT, message=message, channel=channel, at=at or self._clock.now()
        )


def may_land_for(row: OutboxRow, now: datetime) -> float:
    """For how many seconds from now a row's last request may still arrive; 0 also where the clock was set back."""
    since = now - (row.last_tried_at or row.tried_at or now)
    return (LANDS - since).total_seconds() if timedelta(0) <= since < LANDS else 0.0


def _sent_since(row: OutboxRow) -> datetime:
    """From when on a row may have been sent by whom this store, a backup that was put back, knows nothing of."""
    # A change is due soon after it is noticed, which an older copy does anew; its number makes its mark its own.
    return _earliest_due(row) - (CHANGE_OF_USE if row.notification.kind is NotificationKind.CHANGE else EARLY)


def _earliest_due(row: OutboxRow) -> datetime:
    """The earliest moment at which a row was due: results are due once they are stored, and may be imported twice."""
    due = row.notification
    if due.kind is NotificationKind.QUOTE:
        # Another hour of the same day may have been set when it was sent.
        return datetime.combine(due.event_at.astimezone(EASTERN).date(), time(0), EASTERN).astimezone(UTC)
    if due.kind is NotificationKind.LIVE:
        return due.due_at - SEEN_ANEW
    return (
        min(due.event_at, due.due_at) if due.kind in {NotificationKind.RESULTS, NotificationKind.RECAP} else due.due_at
    )
