"""The quote of the day: set, shown, posted once a day and never twice, whatever fails on the way."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any

import discord
import pytest

from bot.clock import TravelClock
from bot.notifications.quote_of_the_day import QuoteOfTheDayWriter, plan_quotes
from bot.outbox.discord_sender import DiscordSender
from bot.outbox.rate_limit import RateLimiter
from bot.outbox.worker import Worker
from bot.questions.quotes import DayHourQuestion, DayPastQuestion, DayQuestion, DaySettingQuestion
from bot.services import Services
from db.reminders import targets
from db.reminders.models import NotificationKind, Purpose, Target
from tests.bot.outbox.standing import step
from tests.checks.recorder import SentBodies
from tests.cogs.conftest import Stand
from tests.cogs.looking import title_and_answer, words
from tests.cogs.quoting import MANAGING, Elsewhere, labels, member, press, said, saved


@pytest.fixture(autouse=True)
async def three(services: Services) -> None:
    """Three quotes are in the store, none of them bundled ones."""
    async with services.store.write() as connection:
        await connection.execute("DELETE FROM quotes")
    for words_ in ("One.", "Two.", "Three."):
        await saved(services, None, words_, season=2025, round=22)


@pytest.fixture
def boss(stand: Stand) -> Any:
    return member(stand.channel.guild, "Boss", MANAGING)


@pytest.fixture
def worker(stand: Stand, services: Services) -> Worker:
    return new_run(stand, services)


def new_run(stand: Stand, services: Services) -> Worker:
    bot = stand.env.bot
    made = Worker(services, DiscordSender(bot), RateLimiter(1e6))
    writer = QuoteOfTheDayWriter(bot.router.as_of, services.store, random.Random(1))
    made.compose(NotificationKind.QUOTE, writer.write)
    made.plan(plan_quotes)
    return made


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
    rows = await services.store.fetch(
        "SELECT state FROM outbox WHERE state NOT IN ('pending', 'cancelled') ORDER BY id"
    )
    return [row["state"] for row in rows]


async def target_of(services: Services, stand: Stand) -> Target | None:
    return await targets.target_of(services.store, guild=stand.channel.guild.id, purpose=Purpose.QUOTES)


async def test_it_comes_at_nine_eastern_once_a_day(stand: Stand, services: Services, boss: Any, worker: Worker) -> None:
    at(stand.clock, "2025-10-17T08:59:59-04:00")
    await boss.slash(stand.channel, "quote-of-the-day", channel=stand.channel)
    await step(worker)
    assert posted(stand.channel) == []
    for moment in ("09:00:00", "09:01:00", "23:59:00"):
        at(stand.clock, f"2025-10-17T{moment}-04:00")
        await step(worker)
        assert len(posted(stand.channel)) == 1
    at(stand.clock, "2025-10-18T00:01:00-04:00")
    await step(worker)
    assert len(posted(stand.channel)) == 1
    # Late, after a night without the network, but on the same day.
    at(stand.clock, "2025-10-18T22:00:00-04:00")
    await step(worker)
    assert len(posted(stand.channel)) == 2
    assert await states(services) == ["sent", "sent"]


async def test_it_comes_at_the_hour_that_was_chosen(stand: Stand, boss: Any, worker: Worker) -> None:
    at(stand.clock, "2025-10-17T08:00-04:00")
    asked = await boss.slash(stand.channel, "quote-of-the-day", channel=stand.channel, hour=19)
    answer = title_and_answer(asked)[1]
    assert answer == f"One a day in <#{stand.channel.id}>, at 7 p.m. Eastern. Next one: <t:1760742000:R>."
    for moment, many in (("09:00", 0), ("18:59", 0), ("19:00", 1)):
        at(stand.clock, f"2025-10-17T{moment}-04:00")
        await step(worker)
        assert len(posted(stand.channel)) == many


async def test_a_change_of_the_hour_brings_no_second_quote_that_day(
    stand: Stand, services: Services, boss: Any, worker: Worker
) -> None:
    at(stand.clock, "2025-10-17T09:00-04:00")
    await boss.slash(stand.channel, "quote-of-the-day", channel=stand.channel)
    await step(worker)
    requester = boss
    asked = await press(stand, requester, stand.channel, DaySettingQuestion(hour=12))
    assert "at 12 p.m. Eastern. Next one: <t:1760803200:R>." in words(asked)
    for moment in ("2025-10-17T12:00-04:00", "2025-10-17T23:00-04:00", "2025-10-18T11:59-04:00"):
        at(stand.clock, moment)
        await step(worker)
    assert len(posted(stand.channel)) == 1
    at(stand.clock, "2025-10-18T12:00-04:00")
    await step(worker)
    assert len(posted(stand.channel)) == 2
    assert await states(services) == ["sent", "sent"]


async def test_the_hour_is_chosen_in_the_panel(stand: Stand, services: Services, boss: Any) -> None:
    asked = await boss.slash(stand.channel, "quote-of-the-day", channel=stand.channel)
    view = stand.env.bot.router
    requester = await view.requester(_interaction(stand, boss))
    for chosen, hour in (("17", 17), ("24", 17), ("0", 0)):
        await view._choices[DayHourQuestion](DayHourQuestion(), [chosen], requester)
        target = await target_of(services, stand)
        assert target is not None
        assert target.extras.quote_hour == hour
    assert "t1:set:qdayhour" in str(asked.response.components)


def _interaction(stand: Stand, boss: Any) -> Any:
    class Interaction:
        user = discord.utils.find(lambda _: True, [boss])
        guild_id, channel_id = stand.channel.guild.id, stand.channel.id
        permissions = MANAGING

    interaction: Any = Interaction()
    interaction.user.display_name = "Boss"
    return interaction


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2025-11-08", "2024** Ty Majeski won the NASCAR Craftsman Truck Series Championship Race (Phoenix)"),
        ("2025-10-17", ""),
    ],
    ids=["a day that decided a title", "a day without a race"],
)
async def test_the_past_of_the_day_comes_with_it_where_a_server_wants_it(
    stand: Stand, boss: Any, worker: Worker, day: str, told: str
) -> None:
    at(stand.clock, f"{day}T08:00-05:00")
    await boss.slash(stand.channel, "quote-of-the-day", channel=stand.channel, on_this_day=True)
    at(stand.clock, f"{day}T10:00-05:00")
    await step(worker)
    (message,) = [each for each in stand.channel.history() if "Quote of the day" in str(each.components)]
    shown = str(message.components)
    assert ("On this day in" in shown) == bool(told)
    assert told in shown
    assert ("label='On this day'" in shown) == bool(told)


async def test_it_is_an_opt_in_that_a_button_changes_and_the_hour_leaves_alone(
    stand: Stand, services: Services, boss: Any, worker: Worker
) -> None:
    at(stand.clock, "2025-11-08T08:00-05:00")
    asked = await boss.slash(stand.channel, "quote-of-the-day", channel=stand.channel)
    assert "Add On this day" in labels(asked)
    for question, wanted in (
        (DayPastQuestion("on"), True),
        (DaySettingQuestion(hour=10), True),
        (DaySettingQuestion(stand.channel.id), True),
        (DayPastQuestion("off"), False),
    ):
        asked = await press(stand, boss, stand.channel, question)
        target = await target_of(services, stand)
        assert target is not None
        assert (target.extras.on_this_day, target.on) == (wanted, True)
        assert ("on that day in other years" in words(asked)) == wanted
    assert target is not None
    assert target.extras.quote_hour == 10
    at(stand.clock, "2025-11-08T10:00-05:00")
    await step(worker)
    assert len(posted(stand.channel)) == 1
    assert "On this day in" not in str([each.components for each in stand.channel.history()])


async def test_the_past_alone_is_refused_until_there_is_a_channel(stand: Stand, services: Services, boss: Any) -> None:
    refused = await press(stand, boss, stand.channel, DayPastQuestion("on"))
    assert said(refused).startswith("Choose a channel first")
    assert await target_of(services, stand) is None


async def test_settings_of_an_older_version_want_no_past(stand: Stand, services: Services, boss: Any) -> None:
    await boss.slash(stand.channel, "quote-of-the-day", channel=stand.channel, hour=19)
    async with services.store.write() as connection:
        await connection.execute("UPDATE reminder_targets SET extras = json_remove(extras, '$.on_this_day')")
    target = await target_of(services, stand)
    assert target is not None
    assert (target.extras.quote_hour, target.extras.on_this_day) == (19, False)
    asked = await press(stand, boss, stand.channel, DayPastQuestion("on"))
    assert "at 7 p.m. Eastern" in words(asked)


async def test_an_hour_alone_is_refused_until_there_is_a_channel(stand: Stand, services: Services, boss: Any) -> None:
    refused = await press(stand, boss, stand.channel, DaySettingQuestion(hour=12))
    assert said(refused).startswith("Choose a channel first")
    assert await target_of(services, stand) is None


async def test_no_quote_comes_again_before_all_others_had_their_day(stand: Stand, boss: Any, worker: Worker) -> None:
    await boss.slash(stand.channel, "quote-of-the-day", channel=stand.channel)
    for day in (18, 19, 20, 21):
        at(stand.clock, f"2025-10-{day}T09:00-04:00")
        await step(worker)
    assert sorted(posted(stand.channel)[:3]) == ["One.", "Three.", "Two."]
    assert len(posted(stand.channel)) == 4


async def test_what_it_posts_mentions_nobody_and_goes_on(
    stand: Stand, services: Services, boss: Any, worker: Worker, sent: SentBodies
) -> None:
    async with services.store.write() as connection:
        await connection.execute("DELETE FROM quotes")
    await saved(services, stand.channel.guild.id, "@everyone <@1> # hi", season=2025, round=22)
    await boss.slash(stand.channel, "quote-of-the-day", channel=stand.channel)
    await step(worker)
    body = next(
        each.body for each in sent.requests if each.path == f"/channels/{stand.channel.id}/messages" and each.body
    )
    assert body["allowed_mentions"] == {"parse": []}
    assert body["enforce_nonce"] is True
    assert "“@\u200beveryone \\<@1\\> \\# hi”\n" in body["components"][0]["components"][0]["content"] + "\n"
    message = stand.channel.history()[-1]
    copy = await stand.fan.click(message, label="Another")
    assert copy.ephemeral
    assert words(copy).startswith("## #11 Corey Heim")


async def test_each_server_gets_its_own_and_everybodys(
    stand: Stand, services: Services, boss: Any, worker: Worker
) -> None:
    async with services.store.write() as connection:
        await connection.execute("DELETE FROM quotes")
    away = Elsewhere.of(stand)
    chief = member(away.channel.guild, "Chief", MANAGING)
    await saved(services, stand.channel.guild.id, "Ours.")
    await boss.slash(stand.channel, "quote-of-the-day", channel=stand.channel)
    await chief.slash(away.channel, "quote-of-the-day", channel=away.channel)
    await step(worker)
    assert (posted(stand.channel), posted(away.channel)) == (["Ours."], [])
    # A day without a quote to send is not used up.
    await saved(services, away.channel.guild.id, "Theirs.")
    at(stand.clock, "2025-10-16T17:20-04:00")
    await step(worker)
    assert (posted(stand.channel), posted(away.channel)) == (["Ours."], ["Theirs."])


async def test_a_crash_after_sending_neither_loses_nor_doubles(
    stand: Stand, services: Services, boss: Any, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    await boss.slash(stand.channel, "quote-of-the-day", channel=stand.channel)

    with monkeypatch.context() as broken:
        # A process that dies now leaves behind that its request was leaving, and not what became of it.
        broken.setattr(worker._ledger, "record", lambda _: None)
        await step(worker)
    assert await states(services) == ["claimed"]
    assert len(posted(stand.channel)) == 1
    # The bot finds it in the channel by the mark in its button.
    for moment in ("17:10", "17:30"):
        at(stand.clock, f"2025-10-16T{moment}-04:00")
        await step(new_run(stand, services))
    assert len(posted(stand.channel)) == 1
    assert await states(services) == ["sent"]


@pytest.mark.parametrize(
    ("code", "reason"), [(50013, "I'm missing a permission in the channel"), (50001, "I can't see the channel")]
)
@pytest.mark.parametrize("seen_to", [True, False])
async def test_a_channel_that_takes_nothing_for_a_while_is_tried_again_and_it_is_said_why(
    stand: Stand, services: Services, boss: Any, worker: Worker, code: int, reason: str, *, seen_to: bool
) -> None:
    await boss.slash(stand.channel, "quote-of-the-day", channel=stand.channel)
    stand.env.inject_error("POST", f"/channels/{stand.channel.id}/messages", status=403, code=code)
    await step(worker)
    said = words(await boss.slash(stand.channel, "quote-of-the-day"))
    assert "One a day in" in said
    assert f"**Nothing gets through** since <t:1760648400:f>: {reason}. To help, give me" in said
    if seen_to:
        await boss.slash(stand.channel, "quote-of-the-day", channel=stand.channel)
    else:
        at(stand.clock, "2025-10-16T17:10-04:00")
        await step(worker)
        assert posted(stand.channel) == []
        at(stand.clock, "2025-10-16T17:15-04:00")
    await step(worker)
    assert len(posted(stand.channel)) == 1
    assert "Nothing gets" not in words(await boss.slash(stand.channel, "quote-of-the-day"))
    assert "sent" in await states(services)


async def test_a_channel_that_is_gone_is_switched_off_and_it_is_said_why(
    stand: Stand, services: Services, boss: Any, worker: Worker
) -> None:
    reason = "the channel is gone"
    await boss.slash(stand.channel, "quote-of-the-day", channel=stand.channel)
    stand.env.inject_error("POST", f"/channels/{stand.channel.id}/messages", status=404, code=10003)
    await step(worker)
    assert await states(services) == ["failed"]
    asked = await boss.slash(stand.channel, "quote-of-the-day")
    assert title_and_answer(asked)[1] == f"Off since <t:1760648400:d>: {reason}."
    at(stand.clock, "2025-10-17T09:00-04:00")
    await step(worker)
    assert posted(stand.channel) == []
    await boss.slash(stand.channel, "quote-of-the-day", channel=stand.channel)
    await step(worker)
    assert len(posted(stand.channel)) == 1


async def test_what_may_pass_is_tried_again_the_same_day(stand: Stand, boss: Any, worker: Worker) -> None:
    await boss.slash(stand.channel, "quote-of-the-day", channel=stand.channel)
    stand.env.inject_error("POST", f"/channels/{stand.channel.id}/messages", status=403, code=0)
    await step(worker)
    assert posted(stand.channel) == []
    at(stand.clock, "2025-10-16T17:05-04:00")
    await step(worker)
    assert len(posted(stand.channel)) == 1


async def test_what_is_set_is_shown_and_switched_off(
    stand: Stand, services: Services, boss: Any, worker: Worker
) -> None:
    asked = await boss.slash(stand.channel, "quote-of-the-day")
    assert asked.ephemeral
    assert title_and_answer(asked) == ("Quote of the day", "Not set up yet.")
    asked = await boss.slash(stand.channel, "quote-of-the-day", channel=stand.channel)
    # At five in the afternoon the day's quote is due at once.
    answer = f"One a day in <#{stand.channel.id}>, at 9 a.m. Eastern. Today's is coming within minutes."
    assert title_and_answer(asked)[1] == answer
    await step(worker)
    asked = await boss.slash(stand.channel, "quote-of-the-day")
    assert "Next one: <t:1760706000:R>." in words(asked)
    assert labels(asked) == ["Turn off", "Add On this day"]
    await boss.click(asked.response, label="Turn off")
    off = f"Off. **Turn on** posts it in <#{stand.channel.id}> again, at 9 a.m. Eastern."
    assert title_and_answer(asked)[1] == off
    assert labels(asked) == ["Turn on"]
    target = await target_of(services, stand)
    assert target is not None
    assert not target.on
    await boss.click(asked.response, label="Turn on")
    assert title_and_answer(asked)[1].startswith(f"One a day in <#{stand.channel.id}>, at 9 a.m. Eastern.")
    # Switched on again the same day, it does not bring a second one.
    await boss.slash(stand.channel, "quote-of-the-day", channel=stand.channel)
    await step(worker)
    assert len(posted(stand.channel)) == 1


async def test_reminders_and_quotes_have_channels_of_their_own(stand: Stand, services: Services, boss: Any) -> None:
    guild = stand.channel.guild
    await targets.save(services.store, Target(guild=guild.id, channel=5), stand.clock.now())
    await boss.slash(stand.channel, "quote-of-the-day", channel=stand.channel)
    await targets.switch_off(services.store, (await targets.target_of(services.store, guild=guild.id)).id, "gone")  # type: ignore[union-attr]
    quotes, reminders = await target_of(services, stand), await targets.target_of(services.store, guild=guild.id)
    assert quotes is not None
    assert reminders is not None
    assert (quotes.on, quotes.channel) == (True, stand.channel.id)
    assert (reminders.on, reminders.channel) == (False, 5)


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
    assert await target_of(services, stand) is None


async def test_a_channel_of_another_server_or_of_another_kind_is_refused(stand: Stand, boss: Any) -> None:
    away = Elsewhere.of(stand)
    voice = stand.channel.guild.create_voice_channel("voice")
    for channel in (away.channel, voice):
        line = said(await press(stand, boss, stand.channel, DayQuestion(channel.id)))
        assert line == "That isn't a text channel in this server, or I can't see it."
