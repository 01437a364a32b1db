"""/quote: what a driver said, found by words, by number or at random."""

from __future__ import annotations

import random

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.client.tailgate_bot import TailgateBot
from bot.interactions.autocomplete import UserText, driver_choices, race_choices, season_choices
from bot.questions.quotes import AnotherQuoteQuestion, OneQuoteQuestion, QuoteQuestion, RandomQuoteQuestion
from bot.quotes.parsing import quote_asked
from bot.quotes.service import number_reply, random_reply, search_reply
from bot.render.about import HelpEntry
from bot.requester import Requester


class Quotes(commands.Cog):
    """What was said."""

    def __init__(self, bot: TailgateBot) -> None:
        self.bot = bot
        self._random = random.Random()
        bot.router.register(QuoteQuestion, self.answer)
        bot.router.register(RandomQuoteQuestion, self.answer_random)
        bot.router.register(AnotherQuoteQuestion, self.answer_another)
        bot.router.register(OneQuoteQuestion, self.answer_one)

    @app_commands.command(
        name="quote",
        description="What drivers said: by words, driver or race; a random quote if left out",
        extras={"help": HelpEntry(place=7, short="what a driver said", example="heim crash")},
    )
    @app_commands.describe(
        about="Words, a question such as what did heim say about fuel, or a number",
        driver="Full or partial name, nickname or truck number",
        race="Round, name or track",
        season="A different season",
    )
    @app_commands.autocomplete(driver=driver_choices, race=race_choices)
    @app_commands.autocomplete(season=season_choices)
    async def quote(
        self,
        interaction: discord.Interaction[TailgateBot],
        about: UserText | None = None,
        driver: UserText | None = None,
        race: UserText | None = None,
        season: int | None = None,
    ) -> None:
        requester = await self.bot.router.requester(interaction)
        question = await quote_asked(self.bot.services.store, requester, about, driver, race, season)
        await self.bot.router.reply(interaction, question, requester)

    async def answer(self, question: QuoteQuestion, requester: Requester) -> ui.LayoutView:
        if question == QuoteQuestion(page=question.page):
            return await self.answer_random(RandomQuoteQuestion(), requester)
        return await search_reply(self.bot.services.store, requester, question)

    async def answer_random(self, question: RandomQuoteQuestion, requester: Requester) -> ui.LayoutView:
        store = self.bot.services.store
        return await random_reply(store, requester, self._random, last=question.last, is_member=self._is_member)

    def _is_member(self, guild: int) -> bool:
        return self.bot.get_guild(guild) is not None

    async def answer_another(self, question: AnotherQuoteQuestion, requester: Requester) -> ui.LayoutView:
        return await self.answer_random(RandomQuoteQuestion(question.last), requester)

    async def answer_one(self, question: OneQuoteQuestion, requester: Requester) -> ui.LayoutView:
        return await number_reply(self.bot.services.store, requester, question.id)


async def setup(bot: TailgateBot) -> None:
    await bot.add_cog(Quotes(bot))
