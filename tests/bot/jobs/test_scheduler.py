"""Scheduler: each on its own, one at a time, cut off when they hang, waited for at the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo

import pytest
from apscheduler.schedulers import base

from bot.jobs import scheduler
from bot.jobs.scheduler import Scheduler
from db.errors import FileFault, StoreError
from tests.patience import PATIENCE


async def test_a_tick_that_hangs_is_cut_off_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    ticks, cut, others = Scheduler(), asyncio.Event(), asyncio.Event()

    async def hangs() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cut.set()

    async def goes_on() -> None:
        others.set()

    ticks.every(3600, hangs, timeout=0.05)
    ticks.every(3600, goes_on)
    ticks.start()
    async with asyncio.timeout(PATIENCE):
        await others.wait()
        await cut.wait()
    await ticks.stop()
    assert [(record.levelno, "TimeoutError" in record.message) for record in caplog.records] == [
        (logging.WARNING, True)
    ]


async def test_work_is_never_done_twice_at_once(caplog: pytest.LogCaptureFixture) -> None:
    ticks, begun, go = Scheduler(), [], asyncio.Event()
    twice = asyncio.Event()

    async def work() -> None:
        begun.append(1)
        if len(begun) == 2:
            twice.set()
        await go.wait()

    ticks.every(3600, work)
    ticks.start()
    tick = next(job.func for job in ticks._scheduler.get_jobs() if job.name == "work")
    while not begun:  # noqa: ASYNC110 - it begins with the scheduler
        await asyncio.sleep(0)
    await tick()
    assert len(begun) == 1
    go.set()
    await asyncio.gather(*ticks._running)
    await tick()
    assert twice.is_set()
    await ticks.stop()
    assert caplog.records == []


async def test_a_fault_of_the_store_is_told_by_the_store(caplog: pytest.LogCaptureFixture) -> None:
    ticks, tried = Scheduler(), asyncio.Event()

    async def work() -> None:
        tried.set()
        raise StoreError("t.db is damaged", FileFault.DAMAGED)

    ticks.every(3600, work)
    ticks.start()
    async with asyncio.timeout(PATIENCE):
        await tried.wait()
    await asyncio.gather(*ticks._running)
    await ticks.stop()
    assert caplog.records == []


async def test_the_end_waits_for_what_is_cut_short() -> None:
    """It may be in the middle of a transaction, and the store is closed next."""
    ticks, begun, ended = Scheduler(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.shield(asyncio.sleep(0.01))
            ended.set()

    ticks.every(3600, work)
    ticks.start()
    async with asyncio.timeout(PATIENCE):
        await begun.wait()
        await ticks.stop()
    assert ended.is_set()
    await ticks.stop()


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Sets the machine's clock, as the scheduler sees it, so far from the right time."""

    def set_to(offset: timedelta) -> None:
        class Moved(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
                return datetime.now(tz) + offset

        monkeypatch.setattr(base, "datetime", Moved)
        monkeypatch.setattr(scheduler, "datetime", Moved)

    return set_to


@pytest.mark.parametrize("back", [timedelta(hours=2), timedelta(minutes=2), timedelta(days=365)])
async def test_a_clock_that_is_set_back_stops_no_job(
    set_clock: Callable[[timedelta], None],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    back: timedelta,
) -> None:
    """As on a machine that starts with a wrong time and then learns the right one."""
    monkeypatch.setattr(scheduler, "WATCH_SECONDS", 0.01)
    set_clock(back)
    jobs, ran = Scheduler(), {name: asyncio.Event() for name in ("each second", "each minute")}

    async def each_second() -> None:
        ran["each second"].set()

    async def each_minute() -> None:
        ran["each minute"].set()

    jobs.every(1, each_second)
    jobs.every(60, each_minute)
    jobs.start()
    async with asyncio.timeout(PATIENCE):
        for event in ran.values():
            await event.wait()
            event.clear()
        set_clock(timedelta(0))
        for event in ran.values():
            await event.wait()
    await jobs.stop()
    assert [record.message for record in caplog.records] == [
        "the machine's clock was set back; the background jobs go on by the new time"
    ]


async def test_a_clock_that_is_set_right_by_a_little_runs_nothing_early(
    set_clock: Callable[[timedelta], None], caplog: pytest.LogCaptureFixture
) -> None:
    set_clock(timedelta(seconds=0.5))
    jobs, begun = Scheduler(), asyncio.Event()

    async def work() -> None:
        begun.set()

    jobs.every(3600, work)
    jobs.start()
    async with asyncio.timeout(PATIENCE):
        await begun.wait()
    planned = [job.next_run_time for job in jobs._scheduler.get_jobs()]
    set_clock(timedelta(0))
    jobs._heed_clock()
    assert [job.next_run_time for job in jobs._scheduler.get_jobs()] == planned
    await jobs.stop()
    assert caplog.records == []
