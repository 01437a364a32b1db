"""The worker: stores the plan, claims the rows that are due, delivers them, and records what became of them.

Whatever interrupts it, nothing is lost and nothing is sent twice: a row is claimed, so that nobody else takes it; the
moment at which its request leaves is committed before it does; and a row with such a moment and no outcome is looked
for on Discord before it is sent again. A row that was only waiting for its turn is simply claimed again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.outbox.contracts import Addressee, Compose, InDoubt, Perform, Planner, PlanVersion, Sender, Whereabouts
from bot.outbox.delivery import Delivery
from bot.outbox.doubt import Doubts
from bot.outbox.ledger import Ledger
from bot.outbox.planning import REPLAN, LastPlan, Planning
from bot.outbox.rate_limit import RateLimiter
from bot.services import Services
from db.errors import FileFault, StoreError
from db.reminders import outbox, plans, second_messages, targets, tidying
from db.reminders.models import NotificationKind, OutboxRow, PlannedNotification, RowState
from db.reminders.outbox import ClaimedRow, DeliveryOutcome

log = logging.getLogger(__name__)

SPARE = 1.03
"""How much longer many rows are assumed to take than the rate alone says: refusals and stalls cost a second each."""
AHEAD = timedelta(minutes=5)
"""How early the first of many rows may go out so that the last one is not late."""
WAITING = 100
"""How many claimed rows may wait for their turn."""
IN_HAND = 1_000
"""How many rows may be claimed at once, including those that wait for Discord's answer."""
PATIENCE = timedelta(minutes=1)
"""How old a claim must be before its run counts as dead."""
LOOKS = 20
"""For how many rows at a time a second message is looked for."""


