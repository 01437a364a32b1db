"""/replay: a race played again, for the one who asks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from discord import ui

from bot.client.tailgate_bot import TailgateBot
from bot.errors import FriendlyError
from bot.questions.core import decode
from bot.questions.replay import SPEEDS, ReplayQuestion
from bot.replay.desk import ReplayDesk
from bot.requester import Requester
from bot.services import Services
from db.connection import Store
from db.models import Race
from db.reminders.models import Extras, Target
from db.reminders.targets import save
from tests.bot.render.reading import body, buttons, options, small, text
from tests.checks.limits import check_message
from tests.cogs.conftest import Stand
from tests.cogs.looking import title_and_answer, words

LATER = datetime.fromisoformat("2026-02-01T12:00-05:00")
TALLADEGA = ReplayQuestion(2025, 23)
END = 7200


class Waits:
    """What a player sleeps by, and its clock of seconds: nothing passes until the test says so."""

    def __init__(self) -> None:
        self.now = 0.0
        self._sleeping: list[asyncio.Future[None]] = []

    async def sleep(self, seconds: float) -> None:
        waiting = asyncio.get_running_loop().create_future()
        self._sleeping.append(waiting)
        await waiting

    async def pass_(self, seconds: float, done: Callable[[], bool]) -> None:
        """Lets seconds pass, and waits until something is so because of it."""
        self.now += seconds
        sleeping, self._sleeping = self._sleeping, []
        for each in sleeping:
            if not each.done():
                each.set_result(None)
        for _ in range(2000):
            if done():
                return
            await asyncio.sleep(0.005)
        raise AssertionError("it never happened")


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def played(stand: Stand, simcord_bot: TailgateBot, waits: Waits) -> Stand:
    stand.clock._start = LATER
    stand.clock.speed = 0.0
    desk = desk_of(simcord_bot)
    desk.player.sleep, desk.player._seconds = waits.sleep, lambda: waits.now
    return stand


def desk_of(bot: TailgateBot) -> ReplayDesk:
    cog: Any = bot.get_cog("Replay")
    desk: ReplayDesk = cog.desk
    return desk


async def ask(stand: Stand, race: str | None = "talladega 2025") -> Any:
    result = await stand.fan.slash(stand.channel, "replay", **({"race": race} if race is not None else {}))
    assert result.response is not None
    assert result.ephemeral
    return result


async def test_a_race_is_played_from_its_green_flag(played: Stand, simcord_bot: TailgateBot, waits: Waits) -> None:
    result = await ask(played)
    title, answer = title_and_answer(result)
    assert title == "Replay: Love's RV Stop 225 · Talladega 2025"
    assert answer == "**Green flag** · lap 0 of 85 · 85 to go"
    assert "Playing, 30× as fast as it was run" in words(result)
    assert len(desk_of(simcord_bot).player.playing) == 1
    await waits.pass_(4, lambda: "lap 2 of 85" in words(result))
    assert "**If it ended now** Round of 8" in words(result)
