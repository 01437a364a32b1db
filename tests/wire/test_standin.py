"""discord.py works on the stand-in: it logs in, answers, posts, and recovers from faults."""

from __future__ import annotations

import asyncio
import math

import aiohttp
import discord
import pytest
from discord.gateway import DiscordWebSocket

from tests.checks.sound import AnswerKind
from tests.wire.faults import Dropped, Paused, RateLimited, Refused
from tests.wire.gateway import IDENTIFY, RESUME
from tests.wire.interactions import ids_in
from tests.wire.log import DEADLINE, Log
from tests.wire.probe import Probe, running
from tests.wire.standin import StandIn, pointed_at
from tests.wire.world import Person, World, snowflake

POSTING = r"/channels/\d+/messages"


def channel(bot: Probe, standin: StandIn) -> discord.TextChannel:
    found = bot.get_channel(standin.world.general.id)
    assert isinstance(found, discord.TextChannel)
    return found


# Logging in


async def test_a_bot_logs_in_and_knows_where_it_is(standin: StandIn) -> None:
    async with running(standin) as bot:
        assert str(bot.user) == "Tailgate"
        assert [guild.name for guild in bot.guilds] == ["Turn Four"]
        assert channel(bot, standin).permissions_for(bot.guilds[0].me).send_messages
        assert [f"{request.method} {request.path}" for request in standin.requests] == [
            "GET /users/@me",
            "GET /oauth2/applications/@me",
            f"PUT /applications/{standin.world.application_id}/commands",
            "GET /gateway/bot",
        ]
        identified = await standin.gateway.expect(IDENTIFY)
        assert identified.data["intents"] == discord.Intents(guilds=True).value
        assert identified.data["shard"] == [0, 1]


async def test_another_token_is_not_taken(standin: StandIn) -> None:
    standin.rest.token = "another"
    with pytest.raises(discord.LoginFailure):
        async with running(standin):
            pass


async def test_another_token_is_not_taken_by_the_gateway(standin: StandIn) -> None:
    standin.gateway.token = "another"
    with pytest.raises(discord.ConnectionClosed, match="4004"):
        async with running(standin):
            pass


async def test_every_shard_hears_of_its_own_servers() -> None:
    world = World()
    for shard in (0, 1):
        world.guild(f"On shard {shard}", id=snowflake(shard, 2)).channel("general")
    async with StandIn(world, shards=2) as standin, running(standin) as bot:
        assert {guild.name for guild in bot.guilds} == {guild.name for guild in world.guilds}
        assert bot.shard_count == 2
        for guild in world.guilds:
            known = bot.get_guild(guild.id)
            assert known is not None
            assert known.shard_id == guild.shard(2)
            asked = await standin.slash("say", {"what": guild.name}, channel=guild.channels[0])
            assert asked.answer["data"]["content"] == guild.name


async def test_commands_keep_their_ids(standin: StandIn) -> None:
    async with running(standin) as bot:
        first = {command.name: command.id for command in await bot.tree.fetch_commands()}
        again = {command.name: command.id for command in await bot.tree.sync()}
    assert first == again
    assert sorted(first) == ["chart", "pages", "remind", "say", "story"]


async def test_afterwards_discord_py_points_where_it_did(standin: StandIn) -> None:
    before = discord.http.Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    with pointed_at(standin):
        assert standin.api == discord.http.Route.BASE
        assert str(DiscordWebSocket.DEFAULT_GATEWAY) == standin.gateway.url
    after = discord.http.Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    assert after == before


# What people do


async def test_a_command_is_answered(standin: StandIn) -> None:
    async with running(standin):
        before = len(standin.requests)
        asked = await standin.slash("say", {"what": "ha", "times": 3})
        assert asked.answer_kind is AnswerKind.MESSAGE
        assert standin.answer_to(asked)["content"] == "hahaha"
        assert asked.seconds is not None
        assert len(standin.requests) == before + 1


