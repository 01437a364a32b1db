"""Writes down what is being sent: before a request leaves, that it does, and afterwards what became of it.

Each row is written on its own account, but many in one transaction: whoever comes while one is being committed goes
into the next. So a row counts as tried from the moment of its request on, and not while it waits for its turn, and what
is known of it is lost with no more than the transaction under way.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from db.connection import Store
from db.errors import StoreError
from db.reminders import outbox
from db.reminders.outbox import DeliveryOutcome

log = logging.getLogger(__name__)

STALE = timedelta(seconds=5)
"""How long after its moment was committed a request may still leave. If it takes longer the process stood still, and
the message may be out of date."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A row, the channel that its request goes to, and who waits for the mark to be committed.

    ``change`` says that it is a change of a message which is there already.
    """

    number: int
    channel: int | None
    written: asyncio.Future[datetime | None]
    change: bool = False


class Ledger:
    """The marks and outcomes of one run.

    Args:
        store: a writable store.
        run: the id of the run.
        clock: the bot's.
    """

    def __init__(self, store: Store, run: str, clock: Clock) -> None:
        self._store, self._run, self._clock = store, run, clock
        self._marks: list[Mark] = []
        self._outcomes: list[DeliveryOutcome] = []
        self._writing = asyncio.Lock()
        self._flushing: asyncio.Task[None] | None = None
        self._closed = False
        self.recorded = 0
        """How many outcomes were recorded so far."""

    @property
    def unrecorded(self) -> Sequence[int]:
        """Ids of rows whose outcome is known and not recorded yet."""
        return [outcome.id for outcome in self._outcomes]

    async def mark(self, number: int, channel: int | None) -> datetime | None:
        """Commits that a row's request leaves now.

        Args:
            number: the row's id.
            channel: where it goes.

        Returns:
            The moment that was written down; None if the row is no longer this run's.

        Raises:
            StoreError: it could not be written; the request must not leave.
        """
        return await self._marked(Mark(number, channel, asyncio.get_running_loop().create_future()))

    async def mark_change(self, number: int) -> datetime | None:
        """Commits that a change of a row's message leaves now; returns and raises as ``mark``."""
        return await self._marked(Mark(number, None, asyncio.get_running_loop().create_future(), change=True))

    async def _marked(self, mark: Mark) -> datetime | None:
        self._marks.append(mark)
        self._soon()
        return await mark.written

    def record(self, outcome: DeliveryOutcome) -> None:
        """Takes down what became of a row; it is committed soon, or with the next ``flush``."""
        self._outcomes.append(outcome)
        self._soon()

    async def flush(self) -> None:
        """Commits everything that was taken down.

        Raises:
            StoreError: it could not be written; outcomes are kept for the next time.
        """
        async with self._writing:
            marks, self._marks = self._marks, []
            outcomes = list(self._outcomes)
            if not marks and not outcomes:
                return
            now = self._clock.now()
            try:
                ours = await self._write(now, marks, outcomes)
            except BaseException as error:
                for mark in marks:
                    if not mark.written.done():
                        # Whoever waits must not send, whatever stopped us.
                        mark.written.set_exception(
                            error if isinstance(error, StoreError) else StoreError("the outbox was interrupted")
                        )
                raise
            # Later ones were added behind these meanwhile.
            del self._outcomes[: len(outcomes)]
            self.recorded += len(outcomes)
            for mark in marks:
                if not mark.written.done():
                    mark.written.set_result(now if mark.number in ours else None)

    async def _write(self, now: datetime, marks: Sequence[Mark], outcomes: Sequence[DeliveryOutcome]) -> set[int]:
        sent = [(mark.number, mark.channel) for mark in marks if not mark.change]
        changes = [mark.number for mark in marks if mark.change]
        try:
            return await outbox.write_ledger(self._store, self._run, now, sent, outcomes, changes)
        except StoreError:
            raise
        except Exception:
            # One that cannot be written, whatever it is, must not keep the others from it for ever.
            log.exception("what became of some rows of the outbox could not be written at once")
        for outcome in outcomes:
            try:
                await outbox.write_ledger(self._store, self._run, now, [], [outcome])
            except StoreError:
                raise
            except Exception:
                log.exception("what became of row %d of the outbox is not known to the store", outcome.id)
        return await outbox.write_ledger(self._store, self._run, now, sent, [], changes)

    async def close(self) -> None:
        """Begins no more transactions by itself."""
        self._closed = True
        if self._flushing is not None:
            await asyncio.wait([self._flushing])

    def _soon(self) -> None:
        if not self._closed and (self._flushing is None or self._flushing.done()):
            self._flushing = asyncio.create_task(self._flush_all(), name="outbox ledger")

    async def _flush_all(self) -> None:
        try:
            while self._marks or self._outcomes:
                await self.flush()
        except StoreError:
            # Those who wait for their marks were told; outcomes are tried again with the worker's next tick, which
            # says in the log what is wrong with the store.
            return
