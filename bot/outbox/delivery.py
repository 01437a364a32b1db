"""One row's way: settled if it may have arrived, written, sent in its turn, and what became of it."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from datetime import UTC, datetime, timedelta

from discord import ui

from bot.outbox.contracts import BusyError, Compose, Perform, Post, RefusedError, Sender, Turn, UnsureError
from bot.outbox.discord_sender import FAILURES, in_order
from bot.outbox.rate_limit import RateLimiter
from bot.outbox.reconcile import UnknownYetError, UnreadableError, find, find_among_latest, is_young
from bot.services import Services
from db.errors import StoreError
from db.key_values import recall, remember
from db.reminders import outbox, targets
from db.reminders.models import Kind, Row, State, Target
from db.reminders.outbox import Job, Mark
from db.timestamps import from_text, to_text

log = logging.getLogger(__name__)

RETRY_SECONDS = (5, 10, 20, 40, 60)
"""Waits between attempts; the last repeats for as long as the row is of use."""
GIVE_UP = timedelta(hours=1)
"""How long after a row's use its fate is still looked into."""
BLUNDERS = 5
"""How many times a row is tried that our own mistakes stop."""
EARLIEST = timedelta(minutes=5)
"""How long before it is due a row may have gone out."""
AT_WORK = timedelta(seconds=30)
"""A store in which somebody was sending so shortly before is no older copy: nobody puts one back that fast."""
OPENINGS = 20
"""How many direct messages are opened at once."""

DOUBTED = "reminders in doubt up to"
"""What is remembered from run to run of ``Delivery.maybe_before``."""

CUT_OFF = "cut off while sending; it may or may not have arrived"
OURS = "something went wrong on our end"
TOO_LATE = "too late to be of use"


