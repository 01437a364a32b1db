"""/stats: who has the most wins, poles, laps led, and the best averages of a season."""

from __future__ import annotations

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.championship.ranking import FIGURES
from bot.client.tailgate_bot import TailgateBot
from bot.interactions.after_race import after_race
from bot.interactions.autocomplete import season_choices
from bot.render.about import HelpEntry
from bot.render.stats import StatsQuestion, figure_name, stats
from bot.requester import Requester

BY_CHOICES = [app_commands.Choice(name=figure_name(by), value=by) for by in FIGURES]


class Stats(commands.Cog):
    """Who has the most of what is counted."""

    def __init__(self, bot: TailgateBot) -> None:
        self.bot = bot
        bot.router.register(StatsQuestion, self.answer)

    @app_commands.command(
        name="stats",
        description="Who has the most wins, poles, laps led, DNFs, or the best averages",
        extras={"help": HelpEntry(place=12, short="who has the most wins, poles, laps led…")},
    )
    @app_commands.describe(by="What to rank drivers by; wins if left out", season="A different season")
    @app_commands.autocomplete(season=season_choices)
    @app_commands.choices(by=BY_CHOICES)
    async def stats(
        self, interaction: discord.Interaction[TailgateBot], by: str | None = None, season: int | None = None
    ) -> None:
        await self.bot.router.reply(interaction, StatsQuestion(season, None, by if by in FIGURES else "wins"))

    async def answer(self, question: StatsQuestion, requester: Requester) -> ui.LayoutView:
        return after_race(requester.as_of, question, stats)


async def setup(bot: TailgateBot) -> None:
    await bot.add_cog(Stats(bot))
