"""Mentions in chat: what is said to the bot is answered as a command is."""

from __future__ import annotations

import discord
from discord import ui
from discord.ext import commands

from bot.client.tailgate_bot import TailgateBot
from bot.mentions.answers import MentionAnswers
from bot.render.driver_at_track import DriverAtTrackFacts, DriverAtTrackQuestion, driver_at_track
from bot.requester import Requester
from bot.seasons.records import races_at_track, unbroken_since


class Mentions(commands.Cog):
    """Hears what is said to the bot; the client lets through nothing else."""

    def __init__(self, bot: TailgateBot) -> None:
        self.bot = bot
        self.answers = MentionAnswers(bot.router, bot.turns, lambda: bot.editors)
        bot.router.register(DriverAtTrackQuestion, self.answer_driver_at_track)

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        assert self.bot.user is not None
        await self.answers.answer(message, self.bot.user.id)

    async def answer_driver_at_track(self, question: DriverAtTrackQuestion, requester: Requester) -> ui.LayoutView:
        as_of = requester.as_of
        season, race = as_of.race_run(question.year, question.round)
        races = races_at_track(as_of, as_of.known(question.driver), race)
        facts = DriverAtTrackFacts(as_of.known(question.driver), season, race, races, unbroken_since(as_of))
        return driver_at_track(facts, question, as_of.now)


async def setup(bot: TailgateBot) -> None:
    await bot.add_cog(Mentions(bot))
