"""The delivery of one row: written, sent in its turn, and what became of it.

The question behind everything here is whether a message may have reached Discord. Before a request leaves, its moment
is committed; from then on the row is in doubt until an answer is committed. A row in doubt is looked for (``doubt``)
before anything is sent again.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from discord import ui

from bot.outbox.changes import Changes
from bot.outbox.contracts import BusyError, Compose, Made, Perform, Post, RefusedError, Sender, Turn, UnsureError
from bot.outbox.discord_sender import FAILURES, classify
from bot.outbox.doubt import CUT_OFF, GIVE_UP, Doubts, may_land_for
from bot.outbox.ledger import STALE, Ledger
from bot.outbox.places import Places, channel_of
from bot.outbox.rate_limit import RateLimiter
from bot.outbox.reconcile import UnknownYetError
from bot.services import Services
from db.errors import StoreError
from db.reminders import targets
from db.reminders.earlier_rows import outdone
from db.reminders.models import EDITED, NotificationKind, OutboxRow, RowState, Target
from db.reminders.outbox import ClaimedRow, DeliveryOutcome

log = logging.getLogger(__name__)

RETRY_SECONDS = (5, 10, 20, 25)
"""The waits between attempts; the last one repeats for as long as the row is of use."""
OWN_ERRORS = 5
"""How many times a row is tried that fails because of a bug of ours."""
WRITING_AT_ONCE = 8
"""How many messages are written at the same time: a hundred would delay the rows whose turn it is, and with one at a
time each would wait for the store's answers to the one before."""
OLD_CLAIM = timedelta(minutes=1)
"""After that long a row is claimed anew before it is sent: a later one of the same event may suffice by now."""

OWN_ERROR = "something went wrong on our end"
TOO_LATE = "too late to be of use"
OUTDONE = "a later one is out"
TAKEN_AWAY = "the message to be corrected was taken away"


