"""/live: the race as it runs."""

from __future__ import annotations

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.boards.discord_editor import DiscordEditor
from bot.boards.drawing import BoardDrawer
from bot.boards.opening import LiveDesk
from bot.client.tailgate_bot import TailgateBot
from bot.interactions.live_asked import live_facts
from bot.outbox.discord_sender import DiscordSender
from bot.questions.live import LiveAloneQuestion, LiveQuestion
from bot.render.about import HelpEntry
from bot.render.live import live
from bot.requester import Requester
from bot.seasons.live import LivePictures, states_told
from db.live.held import LiveStates


class Live(commands.Cog):
    """The running order, the flag, and the championship as it runs."""

    def __init__(self, bot: TailgateBot) -> None:
        self.bot = bot
        self.states, self.pictures = LiveStates(bot.services.store), LivePictures()
        drawer, editor = BoardDrawer(bot.services, bot.router.as_of), DiscordEditor(DiscordSender(bot))
        self.desk = LiveDesk(bot.services, drawer, bot.live_answers, bot.router, editor)
        bot.router.register(LiveQuestion, self.answer)
        bot.router.register(LiveAloneQuestion, self.answer)

    @app_commands.command(
        name="live",
        description="The race as it runs: flag, laps, running order, and the playoffs if it ended now",
        extras={"help": HelpEntry(place=4, short="the race as it runs")},
    )
    async def live(self, interaction: discord.Interaction[TailgateBot]) -> None:
        requester = await self.bot.router.requester(interaction)
        # The channel's board is for all who see races as late as the server; who wants them later is answered alone.
        alone = requester.guild is not None and requester.delay.own
        await self.desk.reply(interaction, LiveQuestion(), requester, private=alone)

    async def answer(self, question: LiveQuestion | LiveAloneQuestion, requester: Requester) -> ui.LayoutView:
        as_of = requester.as_of
        told = await states_told(self.states, as_of)
        return live(live_facts(question, as_of, told, self.pictures, requester.delay), question, as_of.now)


async def setup(bot: TailgateBot) -> None:
    await bot.add_cog(Live(bot))
