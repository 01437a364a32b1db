"""What no board can be made of is current for a quarter of an hour, and then has a button."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.client.tailgate_bot import TailgateBot
from bot.outbox.contracts import BusyError, UnsureError
from bot.services import Services
from db.live.models import LiveState
from tests.cogs.boarding import Boards, labels
from tests.cogs.conftest import Stand
from tests.cogs.looking import title_and_answer, words
from tests.cogs.test_live import Race


@pytest.fixture
def race(services: Services, stand: Stand) -> Race:
    return Race(services, stand)


@pytest.fixture
async def boards(simcord_bot: TailgateBot, services: Services, stand: Stand) -> AsyncIterator[Boards]:
    made = Boards(simcord_bot, services, stand)
    yield made
    await made.keeper.close()


def after(state: LiveState, lap: int, moment: datetime) -> LiveState:
    """The race on another lap, at another moment."""
    return replace(state, lap=lap, at=moment, came=moment)


class TestAnswersToOne:
    """What no board can be made of is current for a quarter of an hour."""

    @pytest.fixture
    async def in_person(self, race: Race, stand: Stand, boards: Boards) -> Any:
        del boards  # it only has to be there first
        await race.runs(12)
        return await self.dee(stand).slash("live")

    def dee(self, stand: Stand) -> Any:
        """A person who writes to the bot directly."""
        if not hasattr(stand, "dee"):
            stand.dee = stand.env.create_user("Dee")  # type: ignore[attr-defined]
        return stand.dee  # type: ignore[attr-defined]

    async def test_it_is_kept_current_and_has_a_button_in_the_end(
        self, in_person: Any, race: Race, stand: Stand, boards: Boards
    ) -> None:
        began = stand.clock.now()
        assert "Refresh" not in labels(in_person)
        assert "updates itself until" in words(in_person)
        assert await boards.board() is None
        state = await race.runs(13)
        await boards.later(race, seconds=15)
        assert "lap 13 of 85" in title_and_answer(in_person)[1]
        await race.save(after(state, 25, began + timedelta(minutes=14)))
        race.at(began + timedelta(minutes=14, seconds=1))
        await boards.tick()
        assert "lap 25 of 85" in title_and_answer(in_person)[1]
        assert "Refresh" in labels(in_person)
        assert "updates itself" not in words(in_person)
        assert len(boards.bot.live_answers) == 0
        await race.save(after(state, 26, began + timedelta(minutes=20)))
        await boards.later(race, seconds=20)
        assert "lap 25 of 85" in title_and_answer(in_person)[1]
        await self.dee(stand).click(in_person.response, label="Refresh")
        assert "lap 26 of 85" in title_and_answer(in_person)[1]

    @pytest.mark.parametrize("error", [UnsureError("no answer"), BusyError("slow down", 5)])
    async def test_the_button_comes_though_its_change_fails_once(
        self, in_person: Any, race: Race, boards: Boards, monkeypatch: pytest.MonkeyPatch, error: Exception
    ) -> None:
        async def fails(*_: Any) -> None:
            raise error

        await boards.later(race, seconds=15)
        with monkeypatch.context() as failing:
            failing.setattr("bot.boards.discord_editor.DiscordEditor.rewrite_answer", fails)
            await boards.later(race, minutes=13, seconds=46)
        assert "Refresh" not in labels(in_person)
        await boards.later(race, seconds=16)
        assert "Refresh" in labels(in_person)
        assert len(boards.bot.live_answers) == 0

    async def test_a_bot_that_stops_leaves_the_button(self, in_person: Any, boards: Boards) -> None:
        await boards.tick()
        await boards.keeper.close()
        assert "Refresh" in labels(in_person)

    async def test_an_answer_to_one_in_a_channel_goes_on_as_well(
        self, race: Race, stand: Stand, boards: Boards
    ) -> None:
        await race.runs(12)
        await stand.ask("live")
        again = await stand.other.slash(stand.channel, "live")
        await race.runs(13)
        await boards.later(race, seconds=15)
        assert "lap 13 of 85" in title_and_answer(again)[1]
        assert "[The board](" in words(again)

    @pytest.mark.usefixtures("boards")
    async def test_where_many_are_kept_current_one_has_the_button_at_once(
        self, race: Race, stand: Stand, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("bot.interactions.live_answers.MOST", 0)
        await race.runs(12)
        assert "Refresh" in labels(await self.dee(stand).slash("live"))
