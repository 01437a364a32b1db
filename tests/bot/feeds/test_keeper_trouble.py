"""The keeper where a document cannot be used, the clock is set back, or far too much would be asked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web

from bot.feeds import keeper as keeping
from bot.feeds import paths
from bot.feeds.keeper import Keeper
from bot.feeds.nascar import NascarTranslator
from bot.feeds.politeness import Politeness
from bot.services import Services
from db.connection import Store
from db.feeds.remembered import Remembered
from db.models import Season
from db.results_state import ResultsState
from db.snapshots import Snapshots
from tests.bot.feeds.conftest import FeedServer, HandClock, Handler
from tests.simulation.feeds_weekend import GREEN, LAP_TIMES, ROUND, WEEKEND, YEAR, State, documents, held, told

RUN = State(entries=1, over=True, listed_over=True)
LATER = timedelta(hours=3)


class Weekend:
    """A bot on the evening of a race, and the NASCAR that it asks."""

    def __init__(self, store: Store, server: FeedServer, clock: HandClock) -> None:
        self.server, self.clock = server, clock
        self.seasons = Snapshots(store)
        self._store = store

    async def start(self) -> None:
        self.remembered = await Remembered.load(self._store)
        services = Services(self._store, self.seasons, self.clock, self.remembered)
        polite = Politeness(monotonic=self.clock.monotonic, sleep=self.clock.sleep)
        self.keeper = Keeper(services, self.server.address, NascarTranslator(), politeness=polite)

    def says(self, state: State) -> None:
        self.server.documents |= {path: body for path, body in documents(state).items() if body is not None}

    async def tick(self, **later: float) -> list[str]:
        """What is asked for at that much later."""
        self.clock.advance(**later)
        self.server.forget()
        await self.keeper.tick()
        return list(self.server.asked)

    async def season(self) -> Season:
        season = await self.seasons.season(YEAR)
        assert season is not None
        return season


@pytest.fixture
async def weekend(empty_store: Store, feed_server: FeedServer, hand_clock: HandClock) -> AsyncIterator[Weekend]:
    hand_clock.moment = GREEN + LATER
    made = Weekend(empty_store, feed_server, hand_clock)
    made.says(RUN)
    await made.start()
    yield made
    await made.keeper.close()


def cut_short(body: bytes) -> Handler:
    """By something in between, which says nothing of it: the validators are those of the whole document."""

    async def handler(_: web.Request) -> web.Response:
        return web.Response(body=body[: len(body) // 2], headers={"ETag": f'"{hash(body):x}"'})

    return handler


def dated(body: bytes, minutes: int) -> Handler:
    """A document that was written so many minutes after the green flag; it comes without a tag."""

    async def handler(request: web.Request) -> web.Response:
        date = format_datetime(GREEN + timedelta(minutes=minutes), usegmt=True)
        if request.headers.get("If-Modified-Since") == date:
            return web.Response(status=304)
        return web.Response(body=body, headers={"Last-Modified": date})

    return handler


async def test_lap_times_that_were_cut_short_are_got_again(weekend: Weekend) -> None:
    await weekend.tick()
    whole = documents(State(entries=1, over=True, timed=True))[LAP_TIMES]
    assert whole is not None
    weekend.server.documents[LAP_TIMES] = cut_short(whole)
    assert LAP_TIMES in await weekend.tick(hours=6)
    assert weekend.remembered.documents[LAP_TIMES].problem == "is cut short"
    assert LAP_TIMES not in await weekend.tick(minutes=10)
    weekend.server.documents[LAP_TIMES] = whole
    assert LAP_TIMES in await weekend.tick(hours=1)
    assert held(await weekend.season()) == told(State(entries=1, over=True, listed_over=True, timed=True))
    assert weekend.remembered.documents[LAP_TIMES].problem is None


async def test_session_times_that_were_cut_short_are_got_again_the_next_day(weekend: Weekend) -> None:
    whole = b'[{"race_id": 5503, "series_id": 3, "run_type": 2, "start_time_utc": "2025-10-31T17:00:00"}]'
    weekend.server.documents[paths.session_times(YEAR)] = cut_short(whole)
    await weekend.tick()
    weekend.server.documents[paths.session_times(YEAR)] = whole
    await weekend.tick(days=1)
    assert [each.kind.value for each in (await weekend.season()).races[2].sessions] == ["qualifying", "race"]


@pytest.mark.parametrize("spoiled", [b"<html>no</html>", b"[[", b"x" * 17_000_000])
async def test_what_comes_beside_a_document_that_cannot_be_used_is_not_got_again_at_once(
    weekend: Weekend, spoiled: bytes
) -> None:
    await weekend.tick()
    weekend.says(State(entries=1, over=True, listed_over=True, timed=True))
    weekend.server.documents[WEEKEND] = spoiled
    asked = await weekend.tick(hours=6)
    for _ in range(38):
        asked += await weekend.tick(seconds=15)
    assert asked.count(LAP_TIMES) == 1
    assert asked.count(WEEKEND) <= 2
    assert "is of no use without" in (weekend.remembered.documents[LAP_TIMES].problem or "")
    weekend.says(RUN)
    assert LAP_TIMES in await weekend.tick(hours=1)
    assert held(await weekend.season()).fastest is not None


@pytest.mark.parametrize("back", [5, 29, 59])
async def test_a_clock_that_is_set_back_makes_no_news_old(weekend: Weekend, back: int) -> None:
    await weekend.tick()
    await weekend.tick(minutes=10)
    weekend.clock.moment -= timedelta(minutes=back)
    await weekend.tick(seconds=15)
    corrected = State(entries=1, over=True, listed_over=True, led=True)
    weekend.says(corrected)
    await weekend.tick(minutes=10)
    assert held(await weekend.season()) == told(corrected)


async def test_results_are_not_lost_by_a_clock_that_is_set_back(weekend: Weekend) -> None:
    weekend.says(State(entries=1))
    weekend.clock.moment = GREEN + timedelta(hours=2, minutes=40)
    await weekend.tick()
    weekend.clock.moment -= timedelta(minutes=20)
    weekend.says(RUN)
    await weekend.tick(minutes=10)
    assert (await weekend.season()).results_state(ROUND) is ResultsState.UNOFFICIAL


async def test_a_document_that_was_written_anew_is_compared_by_its_new_date(weekend: Weekend) -> None:
    first, second = (documents(replaced)[WEEKEND] for replaced in (RUN, State(entries=1, over=True, led=True)))
    assert first is not None
    assert second is not None
    weekend.server.documents[WEEKEND] = dated(first, 160)
    await weekend.tick()
    # NASCAR took a correction back before anybody saw it, and a copy of it comes late.
    weekend.server.documents[WEEKEND] = dated(first, 175)
    await weekend.tick(minutes=10)
    await weekend.tick(minutes=10)
    assert weekend.server.statuses[-1] == 304
    weekend.server.documents[WEEKEND] = dated(second, 170)
    await weekend.tick(minutes=10)
    assert held(await weekend.season()).weekend == told(RUN).weekend


async def test_no_more_is_asked_within_an_hour_than_the_fuse_lets_through(
    weekend: Weekend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "HOURS_BUDGET", 10)
    monkeypatch.setattr(keeping, "is_due", lambda *_: True)
    await weekend.keeper.close()
    await weekend.start()
    asked = [len(await weekend.tick(seconds=15)) for _ in range(200)]
    assert sum(asked) == 10
    assert sum([len(await weekend.tick(seconds=15)) for _ in range(60)]) == 10


async def test_the_fuse_counts_what_redirects_lead_to(weekend: Weekend, monkeypatch: pytest.MonkeyPatch) -> None:
    async def round_and_round(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": request.path})

    monkeypatch.setattr(keeping, "HOURS_BUDGET", 10)
    monkeypatch.setattr(keeping, "is_due", lambda *_: True)
    weekend.server.documents = dict.fromkeys(weekend.server.documents, round_and_round)
    await weekend.keeper.close()
    await weekend.start()
    assert sum([len(await weekend.tick(seconds=15)) for _ in range(100)]) == 10
