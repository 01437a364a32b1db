"""The program while a race runs: it follows NASCAR's live feed beside the worker that posts what happens."""

from __future__ import annotations

import asyncio
import contextlib
import math
import random
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.boards.drawing import BoardDrawer
from bot.boards.keeper import BoardKeeper
from bot.feeds.client import FeedClient
from bot.feeds.politeness import Politeness
from bot.interactions.live_answers import LiveAnswers
from bot.jobs.schedule import LIVE_TIMEOUT_SECONDS
from bot.live.nascar import NascarLive
from bot.live.poller import BEFORE_START, LOOK_EVERY, LivePoller
from bot.notifications.board import BoardWriter, plan_boards
from bot.notifications.race_day import RaceDayWriter
from bot.notifications.race_day_planner import plan_race_day, plan_version
from bot.outbox.contracts import Post
from bot.outbox.worker import Worker
from bot.seasons.as_of import AsOf, AsOfKeeper
from bot.services import Services
from db.connection import Store
from db.documents.importer import import_documents
from db.documents.reader import read_bytes
from db.errors import StoreError
from db.models import Season
from db.reminders.models import NotificationKind, OutboxRow, Target
from db.reminders.race_day import RaceDay
from db.snapshots import Snapshots
from tests.simulation.feeds_server import ADDRESS
from tests.simulation.process import RESTS_LONG, Process
from tests.simulation.races_documents import YEAR, results
from tests.simulation.races_truth import GREEN
from tests.simulation.story import HOUR

if TYPE_CHECKING:
    from tests.simulation.races_world import RaceWorld

AGAIN = 5.0
"""After so many seconds it is tried again to import what could not be."""
LONG = 600.0
"""With no race to follow it is looked that seldom."""
NO_BOARDS = 5.0
"""With no board to keep it is looked that often whether there is one."""
LIVE_VERSION = "SELECT version FROM live_version"