async def test_a_subcommand_is_answered(standin: StandIn) -> None:
    async with running(standin):
        asked = await standin.slash("remind me", {"lead": 30})
        assert asked.answer["data"]["content"] == "30 minutes before"


async def test_a_command_is_answered_in_direct_messages(standin: StandIn) -> None:
    async with running(standin):
        asked = await standin.slash("say", {"what": "hello"}, channel=standin.world.dm)
        assert standin.answer_to(asked)["channel_id"] == str(standin.world.dm.id)


async def test_what_nobody_could_type_is_not_sent(standin: StandIn) -> None:
    async with running(standin):
        with pytest.raises(AssertionError, match="no command 'shout'"):
            await standin.slash("shout")
        with pytest.raises(AssertionError, match="no option 'loud'"):
            await standin.slash("say", {"loud": True})


async def test_choices_come_back(standin: StandIn) -> None:
    async with running(standin):
        assert await standin.autocomplete("say", "what", "ta", {"times": 2}) == [{"name": "ta × 2", "value": "ta"}]


async def test_a_button_changes_its_message(standin: StandIn) -> None:
    async with running(standin):
        message = standin.answer_to(await standin.slash("pages"))
        assert ids_in(message) == ["next", "off", "race"]
        pressed = await standin.press(message, "next", person=Person("somebody else"))
        assert pressed.answer_kind is AnswerKind.CHANGE
        assert [m["content"] for m in standin.messages] == ["Page 2 for fan"], "a message knows who asked for it"
        assert ids_in(standin.messages[0]) == ["next", "off", "race"], "what a change leaves out stays"


async def test_a_select_is_answered_to_one_alone(standin: StandIn) -> None:
    async with running(standin):
        message = standin.answer_to(await standin.slash("pages"))
        picked = await standin.press(message, "race", ["21"])
        assert picked.answer["data"] == picked.answer["data"] | {"content": "Race 21", "flags": 64}


@pytest.mark.parametrize(("custom_id", "said"), [("off", "greyed out"), ("gone", "has no 'gone'")])
async def test_what_nobody_could_press_is_not_sent(standin: StandIn, custom_id: str, said: str) -> None:
    async with running(standin):
        message = standin.answer_to(await standin.slash("pages"))
        with pytest.raises(AssertionError, match=said):
            await standin.press(message, custom_id)


async def test_a_deferred_answer_brings_its_picture_later(standin: StandIn) -> None:
    async with running(standin):
        asked = await standin.slash("chart")
        assert asked.answer_kind is AnswerKind.DEFERRED_MESSAGE
        edited = await standin.expect("PATCH", "/messages/@original")
        assert edited.files == {"files[0]": b"PNG"}
        message = standin.answer_to(asked)
        assert message["content"] == "Points"
        assert [(a["filename"], a["size"]) for a in message["attachments"]] == [("chart.png", 3)]
        assert message["flags"] == 64, "no longer loading, still for one alone"


async def test_an_answer_is_followed_up(standin: StandIn) -> None:
    async with running(standin):
        await standin.slash("story")
        await standin.requests.expect(
            lambda request: request.path.startswith("/webhooks/") and request.method == "POST"
        )
        assert [message["content"] for message in standin.messages] == ["Once", "After Once"]


async def test_a_late_answer_is_not_taken(standin: StandIn) -> None:
    async with running(standin) as bot:
        standin.rest.patience = 0
        with pytest.raises(AssertionError, match="did not answer /say within"):
            await standin.slash("say", {"what": "hello"}, deadline=0.2)
        error = await bot.errors.expect(lambda error: isinstance(error, discord.NotFound))
        assert getattr(error, "code", None) == 10062
        assert standin.messages == []


async def test_a_second_answer_is_not_taken(standin: StandIn) -> None:
    async with running(standin), aiohttp.ClientSession() as session:
        asked = await standin.slash("say", {"what": "hello"})
        address = f"{standin.api}/interactions/{asked.id}/{asked.token}/callback"
        async with session.post(address, json={"type": 4, "data": {"content": "again"}}) as response:
            assert response.status == 400
            assert (await response.json())["code"] == 40060
        assert len(standin.messages) == 1


