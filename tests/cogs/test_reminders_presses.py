"""The panel of the reminders pressed at an unlucky moment or place: two at once, too late, where nothing can go."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.client.permissions import lacking
from bot.errors import FriendlyError
from bot.notifications.settings import TEST_COOLDOWN
from bot.questions.reminders import (
    LEADS,
    OFF,
    ON,
    PERSON,
    SERVER,
    SESSIONS,
    TEST,
    ReminderActionQuestion,
    ReminderChoiceQuestion,
)
from bot.requester import Requester
from bot.services import Services
from db.models import RaceStatus, Season
from db.reminders import plans, targets
from db.reminders.models import SeenRace, Target, WeekendSession
from tests.cogs.conftest import Stand
from tests.cogs.looking import words
from tests.cogs.quoting import member, press
from tests.cogs.test_reminders import MANAGING, chooser, held

FORUM = 700
NO_TEXT_CHANNEL = "Reminders go to a text channel; use /reminders in one, or choose one there."


@pytest.fixture
def boss(stand: Stand) -> Any:
    return member(stand.channel.guild, "Boss", MANAGING)


@pytest.fixture
def cog(stand: Stand) -> Any:
    return stand.env.bot.get_cog("Reminders")


@pytest.fixture
async def requester(stand: Stand, boss: Any) -> Requester:
    as_of = await stand.env.bot.router.as_of()
    return Requester(boss.id, as_of, guild=stand.channel.guild.id, channel=stand.channel.id, permissions=MANAGING)


def said(view: discord.ui.LayoutView) -> str:
    return "\n".join(item.content for item in view.walk_children() if isinstance(item, discord.ui.TextDisplay))


def forum(guild: discord.Guild) -> None:
    """A forum, with a post in it whose id is 5."""
    place: Any = {"id": str(FORUM), "name": "races", "type": 15, "position": 9, "permission_overwrites": [], "flags": 0}
    guild._add_channel(discord.ForumChannel(state=guild._state, guild=guild, data=place | {"available_tags": []}))
    meta = {"archived": False, "auto_archive_duration": 60, "archive_timestamp": "2025-10-17T00:00:00Z"}
    post: Any = {"id": "5", "parent_id": str(FORUM), "owner_id": "1", "name": "race day", "type": 11}
    counts: Any = {"member_count": 1, "message_count": 1, "thread_metadata": meta}
    guild._add_thread(discord.Thread(guild=guild, state=guild._state, data=post | counts))


async def test_two_choices_at_once_are_both_kept(
    services: Services, stand: Stand, cog: Any, requester: Requester
) -> None:
    await cog.settings.act(ReminderActionQuestion(ON, SERVER), requester)
    await asyncio.gather(
        cog.settings.choose(ReminderChoiceQuestion(LEADS, SERVER), ["15"], requester),
        cog.settings.choose(ReminderChoiceQuestion(SESSIONS, SERVER), ["qualifying"], requester),
    )
    target = await held(services, stand)
    assert target is not None
    assert target.leads == (15,)
    assert target.sessions == {WeekendSession.QUALIFYING}


async def test_a_choice_at_the_moment_of_switching_off_switches_nothing_on(
    services: Services, stand: Stand, cog: Any, requester: Requester
) -> None:
    await cog.settings.act(ReminderActionQuestion(ON, SERVER), requester)
    await asyncio.gather(
        cog.settings.act(ReminderActionQuestion(OFF, SERVER), requester),
        cog.settings.choose(ReminderChoiceQuestion(LEADS, SERVER), ["5"], requester),
    )
    target = await held(services, stand)
    assert target is not None
    assert (target.on, target.leads) == (False, (5,))


async def test_what_the_courier_switched_off_stays_off_whatever_is_chosen_then(
    services: Services, stand: Stand, cog: Any, requester: Requester
) -> None:
    await cog.settings.act(ReminderActionQuestion(ON, SERVER), requester)
    target = await held(services, stand)
    assert target is not None
    await asyncio.gather(
        targets.switch_off(services.store, target.id, "I lack a permission in the channel"),
        cog.settings.choose(ReminderChoiceQuestion(LEADS, SERVER), ["5"], requester),
    )
    off = await held(services, stand)
    assert off is not None
    assert (off.on, off.leads, off.off_reason) == (False, (5,), "I lack a permission in the channel")


async def test_a_choice_where_nothing_was_set_switches_nothing_on(
    services: Services, stand: Stand, cog: Any, requester: Requester
) -> None:
    await cog.settings.choose(ReminderChoiceQuestion(LEADS, SERVER), ["5"], requester)
    target = await held(services, stand)
    assert target is not None
    assert (target.on, target.leads) == (False, (5,))


async def test_a_post_in_a_forum_is_no_place_for_reminders(
    services: Services, stand: Stand, cog: Any, requester: Requester
) -> None:
    guild = stand.env.bot.get_guild(stand.channel.guild.id)
    forum(guild)
    for channel in (5, FORUM, 123456):
        with pytest.raises(FriendlyError, match=NO_TEXT_CHANNEL):
            await cog.settings.act(ReminderActionQuestion(ON, SERVER), replace(requester, channel=channel))
    assert await held(services, stand) is None
    target = Target(guild=guild.id, channel=stand.channel.id)
    with pytest.raises(FriendlyError, match=NO_TEXT_CHANNEL):
        cog.settings._changed(target, "channel", [str(FORUM)])
    assert lacking(guild, replace(target, channel=FORUM)) == (
        f"<#{FORUM}> isn't a text channel; choose another channel.",
    )
    assert lacking(guild, target) == ()


async def test_a_second_test_at_once_is_refused_for_this_person_in_this_server(
    cog: Any, requester: Requester, stand: Stand
) -> None:
    await cog.settings.act(ReminderActionQuestion(ON, SERVER), requester)
    await cog.settings.act(ReminderActionQuestion(TEST, SERVER), requester)
    with pytest.raises(FriendlyError, match=r"You can send a test again in \d+ seconds?\."):
        await cog.settings.act(ReminderActionQuestion(TEST, SERVER), requester)
    assert len(stand.channel.history()) == 1
    await cog.settings.act(ReminderActionQuestion(TEST, SERVER), replace(requester, user=requester.user + 1))
    stand.clock._start += TEST_COOLDOWN
    await cog.settings.act(ReminderActionQuestion(TEST, SERVER), requester)
    assert len(stand.channel.history()) == 3


async def test_a_test_that_discord_refuses_is_one_line(
    stand: Stand, cog: Any, requester: Requester, monkeypatch: pytest.MonkeyPatch
) -> None:
    await cog.settings.act(ReminderActionQuestion(ON, SERVER), requester)
    answer: Any = SimpleNamespace(status=400, reason="Bad Request")

    async def refuse(*_: object, **__: object) -> None:
        raise discord.HTTPException(answer, {"code": 50008, "message": "Cannot send messages in this channel type"})

    monkeypatch.setattr(discord.PartialMessageable, "send", refuse)
    with pytest.raises(FriendlyError, match="Discord refused the test"):
        await cog.settings.act(ReminderActionQuestion(TEST, SERVER), requester)
    stand.clock._start += TEST_COOLDOWN
    answer.status = 503
    with pytest.raises(discord.HTTPException):
        await cog.settings.act(ReminderActionQuestion(TEST, SERVER), requester)


async def test_what_comes_next_is_what_the_planner_knows(
    services: Services, stand: Stand, cog: Any, requester: Requester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A race put off without a new date is listed at its old time still, of which nobody is reminded."""
    await cog.settings.act(ReminderActionQuestion(ON, SERVER), requester)
    target = await held(services, stand)
    assert target is not None
    ahead = requester.as_of.next_race()
    assert ahead is not None
    race = ahead[1]
    slot = await cog.settings._next(target)
    assert slot.round == race.round
    (season,) = [each for each in await services.seasons.all() if each.year == race.season]
    races = [replace(each, status=RaceStatus.POSTPONED) if each.round == race.round else each for each in season.races]

    async def put_off() -> list[Season]:
        return [replace(season, races=tuple(races))]

    monkeypatch.setattr(services.seasons, "all", put_off)
    assert race.coverage is not None
    start = race.coverage.coverage
    seen = SeenRace(race.date, race.start, start, RaceStatus.POSTPONED, put_off=start)
    async with services.store.write() as connection:
        await plans.save_seen(connection, {race.id: seen})
    assert await cog.settings._next(target) is None


