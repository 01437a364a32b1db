"""The program kept current by its keeper, beside the worker that tells what it brings."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast
from unittest import mock

from bot.feeds import planning
from bot.feeds.keeper import FAILED_BEFORE, Keeper
from bot.feeds.nascar import NascarTranslator
from bot.feeds.politeness import LONGEST_PAUSE
from bot.jobs.schedule import FEEDS_SECONDS, FEEDS_TIMEOUT_SECONDS
from bot.outbox.contracts import Post
from bot.outbox.worker import Worker
from bot.seasons.as_of import AsOf, AsOfKeeper
from bot.services import Services
from db.connection import Store
from db.documents import prepared_import
from db.errors import StoreError
from db.feeds.remembered import Remembered
from db.models import Season
from db.reminders.models import NotificationKind, OutboxRow, Target
from db.snapshots import Snapshots
from tests.simulation.feeds_server import ADDRESS
from tests.simulation.feeds_weekend import LIST, YEAR
from tests.simulation.loop import SimulatedLoop
from tests.simulation.process import Process

if TYPE_CHECKING:
    from tests.simulation.feeds_world import FeedWorld

T = TypeVar("T")

WORKS = 0.03
"""Seconds that it takes to read a document in a thread, or to import one."""
PAUSE = "SELECT until FROM feed_pause"
FLOOD = 1200
"""A night with so many requests is lost, and need not be lived through."""
RESTS = 6 * 3600.0
"""The worker is woken when the keeper brings something, and otherwise finds nothing to do for long."""
EVERY = (FAILED_BEFORE, planning.OFTEN, planning.HOURLY, planning.SELDOM, planning.DAILY)
"""How long after it was asked for a document may be asked for again."""


class FeedProcess(Process):
    """The program, from a start to its end.

    Args:
        world: the rest.
        path: the store.
    """

    _world: FeedWorld

    def __init__(self, world: FeedWorld, path: Path) -> None:
        super().__init__(world, path)
        self._seasons: Snapshots | None = None
        self._as_of_keeper = AsOfKeeper()
        self._keeper: Keeper | None = None
        self._feeding: asyncio.Task[None] | None = None
        self._looking: asyncio.Event | None = None
        self._last: Season | None = None

    def _services(self, store: Store) -> Services:
        self._seasons = Snapshots(store)
        return Services(store, self._seasons, self.clock)

    async def _as_of(self) -> AsOf:
        assert self._seasons is not None
        seasons = await self._seasons.all()
        return self._as_of_keeper.at(self.clock.now(), seasons, self._seasons.version)

    def _worker(self, store: Store) -> Worker:
        assert isinstance(self._loop, SimulatedLoop)
        self._loop.writing, self._loop.passes = store._writing, self.moment
        worker = super()._worker(store)
        self._looking = asyncio.Event()
        self._feeding = asyncio.create_task(self._feed())
        return worker

    async def _feed(self) -> None:
        """What the job of the feeds does, every fifteen seconds; where nothing can be due, that many times later."""
        assert self._store is not None
        assert self._looking is not None
        assert self._seasons is not None
        remembered = await Remembered.load(self._store)
        services = Services(self._store, self._seasons, self.clock, remembered)
        self._keeper = Keeper(services, ADDRESS, NascarTranslator())
        self._keeper._politeness._monotonic = self._loop.time
        self._keeper._client._session = self._world.nascar.connected(self)
        # What the last process left behind, before anything is mended.
        await self._look()
        while True:
            self._looking.clear()
            asked, began = len(self._world.nascar.requests), self.clock.now()
            try:
                async with asyncio.timeout(FEEDS_TIMEOUT_SECONDS):
                    await self._keeper.tick()
            except (StoreError, TimeoutError):
                # As the job does: it is looked again the next time.
                asked = -1
            except Exception as error:  # noqa: BLE001 - whatever it is, it is told, and the night goes on
                self._world.faults.append(f"raised: {type(error).__name__}: {error}")
            if self._last is None or asked != len(self._world.nascar.requests):
                await self._look()
            if len(self._world.nascar.requests) > FLOOD:
                self._world.drowns()
                return
            if remembered.pause is not None:
                self._world.waits(remembered.pause.until)
            rests = self._rests_from_asking(self._keeper, began)
            ticks = max(1, math.ceil(rests / FEEDS_SECONDS))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ticks * FEEDS_SECONDS):
                    await self._looking.wait()

    async def _look(self) -> None:
        """Lets the world see what the store holds, and the worker what is new."""
        assert self._seasons is not None
        with contextlib.suppress(StoreError):
            season = await self._seasons.season(YEAR)
            if season is not None and season is not self._last:
                self._last = season
                self._world.holds(season)
                super().wake()

    def _rests_from_asking(self, keeper: Keeper, since: datetime) -> float:
        """For how many seconds nothing can be due that was not ``since`` a look began.

        Neither a document, nor a wait that ends, nor a time of a race.
        """
        now, remembered, asker = self.clock.now(), keeper._remembered, keeper._asker
        if self._last is None or keeper._wanted(now)(LIST, planning.DAILY):
            # Somebody asks too often, or nothing could be got yet.
            return 0.0
        moments = [each.asked_at + every for each in remembered.documents.values() for every in EVERY]
        moments += asker._retry_at.values()
        moments += [keeper._quiet_until] if keeper._quiet_until is not None else []
        moments += [remembered.pause.until] if remembered.pause is not None else []
        for race in self._last.races:
            starts = [each.start for each in race.sessions]
            moments += [race.begins - planning.RACE_WEEK, race.begins - planning.BEFORE_RACE]
            moments += [each + after for each in starts for after in (-planning.BEFORE_SESSION, planning.AFTER_SESSION)]
            ends = planning._ends(race)
            official = remembered.official.get(race.id, race.over_at)
            moments += [ends + planning.AFTER_RACE, ends + planning.OFFICIAL_BY_THEN, ends + planning.UNTIL_OFFICIAL]
            moments += [official + planning.PENALTIES, ends + planning.PENALTIES * 2]
        ahead = [(each - now).total_seconds() for each in moments if each > since]
        return min(ahead, default=RESTS)

    def is_unwelcome(self) -> bool:
        """Whether the store says that NASCAR is not to be asked now; a clock that was set back is no reason."""
        assert self._raw is not None
        until = next((datetime.fromisoformat(row[0]) for row in self._raw.execute(PAUSE)), self.clock.now())
        return self.clock.now() < until <= self.clock.now() + LONGEST_PAUSE

    def wake(self) -> None:
        super().wake()
        if self._looking is not None:
            self._looking.set()

    def _race_ends(self) -> list[datetime]:
        return [race.over_at for race in self._last.races] if self._last is not None else []

    def _rests(self) -> float:
        world = self._world
        return min(RESTS, max((world.ends if world.calm else world.story.seconds) - world.timeline.now, 1.0))

    def _watched(
        self, compose: Callable[[OutboxRow, Target], Awaitable[Post | None]]
    ) -> Callable[[OutboxRow, Target], Awaitable[Post | None]]:
        watched = super()._watched(compose)

        async def composed(row: OutboxRow, target: Target) -> Post | None:
            if row.notification.kind is NotificationKind.CHANGE:
                self._world.starts_told[row.mark] = row.notification.detail.get("to")
            return await watched(row, target)

        return composed

    async def _closing(self) -> None:
        if self._feeding is not None:
            self._feeding.cancel()
            await asyncio.gather(self._feeding, return_exceptions=True)
        if self._keeper is not None:
            with contextlib.suppress(StoreError):
                await self._keeper.close()


@contextlib.contextmanager
def on_the_loop() -> Iterator[None]:
    """Does on the simulated loop what the feeds do in threads: documents are read, and imported, at one instant each.

    Two connections of one thread would wait for each other's transactions for ever; here the second one waits its turn.
    """
    with (
        mock.patch.object(asyncio, "to_thread", _to_no_thread),
        mock.patch.object(asyncio, "run", _at_once),
        mock.patch.object(prepared_import, "_write", _killed_before_it_writes(prepared_import._write)),
    ):
        yield


def _at_once(main: Coroutine[Any, Any, T]) -> T:
    """What an import does on a copy, where nothing ever waits."""
    try:
        main.send(None)
    except StopIteration as done:
        return cast("T", done.value)
    raise AssertionError("an import waits for something")


def _killed_before_it_writes(write: Callable[..., None]) -> Callable[..., None]:
    def writes(*arguments: Any) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, SimulatedLoop)
        loop.passes("writes")
        write(*arguments)

    return writes


async def _to_no_thread(function: Callable[..., T], /, *arguments: Any) -> T:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, SimulatedLoop)
    await asyncio.sleep(WORKS)
    async with loop.writing:
        loop.passes("works")
        result = function(*arguments)
    loop.passes("worked")
    return result