# What the bot sends unasked


async def test_messages_are_written_changed_and_deleted(standin: StandIn) -> None:
    async with running(standin) as bot:
        message = await channel(bot, standin).send("Coverage starts")
        await message.edit(content="Coverage has started")
        assert [(m["content"], m["id"]) for m in standin.messages] == [("Coverage has started", str(message.id))]
        await channel(bot, standin).get_partial_message(message.id).delete()
        assert standin.messages == []
        assert [(written.id, written.deleted) for written in standin.written] == [(message.id, True)]


async def test_what_is_not_there_is_not_found(standin: StandIn) -> None:
    async with running(standin) as bot:
        with pytest.raises(discord.NotFound) as nowhere:
            await bot.get_partial_messageable(1).send("Hello")
        with pytest.raises(discord.NotFound) as nothing:
            await channel(bot, standin).get_partial_message(1).edit(content="Hello")
        with pytest.raises(discord.NotFound) as gone:
            await channel(bot, standin).get_partial_message(1).delete()
        assert (nowhere.value.code, nothing.value.code, gone.value.code) == (10003, 10008, 10008)


async def test_a_nonce_makes_a_message_one(standin: StandIn) -> None:
    async with running(standin) as bot:
        first = await channel(bot, standin).send("Coverage", nonce="1-60")
        again = await channel(bot, standin).send("Coverage", nonce="1-60")
        other = await channel(bot, standin).send("Coverage", nonce="2-60")
        assert first.id == again.id != other.id
        assert len(standin.messages) == 2


async def test_what_discord_would_refuse_is_remembered() -> None:
    async with StandIn() as standin, running(standin) as bot:
        await channel(bot, standin).send("```\n" + "x" * 41 + "\n```")
        assert len(standin.problems) == 1
        assert "41 columns wide" in standin.problems[0]


async def test_a_request_that_it_does_not_know_is_remembered() -> None:
    async with StandIn() as standin, running(standin) as bot:
        with pytest.raises(discord.NotFound):
            await bot.fetch_guild(1)
        assert any("knows no such request" in problem for problem in standin.problems)


# Faults


@pytest.mark.parametrize("everywhere", [False, True])
async def test_a_rate_limit_is_waited_out(standin: StandIn, everywhere: bool) -> None:
    async with running(standin) as bot:
        standin.faults.append(RateLimited(path=POSTING, times=2, everywhere=everywhere))
        await channel(bot, standin).send("Coverage")
        assert [request.status for request in standin.seen("POST", "/messages")] == [429, 429, 200]
        assert len(standin.messages) == 1


async def test_a_rate_limited_answer_is_sent_again(standin: StandIn) -> None:
    async with running(standin):
        standin.faults.append(RateLimited(path="/interactions/.*"))
        await standin.slash("say", {"what": "hello"})
        assert [request.status for request in standin.seen("POST", "/callback")] == [429, 200]


async def test_without_via_a_rate_limit_is_taken_for_a_ban(standin: StandIn) -> None:
    async with running(standin) as bot:
        standin.faults.append(RateLimited(via=None))
        with pytest.raises(discord.HTTPException, match="429"):
            await channel(bot, standin).send("Coverage")


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [(403, 50013, discord.Forbidden), (404, 10003, discord.NotFound), (503, 0, discord.DiscordServerError)],
)
async def test_a_refusal_on_order(standin: StandIn, status: int, code: int, error: type[discord.HTTPException]) -> None:
    async with running(standin) as bot:
        standin.faults.append(Refused(status=status, code=code, method="POST"))
        with pytest.raises(error) as raised:
            await channel(bot, standin).send("Coverage")
        assert raised.value.code == code
        await channel(bot, standin).send("Coverage")
        assert len(standin.messages) == 1


