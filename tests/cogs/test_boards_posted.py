"""The board that a server gets by itself, minutes before a race; never two in one channel."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.boards.drawing import BoardDrawer
from bot.boards.identity import mark_of
from bot.client.tailgate_bot import TailgateBot
from bot.notifications.board import AHEAD, BoardWriter, boards_planned, plan_boards
from bot.outbox.discord_sender import DiscordSender
from bot.outbox.worker import Worker
from bot.services import Services
from db.live.boards import board_in
from db.models import RaceStatus, Season
from db.reminders import targets
from db.reminders.models import Extras, Notification, NotificationKind, OutboxRow, RowState, Target
from db.reminders.outbox import recent, upcoming
from db.reminders.race_day import LONGEST_DELAY
from tests.bot.outbox.standing import step
from tests.cogs.boarding import Boards
from tests.cogs.conftest import Stand
from tests.cogs.looking import words
from tests.cogs.test_live import Race
from tests.seasons import make_season

TALLADEGA = 22


class Posted(Boards):
    """The same, and a worker that posts boards."""

    def __init__(self, bot: TailgateBot, services: Services, stand: Stand) -> None:
        super().__init__(bot, services, stand)
        self.worker = self.works()

    def works(self) -> Worker:
        """The worker of a bot that was just started."""
        made = Worker(self.services, DiscordSender(self.bot), self.limiter)
        drawer = BoardDrawer(self.services, self.bot.router.as_of)
        made.compose(NotificationKind.BOARD, BoardWriter(self.services.store, drawer).write)
        made.plan(plan_boards)
        return made

    async def go(self, race: Race, moment: datetime) -> None:
        """It is another moment, and what is due is sent and taken up."""
        race.at(moment)
        await step(self.worker)
        await step(self.worker)
        await self.tick()

    async def wants(self, since: datetime, **extras: Any) -> Target:
        channel = self.stand.channel
        wanted = Target(
            guild=channel.guild.id, channel=channel.id, leads=(), extras=Extras(changes=False, board=True, **extras)
        )
        return await targets.save(self.services.store, wanted, since)

    async def rows(self, target: Target) -> list[OutboxRow]:
        every = [*await recent(self.services.store, target.id, 99), *await upcoming(self.services.store, target.id, 99)]
        return [row for row in every if row.notification.kind is NotificationKind.BOARD]


@pytest.fixture
def race(services: Services, stand: Stand) -> Race:
    return Race(services, stand)


@pytest.fixture
async def boards(simcord_bot: TailgateBot, services: Services, stand: Stand) -> AsyncIterator[Posted]:
    made = Posted(simcord_bot, services, stand)
    yield made
    await made.worker.close(1)
    await made.keeper.close()


@pytest.fixture
async def begins(services: Services) -> datetime:
    season = await services.seasons.season(2025)
    assert season is not None
    return season.races[TALLADEGA].begins


async def test_it_is_posted_minutes_before_the_race_and_kept_current(
    race: Race, boards: Posted, begins: datetime
) -> None:
    target = await boards.wants(begins - timedelta(days=1))
    await boards.go(race, begins - AHEAD - timedelta(minutes=6))
    assert boards.messages() == []
    await boards.go(race, begins - AHEAD)
    (message,) = boards.messages()
    (row,) = await boards.rows(target)
    assert row.state is RowState.SENT
    board = await boards.board()
    assert board is not None
    assert (board.message, board.frozen) == (message.id, False)
    await race.runs(12)
    await boards.go(race, race.stand.clock.now() + timedelta(seconds=20))
    assert "lap 12 of 85" in said(boards)
    assert row.mark in str([each.to_dict() for each in boards.messages()[0].components])


async def test_what_was_sent_before_a_crash_is_taken_up_after_it(race: Race, boards: Posted, begins: datetime) -> None:
    await boards.wants(begins - timedelta(days=1))
    race.at(begins - AHEAD)
    await step(boards.worker)
    await step(boards.worker)
    assert len(boards.messages()) == 1
    assert await boards.board() is None
    boards.keeper, boards.worker = boards.started(), boards.works()
    await race.runs(12)
    await boards.go(race, race.stand.clock.now() + timedelta(seconds=20))
    assert len(boards.messages()) == 1
    assert "lap 12 of 85" in said(boards)


async def test_one_that_somebody_asked_for_is_the_channels_board(race: Race, boards: Posted, begins: datetime) -> None:
    target = await boards.wants(begins - timedelta(days=1))
    race.at(begins - timedelta(minutes=20))
    await boards.tick()
    asked = await boards.stand.ask("live")
    await boards.go(race, begins - AHEAD)
    assert len(boards.messages()) == 1
    (row,) = await boards.rows(target)
    assert (row.state, row.message) == (RowState.SENT, asked.response.id)
    for minutes in range(1, 6):
        await boards.go(race, begins - AHEAD + timedelta(minutes=minutes))
    assert len(await boards.rows(target)) == 1
    assert len(boards.messages()) == 1


async def test_who_asks_while_it_is_posted_opens_no_second_one(
    race: Race, boards: Posted, begins: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await boards.wants(begins - timedelta(days=1))
    race.at(begins - AHEAD)
    sent, held_up = asyncio.Event(), asyncio.Event()
    send = DiscordSender.send

    async def slow(self: DiscordSender, *arguments: Any) -> int:
        made = await send(self, *arguments)
        sent.set()
        await held_up.wait()
        return made

    monkeypatch.setattr(DiscordSender, "send", slow)
    await boards.worker.tick()
    await sent.wait()
    asked = await boards.stand.other.slash(boards.stand.channel, "live")
    assert asked.ephemeral
    assert "The board in this channel" in words(asked)
    held_up.set()
    await boards.worker.settled()
    await boards.tick()
    assert len([each for each in boards.messages() if not each.flags.ephemeral]) == 1


async def test_a_server_with_a_delay_gets_it_that_much_later(race: Race, boards: Posted, begins: datetime) -> None:
    await boards.wants(begins - timedelta(days=1), delay=5 * 3600)
    await race.runs(12)
    await race.save(await race.finish())
    await boards.go(race, begins - AHEAD + timedelta(hours=5, seconds=-1))
    assert boards.messages() == []
    await boards.go(race, begins - AHEAD + timedelta(hours=5))
    text = said(boards)
    assert "won" not in text
    assert "finished first" not in text
    assert "5 hours behind the race" in text


async def test_who_asks_for_boards_while_a_race_runs_gets_one(race: Race, boards: Posted) -> None:
    await race.runs(12)
    now = race.stand.clock.now()
    await boards.go(race, now)
    await boards.wants(now)
    await boards.go(race, now + timedelta(seconds=5))
    assert "lap 12 of 85" in said(boards)


async def test_after_the_race_nobody_gets_one(race: Race, boards: Posted, begins: datetime) -> None:
    await boards.wants(begins + timedelta(hours=5))
    await boards.go(race, begins + timedelta(hours=6))
    assert boards.messages() == []


async def test_nobody_gets_one_without_asking(race: Race, boards: Posted, begins: datetime) -> None:
    wanted = Target(guild=boards.stand.channel.guild.id, channel=boards.stand.channel.id, leads=())
    await targets.save(boards.services.store, wanted, begins - timedelta(days=1))
    await boards.go(race, begins - AHEAD)
    assert boards.messages() == []


async def test_a_server_that_removes_the_bot_leaves_no_board(race: Race, boards: Posted, begins: datetime) -> None:
    await boards.wants(begins - timedelta(days=1))
    await boards.go(race, begins - AHEAD)
    await boards.bot.on_guild_remove(boards.bot.get_guild(boards.stand.channel.guild.id))  # type: ignore[arg-type]
    assert await board_in(boards.services.store, boards.stand.channel.id, TALLADEGA) is None
    assert await boards.board() is None


def said(boards: Posted) -> str:
    """What the channel's one message says."""
    (message,) = boards.messages()
    return str([each.to_dict() for each in message.components])


