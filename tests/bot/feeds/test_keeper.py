"""The store kept current from a server on this machine: what is asked when, taken in, written and remembered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from bot.feeds import paths
from bot.feeds.keeper import Keeper
from bot.feeds.politeness import Politeness
from bot.services import Services
from db.connection import Store
from db.errors import StoreError
from db.feeds.remembered import Remembered
from db.feeds.rows import load_memory
from db.results_state import ResultsState
from db.snapshots import Snapshots
from tests.bot.feeds.conftest import FeedServer, HandClock
from tests.bot.feeds.plain import GREEN, PlainTranslator, document, race_row, results

LIST, NEXT, WEEKEND = paths.race_list(2025), paths.race_list(2026), paths.weekend(2025, 5504)


class Scene:
    """A bot that keeps its store current; ``restart`` makes a new one on the same file."""

    def __init__(self, store: Store, server: FeedServer, clock: HandClock) -> None:
        self.store, self.server, self.clock = store, server, clock
        self.translator = PlainTranslator()
        self.seasons = Snapshots(store)
        self._keepers: list[Keeper] = []

    async def restart(self) -> None:
        """As after a crash: nothing is closed in good order."""
        for keeper in self._keepers:
            await keeper._client.close()
        self.seasons = Snapshots(self.store)
        remembered = await Remembered.load(self.store)
        self.services = Services(self.store, self.seasons, self.clock, remembered)
        polite = Politeness(remembered.pause, monotonic=self.clock.monotonic, sleep=self.clock.sleep)
        self.keeper = Keeper(self.services, self.server.address, self.translator, politeness=polite)
        self._keepers.append(self.keeper)

    async def tick(self, **later: float) -> list[str]:
        """What is asked for at that much later."""
        self.clock.advance(**later)
        self.server.forget()
        await self.keeper.tick()
        return list(self.server.asked)

    async def states(self) -> list[ResultsState]:
        season = await self.seasons.season(2025)
        assert season is not None
        return [season.results_state(race.round) for race in season.races]

    async def dump(self) -> list[tuple[Any, ...]]:
        """All rows of all tables."""
        names = await self.store.fetch("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        return [
            (name[0], *map(tuple, await self.store.fetch(f'SELECT * FROM "{name[0]}"')))
            for name in names
            if not name[0].startswith("sqlite_")
        ]

    async def close(self) -> None:
        for keeper in self._keepers:
            await keeper._client.close()


@pytest.fixture
async def scene(empty_store: Store, feed_server: FeedServer, hand_clock: HandClock) -> AsyncIterator[Scene]:
    feed_server.documents[LIST] = document(races=[race_row()])
    made = Scene(empty_store, feed_server, hand_clock)
    await made.restart()
    yield made
    await made.close()


async def test_a_season_comes_by_itself_and_then_its_race(scene: Scene) -> None:
    assert await scene.tick() == [LIST, NEXT, WEEKEND]
    assert await scene.states() == [ResultsState.NONE]
    assert await scene.tick(minutes=5) == []
    # The eve of the race: by the hour. The season after this one is not announced, which is asked once a day.
    assert await scene.tick(minutes=55) == [LIST, WEEKEND]
    scene.clock.moment = GREEN + timedelta(hours=3)
    scene.server.documents[WEEKEND] = results()
    assert await scene.tick() == [LIST, NEXT, WEEKEND]
    assert await scene.states() == [ResultsState.UNOFFICIAL]
    assert await scene.tick(minutes=10) == [LIST, WEEKEND]
    scene.server.documents[WEEKEND] = results(state="official")
    await scene.tick(minutes=10)
    assert await scene.states() == [ResultsState.OFFICIAL]
    official = (await load_memory(scene.store)).official
    assert list(official.values()) == [scene.clock.moment.replace(microsecond=0)]
    # A penalty on Tuesday.
    scene.clock.advance(days=4)
    scene.server.documents[WEEKEND] = results(state="official", order=("Ty Majeski", "Corey Heim", "Gio Ruggiero"))
    await scene.tick()
    season = await scene.seasons.season(2025)
    assert season is not None
    assert season.results[1][0].driver == "ty-majeski"
    scene.clock.advance(days=5)
    assert WEEKEND not in await scene.tick()


async def test_the_next_season_appears_by_itself(scene: Scene) -> None:
    await scene.tick()
    scene.server.documents[NEXT] = document(2026, races=[race_row(GREEN + timedelta(days=140), nascar_id=5600)])
    assert await scene.tick(days=1) == [LIST, NEXT, WEEKEND]
    assert await scene.seasons.years() == (2025, 2026)


async def test_what_is_as_it_was_writes_no_row_and_makes_no_season_new(scene: Scene) -> None:
    scene.clock.moment = GREEN
    await scene.tick()
    season, version = await scene.seasons.season(2025), await scene.store.data_version()
    rows = await scene.dump()
    for _ in range(5):
        assert await scene.tick(minutes=10) == [LIST, WEEKEND]
    assert await scene.store.data_version() == version
    assert await scene.dump() == rows
    assert await scene.seasons.season(2025) is season
    # The small print says when it was looked, all the same.
    assert season is not None
    assert season.refreshed is not None
    assert scene.clock.moment - season.refreshed < timedelta(seconds=5)
    assert len(scene.translator.read) == 1


async def test_a_new_etag_on_the_same_content_is_no_news(scene: Scene) -> None:
    scene.server.etags[LIST] = '"one"'
    await scene.tick()
    rows = await scene.dump()
    scene.server.etags[LIST] = '"two"'
    await scene.tick(hours=1)
    assert scene.server.statuses[0] == 200
    assert len(scene.translator.read) == 1
    now = await scene.dump()
    # An hour later it is written when they were asked for, and nothing else.
    assert [row[0] for row, before in zip(now, rows, strict=True) if row != before] == ["feed_documents"]


async def test_a_restart_neither_hammers_nor_forgets(scene: Scene) -> None:
    await scene.tick()
    for _ in range(10):
        await scene.restart()
        assert await scene.tick(seconds=15) == []
    await scene.restart()
    assert await scene.tick(hours=1) == [LIST, WEEKEND]
    assert scene.server.statuses == [304, 403]


async def test_a_crash_loop_on_a_race_night_asks_no_more_than_a_bot_that_runs(scene: Scene) -> None:
    scene.clock.moment = GREEN + timedelta(hours=1)
    await scene.tick()
    asked = 0
    for _ in range(40):
        await scene.restart()
        asked += len(await scene.tick(seconds=30))
    assert asked <= 2 * 2


async def test_a_pause_outlives_a_restart(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    await scene.tick()
    del scene.server.documents[LIST]
    with caplog.at_level(logging.WARNING):
        for _ in range(20):
            await scene.tick(hours=1)
            if scene.services.feeds is not None and scene.services.feeds.pause is not None:
                break
    assert "refused too many requests" in caplog.text
    await scene.restart()
    assert await scene.tick(seconds=90) == []
    assert await scene.tick(minutes=1) != []


async def test_what_cannot_be_used_changes_nothing_and_says_so(scene: Scene) -> None:
    await scene.tick()
    before = await scene.seasons.season(2025)
    for broken in (b"<html>no</html>", b"", b"\xff\xfe", results()[:200], b'{"format": "tailgate/9"}'):
        scene.server.documents[LIST] = broken
        await scene.tick(hours=2)
        assert await scene.seasons.season(2025) is before
    assert before is not None
    assert before.freshness.failing_since is not None
    memory = await load_memory(scene.store)
    (failed,) = memory.failures()
    assert (failed.path, failed.failing_since) == (LIST, before.freshness.failing_since)
    assert [finding.path for finding in memory.findings] == [LIST]
    scene.server.documents[LIST] = document(races=[race_row(laps=90)])
    await scene.tick(hours=2)
    after = await scene.seasons.season(2025)
    assert after is not None
    assert after.races[0].scheduled_laps == 90
    assert after.freshness.failing_since is None
    assert (await load_memory(scene.store)).findings == ()


async def test_a_document_that_contradicts_the_store_is_refused_whole(scene: Scene) -> None:
    await scene.tick()
    twice = [race_row(), race_row(GREEN + timedelta(days=7), number=2)]
    scene.server.documents[LIST] = document(races=twice)
    await scene.tick(hours=2)
    season = await scene.seasons.season(2025)
    assert season is not None
    assert len(season.races) == 1
    assert len((await load_memory(scene.store)).failures()) == 1


async def test_an_older_copy_does_not_replace_a_newer_one(scene: Scene) -> None:
    def dated(body: bytes, date: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request) -> web.StreamResponse:
            del request
            return web.Response(body=body, headers={"Last-Modified": date})

        return answer

    scene.server.documents[LIST] = dated(document(races=[race_row(laps=90)]), "Thu, 16 Oct 2025 20:00:00 GMT")
    await scene.tick()
    scene.server.documents[LIST] = dated(document(races=[race_row(laps=85)]), "Thu, 16 Oct 2025 19:00:00 GMT")
    await scene.tick(hours=2)
    season = await scene.seasons.season(2025)
    assert season is not None
    assert season.races[0].scheduled_laps == 90
    assert "older copy" in str((await load_memory(scene.store)).failures()[0].problem)


async def test_a_server_out_of_reach_is_tried_ever_more_seldom(scene: Scene) -> None:
    async def drops(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    await scene.tick()
    scene.server.documents = dict.fromkeys((LIST, NEXT, WEEKEND), drops)
    scene.clock.moment = GREEN
    tries = [len(await scene.tick(seconds=15)) for _ in range(240)]
    # An hour in steps of 15 seconds: often at first, then every five minutes or so.
    assert tries[0] > 0
    assert sum(tries) < 120
    assert sum(tries[120:]) < 40
    scene.server.documents = {LIST: document(races=[race_row()])}
    assert LIST in await scene.tick(minutes=10)


async def test_one_document_out_of_reach_starves_no_other(scene: Scene) -> None:
    async def busy(request: web.Request) -> web.StreamResponse:
        del request
        return web.Response(status=503)

    await scene.tick()
    scene.server.documents[LIST] = busy
    scene.server.documents[WEEKEND] = results()
    scene.clock.moment = GREEN + timedelta(hours=3)
    await scene.tick()
    # Its race list is known from before, or the weekend waits for it and is not forgotten.
    assert await scene.states() == [ResultsState.UNOFFICIAL]


@pytest.mark.parametrize("step", range(0, 60, 4))
async def test_cut_off_anywhere_it_is_the_old_state_or_the_new_one(scene: Scene, step: int) -> None:
    await scene.tick()
    scene.clock.moment = GREEN + timedelta(hours=3)
    scene.server.documents[WEEKEND] = results()
    scene.server.documents[LIST] = document(races=[race_row(laps=90)])
    ticking = asyncio.create_task(scene.keeper.tick())
    for _ in range(step * 3):
        await asyncio.sleep(0)
    ticking.cancel()
    await asyncio.gather(ticking, return_exceptions=True)
    season = await Snapshots(scene.store).season(2025)
    assert season is not None
    assert len(season.results.get(1, ())) in {0, 3}
    # What was not taken in is asked for again, and taken in then.
    await scene.restart()
    await scene.tick(minutes=11)
    assert await scene.states() == [ResultsState.UNOFFICIAL]
    season = await scene.seasons.season(2025)
    assert season is not None
    assert season.races[0].scheduled_laps == 90


async def test_documents_that_belong_together_are_read_together(scene: Scene) -> None:
    scene.translator.extras = True
    laps = paths.lap_times(2025, 5504)
    scene.server.documents |= {paths.tracks(): b"[]", WEEKEND: results(), laps: b"[]"}
    scene.clock.moment = GREEN + timedelta(hours=3)
    assert await scene.tick() == [LIST, paths.tracks(), NEXT, WEEKEND, laps]
    assert scene.translator.read == [(LIST, paths.tracks()), (WEEKEND, laps, paths.tracks())]
    # The lap times changed: they are read with the weekend, which is as it was.
    scene.server.documents[laps] = b"[1]"
    await scene.tick(hours=1)
    assert scene.translator.read[-1] == (WEEKEND, laps, paths.tracks())
    assert scene.server.asked.count(WEEKEND) == 2
    # The weekend changed: the lap times come along.
    scene.server.documents[WEEKEND] = results(state="official")
    await scene.tick(hours=1)
    assert scene.translator.read[-1] == (WEEKEND, laps, paths.tracks())


async def test_lap_times_that_were_not_there_at_the_green_flag_come_with_the_results(scene: Scene) -> None:
    scene.translator.extras = True
    laps = paths.lap_times(2025, 5504)
    scene.server.documents |= {paths.tracks(): b"[]", WEEKEND: document(races=[race_row()])}
    scene.clock.moment = GREEN + timedelta(minutes=1)
    assert laps in await scene.tick()
    # Nothing is new: once in six hours is often enough.
    assert laps not in await scene.tick(minutes=90)
    scene.server.documents |= {WEEKEND: results(), laps: b"[]"}
    assert [each for each in await scene.tick(minutes=11) if each in {WEEKEND, laps}] == [WEEKEND, laps]
    assert scene.translator.read[-1][:2] == (WEEKEND, laps)


async def test_the_last_fuse(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.feeds.keeper.is_due", lambda *_: True)
    asked = 0
    for _ in range(240):
        asked += len(await scene.tick(seconds=15))
        scene.keeper._politeness._refused.clear()
    assert 250 < asked <= 310


async def test_a_clock_that_is_set_back_stops_nothing(scene: Scene) -> None:
    await scene.tick()
    scene.clock.moment -= timedelta(days=400)
    assert LIST.replace("2025", "2024") in await scene.tick()


async def test_it_knows_what_the_store_holds(scene: Scene) -> None:
    scene.clock.moment = GREEN + timedelta(hours=3)
    scene.server.documents[WEEKEND] = results()
    await scene.tick()
    first, second = scene.translator.known
    assert first.season is None
    assert second.season is not None
    assert "corey-heim" in second.drivers
    assert list(second.tracks) == ["talladega-superspeedway"]


async def test_every_moment_is_written_at_the_end(scene: Scene) -> None:
    await scene.tick()
    await scene.restart()
    await scene.tick(minutes=30)
    scene.clock.advance(minutes=40)
    await scene.keeper.tick()
    asked = scene.services.feeds
    assert asked is not None
    await scene.keeper.close()
    assert dict((await load_memory(scene.store)).documents) == dict(asked.documents)


async def test_a_fault_of_our_own_is_told_like_one_of_a_document(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(scene.translator, "schedule", broken)
    assert LIST in await scene.tick()
    assert await scene.tick(minutes=1) == []
    (failed,) = (await load_memory(scene.store)).failures()
    assert failed.problem == "cannot be read by this version of the program; the log says why"


async def test_a_store_that_cannot_be_written_is_no_reason_to_ask_again_and_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: Any, **__: Any) -> Any:
        raise StoreError("the disk is full")

    monkeypatch.setattr("bot.feeds.intake.import_in_thread", full)
    with pytest.raises(StoreError):
        await scene.tick()
    for _ in range(16):
        assert await scene.tick(seconds=15) == []
    monkeypatch.undo()
    assert LIST in await scene.tick(minutes=2)
    assert await scene.seasons.years() == (2025,)


async def test_a_list_that_cannot_be_used_keeps_no_results_back(scene: Scene) -> None:
    await scene.tick()
    scene.server.documents[LIST] = b"<html>no</html>"
    scene.server.documents[WEEKEND] = results()
    scene.clock.moment = GREEN + timedelta(hours=3)
    await scene.tick()
    assert await scene.states() == [ResultsState.UNOFFICIAL]
