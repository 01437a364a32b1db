"""Lives through nights and judges them; finds the fewest events with which a night still goes wrong."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tests.simulation.judge import Verdict, judge
from tests.simulation.loop import Disk, SimulatedLoop, ThreadlessQueue, Timeline, without_threads
from tests.simulation.places import SINCE, make_template, settle
from tests.simulation.story import Story
from tests.simulation.world import World

MEMORY = Path("/dev/shm")


class Nights:
    """Lives through nights, one after another; made by ``nights``.

    Args:
        folder: where the stores lie.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.db"
        _at_once(lambda: make_template(self._template))
        self._number = 0

    def live(self, story: Story, say: Callable[[str], None] | None = None) -> Verdict:
        """Lives through a night; a program that fails in a way that is none of the story's is wrong as well."""
        self._number += 1
        home = self._folder / str(self._number)
        home.mkdir()
        try:
            own = home / "0.db"
            shutil.copyfile(self._template, own)
            _at_once(lambda: settle(own, story.places, SINCE))
            world = World(story, home, own, say)
            try:
                world.live()
            except Exception as error:  # noqa: BLE001 - whatever it is, the other nights go on
                return Verdict(nights=1, wrong=[f"{type(error).__name__}: {error}"])
            return judge(world)
        finally:
            shutil.rmtree(home)


def _at_once(work: Callable[[], object]) -> None:
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
    with without_threads(), tempfile.TemporaryDirectory(dir=where, prefix="tailgate-") as folder:
        yield Nights(Path(folder))


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
