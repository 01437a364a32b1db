"""Crash trials of reminders: the bot is killed while it sends, and what arrived is compared with what was due.

What can go wrong at each single moment is shown in simulated time, thousands of times. A trial here shows what only a
process and a file can: that ``kill -9`` leaves a store from which the next run knows what to send.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import signal
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path

from db.reminders.models import RowState
from tests.wire.reminded import COVERAGE, SETTLED, TALLADEGAS, Scene, outbox, remind_many
from tests.wire.rest import Request
from tests.wire.standin import StandIn
from tests.wire.world import Channel, World

CHANNELS = 50
SPEED = 2.0
DUE = COVERAGE - timedelta(hours=1)
PAUSES = (timedelta(seconds=1), timedelta(minutes=1), timedelta(minutes=4), timedelta(minutes=20))
"""How long the bot is down, on both clocks: before and after Discord has forgotten the nonces."""
STOPPING = 0.25
"""In how many trials the bot is stopping already when it is killed."""
LAST_RUNS = 5
"""How many runs there may be until every reminder is settled; between them the clock is put forward."""
LATER = timedelta(minutes=3)


class Trial:
    """One trial. A seed always gives the same choices, though not the same moment to the millisecond.

    Args:
        seed: of the random choices.
        bundled: the store that it starts from.
        folder: an empty one.
    """

    def __init__(self, seed: int, bundled: Path, folder: Path) -> None:
        self._dice = random.Random(seed)
        self._path = Path(shutil.copy(bundled, folder / "tailgate.db"))
        self._folder = folder

    async def run(self) -> list[str]:
        """Whatever was lost, doubled or otherwise wrong."""
        world = World(CHANNELS)
        await remind_many(self._path, world.channels)
        async with StandIn(world) as standin, Scene(standin, self._path, self._folder) as scene:
            await scene.start(DUE - timedelta(seconds=2), SPEED)
            await self._kill(scene)
            standin.clock.advance(seconds=self._dice.choice(PAUSES).total_seconds())
            for _ in range(LAST_RUNS):
                await self._finish(scene)
                if not self._unsettled(standin):
                    break
                standin.clock.advance(seconds=LATER.total_seconds())
            return [*standin.problems, *self._judged(scene)]

    async def _kill(self, scene: Scene) -> None:
        """Kills the bot at an arbitrary moment after one of its requests."""
        many = self._dice.randint(1, CHANNELS)
        await scene.standin.requests.expect(_nth(many, scene.standin.world.channels))
        if self._dice.random() < STOPPING:
            scene.runs.now.signal(signal.SIGTERM)
        # This sleep waits for nothing: the kill shall come at no particular point of the program.
        await asyncio.sleep(self._dice.uniform(0, 0.05))
        await scene.kill()

    async def _finish(self, scene: Scene) -> None:
        """A run that lasts until it has asked about every channel that was left, and each has its message."""
        standin, left = scene.standin, self._unsettled(scene.standin)
        before = len(standin.requests)
        await scene.start(speed=SPEED, ready=True)
        await asyncio.gather(*(standin.requests.expect(_nth(1, [channel]), after=before) for channel in left))
        await scene.all(*left)
        await standin.quiet()
        await scene.stop()

    def _unsettled(self, standin: StandIn) -> list[Channel]:
        """The channels whose reminder is neither sent nor given up, according to the store."""
        settled = {row.place for row in outbox(self._path, TALLADEGAS) if row.state in SETTLED}
        return [guild.channels[0] for guild in standin.world.guilds if f"g{guild.id}" not in settled]

    def _judged(self, scene: Scene) -> list[str]:
        """Compares what is in the channels with what was due, and with what the store says."""
        rows = {row.place: row for row in outbox(self._path, TALLADEGAS)}
        wrong = []
        for guild in scene.standin.world.guilds:
            row, (channel,) = rows[f"g{guild.id}"], guild.channels
            there = [message for message in scene.messages(channel) if not message.deleted]
            if (row.state, [row.message]) != (RowState.SENT, [message.id for message in there]):
                wrong.append(f"{row.state} as {row.message} ({row.reason}), and there are {len(there)}: {there}")
            elif not any(row.mark in custom_id for custom_id in there[0].custom_ids):
                wrong.append(f"{there[0].id} is not the message of row {row.id}")
        return wrong


def _nth(number: int, channels: Iterable[Channel]) -> Callable[[Request], bool]:
    """Fits the nth request about the messages of one of these channels."""
    paths, left = {f"/channels/{channel.id}/messages" for channel in channels}, number

    def fits(request: Request) -> bool:
        nonlocal left
        left -= request.path in paths
        return left <= 0

    return fits
