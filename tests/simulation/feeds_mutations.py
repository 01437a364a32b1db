"""Ways to break what keeps the data current that a reader would think of; a weekend of the feeds must catch each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import aiohttp

from bot.feeds import asking, importing, intake, keeper, planning, politeness
from bot.feeds.asking import Asker, Got
from bot.feeds.client import FeedClient
from bot.feeds.politeness import Politeness
from bot.notifications import results_planner
from db.documents.importer import Counts
from db.documents.reader import Document
from db.feeds import remembered
from db.feeds.models import FeedPause
from db.feeds.remembered import Remembered
from db.reminders import plans
from tests.simulation.mutations import Mutation, Patch, _sql


def _remembers_before_it_imports() -> Sequence[Patch]:
    ask = Asker.ask

    async def hasty(self: Asker, path: str, season: int | None, **how: Any) -> Got | None:
        got = await ask(self, path, season, **how)
        if got is not None and got.digest is not None:
            self._remembered.taken(path, season, self._now(), got.digest, got.etag, got.last_modified)
            await self._remembered.save()
        return got

    return [mock.patch.object(Asker, "ask", hasty)]


def _takes_an_older_copy() -> Sequence[Patch]:
    return [mock.patch.object(asking, "_is_older", return_value=False)]


def _asks_at_each_look() -> Sequence[Patch]:
    return [mock.patch.object(keeper, "is_due", return_value=True)]


def _asks_without_end() -> Sequence[Patch]:
    return [*_asks_at_each_look(), mock.patch.object(Politeness, "_count", return_value=None)]


def _tells_what_came_late() -> Sequence[Patch]:
    return [mock.patch.object(results_planner, "_fills_a_gap", return_value=False)]


def _takes_no_refusal() -> Sequence[Patch]:
    return [mock.patch.object(politeness, "UNWELCOME", 10**6)]


def _forgets_the_pause() -> Sequence[Patch]:
    started = Politeness.__init__

    def anew(self: Politeness, _: FeedPause | None = None, **how: Any) -> None:
        started(self, None, **how)

    return [mock.patch.object(Politeness, "__init__", anew)]


def _imports_by_halves() -> Sequence[Patch]:
    """Each part of a document goes into the store by itself."""
    whole = importing.import_in_thread

    async def halves(path: Path, documents: Sequence[Document], now: datetime) -> tuple[Counts, list[str]]:
        counts, told = Counts(), list[str]()
        for document in documents:
            for part, lines in document.sections.items():
                more, lines_told = await whole(path, [replace(document, sections={part: lines})], now)
                counts.add(more)
                told += lines_told
        return counts, told

    return [mock.patch.object(intake, "import_in_thread", halves)]


def _forgets_since_when_it_is_official() -> Sequence[Patch]:
    async def note(*_: Any) -> None:
        return None

    return [mock.patch.object(Remembered, "note_official", note)]


def _waits_for_the_word() -> Sequence[Patch]:
    return [mock.patch.object(planning, "_to_be_judged", return_value=False)]


def _does_not_pace() -> Sequence[Patch]:
    return [mock.patch.object(politeness, "SECONDS_APART", 0.0)]


def _follows_anywhere() -> Sequence[Patch]:
    return [mock.patch.object(FeedClient, "_redirected", lambda _self, _path, _url, location: location)]


def _swallows_anything() -> Sequence[Patch]:
    async def body(_self: FeedClient, _path: str, response: aiohttp.ClientResponse) -> bytes:
        return b"".join([chunk async for chunk in response.content.iter_chunked(2**16)])

    return [mock.patch.object(FeedClient, "_body", body)]


def _believes_the_clock() -> Sequence[Patch]:
    """What is got after the clock was set back is older than what was got before."""
    return [
        mock.patch.object(asking, "SET_BACK", timedelta(0)),
        mock.patch.object(remembered, "SET_BACK", timedelta(0)),
    ]


def _corrects_only_what_it_sent() -> Sequence[Patch]:
    """What was found after an older copy was put back is not corrected once it is two days old."""
    return [_sql(plans, "WANTED", "(o.tried_at IS NOT NULL OR o.state = 'sent')", "o.tried_at IS NOT NULL")]


def _looks_seldom() -> Sequence[Patch]:
    return [mock.patch.object(planning, "OFTEN", planning.HOURLY)]


FEED_MUTATIONS: dict[str, Mutation] = {
    "remember before import": Mutation(
        "a document counts as taken in once it was got", _remembers_before_it_imports, 3528
    ),
    "take an older copy": Mutation("what the server made before is taken for news", _takes_an_older_copy, 785),
    "ask at each look": Mutation("everything is asked for every fifteen seconds", _asks_at_each_look, 1008),
    "no budget": Mutation("the same, and nothing ends it", _asks_without_end, 1008),
    "tell what came late": Mutation("results of the day before yesterday are sent", _tells_what_came_late, 16),
    "no pause": Mutation("refusals make no difference", _takes_no_refusal, 1917),
    "forget the pause": Mutation("a new process knows of no pause", _forgets_the_pause, 12),
    "import by halves": Mutation("a document goes into the store part by part", _imports_by_halves, 2085),
    "forget the official moment": Mutation(
        "nobody knows since when results are official", _forgets_since_when_it_is_official, 449
    ),
    "wait for the word": Mutation("results are official only if NASCAR says so", _waits_for_the_word, 2292),
    "no pace": Mutation("one request follows the other at once", _does_not_pace, 1008),
    "follow anywhere": Mutation("a redirect leads to another host", _follows_anywhere, 394),
    "swallow anything": Mutation("a document may be as large as it likes", _swallows_anything, 389),
    "believe the clock": Mutation("a clock that was set back makes news old", _believes_the_clock, 2724),
    "correct what was sent": Mutation(
        "what was found and not sent is not corrected", _corrects_only_what_it_sent, 1357
    ),
    "look seldom": Mutation("around a race it is looked by the hour", _looks_seldom, 1008),
}
