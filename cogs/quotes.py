"""/quote: what a driver said, found by words, by lot or by number."""

from __future__ import annotations

import random

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.client.tailgate_bot import TailgateBot
from bot.interactions.autocomplete import UserText, driver_choices, race_choices, season_choices
from bot.questions.core import Question
from bot.questions.quotes import AnotherQuoteQuestion, LotQuestion, OneQuoteQuestion, QuoteQuestion
from bot.quotes.permissions import may_save
from bot.quotes.query import LONGEST
from bot.quotes.service import around, by_number, look, looked_for, reader_of, turning
from bot.render.quotes import Asked, NothingFacts, nothing, single
from bot.requester import Requester
from db.quotes import random_quote

Words = app_commands.Range[str, 1, LONGEST]


class Quotes(commands.Cog):
    """What was said."""

    def __init__(self, bot: TailgateBot) -> None:
        self.bot = bot
        self._lots = random.Random()
        bot.router.register(QuoteQuestion, self.answer)
        bot.router.register(LotQuestion, self.answer_lot)
        bot.router.register(AnotherQuoteQuestion, self.answer_another)
        bot.router.register(OneQuoteQuestion, self.answer_one)

    @app_commands.command(
        name="quote", description="What drivers said: by words, driver or race; a random quote if left out"
    )
    @app_commands.describe(
        about="Words to search for, such as heim crash; typos in names are OK",
        driver="Full or partial name, nickname or truck number",
        race="Round, name or track",
        season="A different season",
    )
    @app_commands.autocomplete(driver=driver_choices, race=race_choices)
    @app_commands.autocomplete(season=season_choices)
    async def quote(
        self,
        interaction: discord.Interaction[TailgateBot],
        about: Words | None = None,
        driver: UserText | None = None,
        race: UserText | None = None,
        season: int | None = None,
    ) -> None:
        await self.bot.router.reply(interaction, await self._question(about, driver, race, season))

    async def _question(self, about: str | None, driver: str | None, race: str | None, season: int | None) -> Question:
        """What is asked for, short enough for the buttons that turn its pages."""
        if about is None and driver is None and race is None and season is None:
            return LotQuestion()
        as_of = await self.bot.router.as_of()
        words = looked_for(about)
        meant = as_of.race_with_results(race, season) if race else None
        asked = QuoteQuestion(
            about=words,
            driver=as_of.driver(driver, season).key if driver else None,
            year=meant.season if meant else as_of.season(season).year if season else None,
            round=meant.round if meant else None,
        )
        return turning(asked)

    async def answer(self, question: QuoteQuestion, requester: Requester) -> ui.LayoutView:
        if question == QuoteQuestion(page=question.page):
            return await self.answer_lot(LotQuestion(), requester)
        return await look(self.bot.services.store, requester, question)

    async def answer_lot(self, question: LotQuestion, requester: Requester) -> ui.LayoutView:
        """Draws one; the one before comes again only where there is no other."""
        store, reader, season = self.bot.services.store, reader_of(requester), requester.as_of.season().year
        before = frozenset({question.last} if question.last else ())
        drawn = await random_quote(store, reader, season, self._lots, but=before)
        drawn = drawn or await random_quote(store, reader, season, self._lots)
        if drawn is None:
            # Where I am no member nobody saves any, whatever he may do there.
            saves = requester.guild is not None and self.bot.get_guild(requester.guild) is not None
            return nothing(NothingFacts(Asked(), saves=saves and await may_save(store, requester)))
        return single(await around(store, requester, drawn), requester.as_of.now, lot=True)

    async def answer_another(self, question: AnotherQuoteQuestion, requester: Requester) -> ui.LayoutView:
        return await self.answer_lot(LotQuestion(question.last), requester)

    async def answer_one(self, question: OneQuoteQuestion, requester: Requester) -> ui.LayoutView:
        store = self.bot.services.store
        held = await by_number(store, requester, question.id)
        return single(await around(store, requester, held), requester.as_of.now)


async def setup(bot: TailgateBot) -> None:
    await bot.add_cog(Quotes(bot))