class Delivery:
    """Delivers rows one by one, many at a time.

    Args:
        services: the store and the clock.
        sender: the way to Discord.
        limiter: the pace of all requests.

    Attributes:
        composes, performs: who writes or does what, by kind.
        flying: rows with a request under way that may go through.
        away: rows that wait for Discord, not for their turn.
        maybe_before: what was due by then may have been sent by a store that this one is an older copy of; None
            until ``begin``.
        resting_until: nothing gets through before.
    """

    def __init__(self, services: Services, sender: Sender, limiter: RateLimiter) -> None:
        self._store, self._seasons, self._clock = services.store, services.seasons, services.clock
        self._sender, self._limiter = sender, limiter
        self.composes: dict[Kind, Compose] = {}
        self.performs: dict[Kind, Perform] = {}
        self.flying: set[int] = set()
        self.away: set[int] = set()
        self.maybe_before: datetime | None = None
        self.resting_until = datetime.min.replace(tzinfo=UTC)
        self._looked_for: set[int] = set()
        self._blunders: Counter[int] = Counter()
        self._opening = asyncio.Semaphore(OPENINGS)
        self._opened: dict[int, int] = {}
        self._writing = asyncio.Lock()

    async def begin(self, now: datetime) -> None:
        """Looks, once a run, whether the store may be an older copy of another.

        A run that follows at once doubts what the one before doubted, and no more.
        """
        if self.maybe_before is not None:
            return
        last = await outbox.last_claim(self._store)
        at_work = last is not None and timedelta(0) <= now - last <= AT_WORK
        held = from_text(await recall(self._store, DOUBTED)) if at_work else None
        if held is None:
            await remember(self._store, DOUBTED, to_text(now) or "")
        self.maybe_before = held or now

    async def deliver(self, job: Job) -> Mark:
        """Does what a claimed row asks for and says what became of it; raises nothing but a cancellation."""
        try:
            mark = await (self._perform(job) if job.row.due.kind in self.performs else self._send(job))
        except (RefusedError, UnreadableError) as error:
            mark = self._refused(job, error)
        except (BusyError, UnsureError, UnknownYetError, StoreError) as error:
            mark = self._held_up(job, error)
        except Exception:
            log.exception("row %d of the outbox (%s) could not be delivered", job.row.id, job.row.due.kind)
            mark = self._blundered(job)
        if mark.state is not State.PENDING:
            self._looked_for.discard(job.row.id)
            self._blunders.pop(job.row.id, None)
        return mark

    def ended(self, number: int) -> None:
        """Forgets where a row is; its task is over."""
        self.flying.discard(number)
        self.away.discard(number)

    def _turn(self, job: Job) -> Turn:
        """Waits for the row's turn; until it asks for the next it is Discord that it waits for."""
        row = job.row

        async def turn() -> None:
            self.away.discard(row.id)
            await self._limiter.turn((row.due.until, row.id))
            self.away.add(row.id)

        return turn

    def _refused(self, job: Job, error: RefusedError | UnreadableError) -> Mark:
        if isinstance(error, UnreadableError):
            return Mark(job.row.id, State.FAILED, reason=f"{CUT_OFF}: {error}")
        tried, own = _channel_of(job), job.target.channel
        if error.gone and job.target.guild is not None and tried is not None and own not in {None, tried}:
            # Nobody can have seen it where it was tried first; the server has chosen another channel meanwhile.
            return Mark(job.row.id, State.PENDING)
        # What is no message may lack a permission of its own, which is no reason to stop the messages.
        useless = (error.gone or error.barred) and job.row.due.kind not in self.performs
        off = job.target.id if useless else None
        return Mark(job.row.id, State.FAILED, reason=str(error), switch_off=off, tried=tried)

    def _held_up(self, job: Job, error: BusyError | UnsureError | UnknownYetError | StoreError) -> Mark:
        if isinstance(error, BusyError):
            if error.everywhere:
                self.resting_until = self._clock.now() + timedelta(seconds=error.after)
            return self._again(job, error.after, str(error), doubt=job.doubt)
        if isinstance(error, UnknownYetError) and self._clock.now() > job.row.due.until + GIVE_UP:
            return Mark(job.row.id, State.FAILED, reason=CUT_OFF)
        # Of a look at the channel, or of its opening, it does not matter whether it got through.
        doubt = job.doubt or (isinstance(error, UnsureError) and job.row.id in self.flying)
        return self._again(job, self._wait(job), str(error) or None, doubt=doubt)

    def _blundered(self, job: Job) -> Mark:
        self._blunders[job.row.id] += 1
        if self._blunders[job.row.id] >= BLUNDERS:
            return Mark(job.row.id, State.FAILED, reason=OURS)
        return self._again(job, self._wait(job), OURS, doubt=job.doubt or job.row.id in self.flying)

    async def _send(self, job: Job) -> Mark:
        row, turn = job.row, self._turn(job)
        settled = await self._settle(job, turn)
        if settled is not None:
            return settled
        compose = self.composes.get(row.due.kind)
        if compose is None:
            return Mark(row.id, State.FAILED, reason="Tailgate can't write this kind of message")
        channel = await self._channel(job, turn)
        post, known = await self._written(job, compose)
        if isinstance(post, Post):
            await turn()
            if await self._known() != known:
                # Somebody moved the race or changed the settings while it waited.
                post, _ = await self._written(job, compose)
        if isinstance(post, Mark):
            return post
        if post.edit is not None:
            if await self._edited(channel, post.edit, post):
                return self._sent(job, channel, post.edit)
            await turn()
        return await self._sent_anew(job, channel, post)

    async def _known(self) -> tuple[int, int]:
        """What changes whenever the seasons or anybody's settings do."""
        await self._seasons.all()
        return self._seasons.version, await targets.edition(self._store)

    async def _written(self, job: Job, compose: Compose) -> tuple[Post | Mark, tuple[int, int]]:
        """A row's message as things are now, or what becomes of the row where there is to be none; what was known."""
        row = job.row
        # One after another: a hundred at once would hold up those whose turn it is.
        async with self._writing:
            known = await self._known()
            target = await targets.target(self._store, row.due.target)
            if target is None or not target.on or not _wished(target, row):
                return Mark(row.id, State.CANCELLED, reason="no longer wanted"), known
            if not job.doubt and target.guild is not None and target.channel != job.target.channel:
                # Claimed anew, so that it is written down first where it goes.
                return Mark(row.id, State.PENDING), known
            post = await compose(row, target)
        if post is None:
            return Mark(row.id, State.CANCELLED, reason="no longer applies"), known
        if not carries(post.view, row.mark):
            raise ValueError(f"a {row.due.kind} message carries no mark, by which it could be found again")
        return post, known

    async def _sent_anew(self, job: Job, channel: int, post: Post) -> Mark:
        row = job.row
        # The turn may have been long in coming.
        if self._clock.now() >= row.due.until or (job.doubt and not self._is_young(job)):
            return self._again(job, 0, None, doubt=job.doubt)
        self.flying.add(row.id)
        try:
            message: int | None = await self._sender.send(channel, post, row.nonce)
        except RefusedError as error:
            if not error.missing:
                raise
            # It was there, and somebody has deleted it: Discord knows its nonce.
            message = None
        return self._sent(job, channel, message)

    async def _perform(self, job: Job) -> Mark:
        row, wait = job.row, self._turn(job)

        async def turn() -> None:
            # Between two requests nothing is under way: cut off there, it is begun again.
            self.flying.discard(row.id)
            await wait()
            self.flying.add(row.id)

        if self._clock.now() >= row.due.until:
            return Mark(row.id, State.EXPIRED, reason=TOO_LATE)
        try:
            made = await self.performs[row.due.kind](row, job.target, turn)
        except FAILURES as error:
            raise in_order(error) from error
        return self._sent(job, None, made)

    async def _settle(self, job: Job, turn: Turn) -> Mark | None:
        """What became of a row that may have arrived; None: it is to be sent, with the nonce it always had."""
        row, now = job.row, self._clock.now()
        if not job.doubt:
            if now >= row.due.until:
                return Mark(row.id, State.EXPIRED, reason=TOO_LATE)
            return await self._looked_up(job, turn) if self._may_be_known(job) else None
        if self._is_young(job) and now < row.due.until:
            return None
        tried_at = row.tried_at or now
        if timedelta(0) <= now - tried_at < timedelta(seconds=self._sender.patience):
            # Too late to send it again, too early to look for it: it may be on its way still.
            return self._again(job, self._sender.patience, None, doubt=True)
        channel = row.channel or await self._channel(job, turn)
        direct = job.target.user is not None
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
            return self._sent(job, channel, message, at=tried_at)
        # Surely not there: as if it had never been tried.
        self._looked_for.add(row.id)
        return Mark(row.id, State.PENDING)

    def _may_be_known(self, job: Job) -> bool:
        """Whether a row never tried may have been sent by a store that this one is an older copy of."""
        before = self.maybe_before
        return before is not None and _soonest(job.row) - EARLIEST < before and job.row.id not in self._looked_for

    async def _looked_up(self, job: Job, turn: Turn) -> Mark | None:
        channel, direct = await self._channel(job, turn), job.target.user is not None
        try:
            # It may have been late, up to where it is of no use.
            since, to = _soonest(job.row), min(self._clock.now(), job.row.due.until)
            message = await find(self._sender, turn, channel, job.row.mark, since, direct=direct, to=to)
        except (RefusedError, UnreadableError, UnknownYetError):
            # Nothing says that it was sent.
            message = None
        self._looked_for.add(job.row.id)
        return None if message is None else self._sent(job, channel, message, at=job.row.due.due_at)

    async def _channel(self, job: Job, turn: Turn) -> int:
        """Where it goes; what may have arrived goes where it went."""
        target = job.target
        channel = _channel_of(job)
        if channel is None and target.user is not None:
            channel = self._opened.get(target.user)
        if channel is not None:
            return channel
        if target.user is None:
            raise RefusedError("no channel is set", gone=True)
        self.away.add(job.row.id)
        async with self._opening:
            await turn()
            channel = await self._sender.open(target.user)
        self._opened[target.user] = channel
        await targets.remember_channel(self._store, target.id, channel)
        return channel

    async def _edited(self, channel: int, message: int, post: Post) -> bool:
        """Whether the message was changed; False if it is gone."""
        try:
            await self._sender.edit(channel, message, post)
        except RefusedError as error:
            if error.missing:
                return False
            raise
        return True

    def _is_young(self, job: Job) -> bool:
        tried_at = job.row.tried_at
        return tried_at is not None and is_young(tried_at, self._clock.now(), self._sender.patience)

    def _sent(self, job: Job, channel: int | None, message: int | None, at: datetime | None = None) -> Mark:
        return Mark(job.row.id, State.SENT, message=message, channel=channel, at=at or self._clock.now())

    def _again(self, job: Job, seconds: float, reason: str | None, *, doubt: bool) -> Mark:
        retry_at = self._clock.now() + timedelta(seconds=seconds)
        return Mark(job.row.id, State.PENDING, reason=reason, retry_at=retry_at, doubt=doubt)

    def _wait(self, job: Job) -> float:
        return RETRY_SECONDS[min(job.row.attempts, len(RETRY_SECONDS)) - 1]


def _channel_of(job: Job) -> int | None:
    """Where a row goes, as far as that is known; what may have arrived goes where it went."""
    return (job.row.channel if job.doubt else None) or job.target.channel


def _soonest(row: Row) -> datetime:
    """When a row fell due at the soonest: outcomes fall due once they are held here, and may be taken in twice."""
    due = row.due
    return min(due.event_at, due.due_at) if due.kind in {Kind.RESULTS, Kind.RECAP} else due.due_at


def _wished(target: Target, row: Row) -> bool:
    """Whether the target still wants what the row is."""
    due = row.due
    return any(
        wish.kind is due.kind and wish.session == due.session and (wish.lead == due.lead or due.kind != Kind.REMINDER)
        for wish in target.wishes
    )


def carries(view: ui.LayoutView, mark: str) -> bool:
    """Whether one of a view's custom ids holds the mark."""
    return any(mark in (getattr(item, "custom_id", None) or "") for item in view.walk_children())
