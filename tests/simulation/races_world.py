"""One race night lived through: NASCAR's server while a race runs, beside Discord; what each place was shown when."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.outbox.contracts import Post
from db.models import Season
from db.reminders.models import Notification, OutboxRow
from tests.bot.render.reading import text
from tests.simulation.discord_model import Message
from tests.simulation.events import Event
from tests.simulation.feeds_story import FeedWeather
from tests.simulation.process import Process
from tests.simulation.races_process import RaceProcess
from tests.simulation.races_server import RaceNascar
from tests.simulation.races_story import CALM, RaceStory, Results
from tests.simulation.world import World


@dataclass(frozen=True)
class Shown:
    """What a channel showed from a moment on: in which message, of which row, and in which words."""

    at: float
    channel: int
    message: int
    notification: Notification
    text: str


@dataclass(frozen=True)
class Drawn:
    """What a board read from a moment on, and when that was drawn."""

    at: float
    channel: int
    message: int
    drawn: float
    text: str


class RaceWorld(World):
    """Everything that outlives a process.

    Attributes:
        shown: what was to be read on Discord, in order.
        boards: each change of a board.
        edition: of the results that there are; 0 before any.
        imported: when the program was given which edition, in seconds.
        season: as the program read it last.
        faults: what went wrong in the program itself.
        posts: the channel and the kind of post, by mark.
        feed_troubles: from when to when requests to NASCAR met a fate.
    """

    story: RaceStory

    def __init__(
        self, story: RaceStory, folder: Path, template: Path, say: Callable[[str], None] | None = None
    ) -> None:
        super().__init__(story, folder, template, say)
        self.nascar = RaceNascar(story.seed, self.timeline, self.true_time, story.nascar, say=self.say, tale=story.race)
        self.shown: list[Shown] = []
        self.edition = 0
        self.imported: list[tuple[float, int]] = []
        self.season: Season | None = None
        self.faults: list[str] = []
        self.posts: dict[str, tuple[int | None, str]] = {}
        self.feed_troubles: list[tuple[float, float]] = []
        self.boards: list[Drawn] = []
        self.discord.shown = self._note
        self.discord.rewritten = self._note_board

    def true_time(self) -> datetime:
        """What a clock that is right shows."""
        return (self.story.begins + timedelta(seconds=self.timeline.now)).astimezone(UTC)

    @property
    def calm_seconds(self) -> float:
        return CALM

    def _note(self, message: Message, post: Post) -> None:
        row: OutboxRow = post.view.simulated_row  # type: ignore[attr-defined]
        words = text(post.view)
        self.shown.append(Shown(self.timeline.now, message.channel, message.id, row.notification, words))
        self.say(f"channel {message.channel} reads: {' / '.join(words.split(chr(10)))[:150]}")

    def _note_board(self, message: Message, body: Mapping[str, Any], drawn: float) -> None:
        words = "\n".join(_words(body))
        self.boards.append(Drawn(self.timeline.now, message.channel, message.id, drawn, words))

    def _process(self) -> Process:
        return RaceProcess(self, self.path)

    def meet(self, event: Event) -> None:
        match event:
            case FeedWeather():
                self.nascar.meets(event.fate, event.seconds, event.chance, event.only)
                self.feed_troubles.append((self.timeline.now, self.timeline.now + event.seconds))
            case Results():
                self.edition = event.edition
                self._wake()
            case _:
                pass
        super().meet(event)

    def _calm_down(self) -> None:
        self.nascar.weather.clear()
        super()._calm_down()


def _words(body: Any) -> Iterator[str]:
    """All that is to be read in a prepared body, in order."""
    if isinstance(body, Mapping):
        if isinstance(body.get("content"), str):
            yield body["content"]
        for each in body.values():
            yield from _words(each)
    elif isinstance(body, list):
        for each in body:
            yield from _words(each)
