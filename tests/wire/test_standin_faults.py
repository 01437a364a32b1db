"""Faults on the stand-in: chosen by a test, and bots that die in the middle of a request."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import discord
import pytest

from tests.wire.asking import Asking
from tests.wire.faults import Broken, Fault, Paused, Refused
from tests.wire.gateway import RESUME
from tests.wire.log import DEADLINE
from tests.wire.probe import Probe, heartbeats, running
from tests.wire.standin import StandIn

POSTING = r"/channels/\d+/messages"


def channel(bot: Probe, standin: StandIn) -> discord.TextChannel:
    found = bot.get_channel(standin.world.general.id)
    assert isinstance(found, discord.TextChannel)
    return found


# On order


async def test_a_fault_may_spare_the_first(standin: StandIn, asking: Asking) -> None:
    standin.faults.append(Refused(status=503, path=POSTING, spared=2))
    assert [(await asking.post(standin.world.general)).status for _ in range(4)] == [200, 200, 503, 200]


@pytest.mark.parametrize("done", [False, True])
async def test_an_error_tells_not_whether_it_was_done(standin: StandIn, done: bool) -> None:
    async with running(standin) as bot:
        standin.faults.append(Broken(status=503, path=POSTING, done=done))
        with pytest.raises(discord.DiscordServerError):
            await channel(bot, standin).send("Coverage", nonce="1-60")
        assert len(standin.written) == done
        await channel(bot, standin).send("Coverage", nonce="1-60")
        assert len(standin.written) == 1


async def test_an_answer_is_held_though_the_message_is_there(standin: StandIn, asking: Asking) -> None:
    standin.faults.append(paused := Paused(path=POSTING, done=True))
    sending = asyncio.create_task(asking.post(standin.world.general))
    async with asyncio.timeout(DEADLINE):
        await paused.reached.wait()
        assert len(standin.written) == 1
        assert not sending.done()
        paused.resume.set()
        assert (await sending).status == 200


# A bot that dies


DYING = """
import http.client, os, signal, sys
host, path, token, how = sys.argv[1:]
connection = http.client.HTTPConnection(host)
connection.putrequest("POST", path)
body = b'{"content": "Coverage starts", "nonce": "1-60", "enforce_nonce": true}'
connection.putheader("Authorization", "Bot " + token)
connection.putheader("Content-Type", "application/json")
connection.putheader("Content-Length", str(len(body)))
connection.endheaders(body if how == "whole" else body[:-1])
os.kill(os.getpid(), signal.SIGKILL)
"""


def die_asking(standin: StandIn, how: str) -> None:
    """A process that sends a request and is killed before the loop of this one gets to read a byte of it."""
    host, _, rest = standin.api.removeprefix("http://").partition("/")
    path = f"/{rest}/channels/{standin.world.general.id}/messages"
    subprocess.run([sys.executable, "-c", DYING, host, path, standin.token, how], check=False, timeout=DEADLINE)


@pytest.mark.parametrize(("how", "written"), [("whole", 1), ("cut off", 0)])
async def test_what_a_bot_asked_for_before_it_was_killed_is_done(standin: StandIn, how: str, written: int) -> None:
    for _ in range(5):
        die_asking(standin, how)
        await standin.quiet()
        assert len(standin.written) == written


async def test_what_is_held_is_done_after_its_bot_is_dead(standin: StandIn, asking: Asking) -> None:
    standin.faults.append(paused := Paused(path=POSTING))
    die_asking(standin, "whole")
    async with asyncio.timeout(DEADLINE):
        await paused.reached.wait()
    with pytest.raises(AssertionError, match="still under way after"):
        await standin.quiet(deadline=0.01)
    assert not standin.written
    first = await asking.post(standin.world.general, nonce="1-60")
    paused.resume.set()
    await standin.quiet()
    assert [str(written.id) for written in standin.written] == [first.body["id"]], "the nonce was used meanwhile"


# The gateway


async def test_a_socket_that_is_cut_is_no_end(standin: StandIn) -> None:
    async with running(standin) as bot:
        frames = len(standin.gateway.frames)
        resumed = asyncio.create_task(bot.wait_for("shard_resumed", timeout=DEADLINE))
        standin.gateway.drop()
        await standin.gateway.expect(RESUME, after=frames)
        await resumed
        assert (await standin.slash("say", {"what": "back"})).answer["data"]["content"] == "back"


@pytest.mark.parametrize("rounds", [10, 20, 30])
async def test_a_bot_that_is_closed_while_it_comes_back_leaves_nothing_behind(standin: StandIn, rounds: int) -> None:
    async with running(standin):
        standin.gateway.drop()
        for _ in range(rounds):
            await asyncio.sleep(0)
    assert not heartbeats()


async def test_what_is_told_to_a_dead_bot_hurts_nobody(standin: StandIn) -> None:
    async with running(standin):
        standin.gateway.drop()
        for _ in range(3):
            await standin.outage(standin.world.guilds[0])


def test_a_fault_is_for_so_many() -> None:
    fault = Fault(method="GET", path="/a", times=2, spared=1)
    assert [fault.meets("GET", "/a") for _ in range(4)] == [False, True, True, False]
    assert not Fault(method="GET").meets("POST", "/a")
