"""How fast reminders go out while very many people ask at once, compared with how fast they go out at rest, in one run.

Start it at the root of a clone: ``python -m tests.bench.crowd [--quick]``; ``docs/speed.md`` says what it measures.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import cProfile
import itertools
import pstats
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.outbox.contracts import FoundMessage, Post
from bot.outbox.rate_limit import RATE, RateLimiter
from bot.outbox.worker import Worker
from bot.posting import register_writers
from bot.services import Services
from db.connection import Store
from db.snapshots import Snapshots
from tests.bench.measures import load, machine, table
from tests.bot.interactions.raw import Raw, raw
from tests.bot.outbox.standing import HandClock
from tests.stores import copy_bundled
from tests.wire.reminded import COVERAGE, NOON, remind_many
from tests.wire.rest import EPHEMERAL
from tests.wire.world import Payload, World

TICK = 1.0
AIM = 0.85
DEADLINE = 3.0
"""Seconds that Discord gives an answer."""
DUE = COVERAGE - timedelta(hours=1)
NO_LIMIT = 1e6
STRING = 3

ASKED: tuple[tuple[str, dict[str, str]], ...] = (
    ("quote", {"about": "heim truck"}),
    ("standings", {}),
    ("driver", {"name": "heim"}),
    ("recap", {}),
    ("quote", {"about": "great race"}),
    ("standings", {"after": "bristol"}),
    ("driver", {"name": "honeycut"}),
    ("recap", {"race": "charlotte"}),
)
"""What the people ask for in turns: the command and its options."""


class PromptDiscord:
    """Takes every message at once and remembers only how many there were."""

    patience = 30.0
    ready = True

    def __init__(self) -> None:
        self.sent = 0
        self.reached = asyncio.Event()

    async def clear(self) -> None:
        """There is no limit."""

    async def send(self, channel: int, post: Post, nonce: str) -> int:
        del channel, nonce
        assert post.view.to_components()  # type: ignore[no-untyped-call] # what discord.py does to send it
        self.sent += 1
        self.reached.set()
        return self.sent

    async def edit(self, channel: int, message: int, post: Post) -> None:
        raise NotImplementedError

    async def delete(self, channel: int, message: int) -> None:
        raise NotImplementedError

    async def open(self, user: int) -> int:
        return user

    async def history(self, channel: int, *, after: int | None = None, before: int | None = None) -> list[FoundMessage]:
        del channel, after, before
        return []

    def reads_history(self, channel: int) -> bool | None:
        del channel
        return True


@dataclass
class Phase:
    """What was measured with one size of the crowd."""

    crowd: int
    rates: list[float] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)

    @property
    def share(self) -> float:
        return statistics.median(self.shares)

    def percentile(self, hundredths: int) -> str:
        if len(self.latencies) < 2:
            return ""
        return f"{statistics.quantiles(self.latencies, n=100, method='inclusive')[hundredths - 1] * 1000:.0f}"

    @property
    def label(self) -> str:
        return f"{self.crowd} in flight" if self.crowd else "at rest"

    @property
    def answers(self) -> tuple[str, ...]:
        if not self.latencies:
            return ("",) * 5
        late = sum(each > DEADLINE for each in self.latencies)
        answered, longest = len(self.latencies) / self.seconds, max(self.latencies) * 1000
        return f"{answered:.0f}", self.percentile(50), self.percentile(99), f"{longest:.0f}", str(late)

    def cells(self, at_rest: Phase) -> tuple[str, ...]:
        share = f"{self.share / at_rest.share:.2f}" if at_rest.share else ""
        return self.label, f"{self.rate:.0f}", f"{self.rate / at_rest.rate:.2f}", share, *self.answers


class Crowd:
    """People who each ask again as soon as they are answered."""

    def __init__(self, asking: Raw) -> None:
        self._raw = asking
        self._answered: dict[int, asyncio.Future[float]] = {}
        self._numbers = itertools.count(1 << 40)
        self._payloads = itertools.cycle(self._templates())
        self._going_on = False
        self._left, self._enough = 0, asyncio.Event()
        self.latencies: list[float] = []
        asking.take = self._take  # type: ignore[method-assign]

    def _templates(self) -> Iterator[Payload]:
        for name, options in ASKED:
            given = [{"name": option, "type": STRING, "value": value} for option, value in options.items()]
            yield self._raw.payload(self._raw.command(name, *given))

    async def _take(self, _adapter: Any, route: Any, *_: Any, **given: Any) -> Any:
        body = given["payload"]
        if body["data"].get("flags", 0) & EPHEMERAL:
            raise RuntimeError(f"a question was refused: {body}")
        waiting = self._answered.pop(int(route.webhook_id), None)
        if waiting is not None and not waiting.done():
            waiting.set_result(time.perf_counter())
        return {"interaction": {"id": "5", "type": 2}, "resource": {"type": body["type"]}}

    async def answered(self, many: int) -> None:
        """Returns after so many answers."""
        self._left = many
        self._enough.clear()
        if many:
            await self._enough.wait()

    async def ask(self) -> None:
        """Asks, waits for the answer, and asks again, until nobody asks any more."""
        read = self._raw.bot._connection.parsers["INTERACTION_CREATE"]
        while self._going_on:
            number, payload = next(self._numbers), next(self._payloads)
            data = payload["data"] | {"options": [dict(option) for option in payload["data"]["options"]]}
            answered = asyncio.get_running_loop().create_future()
            self._answered[number] = answered
            begun = time.perf_counter()
            read({**payload, "id": str(number), "data": data})
            self.latencies.append(await answered - begun)
            self._left -= 1
            if not self._left:
                self._enough.set()

    @asynccontextmanager
    async def asking(self, size: int) -> AsyncIterator[None]:
        """So many people ask meanwhile; at the end all get the answer that they still wait for."""
        self._going_on = True
        people = [asyncio.create_task(self.ask()) for _ in range(size)]
        try:
            yield
        finally:
            self._going_on = False
            await asyncio.gather(*people)


async def deliver(worker: Worker, discord: PromptDiscord, rows: int) -> tuple[float, float]:
    """Delivers so many rows; returns how many there were a second, and for each second of the processor."""
    before, begun, used = discord.sent, time.perf_counter(), time.process_time()
    while discord.sent < before + rows:
        taken = discord.sent
        await worker.tick()
        await worker.settled()
        if discord.sent == taken:
            raise RuntimeError("nothing is left to deliver")
    sent = discord.sent - before
    return sent / (time.perf_counter() - begun), sent / (time.process_time() - used)


class Bench:
    """A bot and its worker on a store in which many rows are due, and people who ask.

    Args:
        asking: the bot.
        worker: at Discord's pace.
        hasty: a worker without a limit, on the same store.
        discord: takes what both send.
        scale: how long each phase is.

    Attributes:
        at_pace, at_full_speed, alone: what was measured at Discord's pace, without a limit, and without reminders.
    """

    def __init__(self, asking: Raw, worker: Worker, hasty: Worker, discord: PromptDiscord, scale: Scale) -> None:
        self._crowd, self._discord, self._scale = Crowd(asking), discord, scale
        self._bot, self._worker, self._hasty = asking.bot, worker, hasty
        self.at_pace = [Phase(crowd) for crowd in scale.crowds]
        self.at_full_speed = [Phase(crowd) for crowd in scale.crowds]
        self.alone = [Phase(crowd) for crowd in scale.crowds[1:]]

    async def run(self) -> None:
        for number in range(self._scale.rounds + 1):
            counts = number > 0  # the first round warms up: plans, opens readers, fills caches
            self._bot.answer_in_turns_while(lambda: False, lambda: False)
            for phase in self.alone:
                await self._measure(phase, self._nothing, counts=counts)
            self._bot.answer_in_turns_while(lambda: self._hasty.busy, lambda: self._hasty.behind)
            for phase in self.at_full_speed:
                with _Profile(on=phase.crowd == self._scale.profiled and number == self._scale.rounds):
                    await self._measure(phase, self._at_full_speed, counts=counts)
            self._bot.answer_in_turns_while(lambda: self._worker.busy, lambda: self._worker.behind)
            over = asyncio.Event()
            ticking = asyncio.create_task(self._tick_until(over))
            try:
                for phase in self.at_pace:
                    await self._measure(phase, self._at_pace, counts=counts)
            finally:
                over.set()
                await ticking

    async def _measure(self, phase: Phase, work: Callable[[], Awaitable[tuple[float, float]]], *, counts: bool) -> None:
        latencies = self._crowd.latencies
        async with self._crowd.asking(phase.crowd):
            await self._crowd.answered(phase.crowd)
            if work == self._at_pace:
                await asyncio.sleep(self._scale.settles)
            latencies.clear()
            begun = time.perf_counter()
            rate, share = await work()
            if phase.crowd and len(latencies) < 2:  # as few as there may be in a quick run have no percentiles
                await self._crowd.answered(2)
            seconds, found = time.perf_counter() - begun, latencies[:]
        if counts:
            phase.rates.append(rate)
            phase.shares.append(share)
            phase.latencies += found
            phase.seconds += seconds

    async def _nothing(self) -> tuple[float, float]:
        await asyncio.sleep(self._scale.seconds)
        return 0, 0

    async def _at_full_speed(self) -> tuple[float, float]:
        return await deliver(self._hasty, self._discord, self._scale.rows)

    async def _at_pace(self) -> tuple[float, float]:
        before, begun = self._discord.sent, time.perf_counter()
        self._discord.reached.clear()
        await asyncio.sleep(self._scale.seconds)
        await self._discord.reached.wait()  # a quick phase may be over before the next tick
        return (self._discord.sent - before) / (time.perf_counter() - begun), 0

    async def _tick_until(self, over: asyncio.Event) -> None:
        """Ticks as often as the jobs do, and in the end delivers what is in hand."""
        while not over.is_set():
            await self._worker.tick()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK):
                    await over.wait()
        await self._worker.settled()


@dataclass(frozen=True)
class Scale:
    """How much is measured.

    Args:
        crowds: how many people wait for an answer at any moment; at first nobody.
        rows: the rows of a phase without a limit.
        rounds: how often everything is measured.
        seconds: of a phase at Discord's pace, or without rows.
        settles: seconds after which a delay of the phase before is made up for.
        profiled: the size of the crowd with which it shows where the time goes.
    """

    crowds: tuple[int, ...] = (0, 50, 200)
    rows: int = 300
    rounds: int = 4
    seconds: float = 6.0
    settles: float = 1.5
    profiled: int | None = None

    @property
    def due(self) -> int:
        """How many rows have to be due; a tick takes a hundred, so a phase may deliver a few more than it has to."""
        at_pace = int((self.seconds + self.settles + 8) * RATE)
        return (self.rows + 150 + at_pace) * (self.rounds + 1) * len(self.crowds)


QUICK = Scale(crowds=(0, 5, 20), rows=40, rounds=1, seconds=0.1, settles=0)


async def measure(scale: Scale, folder: Path) -> Bench:
    path = await copy_bundled(folder / "tailgate.db")
    await remind_many(path, World(scale.due).channels)
    async with await Store.open(path) as store:
        clock = HandClock(NOON)
        services = Services(store, Snapshots(store), clock)
        async with raw(services) as asking:
            discord = PromptDiscord()
            worker, hasty = Worker(services, discord, RateLimiter()), Worker(services, discord, RateLimiter(NO_LIMIT))
            for each in (worker, hasty):
                register_writers(each, asking.bot)
                # They begin before anything is due, so that they need not look for what an earlier run has sent.
                await each.tick()
            clock.moment = DUE
            bench = Bench(asking, worker, hasty, discord, scale)
            await bench.run()
            await worker.close(1)
            await hasty.close(1)
    return bench


class _Profile:
    """Shows where the time went, where it is wanted."""

    def __init__(self, *, on: bool) -> None:
        self._profile = cProfile.Profile() if on else None

    def __enter__(self) -> None:
        if self._profile:
            self._profile.enable()

    def __exit__(self, *_: object) -> None:
        if self._profile:
            self._profile.disable()
            for order in ("tottime", "cumtime"):
                pstats.Stats(self._profile, stream=sys.stderr).sort_stats(order).print_stats(50)


HEADS = ("rows a second", "ratio", "by processor", "answers a second", "p50 ms", "p99 ms", "longest ms", "over 3 s")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.crowd", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rows and people, to see that it runs")
    parser.add_argument("--profile", type=int, metavar="N", help="show where the time goes with so many in flight")
    chosen = parser.parse_args()
    scale, before = replace(QUICK if chosen.quick else Scale(), profiled=chosen.profile), load()
    with tempfile.TemporaryDirectory(prefix="tailgate-bench-") as folder:
        bench = asyncio.run(measure(scale, Path(folder)))
    sys.stdout.write(f"{scale.rounds} rounds; {machine(before)}\n\n")
    for what, phases in (("at Discord's pace", bench.at_pace), ("without a limit", bench.at_full_speed)):
        lines = table((f"reminders {what}", *HEADS), [phase.cells(phases[0]) for phase in phases])
        worst = min(phase.rate for phase in phases[1:]) / phases[0].rate
        sys.stdout.write(f"{lines}\n\nlowest ratio {what} {worst:.2f}; the aim is {AIM}\n\n")
    alone = [(f"{phase.label}, nothing due", *phase.answers) for phase in bench.alone]
    sys.stdout.write(f"{table(('no reminders', *HEADS[3:]), alone)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
