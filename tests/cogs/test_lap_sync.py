"""Lap sync: a delay measured by when a screen shows a lap completed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import discord
import pytest

from bot.client.tailgate_bot import TailgateBot
from bot.errors import FriendlyError
from bot.notifications.lap_sync import LapSync
from bot.notifications.settings import ReminderSettings
from bot.questions.reminders import PERSON, SERVER, LapSeenQuestion, LapSyncQuestion
from bot.requester import Requester
from bot.services import Services
from db.live.models import LiveState
from db.reminders.models import Extras, Target
from db.reminders.targets import delay_of, save
from tests.cogs.conftest import Stand
from tests.cogs.looking import words
from tests.cogs.quoting import member
from tests.cogs.test_live import BEGAN, LAP, Race


@pytest.fixture
def race(services: Services, stand: Stand) -> Race:
    return Race(services, stand)


async def polled(race: Race, laps: int) -> LiveState:
    """A race that is looked at every four seconds or so, which is seldom just when a lap is completed."""
    state = await race.runs(0)
    for step in range(1, laps * 13 + 1):
        state = await race.runs(step // 13, at=BEGAN + LAP * step / 13, came=BEGAN + LAP * step / 13)
    return state


async def test_a_press_sets_how_long_ago_the_lap_was_completed(race: Race, stand: Stand, services: Services) -> None:
    await save(services.store, Target(user=stand.fan.id), BEGAN)
    await polled(race, 3)
    shown = await stand.fan.slash(stand.channel, "remindme")
    await stand.fan.click(shown.response, label="Lap sync")
    assert "lap 4 completed (lap 5 under way)" in words(shown)
    await polled(race, 5)
    race.at(BEGAN + LAP * 4 + timedelta(seconds=47))
    await stand.fan.click(shown.response, label="Lap 4 completed")
    said = words(shown)
    assert "Everything about a race is told 47 seconds later than it runs." in said
    assert "up to 4 seconds further behind" in said
    assert await delay_of(services.store, user=stand.fan.id) == 47


async def test_a_server_is_set_by_its_managers_alone(race: Race, stand: Stand, services: Services) -> None:
    guild = stand.channel.guild
    await save(services.store, Target(guild=guild.id, channel=stand.channel.id), BEGAN)
    await polled(race, 3)
    boss = member(guild, "Boss", discord.Permissions(manage_guild=True, send_messages=True, view_channel=True))
    shown = await boss.slash(stand.channel, "reminders")
    await boss.click(shown.response, label="Lap sync")
    await polled(race, 4)
    race.at(BEGAN + LAP * 4 + timedelta(seconds=30))
    await boss.click(shown.response, label="Lap 4 completed")
    assert await delay_of(services.store, guild=guild.id) == 30


async def test_without_a_race_under_way_it_is_not_offered(stand: Stand, services: Services) -> None:
    await save(services.store, Target(user=stand.fan.id), BEGAN)
    shown = await stand.fan.slash(stand.channel, "remindme")
    assert "Lap sync" not in str(shown.response.components)


@pytest.mark.parametrize(
    ("question", "permissions", "on", "why"),
    [
        (lambda race: LapSeenQuestion(race, 9, PERSON), 0, True, "does not have lap 9 completed yet"),
        (lambda race: LapSeenQuestion(race + 1, 1, PERSON), 0, True, "does not have lap 1 completed yet"),
        (lambda race: LapSeenQuestion(race, 2, PERSON), 0, True, "skipped around lap 2"),
        (lambda race: LapSeenQuestion(race, 2, SERVER), 0, True, "Manage Server"),
        (lambda _: LapSyncQuestion(SERVER), 0, True, "Manage Server"),
        (lambda race: LapSeenQuestion(race, 1, PERSON), 0, False, "Turn reminders on first"),
    ],
)
async def test_what_measures_nothing_changes_nothing(
    race: Race, stand: Stand, bot: TailgateBot, question: Any, permissions: int, on: bool, why: str
) -> None:
    store, guild = bot.services.store, stand.channel.guild.id
    await save(store, Target(user=stand.fan.id, extras=Extras(delay=7), on=on), BEGAN)
    await save(store, Target(guild=guild, channel=stand.channel.id, extras=Extras(delay=8)), BEGAN)
    state = await polled(race, 1)
    for lap in (2, 3):
        # The feed was silent for a whole lap each time.
        await race.runs(lap)
    sync = LapSync(ReminderSettings(stand.env.bot, bot.services), store)
    as_of, delay = await bot.router.known_to(guild, stand.fan.id)
    requester = Requester(stand.fan.id, as_of, guild=guild, permissions=discord.Permissions(permissions), delay=delay)
    asked = question(state.race)
    with pytest.raises(FriendlyError, match=why):
        await (sync.press(asked, requester) if isinstance(asked, LapSeenQuestion) else sync.offer(asked, requester))
    assert await delay_of(store, guild=guild) == 8
    assert await delay_of(store, user=stand.fan.id) == (7 if on else 0)
