"""The way to Discord, over sockets: what is sent, and what each failure means."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import discord
import pytest
from aiohttp import web
from discord.ext import commands

from bot.outbox.contracts import BusyError, Post, RefusedError, UnsureError
from bot.outbox.discord_sender import DiscordSender, classify, trace_attempts
from bot.outbox.rate_limit import RateLimiter, count_requests
from tests.bot.outbox.standing import view_of
from tests.patience import PATIENCE
from tests.wire.faults import Broken, Dropped, Fault, Paused, RateLimited, Refused, as_json
from tests.wire.permissions import May
from tests.wire.probe import running
from tests.wire.standin import StandIn, pointed_at

MARK = "abcdefgh23456777"
NONCE = "1-abcdefgh23"
SENDING = r"/channels/\d+/messages"


@pytest.fixture
async def standin() -> AsyncIterator[StandIn]:
    async with StandIn() as running:
        yield running
    assert running.problems == []


class Hurried:
    """asyncio, in which nobody sleeps long: discord.py waits seconds between its attempts.

    Attributes:
        waits: set once somebody sleeps for a minute or more, which does take that long.
    """

    def __init__(self) -> None:
        self.waits = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def sleep(self, seconds: float) -> None:
        if seconds >= 60:
            self.waits.set()
        await asyncio.sleep(0 if seconds < 60 else seconds)


class Limit:
    """asyncio, in which what has a limit of time is cut off when the test says so, however slow the machine is."""

    def __init__(self) -> None:
        self._made: list[asyncio.Timeout] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    def timeout(self, _: float) -> asyncio.Timeout:
        self._made.append(asyncio.timeout(None))
        return self._made[-1]

    def is_over(self) -> None:
        """Cuts off what was begun last."""
        self._made[-1].reschedule(asyncio.get_running_loop().time())


@pytest.fixture
def limiter() -> RateLimiter:
    return RateLimiter(1e6)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> Hurried:
    made = Hurried()
    monkeypatch.setattr(discord.http, "asyncio", made)
    return made


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> Limit:
    made = Limit()
    monkeypatch.setattr("bot.outbox.discord_sender.asyncio", made)
    return made


@pytest.fixture
async def bot(standin: StandIn, limiter: RateLimiter, hurried: Hurried) -> AsyncIterator[commands.AutoShardedBot]:
    """Logged in, and not connected to the gateway."""
    del hurried  # it only has to be there
    made = commands.AutoShardedBot(
        commands.when_mentioned,
        intents=discord.Intents(guilds=True),
        shard_count=1,
        help_command=None,
        allowed_mentions=discord.AllowedMentions.none(),
        http_trace=trace_attempts(count_requests(limiter)),
    )
    with pointed_at(standin):
        await made.login(standin.token)
        yield made
        await made.close()


@pytest.fixture
def sender(bot: commands.AutoShardedBot) -> DiscordSender:
    return DiscordSender(bot)


async def send(sender: DiscordSender, standin: StandIn, role: int | None = None) -> int:
    return await sender.send(standin.world.general.id, Post(view_of(MARK), role), NONCE)


async def test_a_login_is_enough(sender: DiscordSender, standin: StandIn) -> None:
    assert sender.ready
    number = await send(sender, standin)
    assert [(each.id, each.nonce) for each in standin.written] == [(number, NONCE)]


async def test_before_the_login_and_after_the_end_it_is_not_ready(bot: commands.AutoShardedBot) -> None:
    stranger = commands.AutoShardedBot(commands.when_mentioned, intents=discord.Intents.none())
    assert not DiscordSender(stranger).ready
    await DiscordSender(stranger).clear()
    await bot.close()
    assert not DiscordSender(bot).ready


@pytest.mark.parametrize("role", [None, 77])
async def test_the_nonce_is_enforced_and_nobody_mentioned_but_the_role(
    sender: DiscordSender, standin: StandIn, bot: commands.AutoShardedBot, role: int | None
) -> None:
    await send(sender, standin, role)
    (request,) = standin.seen("POST", "/messages")
    body = request.body
    assert (body["nonce"], body["enforce_nonce"]) == (NONCE, True)
    allowed = body["allowed_mentions"]
    assert allowed.get("roles", []) == ([77] if role else [])
    assert not allowed.get("parse")
    # Nothing of ten thousand messages is to stay in memory.
    assert not bot._connection._view_store._views


async def test_discord_py_tries_again_with_the_same_nonce_what_certainly_had_no_effect(
    sender: DiscordSender, standin: StandIn
) -> None:
    standin.faults.append(RateLimited(after=0.01))
    await send(sender, standin)
    requests = standin.seen("POST", "/messages")
    assert [request.body["nonce"] for request in requests] == [NONCE, NONCE]
    assert len(standin.written) == 1


@pytest.mark.parametrize("done", [True, False])
async def test_what_may_have_taken_effect_is_not_repeated_before_anybody_has_looked(
    sender: DiscordSender, standin: StandIn, *, done: bool
) -> None:
    """discord.py would, five times within half a minute, by when Discord may have forgotten the nonce."""
    standin.faults.append(Broken(status=502, done=done))
    with pytest.raises(UnsureError):
        await send(sender, standin)
    assert len(standin.seen("POST", "/messages")) == 1
    assert len(standin.written) == done


async def test_what_is_of_no_use_any_more_is_not_repeated(sender: DiscordSender, standin: StandIn) -> None:
    standin.faults.append(RateLimited(after=0.01))
    with pytest.raises(BusyError):
        await sender.send(standin.world.general.id, Post(view_of(MARK), still=lambda: False), NONCE)
    assert len(standin.seen("POST", "/messages")) == 1


async def test_and_that_counts(
    sender: DiscordSender, standin: StandIn, limiter: RateLimiter, monkeypatch: pytest.MonkeyPatch
) -> None:
    spent = []
    await limiter.turn((datetime(2025, 10, 17, 20, tzinfo=UTC), 1))
    monkeypatch.setattr(limiter, "count", lambda: spent.append(1))
    standin.faults.append(RateLimited(after=0.01, times=2))
    await send(sender, standin)
    assert len(spent) == 2


LOST: list[tuple[list[Fault], type[Exception]]] = [
    ([Broken(status=502, path=SENDING, times=5)], UnsureError),
    ([Broken(status=503, path=SENDING)], UnsureError),
    ([Dropped(path=SENDING)], UnsureError),
    ([Dropped(path=SENDING, done=True)], UnsureError),
    ([RateLimited(path=SENDING, after=0.01, times=5)], BusyError),
    # Not even the last answer is the whole story: an attempt before it may have got through.
    ([Broken(status=502, path=SENDING, done=True), RateLimited(path=SENDING, after=0.01, times=4)], UnsureError),
    ([RateLimited(path=SENDING, after=0.01), Dropped(path=SENDING)], UnsureError),
]


@pytest.mark.parametrize(("faults", "error"), LOST)
async def test_what_is_lost_is_told_from_what_may_have_arrived(
    sender: DiscordSender, standin: StandIn, faults: list[Fault], error: type[Exception]
) -> None:
    standin.faults[:] = [type(fault)(**vars(fault)) for fault in faults]
    # Attempts in such a hurry are more than the channel's own limit takes.
    standin.limits.buckets = ()
    with pytest.raises(error):
        await send(sender, standin)
    standin.faults.clear()
    await send(sender, standin)
    assert len(standin.written) == 1


async def test_where_nobody_listens_surely_nothing_arrived(sender: DiscordSender) -> None:
    discord.http.Route.BASE = "http://127.0.0.1:9/api/v10"
    with pytest.raises(BusyError) as caught:
        await sender.send(1, Post(view_of(MARK)), NONCE)
    assert caught.value.everywhere


async def test_what_hangs_is_cut_off_and_may_have_arrived(
    sender: DiscordSender, standin: StandIn, limit: Limit
) -> None:
    held = Paused(path=SENDING, done=True)
    standin.faults.append(held)
    sending = asyncio.create_task(send(sender, standin))
    async with asyncio.timeout(PATIENCE):
        await held.reached.wait()
    limit.is_over()
    with pytest.raises(UnsureError):
        await sending
    held.resume.set()
    await send(sender, standin)
    assert len(standin.written) == 1


async def test_cut_off_in_a_limit_on_everything_nobody_waits_for_ever(
    sender: DiscordSender, standin: StandIn, limit: Limit, hurried: Hurried
) -> None:
    """discord.py, cancelled in the middle of that wait, never says that it is over."""
    standin.faults.append(RateLimited(path=SENDING, after=3600, everywhere=True))
    sending = asyncio.create_task(send(sender, standin))
    async with asyncio.timeout(PATIENCE):
        await hurried.waits.wait()
    limit.is_over()
    with pytest.raises(BusyError):
        await sending
    async with asyncio.timeout(PATIENCE):
        await sender.clear()
    await send(sender, standin)


async def test_while_a_limit_holds_for_everything_nothing_is_begun(
    sender: DiscordSender, standin: StandIn, bot: commands.AutoShardedBot
) -> None:
    bot.http._global_over.clear()
    waiting = asyncio.create_task(sender.clear())
    await asyncio.sleep(0)
    assert not waiting.done()
    bot.http._global_over.set()
    await waiting
    await send(sender, standin)


REFUSALS = [
    (403, 50013, "I'm missing a permission in the channel", (False, True, False)),
    (403, 50001, "I can't see the channel", (False, True, False)),
    (403, 50007, "your DMs are closed to me", (False, True, False)),
    (404, 10003, "the channel is gone", (True, False, False)),
    (404, 10004, "the server is gone, or I'm no longer in it", (True, False, False)),
    (404, 10013, "that person is no longer on Discord", (True, False, False)),
    (404, 10070, "Discord refused it (404 Refused by a test)", (False, False, False)),
    (403, 50278, "we no longer share a server", (False, True, False)),
    (403, 40002, "Discord refused it (403 Refused by a test)", (False, False, False)),
    (404, 10008, "Discord refused it (404 Refused by a test)", (False, False, True)),
    (400, 50035, "Discord refused it (400 Refused by a test)", (False, False, False)),
]


@pytest.mark.parametrize(("status", "code", "reason", "kind"), REFUSALS)
async def test_a_refusal_says_why(
    sender: DiscordSender, standin: StandIn, status: int, code: int, reason: str, kind: tuple[bool, bool, bool]
) -> None:
    standin.faults.append(Refused(path=SENDING, status=status, code=code))
    with pytest.raises(RefusedError) as caught:
        await send(sender, standin)
    error = caught.value
    assert (str(error), (error.gone, error.barred, error.missing)) == (reason, kind)


@pytest.mark.parametrize("status", [400, 403])
@pytest.mark.parametrize("code", [20016, 20028, 20029, 31002, 40003, 40004, 40006])
async def test_what_passes_by_itself_is_no_refusal(
    sender: DiscordSender, standin: StandIn, status: int, code: int
) -> None:
    standin.faults.append(Refused(path=SENDING, status=status, code=code))
    with pytest.raises(BusyError) as caught:
        await send(sender, standin)
    assert (caught.value.after, caught.value.everywhere) == (30.0, False)
    # An attempt before it may have got through.
    standin.faults.append(Broken(path=SENDING, status=502, done=True))
    standin.faults.append(Refused(path=SENDING, status=status, code=code))
    with pytest.raises(UnsureError):
        await send(sender, standin)


@pytest.mark.parametrize(
    "fault",
    [
        Refused(path=SENDING, status=401),
        Broken(path=SENDING, status=403),
        Broken(path=SENDING, status=404),
        Refused(path=SENDING, status=404, code=0),
    ],
)
async def test_what_is_nobodys_fault_here_switches_nobody_off(
    sender: DiscordSender, standin: StandIn, fault: Fault
) -> None:
    standin.faults.append(type(fault)(**vars(fault)))
    with pytest.raises(BusyError) as caught:
        await send(sender, standin)
    # A path that is not found is no wall in front of everything.
    assert caught.value.everywhere is (vars(fault)["status"] != 404)


async def test_a_message_is_found_by_its_mark_in_the_channel(sender: DiscordSender, standin: StandIn) -> None:
    number = await send(sender, standin)
    (found,) = await sender.history(standin.world.general.id, after=number - 1)
    assert (found.id, found.custom_ids) == (number, (f"t1:0:remindme:{MARK}",))
    assert await sender.history(standin.world.general.id, after=number) == []
    assert await sender.history(standin.world.general.id, before=number) == []


async def test_a_message_is_changed_in_place(sender: DiscordSender, standin: StandIn) -> None:
    number = await send(sender, standin)
    await sender.edit(standin.world.general.id, number, Post(view_of("zyxw")))
    (found,) = await sender.history(standin.world.general.id)
    assert found.custom_ids == ("t1:0:remindme:zyxw",)
    standin.delete_message(number)
    with pytest.raises(RefusedError) as caught:
        await sender.edit(standin.world.general.id, number, Post(view_of("zyxw")))
    assert caught.value.missing


class Unarchived(Fault):
    """What a thread answers that is taken out of the archive; the stand-in knows no threads."""

    async def instead(self) -> web.Response:
        return as_json({"id": "1", "type": 11})


async def test_a_message_in_a_thread_that_was_put_away_is_changed_all_the_same(
    sender: DiscordSender, standin: StandIn
) -> None:
    channel, number = standin.world.general.id, await send(sender, standin)
    standin.faults.append(Refused(method="PATCH", path=rf"{SENDING}/\d+", status=400, code=50083))
    standin.faults.append(Unarchived(method="PATCH", path=rf"/channels/{channel}"))
    await sender.edit(channel, number, Post(view_of("zyxw")))
    (found,) = await sender.history(channel)
    assert found.custom_ids == ("t1:0:remindme:zyxw",)
    asked = [each for each in standin.requests if each.method == "PATCH" and each.path == f"/channels/{channel}"]
    assert [each.body for each in asked] == [{"archived": False}]


async def test_one_in_a_thread_that_was_locked_as_well_is_refused(sender: DiscordSender, standin: StandIn) -> None:
    channel, number = standin.world.general.id, await send(sender, standin)
    standin.faults.append(Refused(method="PATCH", path=rf"{SENDING}/\d+", status=400, code=50083))
    standin.faults.append(Refused(method="PATCH", path=rf"/channels/{channel}", status=403, code=50013))
    with pytest.raises(RefusedError) as caught:
        await sender.edit(channel, number, Post(view_of("zyxw")))
    assert caught.value.barred


async def test_direct_messages_are_opened(sender: DiscordSender, standin: StandIn) -> None:
    channel = await sender.open(standin.world.fan.id)
    assert channel == standin.world.dm.id
    await sender.send(channel, Post(view_of(MARK)), NONCE)
    assert [each.nonce for each in standin.written] == [NONCE]


async def test_whether_history_may_be_read_is_known_from_the_gateway(standin: StandIn) -> None:
    secret = standin.world.guilds[0].channel("secret")
    secret.overwrite(standin.world.bot).deny |= May.READ_MESSAGE_HISTORY
    async with running(standin) as bot:
        sender = DiscordSender(bot)
        assert sender.reads_history(standin.world.general.id) is True
        assert sender.reads_history(secret.id) is False
        assert sender.reads_history(1) is None


def test_a_limit_of_discord_py_s_own_asks_for_patience() -> None:
    error = classify(discord.RateLimited(40.0))
    assert isinstance(error, BusyError)
    assert error.after == 40.0


def test_on_a_fast_clock_patience_is_counted_in_its_seconds() -> None:
    bot: Any = None
    assert (DiscordSender(bot).patience, DiscordSender(bot)._timeout) == (30.0, 30.0)
    assert (DiscordSender(bot, 10).patience, DiscordSender(bot, 10)._timeout) == (30.0, 3.0)
    # So fast that a request could not be made in time: a second attempt then never counts as young.
    assert (DiscordSender(bot, 60).patience, DiscordSender(bot, 60)._timeout) == (120.0, 2.0)