async def test_a_person_who_switches_on_late_is_still_reminded_of_this_race(stand: Stand, services: Services) -> None:
    stand.clock._start = datetime(2025, 10, 17, 19, 30, tzinfo=UTC)
    result = await press(stand, stand.fan, stand.channel, ReminderActionQuestion(ON, PERSON))
    assert "For this race that's 15 minutes before coverage; it's too late for the rest." in words(result)
    mine = await targets.target_of(services.store, user=stand.fan.id)
    assert mine is not None
    assert mine.leads == (60, 15)


@pytest.mark.parametrize("late", [True, False])
async def test_a_server_that_switches_on_too_late_is_told_so(
    stand: Stand, boss: Any, services: Services, *, late: bool
) -> None:
    stand.clock._start = datetime(2025, 10, 17, 19 if late else 18, 30, tzinfo=UTC)
    result = await press(stand, boss, stand.channel, ReminderActionQuestion(ON, SERVER))
    assert ("It's too late for this race; they start with the next one." in words(result)) is late
    target = await held(services, stand)
    assert target is not None
    assert target.leads == (60,)


async def test_a_role_that_is_deleted_is_mentioned_no_more(stand: Stand, services: Services, boss: Any) -> None:
    role, other = (stand.channel.guild.create_role(name, mentionable=True) for name in ("Race fans", "Crew"))
    shown = await boss.slash(stand.channel, "reminders")
    await boss.click(shown.response, label="Turn on")
    await boss.select(shown.response, [role], custom_id=chooser(shown, "role"))
    cog: Any = stand.env.bot.get_cog("Reminders")
    guild = stand.env.bot.get_guild(stand.channel.guild.id)
    for deleted, left in ((other, role.id), (role, None)):
        await cog.on_guild_role_delete(guild.get_role(deleted.id))
        target = await held(services, stand)
        assert target is not None
        assert target.role == left


