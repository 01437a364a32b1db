"""/results, /schedule and /next: races run and to come."""

from __future__ import annotations

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.almanac import Almanac
from bot.answers import Asker
from bot.choices import Typed, race_choices, season_choices
from bot.client import TailgateBot
from bot.errors import FriendlyError, UnknownRace
from bot.render.questions import NextQuestion, ResultsQuestion, ScheduleQuestion
from bot.render.results import results
from bot.render.schedule import schedule
from bot.render.upcoming import LastTime, NextFacts, upcoming
from db.nouns import Race


class Races(commands.Cog):
    """What happened, and what comes."""

    def __init__(self, bot: TailgateBot) -> None:
        self.bot = bot
        bot.answers.register(ResultsQuestion, self.answer_results)
        bot.answers.register(ScheduleQuestion, self.answer_schedule)
        bot.answers.register(NextQuestion, self.answer_next)

    @app_commands.command(name="results", description="Race results: winner, stages and the full finishing order")
    @app_commands.describe(race="Round, name or track; the latest race if left out", season="A different season")
    @app_commands.autocomplete(race=race_choices)
    @app_commands.autocomplete(season=season_choices)
    async def results(
        self, interaction: discord.Interaction[TailgateBot], race: Typed | None = None, season: int | None = None
    ) -> None:
        almanac = await self.bot.answers.almanac()
        meant = almanac.race_with_results(race, season) if race else None
        question = ResultsQuestion(meant.season, meant.round) if meant else ResultsQuestion(season)
        await self.bot.answers.reply(interaction, question)

    @app_commands.command(name="schedule", description="Every race of the season: winners so far and what's next")
    @app_commands.describe(season="A different season")
    @app_commands.autocomplete(season=season_choices)
    async def schedule(self, interaction: discord.Interaction[TailgateBot], season: int | None = None) -> None:
        await self.bot.answers.reply(interaction, ScheduleQuestion(season))

    @app_commands.command(name="next", description="The next race: when coverage starts, TV, radio and a countdown")
    async def next(self, interaction: discord.Interaction[TailgateBot]) -> None:
        await self.bot.answers.reply(interaction, NextQuestion())

    async def answer_results(self, question: ResultsQuestion, asker: Asker) -> ui.LayoutView:
        almanac = asker.almanac
        season = almanac.season(question.year)
        race = season.race(question.round) if question.round else season.latest
        if race is None and question == ResultsQuestion(page=question.page):
            season, race = almanac.latest() or (season, None)
        if race is None and question.round:
            raise UnknownRace(f"race {question.round}", where=f"in {season.year}")
        if race is None:
            raise FriendlyError(f"No results for {season.year} yet.")
        before = almanac.last_time(race)
        return results(season, race, question, almanac.now, before)

    async def answer_schedule(self, question: ScheduleQuestion, asker: Asker) -> ui.LayoutView:
        almanac = asker.almanac
        ahead = almanac.next_race()
        season = ahead[0] if ahead and question.year is None else almanac.season(question.year)
        return schedule(season, question, almanac.now, almanac.years)

    async def answer_next(self, question: NextQuestion, asker: Asker) -> ui.LayoutView:
        almanac = asker.almanac
        ahead = almanac.next_race()
        if ahead is None:
            return upcoming(NextFacts(almanac.season(), None), question, almanac.now)
        season, race = ahead
        facts = NextFacts(season, race, _last_time(almanac, race), almanac.ended_before(season))
        return upcoming(facts, question, almanac.now)


def _last_time(almanac: Almanac, race: Race) -> LastTime | None:
    found = almanac.last_winner(race)
    return LastTime(found.race, almanac.known(found.winner).name, found.defending) if found else None


async def setup(bot: TailgateBot) -> None:
    await bot.add_cog(Races(bot))
