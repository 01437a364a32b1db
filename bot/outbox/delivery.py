"""The delivery of one row: reconciled if it may have arrived, written, sent in its turn, and what became of it.

The question behind everything here is whether a message may have reached Discord. ``doubt`` on a claimed row says that
an earlier attempt may have. Such a row is either sent again with the same nonce, for as long as Discord still
recognizes that (two minutes), or looked for in the channel's history by the mark in its button. Only what is certainly
not there is sent as if for the first time.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, OrderedDict
from datetime import UTC, datetime, time, timedelta

from discord import ui

from bot.outbox.contracts import BusyError, Compose, Perform, Post, RefusedError, Sender, Turn, UnsureError
from bot.outbox.discord_sender import FAILURES, classify
from bot.outbox.rate_limit import RateLimiter
from bot.outbox.reconcile import UnknownYetError, UnreadableError, find, find_among_latest, is_young
from bot.services import Services
from db.errors import StoreError
from db.key_values import recall, remember
from db.models import EASTERN
from db.reminders import outbox, targets
from db.reminders.models import NotificationKind, OutboxRow, RowState, Target
from db.reminders.outbox import ClaimedRow, DeliveryOutcome
from db.timestamps import from_text, to_text

log = logging.getLogger(__name__)

RETRY_SECONDS = (5, 10, 20, 40, 60)
"""The waits between attempts; the last one repeats for as long as the row is of use."""
GIVE_UP = timedelta(hours=1)
"""How long after a row's last useful moment we still try to find out whether it arrived."""
OWN_ERRORS = 5
"""How many times a row is tried that fails because of a bug of ours."""
EARLY = timedelta(minutes=5)
"""How long before its due moment a row may have gone out (see the worker's AHEAD)."""
JUST_RUNNING = timedelta(seconds=30)
"""A store in which a run was sending this shortly before is not an older copy: nobody restores a backup that fast."""
OPENING_AT_ONCE = 20
"""How many channels for direct messages are opened at the same time."""
OPENED_KEPT = 1_000
"""How many opened channels are kept in memory: as many as rows can be claimed at once."""

DOUBTED = "reminders in doubt up to"
"""The name under which ``Delivery.doubted_until`` is stored from run to run."""

CUT_OFF = "cut off while sending; it may or may not have arrived"
OWN_ERROR = "something went wrong on our end"
TOO_LATE = "too late to be of use"


