"""/reminders and /remindme: the panel, who may use it, what it saves, and what it says is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import discord
import pytest

from bot.client.tailgate_bot import TailgateBot
from bot.notifications.settings import ReminderSettings
from bot.questions.core import Question
from bot.questions.reminders import (
    OFF,
    ON,
    SERVER,
    TEST,
    ReminderActionQuestion,
    ReminderChoiceQuestion,
    RemindersQuestion,
    ReminderStatusQuestion,
    RemindMeQuestion,
)
from bot.render.setting_selects import SettingSelect
from bot.requester import Requester
from bot.services import Services
from db.reminders import targets, trouble
from db.reminders.models import Extras, Target, WeekendSession
from db.reminders.race_day import RaceDay
from tests.checks.recorder import SentBodies
from tests.cogs.conftest import Stand
from tests.cogs.looking import words
from tests.cogs.quoting import member, press

MANAGING = discord.Permissions(manage_guild=True, send_messages=True, view_channel=True)
NO_MANAGER = "You need the Manage Server permission for this."


@pytest.fixture
def boss(stand: Stand) -> Any:
    return member(stand.channel.guild, "Boss", MANAGING)


async def held(services: Services, stand: Stand) -> Target | None:
    return await targets.target_of(services.store, guild=stand.channel.guild.id)


def chooser(result: Any, what: str) -> str:
    """The custom id of a select of the panel."""
    found: list[str] = []

    def walk(components: list[dict[str, Any]]) -> None:
        for component in components:
            custom_id = component.get("custom_id", "")
            if custom_id.startswith(f"t1:set:remset:{what}:"):
                found.append(custom_id)
            walk(component.get("components", []))

    walk(result.response.components)
    return found[0]


async def test_the_usual_setting_is_one_press_away(stand: Stand, services: Services, boss: Any) -> None:
    shown = await boss.slash(stand.channel, "reminders")
    assert shown.ephemeral
    assert "**Off.**" in words(shown)
    assert await held(services, stand) is None
    await boss.click(shown.response, label="Turn on")
    assert f"**On** in <#{stand.channel.id}>: 1 hour before coverage" in words(shown)
    assert "**Pings** nobody" in words(shown)
    target = await held(services, stand)
    assert target is not None
    assert (target.channel, target.role, target.leads, target.on) == (stand.channel.id, None, (60,), True)


async def test_every_choice_is_saved_and_shown(stand: Stand, services: Services, boss: Any) -> None:
    guild = stand.channel.guild
    other = guild.create_text_channel("race-day")
    role = guild.create_role("Race fans", mentionable=True)
    shown = await boss.slash(stand.channel, "reminders")
    await boss.click(shown.response, label="Turn on")
    for what, chosen in (
        ("channel", [other]),
        ("role", [role]),
        ("leads", ["1440", "60", "0"]),
        ("sessions", ["coverage", "qualifying"]),
        ("also", ["changes", "results", "standings", "board", "thread"]),
        ("raceday", ["stages"]),
    ):
        await boss.select(shown.response, chosen, custom_id=chooser(shown, what))
    await boss.select(shown.response, ["75"], custom_id=chooser(shown, "later"))
    said = words(shown)
    assert f"<#{other.id}>" in said
    assert f"**Pings** <@&{role.id}>" in said
    assert "24 hours before and 1 hour before coverage and qualifying, and at the start" in said
    assert "schedule changes, results under a spoiler cover and a standings message" in said
    assert "**Race day** stage ends, the result and the recap, a live board, in a thread for each race" in said
    assert "**TV delay** everything about a race 1 minute 15 seconds later than it runs" in said
    target = await held(services, stand)
    assert target is not None
    extras = Extras(results=True, delay=75, standings=True, race_day=RaceDay.STAGES, board=True, thread=True)
    assert replace(target, id=0, since=None) == Target(
        guild=guild.id,
        channel=other.id,
        role=role.id,
        leads=(1440, 60, 0),
        sessions=frozenset({WeekendSession.COVERAGE, WeekendSession.QUALIFYING}),
        extras=extras,
    )
    await boss.select(shown.response, ["results", "open"], custom_id=chooser(shown, "also"))
    assert "**Also** results\n" in words(shown)
    await boss.select(shown.response, [], custom_id=chooser(shown, "role"))
    assert "**Pings** nobody" in words(shown)


async def test_a_delay_of_any_length_is_written(stand: Stand, services: Services, boss: Any) -> None:
    shown = await boss.slash(stand.channel, "reminders")
    await boss.click(shown.response, label="Turn on")
    for written, seconds in (("1:17", 77), ("2 min", 120), ("0", 0)):
        form = await boss.click(shown.response, label="Other delay")
        await boss.submit_modal(form, {"delay": written})
        target = await held(services, stand)
        assert target is not None
        assert target.extras.delay == seconds
    form = await boss.click(shown.response, label="Other delay")
    wrong = await boss.submit_modal(form, {"delay": "a while"})
    assert "That is no length of time" in words(wrong)
    assert "a while" in words(wrong)
    assert "Nothing was changed." in words(wrong)


async def test_panels_of_earlier_releases_still_set_what_they_knew(stand: Stand, bot: TailgateBot) -> None:
    guild, store = stand.channel.guild.id, bot.services.store
    extras = Extras(delay=77, board=True, thread=True)
    await targets.save(store, Target(guild=guild, channel=stand.channel.id, extras=extras), stand.clock.now())
    settings = ReminderSettings(stand.env.bot, bot.services)
    requester = Requester(1, await bot.router.as_of(), guild=guild, permissions=discord.Permissions.all())
    for what, chosen in (("delay", ["60"]), ("extras", ["changes", "recap"])):
        await settings.choose(ReminderChoiceQuestion(what), chosen, requester)
    target = await targets.target_of(store, guild=guild)
    assert target is not None
    assert target.extras == Extras(recap=True, delay=3600, board=True, thread=True)


async def test_switching_off_keeps_what_was_set(stand: Stand, boss: Any) -> None:
    shown = await boss.slash(stand.channel, "reminders")
    await boss.click(shown.response, label="Turn on")
    await boss.select(shown.response, ["15"], custom_id=chooser(shown, "leads"))
    await boss.click(shown.response, label="Turn off")
    assert f"**Off.**\n**Turn on** picks up where you left off:\nIn <#{stand.channel.id}>: 15 minutes" in words(shown)
    status = words(await boss.slash(stand.channel, "reminders", show="status"))
    assert "**Off.**\n**Coming up**" in status, "nothing is begun that only the settings go on with"
    await boss.click(shown.response, label="Turn on")
    assert "15 minutes before coverage" in words(shown)


@pytest.mark.parametrize("deed", [ON, OFF, TEST])
async def test_a_fan_is_refused_whatever_he_presses(stand: Stand, services: Services, deed: str) -> None:
    result = await press(stand, stand.fan, stand.channel, ReminderActionQuestion(deed, SERVER))
    assert result.response.content == NO_MANAGER
    assert await held(services, stand) is None


@pytest.mark.parametrize("question", [RemindersQuestion(SERVER), ReminderStatusQuestion(SERVER)])
async def test_a_fan_does_not_see_what_a_server_has_set(stand: Stand, question: Question) -> None:
    assert (await press(stand, stand.fan, stand.channel, question)).response.content == NO_MANAGER


async def test_a_fan_cannot_choose_for_the_server(stand: Stand, services: Services) -> None:
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(SettingSelect.of_channels(ReminderChoiceQuestion("channel", SERVER), "Which?", None))
    message = await stand.env.bot.get_channel(stand.channel.id).send(view=view)
    result = await stand.fan.select(message, [stand.channel])
    assert result.response.content == NO_MANAGER
    assert await held(services, stand) is None


async def test_a_missing_permission_is_named(stand: Stand, boss: Any) -> None:
    closed = discord.PermissionOverwrite(send_messages=False)
    guild = stand.channel.guild
    quiet = guild.create_text_channel("quiet", overwrites=dict.fromkeys((guild.default_role,), closed))
    shown = await boss.slash(stand.channel, "reminders")
    await boss.click(shown.response, label="Turn on")
    await boss.select(shown.response, [quiet], custom_id=chooser(shown, "channel"))
    assert f"**Heads up** I need Send Messages in <#{quiet.id}>." in words(shown)


async def test_a_test_posts_the_real_thing_without_a_ping(stand: Stand, boss: Any, sent: SentBodies) -> None:
    role = stand.channel.guild.create_role("Race fans", mentionable=True)
    shown = await boss.slash(stand.channel, "reminders")
    await boss.click(shown.response, label="Turn on")
    await boss.select(shown.response, [role], custom_id=chooser(shown, "role"))
    await boss.click(shown.response, label="Send a test")
    assert "Test sent; nobody was pinged." in words(shown)
    message = stand.channel.history()[-1]
    said = "\n".join(
        part.content
        for top in message.components
        for part in (getattr(top, "children", None) or [top])
        if hasattr(part, "content")
    )
    assert f"<@&{role.id}>" in said
    assert "Love's RV Stop 225" in said
    assert "Coverage starts **<t:1760731200:R>**, about <t:1760731200:F>" in said
    assert "FOX Sports 1" in said
    assert "NASCAR Racing Network" in said
    assert "Heim** is locked in; five points separate seven drivers" in said
    assert "Grant Enfinger (2024)" in said
    bodies = [each.body for each in sent.requests if each.path.endswith(f"/channels/{stand.channel.id}/messages")]
    assert [body["allowed_mentions"] for body in bodies] == [{"parse": []}]


async def test_remind_me_too_switches_a_persons_own_on(stand: Stand, services: Services) -> None:
    view = discord.ui.LayoutView(timeout=None)
    custom_id = f"t1:0:{RemindMeQuestion('abcdef').encode()}"
    view.add_item(discord.ui.ActionRow(discord.ui.Button[Any](label="Remind me too", custom_id=custom_id)))
    message = await stand.env.bot.get_channel(stand.channel.id).send(view=view)
    result = await stand.fan.click(message, label="Remind me too")
    assert result.ephemeral
    assert "**On** by DM: 1 hour before coverage" in words(result)
    mine = await targets.target_of(services.store, user=stand.fan.id)
    assert mine is not None
    assert (mine.guild, mine.leads) == (None, (60,))
    await stand.fan.click(result.response, label="Turn off")
    # Pressing again later shows what is set, and switches it on anew.
    again = await stand.fan.click(message, label="Remind me too")
    assert "You'll get a DM from now on." in words(again)


async def test_what_comes_next_follows_every_choice(stand: Stand, boss: Any) -> None:
    shown = await boss.slash(stand.channel, "reminders")
    await boss.click(shown.response, label="Turn on")
    assert "-# Next: Talladega, 1 hour before coverage: <t:1760727600:f>" in words(shown)
    await boss.select(shown.response, ["15"], custom_id=chooser(shown, "leads"))
    assert "-# Next: Talladega, 15 minutes before coverage: <t:1760730300:f>" in words(shown)


@pytest.mark.parametrize(
    ("now", "leads", "note"),
    [
        ("14:00", (60,), "You'll get a DM from now on."),
        ("15:05", (60, 30), "For this race that's 30 minutes before coverage; it's too late for the rest."),
        ("15:58", (60, 0), "For this race that's at the start of coverage; it's too late for the rest."),
        ("16:05", (60,), "This race has already started; you'll get a DM before the next one."),
    ],
)
async def test_remind_me_too_still_reminds_of_this_race_where_it_can(
    stand: Stand, services: Services, now: str, leads: tuple[int, ...], note: str
) -> None:
    stand.clock._start = datetime.fromisoformat(f"2025-10-17T{now}-04:00")
    result = await press(stand, stand.fan, stand.channel, RemindMeQuestion("abcdef"))
    assert note in words(result)
    mine = await targets.target_of(services.store, user=stand.fan.id)
    assert mine is not None
    assert mine.leads == leads


async def test_what_was_delivered_stays_as_it_is_in_direct_messages_too(stand: Stand) -> None:
    user = stand.env.create_user("Dee")
    person = await stand.env.bot.fetch_user(user.id)
    view = discord.ui.LayoutView(timeout=None)
    custom_id = f"t1:0:{RemindMeQuestion('abcdef').encode()}"
    view.add_item(discord.ui.TextDisplay("Coverage starts soon"))
    view.add_item(discord.ui.ActionRow(discord.ui.Button[Any](label="My reminders", custom_id=custom_id)))
    message = await person.send(view=view)
    result = await user.click(message, label="My reminders")
    assert "## Your reminders" in words(result)
    assert result.response.id != message.id


async def test_a_thread_stands_for_its_channel(stand: Stand) -> None:
    cog: Any = stand.env.bot.get_cog("Reminders")
    guild = stand.env.bot.get_guild(stand.channel.guild.id)
    thread = discord.Thread(
        guild=guild,
        state=guild._state,
        data={  # type: ignore[typeddict-item]  # as much as a thread needs
            "id": "5",
            "parent_id": str(stand.channel.id),
            "owner_id": "1",
            "name": "race day",
            "type": 11,
            "member_count": 1,
            "message_count": 1,
            "thread_metadata": {
                "archived": False,
                "auto_archive_duration": 60,
                "archive_timestamp": "2025-10-17T00:00:00Z",
            },
        },
    )
    guild._add_thread(thread)
    requester = Requester(1, await stand.env.bot.router.as_of(), guild=guild.id, channel=5)
    assert cog.settings._default(None, SERVER, requester).channel == stand.channel.id


async def test_who_could_not_be_reached_is_told_at_his_next_command(stand: Stand, services: Services) -> None:
    now = datetime(2025, 10, 16, 21, tzinfo=UTC)
    mine = await targets.save(services.store, Target(user=stand.fan.id), now)
    await targets.switch_off(services.store, mine.id, "your DMs are closed to me")
    asked = await stand.ask("next")
    assert [said.content for said in asked.followups] == [
        "Your reminders are off: your DMs are closed to me. /remindme turns them back on."
    ]
    assert not (await stand.ask("next")).followups


async def refuse(services: Services, target: Target, why: str) -> None:
    """A message to the target's place is refused."""
    now = services.clock.now()
    async with services.store.write() as connection:
        assert not await trouble.refused_within(connection, target.id, 0, why, now, tried=target.channel)


