"""/playoffs and /clinch: the playoffs round by round, and what a driver needs at the next race."""

from __future__ import annotations

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.answers import Asker
from bot.choices import Typed, driver_choices, season_choices
from bot.client import TailgateBot
from bot.render.clinch import ClinchFacts, clinch
from bot.render.playoffs import playoffs
from bot.render.questions import ClinchQuestion, PlayoffsQuestion


class Playoffs(commands.Cog):
    """Who is in, who is out, and what it takes."""

    def __init__(self, bot: TailgateBot) -> None:
        self.bot = bot
        bot.answers.register(PlayoffsQuestion, self.answer)
        bot.answers.register(ClinchQuestion, self.answer_clinch)

    @app_commands.command(
        name="playoffs", description="The playoffs round by round: who advanced, how, and who was eliminated"
    )
    @app_commands.describe(season="A different season")
    @app_commands.autocomplete(season=season_choices)
    async def playoffs(self, interaction: discord.Interaction[TailgateBot], season: int | None = None) -> None:
        await self.bot.answers.reply(interaction, PlayoffsQuestion(season))

    @app_commands.command(name="clinch", description="What drivers need to clinch at the next race")
    @app_commands.describe(driver="Full or partial name, nickname or truck number; everyone if left out")
    @app_commands.autocomplete(driver=driver_choices)
    async def clinch(self, interaction: discord.Interaction[TailgateBot], driver: Typed | None = None) -> None:
        almanac = await self.bot.answers.almanac()
        meant = almanac.driver(driver).key if driver else None
        await self.bot.answers.reply(interaction, ClinchQuestion(meant))

    async def answer(self, question: PlayoffsQuestion, asker: Asker) -> ui.LayoutView:
        almanac = asker.almanac
        return playoffs(almanac.season(question.year), question, almanac.now, almanac.years)

    async def answer_clinch(self, question: ClinchQuestion, asker: Asker) -> ui.LayoutView:
        almanac = asker.almanac
        season = almanac.season()
        driver = almanac.known(question.driver) if question.driver else None
        return clinch(ClinchFacts(season, season.next_race(almanac.now), driver), question, almanac.now)


async def setup(bot: TailgateBot) -> None:
    await bot.add_cog(Playoffs(bot))
