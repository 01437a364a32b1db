"""What the bot does by itself, and how often.

It is started by the composition root and not by the client, so that tests and the local page can leave it out.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import discord

from bot.boards.keeper import BoardKeeper
from bot.client.tailgate_bot import TailgateBot
from bot.feeds.keeper import Keeper
from bot.jobs.guild_cleanup import forget_left
from bot.jobs.scheduler import Scheduler
from bot.live.poller import LivePoller
from bot.outbox.worker import Worker
from bot.services import Services
from db.arrivals import Arrivals
from db.laps.arrival import take_in_laps
from db.models import EASTERN, Race
from db.quotes.drafts import expire_drafts
from db.quotes.draws import forget_draws

PRESENCE_SECONDS = 300
UPKEEP_SECONDS = 6 * 3600
CLEANUP_SECONDS = 60
"""How often it is checked whether it is time to look for servers that were left."""
CLEANUP_TIMEOUT_SECONDS = 3600
STORE_SECONDS = 30
"""How often it is looked whether the store's file is still in place, so that the log says so though nobody writes."""
ARRIVALS_TIMEOUT_SECONDS = 3600
"""The first start takes in decades of races, which takes a minute or so."""
FEEDS_SECONDS = 15
"""How often it is looked whether anything of the feeds is due, which it mostly is not."""
FEEDS_TIMEOUT_SECONDS = 3600
"""A whole season, a document a second, each of which may take half a minute."""
LIVE_SECONDS = 1
"""How often it is looked whether the race under way is to be asked for, which takes no more than a comparison."""
LIVE_LEAST_SECONDS, LIVE_CLOCK_SECONDS = 0.25, 30
"""By a clock that runs fast it is looked after so many of its seconds, and no more often than four times a second."""
LIVE_TIMEOUT_SECONDS = 180
"""A few documents one after the other, each of which may take half a minute."""
BOARDS_SECONDS = 1
BOARDS_TIMEOUT_SECONDS = 20
"""What is drawn waits for the store only: changes are made in tasks of their own."""
TICK_SECONDS, TICK_TIMEOUT_SECONDS = 1, 30
"""How often the cogs are asked whether anything of theirs is due, and how long that may take."""
OUTBOX_SECONDS = 1
OUTBOX_TIMEOUT_SECONDS = 20
"""A tick of the worker waits for the store only: deliveries run in tasks of their own."""


