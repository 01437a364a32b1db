"""What it costs to take in a season from NASCAR's feeds, as ratios in one run; the fetching itself is left out.

Start it at the root of a clone: ``python -m tests.bench.feeds [--quick]``; ``docs/speed.md`` says what it measures.
"""

from __future__ import annotations

import argparse
import asyncio
import copy
import gc
import hashlib
import itertools
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, ClassVar
from unittest.mock import patch

import db
from bot.client.tailgate_bot import TailgateBot, extensions
from bot.clock import TravelClock
from bot.feeds.asking import Asker, Got
from bot.feeds.fetched import Fetched
from bot.feeds.intake import Intake, Outcome
from bot.feeds.nascar import NascarTranslator
from bot.questions.core import DriverQuestion, NextQuestion, Question, ResultsQuestion, StandingsQuestion
from bot.requester import Requester
from bot.services import Services
from db.bundled import bundled_documents, season_documents
from db.connection import Store
from db.documents import prepared_import
from db.documents.importer import import_documents
from db.documents.reader import read_bytes
from db.feeds.remembered import Remembered
from db.snapshots import Snapshots
from tests.bench.measures import load, machine, milliseconds, ratio, table
from tests.bench.one_import import Watch
from tests.feeds import fake_nascar

YEAR = 2025
NOW = datetime(2025, 12, 1, 17, tzinfo=UTC)
"""The season is over, and all of its weekends are official."""
ROUNDS, QUICK_ROUNDS = 10, 1
ANSWER_ROUNDS = 2
SECONDS_APART, QUICK_SECONDS_APART = 1.0, 0.002
"""Between two documents while answers are timed: a second, as in truth."""
ANSWERS_APART, QUICK_ANSWERS_APART = 0.1, 0.01
"""Seconds from one question to the next, whether the one before is answered or not."""
FEW = 4
TAKEN_IN_LAST = 1.0
"""Seconds at the end of a refresh in which it is taken in, after everything has been fetched."""
ASKED: tuple[Question, ...] = (
    StandingsQuestion(),
    DriverQuestion("corey-heim"),
    NextQuestion(),
    ResultsQuestion(),
    StandingsQuestion(after=3),
)
FILE = f"{YEAR}.json"
CONTENT = Path(db.__file__).with_name("seasons").joinpath(FILE).read_bytes()
Served = Mapping[str, bytes]
DOCUMENT, SEASON, WEEKEND = f"import of {FILE}", "the race list and its weekends", "one weekend"
NOTHING_NEW, CORRECTED = "… again, of other bytes that say the same", "… again, each weekend with a correction"


class Shelf(Asker):
    """Has every document at hand, as if it had just been fetched."""

    def __init__(self, served: Served, apart: float = 0.0) -> None:
        self._served = served
        self._apart = apart

    async def ask(self, path: str, season: int | None, **_: bool) -> Got | None:
        del season
        await asyncio.sleep(self._apart)
        body = self._served.get(path)
        digest = hashlib.sha256(body).hexdigest() if body is not None else None
        return Got(Fetched(path, body, NOW), digest)


class Watched(sqlite3.Connection):
    """A connection that notes for how many seconds, by the clock and of its thread, it kept others from writing."""

    held: ClassVar[list[tuple[float, float]]] = []
    _begun = (0.0, 0.0)

    def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        cursor = super().execute(sql, *parameters)
        if sql == "BEGIN IMMEDIATE":
            self._begun = time.perf_counter(), time.thread_time()
        return cursor

    def commit(self) -> None:
        super().commit()
        begun, spent = self._begun
        self.held.append((time.perf_counter() - begun, time.thread_time() - spent))


def connect_watched(path: Path, mode: str = "ro") -> sqlite3.Connection:
    address = f"{path.resolve().as_uri()}?mode={mode}"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, factory=Watched)
    connection.row_factory = sqlite3.Row
    return connection


class Bench:
    """Stores to begin with, and a season as NASCAR serves it.

    Args:
        folder: for the stores.
        quick: hold no other season, and of this one only the first races.
    """

    def __init__(self, folder: Path, *, quick: bool) -> None:
        self._folder = folder
        self._quick = quick
        self._copies = itertools.count()
        season = copy.deepcopy(fake_nascar.season(YEAR))
        season.races = season.races[: FEW if quick else None]
        self.served = season.documents()
        # The same facts in other bytes, as when a field is added that nobody reads.
        self.reworded = {path: body + b"\n" for path, body in self.served.items()}
        for weekend in season.weekends.values():
            for row in weekend["results"] if weekend else ():
                row["sponsor"] += "Co."
        self.corrected = season.documents()

    async def prepare(self) -> None:
        """Makes a store with everything but the season, and one that holds it as the feeds told it."""
        if self._quick:
            documents = [each for each in season_documents(YEAR) if each.file != FILE]
        else:
            words = {"quotes.json", "recaps.json", FILE}
            documents = [each for each in bundled_documents() if each.file not in words]
        async with await Store.open(self._folder / "without.db") as store:
            await import_documents(store, documents, NOW - timedelta(days=1))
        path = self.copy_of("without")
        async with opened(path) as services:
            await take_in(services, self.served)
        path.rename(self._folder / "held.db")

    def copy_of(self, name: str) -> Path:
        """A new store like one of the two."""
        path = self._folder / f"{next(self._copies)}.db"
        shutil.copy(self._folder / f"{name}.db", path)
        return path


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[Services]:
    """What a bot needs that runs on a store and has read its seasons."""
    async with await Store.open(path) as store:
        services = Services(store, Snapshots(store), TravelClock(NOW, 0), await Remembered.load(store))
        await services.seasons.all()
        yield services


