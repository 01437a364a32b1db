"""What fails when nobody asks for it any more: it is not said to fail for ever, and nothing that was held is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aiohttp import web

from bot.feeds import paths
from bot.feeds.keeper import Keeper
from bot.feeds.planning import given_up
from bot.feeds.politeness import Politeness
from bot.services import Services
from db.feeds.models import FeedDocument
from db.feeds.remembered import Remembered
from db.feeds.rows import load_memory
from db.results_state import ResultsState
from db.snapshots import Snapshots
from tests.bot.feeds.conftest import START, Handler
from tests.bot.feeds.plain import GREEN, document, results
from tests.bot.feeds.test_client import answers
from tests.bot.feeds.test_keeper import LIST, WEEKEND, Scene, scene

__all__ = ["scene"]

LAPS, SESSIONS, TABLE = paths.lap_times(2025, 5504), paths.session_times(2025), paths.standings(2025)


async def drops(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return web.Response()


@pytest.fixture
async def official(scene: Scene) -> Scene:
    """The race is over and official, and everything that there is of it was taken in."""
    scene.translator.extras = True
    scene.clock.moment = GREEN + timedelta(hours=3)
    scene.server.documents |= {WEEKEND: results(state="official"), LAPS: b"[1]"}
    await scene.tick()
    assert await scene.states() == [ResultsState.OFFICIAL]
    return scene


SPOILED: dict[str, Handler | bytes] = {
    "out of reach": drops,
    "refused": answers(403),
    "no data": b"<html>no</html>",
}


@pytest.mark.parametrize("name", SPOILED)
@pytest.mark.parametrize("path", [WEEKEND, LAPS])
async def test_the_last_look_before_a_window_closes_may_fail(official: Scene, path: str, name: str) -> None:
    scene = official
    scene.clock.moment = GREEN + timedelta(days=7)
    whole = scene.server.documents[path]
    scene.server.documents[path] = SPOILED[name]
    if SPOILED[name] == b"<html>no</html>" and path == LAPS:
        # The plain translator reads none; what is wrong with one is the server's word here.
        scene.server.documents[path] = answers(418)
    asked = await scene.tick()
    assert path in asked
    season = await scene.seasons.season(2025)
    assert season is not None
    assert season.freshness.failing_since is not None
    await scene.tick(hours=12)
    # By now nobody asks for it, and a day after the last time nobody says that it fails.
    await scene.tick(days=1)
    assert path not in await scene.tick(days=1)
    season = await scene.seasons.season(2025)
    assert season is not None
    assert season.freshness.failing_since is None
    memory = await load_memory(scene.store)
    assert memory.failures() == []
    assert memory.findings == ()
    assert memory.documents[path].digest is not None
    assert await scene.states() == [ResultsState.OFFICIAL]
    # It is no part of what a program that starts anew would ask for, either.
    scene.server.documents[path] = whole
    await scene.restart()
    assert path not in await scene.tick(days=1)


async def test_a_list_that_failed_last_is_given_up_when_the_season_is(official: Scene) -> None:
    scene = official
    scene.clock.moment = GREEN + timedelta(days=30)
    scene.server.documents[LIST] = answers(500)
    await scene.tick()
    assert [each.path for each in (await load_memory(scene.store)).failures()] == [LIST]
    scene.clock.moment = START.replace(year=2026, month=3)
    scene.server.documents[paths.race_list(2026)] = document(2026)
    await scene.tick()
    await scene.tick(minutes=15)
    assert (await load_memory(scene.store)).failures() == []
    season = await scene.seasons.season(2025)
    assert season is not None
    assert season.freshness.failing_since is None


async def test_what_fails_while_it_is_asked_for_goes_on_failing(official: Scene) -> None:
    scene = official
    scene.server.documents[LIST] = answers(500)
    for _ in range(5):
        await scene.tick(days=1)
        assert [each.path for each in (await load_memory(scene.store)).failures()] == [LIST]


def failed(path: str, **ago: float) -> FeedDocument:
    return FeedDocument(
        path, 2025, START - timedelta(**ago), failing_since=START - timedelta(days=9), problem="is gone"
    )


CASES = {
    "asked for and failing": ([failed("a", days=2)], {"a"}, []),
    "left and failing": ([failed("a", days=2)], {"b"}, ["a"]),
    "asked for by a person today": ([failed("a", hours=23)], set[str](), []),
    "asked for by a person yesterday": ([failed("a", hours=24)], set[str](), ["a"]),
    "asked for by a clock that was wrong": ([failed("a", days=-400)], set[str](), ["a"]),
    "left and well": ([FeedDocument("a", 2025, START - timedelta(days=9))], set[str](), []),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_given_up(name: str) -> None:
    documents, asked_for, paths_given_up = CASES[name]
    assert given_up(documents, asked_for, START) == paths_given_up


async def test_a_table_is_given_up_with_the_last_race_that_is_looked_at(official: Scene) -> None:
    scene = official
    remembered = await Remembered.load(scene.store)
    services = Services(scene.store, Snapshots(scene.store), scene.clock, remembered)
    polite = Politeness(monotonic=scene.clock.monotonic, sleep=scene.clock.sleep)
    keeper = Keeper(services, scene.server.address, scene.translator, differences=lambda *_: [], politeness=polite)
    scene.server.documents[TABLE] = b"<html>no</html>"
    scene.clock.advance(days=6)
    await keeper.tick()
    assert [each.path for each in (await load_memory(scene.store)).failures()] == [TABLE]
    for _ in range(3):
        scene.clock.advance(days=1)
        await keeper.tick()
    await keeper.close()
    memory = await load_memory(scene.store)
    assert (memory.failures(), memory.findings) == ([], ())
