"""Lives through weekends of the feeds and judges them."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from db.connection import Store
from tests.feeds.taking import refresh
from tests.simulation.feeds_judge import judge_feeds
from tests.simulation.feeds_process import on_the_loop
from tests.simulation.feeds_story import FeedStory, Publish
from tests.simulation.feeds_weekend import EARLIER, GREEN, YEAR, State, documents
from tests.simulation.feeds_world import FeedWorld
from tests.simulation.loop import without_threads
from tests.simulation.night import MEMORY, Nights, in_haste
from tests.simulation.story import Story
from tests.simulation.verdict import Verdict
from tests.simulation.world import World


class FeedNights(Nights):
    """Lives through weekends, one after another; made by ``feed_nights``."""

    since = GREEN - timedelta(days=9)

    def _template(self, story: Story) -> Path:
        """A store that knows the schedule as it is when the story begins, and the race before."""
        state = State()
        for event in story.events:
            if isinstance(event, Publish) and event.at < 0:
                state = state.edited(event.edit)
        schedule = State(state.start, state.sessions)

        async def make(path: Path) -> None:
            served = {each: body for each, body in documents(schedule).items() if body is not None}
            async with await Store.open(path) as store:
                taken = await refresh(store, served, YEAR, [EARLIER], at=self.since)
                assert not taken.refused, taken.refused

        return self._once(schedule, make)

    def _world(self, story: Story, home: Path, own: Path, say: Callable[[str], None] | None) -> World:
        assert isinstance(story, FeedStory)
        # How long one waits after a failure is up to chance.
        random.seed(story.seed)
        return FeedWorld(story, home, own, say)

    def _judge(self, world: World) -> Verdict:
        assert isinstance(world, FeedWorld)
        return judge_feeds(world)


@contextmanager
def feed_nights() -> Iterator[FeedNights]:
    """The way to live through weekends, with files in memory where the machine has a folder for that."""
    where = MEMORY if MEMORY.is_dir() else None
    with (
        without_threads(),
        in_haste(),
        on_the_loop(),
        tempfile.TemporaryDirectory(dir=where, prefix="tailgate-") as folder,
    ):
        yield FeedNights(Path(folder))