async def take_in(services: Services, served: Served, apart: float = 0.0, *, races: int | None = None) -> Outcome:
    """Takes in the season's schedule, and then its weekends, all of them or some of the first."""
    assert services.feeds is not None
    intake = Intake(services, Shelf(served, apart), services.feeds, NascarTranslator())
    outcome = await intake.schedule(YEAR, timedelta(0), _wanted) if races is None else Outcome()
    season = await services.seasons.season(YEAR)
    assert season is not None
    bundles = [await intake.gather(YEAR, race, timedelta(0), _wanted) for race in season.races[:races]]
    outcome.add(await intake.take_races([bundle for bundle in bundles if bundle is not None]))
    if outcome.refused:
        raise RuntimeError(f"refused: {outcome.refused[0]}")
    return outcome


def _wanted(path: str, every: timedelta) -> bool:
    del path, every
    return True


class Timed:
    """What one piece of work took, round by round.

    Attributes:
        clock, processor: seconds.
        held: the longest for which others could not write, by the clock and of the processor.
    """

    def __init__(self) -> None:
        self.clock: list[float] = []
        self.processor: list[float] = []
        self.held: list[tuple[float, float]] = []

    async def take(self, services: Services, work: Callable[[], Awaitable[object]]) -> None:
        Watched.held = [(0.0, 0.0)]
        watch = Watch(services.store)
        # As the running bot does once it is ready.
        gc.collect()
        gc.freeze()
        begun, spent = time.perf_counter(), time.process_time()
        await work()
        self.processor.append(time.process_time() - spent)
        self.clock.append(time.perf_counter() - begun)
        gc.unfreeze()
        self.held.append(max(*Watched.held, *((each, each) for each in watch.writing)))

    def row(self, label: str, base: Timed) -> tuple[str, ...]:
        by_clock, by_processor = ([each[which] for each in self.held] for which in (0, 1))
        return (
            label,
            milliseconds(self.processor),
            "1" if base is self else str(ratio(self.processor, base.processor)),
            "1" if base is self else str(ratio(self.clock, base.clock)),
            milliseconds(by_clock),
            f"{max(by_clock) * 1000:.0f}",
            milliseconds(by_processor),
        )


async def import_file(store: Store) -> None:
    await import_documents(store, [read_bytes(CONTENT, FILE)], NOW)


async def costs(bench: Bench, rounds: int) -> str:
    """What taking in costs beside an import of the season's own document, both into a store that lacks the season."""
    timed = {label: Timed() for label in (DOCUMENT, SEASON, NOTHING_NEW, CORRECTED, WEEKEND)}
    for _ in range(rounds):
        async with opened(bench.copy_of("without")) as services:
            await timed[DOCUMENT].take(services, partial(import_file, services.store))
        async with opened(bench.copy_of("without")) as services:
            await timed[SEASON].take(services, partial(take_in, services, bench.served))
            held = await services.seasons.season(YEAR)
            await timed[NOTHING_NEW].take(services, partial(take_in, services, bench.reworded))
            if await services.seasons.season(YEAR) is not held:
                raise RuntimeError("the same facts made the season a new one")
            await timed[CORRECTED].take(services, partial(take_in, services, bench.corrected))
            if await services.seasons.season(YEAR) is held:
                raise RuntimeError("a correction changed nothing")
        async with opened(bench.copy_of("held")) as services:
            await timed[WEEKEND].take(services, partial(take_in, services, bench.corrected, races=1))
    heads = ("taken in", "processor ms", "× import", "by the clock", "writer held ms", "at most", "of the processor")
    return table(heads, [each.row(label, timed[DOCUMENT]) for label, each in timed.items()])


@dataclass(frozen=True, order=True)
class Waited:
    """For how long an answer was waited for.

    Attributes:
        due: when it was asked for.
        clock: seconds from then on.
        processor: seconds of the processor that the program used meanwhile, for whatever; what others on the machine do
            is not in it.
    """

    due: float
    clock: float
    processor: float


