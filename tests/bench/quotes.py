"""How long a search takes in a store of 50,000 quotes, and the answer where it finds none; the aim is 20 ms.

Start it at the root of a clone: ``python -m tests.bench.quotes [--quick]``; ``docs/speed.md`` says what it measures.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bot.questions.quotes import QuoteQuestion
from bot.quotes.query import join_words, words_of
from bot.quotes.service import search_reply
from bot.requester import Requester
from bot.seasons.as_of import AsOfKeeper
from db.connection import Store
from db.quotes import Found, Reader, match_of, quotes_of_race, random_quote, search
from db.quotes.models import Quote
from db.snapshots import Snapshots
from tests.bench.measures import load, machine, milliseconds, ninetieth, table
from tests.bench.store import Work
from tests.bot.render.reading import text
from tests.stores import AFTER_ALL_RESULTS, copy_bundled

QUOTES, QUICK_QUOTES = 50_000, 2_000
ROUNDS, QUICK_ROUNDS = 50, 2
MOST = 20
"""Milliseconds that a search may take."""

NOW = datetime(2026, 7, 1, tzinfo=UTC)
PAGE = 5
SERVER = 1234567890123456789
RARE = 300
"""One quote in this many contains the rare word."""

COMMON = """
the a we had good was just you know race and guys to it of that in this everybody really great team fast restart
stage pit crew lap bottom top lane speed way tonight today got I my our car track tires so but they were on for
with at he all can do how what when up out back front side by side push draft caution flag checkered win second
"""

ADD = """
INSERT INTO quotes (guild_id, driver_id, speaker, role, words, folded, context, race_id, said_on, added_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '2026-07-01T00:00:00Z')
"""


def sentences(count: int) -> Iterator[str]:
    """Texts of quotes, no two alike; nearly all contain "the truck"."""
    choose, common = random.Random(22), COMMON.split()
    names = [f"{stem}{end}" for stem in ("spoil", "splitt", "track", "wedg", "loos", "tight") for end in range(500)]
    for number in range(count):
        words = [
            choose.choice(common) if choose.random() < 0.9 else choose.choice(names)
            for _ in range(choose.randint(8, 80))
        ]
        words[3:3] = ["the", "truck"] if choose.random() < 0.95 else ["the", "car"]
        if number % RARE == 7:
            words.append("grandmother")
        yield " ".join([*words, str(number)])


def sayings(count: int, drivers: list[Any], races: list[Any]) -> Iterator[tuple[object, ...]]:
    """Rows of quotes: two in three are the operator's, the others one server's."""
    choose = random.Random(23)
    for number, words in enumerate(sentences(count)):
        driver, race = choose.choice(drivers), choose.choice(races)
        yield (
            *(SERVER if number % 3 == 0 else None, driver["id"], driver["name"], "driver, TRICON Garage"),
            *(words, words, "after the race", race["id"], race["date"] if number % 2 else None),
        )


async def fill(store: Store, count: int) -> None:
    """Inserts all quotes in one transaction; the store's triggers index them."""
    drivers = await store.fetch("SELECT id, name FROM drivers ORDER BY id")
    races = await store.fetch("SELECT id, date FROM races WHERE date <= ? ORDER BY id", (NOW.date().isoformat(),))
    async with store.write() as connection:
        await connection.executemany(ADD, sayings(count, drivers, races))


