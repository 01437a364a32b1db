"""/recap: what happened in a race."""

from __future__ import annotations

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.client.tailgate_bot import TailgateBot
from bot.interactions.autocomplete import UserText, race_choices, season_choices
from bot.interactions.understanding import recap_asked
from bot.questions.recaps import RecapQuestion
from bot.render.about import HelpEntry
from bot.render.not_held import RECAP, not_held
from bot.render.recap import recap_card
from bot.requester import Requester
from bot.seasons.quote_reader import reader_in
from bot.seasons.recap_facts import recap_if_need_be_without_words


class Recaps(commands.Cog):
    """Recaps of races."""

    def __init__(self, bot: TailgateBot) -> None:
        self.bot = bot
        bot.router.register(RecapQuestion, self.answer_recap)

    @app_commands.command(
        name="recap",
        description="The story of a race: top truckers, playoffs, quotes and more",
        extras={"help": HelpEntry(place=6, short="the story of that race")},
    )
    @app_commands.describe(race="Name, track, round or year; the latest race if left out", season="A different season")
    @app_commands.autocomplete(race=race_choices)
    @app_commands.autocomplete(season=season_choices)
    async def recap(
        self, interaction: discord.Interaction[TailgateBot], race: UserText | None = None, season: int | None = None
    ) -> None:
        requester = await self.bot.router.requester(interaction)
        asked = recap_asked(requester.as_of, race, season)
        await self.bot.router.reply(interaction, asked.question, requester, lines=asked.lines)

    async def answer_recap(self, question: RecapQuestion, requester: Requester) -> ui.LayoutView:
        as_of = requester.as_of
        season, race = as_of.race_of(question.year, question.round)
        if race not in season.run:
            return not_held(RECAP, season, race, as_of.now, as_of.last_time(race))
        reader = reader_in(as_of, requester.guild)
        recap, whole = await recap_if_need_be_without_words(self.bot.services.store, as_of, reader, race)
        return recap_card(recap, as_of.computed(season), question, as_of.now, whole=whole)


async def setup(bot: TailgateBot) -> None:
    await bot.add_cog(Recaps(bot))
