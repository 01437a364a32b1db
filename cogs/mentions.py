"""Mentions in chat: what is said to the bot is answered as a command is."""

from __future__ import annotations

import discord
from discord.ext import commands

from bot.client.tailgate_bot import TailgateBot
from bot.mentions.answers import MentionAnswers


class Mentions(commands.Cog):
    """Hears what is said to the bot; the client lets through nothing else."""

    def __init__(self, bot: TailgateBot) -> None:
        self.bot = bot
        self.answers = MentionAnswers(bot.router, bot.turns, lambda person, guild: bot.editors.may_edit(person, guild))

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        assert self.bot.user is not None
        await self.answers.answer(message, self.bot.user.id)


async def setup(bot: TailgateBot) -> None:
    await bot.add_cog(Mentions(bot))
