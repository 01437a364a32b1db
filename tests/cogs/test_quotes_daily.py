"""The quote of the day: set, shown, posted once a day and never twice, whatever fails on the way."""

from __future__ import annotations

import asyncio
import random
from datetime import date, datetime
from typing import Any

import discord
import pytest

from bot.clock import TravelClock
from bot.notifications import quote_of_the_day as daily
from bot.notifications.quote_of_the_day import QuotesOfTheDay, next_time, nonce
from bot.questions.quotes import DayQuestion
from bot.services import Services
from db.guilds import setting
from db.quotes.days import SETTING
from tests.checks.recorder import SentBodies
from tests.cogs.conftest import Stand
from tests.cogs.looking import title_and_answer, words
from tests.cogs.quoting import MANAGING, Elsewhere, labels, member, press, said, saved


@pytest.fixture(autouse=True)
async def three(services: Services) -> None:
    """Three quotes are held, none of them with the program."""
    async with services.store.write() as connection:
        await connection.execute("DELETE FROM quotes")
    for words_ in ("One.", "Two.", "Three."):
        await saved(services, None, words_, season=2025, round=22)


@pytest.fixture
def boss(stand: Stand) -> Any:
    return member(stand.channel.guild, "Boss", MANAGING)


@pytest.fixture
def poster(stand: Stand, services: Services) -> QuotesOfTheDay:
    return QuotesOfTheDay(stand.env.bot, services, stand.env.bot.router.as_of, random.Random(1))


def at(clock: TravelClock, moment: str) -> None:
    clock._start = datetime.fromisoformat(moment)


def posted(channel: Any) -> list[str]:
    """The words of every quote in a channel, the oldest first."""
    shown = []
    for message in channel.history():
        text = "\n".join(part.content for part in message.components[0].children if hasattr(part, "content"))
        if text.startswith("## Quote of the day"):
            shown.append(text.split("“")[1].split("”")[0])
    return shown


async def states(services: Services) -> list[str]:
    return [row["state"] for row in await services.store.fetch("SELECT state FROM quote_days ORDER BY day, guild_id")]


async def test_it_comes_at_nine_eastern_once_a_day(
    stand: Stand, services: Services, boss: Any, poster: QuotesOfTheDay
) -> None:
    await boss.slash(stand.channel, "quote-of-the-day", channel=stand.channel)
    at(stand.clock, "2025-10-17T08:59:59-04:00")
    await poster.send_due()
    assert posted(stand.channel) == []
    for moment in ("09:00:00", "09:01:00", "23:59:00"):
        at(stand.clock, f"2025-10-17T{moment}-04:00")
        await poster.send_due()
        assert len(posted(stand.channel)) == 1
    at(stand.clock, "2025-10-18T00:01:00-04:00")
    await poster.send_due()
    assert len(posted(stand.channel)) == 1
    # Late, after a night off the network, but the same day.
    at(stand.clock, "2025-10-18T22:00:00-04:00")
    await poster.send_due()
    assert len(posted(stand.channel)) == 2
    assert await states(services) == ["sent", "sent"]


async def test_no_quote_comes_again_before_all_others_had_their_day(
    stand: Stand, boss: Any, poster: QuotesOfTheDay
) -> None:
    await boss.slash(stand.channel, "quote-of-the-day", channel=stand.channel)
    for day in (18, 19, 20, 21):
        at(stand.clock, f"2025-10-{day}T09:00-04:00")
        await poster.send_due()
    assert sorted(posted(stand.channel)[:3]) == ["One.", "Three.", "Two."]
    assert len(posted(stand.channel)) == 4


