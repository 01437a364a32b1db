"""/results, /schedule and /next: races that were run, and races to come."""

from __future__ import annotations

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.client.tailgate_bot import TailgateBot
from bot.errors import FriendlyError, UnknownRace
from bot.interactions.autocomplete import UserText, race_choices, schedule_choices, season_choices
from bot.interactions.understanding import results_asked, schedule_asked
from bot.questions.core import NextQuestion, ResultsQuestion, ScheduleQuestion
from bot.render.about import HelpEntry
from bot.render.next_race import NextFacts, upcoming
from bot.render.results import results
from bot.render.schedule import schedule
from bot.requester import Requester
from bot.seasons.laps import report_for


class Races(commands.Cog):
    """What happened, and what comes."""

    def __init__(self, bot: TailgateBot) -> None:
        self.bot = bot
        bot.router.register(ResultsQuestion, self.answer_results)
        bot.router.register(ScheduleQuestion, self.answer_schedule)
        bot.router.register(NextQuestion, self.answer_next)

    @app_commands.command(
        name="results",
        description="Race results: winner, stages and the full finishing order",
        extras={"help": HelpEntry(place=5, short="the latest race")},
    )
    @app_commands.describe(race="Name, track, round or year; the latest race if left out", season="A different season")
    @app_commands.autocomplete(race=race_choices)
    @app_commands.autocomplete(season=season_choices)
    async def results(
        self, interaction: discord.Interaction[TailgateBot], race: UserText | None = None, season: int | None = None
    ) -> None:
        requester = await self.bot.router.requester(interaction)
        asked = results_asked(requester.as_of, race, season)
        await self.bot.router.reply(interaction, asked.question, requester, lines=asked.lines)

    @app_commands.command(
        name="schedule",
        description="Every race of the season: winners so far and what's next",
        extras={"help": HelpEntry(place=10, short="every race of the season")},
    )
    @app_commands.describe(race="Opens where that race is: name, track, round or year", season="A different season")
    @app_commands.autocomplete(race=schedule_choices)
    @app_commands.autocomplete(season=season_choices)
    async def schedule(
        self, interaction: discord.Interaction[TailgateBot], race: UserText | None = None, season: int | None = None
    ) -> None:
        requester = await self.bot.router.requester(interaction)
        asked = schedule_asked(requester.as_of, race, season)
        await self.bot.router.reply(interaction, asked.question, requester, lines=asked.lines)

    @app_commands.command(
        name="next",
        description="The next race: when coverage starts, TV, radio and a countdown",
        extras={"help": HelpEntry(place=4, short="when coverage starts, and where")},
    )
    async def next(self, interaction: discord.Interaction[TailgateBot]) -> None:
        await self.bot.router.reply(interaction, NextQuestion())

    async def answer_results(self, question: ResultsQuestion, requester: Requester) -> ui.LayoutView:
        as_of = requester.as_of
        season = as_of.season(question.year)
        race = season.race(question.round) if question.round else season.latest
        if race is None and question == ResultsQuestion(page=question.page):
            season, race = as_of.latest() or (season, None)
        if race is None:
            where, none = f"in {season.year}", FriendlyError(f"No results for {season.year} yet.")
            raise UnknownRace(f"race {question.round}", where=where) if question.round else none
        report = await report_for(self.bot.services.store, as_of, race)
        return results(season, race, question, as_of.now, as_of.last_time(race), report)

    async def answer_schedule(self, question: ScheduleQuestion, requester: Requester) -> ui.LayoutView:
        as_of = requester.as_of
        ahead = as_of.next_race()
        season = ahead[0] if ahead and question.year is None else as_of.season(question.year)
        return schedule(season, question, as_of.now, as_of.years)

    async def answer_next(self, question: NextQuestion, requester: Requester) -> ui.LayoutView:
        as_of = requester.as_of
        ahead = as_of.next_race()
        if ahead is None:
            return upcoming(NextFacts(as_of.season(), None), question, as_of.now)
        season, race = ahead
        facts = NextFacts(season, race, as_of.last_winner(race), as_of.ended_before(season))
        return upcoming(facts, question, as_of.now)


async def setup(bot: TailgateBot) -> None:
    await bot.add_cog(Races(bot))
