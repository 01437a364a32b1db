"""/on-this-day: winners, first wins, close finishes and champions of a day of the year."""

from __future__ import annotations

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.client.tailgate_bot import TailgateBot
from bot.interactions.autocomplete import UserText
from bot.interactions.day_of_year import day_of_year
from bot.render.about import HelpEntry
from bot.render.on_this_day import OnThisDayFacts, OnThisDayQuestion, on_this_day
from bot.requester import Requester
from bot.seasons.careers import wins_of


class OnThisDay(commands.Cog):
    """What happened on a day of the year."""

    def __init__(self, bot: TailgateBot) -> None:
        self.bot = bot
        bot.router.register(OnThisDayQuestion, self.answer)

    @app_commands.command(
        name="on-this-day",
        description="What happened on this day: winners, first wins, close finishes, champions",
        extras={"help": HelpEntry(place=12, short="winners of this day in other years")},
    )
    @app_commands.describe(day="A day of the year, such as June 5 or 6/5; today if left out")
    async def on_this_day(self, interaction: discord.Interaction[TailgateBot], day: UserText | None = None) -> None:
        question = OnThisDayQuestion() if day is None else OnThisDayQuestion(*day_of_year(day))
        await self.bot.router.reply(interaction, question)

    async def answer(self, question: OnThisDayQuestion, requester: Requester) -> ui.LayoutView:
        as_of = requester.as_of
        month, day = question.on(as_of.now)
        wins = await wins_of(self.bot.services.store, as_of)
        facts = OnThisDayFacts(month, day, wins, as_of.season())
        return on_this_day(facts, as_of.now)


async def setup(bot: TailgateBot) -> None:
    await bot.add_cog(OnThisDay(bot))
