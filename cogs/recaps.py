"""/recap: what a race was, told in short."""

from __future__ import annotations

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.answers import Asker
from bot.choices import Typed, race_choices, season_choices
from bot.client import TailgateBot
from bot.gathering import gather
from bot.recaps import recap
from bot.render.recap import recap_card
from bot.render.recap_questions import RecapQuestion


class Recaps(commands.Cog):
    """What a beat reporter would file."""

    def __init__(self, bot: TailgateBot) -> None:
        self.bot = bot
        bot.answers.register(RecapQuestion, self.answer_recap)

    @app_commands.command(name="recap", description="The story of a race: top truckers, playoffs, quotes and more")
    @app_commands.describe(race="Round, name or track; the latest race if left out", season="A different season")
    @app_commands.autocomplete(race=race_choices)
    @app_commands.autocomplete(season=season_choices)
    async def recap(
        self, interaction: discord.Interaction[TailgateBot], race: Typed | None = None, season: int | None = None
    ) -> None:
        almanac = await self.bot.answers.almanac()
        meant = almanac.race_with_results(race, season) if race else None
        question = RecapQuestion(meant.season, meant.round) if meant else RecapQuestion(season)
        await self.bot.answers.reply(interaction, question)

    async def answer_recap(self, question: RecapQuestion, asker: Asker) -> ui.LayoutView:
        season, race = asker.almanac.race_run(question.year, question.round)
        facts = await gather(self.bot.services.store, asker, race)
        return recap_card(recap(facts), season, question, asker.almanac.now)


async def setup(bot: TailgateBot) -> None:
    await bot.add_cog(Recaps(bot))
