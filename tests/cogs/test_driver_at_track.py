"""What a driver did at a track: every driver of the season at every track, and the words of each kind of result."""

from __future__ import annotations

import pytest
from discord import ui

from bot.client.tailgate_bot import TailgateBot
from bot.errors import FriendlyError
from bot.questions.core import decode
from bot.render.driver_at_track import DriverAtTrackQuestion
from bot.render.tables import WIDTH
from bot.requester import Requester
from tests.bot.render.reading import body, tables, text
from tests.checks.limits import check_message


@pytest.fixture
async def requester(bot: TailgateBot) -> Requester:
    return Requester(1, await bot.router.as_of())


async def answer(bot: TailgateBot, question: DriverAtTrackQuestion, requester: Requester) -> str:
    view = await bot.router.view(question, requester)
    assert isinstance(view, ui.LayoutView)
    return text(view)


@pytest.mark.parametrize(
    ("driver", "year", "number", "said"),
    [
        ("ty-majeski", 2025, 20, "Finished **4th** in the UNOH 250 (Sep 11, 2025)\nStarted 6th · 47 points"),
        ("layne-riggs", 2025, 20, "**Won** in the UNOH 250 (Sep 11, 2025)\nStarted 7th · led 110 laps · 51 points"),
        ("corey-day", 2025, 20, "Finished **11th** in the UNOH 250 (Sep 11, 2025)\nStarted 5th"),
        ("ty-majeski", 2025, 6, "· 4 points · out: crash"),
        ("brenden-queen", 2025, 20, "did not start the UNOH 250"),
    ],
)
async def test_the_race_that_is_asked_for_is_said_first(
    bot: TailgateBot, requester: Requester, driver: str, year: int, number: int, said: str
) -> None:
    try:
        shown = await answer(bot, DriverAtTrackQuestion(driver, year, number), requester)
    except FriendlyError as error:
        assert driver == "brenden-queen"
        assert str(error) == "Brenden Queen has no start at Bristol, as far as Tailgate knows."
    else:
        assert said in shown


async def test_what_all_starts_add_up_to_is_counted(bot: TailgateBot, requester: Requester) -> None:
    shown = await answer(bot, DriverAtTrackQuestion("ty-majeski", 2025, 20), requester)
    assert "**5 starts here on record, since 2023:** best finish 4th, 2 top tens, average finish 19.6" in shown


async def test_a_race_without_results_is_refused_in_one_line(bot: TailgateBot, requester: Requester) -> None:
    for number in (24, 77):
        with pytest.raises(FriendlyError):
            await bot.router.view(DriverAtTrackQuestion("corey-heim", 2025, number), requester)


async def test_every_driver_of_the_season_at_every_track_is_shown(bot: TailgateBot, requester: Requester) -> None:
    season = requester.as_of.season()
    for race in season.run:
        for row in season.results[race.round]:
            question = DriverAtTrackQuestion(row.driver, race.season, race.round)
            assert decode(question.encode() or "") == question
            view = await bot.router.view(question, requester)
            assert isinstance(view, ui.LayoutView)
            assert max(len(line) for table in tables(view) for line in table) <= WIDTH, question
            assert check_message(body(view)) == [], question
