"""Messages on the stand-in: one per nonce, history read as on Discord, everything recorded."""

from __future__ import annotations

import asyncio

import discord
import pytest

from tests.wire.asking import Asking
from tests.wire.permissions import May
from tests.wire.probe import running
from tests.wire.standin import StandIn

REMINDER = "Talladega on FS1"


def texts(messages: list[dict[str, object]]) -> list[object]:
    return [message["content"] for message in messages]


# Nonces


async def test_a_nonce_makes_a_message_one_for_three_minutes(standin: StandIn, asking: Asking) -> None:
    standin.clock.run(0)
    first = await asking.post(standin.world.general, REMINDER, nonce="1-60")
    standin.clock.advance(minutes=2, seconds=59)
    again = await asking.post(standin.world.general, REMINDER, nonce="1-60")
    assert again.body["id"] == first.body["id"]
    standin.clock.advance(seconds=2)
    late = await asking.post(standin.world.general, REMINDER, nonce="1-60")
    assert late.body["id"] != first.body["id"]
    assert [written.nonce for written in standin.written] == ["1-60", "1-60"]


async def test_a_nonce_that_is_not_enforced_is_a_mere_word(standin: StandIn, asking: Asking) -> None:
    for _ in range(2):
        await asking.post(standin.world.general, nonce="1-60", enforce_nonce=False)
    assert len(standin.written) == 2


@pytest.mark.parametrize(("by_channel", "written"), [(False, 1), (True, 2)])
async def test_a_nonce_is_its_authors_in_all_channels_or_not(
    standin: StandIn, asking: Asking, by_channel: bool, written: int
) -> None:
    standin.rest.book.by_channel = by_channel
    other = standin.world.guilds[0].channel("other")
    for channel in (standin.world.general, other):
        assert (await asking.post(channel, nonce="1-60")).status == 200
    assert len(standin.written) == written


async def test_a_nonce_whose_message_was_deleted_makes_none(standin: StandIn, asking: Asking) -> None:
    first = await asking.post(standin.world.general, nonce="1-60")
    standin.delete_message(int(first.body["id"]))
    again = await asking.post(standin.world.general, nonce="1-60")
    assert (again.status, again.code) == (404, 10008)
    assert [written.deleted for written in standin.written] == [True]


@pytest.mark.parametrize("nonce", ["x" * 26, 1.5])
async def test_a_nonce_that_is_none_is_a_problem(nonce: object) -> None:
    async with StandIn() as standin, Asking(standin) as asking:
        await asking.post(standin.world.general, nonce=nonce)
        assert any("nonce" in problem for problem in standin.problems)


async def test_two_at_once_with_one_nonce_make_one(standin: StandIn, asking: Asking) -> None:
    answers = await asyncio.gather(*(asking.post(standin.world.general, nonce="1-60") for _ in range(5)))
    assert len({answer.body["id"] for answer in answers}) == len(standin.written) == 1


# Reading


@pytest.mark.parametrize(
    ("where", "number", "limit", "found"),
    [
        (None, 0, 3, ["10", "9", "8"]),
        ("before", 5, 2, ["4", "3"]),
        ("after", 5, 2, ["7", "6"]),
        ("around", 5, 3, ["6", "5", "4"]),
        ("around", 5, 4, ["7", "6", "5", "4", "3"]),
        ("around", 10, 2, ["10", "9"]),
        ("after", 10, 50, []),
    ],
)
async def test_history_is_read_from_where_it_is_asked(
    standin: StandIn, asking: Asking, where: str | None, number: int, limit: int, found: list[str]
) -> None:
    said = [standin.say(standin.world.general, "") for _ in range(11)]
    for count, message in enumerate(said):
        message["author"] = standin.world.bot.payload()
        message["content"] = str(count)
    query = {where: said[number]["id"]} if where else {}
    assert texts(await asking.history(standin.world.general, limit=limit, **query)) == found


@pytest.mark.parametrize("query", [{"limit": 101}, {"limit": 0}, {"before": 1, "after": 1}])
async def test_history_is_not_read_as_it_pleases(query: dict[str, int]) -> None:
    async with StandIn() as standin, Asking(standin) as asking:
        answer = await asking.ask("GET", f"/channels/{standin.world.general.id}/messages", **query)
        assert (answer.status, answer.code) == (400, 50035)
        assert len(standin.problems) == 1


async def test_history_without_its_permission_is_empty(standin: StandIn, asking: Asking) -> None:
    message = (await asking.post(standin.world.general)).body["id"]
    await standin.forbid(standin.world.general, May.READ_MESSAGE_HISTORY)
    assert await asking.history(standin.world.general) == []
    one = await asking.ask("GET", f"/channels/{standin.world.general.id}/messages/{message}")
    assert (one.status, one.code) == (403, 50013)