class TestPlanning:
    """When boards are due, without anything around it."""

    @staticmethod
    def season(**facts: Any) -> Season:
        return make_season(2025, [], upcoming=1, races={1: facts})

    def planned(self, season: Season, now: datetime) -> list[Any]:
        return list(boards_planned([season], now))

    def test_planned_twice_is_planned_once(self) -> None:
        season = self.season()
        begins = season.races[0].begins
        (one,) = self.planned(season, begins - timedelta(hours=20))
        (two,) = self.planned(season, begins + timedelta(hours=20))
        assert one == two
        assert (one.due_at, one.newcomers) == (begins - AHEAD, True)

    def test_it_is_planned_for_as_long_as_somebody_may_see_the_race_later(self) -> None:
        season = self.season()
        (one,) = self.planned(season, season.races[0].begins)
        last = one.until + timedelta(seconds=LONGEST_DELAY)
        assert self.planned(season, last - timedelta(seconds=1)) == [one]
        assert self.planned(season, last) == []

    @pytest.mark.parametrize("status", [RaceStatus.CANCELLED, RaceStatus.POSTPONED])
    def test_none_of_a_race_that_is_off(self, status: RaceStatus) -> None:
        season = self.season(status=status)
        assert self.planned(season, season.races[0].begins + timedelta(minutes=1)) == []

    def test_the_mark_is_that_of_the_row_that_posts_it(self) -> None:
        season = self.season()
        race = season.races[0]
        (one,) = self.planned(season, race.begins)
        shared = {name: getattr(one, name) for name in ("kind", "season", "round", "session", "lead", "race")}
        row = OutboxRow(7, Notification(1, event_at=one.event_at, due_at=one.due_at, until=one.until, **shared), "g5")
        assert mark_of(5, race) == row.mark
        assert mark_of(6, race) != row.mark
