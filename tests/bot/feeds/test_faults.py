"""A race night with a fault of NASCAR's server, over a socket: the old state stays, it is told, and it passes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web

from bot.feeds.client import TOTAL_SECONDS
from db.feeds.rows import load_memory
from db.results_state import ResultsState
from tests.bot.feeds.plain import GREEN, results
from tests.bot.feeds.test_client import answers, broken_gzip, cut_short, drips, drops, noise
from tests.bot.feeds.test_keeper import LIST, NEXT, WEEKEND, Scene, scene

__all__ = ["scene"]

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
HOURS_WORTH = 60
"""Requests within an hour of faults; without any there are twelve."""


async def stale(request: web.Request) -> web.StreamResponse:
    """A copy from before the results that are held, as a server far away may have it."""
    del request
    body = results(order=("Gio Ruggiero", "Ty Majeski", "Corey Heim"))
    return web.Response(body=body, headers={"Last-Modified": "Fri, 17 Oct 2025 01:00:00 GMT"})


def served(body: bytes, kind: str = "application/json") -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        del request
        return web.Response(body=body, headers={"Content-Type": kind, "ETag": f'"{hash(body)}"'})

    return answer


FAULTS: dict[str, tuple[Handler, str]] = {
    "dropped connections": (drops, "could not be got"),
    "a document cut short by the connection": (cut_short, "could not be got"),
    "a document cut short": (served(results()[:-40]), "cut short"),
    "a broken compression": (broken_gzip, "could not be got"),
    "a slow drip": (drips, "took too long"),
    "a stale copy": (stale, "older copy"),
    "null": (served(b"null"), ""),
    "a web page": (served(b"<html>Sorry</html>", "text/html"), ""),
    "another charset": (served(results().decode().encode("utf-16"), "application/json; charset=utf-16"), ""),
    "50 MB of noise": (noise, "larger than"),
    "a redirect elsewhere": (answers(302, Location="https://example.com/a.json"), "another host"),
    "an error of the server": (answers(500), "status 500"),
    "a busy server": (answers(503, Retry_After="30"), "status 503"),
    "gone": (answers(403), "is not there"),
}


async def _held(scene: Scene) -> tuple[ResultsState, str]:
    season = await scene.seasons.season(2025)
    assert season is not None
    return season.results_state(1), season.results[1][0].driver


async def _wait(scene: Scene, seconds: float) -> None:
    """From now on a document may take so long."""
    await scene.keeper._client.close()
    scene.keeper._client._timeout = aiohttp.ClientTimeout(total=seconds)


def _dated(body: bytes) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        del request
        return web.Response(body=body, headers={"Last-Modified": "Fri, 17 Oct 2025 22:00:00 GMT"})

    return answer


@pytest.mark.parametrize("name", FAULTS)
async def test_the_old_state_stays_and_the_new_one_comes_when_it_is_over(scene: Scene, name: str) -> None:
    fault, words = FAULTS[name]
    await scene.tick()
    scene.clock.moment = GREEN + timedelta(hours=3)
    scene.server.documents[WEEKEND] = _dated(results())
    await scene.tick()
    before = await _held(scene)
    assert before == (ResultsState.UNOFFICIAL, "corey-heim")
    scene.server.documents[WEEKEND] = fault
    if fault is drips:
        await _wait(scene, 0.1)
    asked = sum([len(await scene.tick(minutes=5)) for _ in range(12)])
    assert asked <= HOURS_WORTH
    assert await _held(scene) == before
    memory = await load_memory(scene.store)
    (failed,) = (each for each in memory.failures() if each.path == WEEKEND)
    assert words in str(failed.problem)
    assert "\n" not in str(failed.problem)
    await _wait(scene, TOTAL_SECONDS)
    corrected = results(state="official", order=("Ty Majeski", "Corey Heim", "Gio Ruggiero"))
    scene.server.documents[WEEKEND] = corrected
    await scene.tick(minutes=10)
    assert await _held(scene) == (ResultsState.OFFICIAL, "ty-majeski")
    assert (await load_memory(scene.store)).failures() == []


async def test_a_storm_of_refusals_ends_in_a_pause_and_then_in_the_new_state(scene: Scene) -> None:
    await scene.tick()
    scene.clock.moment = GREEN + timedelta(hours=3)
    scene.server.documents[WEEKEND] = results()
    await scene.tick()
    before, documents = await _held(scene), dict(scene.server.documents)
    scene.server.documents = dict.fromkeys((LIST, NEXT, WEEKEND), answers(403))
    asked = [len(await scene.tick(minutes=1)) for _ in range(180)]
    memory = await load_memory(scene.store)
    assert memory.pause is not None
    assert sum(asked) <= HOURS_WORTH
    assert await _held(scene) == before
    scene.server.documents = documents | {WEEKEND: results(state="official")}
    scene.clock.moment = memory.pause.until + timedelta(minutes=1)
    await scene.tick()
    assert await _held(scene) == (ResultsState.OFFICIAL, "corey-heim")
