"""How long the store takes, compared with plainly reading the same files, in one run.

Start it at the root of a clone: ``python -m tests.bench.store [--quick]``; ``docs/speed.md`` says what it measures.
"""

from __future__ import annotations

import argparse
import asyncio
import inspect
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import db
from bot.championship.clinching import needs
from bot.championship.standings import driver_standings, owner_standings
from bot.championship.table import points_table
from db.bundled import bundled_documents, load_if_empty, season_documents
from db.connection import Store
from db.documents.importer import Report, import_documents
from db.documents.reader import read_bytes
from db.people_and_places import load_drivers, load_tracks
from db.racing import load_season
from db.snapshots import Snapshots
from tests.bench.measures import load, machine, milliseconds, ninetieth, ratio, table

ROUNDS, QUICK_ROUNDS = 30, 2
FOLDER = Path(db.__file__).with_name("seasons")
YEAR = 2025
TIGHT = 20
"""A race of that season after which much must be computed: ten drivers, eight spots, one race left in the round."""
NOW = datetime(2026, 7, 1, tzinfo=UTC)


@dataclass
class Work:
    """A task that is done again and again.

    Args:
        label: its line in the table.
        what: does it once; its result is passed to ``fits``.
        fits: whether the result is right; not timed.
        base: the task that it is compared with; None for those that others are compared with.
    """

    label: str
    what: Callable[[], object]
    fits: Callable[[Any], bool]
    base: Work | None = None
    times: list[float] = field(default_factory=list)

    async def take(self) -> None:
        begun = time.perf_counter()
        done = self.what()
        if inspect.isawaitable(done):
            done = await done
        self.times.append(time.perf_counter() - begun)
        if not self.fits(done):
            raise RuntimeError(f"{self.label}: came out as {str(done)[:200]}")

    @property
    def row(self) -> tuple[str, ...]:
        compared = str(ratio(self.times, self.base.times)) if self.base else "1"
        return self.label, milliseconds(self.times), ninetieth(self.times), compared


def read_plainly(*names: str) -> list[object]:
    """The files as JSON, without any validation."""
    documents: list[object] = []
    for name in names:
        with (FOLDER / name).open(encoding="utf-8") as file:
            documents.append(json.load(file))
    return documents


def first_start(folder: Path, stack: AsyncExitStack) -> Callable[[], Awaitable[object]]:
    """Creates a store and loads it; it is closed at the very end, because closing is no part of a start."""
    numbers = count()

    async def start() -> object:
        store = await Store.open(folder / f"{next(numbers)}.db")
        stack.push_async_callback(store.close)
        return await load_if_empty(store, NOW)

    return start


async def works(folder: Path, stack: AsyncExitStack, *, quick: bool) -> list[Work]:
    """All tasks, on two stores with the bundled seasons: one is only read, imports go into the other.

    Quickly, the files of one season are read in place of all.
    """
    store, other = [await stack.enter_async_context(await Store.open(folder / name)) for name in ("a.db", "b.db")]
    for empty in (store, other):
        await load_if_empty(empty, NOW)
    kept = Snapshots(store)
    stored = await kept.season(YEAR)
    assert stored is not None
    content = (FOLDER / f"{YEAR}.json").read_bytes()
    season, years = f"{YEAR}.json", await kept.years()
    names = [season] if quick else sorted(path.name for path in FOLDER.glob("*.json"))
    documents = partial(season_documents, YEAR) if quick else bundled_documents
    cut = driver_standings(stored.through(TIGHT)).standings
    ten = len(cut.current.entered)

    async def one_season() -> object:
        async with store.read() as connection:
            return await load_season(connection, YEAR, await load_drivers(connection), await load_tracks(connection))

    def take_in() -> Awaitable[object]:
        return import_documents(other, [read_bytes(content, season)], NOW)

    def unchanged(report: Report) -> bool:
        total = report.total
        return total.unchanged > 0 == total.created + total.updated

    whole = Work("json.load of all bundled files", lambda: read_plainly(*names), lambda found: len(found) == len(names))
    one = Work(f"json.load of {season}", lambda: read_plainly(season), lambda found: len(found) == 1)
    return [
        whole,
        Work("… read and checked", documents, lambda found: len(found) >= len(names), whole),
        Work("… first start of an empty store", first_start(folder, stack), lambda found: found is not None, whole),
        Work("… all seasons from the store", lambda: Snapshots(store).all(), lambda f: len(f) == len(years), whole),
        one,
        Work(f"… season {YEAR} from the store", one_season, lambda found: found.results == stored.results, one),
        Work(f"… import of {season}, nothing new", take_in, unchanged, one),
        Work("… next question, store unchanged", kept.all, lambda found: found[years.index(YEAR)] is stored, one),
        Work("… season as of a moment", lambda: stored.as_of(NOW.replace(year=YEAR)), lambda f: f.year == YEAR, one),
        Work("… points table of the season", lambda: points_table(stored), lambda found: len(found) > 30, one),
        Work(
            "… picture of the season", lambda: driver_standings(stored), lambda f: f.standings.champion is not None, one
        ),
        Work(
            "… picture of the owners' season",
            lambda: owner_standings(stored),
            lambda f: f.standings.champion == "11",
            one,
        ),
        Work("… what each needs at a cut", lambda: needs(cut), lambda found: len(found) == ten, one),
    ]


async def measure(rounds: int, *, quick: bool) -> str:
    """Runs every task once per round, and reports."""
    before = load()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tailgate-bench-")))
        todo = await works(folder, stack, quick=quick)
        for warming in (*[True] * (not quick), *[False] * rounds):
            for work in todo:
                await work.take()
                if warming:
                    work.times.clear()
    heads = ("work", "median ms", "90 % ms", "× json.load")
    return f"{rounds} rounds; {machine(before)}\n\n{table(heads, [work.row for work in todo])}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.store", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few rounds, to see that it runs")
    quick = parser.parse_args().quick
    sys.stdout.write(asyncio.run(measure(QUICK_ROUNDS if quick else ROUNDS, quick=quick)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