class Delivery:
    """Delivers claimed rows, many at the same time.

    Args:
        services: the store, its seasons and the clock.
        sender: the way to Discord.
        limiter: the pace of all requests.
        ledger: where moments and outcomes are written down.
        doubts: what finds out whether a row has arrived.

    Attributes:
        versions: of the seasons and of the settings, as the worker last saw them; it keeps them up to date.
        composers, performers: what writes a kind's messages, or delivers it otherwise.
        places: in which channel a row's message goes.
        changes: makes the changes of messages.
        in_flight: ids of rows with a request under way that may take effect, but for changes of messages.
        awaiting_discord: ids of rows that wait for Discord's answer, not for their turn.
        resting_until: until then no request gets through to Discord.
    """

    def __init__(
        self,
        services: Services,
        sender: Sender,
        limiter: RateLimiter,
        ledger: Ledger,
        doubts: Doubts,
    ) -> None:
        self._store, self._clock = services.store, services.clock
        self._sender, self._limiter, self._ledger, self.doubts = sender, limiter, ledger, doubts
        self.versions: object = None
        self.composers: dict[NotificationKind, Compose] = {}
        self.performers: dict[NotificationKind, Perform] = {}
        self.in_flight: set[int] = set()
        self.awaiting_discord: set[int] = set()
        self.resting_until = datetime.min.replace(tzinfo=UTC)
        self._own_errors: Counter[int] = Counter()
        self.changes = Changes(services.store, sender, ledger, services.clock)
        self.places = Places(services, sender, self.awaiting_discord)
        self._writing = asyncio.Semaphore(WRITING_AT_ONCE)

    async def deliver(self, claimed: ClaimedRow) -> DeliveryOutcome:
        """Delivers a claimed row and returns what became of it; raises nothing but CancelledError."""
        try:
            outcome = await (
                self._perform(claimed) if claimed.row.notification.kind in self.performers else self._send(claimed)
            )
        except RefusedError as error:
            outcome = self._refused(claimed, error)
        except (BusyError, UnsureError, UnknownYetError, StoreError) as error:
            outcome = self._postponed(claimed, error)
        except Exception:
            log.exception(
                "row %d of the outbox (%s) could not be delivered", claimed.row.id, claimed.row.notification.kind
            )
            outcome = self._own_error(claimed)
        if outcome.state is not RowState.PENDING:
            self.doubts.forget(claimed.row.id)
            self._own_errors.pop(claimed.row.id, None)
        return self.changes.noted(outcome, claimed.row)

    def under_way(self, number: int) -> bool:
        """Whether a request of a row is under way that may take effect."""
        return number in self.in_flight or number in self.changes.under_way

    def ended(self, number: int) -> None:
        """Forgets a row whose task has ended."""
        self.changes.ended(number)
        self.in_flight.discard(number)
        self.awaiting_discord.discard(number)

    def _turn(self, row: OutboxRow) -> Turn:
        """What waits for the row's turn; from its turn on, until it asks for the next one, it waits for Discord."""

        async def turn() -> None:
            self.awaiting_discord.discard(row.id)
            await self._limiter.turn((row.notification.until, row.id))
            self.awaiting_discord.add(row.id)

        return turn

    def _refused(self, claimed: ClaimedRow, error: RefusedError) -> DeliveryOutcome:
        tried, own = channel_of(claimed), claimed.target.channel
        if error.gone and claimed.target.guild is not None and tried is not None and own not in {None, tried}:
            # The channel it was sent to is gone, and the message with it; the server has chosen another one since.
            return DeliveryOutcome(claimed.row.id, RowState.PENDING)
        # A scheduled event may lack a permission of its own, which is no reason to stop the server's messages.
        if claimed.row.notification.kind in {*self.performers, *self.places.addressees}:
            return DeliveryOutcome(claimed.row.id, RowState.FAILED, reason=str(error))
        if error.barred and tried == own:
            # It may pass by itself: the row waits, and is too late or goes out as ever.
            return DeliveryOutcome(
                claimed.row.id,
                RowState.PENDING,
                reason=str(error),
                doubt=claimed.doubt,
                refused=claimed.target.id,
                tried=tried,
            )
        off = claimed.target.id if error.gone else None
        return DeliveryOutcome(claimed.row.id, RowState.FAILED, reason=str(error), switch_off=off, tried=tried)

    def _postponed(
        self, claimed: ClaimedRow, error: BusyError | UnsureError | UnknownYetError | StoreError
    ) -> DeliveryOutcome:
        if claimed.doubt and self._clock.now() > claimed.row.notification.until + GIVE_UP:
            return DeliveryOutcome(claimed.row.id, RowState.FAILED, reason=CUT_OFF)
        if isinstance(error, BusyError):
            if error.everywhere:
                self.resting_until = self._clock.now() + timedelta(seconds=error.after)
            return self._retry(claimed, error.after, str(error), doubt=claimed.doubt)
        # Whether a look at the history or the opening of a channel got through does not matter.
        doubt = claimed.doubt or (isinstance(error, UnsureError) and claimed.row.id in self.in_flight)
        return self._retry(claimed, self._wait(claimed), str(error) or None, doubt=doubt)

    def _own_error(self, claimed: ClaimedRow) -> DeliveryOutcome:
        self._own_errors[claimed.row.id] += 1
        if self._own_errors[claimed.row.id] >= OWN_ERRORS:
            return DeliveryOutcome(claimed.row.id, RowState.FAILED, reason=OWN_ERROR)
        return self._retry(
            claimed, self._wait(claimed), OWN_ERROR, doubt=claimed.doubt or claimed.row.id in self.in_flight
        )

    async def _send(self, claimed: ClaimedRow) -> DeliveryOutcome:
        try:
            return await self._send_where_it_goes(claimed)
        except RefusedError:
            # A thread that is locked or gone is no trouble of its channel, into which the message goes instead.
            if not await self.places.turned_away(claimed):
                raise
            return self._retry(claimed, 0, None, doubt=False)
        finally:
            self.places.forget(claimed.row.id)

    async def _send_where_it_goes(self, claimed: ClaimedRow) -> DeliveryOutcome:
        row, turn = claimed.row, self._turn(claimed.row)
        # The target was read as the row was claimed, after these versions were.
        versions = self.versions
        known = await self._known(claimed, turn)
        if isinstance(known, DeliveryOutcome):
            return known
        compose = self.composers.get(row.notification.kind)
        if compose is None:
            return DeliveryOutcome(row.id, RowState.FAILED, reason="Tailgate can't write this kind of message")
        channel = await self.places.channel(claimed, turn)
        current = claimed.target if self.versions == versions else None
        versions = self.versions
        written = await self._written(claimed, compose, current)
        if isinstance(written, tuple):
            await turn()
            if self.versions != versions:
                # The race was moved, or the settings were changed, while the row waited for its turn.
                with self._limiter.preparing():
                    written = await self._written(claimed, compose)
        if isinstance(written, DeliveryOutcome):
            # A message that is there is there, though it would not be written any more.
            return written if known is None else self._sent(claimed, channel, known)
        post, target = written
        if known is not None:
            # What is in the channel is known better than what the store says of it.
            post = replace(post, edit=known, edit_in=channel)
        if not claimed.doubt and target.channel is not None and row.notification.kind not in self.places.addressees:
            # It may have been changed since; of a row in doubt the channel is the one in which it was tried.
            channel = target.channel
        if post.edit is not None:
            edited = await self._edited(claimed, post.edit_in or channel, post.edit, post)
            if edited is not None:
                return edited
            await turn()
        return await self._sent_anew(claimed, channel, post)

    async def _written(
        self, claimed: ClaimedRow, compose: Compose, target: Target | None = None
    ) -> tuple[Post, Target] | DeliveryOutcome:
        """The row's message as of now and the target, with the channel in which it goes, or the outcome without one.

        The target is read again unless it is given, because no settings have changed since it was.
        """
        row = claimed.row
        async with self._writing, self._store.reserved():
            target = target or await targets.target(self._store, row.notification.target)
            if target is None or not target.on or not _still_wanted(target, claimed):
                return DeliveryOutcome(row.id, RowState.CANCELLED, reason="no longer wanted")
            target = target if claimed.doubt else await self.places.facing(row, target)
            post = await compose(row, target)
        if post is None:
            return DeliveryOutcome(row.id, RowState.CANCELLED, reason="no longer applies")
        if not carries(post.view, row.mark):
            raise ValueError(f"a {row.notification.kind} message carries no mark, by which it could be found again")
        return post, target

    async def _sent_anew(self, claimed: ClaimedRow, channel: int, post: Post) -> DeliveryOutcome:
        row = claimed.row
        with self._limiter.preparing():
            marked_at = await self._ledger.mark(row.id, channel)
        # The wait for the turn may have been long, and the process may have stood still since: nothing has left yet.
        now = self._clock.now()
        stale = not timedelta(0) <= now - marked_at < STALE if marked_at is not None else True
        if stale or now >= row.notification.until or now - (row.claimed_at or now) > OLD_CLAIM:
            return self._retry(claimed, 0, None, doubt=claimed.doubt)
        self.in_flight.add(row.id)
        post = replace(post, still=lambda: self._clock.now() < row.notification.until)
        try:
            message: int | None = await self._sender.send(channel, post, row.nonce)
        except RefusedError as error:
            if not error.missing:
                raise
            # Discord recognized the nonce, but people have deleted that message: it was sent.
            message = None
        return self._sent(claimed, channel, message, reason=self.doubts.why_again(row.id), posted=True)

    async def _perform(self, claimed: ClaimedRow) -> DeliveryOutcome:
        row, wait = claimed.row, self._turn(claimed.row)
        marked = False

        async def turn() -> None:
            # Between two requests nothing is under way: if it is interrupted there, it starts again.
            nonlocal marked
            self.in_flight.discard(row.id)
            await wait()
            if not marked:
                with self._limiter.preparing():
                    if await self._ledger.mark(row.id, None) is None:
                        raise BusyError("another run has taken it over", 0)
                marked = True
            self.in_flight.add(row.id)

        if self._clock.now() >= row.notification.until:
            return DeliveryOutcome(row.id, RowState.EXPIRED, reason=TOO_LATE)
        if await self._is_outdone(claimed):
            return DeliveryOutcome(row.id, RowState.CANCELLED, reason=OUTDONE)
        if claimed.doubt and (left := may_land_for(row, self._clock.now())) > 0:
            # Nothing tells Discord that a second request means the same: the first one must have arrived, or be lost.
            return self._retry(claimed, left, None, doubt=True)
        try:
            async with self._store.reserved():
                made = await self.performers[row.notification.kind](row, claimed.target, turn)
        except FAILURES as error:
            raise classify(error) from error
        made = made if isinstance(made, Made) else Made(made)
        return self._sent(claimed, made.channel, made.id)

    async def _known(self, claimed: ClaimedRow, turn: Turn) -> DeliveryOutcome | int | None:
        """The outcome of a row that needs no sending, or not yet; None if it is to be sent.

        A number is that of a message which is there already and is to be edited.
        """
        row = claimed.row
        if await self._is_outdone(claimed):
            return DeliveryOutcome(row.id, RowState.CANCELLED, reason=OUTDONE)
        if claimed.doubt:
            channel = row.channel or await self.places.channel(claimed, turn)
            return await self.doubts.resolve(claimed, channel, turn)
        if self._clock.now() >= row.notification.until:
            return DeliveryOutcome(row.id, RowState.EXPIRED, reason=TOO_LATE)
        if not await self.doubts.may_be_sent_already(row):
            return None
        return await self.doubts.search(claimed, await self.places.channel(claimed, turn), turn)

    async def _is_outdone(self, claimed: ClaimedRow) -> bool:
        """Whether a row of what is edited comes after a later one; one that may have arrived is settled first."""
        row = claimed.row
        kind = row.notification.kind
        if claimed.doubt or kind not in {*EDITED, NotificationKind.EVENT}:
            return False
        async with self._store.reserved():
            return await outdone(self._store, row, same_race=kind is not NotificationKind.STANDINGS)

    async def look_again(self, row: OutboxRow) -> bool:
        """As ``Doubts.look_again``."""
        return await self.doubts.look_again(row, self._turn(row))

    async def _edited(self, claimed: ClaimedRow, channel: int, message: int, post: Post) -> DeliveryOutcome | None:
        """Changes a message; returns None if it is gone and a new one is to be sent."""
        try:
            await self.changes.make(claimed.row, channel, message, post)
        except RefusedError as error:
            # A thread may be gone with all its messages.
            missing = error.missing or (error.gone and channel != claimed.target.channel)
            if missing and not post.correction:
                return None
            if missing:
                return self._sent(claimed, channel, None, reason=TAKEN_AWAY)
            if channel != claimed.target.channel:
                # It stands where the server posts nothing any more, which is no trouble of its own.
                return DeliveryOutcome(claimed.row.id, RowState.FAILED, reason=str(error))
            raise
        return self._sent(claimed, channel, message)

    def _sent(
        self,
        claimed: ClaimedRow,
        channel: int | None,
        message: int | None,
        reason: str | None = None,
        *,
        posted: bool = False,
    ) -> DeliveryOutcome:
        # Changing a message takes no permission to post, so it does not show that a place takes messages again.
        took_it = posted and claimed.target.trouble is not None and channel == claimed.target.channel
        return DeliveryOutcome(
            claimed.row.id,
            RowState.SENT,
            message=message,
            channel=channel,
            at=self._clock.now(),
            reason=reason,
            recovered=claimed.target.id if took_it else None,
        )

    def _retry(self, claimed: ClaimedRow, seconds: float, reason: str | None, *, doubt: bool) -> DeliveryOutcome:
        retry_at = self._clock.now() + timedelta(seconds=seconds)
        return DeliveryOutcome(claimed.row.id, RowState.PENDING, reason=reason, retry_at=retry_at, doubt=doubt)

    def _wait(self, claimed: ClaimedRow) -> float:
        return RETRY_SECONDS[min(claimed.row.attempts, len(RETRY_SECONDS)) - 1]


def _still_wanted(target: Target, claimed: ClaimedRow) -> bool:
    """Whether the target still subscribes to what the row is."""
    due = claimed.row.notification
    if due.kind is NotificationKind.TROUBLE:
        return target.trouble is not None and target.trouble.since == due.event_at
    return any(
        each.kind is due.kind
        # A quote that may have arrived is not given up because another hour was chosen: that one would be a second.
        and (each.session == due.session or (claimed.doubt and due.kind is NotificationKind.QUOTE))
        and (each.lead == due.lead or due.kind != NotificationKind.REMINDER)
        for each in target.subscriptions
    )


def carries(view: ui.LayoutView, mark: str) -> bool:
    """Whether one of a view's custom ids contains the mark."""
    return any(mark in (getattr(item, "custom_id", None) or "") for item in view.walk_children())
