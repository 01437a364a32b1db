"""Results of past seasons are read once somebody asks for them; the answers of most days do without."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.client.tailgate_bot import TailgateBot, extensions
from bot.clock import TravelClock
from bot.mentions.reader import read
from bot.questions.core import (
    AboutQuestion,
    CompareQuestion,
    DriverQuestion,
    HelpQuestion,
    NextQuestion,
    PlayoffsQuestion,
    Question,
    ResultsQuestion,
    ScheduleQuestion,
    StandingsQuestion,
)
from bot.questions.history import RecordsQuestion, TrackQuestion
from bot.questions.quotes import RandomQuoteQuestion
from bot.questions.recaps import RecapQuestion
from bot.render.driver_at_track import DriverAtTrackQuestion
from bot.render.stats import StatsQuestion
from bot.requester import Requester
from bot.seasons.as_of import AsOfKeeper
from bot.services import Services
from db.connection import Store
from db.errors import StoreError
from db.models import Season
from db.people_and_places import load_drivers, load_tracks
from db.racing import load_season
from db.snapshots import KEPT_WHOLE, Snapshots

JUNE_2026 = datetime(2026, 6, 20, 12, tzinfo=UTC)
QUESTIONS: tuple[Question, ...] = (
    NextQuestion(),
    ScheduleQuestion(),
    StandingsQuestion(),
    StandingsQuestion(2025),
    PlayoffsQuestion(2025),
    StatsQuestion(None, None, "wins"),
    ResultsQuestion(2025, 20),
    RecapQuestion(2025, 21),
    RecapQuestion(2026, 5),
    DriverQuestion("corey-heim"),
    DriverQuestion("corey-heim", 2025),
    CompareQuestion("corey-heim", "layne-riggs"),
    DriverAtTrackQuestion("corey-heim", 2025, 21),
    HelpQuestion(),
    AboutQuestion(),
    RandomQuoteQuestion(),
    RecordsQuestion(),
    RecordsQuestion("wins"),
    TrackQuestion("talladega-superspeedway"),
)
TEXTS = (
    "who won talladega",
    "how did heim do",
    "standings",
    "when is the next race",
    "who won it all in 2024",
    "hornaday",
)


@pytest.fixture
async def bot(every_season_store: Path) -> AsyncIterator[TailgateBot]:
    async with await Store.open(every_season_store, readonly=True) as store:
        made = TailgateBot(Services(store, Snapshots(store), TravelClock(JUNE_2026, 0)))
        for extension in extensions():
            await made.load_extension(extension)
        yield made


async def past(bot: TailgateBot) -> list[Season]:
    return [season for season in await bot.services.seasons.all() if season.later is not None]


def read_so_far(seasons: list[Season]) -> list[int]:
    return [season.year for season in seasons if season.later is not None and season.later.are_read]


async def test_answers_of_most_days_read_no_past_season(bot: TailgateBot) -> None:
    assert len(await past(bot)) == len(await bot.services.seasons.years()) - KEPT_WHOLE
    for question in QUESTIONS:
        await bot.router.view(question, Requester(1, await bot.router.as_of()))
        assert read_so_far(await past(bot)) == [], question
    as_of = await bot.router.as_of()
    for text in TEXTS:
        read(text, as_of)
        assert read_so_far(await past(bot)) == [], text
    assert as_of.finder.drivers("spr", as_of.season())
    assert read_so_far(await past(bot)) == []


async def test_a_past_season_is_read_when_it_is_asked_for(bot: TailgateBot) -> None:
    await bot.router.view(StandingsQuestion(2008), Requester(1, await bot.router.as_of()))
    assert read_so_far(await past(bot)) == [2008]
    await bot.router.view(DriverAtTrackQuestion("jack-sprague", 1999, 3), Requester(1, await bot.router.as_of()))
    now_read = read_so_far(await past(bot))
    assert 1999 in now_read
    assert 2012 not in now_read, "Sprague raced until 2008"


async def test_a_clock_in_the_past_reads_nothing_of_what_is_to_come(bot: TailgateBot) -> None:
    as_of = AsOfKeeper().at(datetime(2004, 5, 1, 12, tzinfo=UTC), await bot.services.seasons.all())
    assert as_of.season().year == 2004
    assert as_of.years[-1] > 2004
    # Of the season that is under way its results so far have to be told from later ones.
    assert read_so_far(await past(bot)) == [2004]


async def test_what_is_told_without_reading_is_what_reading_tells(bot: TailgateBot) -> None:
    for season in await past(bot):
        assert season.later is not None
        runs, starts = season.run, {driver for driver, count in season.starts.items() if count}
        finishes = season.later.finishes()
        assert not season.later.are_read
        assert [race.round for race in runs] == [race.round for race in season.races if season.results.get(race.round)]
        assert starts == {row.driver for rows in season.results.values() for row in rows}
        assert finishes == {
            number: [(row.driver, row.finish) for row in rows] for number, rows in sorted(season.results.items())
        }


async def test_a_season_read_later_is_the_same_as_one_read_at_once(bot: TailgateBot) -> None:
    for season in (await past(bot))[::9]:
        async with bot.services.store.read() as connection:
            drivers, tracks = await load_drivers(connection), await load_tracks(connection)
            whole = await load_season(connection, season.year, drivers, tracks)
        assert whole is not None
        for field in fields(Season):
            mine, its = getattr(season, field.name), getattr(whole, field.name)
            if field.name in {"results", "absent", "partial", "drivers"}:
                assert dict(mine) == dict(its), field.name
            elif field.name not in {"later", "races", "freshness"}:
                assert mine == its, field.name
        assert [race.round for race in season.races] == [race.round for race in whole.races]


async def test_a_past_season_cannot_be_read_from_a_store_that_is_gone(every_season_store: Path, tmp_path: Path) -> None:
    path = tmp_path / "tailgate.db"
    shutil.copy(every_season_store, path)
    async with await Store.open(path) as store:
        seasons = {season.year: season for season in await Snapshots(store).all()}
        assert seasons[2001].results[1]
        path.unlink()
        assert seasons[2001].results[2], "what is in memory stays"
        with pytest.raises(StoreError, match="removed while it was open"):
            seasons[2002].results[1]