def works(store: Store, count: int) -> list[Work]:
    """The searches, by a reader in the server, and by one on a date at which half of the quotes are not yet known."""
    reader = Reader(SERVER, NOW.date())
    elsewhere, earlier = Reader(1, NOW.date()), Reader(SERVER, date(2024, 9, 1), ((2024, 17),))
    choose = random.Random(7)

    def some(found: Found) -> bool:
        return len(found.quotes) == PAGE

    def work(label: str, words: str | None, *, page: int = 1, who: Reader = reader, **only: Any) -> Work:
        typed = [each.split("/") for each in (words or "").split()]
        match = match_of(typed) if typed else None
        offset = (page - 1) * PAGE if count == QUOTES else 0
        return Work(label, lambda: search(store, who, match, limit=PAGE, offset=offset, words=typed, **only), some)

    return [
        work("a rare word: grandmother", "grandmother"),
        work("two common words: the truck", "the truck"),
        work("… page 50", "the truck", page=50),
        work("… page 400", "the truck", page=400),
        work("… read in another server", "the truck", who=elsewhere),
        work("… half of it not said yet", "the truck", who=earlier),
        work("one common word: the", "the"),
        work("ten common words", "the truck we had was good and we know the"),
        work("a name and a word: heim truck", "heim truck"),
        work("a misspelt name's likely ones: heim/hemric truck", "heim/hemric truck"),
        work("a beginning: tra", "tra"),
        work("a letter: t", "t"),
        work("a race and a word: talladega fast", "talladega fast"),
        work("every word of the race's season: 2025", "2025"),
        work("a driver's, with a word", "truck", driver="corey-heim"),
        work("all, newest first", None),
        work("… page 50", None, page=50),
        work("… half of it not said yet", None, who=earlier),
        work("a driver's, newest first", None, driver="corey-heim"),
        work("a season's, newest first", None, season=2025),
        work("… page 2500", None, page=2500, season=2025),
        Work(
            "one at random", lambda: random_quote(store, reader, 2025, choose), lambda found: isinstance(found, Quote)
        ),
        Work("a race's", lambda: quotes_of_race(store, reader, 2025, 22), lambda found: len(found) > 0),
    ]


async def cards(store: Store) -> list[Work]:
    """Complete answers of /quote without sending them, from the text to the view: a hit, and misses of all kinds."""
    seasons = await Snapshots(store).all()
    requester = Requester(1, AsOfKeeper().at(NOW, seasons), guild=SERVER)

    def card(label: str, words: str, said: str, **only: Any) -> Work:
        question = QuoteQuestion(join_words(words_of(words)), **only)
        return Work(
            f"{label}: {words}", lambda: search_reply(store, requester, question), lambda view: said in text(view)
        )

    none = "No quotes found"
    return [
        card("/quote, found", "the truck", "“"),
        card("/quote, a question", "what did they say about the grandmother", "with “"),
        card("/quote, some of the words", "grandmother wedg7 wedg77 spoil5 tight9 zzzz", "with some of “"),
        card("… six common words", "the truck had just you know zzzz", "with some of “"),
        card("… and a rare one", "crew guys flag win second grandmother zzzz", "with some of “"),
        card("… with a name's typo", "hiem zzzz", "with some of “"),
        card("/quote, none", "zzzz", none),
        card("… two words", "zzzy zzzz", none),
        card("… of a driver", "zzzy zzzz", none, driver="corey-heim"),
        card("… of a season", "zzzy zzzz", none, year=2025),
        card("… 24 letters", " ".join("abcdefghijklmnopqrstuvwx"), "uote"),
    ]


async def measure(count: int, rounds: int) -> str:
    """Runs every search once per round, and reports."""
    before = load()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tailgate-bench-")))
        path = await copy_bundled(folder / "quotes.db", AFTER_ALL_RESULTS)
        store = await stack.enter_async_context(await Store.open(path))
        await fill(store, count)
        todo = [*works(store, count), *await cards(store)]
        for warming in (True, *[False] * rounds):
            for work in todo:
                await work.take()
                if warming:
                    work.times.clear()
    rows = [(work.label, milliseconds(work.times), ninetieth(work.times), _fits(work)) for work in todo]
    heads = ("search", "median ms", "90 % ms", f"under {MOST} ms")
    return f"{count} quotes, {rounds} rounds; {machine(before)}\n\n{table(heads, rows)}"


def _fits(work: Work) -> str:
    slow = sum(time * 1000 >= MOST for time in work.times)
    return "always" if not slow else f"all but {slow} of {len(work.times)}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.quotes", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few quotes and rounds, to see that it runs")
    quick = parser.parse_args().quick
    count, rounds = (QUICK_QUOTES, QUICK_ROUNDS) if quick else (QUOTES, ROUNDS)
    sys.stdout.write(asyncio.run(measure(count, rounds)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
