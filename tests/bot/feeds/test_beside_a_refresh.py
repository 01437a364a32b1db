"""A bot that runs and a `refresh` beside it on one store: one asks at a time, and each knows what the other found."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from pathlib import Path

import pytest

from bot.feeds import paths
from bot.feeds.politeness import Politeness
from bot.feeds.refresh import Refresh, Summary, Wish
from bot.feeds.sole_asker import SoleAsker
from bot.services import Services
from db.connection import Store
from db.errors import StoreError
from db.feeds.models import FeedPause
from db.feeds.remembered import Remembered
from db.feeds.rows import load_memory
from db.results_state import ResultsState
from db.snapshots import Snapshots
from tests.bot.feeds.plain import GREEN, document, race_row, results
from tests.bot.feeds.test_client import answers
from tests.bot.feeds.test_keeper import LIST, NEXT, WEEKEND, Scene, scene

__all__ = ["scene"]

SEASON = Wish((2025,))


async def refresher(scene: Scene, told: list[str] | None = None) -> Refresh:
    """Another program on the same store, with a store of its own."""
    other = await Store.open(scene.store.path)
    remembered = await Remembered.load(other)
    services = Services(other, Snapshots(other, whole=True), scene.clock, remembered)
    polite = Politeness(remembered.pause, monotonic=scene.clock.monotonic, sleep=scene.clock.sleep)
    waits = (told if told is not None else []).append
    return Refresh(
        services,
        scene.server.address,
        scene.translator,
        politeness=polite,
        sleep=scene.clock.sleep,
        told_to_wait=lambda: waits("waits"),
    )


async def refresh(scene: Scene, wish: Wish = SEASON) -> Summary:
    made = await refresher(scene)
    try:
        async with made as refreshing:
            return await refreshing.run(wish, lambda *_: None)
    finally:
        await made._services.store.close()


async def test_the_bot_asks_for_nothing_while_a_refresh_does(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    made = await refresher(scene)
    with caplog.at_level(logging.INFO):
        async with made:
            for _ in range(3):
                assert await scene.tick(hours=1) == []
    await made._services.store.close()
    assert caplog.text.count("a refresh asks NASCAR's feeds just now") == 1
    assert LIST in await scene.tick()


async def test_a_refresh_begins_when_the_bot_is_done(scene: Scene) -> None:
    bot, told = SoleAsker(scene.store.path), list[str]()
    assert bot.take()
    made = await refresher(scene, told)
    entering = asyncio.create_task(made.__aenter__())
    for _ in range(10):
        await asyncio.sleep(0)
    assert len(scene.clock.slept) > 2
    assert (told, entering.done()) == (["waits"], False)
    bot.leave()
    await entering
    assert not bot.take()
    await made.__aexit__()
    assert bot.take()
    bot.leave()
    await made._services.store.close()


async def test_the_first_and_the_last_request_of_a_refresh_are_a_second_from_those_of_the_bot(scene: Scene) -> None:
    await scene.tick()
    at = scene.clock.ticks
    summary = await refresh(scene)
    # One second before each request, and one after the last.
    assert scene.clock.ticks - at >= summary.asked + 1


async def test_what_a_refresh_found_the_bot_knows_and_forgets_when_it_is_over(scene: Scene) -> None:
    await scene.tick()
    scene.clock.moment = GREEN + timedelta(hours=3)
    scene.server.documents[WEEKEND] = b'["race 1: shrinks from 30 rows to 2"]'
    await refresh(scene)
    assert len((await load_memory(scene.store)).findings) == 1
    # The bot does not ask again for what has just been asked for.
    assert WEEKEND not in await scene.tick(minutes=5)
    assert scene.services.feeds is not None
    assert [each.line for each in scene.services.feeds.findings] == ["race 1: shrinks from 30 rows to 2"]
    scene.server.documents[WEEKEND] = results()
    await scene.tick(minutes=10)
    assert await scene.states() == [ResultsState.UNOFFICIAL]
    assert (await load_memory(scene.store)).findings == ()


async def test_what_is_official_since_a_refresh_is_official_for_the_bot(scene: Scene) -> None:
    await scene.tick()
    scene.clock.moment = GREEN + timedelta(hours=20)
    scene.server.documents[WEEKEND] = results(state="official")
    await refresh(scene)
    await scene.tick()
    assert scene.services.feeds is not None
    assert scene.services.feeds.official == (await load_memory(scene.store)).official != {}
    # And by the day from now on.
    assert WEEKEND not in await scene.tick(hours=3)
    season = await scene.seasons.season(2025)
    assert season is not None
    assert season.refreshed is not None


async def test_a_pause_that_begins_in_a_refresh_is_the_bots_and_its_end_too(scene: Scene) -> None:
    await scene.tick()
    scene.server.documents = {}
    scene.clock.advance(minutes=20)
    for _ in range(2):
        await refresh(scene, Wish(tuple(range(2018, 2026))))
    pause = (await load_memory(scene.store)).pause
    assert pause is not None
    assert pause.until > scene.clock.moment + timedelta(minutes=30)
    assert await scene.tick(minutes=20) == []
    scene.server.documents = {LIST: document(races=[race_row(laps=90)])}
    scene.clock.moment = pause.until
    assert LIST in await scene.tick()


async def test_a_list_that_a_refresh_took_in_is_not_read_in_its_old_form(scene: Scene) -> None:
    scene.server.documents |= {NEXT: document(2026), WEEKEND: results()}
    scene.clock.moment = GREEN + timedelta(hours=3)
    await scene.tick()
    scene.server.documents[LIST] = document(races=[race_row(laps=90)])
    scene.clock.advance(minutes=20)
    await refresh(scene)
    scene.server.documents[WEEKEND] = results(state="official")
    asked = await scene.tick(minutes=10)
    # By its new content, which the bot has never seen.
    assert LIST in asked
    held = scene.keeper._intake._bodies[LIST].fetched.body
    assert held == scene.server.documents[LIST]


async def test_what_the_bot_has_not_written_yet_outlives_what_a_refresh_writes(scene: Scene) -> None:
    scene.clock.moment = GREEN
    await scene.tick()
    await scene.tick(minutes=10)
    assert scene.services.feeds is not None
    known = scene.services.feeds.documents[LIST]
    assert known.asked_at > (await load_memory(scene.store)).documents[LIST].asked_at
    scene.server.documents[paths.race_list(2024)] = document(2024)
    await refresh(scene, Wish((2024,)))
    await scene.tick(seconds=15)
    assert scene.services.feeds.documents[LIST] == known
    assert paths.race_list(2024) in scene.services.feeds.documents


async def test_one_program_at_a_time_whatever_becomes_of_it(scene: Scene) -> None:
    scene.server.documents[LIST] = answers(500)
    made = await refresher(scene)
    with pytest.raises(ZeroDivisionError):
        async with made:
            raise ZeroDivisionError
    await made._services.store.close()
    assert LIST in await scene.tick()
    ticking = asyncio.create_task(scene.keeper.tick())
    scene.clock.advance(hours=1)
    await asyncio.sleep(0)
    ticking.cancel()
    await asyncio.gather(ticking, return_exceptions=True)
    assert SoleAsker(scene.store.path).take()


async def test_a_lock_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    file = tmp_path / "no folder"
    file.touch()
    with pytest.raises(StoreError) as caught:
        SoleAsker(file / "t.db").take()
    assert "\n" not in str(caught.value)
    assert "cannot be" in str(caught.value)


async def test_a_pause_that_another_program_ended_is_over_here(scene: Scene) -> None:
    assert scene.services.feeds is not None
    scene.services.feeds.pause = scene.keeper._politeness.pause = FeedPause(scene.clock.moment, 3)
    await scene.services.feeds.save()
    other = await Remembered.load(scene.store)
    other.pause = None
    await other.save()
    await scene.tick()
    assert scene.services.feeds.pause is None
    assert scene.keeper._politeness.pause is None
