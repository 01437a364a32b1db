"""What the bot does without being asked, on APScheduler's clock; the only file that imports it.

It is started by the composition root apart from the client, so that tests and the local page run it outside theirs.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import aiohttp
import discord
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.client import TailgateBot
from bot.services import Services
from db.nouns import EASTERN, Race

log = logging.getLogger(__name__)

PRESENCE_SECONDS = 300
UPKEEP_SECONDS = 6 * 3600
TIMEOUT_SECONDS = 60
"""After this long a tick is given up, so that one stuck on the network never holds up the next for good."""


class Background:
    """The scheduler and its ticks.

    Args:
        bot: whose presence shows the next race.
        services: the store, its seasons and the clock.
    """

    def __init__(self, bot: TailgateBot, services: Services) -> None:
        self._bot = bot
        self._services = services
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        # max_instances is 1 and runs missed are run once: a tick that is late is not run twice.
        self._every(PRESENCE_SECONDS, self._show_presence)
        self._every(UPKEEP_SECONDS, self._keep_up)

    def _every(self, seconds: int, work: Callable[[], Awaitable[None]]) -> None:
        async def tick() -> None:
            try:
                async with asyncio.timeout(TIMEOUT_SECONDS):
                    await work()
            except asyncio.CancelledError:
                # Only a shutdown cancels a tick; APScheduler would log that as a failure, with a stack trace.
                log.debug("a background tick was cut short")
            except (OSError, aiohttp.ClientError, discord.ConnectionClosed, TimeoutError) as error:
                # The network comes and goes; discord.py is at it already.
                log.warning("a background tick was lost to the network (%s)", str(error) or type(error).__name__)
            except Exception:
                log.exception("a background tick failed; it runs again in %d s", seconds)

        # Once as soon as it starts, by the scheduler's own clock, and then every so often.
        self._scheduler.add_job(tick, misfire_grace_time=None, name=f"first {work.__name__}")
        self._scheduler.add_job(
            tick, "interval", seconds=seconds, coalesce=True, misfire_grace_time=None, name=work.__name__
        )

    async def start(self) -> None:
        """Starts the ticks; returns at once."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stops them; a tick that is running is cancelled."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def _show_presence(self) -> None:
        """The bot's status in the member list: the next race and when, in Eastern time."""
        await self._bot.wait_until_ready()
        coming = (await self._bot.answers.almanac()).next_race()
        text = presence(coming[1]) if coming else "/help"
        # Sent each time: a new session with Discord begins without one.
        await self._bot.change_presence(activity=discord.CustomActivity(text))

    async def _keep_up(self) -> None:
        """Lets SQLite refresh what it knows of its tables."""
        async with self._services.store.write() as connection:
            await connection.execute("PRAGMA optimize")


def presence(race: Race) -> str:
    """The line in the member list, such as "Next: Talladega, Fri Oct 17, 4 PM ET"."""
    if race.start is None:
        return f"Next: {race.track.short}, {race.date:%a %b} {race.date.day}"
    start = race.start.astimezone(EASTERN)
    hour = f"{start:%I}".lstrip("0") + (f":{start:%M}" if start.minute else "")
    return f"Next: {race.track.short}, {start:%a %b} {start.day}, {hour} {start:%p} ET"
