"""What is done every so often, on APScheduler's clock; the only file that imports it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import aiohttp
import discord
from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 60.0
"""After this long a tick is given up, so that one stuck on the network never holds up the next for good."""


class Scheduler:
    """Runs work every so often, each apart from the others: one that fails or hangs takes none along."""

    def __init__(self) -> None:
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._running: set[asyncio.Task[None]] = set()
        self._stopped = False
        # It would warn of every tick that is passed over while the one before still runs, which is as it should be.
        logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)

    def every(self, seconds: float, work: Callable[[], Awaitable[None]], *, timeout: float = TIMEOUT_SECONDS) -> None:
        """Does something as soon as the ticks start, and then every so often.

        Args:
            seconds: how often.
            work: a coroutine function; it never runs twice at once.
            timeout: after how many seconds it is cut off.
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

        # Once as soon as it starts, by the scheduler's own clock, and then every so often.
        # max_instances is 1 and runs missed are run once: a tick that is late is not run twice.
        name = getattr(work, "__name__", repr(work))
        self._scheduler.add_job(tick, misfire_grace_time=None, name=f"first {name}")
        self._scheduler.add_job(tick, "interval", seconds=seconds, coalesce=True, misfire_grace_time=None, name=name)

    def start(self) -> None:
        """Starts them; returns at once."""
        self._scheduler.start()

    async def stop(self) -> None:
        """Stops them; what is running is cancelled, and waited for: it may be in the middle of a transaction."""
        self._stopped = True
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        # It shuts down in the loop's next round only, and may begin what is due until then.
        while self._scheduler.running:  # noqa: ASYNC110 - it tells of it in no other way
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
        # Only a shutdown cancels a tick; APScheduler would log that as a failure, with a stack trace.
        log.debug("a background tick was cut short")
    except (OSError, aiohttp.ClientError, discord.ConnectionClosed, TimeoutError) as error:
        # The network comes and goes; discord.py is at it already.
        log.warning("a background tick was lost to the network (%s)", str(error) or type(error).__name__)
    except Exception:
        log.exception("a background tick failed; it runs again in %g s", seconds)
