"""Records that fans ask for in their own words, and the question that is read from it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.mentions.reader import read
from bot.seasons.as_of import AsOf, AsOfKeeper
from tests.sharing import BundledSeasons

EVE_OF_TALLADEGA = datetime(2025, 10, 16, 21, tzinfo=UTC)


@pytest.fixture(scope="module")
def as_of(bundled_seasons: BundledSeasons) -> AsOf:
    return AsOfKeeper().at(EVE_OF_TALLADEGA, tuple(bundled_seasons.seasons.values()))


UNDERSTOOD = {
    "who has the most wins ever": "records:wins::::1",
    "who has the most wins all time": "records:wins::::1",
    "most wins in history": "records:wins::::1",
    "most wins at talladega": "records:wins:talladega-superspeedway:::1",
    "who has the most wins at bristol?": "records:wins:bristol-motor-speedway:::1",
    "most wins in a season": "records:seasonwins::::1",
    "closest finish ever": "records:closest::::1",
    "what was the closest finish": "records:closest::::1",
    "closest finish at daytona": "records:closest:daytona-international-speedway:::1",
    "biggest margin of victory ever": "records:widest::::1",
    "youngest winner": "records:youngest::::1",
    "who is the youngest winner ever": "records:youngest::::1",
    "youngest driver to win a race": "records:youngest::::1",
    "oldest winner at martinsville": "records:oldest:martinsville-speedway:::1",
    "longest winning streak": "records:winstreak::::1",
    "longest top ten streak": "records:top10streak::::1",
    "biggest comeback": "records:comebacks::::1",
    "closest championship ever": "records:titles::::1",
    "most starts without a win": "records:winless::::1",
    "most laps led without a win": "records:ledwinless::::1",
    "most starts ever": "records:starts::::1",
    "most laps led all time": "records:led::::1",
    "most top tens at martinsville": "records:top10s:martinsville-speedway:::1",
    "most winners in a season": "records:winners::::1",
    "records": "records:::::1",
    "all time records": "records:::::1",
    "corey heim records": "records:::corey-heim::1",
}
IN_DOUBT = ("most poles ever", "most points ever", "youngest winner last night", "oldest truck")


@pytest.mark.parametrize("text", UNDERSTOOD)
def test_a_record_is_asked_for_in_words(as_of: AsOf, text: str) -> None:
    question = read(text, as_of).question
    assert question is not None
    assert question.encode() == UNDERSTOOD[text]


@pytest.mark.parametrize("text", IN_DOUBT)
def test_what_no_record_is_kept_of_is_not_answered_by_another(as_of: AsOf, text: str) -> None:
    assert read(text, as_of).question is None
