"""/playoffs and /clinch: the playoffs round by round, and what a driver needs at the next race."""

from __future__ import annotations

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.client.tailgate_bot import TailgateBot
from bot.interactions.autocomplete import UserText, driver_choices, entered_choices, season_choices
from bot.interactions.understanding import clinch_asked, playoffs_asked
from bot.questions.core import ClinchQuestion, PlayoffsQuestion
from bot.render.about import HelpEntry
from bot.render.clinch import ClinchFacts, clinch
from bot.render.playoffs import playoffs
from bot.requester import Requester


class Playoffs(commands.Cog):
    """Who is in, who is out, and what it takes."""

    def __init__(self, bot: TailgateBot) -> None:
        self.bot = bot
        bot.router.register(PlayoffsQuestion, self.answer)
        bot.router.register(ClinchQuestion, self.answer_clinch)

    @app_commands.command(
        name="playoffs",
        description="The playoffs round by round: who advanced, how, and who was eliminated",
        extras={"help": HelpEntry(place=2, short="round by round, and who would be in now")},
    )
    @app_commands.describe(about="A driver, or a year such as last year", season="A different season")
    @app_commands.autocomplete(about=driver_choices)
    @app_commands.autocomplete(season=season_choices)
    async def playoffs(
        self, interaction: discord.Interaction[TailgateBot], about: UserText | None = None, season: int | None = None
    ) -> None:
        requester = await self.bot.router.requester(interaction)
        asked = playoffs_asked(requester.as_of, about, season)
        await self.bot.router.reply(interaction, asked.question, requester, lines=asked.lines)

    @app_commands.command(
        name="clinch",
        description="What drivers need to clinch at the next race",
        extras={"help": HelpEntry(place=3, short="what it takes at the next race", example="honeycutt")},
    )
    @app_commands.describe(driver="Full or partial name, nickname or truck number; everyone if left out")
    @app_commands.autocomplete(driver=entered_choices)
    async def clinch(self, interaction: discord.Interaction[TailgateBot], driver: UserText | None = None) -> None:
        requester = await self.bot.router.requester(interaction)
        asked = clinch_asked(requester.as_of, driver)
        await self.bot.router.reply(interaction, asked.question, requester, lines=asked.lines)

    async def answer(self, question: PlayoffsQuestion, requester: Requester) -> ui.LayoutView:
        as_of = requester.as_of
        return playoffs(as_of.computed(as_of.season(question.year)), question, as_of.now, as_of.years)

    async def answer_clinch(self, question: ClinchQuestion, requester: Requester) -> ui.LayoutView:
        as_of = requester.as_of
        season = as_of.season()
        driver = as_of.known(question.driver) if question.driver else None
        return clinch(ClinchFacts(as_of.computed(season), season.next_race(as_of.now), driver), question, as_of.now)


async def setup(bot: TailgateBot) -> None:
    await bot.add_cog(Playoffs(bot))
