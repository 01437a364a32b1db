"""The stand-in's world: thousands of servers, permissions as Discord computes them, and what vanishes."""

from __future__ import annotations

import asyncio

import discord
import pytest

from tests.wire.asking import Asking
from tests.wire.log import DEADLINE
from tests.wire.permissions import EVERYTHING, USUAL, May, Overwrite, Role, permissions_in
from tests.wire.probe import Probe, running
from tests.wire.standin import StandIn
from tests.wire.world import Person, World

MANY = 10_000


def hearing(bot: Probe, name: str) -> asyncio.Task[object]:
    """Waits for the next event of a name."""
    return asyncio.ensure_future(bot.wait_for(name, timeout=DEADLINE))


# Many


def test_ten_thousand_servers_are_made_at_once() -> None:
    world = World(MANY)
    assert len(world.guilds) == len({channel.id for channel in world.channels}) == MANY
    assert all(world.channel(channel.id) is channel for channel in world.channels)


async def test_a_bot_hears_of_a_thousand_servers_and_writes_to_any() -> None:
    async with StandIn(World(1000)) as standin, running(standin) as bot:
        channel = standin.world.channels[-1]
        known = await bot.fetch_channel(channel.id)
        assert isinstance(known, discord.TextChannel)
        assert len(bot.guilds) == 1000
        await known.send("Coverage starts")
        assert [written.channel for written in standin.written] == [channel.id]


async def test_events_that_a_bot_has_heard_of_are_not_kept(standin: StandIn) -> None:
    standin.gateway.heartbeat = 0.05
    async with running(standin):
        session = standin.gateway.session()
        heard = await standin.gateway.frames.expect(lambda frame: frame.op == 1 and frame.data == session.sent)
        assert heard.data == 2
        assert not session.kept


# Permissions


def everyone(permissions: int = int(USUAL)) -> Role:
    return Role("@everyone", 1, permissions)


@pytest.mark.parametrize(
    ("roles", "overwrites", "permissions"),
    [
        ([], None, USUAL),
        ([Role("bot", 2, May.CREATE_EVENTS)], None, USUAL | May.CREATE_EVENTS),
        ([Role("bot", 2, May.ADMINISTRATOR)], {1: Overwrite(0, deny=EVERYTHING)}, EVERYTHING),
        ([], {1: Overwrite(0, deny=May.READ_MESSAGE_HISTORY)}, USUAL & ~May.READ_MESSAGE_HISTORY),
        ([Role("bot", 2)], {1: Overwrite(0, deny=USUAL), 2: Overwrite(0, allow=USUAL)}, USUAL),
        ([Role("bot", 2)], {2: Overwrite(0, allow=USUAL), 7: Overwrite(1, deny=May.VIEW_CHANNEL)}, 0),
        ([], {7: Overwrite(1, deny=May.SEND_MESSAGES)}, May.VIEW_CHANNEL | May.READ_MESSAGE_HISTORY),
    ],
)
def test_permissions_are_reckoned(roles: list[Role], overwrites: dict[int, Overwrite] | None, permissions: int) -> None:
    assert permissions_in(everyone(), roles, 7, overwrites) == permissions


@pytest.mark.parametrize(
    ("lost", "body", "code"),
    [
        (May.VIEW_CHANNEL, {"content": "Hello"}, 50001),
        (May.SEND_MESSAGES, {"content": "Hello"}, 50013),
        (May.EMBED_LINKS, {"embeds": [{"title": "Hello"}]}, 50013),
        (May.ATTACH_FILES, {"attachments": [{"id": "0", "filename": "a.png"}]}, 50013),
    ],
)
@pytest.mark.parametrize("at_large", [False, True])
async def test_what_the_bot_may_not_do_is_refused(
    standin: StandIn, asking: Asking, lost: May, body: dict[str, object], code: int, at_large: bool
) -> None:
    where = standin.world.guilds[0] if at_large else standin.world.general
    path = f"/channels/{standin.world.general.id}/messages"
    await standin.forbid(where, lost)
    answer = await asking.ask("POST", path, body)
    assert (answer.status, answer.code) == (403, code)
    assert not standin.written
    await standin.allow(where, lost)
    assert (await asking.ask("POST", path, body)).status == 200


async def test_the_bots_own_view_of_its_permissions_is_the_same(standin: StandIn) -> None:
    async with running(standin) as bot:
        shown = int(May.VIEW_CHANNEL | May.SEND_MESSAGES | May.READ_MESSAGE_HISTORY)
        for where, event in (
            (standin.world.general, "guild_channel_update"),
            (standin.world.guilds[0], "guild_role_update"),
        ):
            for change in (standin.forbid, standin.allow):
                heard = hearing(bot, event)
                await change(where, May.READ_MESSAGE_HISTORY)
                await heard
                channel = bot.get_channel(standin.world.general.id)
                assert isinstance(channel, discord.TextChannel)
                mine = channel.permissions_for(channel.guild.me).value
                assert mine & shown == standin.world.allowed(standin.world.general) & shown