async def test_a_slow_answer_comes_when_the_test_lets_go(standin: StandIn) -> None:
    async with running(standin) as bot:
        standin.faults.append(slow := Paused(path=POSTING))
        sending = asyncio.create_task(channel(bot, standin).send("Coverage"))
        async with asyncio.timeout(DEADLINE):
            await slow.reached.wait()
            assert not sending.done()
            assert standin.messages == []
            slow.resume.set()
            assert (await sending).content == "Coverage"


@pytest.mark.parametrize("done", [False, True])
async def test_a_cut_connection_tells_not_whether_it_was_done(standin: StandIn, done: bool) -> None:
    async with running(standin) as bot:
        standin.faults.append(Dropped(path=POSTING, done=done))
        with pytest.raises(aiohttp.ClientError):
            await channel(bot, standin).send("Coverage", nonce="1-60")
        assert len(standin.messages) == done
        await channel(bot, standin).send("Coverage", nonce="1-60")
        assert len(standin.messages) == 1


async def test_faults_are_for_the_requests_they_name(standin: StandIn) -> None:
    async with running(standin) as bot:
        standin.faults.append(Refused(status=403, method="PATCH"))
        message = await channel(bot, standin).send("Coverage")
        with pytest.raises(discord.Forbidden):
            await message.edit(content="Over")


# The gateway


@pytest.mark.parametrize("trouble", ["close", "ask_to_reconnect"])
async def test_a_bot_resumes_and_misses_nothing(standin: StandIn, trouble: str) -> None:
    async with running(standin) as bot:
        frames = len(standin.gateway.frames)
        resumed = asyncio.create_task(bot.wait_for("shard_resumed", timeout=DEADLINE))
        await getattr(standin.gateway, trouble)()
        asked = await standin.slash("say", {"what": "meanwhile"})
        await resumed
        assert asked.answer["data"]["content"] == "meanwhile"
        assert (await standin.gateway.expect(RESUME, after=frames)).socket == 2
        assert len([frame for frame in standin.gateway.frames if frame.op == IDENTIFY]) == 1


async def test_a_bot_whose_session_is_void_identifies_anew(standin: StandIn) -> None:
    async with running(standin) as bot:
        frames = len(standin.gateway.frames)
        ready = asyncio.create_task(bot.wait_for("ready", timeout=DEADLINE))
        await standin.gateway.invalidate()
        await standin.gateway.expect(IDENTIFY, after=frames)
        await ready
        assert (await standin.slash("say", {"what": "back"})).answer["data"]["content"] == "back"


async def test_a_session_that_is_unknown_cannot_be_resumed(standin: StandIn) -> None:
    async with running(standin) as bot:
        frames = len(standin.gateway.frames)
        ready = asyncio.create_task(bot.wait_for("ready", timeout=DEADLINE))
        standin.gateway.sessions.clear()
        await standin.gateway.close()
        await standin.gateway.expect(IDENTIFY, after=frames)
        await ready
        assert [frame.op for frame in standin.gateway.frames[frames:] if frame.op in (IDENTIFY, RESUME)] == [
            RESUME,
            IDENTIFY,
        ]


async def test_heartbeats_are_heard(standin: StandIn) -> None:
    async with running(standin) as bot:
        assert 0 <= bot.latency < math.inf


# Waiting


async def test_what_is_there_is_not_waited_for_and_what_comes_is() -> None:
    log: Log[int] = Log()
    log.append(1)
    assert await log.expect(lambda number: number == 1) == 1
    coming = asyncio.create_task(log.expect(lambda number: number == 1, after=1))
    await asyncio.sleep(0)
    assert not coming.done()
    log.append(2)
    log.append(1)
    assert await coming == 1


async def test_what_does_not_come_fails_and_says_what_came() -> None:
    log: Log[str] = Log()
    log.append("something else")
    with pytest.raises(AssertionError, match="something else"):
        await log.expect(lambda text: text == "it", deadline=0.01)
