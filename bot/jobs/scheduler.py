"""Runs work at intervals, with APScheduler; the only file that imports it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import aiohttp
import discord
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from db.errors import StoreError

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 60.0
"""After this long a run is cancelled, so that one that hangs on the network does not block the next ones."""


WATCH_SECONDS = 5.0
"""How often it is looked whether the machine's clock was set back."""
SLACK = timedelta(seconds=1)
"""By so much more than its interval a job may be away: a clock that is set right by a little is no trouble."""


class Scheduler:
    """Runs work at intervals, each job independently of the others: one that fails or hangs affects no other.

    APScheduler writes down the moment of the next run by the clock on the wall. A machine that starts with a wrong time
    and learns the right one may be set back by hours, for which it would run nothing. So it is looked, at an interval
    of the monotonic clock, whether a job is further away than it can be.
    """

    def __init__(self) -> None:
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._running: set[asyncio.Task[None]] = set()
        self._stopped = False
        self._watching: asyncio.Task[None] | None = None
        # APScheduler warns whenever a run is skipped because the one before still runs, which is intended here.
        logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)

    def every(self, seconds: float, work: Callable[[], Awaitable[None]], *, timeout: float = TIMEOUT_SECONDS) -> None:
        """Runs something once when the scheduler starts, and then at intervals.

        Args:
            seconds: the interval.
            work: a coroutine function; it never runs twice at the same time.
            timeout: after how many seconds it is cancelled.
        """
        running = asyncio.Lock()

        async def tick() -> None:
            if self._stopped or running.locked():
                return
            task = asyncio.current_task()
            assert task is not None
            self._running.add(task)
            try:
                async with running:
                    await _carefully(work, seconds, timeout)
            finally:
                self._running.discard(task)

        # The first run is a job of its own, since an interval begins with a wait. APScheduler's max_instances is 1, and
        # coalesce makes one run of several missed ones: a run that is late does not run twice.
        name = getattr(work, "__name__", repr(work))
        self._scheduler.add_job(tick, misfire_grace_time=None, name=f"first {name}")
        self._scheduler.add_job(tick, "interval", seconds=seconds, coalesce=True, misfire_grace_time=None, name=name)

    def start(self) -> None:
        """Starts the jobs; returns at once."""
        self._scheduler.start()
        self._watching = asyncio.create_task(self._watch_clock(), name="watch the clock")

    async def _watch_clock(self) -> None:
        while True:
            # The loop's time is monotonic: it passes whatever becomes of the clock.
            await asyncio.sleep(WATCH_SECONDS)
            self._heed_clock()

    def _heed_clock(self) -> None:
        """Runs at once what is further away than its interval, which it is only if the clock was set back."""
        now, late = datetime.now(UTC), []
        for job in self._scheduler.get_jobs():
            interval = job.trigger.interval if isinstance(job.trigger, IntervalTrigger) else timedelta(0)
            if job.next_run_time is not None and job.next_run_time > now + interval + SLACK:
                late.append(job)
        if late:
            log.warning("the machine's clock was set back; the background jobs go on by the new time")
        for job in late:
            job.modify(next_run_time=now)

    async def stop(self) -> None:
        """Stops the jobs; what is running is cancelled and waited for, since it may be inside a transaction."""
        self._stopped = True
        if self._watching is not None:
            self._watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watching
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        # It shuts down in the loop's next iteration only, and may start what is due until then.
        while self._scheduler.running:  # noqa: ASYNC110 - it offers no event to wait for
            await asyncio.sleep(0)
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _carefully(work: Callable[[], Awaitable[None]], seconds: float, limit: float) -> None:
    try:
        async with asyncio.timeout(limit):
            await work()
    except asyncio.CancelledError:
        # Only a shutdown cancels a run; APScheduler would log that as a failure, with a stack trace.
        log.debug("a background job was cancelled")
    except (OSError, aiohttp.ClientError, discord.ConnectionClosed, TimeoutError) as error:
        # The network comes and goes, and discord.py reconnects by itself.
        log.warning("a background job failed on the network (%s)", str(error) or type(error).__name__)
    except StoreError as error:
        # The store tells the log what is wrong with its file, once and not at each run.
        log.debug("a background job was cut short (%s)", error)
    except Exception:
        log.exception("a background job failed; it runs again in %g s", seconds)
