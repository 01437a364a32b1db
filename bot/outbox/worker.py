"""The worker: plans, claims what is due, hands it to senders, and writes down what became of it.

Whatever cuts it off, nothing is lost and nothing is sent twice: a row is claimed and that is committed before anything
of it goes out, and one that was claimed and never marked is settled before it is touched again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.notifications.schedule_planner import CHANGES_KEPT, change_slots, look, reminder_slots
from bot.outbox.contracts import Compose, Perform, Sender, Source
from bot.outbox.delivery import Delivery
from bot.outbox.rate_limit import RateLimiter
from bot.services import Services
from db.errors import StoreError
from db.models import Season
from db.reminders import outbox, plans, targets
from db.reminders.models import Kind, Slot, State
from db.reminders.outbox import Job, Mark
from db.reminders.plans import Connection

log = logging.getLogger(__name__)

SPARE = 1.03
"""How much longer than at our pace many are given to go out: Discord's refusals and stalls cost a second each."""
AHEAD = timedelta(minutes=5)
"""How early the first of many may go out, so that the last is not late."""
WAITING = 100
"""How many claimed rows may wait for their turn; a crash leaves so many to be settled."""
IN_HAND = 1_000
"""How many may be claimed at all, those included that wait for Discord's answer."""
PATIENCE = timedelta(minutes=1)
"""How old a claim must be before it counts as lost."""
REPLAN = timedelta(minutes=1)
"""How often the plan is looked over though nothing is known to have changed."""


