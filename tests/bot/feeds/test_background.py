"""Work in a thread that gives way: turns are short as long as any is under way, and what is cancelled ends first."""

from __future__ import annotations

import asyncio
import sys
import threading

import pytest

from bot.feeds.background import TURN_SECONDS, in_background


def interval() -> float:
    return round(sys.getswitchinterval(), 6)


async def test_turns_are_short_until_the_last_work_is_done() -> None:
    usual = interval()
    assert usual > TURN_SECONDS
    ends = [threading.Event(), threading.Event()]
    works = [asyncio.create_task(in_background(end.wait)) for end in ends]
    await asyncio.sleep(0)
    assert interval() == TURN_SECONDS
    ends[0].set()
    assert await works[0]
    assert interval() == TURN_SECONDS
    ends[1].set()
    assert await works[1]
    assert interval() == usual


async def test_a_fault_is_raised_and_turns_are_as_before() -> None:
    usual = interval()

    def fails() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await in_background(fails)
    assert interval() == usual


async def test_who_is_cancelled_goes_on_once_the_work_is_done() -> None:
    usual = interval()
    begun, end, done = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        end.wait()
        done.set()

    working = asyncio.create_task(in_background(work))
    await asyncio.to_thread(begun.wait)
    working.cancel()
    for _ in range(5):
        await asyncio.sleep(0)
    assert not working.done()
    end.set()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert done.is_set()
    assert interval() == usual