class Delivery:
    """Delivers claimed rows, many at the same time.

    Args:
        services: the store, its seasons and the clock.
        sender: the way to Discord.
        limiter: the pace of all requests.

    Attributes:
        composers, performers: what writes a kind's messages, or delivers it otherwise.
        in_flight: ids of rows with a request under way that may take effect.
        awaiting_discord: ids of rows that wait for Discord's answer, not for their turn.
        doubted_until: if this store is a backup that was put back, rows due by then may have been sent after the backup
            was made; None until ``begin``.
        resting_until: until then no request gets through to Discord.
    """

    def __init__(self, services: Services, sender: Sender, limiter: RateLimiter) -> None:
        self._store, self._seasons, self._clock = services.store, services.seasons, services.clock
        self._sender, self._limiter = sender, limiter
        self.composers: dict[NotificationKind, Compose] = {}
        self.performers: dict[NotificationKind, Perform] = {}
        self.in_flight: set[int] = set()
        self.awaiting_discord: set[int] = set()
        self.doubted_until: datetime | None = None
        self.resting_until = datetime.min.replace(tzinfo=UTC)
        self._looked_for: set[int] = set()
        self._own_errors: Counter[int] = Counter()
        self._opening = asyncio.Semaphore(OPENING_AT_ONCE)
        self._opened: OrderedDict[int, int] = OrderedDict()
        self._writing = asyncio.Lock()

    async def begin(self, now: datetime) -> None:
        """Decides, once a run, which untried rows may have been sent nevertheless, because the store is a backup.

        A run that follows another one within seconds takes over what that one doubted: otherwise every quick restart
        would look for each row that fell due in between in its channel.
        """
        if self.doubted_until is not None:
            return
        last = await outbox.last_claim(self._store)
        just_running = last is not None and timedelta(0) <= now - last <= JUST_RUNNING
        stored = from_text(await recall(self._store, DOUBTED)) if just_running else None
        if stored is None:
            await remember(self._store, DOUBTED, to_text(now) or "")
        self.doubted_until = stored or now

    async def deliver(self, claimed: ClaimedRow) -> DeliveryOutcome:
        """Delivers a claimed row and returns what became of it; raises nothing but CancelledError."""
        try:
            outcome = await (
                self._perform(claimed) if claimed.row.notification.kind in self.performers else self._send(claimed)
            )
        except (RefusedError, UnreadableError) as error:
            outcome = self._refused(claimed, error)
        except (BusyError, UnsureError, UnknownYetError, StoreError) as error:
            outcome = self._postponed(claimed, error)
        except Exception:
            log.exception(
                "row %d of the outbox (%s) could not be delivered", claimed.row.id, claimed.row.notification.kind
            )
            outcome = self._own_error(claimed)
        if outcome.state is not RowState.PENDING:
            self._looked_for.discard(claimed.row.id)
            self._own_errors.pop(claimed.row.id, None)
        return outcome

    def ended(self, number: int) -> None:
        """Forgets a row whose task has ended."""
        self.in_flight.discard(number)
        self.awaiting_discord.discard(number)

    def _turn(self, claimed: ClaimedRow) -> Turn:
        """What waits for the row's turn; from its turn on, until it asks for the next one, it waits for Discord."""
        row = claimed.row

        async def turn() -> None:
            self.awaiting_discord.discard(row.id)
            await self._limiter.turn((row.notification.until, row.id))
            self.awaiting_discord.add(row.id)

        return turn

    def _refused(self, claimed: ClaimedRow, error: RefusedError | UnreadableError) -> DeliveryOutcome:
        if isinstance(error, UnreadableError):
            return DeliveryOutcome(claimed.row.id, RowState.FAILED, reason=f"{CUT_OFF}: {error}")
        tried, own = _channel_of(claimed), claimed.target.channel
        if error.gone and claimed.target.guild is not None and tried is not None and own not in {None, tried}:
            # The channel it was sent to is gone, and the message with it; the server has chosen another one since.
            return DeliveryOutcome(claimed.row.id, RowState.PENDING)
        # A scheduled event may lack a permission of its own, which is no reason to stop the server's messages.
        useless = (error.gone or error.barred) and claimed.row.notification.kind not in self.performers
        off = claimed.target.id if useless else None
        return DeliveryOutcome(claimed.row.id, RowState.FAILED, reason=str(error), switch_off=off, tried=tried)

    def _postponed(
        self, claimed: ClaimedRow, error: BusyError | UnsureError | UnknownYetError | StoreError
    ) -> DeliveryOutcome:
        if isinstance(error, BusyError):
            if error.everywhere:
                self.resting_until = self._clock.now() + timedelta(seconds=error.after)
            return self._retry(claimed, error.after, str(error), doubt=claimed.doubt)
        if isinstance(error, UnknownYetError) and self._clock.now() > claimed.row.notification.until + GIVE_UP:
            return DeliveryOutcome(claimed.row.id, RowState.FAILED, reason=CUT_OFF)
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
        row, turn = claimed.row, self._turn(claimed)
        reconciled = await self._reconcile(claimed, turn)
        if reconciled is not None:
            return reconciled
        compose = self.composers.get(row.notification.kind)
        if compose is None:
            return DeliveryOutcome(row.id, RowState.FAILED, reason="Tailgate can't write this kind of message")
        channel = await self._channel(claimed, turn)
        post, versions = await self._written(claimed, compose)
        if isinstance(post, Post):
            await turn()
            if await self._versions() != versions:
                # The race was moved, or the settings were changed, while the row waited for its turn.
                post, _ = await self._written(claimed, compose)
        if isinstance(post, DeliveryOutcome):
            return post
        if post.edit is not None:
            if await self._edited(channel, post.edit, post):
                return self._sent(claimed, channel, post.edit)
            await turn()
        return await self._sent_anew(claimed, channel, post)

    async def _versions(self) -> tuple[int, int]:
        """The versions of the seasons and of the settings."""
        await self._seasons.all()
        return self._seasons.version, await targets.settings_version(self._store)

    async def _written(self, claimed: ClaimedRow, compose: Compose) -> tuple[Post | DeliveryOutcome, tuple[int, int]]:
        """The row's message as of now, or the row's outcome if there is to be none; and the versions used."""
        row = claimed.row
        # One after another: a hundred at once would delay the rows whose turn it is.
        async with self._writing:
            versions = await self._versions()
            target = await targets.target(self._store, row.notification.target)
            if target is None or not target.on or not _still_wanted(target, claimed):
                return DeliveryOutcome(row.id, RowState.CANCELLED, reason="no longer wanted"), versions
            if not claimed.doubt and target.guild is not None and target.channel != claimed.target.channel:
                # Claimed again, so that the channel it goes to is stored before it is sent.
                return DeliveryOutcome(row.id, RowState.PENDING), versions
            post = await compose(row, target)
        if post is None:
            return DeliveryOutcome(row.id, RowState.CANCELLED, reason="no longer applies"), versions
        if not carries(post.view, row.mark):
            raise ValueError(f"a {row.notification.kind} message carries no mark, by which it could be found again")
        return post, versions

    async def _sent_anew(self, claimed: ClaimedRow, channel: int, post: Post) -> DeliveryOutcome:
        row = claimed.row
        # The wait for the turn may have been long.
        if self._clock.now() >= row.notification.until or (claimed.doubt and not self._is_young(claimed)):
            return self._retry(claimed, 0, None, doubt=claimed.doubt)
        self.in_flight.add(row.id)
        try:
            message: int | None = await self._sender.send(channel, post, row.nonce)
        except RefusedError as error:
            if not error.missing:
                raise
            # Discord recognized the nonce, but people have deleted that message: it was sent.
            message = None
        return self._sent(claimed, channel, message)

    async def _perform(self, claimed: ClaimedRow) -> DeliveryOutcome:
        row, wait = claimed.row, self._turn(claimed)

        async def turn() -> None:
            # Between two requests nothing is under way: if it is interrupted there, it starts again.
            self.in_flight.discard(row.id)
            await wait()
            self.in_flight.add(row.id)

        if self._clock.now() >= row.notification.until:
            return DeliveryOutcome(row.id, RowState.EXPIRED, reason=TOO_LATE)
        try:
            made = await self.performers[row.notification.kind](row, claimed.target, turn)
        except FAILURES as error:
            raise classify(error) from error
        return self._sent(claimed, None, made)

    async def _reconcile(self, claimed: ClaimedRow, turn: Turn) -> DeliveryOutcome | None:
        """The outcome of a row that may have arrived; None if it is to be sent, with the nonce it always had."""
        row, now = claimed.row, self._clock.now()
        if not claimed.doubt:
            if now >= row.notification.until:
                return DeliveryOutcome(row.id, RowState.EXPIRED, reason=TOO_LATE)
            return await self._found_earlier(claimed, turn) if self._may_be_sent_already(claimed) else None
        if self._is_young(claimed) and now < row.notification.until:
            return None
        tried_at = row.tried_at or now
        if timedelta(0) <= now - tried_at < timedelta(seconds=self._sender.patience):
            # Too late to send it again, too early to look for it: the first request may still be under way.
            return self._retry(claimed, self._sender.patience, None, doubt=True)
        channel = row.channel or await self._channel(claimed, turn)
        direct = claimed.target.user is not None
        try:
            if tried_at > now:
                message = await find_among_latest(self._sender, turn, channel, row.mark, direct=direct)
            else:
                message = await find(self._sender, turn, channel, row.mark, tried_at, direct=direct)
        except RefusedError as error:
            if error.gone:
                raise
            raise UnreadableError(str(error)) from error
        if message is not None:
            return self._sent(claimed, channel, message, at=tried_at)
        # It is certainly not there: from here on it counts as never tried.
        self._looked_for.add(row.id)
        return DeliveryOutcome(row.id, RowState.PENDING)

    def _may_be_sent_already(self, claimed: ClaimedRow) -> bool:
        """Whether a row never tried here may have been sent after the backup was made that this store is."""
        before = self.doubted_until
        return (
            before is not None
            and _earliest_due(claimed.row) - EARLY < before
            and claimed.row.id not in self._looked_for
        )

    async def _found_earlier(self, claimed: ClaimedRow, turn: Turn) -> DeliveryOutcome | None:
        channel, direct = await self._channel(claimed, turn), claimed.target.user is not None
        try:
            # It may have been late, but not later than it was of use.
            since, to = _earliest_due(claimed.row), min(self._clock.now(), claimed.row.notification.until)
            message = await find(self._sender, turn, channel, claimed.row.mark, since, direct=direct, to=to)
        except (RefusedError, UnreadableError, UnknownYetError):
            # A missed reminder would be worse than a rare double one, and nothing says that it was sent.
            message = None
        self._looked_for.add(claimed.row.id)
        return None if message is None else self._sent(claimed, channel, message, at=claimed.row.notification.due_at)

    async def _channel(self, claimed: ClaimedRow, turn: Turn) -> int:
        """The channel to send to; for a row in doubt the one in which it was tried."""
        target = claimed.target
        channel = _channel_of(claimed)
        if channel is None and target.user is not None:
            channel = self._opened.get(target.user)
        if channel is not None:
            return channel
        if target.user is None:
            raise RefusedError("no channel is set", gone=True)
        self.awaiting_discord.add(claimed.row.id)
        async with self._opening:
            await turn()
            channel = await self._sender.open(target.user)
        # The store has it from the next claim on; this is for rows that were claimed before.
        self._opened[target.user] = channel
        if len(self._opened) > OPENED_KEPT:
            self._opened.popitem(last=False)
        await targets.remember_channel(self._store, target.id, channel)
        return channel

    async def _edited(self, channel: int, message: int, post: Post) -> bool:
        """Changes a message; returns False if it is gone."""
        try:
            await self._sender.edit(channel, message, post)
        except RefusedError as error:
            if error.missing:
                return False
            raise
        return True

    def _is_young(self, claimed: ClaimedRow) -> bool:
        tried_at = claimed.row.tried_at
        return tried_at is not None and is_young(tried_at, self._clock.now(), self._sender.patience)

    def _sent(
        self, claimed: ClaimedRow, channel: int | None, message: int | None, at: datetime | None = None
    ) -> DeliveryOutcome:
        return DeliveryOutcome(
            claimed.row.id, RowState.SENT, message=message, channel=channel, at=at or self._clock.now()
        )

    def _retry(self, claimed: ClaimedRow, seconds: float, reason: str | None, *, doubt: bool) -> DeliveryOutcome:
        retry_at = self._clock.now() + timedelta(seconds=seconds)
        return DeliveryOutcome(claimed.row.id, RowState.PENDING, reason=reason, retry_at=retry_at, doubt=doubt)

    def _wait(self, claimed: ClaimedRow) -> float:
        return RETRY_SECONDS[min(claimed.row.attempts, len(RETRY_SECONDS)) - 1]


def _channel_of(claimed: ClaimedRow) -> int | None:
    """The channel to send to, if it is known; for a row in doubt the one in which it was tried."""
    return (claimed.row.channel if claimed.doubt else None) or claimed.target.channel


def _earliest_due(row: OutboxRow) -> datetime:
    """The earliest moment at which a row was due: results are due once they are stored, and may be imported twice."""
    due = row.notification
    if due.kind is NotificationKind.QUOTE:
        # Another hour of the same day may have been set when it was sent.
        return datetime.combine(due.event_at.astimezone(EASTERN).date(), time(0), EASTERN).astimezone(UTC)
    return (
        min(due.event_at, due.due_at) if due.kind in {NotificationKind.RESULTS, NotificationKind.RECAP} else due.due_at
    )


def _still_wanted(target: Target, claimed: ClaimedRow) -> bool:
    """Whether the target still subscribes to what the row is."""
    due = claimed.row.notification
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