async def test_switched_on_again_reminders_go_where_there_is_a_channel(
    stand: Stand, services: Services, cog: Any, requester: Requester, boss: Any
) -> None:
    other = stand.channel.guild.create_text_channel("race-day")
    shown = await boss.slash(stand.channel, "reminders")
    await boss.click(shown.response, label="Turn on")
    await boss.select(shown.response, [other], custom_id=chooser(shown, "channel"))
    target = await held(services, stand)
    assert target is not None
    await targets.switch_off(services.store, target.id, "the channel is gone")
    guild = stand.env.bot.get_guild(stand.channel.guild.id)
    guild._remove_channel(guild.get_channel(other.id))
    made = await cog.settings.act(ReminderActionQuestion(ON, SERVER), requester)
    assert f"The old channel can't take them, so they go to <#{stand.channel.id}> now." in said(made)
    again = await held(services, stand)
    assert again is not None
    assert (again.on, again.channel) == (True, stand.channel.id)


async def test_who_could_not_be_told_why_his_reminders_are_off_is_told_the_next_time(
    stand: Stand, services: Services, cog: Any
) -> None:
    mine = await targets.save(services.store, Target(user=stand.fan.id), datetime(2025, 10, 16, 21, tzinfo=UTC))
    await targets.switch_off(services.store, mine.id, "direct messages are closed to me")

    async def send(*_: object, **__: object) -> None:
        raise ConnectionError

    lost: Any = SimpleNamespace(user=SimpleNamespace(id=stand.fan.id), followup=SimpleNamespace(send=send))
    with pytest.raises(ConnectionError):
        await cog.on_app_command_completion(lost, SimpleNamespace(qualified_name="next"))
    assert len((await stand.ask("next")).followups) == 1
    assert not (await stand.ask("next")).followups
