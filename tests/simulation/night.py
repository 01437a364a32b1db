"""Lives through nights and judges them; finds the fewest events with which a night still goes wrong."""

from __future__ import annotations

import asyncio
import gc
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

from bot.notifications import schedule_planner
from bot.notifications.scheduled_events import RaceEvent, event_version, race_event
from db import connection
from db.models import Race, Season
from db.reminders import plans
from tests.simulation.judge import judge
from tests.simulation.loop import Disk, SimulatedLoop, ThreadlessQueue, Timeline, without_threads
from tests.simulation.places import SINCE, make_template, settle
from tests.simulation.story import Story
from tests.simulation.verdict import Verdict
from tests.simulation.world import World

MEMORY = Path("/dev/shm")


class Nights:
    """Lives through nights, one after another; made by ``nights``.

    Args:
        folder: where the stores lie.
    """

    since = SINCE

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0
        self._made: dict[Any, Path] = {}

    def live(self, story: Story, say: Callable[[str], None] | None = None) -> Verdict:
        """Lives through a night; a program that fails in a way that is none of the story's is wrong as well."""
        self._number += 1
        home = self._folder / str(self._number)
        home.mkdir()
        try:
            own = home / "0.db"
            shutil.copyfile(self._template(story), own)
            at_once(lambda: settle(own, story.places, self.since))
            world = self._world(story, home, own, say)
            try:
                world.live()
            except Exception as error:  # noqa: BLE001 - whatever it is, the other nights go on
                return Verdict(nights=1, wrong=[f"{type(error).__name__}: {error}"])
            return self._judge(world)
        finally:
            shutil.rmtree(home)

    def _template(self, story: Story) -> Path:
        """A store to begin with, made once."""
        del story
        return self._once("template", make_template)

    def _once(self, key: Any, make: Callable[[Path], Awaitable[None]]) -> Path:
        if key not in self._made:
            path = self._folder / f"template{len(self._made)}.db"
            at_once(lambda: make(path))
            self._made[key] = path
        return self._made[key]

    def _world(self, story: Story, home: Path, own: Path, say: Callable[[str], None] | None) -> World:
        return World(story, home, own, say)

    def _judge(self, world: World) -> Verdict:
        return judge(world)


def at_once(work: Callable[[], object]) -> None:
    """Does something in a world of its own, in which nothing else happens."""
    loop = SimulatedLoop(Timeline())
    ThreadlessQueue.disk = Disk(lambda _: None)
    asyncio.set_event_loop(loop)
    loop.run_until_complete(work())  # type: ignore[arg-type]
    loop.close()


@contextmanager
def nights() -> Iterator[Nights]:
    """The way to live through nights, with files in memory where the machine has a folder for that."""
    where = MEMORY if MEMORY.is_dir() else None
    with (
        without_threads(),
        in_haste(),
        _remembering(),
        tempfile.TemporaryDirectory(dir=where, prefix="tailgate-") as folder,
    ):
        yield Nights(Path(folder))


@contextmanager
def in_haste() -> Iterator[None]:
    """Leaves out what costs time and changes nothing: spare readers of the store, and looking for garbage."""
    threshold = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 50)
    with (
        mock.patch.object(connection, "READERS", 1),
        # A crowd's rows are planned in several transactions, as ten thousand servers' are.
        mock.patch.object(plans, "TARGETS_AT_ONCE", 30),
    ):
        try:
            yield
        finally:
            gc.set_threshold(*threshold)
            gc.unfreeze()


@contextmanager
def _remembering() -> Iterator[None]:
    """Computes a value once; it is computed from seasons, of which there are few and which never change."""
    with (
        mock.patch.object(schedule_planner, "race_event", _remembered_event),
        mock.patch.object(schedule_planner, "event_version", _remembered_version),
        mock.patch.object(RaceEvent, "detail", property(_remembered_detail)),
    ):
        yield


_EVENTS: dict[tuple[int, int], tuple[Season, RaceEvent | None]] = {}
_VERSIONS: dict[tuple[int, int], int] = {}
_DETAILS: dict[RaceEvent, dict[str, Any]] = {}
_detail = RaceEvent.detail.fget  # type: ignore[attr-defined]


def _remembered_event(season: Season, race: Race) -> RaceEvent | None:
    # The season is kept beside what was computed, so that no other one gets its number.
    place = id(season), race.round
    if place not in _EVENTS:
        _EVENTS[place] = season, race_event(season, race)
    return _EVENTS[place][1]


def _remembered_version(season: Season, race: Race, event: RaceEvent) -> int:
    place = id(season), race.round
    if place not in _VERSIONS:
        _VERSIONS[place] = event_version(season, race, event)
    return _VERSIONS[place]


def _remembered_detail(event: RaceEvent) -> dict[str, Any]:
    if event not in _DETAILS:
        _DETAILS[event] = _detail(event)
    return _DETAILS[event]


def shrink(nights: Nights, story: Story, faults: frozenset[str]) -> Story:
    """The story with as few events and places as still bring one of these faults."""

    def still(tried: Story) -> bool:
        return bool(nights.live(tried).faults & faults)

    for _ in range(3):
        before = story
        for event in story.events:
            fewer = replace(story, events=tuple(each for each in story.events if each is not event))
            story = fewer if still(fewer) else story
        if len(story.places) > 8:
            # Of many servers, halves first.
            while len(story.places) > 8 and still(
                half := replace(story, places=story.places[: len(story.places) // 2])
            ):
                story = half
        for place in story.places[:12]:
            fewer = replace(story, places=tuple(each for each in story.places if each is not place))
            story = fewer if fewer.places and still(fewer) else story
        if story == before:
            break
    return story
