"""A race's thread in a channel of Discord: opened from the reminder, filled, put away, and what is said without one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import discord
import pytest

from bot.boards.drawing import BoardDrawer
from bot.client.permissions import lacking
from bot.client.tailgate_bot import PERMISSIONS, TailgateBot
from bot.notifications.board import BoardWriter, plan_boards
from bot.notifications.reminders import ReminderWriter
from bot.notifications.schedule_planner import plan_schedule
from bot.notifications.threads import GO_INTO_THREADS, DiscordThreads, ThreadKeeper
from bot.notifications.threads_planner import plan_threads
from bot.outbox.contracts import RefusedError
from bot.outbox.discord_sender import DiscordSender
from bot.outbox.rate_limit import RateLimiter
from bot.outbox.worker import Worker
from bot.render.reminder_panel import named
from bot.services import Services
from db.models import Race
from db.reminders import targets
from db.reminders.models import Extras, NotificationKind, OutboxRow, RowState, Target
from db.reminders.outbox import recent, upcoming
from tests.bot.outbox.standing import step
from tests.cogs.conftest import Stand

TALLADEGA = 22
NAME = "Talladega · Oct 17"


class RaceDay:
    """A bot that reminds, opens threads and posts boards, in a server that wants all of it."""

    def __init__(self, bot: TailgateBot, services: Services, stand: Stand, race: Race) -> None:
        self.bot, self.services, self.stand, self.race = bot, services, stand, race
        store, sender, as_of = services.store, DiscordSender(bot), bot.router.as_of
        self.threads = DiscordThreads(bot, sender)
        keeper = ThreadKeeper(store, services.clock, self.threads)
        self.worker = Worker(services, sender, RateLimiter(1e6))
        self.worker.compose(NotificationKind.REMINDER, ReminderWriter(as_of, store).reminder)
        self.worker.compose(NotificationKind.BOARD, BoardWriter(store, BoardDrawer(services, as_of)).write)
        self.worker.perform(NotificationKind.THREAD, keeper.keep)
        for kind in GO_INTO_THREADS:
            self.worker.place(kind, keeper.whereabouts)
        for planner in (plan_schedule, plan_boards):
            self.worker.plan(planner)
        self.worker.plan(plan_threads)

    @property
    def coverage(self) -> datetime:
        coverage = self.race.coverage
        assert coverage is not None
        assert coverage.coverage is not None
        return coverage.coverage

    async def wants(self, **facts: Any) -> Target:
        channel = self.stand.channel
        extras = Extras(changes=False, board=True, thread=True)
        wanted = Target(guild=channel.guild.id, channel=channel.id, extras=extras, **facts)
        return await targets.save(self.services.store, wanted, self.coverage - timedelta(days=1))

    async def to(self, moment: datetime) -> None:
        for seconds in (0, 10, 20):
            self.stand.clock.travel(moment + timedelta(seconds=seconds), 0)
            await step(self.worker)

    async def rows(self, target: Target) -> list[OutboxRow]:
        store = self.services.store
        every = [*await recent(store, target.id, 99), *await upcoming(store, target.id, 99)]
        ours = [row for row in every if row.notification.kind is NotificationKind.THREAD]
        return sorted((row for row in ours if row.notification.race == self.race.id), key=lambda row: row.id)

    async def thread(self, number: int) -> Any:
        return await self.bot.http.get_channel(number)


@pytest.fixture
async def day(simcord_bot: TailgateBot, services: Services, stand: Stand) -> AsyncIterator[RaceDay]:
    season = await services.seasons.season(2025)
    assert season is not None
    made = RaceDay(simcord_bot, services, stand, season.races[TALLADEGA])
    yield made
    await made.worker.close(1)


async def test_it_is_opened_from_the_reminder_filled_and_put_away(day: RaceDay) -> None:
    target = await day.wants()
    await day.to(day.coverage - timedelta(hours=1))
    (opened,) = [row for row in await day.rows(target) if row.state is RowState.SENT]
    assert opened.message is not None
    thread = await day.thread(opened.message)
    assert (thread["name"], int(thread["parent_id"])) == (NAME, day.stand.channel.id)
    assert thread["thread_metadata"]["archived"] is False
    await day.to(day.race.begins)
    there = await day.bot.http.logs_from(opened.message, 9)
    assert len(there) == 1
    assert "Talladega" in str(there[0]["components"])
    await day.to(day.coverage + timedelta(hours=21))
    assert (await day.thread(opened.message))["thread_metadata"]["archived"] is True
    assert [row.state for row in await day.rows(target)] == [RowState.SENT] * 2


async def test_one_without_a_message_is_found_by_its_name_open_or_put_away(day: RaceDay) -> None:
    channel = day.stand.channel
    made = await day.threads.create(channel.id, NAME)
    assert await day.threads.active(channel.guild.id, channel.id, NAME) == made
    assert await day.threads.active(channel.guild.id, channel.id, "Bristol · Sep 11") is None
    assert await day.threads.active(channel.guild.id, channel.id + 1, NAME) is None
    assert await day.threads.put_away(channel.id, NAME) is None
    await day.threads.archive(made)
    assert await day.threads.active(channel.guild.id, channel.id, NAME) is None
    assert await day.threads.put_away(channel.id, NAME) == made


async def test_a_message_that_is_gone_starts_none(day: RaceDay) -> None:
    with pytest.raises(RefusedError) as caught:
        await day.threads.start(day.stand.channel.id, 12345, NAME)
    assert caught.value.missing


async def test_what_lacks_is_named_where_a_thread_is_wanted(day: RaceDay, monkeypatch: pytest.MonkeyPatch) -> None:
    target = await day.wants()
    guild = day.bot.get_guild(day.stand.channel.guild.id)
    assert guild is not None
    place = guild.get_channel(day.stand.channel.id)
    assert isinstance(place, discord.TextChannel)
    assert lacking(guild, target) == ()
    assert day.threads.may_open(guild.id, place.id) is True
    assert day.threads.may_open(guild.id, 12345) is None
    assert day.threads.may_open(12345, place.id) is None
    granted = place.permissions_for(guild.me)
    granted.update(create_public_threads=False)
    monkeypatch.setattr(discord.TextChannel, "permissions_for", lambda *_: granted)
    assert lacking(guild, target) == (f"For a thread a race, I need Create Public Threads in <#{place.id}>.",)
    granted.update(send_messages_in_threads=False)
    assert lacking(guild, target) == (
        f"For a thread a race, I need Create Public Threads and Send Messages in Threads in <#{place.id}>.",
    )
    assert day.threads.may_open(guild.id, place.id) is False
    assert lacking(guild, replace(target, extras=Extras())) == ()


def test_the_invite_asks_for_what_threads_need_and_not_to_manage_them() -> None:
    assert (PERMISSIONS.create_public_threads, PERMISSIONS.send_messages_in_threads) == (True, True)
    assert not PERMISSIONS.manage_threads


async def test_the_status_says_what_is_opened_and_put_away(day: RaceDay) -> None:
    target = await day.wants()
    await day.to(day.coverage - timedelta(hours=1))
    # What puts it away is planned once it is there.
    await day.to(day.coverage - timedelta(minutes=50))
    assert [named(row.notification, (day.race,)) for row in await day.rows(target)] == [
        "Talladega, thread opened",
        "Talladega, thread archived",
    ]
