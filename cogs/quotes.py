"""/quote: what a driver said, found by words, by lot or by number."""

from __future__ import annotations

import random

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.answers import Asker
from bot.choices import Typed, driver_choices, race_choices, season_choices
from bot.client import TailgateBot
from bot.quoting.desk import around, by_number, look, looked_for, reader_of, turning
from bot.quoting.rights import may_save
from bot.quoting.search import LONGEST
from bot.render.questions import Question
from bot.render.quote_questions import LotQuestion, OneQuoteQuestion, QuoteQuestion
from bot.render.quotes import Asked, NothingFacts, nothing, single
from db.quotes import random_quote

Words = app_commands.Range[str, 1, LONGEST]


class Quotes(commands.Cog):
    """What was said."""

    def __init__(self, bot: TailgateBot) -> None:
        self.bot = bot
        self._lots = random.Random()
        bot.answers.register(QuoteQuestion, self.answer)
        bot.answers.register(LotQuestion, self.answer_lot)
        bot.answers.register(OneQuoteQuestion, self.answer_one)

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
        driver: Typed | None = None,
        race: Typed | None = None,
        season: int | None = None,
    ) -> None:
        await self.bot.answers.reply(interaction, await self._question(about, driver, race, season))

    async def _question(self, about: str | None, driver: str | None, race: str | None, season: int | None) -> Question:
        """What is asked for, short enough for the buttons that turn its pages."""
        if about is None and driver is None and race is None and season is None:
            return LotQuestion()
        almanac = await self.bot.answers.almanac()
        words = looked_for(about)
        meant = almanac.race_with_results(race, season) if race else None
        asked = QuoteQuestion(
            about=words,
            driver=almanac.driver(driver, season).key if driver else None,
            year=meant.season if meant else almanac.season(season).year if season else None,
            round=meant.round if meant else None,
        )
        return turning(asked)

    async def answer(self, question: QuoteQuestion, asker: Asker) -> ui.LayoutView:
        if question == QuoteQuestion(page=question.page):
            return await self.answer_lot(LotQuestion(), asker)
        return await look(self.bot.services.store, asker, question)

    async def answer_lot(self, question: LotQuestion, asker: Asker) -> ui.LayoutView:
        """Draws one; the one before comes again only where there is no other."""
        store, reader, season = self.bot.services.store, reader_of(asker), asker.almanac.season().year
        before = frozenset({question.last} if question.last else ())
        drawn = await random_quote(store, reader, season, self._lots, but=before)
        drawn = drawn or await random_quote(store, reader, season, self._lots)
        if drawn is None:
            # Where I am no member nobody saves any, whatever he may do there.
            saves = asker.guild is not None and self.bot.get_guild(asker.guild) is not None
            return nothing(NothingFacts(Asked(), saves=saves and await may_save(store, asker)))
        return single(await around(store, asker, drawn), asker.almanac.now, lot=True)

    async def answer_one(self, question: OneQuoteQuestion, asker: Asker) -> ui.LayoutView:
        store = self.bot.services.store
        held = await by_number(store, asker, question.id)
        return single(await around(store, asker, held), asker.almanac.now)


async def setup(bot: TailgateBot) -> None:
    await bot.add_cog(Quotes(bot))
