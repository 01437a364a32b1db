"""One weekend of the feeds lived through: NASCAR beside Discord, and what the store held when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from db.models import Season
from tests.simulation.events import Event
from tests.simulation.feeds_process import FeedProcess
from tests.simulation.feeds_server import Nascar
from tests.simulation.feeds_story import FeedStory, FeedWeather, Publish, StampAnew
from tests.simulation.feeds_weekend import State, Told, documents, held
from tests.simulation.process import Process
from tests.simulation.world import World

LOOKS_AT_ALL = 80 * 60.0
"""In so many seconds around a race everything is looked at."""


class FeedWorld(World):
    """Everything that outlives a process.

    Attributes:
        said: from when NASCAR said what, in seconds.
        seen: from when the store held what, and the season as it was read.
        starts_told: by mark, which start a message about a change tells.
        faults: what went wrong in the program itself.
    """

    story: FeedStory

    def __init__(
        self, story: FeedStory, folder: Path, template: Path, say: Callable[[str], None] | None = None
    ) -> None:
        super().__init__(story, folder, template, say)
        self.nascar = Nascar(story.seed, self.timeline, self.true_time, story.nascar, story.validators, self.say)
        state = State()
        for event in story.events:
            if isinstance(event, Publish) and event.at < 0:
                state = state.edited(event.edit)
        self.said: list[tuple[float, State]] = [(0.0, state)]
        self.nascar.publish(documents(state))
        self.seen: list[tuple[float, Told, Season]] = []
        self.starts_told: dict[str, str | None] = {}
        self.faults: list[str] = []
        self._waits_until = 0.0

    def true_time(self) -> datetime:
        """What a clock that is right shows."""
        return (self.story.begins + timedelta(seconds=self.timeline.now)).astimezone(UTC)

    @property
    def calm_seconds(self) -> float:
        return self.story.calm

    def prolong(self) -> None:
        """What NASCAR refused is asked for hours later; a start or a pause of the process changes little in that."""
        if self.calm:
            self.ends = max(self.ends, self.timeline.now + LOOKS_AT_ALL)

    def waits(self, until: datetime) -> None:
        """NASCAR is not asked until a moment of the process's clock; the night is not over before."""
        self._waits_until = self.timeline.now + (until - self.true_time()).total_seconds() - self.offset
        if self.calm:
            self.ends = max(self.ends, self._waits_until + LOOKS_AT_ALL)

    def _process(self) -> Process:
        return FeedProcess(self, self.path)

    def meet(self, event: Event) -> None:
        match event:
            case Publish() | StampAnew() if event.at < 0:
                return
            case Publish():
                self.said.append((self.timeline.now, self.said[-1][1].edited(event.edit)))
                self.nascar.publish(documents(self.said[-1][1]))
            case StampAnew():
                self.nascar.stamp_anew(event.path)
            case FeedWeather():
                self.nascar.weather.append((self.timeline.now + event.seconds, event.fate, event.chance, event.only))
            case _:
                pass
        super().meet(event)

    def _calm_down(self) -> None:
        self.nascar.weather.clear()
        super()._calm_down()
        self.ends = max(self.ends, self._waits_until + LOOKS_AT_ALL)

    def drowns(self) -> None:
        """The night is over: there is nothing to be learned from it but that too much is asked."""
        self.faults.append(f"too many: {len(self.nascar.requests)} requests; the night was ended")
        self.calm, self.ends = True, self.timeline.now
        self._wake()

    def holds(self, season: Season) -> None:
        """The store holds this from now on."""
        told = held(season)
        if not self.seen or self.seen[-1][1] != told:
            self.say(f"*** holds {told}")
        self.seen.append((self.timeline.now, told, season))
