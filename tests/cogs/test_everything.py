"""Every driver, race and season in the store, every page and tab: an answer that Discord takes and a phone shows.

Answers are found as a fan finds them: from what the commands in the command tree ask, then button by button until
nothing new turns up. So a button that leads nowhere is found as well.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import combinations

import discord
import pytest
from discord import app_commands, ui

from bot.client.tailgate_bot import TailgateBot
from bot.clock import TravelClock
from bot.questions.core import (
    STANDINGS_VIEWS,
    ClinchQuestion,
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
from bot.questions.history import RECORDS, RecordsQuestion
from bot.questions.laps import LapsQuestion, LineupQuestion
from bot.questions.quotes import QuoteQuestion, RandomQuoteQuestion
from bot.questions.recaps import RecapQuestion
from bot.render.about import HelpEntry
from bot.requester import Requester
from bot.services import Services
from tests.bot.render.reading import body, buttons, lines, options, small, text
from tests.checks.limits import check_message
from tests.cogs.commands import TYPED, asked_by_commands
from tests.cogs.conftest import Stand
from tests.cogs.looking import words
from tests.cogs.quoting import member

SEARCHES = (QuoteQuestion(), QuoteQuestion("win"), QuoteQuestion("hiem_feul"))
"""What fans type; for these Discord offers no choices."""

_SLIPS = re.compile(r"\bNone\b|\bnan\b|<class|[{}]")
"""What shows that a value was not thought of."""

_QUOTED = re.compile("“[^”]*”")
"""What somebody said, who may say such words."""


async def everything(services: Services) -> list[Question]:
    """What can be asked about the whole store: each season, race and driver, and eight winners against each other."""
    asked: list[Question] = [*SEARCHES]
    for season in await services.seasons.all():
        asked += [ScheduleQuestion(season.year), *(ResultsQuestion(season.year, race.round) for race in season.races)]
        asked += [RecapQuestion(season.year, race.round) for race in season.run]
        asked += [LineupQuestion(season.year, race.round) for race in season.races]
        asked += [QuoteQuestion(year=season.year, round=race.round) for race in season.run]
        asked += [StandingsQuestion(season.year, race.round) for race in season.run]
        asked += [PlayoffsQuestion(season.year)]
        here = {result.driver for rows in season.results.values() for result in rows}
        here |= {entry.driver for entries in season.absent.values() for entry in entries}
        asked += [DriverQuestion(key, season.year) for key in sorted(here)]
        winners = sorted({season.results[race.round][0].driver for race in season.run})
        asked += [CompareQuestion(a, b) for a, b in combinations(winners[:8], 2)]
    return asked


def recap_problems(question: RecapQuestion, view: ui.LayoutView) -> Iterator[str]:
    if question.section is None and len(text(view)) >= 2500:
        yield "long for a first screen"
    if question.section is not None and not lines(view)[1].strip():
        yield "a section without words"


async def follow(
    bot: TailgateBot, asked: Iterable[Question], most: int, wanted: Callable[[Question], bool] = lambda _: True
) -> list[str]:
    """Asks, presses every button of every answer that leads to something wanted, and returns all that is wrong."""
    waiting, seen, wrong = deque(asked), set(asked), []
    fan = Requester(1, await bot.router.as_of())  # the clock stands still
    while waiting and len(seen) <= most:
        question = waiting.popleft()
        view = await bot.router.view(question, fan)
        assert isinstance(view, ui.LayoutView)  # a fan without rights is offered no form
        wrong += [f"{question}: {problem}" for problem in check_message(body(view))]
        ours = _QUOTED.sub("", text(view))
        wrong += [f"{question}: says {word}" for word in _SLIPS.findall(ours)]
        if not small(view):
            wrong.append(f"{question}: no small print")
        if isinstance(question, RecapQuestion):
            wrong += [f"{question}: {problem}" for problem in recap_problems(question, view)]
        for onward in (*buttons(view).values(), *options(view).values()):
            if onward not in seen and wanted(onward):
                seen.add(onward)
                waiting.append(onward)
    assert len(seen) <= most, "more answers than there can be: pages without end?"
    return wrong


async def test_every_answer_of_every_season_keeps_every_limit(
    bot: TailgateBot, services: Services, clock: TravelClock
) -> None:
    clock._start = datetime.fromisoformat("2026-11-20T14:00-05:00")
    asked = await asked_by_commands(bot)
    assert {type(question) for question in asked} >= {CompareQuestion, HelpQuestion, RandomQuoteQuestion}
    last = {season.year: season.run[-1].round for season in await services.seasons.all()}

    def by_turns(question: Question) -> bool:
        """Of the views of the standings each after the last race, and one after each of the others.

        Of the records each by itself, and some at a track, of a driver or in a season. Of the laps one in fifty.
        """
        if isinstance(question, LapsQuestion) and question.round is not None:
            return (sum(map(ord, question.driver)) + question.round + (question.year or 0)) % 50 == 0
        if isinstance(question, RecordsQuestion) and question.what is not None:
            narrowed = "".join(map(str, filter(None, (question.track, question.driver, question.year))))
            return not narrowed or RECORDS.index(question.what) == len(narrowed) % len(RECORDS)
        if not isinstance(question, StandingsQuestion) or question.view is None or question.after is None:
            return True
        turn = STANDINGS_VIEWS[question.after % len(STANDINGS_VIEWS)]
        return question.view == turn or question.after == last.get(question.year or 0)

    assert not await follow(bot, [*asked, *await everything(services)], 20_000, by_turns)


@pytest.mark.parametrize(
    "moment",
    [
        "2023-01-05T12:00-05:00",  # before the first race held
        "2025-08-01T12:00-04:00",  # two races left of the regular season
        "2025-10-25T12:00-04:00",  # four left for the title
        "2025-10-17T16:30-04:00",  # Talladega under way
        "2025-10-17T19:30-04:00",  # its results just in
        "2025-12-10T12:00-05:00",  # between seasons
        "2026-02-13T20:00-05:00",  # the first race of a season under way
        "2026-06-19T12:00-04:00",  # the morning of the last race with results
        "2027-08-01T12:00-04:00",  # long after
    ],
)
async def test_commands_and_all_their_buttons_hold_at_any_moment(
    bot: TailgateBot, clock: TravelClock, moment: str
) -> None:
    clock._start = datetime.fromisoformat(moment)
    known = (await bot.router.as_of()).season()
    asked = [*SEARCHES, *await asked_by_commands(bot, with_options=False)]
    assert {StandingsQuestion(known.year), ClinchQuestion(), NextQuestion()} <= set(asked)
    if not known.run:
        asked = [question for question in asked if question not in {ResultsQuestion(), RecapQuestion()}]
    everybody = sorted({row.driver for rows in known.results.values() for row in rows})
    asked += [ClinchQuestion(key) for key in everybody[::4]]
    latest = {race.round for race in known.run[-2:]}

    def not_long_past(question: Question) -> bool:
        """Standings, results, recaps, laps and lineups of past races are very many, and looked at elsewhere."""
        if isinstance(question, RecapQuestion | ResultsQuestion | LapsQuestion | LineupQuestion):
            return question.round is None or (question.year == known.year and question.round in latest)
        return getattr(question, "after", None) is None

    assert not await follow(bot, asked, 2_000, not_long_past)


async def test_every_command_of_the_tree_is_answered_and_named_by_the_help(stand: Stand) -> None:
    """Made from the tree alone, so that a new command is asked without anybody's naming it here."""
    boss = member(stand.channel.guild, "Boss", discord.Permissions(manage_guild=True, manage_messages=True))
    overview = words(await boss.slash(stand.channel, "help"))
    for command in stand.env.bot.tree.get_commands():
        if not isinstance(command, app_commands.Command):
            continue
        assert f"`/{command.name}" in overview
        entry = command.extras.get("help", HelpEntry())
        shown = entry.short or command.description
        assert shown in overview or entry.moderators or command.default_permissions is not None
        needed = [option for option in command.parameters if option.required]
        assert all(option.type is discord.AppCommandOptionType.string for option in needed)
        named = {option.name: TYPED[option.name] for option in needed}
        result = await boss.slash(stand.channel, command.name, **named)
        assert result.modal is not None or words(result), command.name