class Worker:
    """Delivers the outbox. ``tick`` is to be called every second or so, by one caller at a time.

    Args:
        services: the store, its seasons and the clock.
        sender: the way to Discord.
        limiter: the pace of all requests.
    """

    def __init__(self, services: Services, sender: Sender, limiter: RateLimiter) -> None:
        self._store, self._seasons, self._clock = services.store, services.seasons, services.clock
        self._sender, self._limiter = sender, limiter
        self._run = secrets.token_hex(8)
        self._delivery = Delivery(services, sender, limiter)
        self._sources: list[Source] = []
        self._tasks: dict[int, tuple[asyncio.Task[None], Job]] = {}
        self._marks: list[Mark] = []
        self._planned: Plan | None = None
        self._begun: datetime | None = None
        self._fresh = True
        self._ticking = asyncio.Lock()
        self._closing = False
        self._trouble = ""

    def compose(self, kind: Kind, compose: Compose) -> None:
        """Says who writes the messages of a kind; the last word counts."""
        self._delivery.composes[kind] = compose

    def perform(self, kind: Kind, perform: Perform) -> None:
        """Says who does what a kind asks for, where that is no message."""
        self._delivery.performs[kind] = perform

    def plan(self, source: Source) -> None:
        """Adds to what is planned."""
        self._sources.append(source)

    async def tick(self) -> None:
        """Brings the plan in step and gets what is due on its way; does not wait until it is there."""
        if self._ticking.locked() or self._closing:
            return
        async with self._ticking:
            now = self._clock.now()
            try:
                await self._delivery.begin(now)
                await self._write_marks()
                await self._keep_plan(now)
                await outbox.expire(self._store, now)
                if self._sender.ready and not now < self._delivery.resting_until <= now + PATIENCE:
                    await self._take(now)
            except StoreError as error:
                self._tell_once(str(error))
            else:
                self._trouble = ""

    async def tidy(self) -> None:
        """Removes what is long past."""
        await outbox.tidy(self._store, self._clock.now())

    async def close(self, seconds: float) -> None:
        """Stops: what waits is given back, what is under way has so long to arrive, and all is written down."""
        self._closing = True
        for number, (task, _) in self._tasks.items():
            if number not in self._delivery.flying:
                task.cancel()
        tasks = [task for task, _ in self._tasks.values()]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        # Those cancelled before they had begun say nothing themselves.
        self._marks += [_given_back(job) for _, job in self._tasks.values()]
        self._tasks.clear()
        await self._limiter.close()
        # Whatever was written last: a tick may have been cut off in the middle of it.
        with contextlib.suppress(StoreError):
            await self._write_marks()

    async def settled(self) -> None:
        """Returns once nothing is under way and all that ended is written down; for tests and orderly ends."""
        while self._tasks:
            await asyncio.wait([task for task, _ in self._tasks.values()])
        await self._write_marks()

    async def _write_marks(self) -> None:
        marks, self._marks = self._marks, []
        if not marks:
            return
        try:
            await outbox.mark(self._store, self._run, marks)
        except BaseException:
            # The rows stay claimed, and this run knows what became of them: it will write it down yet.
            self._marks = marks + self._marks
            raise
        if self._planned is not None:
            # What was dealt with may have stood in the way of another.
            self._planned = replace(self._planned, stale=True)

    async def _keep_plan(self, now: datetime) -> None:
        seasons = await self._seasons.all()
        known = self._seasons.version, await targets.edition(self._store)
        last = self._planned
        if last and last.known == known and not last.more and timedelta(0) <= now - last.at < REPLAN:
            return
        planned = Plan(known, now)
        try:
            async with self._store.write() as connection:
                slots = await self._slots(connection, seasons, now)
                if last is None or not last.holds(known, slots, now):
                    planned = replace(planned, slots=slots, more=await _applied(connection, slots, now))
                else:
                    # Nothing is done over again where nothing changed but the time, and of others where one changed.
                    changed = last.known != known
                    more = changed and await _applied(connection, slots, now, since=last.known[1])
                    at = last.at if last.stale else now
                    planned = replace(planned, slots=slots, more=more, at=at, stale=last.stale)
        except StoreError:
            raise
        except Exception:
            # What is planned already goes out all the same.
            log.exception("the reminders could not be planned; tried again in a minute")
        self._planned = planned

    async def _slots(self, connection: Connection, seasons: Sequence[Season], now: datetime) -> list[Slot]:
        """All that falls due, and what is seen of the schedule written down."""
        seen = await plans.load_seen(connection)
        news = look(seasons, seen, now)
        await plans.save_seen(connection, news.seen)
        await plans.save_changes(connection, news.changes, now)
        seen = {**seen, **news.seen}
        slots = [*reminder_slots(seasons, seen, now)]
        slots += change_slots(await plans.load_changes(connection, now - CHANGES_KEPT), seasons, now)
        slots += [slot for source in self._sources for slot in source(seasons, now, seen)]
        return [slot for slot in slots if slot.until > now]

    async def _take(self, now: datetime) -> None:
        """Claims what is lost and what is due, as much as can go out soon, and sets it going."""
        waiting = len(self._tasks.keys() - self._delivery.away)
        room = min(WAITING - waiting, IN_HAND - len(self._tasks))
        if room <= 0:
            return
        busy = [*self._tasks, *(mark.id for mark in self._marks)]
        jobs = await outbox.take_over(self._store, self._run, now, busy, room, patience=PATIENCE, first=self._fresh)
        self._set_going(jobs)
        self._fresh = self._fresh and len(jobs) == room
        room -= len(jobs)
        coming = await outbox.coming(self._store, now, now + AHEAD)
        # Those count as well that are to be tried again later.
        if sum(due_at <= now for due_at, _ in coming) > 1:
            await outbox.supersede(self._store, now)
            coming = await outbox.coming(self._store, now, now + AHEAD)
        horizon = self._horizon(coming, waiting + len(jobs), now)
        if horizon is not None and room > 0:
            busy += [job.row.id for job in jobs]
            self._set_going(await outbox.claim(self._store, self._run, now, horizon, room, busy))

    def _horizon(self, coming: Sequence[tuple[datetime, int]], waiting: int, now: datetime) -> datetime | None:
        """Up to which due moment rows must be taken now, so that at our pace all are out by theirs; None: not yet.

        Once the first of a moment are taken the others follow, so that time to spare stays what it is for.
        """
        horizon = None
        for due_at, many in coming:
            waiting += many
            begun = self._begun is not None and due_at <= self._begun <= now + AHEAD
            if many and (begun or (due_at - now).total_seconds() <= (waiting - 1) / self._limiter.rate * SPARE):
                horizon = due_at
        self._begun = horizon or self._begun
        return horizon

    def _set_going(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            task = asyncio.create_task(self._deliver(job), name=f"outbox {job.row.id}")
            self._tasks[job.row.id] = task, job

    async def _deliver(self, job: Job) -> None:
        number = job.row.id
        try:
            mark = await self._delivery.deliver(job)
        except asyncio.CancelledError:
            if number in self._delivery.flying:
                # It may arrive yet: the row stays claimed, and the next start settles it.
                return
            mark = _given_back(job)
        finally:
            self._delivery.ended(number)
            self._tasks.pop(number, None)
        self._marks.append(mark)

    def _tell_once(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            log.warning("reminders wait for the store: %s", trouble)


@dataclass(frozen=True, slots=True)
class Plan:
    """The last planning: the versions of what it knew, when it was, what fell due, whether rows are left to be added.

    ``known`` is of the seasons and of the settings; ``slots`` is None where it failed. ``stale``: something was dealt
    with since, which may have stood in the way of another, so that after a while all is looked over.
    """

    known: tuple[int, int]
    at: datetime
    slots: Sequence[Slot] | None = None
    more: bool = False
    stale: bool = False

    def holds(self, known: tuple[int, int], slots: Sequence[Slot], now: datetime) -> bool:
        """Whether it is good still for all whose settings are as they were."""
        if self.slots is None or self.more or self.known[0] != known[0]:
            return False
        if self.stale and not timedelta(0) <= now - self.at < REPLAN:
            return False
        return slots == [slot for slot in self.slots if slot.until > now]


async def _applied(connection: Connection, slots: Sequence[Slot], now: datetime, since: int | None = None) -> bool:
    planned = await plans.apply(connection, slots, now, since=since)
    if planned.added or planned.moved or planned.cancelled:
        log.info("planned: %d added, %d moved, %d cancelled", planned.added, planned.moved, planned.cancelled)
    return planned.more


def _given_back(job: Job) -> Mark:
    """A row of which nothing was sent: as it was before it was claimed."""
    return Mark(job.row.id, State.PENDING, doubt=job.doubt)
