"""What a fan asks while a race is on, or about to be, in their own words."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.mentions.reader import read
from bot.questions.core import NextQuestion, Question, StandingsQuestion
from bot.questions.laps import LineupQuestion
from bot.questions.live import LiveQuestion
from bot.seasons.as_of import AsOfKeeper
from tests.sharing import BundledSeasons
from tests.stores import EVE_OF_TALLADEGA

UNDER_WAY = datetime.fromisoformat("2025-10-17T17:00-04:00")
LIVE, NEXT, STANDINGS, LINEUP = LiveQuestion(), NextQuestion(), StandingsQuestion(), LineupQuestion()


@pytest.mark.parametrize(
    ("moment", "said", "question"),
    [
        *((EVE_OF_TALLADEGA, said, LIVE) for said in ("live", "whats live", "live updates please", "running order")),
        *((EVE_OF_TALLADEGA, said, LIVE) for said in ("what lap are they on", "how many laps left", "laps to go")),
        (EVE_OF_TALLADEGA, "is it under caution", LIVE),
        *((EVE_OF_TALLADEGA, said, LINEUP) for said in ("lineup", "starting grid")),
        (EVE_OF_TALLADEGA, "where can i watch the race live", NEXT),
        (EVE_OF_TALLADEGA, "live stream", NEXT),
        (EVE_OF_TALLADEGA, "who is leading", STANDINGS),
        (UNDER_WAY, "who is leading", LIVE),
        (UNDER_WAY, "whos leading the race", LIVE),
        (UNDER_WAY, "who is leading the points", STANDINGS),
    ],
)
def test_who_asks_what_runs_is_told_so(
    bundled_seasons: BundledSeasons, moment: datetime, said: str, question: Question
) -> None:
    as_of = AsOfKeeper().at(moment, tuple(bundled_seasons.seasons.values()))
    assert read(said, as_of).question == question