async def test_the_panel_says_since_when_nothing_gets_through_and_what_helps(
    stand: Stand, services: Services, boss: Any
) -> None:
    shown = await boss.slash(stand.channel, "reminders")
    await boss.click(shown.response, label="Turn on")
    target = await held(services, stand)
    assert target is not None
    await refuse(services, target, "I'm missing a permission in the channel")
    shown = await boss.slash(stand.channel, "reminders")
    said = words(shown)
    assert "**Nothing gets through** since <t:" in said
    assert "I'm missing a permission in the channel. To help, give me **View Channel** and **Send Messages**" in said
    status = await boss.slash(stand.channel, "reminders", show="status")
    assert "**Nothing gets through** since <t:" in words(status)
    await boss.click(shown.response, label="Send a test")
    assert "**Nothing gets through**" not in words(shown)
    after = await held(services, stand)
    assert after is not None
    assert after.trouble is None


async def test_a_person_is_told_once_that_nothing_gets_through(stand: Stand, services: Services) -> None:
    now = datetime(2025, 10, 16, 21, tzinfo=UTC)
    mine = await targets.save(services.store, Target(user=stand.fan.id), now)
    await refuse(services, mine, "your DMs are closed to me")
    (said,) = (await stand.ask("next")).followups
    assert said.content.startswith("Your reminders don't get through: your DMs are closed to me. Allow direct messages")
    assert not (await stand.ask("next")).followups
    saved = await targets.target_of(services.store, user=stand.fan.id)
    assert saved is not None
    assert saved.on


