"""The pace: evenly spaced, never more than Discord takes in any second, the most pressing first."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
import yarl
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.outbox.rate_limit import MOST, RATE, READY, WINDOW, RateLimiter, count_requests
from tests.bot.outbox.warped import WarpedLoop, run

WHEN = (datetime(2025, 10, 17, 20, tzinfo=UTC), 0)


def now() -> float:
    return asyncio.get_running_loop().time()


def in_any_second(moments: list[float]) -> int:
    """The most that fall into one second, wherever it begins."""
    return max(bisect_left(moments, moment + 1 - 1e-9) - number for number, moment in enumerate(moments))


async def many(limiter: RateLimiter, number: int) -> list[float]:
    """When so many who all want to go at once may go."""
    moments: list[float] = []

    async def one() -> None:
        await limiter.turn(WHEN)
        moments.append(now())

    await asyncio.gather(*(one() for _ in range(number)))
    return moments


def test_ten_thousand_take_209_seconds_and_never_more_than_49_one_of_them() -> None:
    moments = run(many(RateLimiter(), 10_000))
    assert moments[-1] - moments[0] == pytest.approx(9_999 / RATE)
    assert in_any_second(moments) <= 49
    assert 9_999 / RATE < 200 * 1.05


def test_a_clock_that_runs_faster_has_its_own_seconds() -> None:
    moments = run(many(RateLimiter(speed=60), 1000))
    assert moments[-1] - moments[0] == pytest.approx(999 / RATE / 60)


@given(st.lists(st.tuples(st.integers(0, 300), st.floats(0, 3)), max_size=6))
def test_after_a_stall_nobody_bunches_up(stalls: list[tuple[int, float]]) -> None:
    """Whatever holds the program up, and for how long: no second sees more than fifty."""

    async def work() -> list[float]:
        limiter, loop = RateLimiter(), asyncio.get_running_loop()
        assert isinstance(loop, WarpedLoop)
        moments: list[float] = []

        async def one(number: int) -> None:
            await limiter.turn(WHEN)
            for at, seconds in stalls:
                if at == number:
                    loop.moment += seconds
            moments.append(loop.time())

        await asyncio.gather(*(one(number) for number in range(300)))
        return moments

    assert in_any_second(run(work())) <= 50


def test_stalls_are_made_up_for() -> None:
    """Ten thousand reminders must not end late because the program was held up a little every now and then."""

    async def work() -> list[float]:
        limiter, loop = RateLimiter(), asyncio.get_running_loop()
        assert isinstance(loop, WarpedLoop)
        moments: list[float] = []

        async def one(number: int) -> None:
            await limiter.turn(WHEN)
            moments.append(loop.time())
            loop.moment += {0: 0.04, 33: 0.03}.get(number % 100, 0.001)

        await asyncio.gather(*(one(number) for number in range(3000)))
        return moments

    moments = run(work())
    assert moments[-1] - moments[0] == pytest.approx(2_999 / RATE, rel=0.005)
    assert in_any_second(moments) <= 50


def test_what_is_held_up_on_its_way_counts_from_when_it_goes() -> None:
    """A second is full of what went out in it, not of what might have."""

    async def work() -> tuple[float, float]:
        limiter, gate = RateLimiter(), asyncio.Event()
        (going,) = count_requests(limiter).on_request_start
        request: Any = SimpleNamespace(url=yarl.URL("http://127.0.0.1/channels/1/messages"))
        session: Any = None

        async def one() -> None:
            await limiter.turn(WHEN)
            await gate.wait()
            await going(session, SimpleNamespace(), request)

        held_up = [asyncio.create_task(one()) for _ in range(MOST)]
        await asyncio.sleep(MOST / RATE)
        gate.set()
        await asyncio.gather(*held_up)
        gone = now()
        await limiter.turn(WHEN)
        return gone, now()

    gone, after = run(work())
    assert after - gone == pytest.approx(WINDOW)


def test_idle_time_is_not_saved_up() -> None:
    async def work() -> list[float]:
        limiter = RateLimiter()
        await limiter.turn(WHEN)
        await asyncio.sleep(10)
        return await many(limiter, 100)

    moments = run(work())
    assert moments[-1] - moments[0] == pytest.approx(99 / RATE)


def test_lateness_by_milliseconds_does_not_add_up() -> None:
    """A timer that wakes a bit late, as they all do, must not slow the whole down."""

    async def work() -> float:
        limiter, loop = RateLimiter(), asyncio.get_running_loop()
        assert isinstance(loop, WarpedLoop)
        for _ in range(500):
            await limiter.turn(WHEN)
            loop.moment += 0.003
        return loop.time()

    assert run(work()) == pytest.approx(499 / RATE, abs=0.02)


def test_requests_that_ask_for_no_turn_count_as_well() -> None:
    async def work() -> float:
        limiter = RateLimiter()
        await limiter.turn(WHEN)
        for _ in range(49):
            limiter.count()
        await limiter.turn(WHEN)
        return now()

    assert run(work()) == pytest.approx(50 / RATE, abs=0.02)


def test_the_nearest_deadline_goes_first_whoever_asked_first() -> None:
    async def work() -> list[int]:
        limiter, order = RateLimiter(), []

        async def one(minutes: int) -> None:
            await limiter.turn((WHEN[0] + timedelta(minutes=minutes), 0))
            order.append(minutes)

        await asyncio.gather(*(one(minutes) for minutes in (9, 3, 7, 1, 5)))
        return order

    assert run(work()) == [1, 3, 5, 7, 9]


def test_whoever_gives_up_takes_no_turn() -> None:
    async def work() -> float:
        limiter = RateLimiter()
        await limiter.turn(WHEN)
        waiting = [asyncio.create_task(limiter.turn(WHEN)) for _ in range(50)]
        await asyncio.sleep(0)
        for task in waiting[:-1]:
            task.cancel()
        await waiting[-1]
        return now()

    assert run(work()) == pytest.approx(1 / RATE)


def test_a_limit_on_everything_is_waited_out() -> None:
    async def work() -> float:
        limiter, clear = RateLimiter(), asyncio.Event()

        async def wait() -> None:
            await clear.wait()

        limiter.clear = wait
        asyncio.get_running_loop().call_later(5, clear.set)
        moments = await many(limiter, 100)
        assert in_any_second(moments) <= 49
        return moments[0]

    assert run(work()) == pytest.approx(5)


async def test_a_closed_pacer_lets_nobody_go() -> None:
    limiter = RateLimiter(0.001)
    await limiter.turn(WHEN)
    waiting = asyncio.create_task(limiter.turn(WHEN))
    await asyncio.sleep(0)
    await limiter.close()
    assert not waiting.done()
    waiting.cancel()


async def test_discord_py_s_own_requests_are_counted_but_answers_to_people(monkeypatch: pytest.MonkeyPatch) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}/api/v10"
    limiter = RateLimiter(1e6)
    spent = 0

    def count() -> None:
        nonlocal spent
        spent += 1

    async with aiohttp.ClientSession(trace_configs=[count_requests(limiter)]) as session:
        await limiter.turn(WHEN)
        monkeypatch.setattr(limiter, "count", count)
        # The first has had its turn; the second is a retry of it; the third and fourth are not counted by Discord.
        for path, expected in (
            ("/channels/1/messages", 0),
            ("/channels/1/messages", 1),
            ("/interactions/1/token/callback", 1),
            ("/webhooks/1/token", 1),
            ("/users/@me", 2),
        ):
            async with session.post(address + path):
                assert spent == expected
    await runner.cleanup()


def test_who_is_held_up_after_their_turn_holds_up_the_turns() -> None:
    """A store that is busy for a while must not let a crowd gather, which then leaves at once."""

    async def crowd() -> None:
        limiter, go, ready = RateLimiter(), asyncio.Event(), list[float]()

        async def one() -> None:
            await limiter.turn(WHEN)
            with limiter.preparing():
                ready.append(now())
                await go.wait()

        tasks = [asyncio.create_task(one()) for _ in range(100)]
        await asyncio.sleep(20)
        assert len(ready) == READY
        go.set()
        await asyncio.gather(*tasks)
        assert in_any_second(ready[READY:]) <= MOST
        await limiter.close()

    run(crowd())
