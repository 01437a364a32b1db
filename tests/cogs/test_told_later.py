"""Who sees races later is told what was known then: in every answer, to the second, and nothing else changes."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import chain

import discord
import pytest

from bot.client.tailgate_bot import TailgateBot
from bot.clock import TravelClock
from bot.errors import FriendlyError
from bot.questions.core import DriverQuestion, Question, ResultsQuestion, StandingsQuestion
from bot.questions.history import RecordsQuestion, TrackQuestion
from bot.questions.laps import LapsQuestion, LineupQuestion
from bot.questions.quotes import QuoteQuestion, RandomQuoteQuestion
from bot.questions.recaps import RecapQuestion
from bot.requester import Requester
from bot.seasons.careers import career_of, wins_of
from bot.seasons.later import seen_later
from bot.seasons.quote_reader import reader_in
from db.models import Race
from db.reminders.models import Extras, Target
from db.reminders.targets import save
from tests.bot.render.reading import text
from tests.cogs.commands import asked_by_commands
from tests.cogs.conftest import Stand
from tests.cogs.looking import words

GUILD = 77
ROUND = 23
BY_THE_CLOCK = re.compile(r"\*\*Coverage started\*\* about <t:\d+:t> . <t:\d+:R>|Listed for <t:\d+:t>; should [a-z ,]+")
"""What is said of a race without results by the listed start alone, which changes in these very seconds."""
LONG = (60, 3600, 24 * 3600)


async def talladega(bot: TailgateBot) -> Race:
    season = await bot.services.seasons.season(2025)
    assert season is not None
    return season.races[ROUND - 1]


async def requester(bot: TailgateBot, guild: int | None) -> Requester:
    as_of, delay = await bot.router.known_to(guild, 1)
    return Requester(1, as_of, guild=guild, delay=delay, permissions=discord.Permissions.none())


async def wants(bot: TailgateBot, clock: TravelClock, delay: int) -> None:
    target = Target(guild=GUILD, channel=5, extras=Extras(delay=delay))
    await save(bot.services.store, target, clock.now())


async def told(bot: TailgateBot, question: Question, who: Requester) -> str:
    try:
        view = await bot.router.view(question, who)
    except FriendlyError as error:
        return type(error).__name__
    lines = [line for line in text(view).splitlines() if "behind the race" not in line]  # type: ignore[arg-type]
    return BY_THE_CLOCK.sub("STATUS", "\n".join(lines))


async def test_every_answer_is_that_of_then(bot: TailgateBot, clock: TravelClock) -> None:
    race = await talladega(bot)
    over, delay = race.over_at, 45
    clock._start, clock.speed = over + timedelta(seconds=1), 0.0
    season = (await bot.router.as_of()).season(2025)
    first = [row.driver for row in season.results[ROUND][:3]]
    asked = dict.fromkeys(await asked_by_commands(bot, with_options=False))
    more = [StandingsQuestion(2025, ROUND), ResultsQuestion(2025, ROUND), RecapQuestion(2025, ROUND)]
    of_drivers = [(DriverQuestion(key, 2025), DriverQuestion(key, tab="career"), LapsQuestion(key)) for key in first]
    history = [RecordsQuestion("wins", year=2025), TrackQuestion(race.track.key), LineupQuestion(2025, ROUND)]
    asked |= dict.fromkeys([*more, *chain(*of_drivers), *history, QuoteQuestion(year=2025, round=ROUND)])
    questions = [question for question in asked if not isinstance(question, RandomQuoteQuestion)]
    assert len(questions) > 20

    clock._start = over - timedelta(seconds=15)
    then = {question: await told(bot, question, await requester(bot, None)) for question in questions}
    clock._start = over + timedelta(seconds=30)
    now = {question: await told(bot, question, await requester(bot, None)) for question in questions}
    await wants(bot, clock, delay)
    later = {question: await told(bot, question, await requester(bot, GUILD)) for question in questions}
    assert [question for question in questions if later[question] != then[question]] == []
    assert len([question for question in questions if now[question] != then[question]]) > 10


@pytest.mark.parametrize("delay", LONG)
async def test_an_outcome_is_told_to_the_second(bot: TailgateBot, clock: TravelClock, delay: int) -> None:
    race = await talladega(bot)
    await wants(bot, clock, delay)
    clock.speed = 0.0
    for early in (delay, 1, 0):
        clock._start = race.over_at + timedelta(seconds=delay - early)
        who = await requester(bot, GUILD)
        present = await bot.router.as_of()
        assert present.season(2025).has_results(ROUND)
        assert who.as_of.now == present.now, "times are those of the present"
        assert who.as_of.season(2025).has_results(ROUND) is (early == 0)
        assert ((2025, ROUND) in who.as_of.held_back) is (early > 0)
        assert (await requester(bot, None)).as_of.seasons is present.seasons


@pytest.mark.parametrize("delay", LONG)
async def test_what_the_store_counts_and_quotes_is_of_then(bot: TailgateBot, clock: TravelClock, delay: int) -> None:
    race, store = await talladega(bot), bot.services.store
    clock._start, clock.speed = race.over_at + timedelta(seconds=delay - 1), 0.0
    present = await bot.router.as_of()
    season = present.season(2025)
    winner = season.results[ROUND][0].driver
    later = seen_later(present, delay)
    assert (await wins_of(store, later)).wins == (await wins_of(store, present)).wins[:-1]
    assert (await career_of(store, later, winner)).starts == (await career_of(store, present, winner)).starts[:-1]
    assert (2025, ROUND) in reader_in(later, None).ahead
    assert (2025, ROUND) not in reader_in(present, None).ahead


async def test_what_is_not_held_back_is_the_very_same(bot: TailgateBot, clock: TravelClock) -> None:
    race = await talladega(bot)
    clock._start, clock.speed = race.over_at + timedelta(seconds=50), 0.0
    present = await bot.router.as_of()
    later, again = seen_later(present, 60), seen_later(present, 55)
    assert later.seasons is again.seasons, "what is computed for one is there for others"
    assert later.cache is again.cache
    same = [(a, b) for a, b in zip(later.seasons, present.seasons, strict=True) if a is b]
    assert len(same) == len(present.seasons) - 1
    assert all(later.computed(a) is present.computed(b) for a, b in same)
    assert seen_later(present, 50).seasons is present.seasons
    assert seen_later(present, 0) is present


async def test_a_command_in_a_server_says_so(stand: Stand, bot: TailgateBot, clock: TravelClock) -> None:
    race = await talladega(bot)
    target = Target(guild=stand.channel.guild.id, channel=stand.channel.id, extras=Extras(delay=60))
    await save(bot.services.store, target, clock.now())
    clock._start, clock.speed = race.over_at + timedelta(seconds=59), 0.0
    shown = words(await stand.ask("results"))
    assert race.track.short not in shown.splitlines()[0]
    assert "1 minute behind the race, as this server wants it" in shown
    clock._start += timedelta(seconds=1)
    assert race.track.short in words(await stand.ask("results")).splitlines()[0]
