"""/driver and /compare: a driver's season, and two side by side."""

from __future__ import annotations

from dataclasses import replace

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.championship.driver_record import head_to_head
from bot.client.tailgate_bot import TailgateBot
from bot.interactions.autocomplete import UserText, driver_choices, season_choices
from bot.interactions.understanding import compare_asked, driver_asked
from bot.questions.core import CompareQuestion, DriverQuestion
from bot.quotes.service import reader_of
from bot.render.about import HelpEntry
from bot.render.careers import CAREER_TABS, CareerFacts, career_card, seasons_listed
from bot.render.compare import CompareFacts, compare
from bot.render.drivers import DriverFacts, driver
from bot.render.understood import other_season, with_lines
from bot.requester import Requester
from bot.seasons.as_of import AsOf
from bot.seasons.careers import career_of
from bot.seasons.records import official_positions, racing, season_record, shared_records
from db.errors import StoreError
from db.history.models import Career
from db.models import Driver
from db.quotes import search


class Drivers(commands.Cog):
    """Everything about a driver, or two."""

    def __init__(self, bot: TailgateBot) -> None:
        self.bot = bot
        bot.router.register(DriverQuestion, self.answer)
        bot.router.register(CompareQuestion, self.answer_compare)

    @app_commands.command(
        name="driver",
        description="A driver's season and career: points, wins, recent races, best track, firsts",
        extras={"help": HelpEntry(place=8, short="a driver's season and career", example="heim")},
    )
    @app_commands.describe(
        name="Name, nickname or truck number, with a year or track or not", season="A different season"
    )
    @app_commands.autocomplete(name=driver_choices)
    @app_commands.autocomplete(season=season_choices)
    async def driver(
        self, interaction: discord.Interaction[TailgateBot], name: UserText, season: int | None = None
    ) -> None:
        requester = await self.bot.router.requester(interaction)
        asked = driver_asked(requester.as_of, name, season)
        await self.bot.router.reply(interaction, asked.question, requester, lines=asked.lines)

    @app_commands.command(
        name="compare",
        description="Two drivers side by side, and who finished ahead more often",
        extras={"help": HelpEntry(place=9, short="two drivers side by side", example="heim honeycutt")},
    )
    @app_commands.describe(
        first="Full or partial name, nickname or truck number",
        second="Who to compare with",
        season="A different season",
    )
    @app_commands.autocomplete(first=driver_choices, second=driver_choices)
    @app_commands.autocomplete(season=season_choices)
    async def compare(
        self,
        interaction: discord.Interaction[TailgateBot],
        first: UserText,
        second: UserText,
        season: int | None = None,
    ) -> None:
        requester = await self.bot.router.requester(interaction)
        asked = compare_asked(requester.as_of, first, second, season)
        await self.bot.router.reply(interaction, asked.question, requester, lines=asked.lines)

    async def answer(self, question: DriverQuestion, requester: Requester) -> ui.LayoutView:
        as_of = requester.as_of
        known = as_of.known(question.driver)
        career, quotes = await self._career_of(known.key, as_of), await self._quotes_of(known.key, requester)
        asked = opened(as_of, known, question)
        if asked.tab in CAREER_TABS and career is not None and career.starts:
            positions = official_positions(as_of, known, [each.year for each in seasons_listed(career, asked)])
            facts = CareerFacts(known, career, as_of.season(), racing(as_of, known), positions, quotes)
            return career_card(facts, asked, as_of.now)
        return self._season(asked, as_of, known, career, quotes)

    def _season(
        self, question: DriverQuestion, as_of: AsOf, known: Driver, career: Career | None, quotes: int
    ) -> ui.LayoutView:
        computed, own = season_record(as_of, known, question.year)
        races, years = computed.races_of(known.key), tuple(as_of.entered(known.key))
        facts = DriverFacts(known, computed, own, career, races, years, quotes)
        lines = [other_season(question.year, computed.season.year, known)]
        return with_lines(driver(facts, question, as_of.now), lines)

    async def _career_of(self, driver: str, as_of: AsOf) -> Career | None:
        """The driver's career; None while it cannot be read."""
        try:
            return await career_of(self.bot.services.store, as_of, driver)
        except StoreError as error:
            if error.fault is None:
                raise
            return None

    async def _quotes_of(self, driver: str, requester: Requester) -> int:
        """How many quotes the requester may see; none, and no button, while they cannot be read."""
        try:
            return (await search(self.bot.services.store, reader_of(requester), None, driver=driver, limit=0)).total
        except StoreError as error:
            if error.fault is None:
                raise
            return 0

    async def answer_compare(self, question: CompareQuestion, requester: Requester) -> ui.LayoutView:
        as_of = requester.as_of
        a, b = as_of.known(question.a), as_of.known(question.b)
        computed, records, years = shared_records(as_of, a, b, question.year)
        facts = CompareFacts(computed.season, (a, b), records, head_to_head(computed, a.key, b.key), years)
        lines = [other_season(question.year, computed.season.year, *_absent(as_of, question, (a, b)))]
        return with_lines(compare(facts, question, as_of.now), lines)


def opened(as_of: AsOf, known: Driver, question: DriverQuestion) -> DriverQuestion:
    """What is shown where no year is named: the career of who no longer races, instead of a season long ago."""
    long_ago = question.tab == "season" and question.year is None and not racing(as_of, known)
    return replace(question, tab="career") if long_ago else question


def _absent(as_of: AsOf, question: CompareQuestion, drivers: tuple[Driver, Driver]) -> list[Driver]:
    """Who has no entry in the season that was asked for."""
    return [driver for driver in drivers if question.year not in as_of.entered(driver.key)]


async def setup(bot: TailgateBot) -> None:
    await bot.add_cog(Drivers(bot))
