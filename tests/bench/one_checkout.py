"""Times the answers of one checkout: ``against.py`` starts it as a process, and says what to time.

It runs with the code of the checkout that is measured, which may be an older one. So it uses little of that code:
questions are asked by the text of a custom id, which every version understands, and what was renamed is searched for.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

EVE_OF_TALLADEGA = datetime(2025, 10, 16, 21, tzinfo=UTC)
"""The bot's time; the race asked about has been run by then, and all quotes have been said."""
SEASON, RACE = 2025, 20
NEXT, STANDINGS = "next", f"standings:{SEASON}:::1"
STANDINGS_AFTER, RECAP = f"standings:{SEASON}:{RACE}::1", f"recap:{SEASON}:{RACE}::1"
DRIVER = "driver:{}::season:1"
DRIVERS = ("corey-heim", "ty-majeski", "matt-crafton", "layne-riggs", "grant-enfinger", "stewart-friesen")
SEARCH = "quote:{}::::1"

ROUTER = ("router", "answers")
AS_OF = ("as_of", "almanac")
REQUESTER = ("bot.requester:Requester", "bot.answers:Asker")
DECODE = ("bot.questions.core:decode", "bot.render.questions:decode")
CLIENT = ("bot.client.tailgate_bot:TailgateBot", "bot.client:TailgateBot")
"""Names of the same thing, the newest first."""


def first_module_attribute(places: tuple[str, ...]) -> Any:
    """The first of some ``module:attribute`` that exists.

    Raises:
        LookupError: none does.
    """
    for place in places:
        module, _, attribute = place.partition(":")
        try:
            return getattr(importlib.import_module(module), attribute)
        except (ModuleNotFoundError, AttributeError):
            continue
    raise LookupError(f"this checkout has none of {', '.join(places)}; where is it now?")


def first_attribute(owner: Any, names: tuple[str, ...]) -> Any:
    """The first of some attributes that exists.

    Raises:
        LookupError: none does.
    """
    for name in names:
        if hasattr(owner, name):
            return getattr(owner, name)
    raise LookupError(f"{type(owner).__name__} has none of {', '.join(names)}; what is it called now?")


