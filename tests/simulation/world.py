"""One night lived through: the process, again and again, in a world that goes on without it."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from tests.simulation.discord_model import Discord
from tests.simulation.events import (
    Backup,
    Chat,
    Delay,
    Event,
    Forbid,
    Hide,
    Import,
    Jump,
    Kill,
    NoEvents,
    OffAndOn,
    Outage,
    Stall,
    Stop,
    Weather,
)
from tests.simulation.loop import Crash, Timeline
from tests.simulation.process import STARTS, Process
from tests.simulation.schedule import Schedule, Seasons
from tests.simulation.story import SERVERS, Story

LOOKS_AGAIN = 960.0
"""Scheduled events wait a quarter of an hour for what is in their way."""
PUT_BACK = 61.0
"""Nobody puts a copy back sooner than so many seconds after the program stopped: what was under way has landed."""
CALM = 420.0
"""For so many seconds after a night nothing goes wrong: what can still be put right is, by then."""


class World:
    """Everything that outlives a process.

    Args:
        story: what happens.
        folder: an empty one, on a fast disk.
        template: a store with the quotes in it, made by ``make_template``.
        say: is told what happens, with its time.

    Attributes:
        troubles: (place or None, from, to) of everything that went wrong, in seconds.
        schedules: from when each state of the schedule was known.
        offsets: from when the process's clock was ahead by how much.
        in_doubt: marks of messages that were under way when the process was cut off from the answer, and when that was.
        started_at: when a process was started.
        handed_over: when each message was last handed over to be sent.
        useless: what was handed over to be sent after it had ceased to be of use.
    """

    def __init__(self, story: Story, folder: Path, template: Path, say: Callable[[str], None] | None = None) -> None:
        self.story, self.folder = story, folder
        self.timeline = Timeline()
        self._say = say
        self.troubles: list[tuple[int | None, float, float]] = []
        self.discord = Discord(story, self.timeline, self.trouble, say=self.say)
        self.seasons = Seasons()
        self.schedules: list[tuple[float, Schedule]] = [(0.0, self.seasons.schedule)]
        self.offsets: list[tuple[float, float]] = [(0.0, 0.0)]
        self.in_doubt: dict[str, float] = {}
        self.useless: list[str] = []
        self.handed_over: dict[str, float] = {}
        self.process: Process | None = None
        self.backup: Path | None = None
        self.ends = story.seconds
        self.calm = False
        self.killed: Kill | None = None
        self.restored_at: list[float] = []
        self.started_at: list[float] = []
        self._copies = 0
        self.path = self._copy_to(template)
        for event in story.events:
            self.timeline.at(event.at, lambda event=event: self.meet(event))  # type: ignore[misc]
        self.timeline.at(story.seconds, self._calm_down)

    @property
    def calm_seconds(self) -> float:
        """How long nothing goes wrong after the night."""
        return CALM

    def _process(self) -> Process:
        return Process(self, self.path)

    def say(self, text: str) -> None:
        if self._say is not None:
            moment = self.story.begins + timedelta(seconds=self.timeline.now)
            self._say(f"{moment:%d %H:%M:%S}.{moment.microsecond // 1000:03}  {text}")

    def trouble(self, place: int | None, begins: float, ends: float) -> None:
        self.troubles.append((place, begins, ends))

    @property
    def restored(self) -> bool:
        """Whether an older copy was put back at some time."""
        return bool(self.restored_at)

    @property
    def offset(self) -> float:
        return self.offsets[-1][1]

    def meet(self, event: Event) -> None:  # noqa: C901, PLR0912 - a case each
        """Makes an event happen."""
        now, discord, process = self.timeline.now, self.discord, self.process
        self.say(f"*** {event}")
        match event:
            case Chat():
                discord.chat(event.channel, event.many)
            case Weather():
                discord.weather.append((now + event.seconds, event.kind, event.chance))
            case Delay():
                discord.delays.append((event.nth, event.seconds))
            case Outage():
                discord.unreachable_until = now + event.seconds
                self.trouble(None, now, now + event.seconds)
            case Forbid():
                discord.forbidden[event.channel] = now + event.seconds
                if event.gone:
                    discord.gone.add(event.channel)
                    # That switches it off, until people switch it on again; its events go with that.
                    self.trouble(event.channel, now, float("inf"))
                    self.trouble(event.channel - SERVERS, now, float("inf"))
                # What is refused for a while is tried again later: see the judge.
                self.trouble(event.channel, now, now + event.seconds)
            case Hide():
                discord.hide(event.channel, now + event.seconds)
                self.trouble(event.channel, now, now + event.seconds)
            case OffAndOn():
                # What was due meanwhile is not owed any more, and the rest may be.
                self.trouble(SERVERS + event.guild, now, float("inf"))
                self.trouble(event.guild, now, float("inf"))
                self._switch(event.guild, on=False)
                self.timeline.after(event.seconds, lambda: self._switch(event.guild, on=True))
            case NoEvents():
                (discord.full if event.full else discord.no_events)[event.guild] = now + event.seconds
                self.trouble(event.guild, now, now + event.seconds + LOOKS_AGAIN)
            case Jump():
                self.offsets.append((now, self.offset + event.seconds))
                self._wake()
            case Import():
                self.seasons.edit(event.edit)
                self.schedules.append((now, self.seasons.schedule))
                self._wake()
            case Backup():
                self.backup = self._copy_to(self.path)
            case Stop() | Kill() | Stall() if process is not None:
                process.armed.append([event, getattr(event, "nth", 0)])
                self._wake()

    def _switch(self, guild: int, *, on: bool) -> None:
        if self.process is not None:
            self.process.switch(guild, on=on)

    def _wake(self) -> None:
        if self.process is not None:
            self.process.wake()

    def _calm_down(self) -> None:
        self.calm = True
        self.say("*** calm")
        self.discord.weather.clear()
        self.discord.delays.clear()
        self.discord.unreachable_until = self.discord.limited_until = self.timeline.now
        if self.process is not None:
            self.process.armed.clear()
        self.ends = self.timeline.now + self.calm_seconds

    def doubts(self, mark: str) -> None:
        """From now on nobody knows whether a message has arrived."""
        self.in_doubt.setdefault(mark, self.timeline.now)

    def prolong(self) -> None:
        """Makes the calm last as long as it takes, once it has begun."""
        if self.calm:
            self.ends = max(self.ends, self.timeline.now + self.calm_seconds)

    def _copy_to(self, path: Path) -> Path:
        """The files of a store as they lie, copied to a new place."""
        self._copies += 1
        copy = self.folder / f"{self._copies}.db"
        shutil.copyfile(path, copy)
        with contextlib.suppress(FileNotFoundError):
            shutil.copyfile(f"{path}-wal", f"{copy}-wal")
        return copy

    def live(self) -> None:
        """Lives through the night, to the end of the calm after it."""
        self.trouble(None, 0.0, STARTS)
        while self.timeline.now < self.ends or not self.calm:
            began = self.timeline.now
            self.started_at.append(began)
            self.process = self._process()
            try:
                pause = self.process.run()
            except Crash:
                pause = self._crashed()
            self.process = None
            ended = self.timeline.now
            if self.calm and self.timeline.now >= self.ends:
                break
            self.say(f"*** down for {pause:.0f} s")
            self.timeline.pass_until(ended + pause)
            self.trouble(None, ended, self.timeline.now + STARTS + self.story.told)
            self.prolong()
            assert self.timeline.now > began

    def _crashed(self) -> float:
        assert self.process is not None
        assert self.killed is not None
        event, self.killed = self.killed, None
        self.say(f"*** killed: {event.moment}")
        for mark in self.process.under_way():
            self.doubts(mark)
        copied_from, pause = self.path, event.pause
        if event.restored and self.backup is not None:
            copied_from, pause = self.backup, max(pause, PUT_BACK)
            self.restored_at.append(self.timeline.now)
            self.say("*** the copy is put back")
        self.path = self._copy_to(copied_from)
        self.process.bury()
        if event.elsewhere:
            self.offsets.append((self.timeline.now, self.offset + event.elsewhere))
        return pause