async def test_status_says_what_comes(stand: Stand, boss: Any) -> None:
    shown = await boss.slash(stand.channel, "reminders")
    await boss.click(shown.response, label="Turn on")
    await boss.click(shown.response, label="Status")
    assert "**Coming up**" in words(shown)
    assert "**Recent**\nNothing yet." in words(shown)
    again = await boss.slash(stand.channel, "reminders", show="status")
    assert again.ephemeral
    assert "**Coming up**" in words(again)


async def test_a_server_that_is_left_is_forgotten(stand: Stand, services: Services, boss: Any) -> None:
    shown = await boss.slash(stand.channel, "reminders")
    await boss.click(shown.response, label="Turn on")
    stand.env.backend.emit("GUILD_DELETE", {"id": str(stand.channel.guild.id)})
    await stand.env.settle()
    assert await held(services, stand) is None


async def test_everyone_is_no_role_to_mention(stand: Stand, services: Services, boss: Any) -> None:
    del boss
    cog: Any = stand.env.bot.get_cog("Reminders")
    target = Target(guild=stand.channel.guild.id, channel=stand.channel.id)
    with pytest.raises(Exception, match="ping everyone"):
        cog.settings._changed(target, "role", [str(stand.channel.guild.id)])
    with pytest.raises(Exception, match="is gone"):
        cog.settings._changed(target, "channel", ["1"])
    assert cog.settings._changed(target, "leads", ["7", "x"]).leads == (60,)
    assert await held(services, stand) is None