class Checkout:
    """The bot of a checkout, not logged in: questions go in at its router, views come out.

    Args:
        bot: with its cogs loaded.
        store: the store behind it.
        season: a document that was imported already, so that importing it again changes nothing.
        searches: how many searches are under way at once, and their words.
        repeats: how often a question is repeated in a row.
    """

    def __init__(self, bot: Any, store: Any, season: Any, searches: list[str], repeats: int) -> None:
        self._store = store
        self._season = season
        self._searches = searches
        self._repeats = repeats
        self._router = first_attribute(bot, ROUTER)
        self._as_of = first_attribute(self._router, AS_OF)
        self._requester = first_module_attribute(REQUESTER)
        self._decode = first_module_attribute(DECODE)
        self._import: Callable[..., Awaitable[Any]] = first_module_attribute(
            ("db.documents.importer:import_documents",)
        )

    def tasks(self) -> dict[str, Callable[[], Awaitable[list[float]]]]:
        """What can be measured; each takes its times in seconds."""
        return {
            "next beside searches": lambda: self._beside_searches(NEXT),
            "standings beside searches": lambda: self._beside_searches(STANDINGS),
            "after an import": self._after_an_import,
            "standings after a race": lambda: self._repeated(STANDINGS_AFTER),
            "recap": lambda: self._repeated(RECAP),
            "driver": lambda: self._repeated(DRIVER.format(DRIVERS[0])),
            "another driver": self._another_driver,
        }

    async def check(self) -> None:
        """Asks everything once, and sees that it is an answer.

        Raises:
            AssertionError: it is not, or importing again changed a fact.
        """
        for text, said in (
            (NEXT, "Talladega"),
            (STANDINGS, f"{SEASON}"),
            (STANDINGS_AFTER, "after race 20, Bristol"),
            (RECAP, "Bristol"),
            *((DRIVER.format(driver), f"{SEASON}") for driver in DRIVERS),
            (SEARCH.format(self._searches[0]), "“"),
        ):
            shown = json.dumps((await self._ask(text)).to_components(), ensure_ascii=False)
            assert said in shown, f"{text} is answered without {said!r}: {shown[:2000]}"
        before = await self._facts()
        await self._import(self._store, [self._season], EVE_OF_TALLADEGA)
        assert await self._facts() == before, "importing the same document again changed a fact"

    async def _ask(self, text: str) -> Any:
        return await self._router.view(self._decode(text), self._requester(1, await self._as_of()))

    async def _timed(self, text: str) -> float:
        begun = time.perf_counter()
        await self._ask(text)
        return time.perf_counter() - begun

    async def _beside_searches(self, text: str) -> list[float]:
        """One answer that is asked for while all searches are under way."""
        requester = self._requester(1, await self._as_of())
        searches = [
            asyncio.create_task(self._router.view(self._decode(SEARCH.format(words)), requester))
            for words in self._searches
        ]
        # One round of the event loop: each search goes as far as its first query, which then runs in a thread or waits.
        await asyncio.sleep(0)
        assert not all(search.done() for search in searches)
        taken = await self._timed(text)
        await asyncio.gather(*searches)
        return [taken]

    async def _after_an_import(self) -> list[float]:
        """The first answer after a document was imported that holds nothing new."""
        await self._ask(STANDINGS)
        await self._import(self._store, [self._season], EVE_OF_TALLADEGA)
        return [await self._timed(STANDINGS)]

    async def _repeated(self, text: str) -> list[float]:
        """The same question again and again, its first answer not counted."""
        await self._ask(text)
        return [await self._timed(text) for _ in range(self._repeats)]

    async def _another_driver(self) -> list[float]:
        """The season and the career of one driver after the other."""
        return [await self._timed(DRIVER.format(driver)) for driver in DRIVERS]

    async def _facts(self) -> list[tuple[Any, ...]]:
        return [
            tuple(row) for table in ("races", "entries", "results") for row in await self._store.fetch(_SELECT[table])
        ]


_SELECT = {name: f"SELECT * FROM {name} ORDER BY id" for name in ("races", "entries")} | {
    "results": "SELECT * FROM results ORDER BY entry_id"
}


async def serve(path: Path, quotes: Path, searches: list[str], repeats: int) -> None:
    """Prepares a store and a bot; then answers each line on standard input, a task, with its times as JSON."""
    from bot.clock import TravelClock
    from bot.services import Services
    from db.bundled import load_if_empty
    from db.connection import Store
    from db.documents.importer import import_documents
    from db.documents.reader import read_file
    from db.snapshots import Snapshots

    root = Path(sys.modules["db"].__file__ or "").parent
    async with await Store.open(path) as store:
        await load_if_empty(store, EVE_OF_TALLADEGA)
        season = read_file(root / "seasons" / f"{SEASON}.json")
        await import_documents(store, [read_file(quotes), season], EVE_OF_TALLADEGA)
        bot = first_module_attribute(CLIENT)(Services(store, Snapshots(store), TravelClock(EVE_OF_TALLADEGA, 0)))
        for cog in sorted((root.parent / "cogs").glob("[!_]*.py")):
            await bot.load_extension(f"cogs.{cog.stem}")
        checkout = Checkout(bot, store, season, searches, repeats)
        await checkout.check()
        tasks = checkout.tasks()
        _say({"root": str(root.parent), "tasks": list(tasks)})
        while line := (await asyncio.to_thread(sys.stdin.readline)).strip():
            _say(await tasks[line]())
        # The bot was never logged in, so there is nothing of it to close.


def _say(content: Any) -> None:
    sys.stdout.write(json.dumps(content) + "\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path, help="where to make a store")
    parser.add_argument("quotes", type=Path, help="a document with quotes to search in")
    parser.add_argument("--repeats", type=int, required=True, help="how often a question is repeated in a row")
    parser.add_argument("searches", nargs="+", help="the words of each search")
    given = parser.parse_args()
    asyncio.run(serve(given.store, given.quotes, given.searches, given.repeats))


if __name__ == "__main__":
    main()