async def test_what_it_posts_mentions_nobody_and_goes_on(
    stand: Stand, services: Services, boss: Any, poster: QuotesOfTheDay, sent: SentBodies
) -> None:
    async with services.store.write() as connection:
        await connection.execute("DELETE FROM quotes")
    await saved(services, stand.channel.guild.id, "@everyone <@1> # hi", season=2025, round=22)
    await boss.slash(stand.channel, "quote-of-the-day", channel=stand.channel)
    await poster.send_due()
    body = next(each.body for each in sent.requests if each.path == f"/channels/{stand.channel.id}/messages")
    assert body["allowed_mentions"] == {"parse": []}
    assert body["enforce_nonce"] is True
    assert body["nonce"] == nonce(stand.channel.guild.id, date(2025, 10, 16))
    assert "“@\u200beveryone \\<@1\\> \\# hi”\n" in body["components"][0]["components"][0]["content"] + "\n"
    message = stand.channel.history()[-1]
    copy = await stand.fan.click(message, label="Another")
    assert copy.ephemeral
    assert words(copy).startswith("## #11 Corey Heim")


async def test_each_server_gets_its_own_and_everybodys(
    stand: Stand, services: Services, boss: Any, poster: QuotesOfTheDay
) -> None:
    async with services.store.write() as connection:
        await connection.execute("DELETE FROM quotes")
    away = Elsewhere.of(stand)
    chief = member(away.channel.guild, "Chief", MANAGING)
    await saved(services, stand.channel.guild.id, "Ours.")
    await boss.slash(stand.channel, "quote-of-the-day", channel=stand.channel)
    await chief.slash(away.channel, "quote-of-the-day", channel=away.channel)
    await poster.send_due()
    assert (posted(stand.channel), posted(away.channel)) == (["Ours."], [])
    # Nothing to send is no day spent.
    await saved(services, away.channel.guild.id, "Theirs.")
    await poster.send_due()
    assert (posted(stand.channel), posted(away.channel)) == (["Ours."], ["Theirs."])


class Crash(BaseException):
    """The process dies."""


@pytest.mark.parametrize(("where", "sent_before"), [("_send", 0), ("mark_day", 1)])
async def test_a_crash_loses_a_day_at_most_and_doubles_none(
    stand: Stand,
    services: Services,
    boss: Any,
    poster: QuotesOfTheDay,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
    sent_before: int,
) -> None:
    """Between claim and sending, and between sending and mark."""
    await boss.slash(stand.channel, "quote-of-the-day", channel=stand.channel)

    async def crash(*_: object) -> None:
        raise Crash

    with monkeypatch.context() as broken:
        broken.setattr(QuotesOfTheDay if where == "_send" else daily, where, crash)
        # What is left behind by then is what a process that dies leaves behind.
        await poster.send_due()
    assert await states(services) == ["claimed"]
    assert len(posted(stand.channel)) == sent_before
    again = QuotesOfTheDay(stand.env.bot, services, stand.env.bot.router.as_of)
    for _ in range(3):
        await again.send_due()
    assert len(posted(stand.channel)) == sent_before
    at(stand.clock, "2025-10-17T09:00-04:00")
    await again.send_due()
    assert len(posted(stand.channel)) == sent_before + 1


async def test_two_ticks_at_once_post_one(stand: Stand, services: Services, boss: Any) -> None:
    await boss.slash(stand.channel, "quote-of-the-day", channel=stand.channel)
    posters = [QuotesOfTheDay(stand.env.bot, services, stand.env.bot.router.as_of) for _ in range(5)]
    await asyncio.gather(*(each.send_due() for each in posters))
    assert len(posted(stand.channel)) == 1