class RaceProcess(Process):
    """The program, from a start to its end.

    Args:
        world: the rest.
        path: the store.
    """

    _world: RaceWorld

    def __init__(self, world: RaceWorld, path: Path) -> None:
        super().__init__(world, path)
        self._seasons: Snapshots | None = None
        self._as_of_keeper = AsOfKeeper()
        self._live_version = -1
        self._beside: list[asyncio.Task[None]] = []
        self._news: asyncio.Event | None = None
        self._looking: asyncio.Event | None = None
        self._season: Season | None = None

    def _services(self, store: Store) -> Services:
        if self._seasons is None:
            self._seasons = Snapshots(store)
        return Services(store, self._seasons, self.clock)

    async def _as_of(self) -> AsOf:
        assert self._seasons is not None
        seasons = await self._seasons.all()
        return self._as_of_keeper.at(self.clock.now(), seasons, self._seasons.version)

    def _worker(self, store: Store) -> Worker:
        worker = super()._worker(store)
        if any(place.race_day is not RaceDay.NOTHING for place in self._world.story.places):
            # As in the running bot; the standings and reminders that are planned elsewhere come first.
            worker.plan(plan_race_day, plan_version)
        worker.compose(NotificationKind.LIVE, self._watched(RaceDayWriter(store, self._as_of).write))
        self._news, self._looking = asyncio.Event(), asyncio.Event()
        services = self._services(store)
        self._beside = [asyncio.create_task(self._import(services)), asyncio.create_task(self._follow(services))]
        if any(place.board for place in self._world.story.places):
            worker.plan(plan_boards)
            worker.compose(
                NotificationKind.BOARD,
                self._watched(BoardWriter(store, BoardDrawer(services, self._as_of)).write),
            )
            self._beside.append(asyncio.create_task(self._keep_boards(services, worker)))
        return worker

    async def _import(self, services: Services) -> None:
        """Somebody imports the newest results that there are, until it is done."""
        assert self._news is not None
        world, done = self._world, 0
        while True:
            self._news.clear()
            wanted = world.edition
            if wanted > done or self._season is None:
                try:
                    if wanted > done:
                        body = results(world.story.race, wanted)
                        await import_documents(services.store, [read_bytes(body, "r.json")], self.clock.now())
                        world.imported.append((world.timeline.now, wanted))
                        world.say(f"*** edition {wanted} of the results is imported")
                        done = wanted
                    self._season = world.season = await services.seasons.season(YEAR)
                    super().wake()
                except (StoreError, TimeoutError):
                    await asyncio.sleep(AGAIN)
                    continue
            await self._news.wait()

    async def _follow(self, services: Services) -> None:
        """What the job of the race under way does every second; it is left out where nothing can be due."""
        assert self._looking is not None
        client = FeedClient(ADDRESS, self.clock, Politeness(monotonic=self._loop.time), counted=False)
        client._session = self._world.nascar.connected(self)
        dice = random.Random(f"{self._world.story.seed} {self.started_at}")
        poller = LivePoller(services, NascarLive(client, self.clock), dice.random)
        while True:
            self._looking.clear()
            try:
                async with asyncio.timeout(LIVE_TIMEOUT_SECONDS):
                    await poller.tick()
            except (StoreError, TimeoutError):
                # As the job does: it is looked again the next time.
                pass
            except Exception as error:  # noqa: BLE001 - whatever it is, it is told, and the night goes on
                self._world.faults.append(f"raised: {type(error).__name__}: {error}")
            if (version := self._version()) != self._live_version:
                self._live_version = version
                super().wake()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(1, math.ceil(self._rests_from_asking(poller)))):
                    await self._looking.wait()

    async def _keep_boards(self, services: Services, worker: Worker) -> None:
        """What the job of the boards does every second."""
        drawer = BoardDrawer(services, self._as_of)
        keeper = BoardKeeper(
            services,
            drawer,
            self.line,
            self._limiter,
            lambda: worker.rows_wait,
            LiveAnswers(),
            _nobody_asks,
            self._as_of,
        )
        try:
            while True:
                try:
                    async with asyncio.timeout(LIVE_TIMEOUT_SECONDS):
                        await keeper.tick()
                except (StoreError, TimeoutError):
                    # As the job does: it is looked again the next time.
                    pass
                except Exception as error:  # noqa: BLE001 - whatever it is, it is told, and the night goes on
                    self._world.faults.append(f"raised: {type(error).__name__}: {error}")
                await asyncio.sleep(1 if keeper._followed else NO_BOARDS)
        finally:
            for task in keeper._under_way.values():
                task.cancel()

    def _version(self) -> int:
        assert self._raw is not None
        return int(self._raw.execute(LIVE_VERSION).fetchone()[0])

    def _rests_from_asking(self, poller: LivePoller) -> float:
        """For how many seconds there is nothing to ask."""
        now = self.clock.now()
        if poller._looked is None:
            return 0.0
        begins = (GREEN - BEFORE_START - now).total_seconds()
        if not poller._following:
            is_near = self._season is None or begins > -1
            return min(LONG, max(begins, 1.0)) if is_near else LONG
        moments: list[datetime] = [poller._looked + LOOK_EVERY]
        moments += [pace.next_at for pace in poller._paces.values()]
        return min((each - now).total_seconds() for each in moments)

    def is_unwelcome(self) -> bool:
        """The live feed knows no pauses."""
        return False

    def wake(self) -> None:
        super().wake()
        for event in (self._news, self._looking):
            if event is not None:
                event.set()

    def _race_ends(self) -> list[datetime]:
        return [race.over_at for race in self._season.races] if self._season is not None else []

    def _rests(self) -> float:
        """While a race runs, everything is planned again every minute, as in the running bot."""
        from_flag = (self._world.true_time() - self._world.story.race.ended).total_seconds()
        return 61.0 if -3 * HOUR < from_flag < HOUR else RESTS_LONG

    def _watched(
        self, compose: Callable[[OutboxRow, Target], Awaitable[Post | None]]
    ) -> Callable[[OutboxRow, Target], Awaitable[Post | None]]:
        watched = super()._watched(compose)

        async def composed(row: OutboxRow, target: Target) -> Post | None:
            self._world.posts[row.mark] = target.channel, row.notification.session
            return await watched(row, target)

        return composed

    async def _closing(self) -> None:
        for task in self._beside:
            task.cancel()
        await asyncio.gather(*self._beside, return_exceptions=True)


async def _nobody_asks(question: object, requester: object) -> object:
    """Stands for what answers questions: nobody asks any here."""
    raise NotImplementedError
