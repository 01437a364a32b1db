"""The line in the member list, and ticks that fail without taking the others along."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from bot.clock import TravelClock
from bot.jobs import schedule
from bot.jobs.schedule import Jobs, presence
from bot.services import Services
from db.models import EASTERN
from db.quotes.drafts import save_typed
from db.quotes.draws import draws_since, save_draw
from tests.patience import PATIENCE
from tests.seasons import bundled_season


def test_the_presence_says_what_is_next_in_eastern_time() -> None:
    race = bundled_season(2025).race(23)
    assert race is not None
    assert presence(race) == "Next: Talladega, Fri Oct 17, 4 PM ET"
    assert presence(replace(race, start=datetime(2025, 10, 17, 23, 45, tzinfo=UTC))).endswith("7:45 PM ET")
    assert presence(replace(race, start=None)) == "Next: Talladega, Fri Oct 17"


def test_a_presence_fits_for_every_race_held() -> None:
    for year in (2023, 2024, 2025, 2026):
        for race in bundled_season(year).races:
            assert len(presence(race)) <= 128


class Bot:
    """Fails to show its presence, as often as it is asked to."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.every_second: list[object] = []
        self.asked = asyncio.Event()

    async def wait_until_ready(self) -> None:
        self.asked.set()
        raise self.error

    def is_ready(self) -> bool:
        return False


class Store:
    """Notes that it was looked after."""

    def __init__(self) -> None:
        self.kept_up = asyncio.Event()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Store]:
        yield self

    async def execute(self, *_: object) -> None:
        self.kept_up.set()

    def watch(self) -> None:
        pass


async def ticked(error: Exception, clock: TravelClock) -> None:
    """Both jobs run once, and the failing one can run again."""
    bot: Any = Bot(error)
    store: Any = Store()
    background = Jobs(bot, Services(store, Any, clock))  # type: ignore[arg-type]
    await background.start()
    try:
        async with asyncio.timeout(PATIENCE):
            await bot.asked.wait()
            await store.kept_up.wait()
        left = {job.name: job for job in background._scheduler._scheduler.get_jobs()}
        assert {"_show_presence", "_keep_up"} <= left.keys()
        await left["_show_presence"].func()
    finally:
        await background.stop()


async def test_a_tick_that_fails_takes_nobody_along(clock: TravelClock, caplog: pytest.LogCaptureFixture) -> None:
    await ticked(RuntimeError("broken"), clock)
    assert [(record.levelno, bool(record.exc_info)) for record in caplog.records] == [(logging.ERROR, True)] * 2


@pytest.mark.parametrize("error", [OSError("no route"), aiohttp.ClientConnectionError("reset"), TimeoutError()])
async def test_a_tick_lost_to_the_network_is_one_line(
    error: Exception, clock: TravelClock, caplog: pytest.LogCaptureFixture
) -> None:
    await ticked(error, clock)
    assert [(record.levelno, record.exc_info) for record in caplog.records] == [(logging.WARNING, None)] * 2
    assert all("failed on the network" in record.message for record in caplog.records)
    assert "\n" not in caplog.records[0].message


async def test_the_first_tick_comes_with_the_start_and_the_next_in_its_time(clock: TravelClock) -> None:
    bot: Any = Bot(OSError())
    background = Jobs(bot, Services(Store(), Any, clock))  # type: ignore[arg-type]
    before = datetime.now(UTC)
    await background.start()
    try:
        waits = {
            job.name: (job.next_run_time - before).total_seconds()
            for job in background._scheduler._scheduler.get_jobs()
        }
    finally:
        await background.stop()
    assert waits.pop("_show_presence") == pytest.approx(300, abs=5)
    assert waits.pop("_keep_up") == pytest.approx(6 * 3600, abs=5)
    assert waits.pop("_watch_store") == pytest.approx(30, abs=5)
    assert waits.pop("_clean_up") == pytest.approx(60, abs=5)
    assert waits.pop("_take_in") == pytest.approx(60, abs=5)
    assert waits.pop("_tick") == pytest.approx(1, abs=5)
    jobs = ("_clean_up", "_keep_up", "_show_presence", "_take_in", "_tick", "_watch_store")
    assert sorted(waits) == [f"first {name}" for name in jobs]
    assert all(wait == pytest.approx(0, abs=5) for wait in waits.values())


async def test_left_servers_are_looked_for_once_the_bot_is_ready_and_then_every_six_hours(
    monkeypatch: pytest.MonkeyPatch, services: Services
) -> None:
    looked: list[datetime] = []
    ready = False

    async def forget_left(*_: object) -> None:
        looked.append(services.clock.now())

    monkeypatch.setattr(schedule, "forget_left", forget_left)
    bot: Any = Bot(OSError())
    monkeypatch.setattr(bot, "is_ready", lambda: ready)
    clock: Any = services.clock
    background = Jobs(bot, services)
    await background._clean_up()
    assert looked == []
    ready = True
    start = clock.now()
    for minutes in (0, 1, 359, 361, 362):
        clock._start = start + timedelta(minutes=minutes)
        await background._clean_up()
    assert [round((moment - start).total_seconds() / 60) for moment in looked] == [0, 361]


async def test_a_store_that_is_removed_is_noticed_though_nobody_writes(services: Services) -> None:
    told: list[str] = []
    services.store.faults.report(told.append, told.append)
    bot: Any = Bot(OSError())
    background = Jobs(bot, services)
    await background._watch_store()
    assert told == []
    services.store.path.unlink()
    await background._watch_store()
    await background._watch_store()
    assert [line.endswith("start it again") for line in told] == [True]


async def test_upkeep_removes_drafts_whose_time_is_up(services: Services) -> None:
    now = services.clock.now()
    for days in (31, 29):
        await save_typed(services.store, 5, {"words": f"{days}"}, now - timedelta(days=days), guild=None)
    bot: Any = Bot(OSError())
    await Jobs(bot, services)._keep_up()
    (row,) = await services.store.fetch("SELECT typed FROM quote_drafts")
    assert row["typed"] == '{"words": "29"}'


async def test_upkeep_forgets_which_quote_went_out_long_ago(services: Services) -> None:
    today = services.clock.now().astimezone(EASTERN).date()
    for days in (61, 60):
        await save_draw(services.store, 1, today - timedelta(days), 1)
    bot: Any = Bot(OSError())
    await Jobs(bot, services)._keep_up()
    assert set(await draws_since(services.store, 1, today - timedelta(99))) == {today - timedelta(60)}
