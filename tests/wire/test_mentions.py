"""Mentions over sockets: what the bot asks Discord for, what it makes of what arrives, and what it answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import discord
import pytest
from discord.state import ConnectionState

from bot import app
from tests.wire.gateway import IDENTIFY
from tests.wire.here import running_here
from tests.wire.interactions import ids_in
from tests.wire.messages import REPLY
from tests.wire.standin import StandIn
from tests.wire.world import Person

WITHOUT_MESSAGES = discord.Intents(guilds=True)
WITH_MESSAGES = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)


@pytest.fixture(autouse=True)
def nothing_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' own process has no servers to set aside, only what pytest wants to free again."""
    monkeypatch.setattr(app, "set_servers_aside", lambda: None)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What discord.py makes of what arrives: the contents of messages, and the names of people."""
    found: list[str] = []
    message, user = discord.Message, ConnectionState.store_user_no_intents

    def make_message(*, state: Any, channel: Any, data: Any) -> discord.Message:
        found.append(data["content"])
        return message(state=state, channel=channel, data=data)

    def make_user(self: Any, data: Any, *, cache: bool = True) -> discord.User:
        found.append(data["username"])
        return user(self, data, cache=cache)

    monkeypatch.setattr("discord.state.Message", make_message)
    monkeypatch.setattr(ConnectionState, "store_user_no_intents", make_user)
    return found


def test_no_intent_is_privileged() -> None:
    privileged = discord.Intents(members=True, presences=True, message_content=True)
    assert WITH_MESSAGES.value & privileged.value == 0


async def test_a_mention_is_answered_once_and_as_a_reply(standin: StandIn, store_path: Path) -> None:
    general = standin.world.general
    async with running_here(store_path, standin) as bot:
        await bot.is_ready()
        asked = await standin.write(general, f"<@{standin.world.bot.id}> who won bristol in 2024")
        answer = await standin.written.expect(lambda written: written.channel == general.id)
        assert "Bristol" in answer.text
        assert answer.allowed == {"parse": []}
        message = standin.messages[-1]
        assert (message["type"], message["message_reference"]["message_id"]) == (REPLY, int(asked["id"]))
        # Discord sends again what may not have arrived.
        for _ in range(3):
            await standin.tell_message("MESSAGE_CREATE", asked, general, standin.world.fan)
        turned = await standin.press(message, ids_in(message)[0])
        assert turned.answer["type"] == 7, "the message changes in place for whoever asked"
        copied = await standin.press(message, ids_in(message)[0], person=Person("somebody else"))
        assert copied.answer["type"] == 4
        await standin.quiet()
        assert len([written for written in standin.written if not written.asked]) == 1
        await bot.stop()
    identified = await standin.gateway.expect(IDENTIFY)
    assert identified.data["intents"] == WITH_MESSAGES.value


async def test_of_what_is_not_said_to_it_nothing_is_made(standin: StandIn, store_path: Path, made: list[str]) -> None:
    general, fan = standin.world.general, standin.world.fan
    async with running_here(store_path, standin) as bot:
        await bot.is_ready()
        made.clear()
        for number in range(20):
            message = await standin.write(general, f"what a race, lap {number}", person=Person(f"fan {number}"))
            await standin.tell_message("MESSAGE_UPDATE", message, general, fan)
            await standin.gateway.send("MESSAGE_DELETE", {"id": message["id"], "channel_id": str(general.id)})
        await standin.gateway.send("MESSAGE_DELETE_BULK", {"ids": ["1", "2"], "channel_id": str(general.id)})
        await standin.write(general, f"<@{standin.world.bot.id}> next race", person=Person("asker"))
        await standin.written.expect(lambda written: written.channel == general.id)
        assert {name for name in made if name != "Tailgate"} == {f"<@{standin.world.bot.id}> next race", "asker"}
        await bot.stop()


async def test_a_direct_message_is_answered(standin: StandIn, store_path: Path) -> None:
    async with running_here(store_path, standin) as bot:
        await bot.is_ready()
        await standin.write(standin.world.dm, "standings 2024")
        answer = await standin.written.expect(lambda written: written.guild is None)
        assert "2024" in answer.text
        await bot.stop()


async def test_switched_off_it_asks_for_no_messages(
    standin: StandIn, store_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAILGATE_MENTIONS", "off")
    async with running_here(store_path, standin) as bot:
        await bot.is_ready()
        await standin.write(standin.world.general, f"<@{standin.world.bot.id}> standings")
        await standin.write(standin.world.dm, "standings")
        assert (await standin.slash("standings")).answer["type"] == 4
        await standin.quiet()
        assert [written for written in standin.written if not written.asked] == []
        await bot.stop()
    identified = await standin.gateway.expect(IDENTIFY)
    assert identified.data["intents"] == WITHOUT_MESSAGES.value