async def test_what_is_read_has_no_nonce_and_nothing_that_people_wrote(standin: StandIn, asking: Asking) -> None:
    standin.say(standin.world.general, "good luck", person=standin.world.moderator)
    await asking.post(standin.world.general, REMINDER, nonce="1-60")
    newer, older = await asking.history(standin.world.general)
    assert "nonce" not in newer
    assert (newer["content"], older["content"], older["author"]["username"]) == (REMINDER, "", "moderator")


async def test_discord_py_reads_a_long_history(standin: StandIn) -> None:
    standin.limits.buckets = ()
    for _ in range(250):
        standin.say(standin.world.general, "chatter")
    async with running(standin) as bot:
        channel = bot.get_channel(standin.world.general.id)
        assert isinstance(channel, discord.TextChannel)
        sent = await channel.send(REMINDER)
        found = [message async for message in channel.history(limit=None) if message.author == bot.user]
        assert [message.id for message in found] == [sent.id]
        assert [m.id async for m in channel.history(around=sent.created_at, limit=1)] == [sent.id]
        assert (await channel.fetch_message(sent.id)).content == REMINDER


async def test_a_message_is_changed_and_deleted(standin: StandIn, asking: Asking) -> None:
    message = (await asking.post(standin.world.general)).body["id"]
    path = f"/channels/{standin.world.general.id}/messages/{message}"
    changed = await asking.ask("PATCH", path, {"content": "Postponed"})
    assert (changed.body["content"], changed.body["id"]) == ("Postponed", message)
    assert (await asking.ask("DELETE", path)).status == 204
    for method in ("GET", "PATCH", "DELETE"):
        gone = await asking.ask(method, path, {"content": "x"} if method == "PATCH" else None)
        assert (gone.status, gone.code) == (404, 10008)
    assert [(written.text, written.deleted) for written in standin.written] == [("Coverage starts", True)]


async def test_what_others_wrote_is_not_the_bots_to_change(standin: StandIn, asking: Asking) -> None:
    path = f"/channels/{standin.world.general.id}/messages/{standin.say(standin.world.general, 'mine')['id']}"
    changed, deleted = await asking.ask("PATCH", path, {"content": "yours"}), await asking.ask("DELETE", path)
    assert (changed.status, changed.code, deleted.status, deleted.code) == (403, 50005, 403, 50013)


# The record


async def test_the_record_says_what_was_written_when_and_to_whom(standin: StandIn, asking: Asking) -> None:
    standin.clock.run(0)
    role = standin.world.guilds[0].role("Trucks", mentionable=True)
    button = {"type": 2, "style": 2, "label": "Remind me too", "custom_id": "t1:0:remindme:abc"}
    await asking.post(
        standin.world.general,
        f"<@&{role.id}> soon",
        components=[{"type": 1, "components": [button]}],
        allowed_mentions={"parse": [], "roles": [str(role.id)]},
        nonce="1-60",
    )
    (written,) = standin.written
    assert (written.channel, written.guild) == (standin.world.general.id, standin.world.guilds[0].id)
    assert written.custom_ids == ["t1:0:remindme:abc"]
    assert written.pinged == {role.id}
    assert written.at == standin.clock.now()
    assert not written.asked


@pytest.mark.parametrize(
    ("mentionable", "may", "allowed", "pings"),
    [
        (True, False, {"parse": ["roles"]}, True),
        (True, False, None, True),
        (True, False, {"parse": []}, False),
        (False, False, {"parse": ["roles"]}, False),
        (False, True, {"parse": ["roles"]}, True),
    ],
)
async def test_a_role_is_pinged_if_message_role_and_permission_let_it(
    standin: StandIn, asking: Asking, mentionable: bool, may: bool, allowed: dict[str, list[str]] | None, pings: bool
) -> None:
    role = standin.world.guilds[0].role("Trucks", mentionable=mentionable)
    if may:
        await standin.allow(standin.world.general, May.MENTION_EVERYONE)
    more = {} if allowed is None else {"allowed_mentions": allowed}
    await asking.post(standin.world.general, f"<@&{role.id}> and @everyone", **more)
    assert (role.id in standin.written[0].pinged) is pings
    assert (standin.world.guilds[0].id in standin.written[0].pinged) is (may and allowed is None)


async def test_an_answer_is_on_record_as_one(standin: StandIn) -> None:
    async with running(standin):
        await standin.slash("say", {"what": "ha"})
        assert [(written.text, written.asked) for written in standin.written] == [("ha", True)]


async def test_ids_and_moments_are_those_of_the_standins_clock(standin: StandIn, asking: Asking) -> None:
    standin.clock.run(0)
    standin.clock.set(discord.utils.parse_time("2025-10-17T15:00:00-04:00"))
    message = (await asking.post(standin.world.general)).body
    moment = discord.utils.snowflake_time(int(message["id"]))
    assert abs((moment - standin.clock.now()).total_seconds()) < 0.01
    assert message["timestamp"].startswith("2025-10-17T19:00:00")