async def test_a_slow_channel_holds_up_nobody(
    stand: Stand, services: Services, boss: Any, poster: QuotesOfTheDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = Elsewhere.of(stand)
    chief = member(away.channel.guild, "Chief", MANAGING)
    await boss.slash(stand.channel, "quote-of-the-day", channel=stand.channel)
    await chief.slash(away.channel, "quote-of-the-day", channel=away.channel)
    bot, done = stand.env.bot, asyncio.Event()
    real = bot.get_partial_messageable

    class Slow:
        async def send(self, **_: object) -> None:
            await done.wait()

    class Quick:
        def __init__(self, channel: Any) -> None:
            self.channel = channel

        async def send(self, **given: Any) -> None:
            await self.channel.send(**given)
            done.set()

    def messageable(number: int, **given: Any) -> Any:
        return Slow() if number == stand.channel.id else Quick(real(number, **given))

    monkeypatch.setattr(bot, "get_partial_messageable", messageable)
    async with asyncio.timeout(10):
        await poster.send_due()
    assert len(posted(away.channel)) == 1
    assert await states(services) == ["sent", "sent"]


async def test_a_channel_that_takes_too_long_is_given_up(
    stand: Stand, services: Services, boss: Any, poster: QuotesOfTheDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    await boss.slash(stand.channel, "quote-of-the-day", channel=stand.channel)
    monkeypatch.setattr(daily, "PATIENCE", 0.01)

    class Never:
        async def send(self, **_: object) -> None:
            await asyncio.Event().wait()

    monkeypatch.setattr(stand.env.bot, "get_partial_messageable", lambda *_, **__: Never())
    await poster.send_due()
    assert await states(services) == ["failed"]
    assert (await setting(services.store, stand.channel.guild.id, SETTING))["channel"] == stand.channel.id


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (403, 50013, "I can't post in the channel anymore"),
        (403, 50001, "I can't see the channel anymore"),
        (404, 10003, "the channel is gone"),
    ],
)
async def test_a_channel_that_takes_nothing_is_switched_off_and_it_is_said_why(
    stand: Stand, services: Services, boss: Any, poster: QuotesOfTheDay, status: int, code: int, reason: str
) -> None:
    await boss.slash(stand.channel, "quote-of-the-day", channel=stand.channel)
    stand.env.inject_error("POST", f"/channels/{stand.channel.id}/messages", status=status, code=code)
    await poster.send_due()
    assert await states(services) == ["failed"]
    asked = await boss.slash(stand.channel, "quote-of-the-day")
    assert title_and_answer(asked)[1] == f"Off since <t:1760648400:d>: {reason}."
    at(stand.clock, "2025-10-17T09:00-04:00")
    await poster.send_due()
    assert posted(stand.channel) == []
    await boss.slash(stand.channel, "quote-of-the-day", channel=stand.channel)
    await poster.send_due()
    assert len(posted(stand.channel)) == 1


@pytest.mark.parametrize(("status", "code"), [(500, 0), (403, 0), (404, 0), (403, 40333), (400, 50035)])
async def test_when_discord_fails_or_something_before_it_refuses_the_channel_stays_set(
    stand: Stand, services: Services, boss: Any, poster: QuotesOfTheDay, status: int, code: int
) -> None:
    await boss.slash(stand.channel, "quote-of-the-day", channel=stand.channel)
    stand.env.inject_error("POST", f"/channels/{stand.channel.id}/messages", status=status, code=code)
    await poster.send_due()
    assert await states(services) == ["failed"]
    at(stand.clock, "2025-10-17T09:00-04:00")
    await poster.send_due()
    assert len(posted(stand.channel)) == 1


