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


class Playing:
    """A server in which races are played, and the clock of seconds by which they are."""

    def __init__(self, stand: Stand, desk: ReplayDesk) -> None:
        self.stand, self.desk = stand, desk
        self.now = 0.0
        desk.player.seconds = lambda: self.now

    async def ask(self, race: str | None = "talladega 2025") -> Any:
        stand = self.stand
        result = await stand.fan.slash(stand.channel, "replay", **({"race": race} if race is not None else {}))
        assert result.response is not None
        assert result.ephemeral
        return result

    async def passes(self, seconds: float) -> None:
        self.now += seconds
        with self.stand.env.time_context():
            await self.desk.player.tick()

    async def press(self, result: Any, label: str) -> None:
        await self.stand.fan.click(result.response, label=label)


@pytest.fixture
def played(stand: Stand, simcord_bot: TailgateBot) -> Playing:
    stand.clock._start = LATER
    stand.clock.speed = 0.0
    return Playing(stand, desk_of(simcord_bot))


def desk_of(bot: TailgateBot) -> ReplayDesk:
    cog: Any = bot.get_cog("Replay")
    desk: ReplayDesk = cog.desk
    return desk


async def test_a_race_is_played_from_its_green_flag(played: Playing) -> None:
    result = await played.ask()
    title, answer = title_and_answer(result)
    assert title == "Replay: Love's RV Stop 225 · Talladega 2025"
    assert answer == "**Green flag** · lap 0 of 85 · 85 to go"
    assert "Playing, 30× as fast as it was run" in words(result)
    assert len(played.desk.player.playing) == 1
    await played.passes(3)
    assert "lap 0 of 85" in title_and_answer(result)[1]
    await played.passes(1)
    assert "lap 2 of 85" in title_and_answer(result)[1]
    assert "**If it ended now** Round of 8" in words(result)
