"""Lives through race nights and judges them."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from db.connection import Store
from db.documents.importer import import_documents
from db.documents.reader import read_bytes
from tests.simulation.loop import without_threads
from tests.simulation.night import MEMORY, Nights, at_once, in_haste
from tests.simulation.races_documents import schedule
from tests.simulation.races_judge import judge_race
from tests.simulation.races_story import RaceStory
from tests.simulation.races_truth import GREEN
from tests.simulation.races_world import RaceWorld
from tests.simulation.story import Story
from tests.simulation.verdict import Verdict
from tests.simulation.world import World


class RaceNights(Nights):
    """Lives through race nights, one after another; made by ``race_nights``."""

    since = GREEN - timedelta(days=4)

    def _template(self, story: Story) -> Path:
        """A store that knows the schedule, with the race as it is planned, and the race before."""
        assert isinstance(story, RaceStory)
        own = self._folder / "schedule.db"
        shutil.copyfile(self._once("empty", _make_empty), own)
        at_once(lambda: _take(own, schedule(story.race)))
        return own

    def _world(self, story: Story, home: Path, own: Path, say: Callable[[str], None] | None) -> World:
        assert isinstance(story, RaceStory)
        # How long one waits after a failure is up to chance.
        random.seed(story.seed)
        return RaceWorld(story, home, own, say)

    def _judge(self, world: World) -> Verdict:
        assert isinstance(world, RaceWorld)
        return judge_race(world)


async def _make_empty(path: Path) -> None:
    async with await Store.open(path):
        pass


async def _take(path: Path, body: bytes) -> None:
    async with await Store.open(path) as store:
        await import_documents(store, [read_bytes(body, "schedule.json")], RaceNights.since)


@contextmanager
def race_nights() -> Iterator[RaceNights]:
    """The way to live through race nights, with files in memory where the machine has a folder for that."""
    where = MEMORY if MEMORY.is_dir() else None
    with (
        without_threads(),
        in_haste(),
        tempfile.TemporaryDirectory(dir=where, prefix="tailgate-") as folder,
    ):
        yield RaceNights(Path(folder))