async def test_the_bot_is_not_always_told(standin: StandIn) -> None:
    async with running(standin) as bot:
        await standin.forbid(standin.world.general, May.SEND_MESSAGES, notify=False)
        channel = bot.get_channel(standin.world.general.id)
        assert isinstance(channel, discord.TextChannel)
        assert channel.permissions_for(channel.guild.me).send_messages
        with pytest.raises(discord.Forbidden):
            await channel.send("Hello")


# What vanishes


@pytest.mark.parametrize(
    ("how", "status", "code"),
    [("delete_channel", 404, 10003), ("delete_guild", 404, 10003), ("remove_bot", 403, 50001)],
)
@pytest.mark.parametrize("notify", [False, True])
async def test_what_is_gone_is_refused(standin: StandIn, how: str, status: int, code: int, notify: bool) -> None:
    guild = standin.world.guild("Gone")
    channel = guild.channel("general")
    async with running(standin) as bot, Asking(standin) as asking:
        name = "guild_channel_delete" if how == "delete_channel" else "guild_remove"
        heard = hearing(bot, name)
        await getattr(standin, how)(channel if how == "delete_channel" else guild, notify=notify)
        if notify:
            await heard
        heard.cancel()
        assert (bot.get_channel(channel.id) is None) is notify
        for method, path in (("POST", "/messages"), ("GET", "/messages"), ("GET", "")):
            body = {"content": "Hello"} if method == "POST" else None
            answer = await asking.ask(method, f"/channels/{channel.id}{path}", body)
            assert (answer.status, answer.code) == (status, code)


async def test_what_vanishes_while_no_bot_is_there_is_not_missed(standin: StandIn) -> None:
    guild = standin.world.guild("Gone")
    await standin.delete_channel(guild.channel("general"))
    await standin.remove_bot(guild)
    async with running(standin) as bot:
        assert [known.name for known in bot.guilds] == ["Turn Four"]


async def test_an_outage_is_no_goodbye(standin: StandIn) -> None:
    async with running(standin) as bot:
        gone = hearing(bot, "guild_unavailable")
        back = hearing(bot, "guild_available")
        await standin.outage(standin.world.guilds[0])
        await gone
        await standin.add_bot(standin.world.guilds[0])
        await back


async def test_a_role_is_deleted(standin: StandIn) -> None:
    role = standin.world.guilds[0].role("Trucks")
    async with running(standin) as bot:
        assert bot.guilds[0].get_role(role.id) is not None
        heard = hearing(bot, "guild_role_delete")
        await standin.delete_role(standin.world.guilds[0], role)
        await heard
        assert bot.guilds[0].get_role(role.id) is None


# People


async def test_a_person_is_written_to_unless_he_takes_none(standin: StandIn) -> None:
    async with running(standin) as bot:
        dm = await bot.create_dm(discord.Object(standin.world.fan.id))
        assert dm.id == standin.world.dm.id
        await dm.send("Coverage starts")
        standin.close_dms(standin.world.fan)
        with pytest.raises(discord.Forbidden) as closed:
            await dm.send("Coverage starts")
        assert closed.value.code == 50007
        standin.open_dms(standin.world.fan)
        await dm.send("Coverage starts")
        assert [written.guild for written in standin.written] == [None, None]


async def test_nobody_is_not_written_to(standin: StandIn) -> None:
    async with running(standin) as bot:
        with pytest.raises(discord.HTTPException) as nobody:
            await bot.create_dm(discord.Object(1))
        assert nobody.value.code == 50033
        with pytest.raises(discord.NotFound):
            await bot.fetch_user(1)


async def test_who_spoke_to_the_bot_can_be_written_to(standin: StandIn) -> None:
    somebody = Person("somebody")
    async with running(standin) as bot:
        await standin.slash("say", {"what": "ha"}, person=somebody)
        assert (await bot.fetch_user(somebody.id)).name == "somebody"
        await (await bot.create_dm(discord.Object(somebody.id))).send("Hello")


async def test_a_moderator_is_known_by_their_permissions(standin: StandIn) -> None:
    async with running(standin) as bot:
        seen: list[bool] = []
        bot.tree.interaction_check = lambda asked: _note(seen, asked)  # type: ignore[method-assign]
        for person in (standin.world.fan, standin.world.moderator):
            await standin.slash("say", {"what": "ha"}, person=person)
    assert seen == [False, True]


async def _note(seen: list[bool], asked: discord.Interaction) -> bool:
    seen.append(asked.permissions.manage_guild)
    return True
