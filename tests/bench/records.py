"""What /records and /track cost beside /standings, each asked first and asked again, as ratios in one run.

Start it at the root of a clone: ``python -m tests.bench.records [--quick]``. The first answer of a kind
reads and computes. Each begins with a bot that has loaded the seasons, as it does soon after its start, and no more.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import statistics
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

from bot.client.tailgate_bot import TailgateBot, extensions
from bot.clock import TravelClock
from bot.questions.core import Question, StandingsQuestion
from bot.questions.history import RecordsQuestion, TrackQuestion
from bot.requester import Requester
from bot.services import Services
from db.bundled import bundled_documents, recent_documents
from db.connection import Store
from db.documents.importer import import_documents
from db.snapshots import Snapshots
from tests.bench.measures import ratio, table

NOW = datetime(2026, 6, 20, 12, tzinfo=UTC)
ASKED: dict[str, Question] = {
    "/standings": StandingsQuestion(),
    "/records": RecordsQuestion(),
    "/records what:wins": RecordsQuestion("wins"),
    "/track talladega": TrackQuestion("talladega-superspeedway"),
}
ROUNDS, QUICK_ROUNDS = 5, 1
AGAIN = 20
"""How often an answer that is kept is asked for in each round."""


async def measured(store: Store, question: Question) -> tuple[float, float]:
    """Seconds of the processor of the first answer by a new bot, and of one of those after it."""
    bot = TailgateBot(Services(store, Snapshots(store), TravelClock(NOW, 0)))
    for extension in extensions():
        await bot.load_extension(extension)
    await bot.router.as_of()
    # As the running bot does once it is ready.
    gc.collect()
    gc.freeze()
    times = []
    for _ in range(AGAIN + 1):
        before = process_time()
        await bot.router.view(question, Requester(1, await bot.router.as_of()))
        times.append(process_time() - before)
    return times[0], statistics.median(times[1:])


async def main(*, quick: bool) -> None:
    documents = recent_documents() if quick else bundled_documents()
    times: dict[str, list[tuple[float, float]]] = {label: [] for label in ASKED}
    with tempfile.TemporaryDirectory() as folder:
        async with await Store.open(Path(folder) / "tailgate.db") as store:
            await import_documents(store, documents, NOW)
            for _ in range(QUICK_ROUNDS if quick else ROUNDS):
                for label, question in ASKED.items():
                    times[label].append(await measured(store, question))
    first = {label: [each for each, _ in taken] for label, taken in times.items()}
    again = {label: [each for _, each in taken] for label, taken in times.items()}
    lines = [
        [label, str(ratio(first[label], first["/standings"])), str(ratio(again[label], again["/standings"]))]
        for label in ASKED
    ]
    sys.stdout.write(table(["answer", "first, x /standings", "again, x /standings"], lines) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="recent seasons, once")
    asyncio.run(main(quick=parser.parse_args().quick))
