"""/records and /track over every season since 1995: values counted by hand from the results files, and every limit.

The files are those of the data that the seasons were made of, which are not part of this repository; what is compared
with them is skipped where they are missing.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from discord import ui

from bot.client.tailgate_bot import TailgateBot, extensions
from bot.clock import TravelClock
from bot.questions.core import Question
from bot.questions.history import RECORDS, RecordsQuestion, TrackQuestion
from bot.requester import Requester
from bot.seasons.all_time import tracks_of
from bot.services import Services
from db.connection import Store
from tests.bot.render.reading import body, buttons, text
from tests.checks.limits import check_message
from tests.sharing import BundledSeasons, SharedSnapshots

RESULTS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "history" / "truck_results_1995-2025.csv"
AFTER_2025 = datetime(2026, 1, 15, tzinfo=UTC)
MAY_2004 = datetime(2004, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
async def bot_of(every_season_store: Path, every_season: BundledSeasons) -> AsyncIterator[TailgateBot]:
    """A bot on every season; its clock stands after the season of 2025."""
    async with await Store.open(every_season_store, readonly=True) as store:
        made = TailgateBot(Services(store, SharedSnapshots(store, every_season), TravelClock(AFTER_2025, 0)))
        for extension in extensions():
            await made.load_extension(extension)
        yield made


async def asked(bot: TailgateBot, question: Question, now: datetime = AFTER_2025) -> ui.LayoutView:
    clock = bot.services.clock
    assert isinstance(clock, TravelClock)
    clock._start = now
    view = await bot.router.view(question, Requester(1, await bot.router.as_of()))
    assert isinstance(view, ui.LayoutView)
    return view


def rows() -> Iterator[dict[str, str]]:
    if not RESULTS.is_file():
        pytest.skip("the results files are not here")
    with RESULTS.open(encoding="utf-8") as file:
        yield from csv.DictReader(file)


async def test_most_wins_are_those_of_the_results_files(bot_of: TailgateBot) -> None:
    won, of_season, there = Counter[str](), Counter[tuple[str, str]](), Counter[str]()
    winners: dict[str, set[str]] = defaultdict(set)
    for row in rows():
        if row["Finish"] == "1":
            won[row["Driver"]] += 1
            of_season[row["Driver"], row["Season"]] += 1
            winners[row["Season"]].add(row["Driver"])
            there[row["Driver"]] += row["Track"] == "Martinsville Speedway"
    (driver, wins), (second, fewer) = won.most_common(2)
    said = text(await asked(bot_of, RecordsQuestion("wins")))
    assert f"**{driver}**, {wins} wins" in said
    assert re.search(rf" 2 {second} +{fewer} 1995", said)
    (driver, year), wins = of_season.most_common(1)[0]
    assert f"**{driver}**, {wins} wins ({year})" in text(await asked(bot_of, RecordsQuestion("seasonwins")))
    year = max(winners, key=lambda each: len(winners[each]))
    assert f"**{year}**, {len(winners[year])} winners" in text(await asked(bot_of, RecordsQuestion("winners")))
    most = max(there.values())
    for name in (name for name, wins in there.items() if wins == most):
        assert name in text(await asked(bot_of, RecordsQuestion("wins", "martinsville-speedway"))).split("```")[0]


async def test_starts_without_a_win_are_those_of_the_results_files(bot_of: TailgateBot) -> None:
    starts, won = Counter[str](), set[str]()
    for row in rows():
        starts[row["Driver"]] += 1
        won |= {row["Driver"]} if row["Finish"] == "1" else set()
    driver, many = next((name, many) for name, many in starts.most_common() if name not in won)
    assert f"**{driver}**, {many} starts" in text(await asked(bot_of, RecordsQuestion("winless")))
    driver, many = starts.most_common(1)[0]
    assert f"**{driver}**, {many} starts" in text(await asked(bot_of, RecordsQuestion("starts")))


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (RecordsQuestion("teams"), "**Kyle Busch Motorsports**, 100 wins"),
        (RecordsQuestion("comebacks"), "**Bobby Hamilton**, from 36th (2005 Daytona)"),
        (RecordsQuestion("closest"), "**Grant Enfinger**, 0.010 seconds (2020 Daytona)"),
        (RecordsQuestion("closest"), ", since 2018."),
        (RecordsQuestion(), "0.010 seconds (2020 Daytona); margins are on record since 2018\n"),
        (RecordsQuestion(driver="corey-heim"), "; margins are on record since 2018\n"),
        (RecordsQuestion(year=2025), "0.017 seconds (2025 Atlanta)\n"),
        (RecordsQuestion("titles"), "(2017) and **Ben Rhodes over Grant Enfinger** (2023): 1 point each"),
        (RecordsQuestion("titles", year=1998), "**Ron Hornaday Jr. over Jack Sprague**, 3 points (1998)"),
        (RecordsQuestion("wins", "portland-international-raceway"), "All 2 races here since 1999"),
        (TrackQuestion("talladega-superspeedway"), "**20 races** since 2006\n**Most wins** Timothy Peters, 3"),
        (TrackQuestion("sonoma-raceway"), "**Lengths** 2.52 miles 1995–97 · 1.949 miles 1998 · 1.99 miles 2022"),
        (TrackQuestion("sonoma-raceway"), "**Was called** Sears Point Raceway (1995–98)"),
        (TrackQuestion("nashville-speedway"), "0.596-mile oval · Nashville, TN · **5 races** since 1996"),
    ],
)
async def test_known_records(bot_of: TailgateBot, question: Question, said: str) -> None:
    assert said in text(await asked(bot_of, question))


async def test_a_bot_of_may_2004_has_the_records_of_may_2004(bot_of: TailgateBot) -> None:
    said = text(await asked(bot_of, RecordsQuestion("wins"), MAY_2004))
    assert "Kyle Busch" not in said
    assert not [year for year in re.findall(r"\b(?:19|20)\d\d\b", said) if int(year) > 2004]
    track = text(await asked(bot_of, TrackQuestion("echopark-speedway"), MAY_2004))
    assert track.startswith("## Atlanta Motor Speedway\n")
    assert "EchoPark" not in track
    assert "no race with results here yet" in text(
        await asked(bot_of, TrackQuestion("talladega-superspeedway"), MAY_2004)
    )


async def test_every_kind_at_tracks_and_in_seasons_keeps_every_limit(bot_of: TailgateBot) -> None:
    """Each kind by itself with all its pages; at each track and in each season three kinds by turns."""
    as_of = await bot_of.router.as_of()
    waiting: list[Question] = [RecordsQuestion(), *(RecordsQuestion(kind) for kind in RECORDS)]
    for place, track in enumerate(tracks_of(as_of)):
        waiting += [
            TrackQuestion(track),
            TrackQuestion(track, "ron-hornaday-jr", "winners"),
            RecordsQuestion(track=track),
        ]
        kinds = [RECORDS[(place + step) % len(RECORDS)] for step in (0, 7, 15)]
        waiting += [RecordsQuestion(kind, track) for kind in kinds if kind != "titles"]
    for place, year in enumerate(as_of.years):
        kinds = [RECORDS[(place + step) % len(RECORDS)] for step in (0, 7, 15)]
        waiting += [RecordsQuestion(kind, year=year, driver="matt-crafton") for kind in kinds]
        waiting.append(RecordsQuestion(year=year))
    seen, wrong = set(waiting), []
    while waiting:
        question = waiting.pop()
        view = await asked(bot_of, question)
        wrong += [f"{question}: {problem}" for problem in check_message(body(view))]
        for onward in buttons(view).values():
            turned = isinstance(onward, RecordsQuestion) and 1 < onward.page <= 3
            if turned and onward not in seen:
                seen.add(onward)
                waiting.append(onward)
    assert wrong == []