@dataclass
class Answers:
    """The answers that were given.

    Attributes:
        every: seconds from one question to the next.
        at_rest: while nothing was refreshed.
        refreshed: while a season was.
        taken_in: those of them in the last second, in which it is taken in.
        held: for how long others could not write meanwhile, as ``Watched`` notes it.
    """

    every: float
    at_rest: list[Waited] = field(default_factory=list)
    refreshed: list[Waited] = field(default_factory=list)
    taken_in: list[Waited] = field(default_factory=list)
    held: list[tuple[float, float]] = field(default_factory=list)

    async def round(self, services: Services, served: Served, apart: float) -> None:
        """Asks for as long as the weekends of the season are corrected, and then once more for as long."""
        bot = TailgateBot(services)
        for extension in extensions():
            await bot.load_extension(extension)
        # Whatever is asked has been asked before, and the bot is ready.
        for question in ASKED:
            await bot.router.view(question, Requester(1, await bot.router.as_of()))
        gc.collect()
        gc.freeze()
        Watched.held = []
        begun = time.perf_counter()
        refreshing = asyncio.create_task(take_in(services, served, apart))
        asked = await self._ask(bot, refreshing)
        seconds = time.perf_counter() - begun
        if not refreshing.result().counts.updated:
            raise RuntimeError("the refresh brought nothing")
        self.held += Watched.held
        self.refreshed += asked
        self.taken_in += [each for each in asked if each.due >= asked[-1].due - TAKEN_IN_LAST]
        self.at_rest += await self._ask(bot, asyncio.create_task(asyncio.sleep(seconds)))
        gc.unfreeze()

    async def _ask(self, bot: TailgateBot, running: asyncio.Task[Any]) -> list[Waited]:
        """Asks one question after the other while something runs; the answers in the order in which they were due."""
        found: list[Waited] = []
        waiting: list[asyncio.Task[None]] = []
        begun = time.perf_counter()

        async def answer(question: Question, due: float, spent: float) -> None:
            await bot.router.view(question, Requester(1, await bot.router.as_of()))
            found.append(Waited(due, time.perf_counter() - due, time.process_time() - spent))

        spent = time.process_time()
        for number, question in enumerate(itertools.cycle(ASKED)):
            due = begun + number * self.every
            if due > time.perf_counter():
                await asyncio.sleep(due - time.perf_counter())
                spent = time.process_time()
            else:
                await asyncio.sleep(0)
            if running.done():
                break
            waiting.append(asyncio.create_task(answer(question, due, spent)))
        await asyncio.gather(running, *waiting)
        return sorted(found)

    def table(self) -> str:
        lines = {
            "at rest": self.at_rest,
            "while a season is refreshed": self.refreshed,
            "… its last second": self.taken_in,
        }
        rows = []
        for label, waited in lines.items():
            cells = [label, str(len(waited))]
            for which in ("clock", "processor"):
                times, usual = ([getattr(each, which) for each in some] for some in (waited, self.at_rest))
                late = percentile(times, 99)
                cells += [milliseconds(times), milliseconds([late]), milliseconds([max(times)])]
                cells.append(f"{late / percentile(usual, 99):.2f}")
            rows.append(cells)
        heads = ("answers", "how many", "p50 ms", "p99 ms", "longest ms", "p99 × at rest")
        by_processor = ("processor p50 ms", "p99 ms", "longest ms", "p99 × at rest")
        longest = max(by_clock for by_clock, _ in self.held) * 1000
        return f"{table((*heads, *by_processor), rows)}\n\nMeanwhile the writer was held for {longest:.0f} ms at most."


async def answers(bench: Bench, rounds: int, apart: float, every: float) -> str:
    """How long answers take at rest and while each weekend of the season is corrected."""
    timed = Answers(every)
    for _ in range(rounds):
        async with opened(bench.copy_of("held")) as services:
            await timed.round(services, bench.corrected, apart)
    return timed.table()


def percentile(times: Sequence[float], which: int) -> float:
    return statistics.quantiles(times, n=100, method="inclusive")[which - 1] if len(times) > 1 else times[0]


async def main(*, quick: bool) -> None:
    before = load()
    with (
        tempfile.TemporaryDirectory(prefix="tailgate-bench-") as folder,
        patch.object(prepared_import, "connect_now", connect_watched),
    ):
        bench = Bench(Path(folder), quick=quick)
        await bench.prepare()
        rounds = QUICK_ROUNDS if quick else ROUNDS
        costing = await costs(bench, rounds)
        if quick:
            answering = await answers(bench, QUICK_ROUNDS, QUICK_SECONDS_APART, QUICK_ANSWERS_APART)
        else:
            answering = await answers(bench, ANSWER_ROUNDS, SECONDS_APART, ANSWERS_APART)
    sys.stdout.write(f"{rounds} rounds; {machine(before)}\n\n{costing}\n\n{answering}\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.bench.feeds", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few rounds, to see that it runs")
    asyncio.run(main(quick=parser.parse_args().quick))
