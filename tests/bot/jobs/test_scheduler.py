"""Scheduler: each on its own, one at a time, cut off when they hang, waited for at the end."""

from __future__ import annotations

import asyncio
import logging

import pytest

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
