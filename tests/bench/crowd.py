"""How fast reminders go out while very many people ask at once, compared with how fast they go out at rest, in one run.

Start it at the root of a clone: ``python -m tests.bench.crowd [--quick]``; ``docs/speed.md`` says what it measures.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import itertools
import pstats
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.app import register_writers
from bot.clock import TravelClock
from bot.outbox.contracts import FoundMessage, Post
from bot.outbox.rate_limit import RateLimiter
from bot.outbox.worker import Worker
from bot.services import Services
from db.bundled import load_if_empty
from db.connection import Store
from db.snapshots import Snapshots
from tests.bench.measures import load, machine, table
from tests.bot.interactions.raw import Raw, raw
from tests.wire.reminded import COVERAGE, NOON, remind_many
from tests.wire.rest import EPHEMERAL
from tests.wire.world import Payload, World

CROWDS = (0, 50, 200)
"""How many people wait for an answer at any moment."""
ROWS, ROUNDS = 300, 4
QUICK_ROWS, QUICK_ROUNDS = 40, 1
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

    async def clear(self) -> None:
        """There is no limit."""

    async def send(self, channel: int, post: Post, nonce: str) -> int:
        del channel, nonce
        assert post.view.to_components()  # type: ignore[no-untyped-call] # what discord.py does to send it
        self.sent += 1
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

    def cells(self, at_rest: Phase) -> tuple[str, ...]:
        late = sum(each > DEADLINE for each in self.latencies)
        answered = f"{len(self.latencies) / self.seconds:.0f}" if self.crowd else ""
        return (
            f"{self.crowd} in flight" if self.crowd else "at rest",
            f"{self.rate:.0f}",
            f"{self.rate / at_rest.rate:.2f}",
            f"{self.share / at_rest.share:.2f}",
            answered,
            self.percentile(50),
            self.percentile(99),
            f"{max(self.latencies) * 1000:.0f}" if self.latencies else "",
            str(late) if self.crowd else "",
        )


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
        others = asyncio.all_tasks()
        self._going_on = True
        people = [asyncio.create_task(self.ask()) for _ in range(size)]
        try:
            yield
        finally:
            self._going_on = False
            await asyncio.gather(*people)
            while left := asyncio.all_tasks() - others:
                await asyncio.wait(left)


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


async def measure(rows: int, rounds: int, folder: Path, profile: int | None) -> list[Phase]:
    path = folder / "tailgate.db"
    async with await Store.open(path) as store:
        await load_if_empty(store, NOON)
    # A tick takes a hundred rows, so a phase may deliver a few more than it has to.
    await remind_many(path, World((rows + 150) * (rounds + 1) * len(CROWDS)).channels)
    phases = [Phase(crowd) for crowd in CROWDS]
    async with await Store.open(path) as store:
        services = Services(store, Snapshots(store), TravelClock(DUE, 0))
        async with raw(services) as asking:
            discord = PromptDiscord()
            worker = Worker(services, discord, RateLimiter(NO_LIMIT))
            register_writers(worker, asking.bot)
            crowd = Crowd(asking)
            for number in range(rounds + 1):
                for phase in phases:
                    async with crowd.asking(phase.crowd):
                        await crowd.answered(phase.crowd)
                        crowd.latencies.clear()
                        begun = time.perf_counter()
                        with _Profile(on=profile == phase.crowd and number == rounds):
                            rate, share = await deliver(worker, discord, rows)
                        seconds, latencies = time.perf_counter() - begun, crowd.latencies[:]
                    if number:  # the first round warms up: plans, opens readers, fills caches
                        phase.rates.append(rate)
                        phase.shares.append(share)
                        phase.latencies += latencies
                        phase.seconds += seconds
            await worker.close(1)
    return phases


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


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.crowd", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rows, to see that it runs")
    parser.add_argument("--profile", type=int, metavar="N", help="show where the time goes with so many in flight")
    chosen = parser.parse_args()
    rows, rounds = (QUICK_ROWS, QUICK_ROUNDS) if chosen.quick else (ROWS, ROUNDS)
    before = load()
    with tempfile.TemporaryDirectory(prefix="tailgate-bench-") as folder:
        phases = asyncio.run(measure(rows, rounds, Path(folder), chosen.profile))
    heads = (
        "reminders",
        "rows a second",
        "ratio",
        "by processor",
        "answers a second",
        "p50 ms",
        "p99 ms",
        "longest ms",
        "over 3 s",
    )
    cells = [phase.cells(phases[0]) for phase in phases]
    worst = min(phase.rate for phase in phases) / phases[0].rate
    sys.stdout.write(f"{rounds} rounds of {rows} rows each; {machine(before)}\n\n{table(heads, cells)}\n\n")
    sys.stdout.write(f"lowest ratio {worst:.2f}; the aim is {AIM}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