class Jobs:
    """The jobs.

    Args:
        bot: whose presence shows the next race.
        services: the store, its seasons and the clock.
        worker: delivers the reminders.
        keeper: keeps the store current from NASCAR's feeds; None where nothing is fetched.
        poller: follows the race under way; None where nothing is fetched.
        boards: keeps the messages current that show a race as it runs.
    """

    def __init__(
        self,
        bot: TailgateBot,
        services: Services,
        worker: Worker | None = None,
        keeper: Keeper | None = None,
        poller: LivePoller | None = None,
        boards: BoardKeeper | None = None,
    ) -> None:
        self._bot = bot
        self._services = services
        self._scheduler = Scheduler()
        self._cleaned_up_at: datetime | None = None
        self._arrivals_at: datetime | None = None
        self._arrived = False
        self._keeper = keeper
        self._poller = poller
        if worker is not None:
            self._scheduler.every(OUTBOX_SECONDS, worker.tick, timeout=OUTBOX_TIMEOUT_SECONDS)
            self._scheduler.every(UPKEEP_SECONDS, worker.tidy)
        if boards is not None:
            self._scheduler.every(BOARDS_SECONDS, boards.tick, timeout=BOARDS_TIMEOUT_SECONDS)
        self._scheduler.every(STORE_SECONDS, self._watch_store)
        self._scheduler.every(PRESENCE_SECONDS, self._show_presence)
        self._scheduler.every(UPKEEP_SECONDS, self._keep_up)
        self._scheduler.every(CLEANUP_SECONDS, self._take_in, timeout=ARRIVALS_TIMEOUT_SECONDS)
        if keeper is not None:
            self._scheduler.every(FEEDS_SECONDS, self._keep_current, timeout=FEEDS_TIMEOUT_SECONDS)
        if poller is not None:
            # By a clock that runs fast a second is many laps.
            often = max(LIVE_LEAST_SECONDS, min(LIVE_SECONDS, LIVE_CLOCK_SECONDS / (services.clock.speed or 1.0)))
            self._scheduler.every(often, self._follow_race, timeout=LIVE_TIMEOUT_SECONDS)
        self._scheduler.every(CLEANUP_SECONDS, self._clean_up, timeout=CLEANUP_TIMEOUT_SECONDS)
        self._scheduler.every(TICK_SECONDS, self._tick, timeout=TICK_TIMEOUT_SECONDS)

    async def start(self) -> None:
        """Starts the jobs; returns at once."""
        self._services.seasons.arriving = True  # until it is known that nothing is left to take in
        self._scheduler.start()

    async def stop(self) -> None:
        """Stops them; a job that is running is cancelled, and waited for."""
        await self._scheduler.stop()

    async def _tick(self) -> None:
        """What the cogs do every second."""
        for each in self._bot.every_second:
            await each()

    async def _show_presence(self) -> None:
        """The bot's status in the member list: the next race and when, in Eastern time."""
        await self._bot.wait_until_ready()
        coming = (await self._bot.router.as_of()).next_race()
        text = presence(coming[1]) if coming else "/help"
        # Sent every time: a new session with Discord begins without a status.
        await self._bot.change_presence(activity=discord.CustomActivity(text))

    async def _take_in(self) -> None:
        """Takes in what a newer program brings: once the bot answers, then every six hours what is left over."""
        now = self._services.clock.now()
        if not self._bot.is_ready() or not self._is_time(now, self._arrivals_at):
            return
        self._arrivals_at = now
        try:
            # The laps are of recent races, which are there from the first start on, and take a second or two.
            await take_in_laps(self._services.store, now)
            if await Arrivals(self._services.store, self._services.clock.now).run():
                await take_in_laps(self._services.store, now)
        finally:
            self._arrived = True
            self._services.seasons.arriving = False

    async def _keep_current(self) -> None:
        """Asks NASCAR's feeds for what is due, once what the program itself brings is there."""
        if self._arrived and self._keeper is not None:
            await self._keeper.tick()

    async def _follow_race(self) -> None:
        """Looks at the race under way; at once after a start, since what the program brings can wait and a race not."""
        if self._poller is not None:
            await self._poller.tick()

    async def _watch_store(self) -> None:
        self._services.store.watch()

    async def _keep_up(self) -> None:
        """Removes old drafts and draws, and lets SQLite refresh its statistics."""
        now = self._services.clock.now()
        await expire_drafts(self._services.store, now)
        await forget_draws(self._services.store, now.astimezone(EASTERN).date())
        async with self._services.store.write() as connection:
            await connection.execute("PRAGMA optimize")

    async def _clean_up(self) -> None:
        """Deletes the data of servers that were left while the bot was down: once it is ready, then every six hours."""
        now = self._services.clock.now()
        if not self._bot.is_ready() or not self._is_time(now, self._cleaned_up_at):
            return
        await forget_left(self._bot, self._services.store)
        self._cleaned_up_at = now

    @staticmethod
    def _is_time(now: datetime, last: datetime | None) -> bool:
        """Whether six hours have passed since; a clock that was set back counts as well."""
        return last is None or abs(now - last) >= timedelta(seconds=UPKEEP_SECONDS)


def presence(race: Race) -> str:
    """The line in the member list, such as "Next: Talladega, Fri Oct 17, 4 PM ET"."""
    if race.start is None:
        return f"Next: {race.track.short}, {race.date:%a %b} {race.date.day}"
    start = race.start.astimezone(EASTERN)
    hour = f"{start:%I}".lstrip("0") + (f":{start:%M}" if start.minute else "")
    return f"Next: {race.track.short}, {start:%a %b} {start.day}, {hour} {start:%p} ET"
