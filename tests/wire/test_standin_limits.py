"""The stand-in's limits and clock: fifty requests per second in total, limits of routes, time that can be moved."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import discord

from tests.wire.asking import Asking
from tests.wire.clock import WireClock
from tests.wire.limits import EVERYWHERE, Limits
from tests.wire.probe import running
from tests.wire.standin import StandIn
from tests.wire.world import World

NOON = datetime(2025, 10, 17, 16, tzinfo=UTC)


class Hand(WireClock):
    """A clock that moves only when a test moves it."""

    def __init__(self, speed: float = 1.0) -> None:
        super().__init__(NOON, speed)
        self.seconds = 0.0

    def elapsed(self) -> float:
        return self.seconds


def taken(limits: Limits, path: str = "/gateway/bot", method: str = "GET") -> bool:
    refusal, _ = limits.take(method, path)
    return refusal is None


# All requests


def test_fifty_a_second_are_taken_wherever_the_second_begins() -> None:
    clock = Hand()
    limits = Limits(clock)
    clock.seconds = 0.7
    assert all(taken(limits) for _ in range(20))
    clock.seconds = 1.2
    assert [taken(limits) for _ in range(31)] == [True] * 30 + [False]
    clock.seconds = 1.69
    assert not taken(limits)
    clock.seconds = 1.71
    assert [taken(limits) for _ in range(21)] == [True] * 20 + [False]
    assert (limits.refused, limits.counted, limits.busiest) == (3, 73, 53)


def refused(rate: int) -> int:
    """How many of 20 seconds of even requests are refused."""
    clock = Hand()
    limits = Limits(clock)
    for number in range(rate * 20):
        clock.seconds = number / rate
        limits.take("GET", "/gateway/bot")
    return limits.refused


def test_even_requests_are_taken_up_to_the_limit() -> None:
    assert refused(49) == 0
    assert refused(52) > 20


def test_answers_to_people_do_not_count() -> None:
    limits = Limits(Hand())
    for path in ("/interactions/1/a/callback", "/webhooks/1/a/messages/@original", "/webhooks/1/a"):
        assert all(taken(limits, path, "POST") for _ in range(100))
    assert limits.counted == 0


async def test_one_too_many_is_refused_as_discord_does(standin: StandIn, asking: Asking) -> None:
    standin.clock.run(0)
    for _ in range(EVERYWHERE):
        assert (await asking.ask("GET", "/users/@me")).status == 200
    answer = await asking.ask("GET", "/users/@me")
    assert answer.status == 429
    assert answer.body["global"] is True
    assert 0 < answer.body["retry_after"] <= 1
    assert answer.headers["X-RateLimit-Global"] == "true"
    assert answer.headers["X-RateLimit-Scope"] == "global"
    assert answer.headers["Retry-After"] == "1"
    assert answer.headers["Via"]
    assert standin.statuses()[429] == standin.limits.refused == 1


async def test_discord_py_waits_and_gets_through() -> None:
    clock = Hand(speed=10)
    async with StandIn(World(12, clock=clock)) as standin, running(standin) as bot:
        standin.limits.everywhere = 10
        sending = [
            asyncio.create_task(bot.get_partial_messageable(each.id).send("Soon")) for each in standin.world.channels
        ]
        before = len(standin.requests)
        while not standin.limits.refused:
            await standin.requests.expect(lambda _: True, after=before)
            before += 1
        assert len(standin.written) < 12
        clock.seconds += 1
        await asyncio.gather(*sending)
        assert len(standin.written) == 12


# Buckets


def test_a_channel_takes_five_messages_in_five_seconds() -> None:
    clock = Hand()
    limits = Limits(clock)
    posting = "/channels/1/messages"
    assert [taken(limits, posting, "POST") for _ in range(6)] == [True] * 5 + [False]
    assert taken(limits, "/channels/2/messages", "POST")
    assert taken(limits, posting, "GET")
    clock.seconds = 5
    _, headers = limits.take("POST", posting)
    assert headers["X-RateLimit-Remaining"] == "4"
    assert float(headers["X-RateLimit-Reset-After"]) == 5


def test_who_waits_by_the_machines_time_waits_less_where_the_clock_runs_faster() -> None:
    _, headers = Limits(Hand(speed=10)).take("POST", "/channels/1/messages")
    assert float(headers["X-RateLimit-Reset-After"]) == 0.5
    assert headers["X-RateLimit-Bucket"]


async def test_discord_py_heeds_the_buckets() -> None:
    # A window lasts for minutes of the machine's time, so that no stall outlasts it.
    async with StandIn(World(clock=Hand(speed=0.01))) as standin, running(standin) as bot:
        channel = bot.get_channel(standin.world.general.id)
        assert isinstance(channel, discord.TextChannel)
        sending = [asyncio.create_task(channel.send(str(number))) for number in range(6)]
        await standin.written.expect(lambda _: len(standin.written) == 5)
        # Whatever does not wait for the window has been sent before this is answered.
        await bot.fetch_channel(channel.id)
        assert len(standin.seen("POST", "/messages")) == 5
        for task in sending:
            task.cancel()
        await asyncio.gather(*sending, return_exceptions=True)


# The clock


def test_a_clock_runs_and_is_moved() -> None:
    clock = WireClock(NOON, 0)
    assert clock.now() == NOON
    clock.advance(hours=1)
    assert clock.now() == NOON + timedelta(hours=1)
    clock.set(NOON)
    assert clock.now() == NOON
    clock.run(1_000_000)
    assert clock.now() > NOON
    assert clock.real(1_000_000) == 1


def test_what_went_by_does_not_jump() -> None:
    clock = WireClock(NOON, 0)
    before = clock.elapsed()
    clock.advance(days=1)
    clock.set(NOON - timedelta(days=1))
    clock.run(2)
    assert 0 <= clock.elapsed() - before < timedelta(days=1).total_seconds()
