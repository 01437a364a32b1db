"""How long one reminder to very many channels takes, compared with the least that Discord's rate limit allows.

Start it at the root of a clone: ``python -m tests.bench.fanout [--quick]``; ``docs/speed.md`` says what it measures.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from db.reminders.models import RowState
from tests.bench.measures import load, machine, memory, processor_seconds, table
from tests.stores import copy_bundled
from tests.wire.limits import EVERYWHERE
from tests.wire.messages import Written
from tests.wire.process import READY
from tests.wire.reminded import COVERAGE, TALLADEGAS, Scene, outbox, remind_many
from tests.wire.standin import StandIn
from tests.wire.world import World

CHANNELS, SPEED, AHEAD = 10_000, 1.0, timedelta(seconds=330)
"""The bot starts earlier than it may begin to send, so it need not ask whether another run has sent anything."""
QUICK = 50, 10.0, timedelta(seconds=15)
DUE = COVERAGE - timedelta(hours=1)
STARTING = 120.0
"""Real seconds until the gateway has announced all servers to the bot."""


@dataclass(frozen=True)
class Figures:
    """One fan-out. Times are in the stand-in's seconds, ``ready`` and ``processor`` in real ones; memory in MiB."""

    messages: int
    lost: int
    doubled: int
    requests: int
    limited: int
    busiest: int
    seconds: float
    first: datetime
    last: datetime
    ready: float
    processor: float | None
    idle_memory: float | None
    most_memory: float | None
    problems: tuple[str, ...]

    @property
    def ideal(self) -> float:
        """Seconds from the first request to the last if the rate limit is used to the full."""
        return (self.messages - 1) / EVERYWHERE

    @property
    def rows(self) -> Sequence[tuple[str, str]]:
        return (
            ("messages due and seen", str(self.messages)),
            ("lost, doubled", f"{self.lost}, {self.doubled}"),
            ("seconds from the first to the last", f"{self.seconds:.1f}"),
            (f"at best, {EVERYWHERE} a second", f"{self.ideal:.1f}"),
            ("× the best", f"{self.seconds / self.ideal:.3f}"),
            ("answered with 429", str(self.limited)),
            ("requests meanwhile", str(self.requests)),
            ("most requests in any second", str(self.busiest)),
            ("first, seconds before it was due", f"{(DUE - self.first).total_seconds():.0f}"),
            ("last, seconds before it was due", f"{(DUE - self.last).total_seconds():.1f}"),
            ("processor seconds", _whole(self.processor)),
            ("MiB when ready", _whole(self.idle_memory)),
            ("MiB at most", _whole(self.most_memory)),
            ("seconds until ready", f"{self.ready:.1f}"),
        )


def _whole(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.0f}"


async def prepared(folder: Path, world: World) -> Path:
    """A store with one server per channel, each with a reminder one hour before coverage."""
    path = await copy_bundled(folder / "tailgate.db")
    await remind_many(path, world.channels)
    return path


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Switches off garbage collection in the stand-in: requests that arrive during one would seem to come at once."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


async def fan_out(channels: int, speed: float, ahead: timedelta, folder: Path) -> Figures:
    """Lets the bot remind the channels and measures it.

    Args:
        channels: how many, one per server.
        speed: seconds of both clocks per real second.
        ahead: how long before the reminder is due the bot is started.
        folder: an empty folder.
    """
    world = World(channels)
    path = await prepared(folder, world)
    async with StandIn(world) as standin, Scene(standin, path, folder, fresh=True) as scene:
        began = time.perf_counter()
        program = await scene.start(DUE - ahead, speed)
        await program.says(READY, deadline=STARTING)
        ready = time.perf_counter() - began
        idle, used = memory(program.id), processor_seconds(program.id)
        with undisturbed():
            await standin.written.expect(lambda _: True, deadline=(ahead.total_seconds() + 60) / speed)
            before = len(standin.requests)
            await _all(standin, (channels / EVERYWHERE * 2 + 60) / speed)
            await standin.quiet()
        used = None if used is None else (processor_seconds(program.id) or 0.0) - used
        most = program.most_memory()
        await scene.stop()
        sent = {row.place for row in outbox(path, TALLADEGAS) if row.state is RowState.SENT}
        seen = Counter(each.guild for each in standin.written)
        posts = [each for each in standin.requests if each.method == "POST" and each.path.endswith("/messages")]
        return Figures(
            messages=len(standin.written),
            lost=sum(not seen[guild.id] or f"g{guild.id}" not in sent for guild in world.guilds),
            doubled=len(standin.written) - len(seen),
            requests=len(standin.requests) - before + 1,
            limited=standin.statuses()[429],
            busiest=standin.limits.busiest,
            seconds=(posts[-1].time - posts[0].time) * speed,
            first=standin.written[0].at,
            last=standin.written[-1].at,
            ready=ready,
            processor=used,
            idle_memory=idle,
            most_memory=most,
            problems=tuple(standin.problems),
        )


async def _all(standin: StandIn, deadline: float) -> None:
    left = {guild.id for guild in standin.world.guilds}

    def none_left(written: Written) -> bool:
        left.discard(written.guild or 0)
        return not left

    await standin.written.expect(none_left, deadline=deadline)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.fanout", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few channels and a fast clock, to see that it runs")
    parser.add_argument("--channels", type=int, default=CHANNELS, help=f"how many channels; {CHANNELS} if not said")
    chosen = parser.parse_args()
    channels, speed, ahead = QUICK if chosen.quick else (chosen.channels, SPEED, AHEAD)
    before, folder = load(), Path(tempfile.mkdtemp(prefix="tailgate-bench-"))
    try:
        figures = asyncio.run(fan_out(channels, speed, ahead, folder))
    finally:
        shutil.rmtree(folder)
    clock = "" if speed == 1 else f", both clocks ×{speed:g}"
    sys.stdout.write(f"{channels} channels{clock}; {machine(before)}\n\n{table(('fan-out', 'figure'), figures.rows)}\n")
    for problem in figures.problems:
        sys.stderr.write(f"Discord would refuse: {problem}\n")
    return 1 if figures.problems or figures.lost or figures.doubled else 0


if __name__ == "__main__":
    sys.exit(main())