async def test_a_channel_that_is_set_while_the_old_one_refuses_stays_set(
    stand: Stand, services: Services, boss: Any, poster: QuotesOfTheDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = stand.channel.guild
    better = server.create_text_channel("better")
    await boss.slash(stand.channel, "quote-of-the-day", channel=stand.channel)
    stand.env.inject_error("POST", f"/channels/{stand.channel.id}/messages", status=403, code=50013)
    real = stand.env.bot.get_partial_messageable

    class Meanwhile:
        def __init__(self, channel: Any) -> None:
            self.channel = channel

        async def send(self, **given: Any) -> None:
            await boss.slash(stand.channel, "quote-of-the-day", channel=better)
            await self.channel.send(**given)

    monkeypatch.setattr(stand.env.bot, "get_partial_messageable", lambda *which, **how: Meanwhile(real(*which, **how)))
    await poster.send_due()
    assert await states(services) == ["failed"]
    assert await setting(services.store, server.id, SETTING) == {"channel": better.id}


async def test_what_is_set_is_shown_and_switched_off(stand: Stand, services: Services, boss: Any) -> None:
    asked = await boss.slash(stand.channel, "quote-of-the-day")
    assert asked.ephemeral
    assert title_and_answer(asked) == ("Quote of the day", "Not set up yet.")
    asked = await boss.slash(stand.channel, "quote-of-the-day", channel=stand.channel)
    # At five in the afternoon the day's quote is due at once.
    said_ = f"One a day in <#{stand.channel.id}>, at 9 a.m. Eastern. Today's is coming within minutes."
    assert title_and_answer(asked)[1] == said_
    await QuotesOfTheDay(stand.env.bot, services, stand.env.bot.router.as_of).send_due()
    asked = await boss.slash(stand.channel, "quote-of-the-day")
    assert "Next one: <t:1760706000:R>." in words(asked)
    assert labels(asked) == ["Turn off"]
    await boss.click(asked.response, label="Turn off")
    assert title_and_answer(asked)[1] == "Not set up yet."
    assert await setting(services.store, stand.channel.guild.id, SETTING) is None


@pytest.mark.parametrize(
    ("denied", "named"),
    [
        ({"send_messages": False}, "I need Send Messages in #quiet; grant that and try again."),
        ({"view_channel": False}, "I need View Channel and Send Messages in #quiet; grant that and try again."),
    ],
)
async def test_the_permission_that_the_bot_lacks_is_named(
    stand: Stand, services: Services, boss: Any, denied: dict[str, bool], named: str
) -> None:
    server = stand.channel.guild
    quiet = server.create_text_channel("quiet", overwrites={server.default_role: discord.PermissionOverwrite(**denied)})
    result = await press(stand, boss, stand.channel, DayQuestion(quiet.id))
    assert said(result) == named
    assert await setting(services.store, server.id, SETTING) is None


async def test_a_channel_of_another_server_or_of_another_kind_is_refused(stand: Stand, boss: Any) -> None:
    away = Elsewhere.of(stand)
    voice = stand.channel.guild.create_voice_channel("voice")
    for channel in (away.channel, voice):
        line = said(await press(stand, boss, stand.channel, DayQuestion(channel.id)))
        assert line == "That isn't a text channel in this server, or I can't see it."


async def test_a_server_out_of_reach_waits(stand: Stand, services: Services, boss: Any, poster: QuotesOfTheDay) -> None:
    await boss.slash(stand.channel, "quote-of-the-day", channel=stand.channel)
    stand.env.backend.emit("GUILD_DELETE", {"id": str(stand.channel.guild.id), "unavailable": True})
    await stand.env.settle()
    await poster.send_due()
    assert await states(services) == []


def test_the_name_by_which_discord_knows_it_is_short_enough_and_its_own() -> None:
    assert len(nonce(2**63, date(2025, 10, 16))) <= 25
    assert len({nonce(guild, date(2025, 10, day)) for guild in (1, 2, 16) for day in (1, 2)}) == 6


@pytest.mark.parametrize(
    ("now", "sent_today", "due"),
    [
        ("2025-10-16T08:00-04:00", False, "2025-10-16T09:00-04:00"),
        ("2025-10-16T17:00-04:00", False, "2025-10-16T17:00-04:00"),
        ("2025-10-16T17:00-04:00", True, "2025-10-17T09:00-04:00"),
        ("2025-11-01T17:00-04:00", True, "2025-11-02T09:00-05:00"),
    ],
)
def test_when_the_next_one_is_due(now: str, sent_today: bool, due: str) -> None:
    assert next_time(datetime.fromisoformat(now), sent_today=sent_today) == datetime.fromisoformat(due)