class Worker:
    """Delivers the outbox. ``tick`` is to be called about once a second, by one caller at a time.

    Args:
        services: the store, its seasons and the clock.
        sender: the way to Discord.
        limiter: the pace of all requests.
        in_doubt: what becomes of a message that may have arrived where nobody can tell.
    """

    def __init__(
        self, services: Services, sender: Sender, limiter: RateLimiter, in_doubt: InDoubt = InDoubt.AGAIN
    ) -> None:
        self._store, self._seasons, self._clock = services.store, services.seasons, services.clock
        self._sender, self._limiter = sender, limiter
        self._run = secrets.token_hex(8)
        self._ledger = Ledger(self._store, self._run, self._clock)
        self._delivery = Delivery(services, sender, limiter, self._ledger, Doubts(services, sender, in_doubt))
        self._planners: list[Planning] = []
        self._tasks: dict[int, tuple[asyncio.Task[None], ClaimedRow]] = {}
        self._looking: dict[int, asyncio.Task[None]] = {}
        self._recorded = 0
        self._last_plan: LastPlan | None = None
        self._started_until: datetime | None = None
        self._first_take = True
        self._due = False
        self._last_tick: datetime | None = None
        self._ticking = asyncio.Lock()
        self._closing = False
        self._last_trouble = ""

    @property
    def busy(self) -> bool:
        """Whether rows are due, wait for their turn or are under way."""
        return self._due or bool(self._tasks)

    @property
    def behind(self) -> bool:
        """Whether rows are due and none is ready and waits for its turn: what delays a row now delays all after it."""
        return self.busy and not self._limiter.crowded

    @property
    def rows_wait(self) -> bool:
        """Whether rows are due that have not had their turn: whatever can wait lets them go first."""
        return self._due or bool(self._tasks.keys() - self._delivery.awaiting_discord)

    def compose(self, kind: NotificationKind, compose: Compose, addressee: Addressee | None = None) -> None:
        """Registers what writes the messages of a kind; a later call replaces an earlier one.

        Args:
            kind: the kind.
            compose: writes its messages.
            addressee: says who gets them, if they do not go to the target's place.
        """
        self._delivery.composers[kind] = compose
        if addressee is not None:
            self._delivery.places.addressees[kind] = addressee

    def place(self, kind: NotificationKind, whereabouts: Whereabouts) -> None:
        """Registers what says in which channel the messages of a kind go, if not in the target's own."""
        self._delivery.places.whereabouts[kind] = whereabouts

    def perform(self, kind: NotificationKind, perform: Perform) -> None:
        """Registers what delivers a kind that is not a message."""
        self._delivery.performers[kind] = perform

    def plan(self, planner: Planner, version: PlanVersion | None = None) -> None:
        """Adds a planner.

        Args:
            planner: the planner.
            version: what its plan depends on besides seasons and settings. When that changes it alone plans again, and
                only targets are brought in step that subscribe to a kind of which something else is planned.
        """
        self._planners.append(Planning(planner, version))

    async def tick(self) -> None:
        """Updates the plan and starts delivering what is due; does not wait until it is delivered."""
        if self._ticking.locked() or self._closing:
            return
        async with self._ticking:
            now = self._clock.now()
            try:
                # What answers read never delays what is due.
                async with self._store.reserved():
                    await self._delivery.doubts.begin(now)
                    await self._heed_clock(now)
                    for work in (self._record_outcomes, self._update_plan, self._expire, self._take):
                        await self._as_far_as_possible(work, now)
            except StoreError as error:
                self._due = False
                self._warn_once(error)
            else:
                self._last_trouble = ""

    async def _heed_clock(self, now: datetime) -> None:
        """Waits for nothing that a clock said which was set back since, here or before this run."""
        last, self._last_tick = self._last_tick, now
        if last is None or now < last:
            await outbox.forget_waits(self._store, now)
            # What was given up by that clock is to be planned again, and what it began early is not due yet.
            self._last_plan = self._started_until = None

    async def _as_far_as_possible(self, work: Callable[[datetime], Awaitable[None]], now: datetime) -> None:
        """Does a part of a tick; that a table is damaged which only this part needs does not stop the others."""
        try:
            await work(now)
        except StoreError as error:
            if error.fault is not FileFault.DAMAGED:
                raise

    async def _expire(self, now: datetime) -> None:
        await outbox.expire(self._store, now)

    async def tidy(self) -> None:
        """Removes what is long past."""
        await tidying.tidy(self._store, self._clock.now())

    async def close(self, seconds: float) -> None:
        """Stops: rows that wait for their turn are given back, requests under way get some time to end.

        Args:
            seconds: how long to wait for requests under way.
        """
        self._closing = True
        for number, (task, _) in self._tasks.items():
            if not self._delivery.under_way(number):
                task.cancel()
        tasks = [*(task for task, _ in self._tasks.values()), *self._looking.values()]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        # Tasks that were cancelled before they began leave no outcome themselves.
        for _, claimed in self._tasks.values():
            self._ledger.record(_given_back(claimed))
        self._tasks.clear()
        await self._limiter.close()
        await self._ledger.close()
        # Written even if a tick was interrupted while it wrote: recording the same outcome twice changes nothing.
        with contextlib.suppress(StoreError):
            await self._record_outcomes()

    async def settled(self) -> None:
        """Returns once no row is under way and every outcome is recorded; for tests and orderly ends."""
        while tasks := [*(task for task, _ in self._tasks.values()), *self._looking.values()]:
            await asyncio.wait(tasks)
        await self._record_outcomes()

    async def _record_outcomes(self, _: datetime | None = None) -> None:
        # If this fails, the rows stay claimed by this run, which alone knows what became of them.
        await self._ledger.flush()
        if self._last_plan is not None and self._ledger.recorded > self._recorded:
            # A row that is done no longer blocks another one of the same identity.
            self._last_plan = replace(self._last_plan, stale=True)
        self._recorded = self._ledger.recorded

    async def _update_plan(self, now: datetime) -> None:
        seasons = await self._seasons.all()
        versions = self._seasons.version, await targets.settings_version(self._store)
        self._delivery.versions = versions
        due = [each for each in self._planners if await each.is_due(self._store)]
        last = self._last_plan
        recent = last is not None and last.versions == versions and timedelta(0) <= now - last.at < REPLAN
        if recent and not due:
            return
        made = LastPlan(versions, now)
        try:
            async with self._store.write() as connection:
                some = due if recent and last is not None and last.planned is not None else self._planners
                for each in some:
                    await each.plan(connection, seasons, now)
            # What is of no use any more is left out.
            planned = [each for one in self._planners for each in one.planned if each.useless_from > now]
            changed = last.changed(versions, planned, now) if last is not None else None
            if changed is None:
                await self._bring_in_step(planned, now)
                made = replace(made, planned=planned)
            else:
                assert last is not None
                # What one target gets depends on no other, so only those are planned again whose settings changed, or
                # that subscribe to what is new: milliseconds instead of a second with ten thousand servers.
                if changed:
                    await self._bring_in_step(planned, now, kinds=changed)
                if last.versions != versions:
                    await self._bring_in_step(planned, now, since=last.versions[1])
                at = last.at if last.stale or some is not self._planners else now
                made = replace(made, planned=planned, at=at, stale=last.stale)
        except StoreError:
            # It was not applied, or not to all: everything is planned again.
            for each in self._planners:
                each.forget()
            raise
        except Exception:
            # What is in the outbox already is still delivered.
            for each in due:
                each.give_up()
            log.exception("planning the outbox failed; it is tried again in a minute")
        self._last_plan = made

    async def _bring_in_step(
        self,
        planned: Sequence[PlannedNotification],
        now: datetime,
        since: int | None = None,
        kinds: Collection[str] | None = None,
    ) -> None:
        """Brings the outbox in step with the plan, some targets at a time, between which others may write.

        If this is interrupted, the next planning begins anew, and finds the first ones as they should be.
        """
        counts = plans.PlanCounts()
        for some in await plans.targets_to_plan(self._store, since, kinds):
            async with self._store.write() as connection:
                counts += await plans.apply(connection, planned, now, some)
        if counts != plans.PlanCounts():
            log.info("planned: %d added, %d moved, %d cancelled", counts.added, counts.moved, counts.cancelled)

    async def _take(self, now: datetime) -> None:
        """Claims abandoned rows and rows that are due, as many as can go out soon, and starts delivering them."""
        # The upper bound is for a clock that was set back: without it the worker would rest for that long.
        if not self._sender.ready or now < self._delivery.resting_until <= now + PATIENCE:
            self._due = False
            return
        await self._look_again(now)
        # Rows that wait for Discord's answer do not count: a Discord that stalls must not stop the others.
        waiting = len(self._tasks.keys() - self._delivery.awaiting_discord)
        room = min(WAITING - waiting, IN_HAND - len(self._tasks))
        if room <= 0:
            return
        busy = [*self._tasks, *self._ledger.unrecorded]
        claimed = await outbox.reclaim(
            self._store, self._run, now, busy, room, patience=PATIENCE, first=self._first_take
        )
        self._start(claimed)
        # If there was no room for all of them, the rest of the dead run's rows are reclaimed with the next tick.
        self._first_take = self._first_take and len(claimed) == room
        room -= len(claimed)
        coming = await outbox.coming(self._store, now, now + AHEAD)
        # Rows that wait for another attempt count as well.
        if sum(due_at <= now for due_at, _ in coming) > 1:
            await outbox.supersede(self._store, now)
            coming = await outbox.coming(self._store, now, now + AHEAD)
        horizon = self._horizon(coming, waiting + len(claimed), now)
        if horizon is not None and room > 0:
            self._due = True
            busy += [each.row.id for each in claimed]
            rows = await outbox.claim(self._store, self._run, now, horizon, room, busy)
            self._start(rows)
            room -= len(rows)
        # Where there was no room for all that is due, it remains so until the next look.
        self._due = room <= 0

    async def _look_again(self, now: datetime) -> None:
        """Looks for second messages of rows that were sent more than once, a while ago."""
        room = LOOKS - len(self._looking)
        if room <= 0:
            return
        for row in await second_messages.to_look_at(self._store, now, list(self._looking), room):
            task = asyncio.create_task(self._look(row), name=f"outbox look {row.id}")
            self._looking[row.id] = task

    async def _look(self, row: OutboxRow) -> None:
        try:
            if await self._delivery.look_again(row) and self._last_plan is not None:
                self._last_plan = replace(self._last_plan, stale=True)
        except StoreError as error:
            self._warn_once(error)
        finally:
            self._delivery.ended(row.id)
            self._looking.pop(row.id, None)

    def _horizon(self, coming: Sequence[tuple[datetime, int]], waiting: int, now: datetime) -> datetime | None:
        """The due moment up to which rows must be claimed now to be out in time at our rate; None if none must be yet.

        With one row this is its own due moment; ten thousand rows of one moment begin minutes before it. Once the first
        rows of a moment are out, the others follow without a pause, so that the time to spare remains at the end.
        """
        horizon = None
        for due_at, many in coming:
            waiting += many
            started = self._started_until is not None and due_at <= self._started_until <= now + AHEAD
            if many and (started or (due_at - now).total_seconds() <= (waiting - 1) / self._limiter.rate * SPARE):
                horizon = due_at
        self._started_until = horizon or self._started_until
        return horizon

    def _start(self, rows: Sequence[ClaimedRow]) -> None:
        for claimed in rows:
            task = asyncio.create_task(self._deliver(claimed), name=f"outbox {claimed.row.id}")
            self._tasks[claimed.row.id] = task, claimed

    async def _deliver(self, claimed: ClaimedRow) -> None:
        number = claimed.row.id
        try:
            outcome = await self._delivery.deliver(claimed)
        except asyncio.CancelledError:
            if number in self._delivery.in_flight:
                # The message may still arrive: the row stays claimed, and the next run reconciles it.
                return
            outcome = self._delivery.changes.noted(_given_back(claimed), claimed.row)
        finally:
            self._delivery.ended(number)
            self._tasks.pop(number, None)
        self._ledger.record(outcome)

    def _warn_once(self, error: StoreError) -> None:
        # The store itself says in the log what is wrong with its file.
        if error.fault is None and str(error) != self._last_trouble:
            self._last_trouble = str(error)
            log.warning("the outbox waits for the store: %s", error)


def _given_back(claimed: ClaimedRow) -> DeliveryOutcome:
    """A row of which nothing was sent: as it was before it was claimed."""
    return DeliveryOutcome(claimed.row.id, RowState.PENDING, doubt=claimed.doubt)
