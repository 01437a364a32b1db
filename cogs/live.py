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
from bot.render.live import held_back, live
from bot.requester import Requester
from bot.seasons.live import LivePictures
from db.live.held import LiveStates
from db.reminders.targets import delay_of


class Live(commands.Cog):
    """The running order, the flag, and the championship as it runs."""

    def __init__(self, bot: TailgateBot) -> None:
        self.bot = bot
        self.states, self.pictures = LiveStates(bot.services.store), LivePictures()
        drawer, editor = BoardDrawer(bot.services, bot.router.as_of), DiscordEditor(DiscordSender(bot))
        self.desk = LiveDesk(bot.services, drawer, bot.live_answers, bot.router, editor)
        bot.router.register(LiveQuestion, self.answer)
        bot.router.register(LiveAloneQuestion, self.answer_alone)

    @app_commands.command(
        name="live",
        description="The race as it runs: flag, laps, running order, and the playoffs if it ended now",
        extras={"help": HelpEntry(place=4, short="the race as it runs")},
    )
    async def live(self, interaction: discord.Interaction[TailgateBot]) -> None:
        requester = await self.bot.router.requester(interaction)
        alone = await delay_of(self.bot.services.store, guild=requester.guild) > 0
        question = LiveAloneQuestion() if alone else LiveQuestion()
        await self.desk.reply(interaction, question, requester, private=alone)

    async def answer(self, question: LiveQuestion, requester: Requester) -> ui.LayoutView:
        now = requester.as_of.now
        facts = live_facts(question, requester.as_of, await self.states.all(), self.pictures)
        seconds = await delay_of(self.bot.services.store, guild=requester.guild) if facts.tells else 0
        return held_back(facts, seconds // 60, now) if seconds else live(facts, question, now)

    async def answer_alone(self, question: LiveAloneQuestion, requester: Requester) -> ui.LayoutView:
        facts = live_facts(question, requester.as_of, await self.states.all(), self.pictures)
        return live(facts, question, requester.as_of.now)


async def setup(bot: TailgateBot) -> None:
    await bot.add_cog(Live(bot))
