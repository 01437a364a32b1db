"""/driver and /compare: a driver's season, and two side by side."""

from __future__ import annotations

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.answers import Asker
from bot.championship.record import career, head_to_head, race_lines, record
from bot.choices import Typed, driver_choices, season_choices
from bot.client import TailgateBot
from bot.errors import FriendlyError
from bot.quoting.desk import reader_of
from bot.render.compare import CompareFacts, compare
from bot.render.drivers import DriverFacts, driver
from bot.render.questions import CompareQuestion, DriverQuestion
from db.nouns import Driver
from db.quotes import search


class Drivers(commands.Cog):
    """Everything about a driver, or two."""

    def __init__(self, bot: TailgateBot) -> None:
        self.bot = bot
        bot.answers.register(DriverQuestion, self.answer)
        bot.answers.register(CompareQuestion, self.answer_compare)

    @app_commands.command(
        name="driver", description="A driver's season: points, wins, recent races, best track, career"
    )
    @app_commands.describe(name="Full or partial name, nickname or truck number", season="A different season")
    @app_commands.autocomplete(name=driver_choices)
    @app_commands.autocomplete(season=season_choices)
    async def driver(
        self, interaction: discord.Interaction[TailgateBot], name: Typed, season: int | None = None
    ) -> None:
        almanac = await self.bot.answers.almanac()
        meant = almanac.driver(name, season)
        await self.bot.answers.reply(interaction, DriverQuestion(meant.key, season))

    @app_commands.command(name="compare", description="Two drivers side by side, and who finished ahead more often")
    @app_commands.describe(
        first="Full or partial name, nickname or truck number",
        second="Who to compare with",
        season="A different season",
    )
    @app_commands.autocomplete(first=driver_choices, second=driver_choices)
    @app_commands.autocomplete(season=season_choices)
    async def compare(
        self, interaction: discord.Interaction[TailgateBot], first: Typed, second: Typed, season: int | None = None
    ) -> None:
        almanac = await self.bot.answers.almanac()
        a, b = almanac.driver(first, season), almanac.driver(second, season)
        await self.bot.answers.reply(interaction, CompareQuestion(a.key, b.key, season))

    async def answer(self, question: DriverQuestion, asker: Asker) -> ui.LayoutView:
        almanac = asker.almanac
        known = almanac.known(question.driver)
        years = almanac.entered(known.key)
        season = almanac.season(question.year or max(years, default=None))
        his = record(season, known.key)
        if his is None:
            raise _not_in(known, season.year, years)
        quotes = (await search(self.bot.services.store, reader_of(asker), None, driver=known.key, limit=0)).total
        over_all, lines = career(almanac.seasons, known.key), race_lines(season, known.key)
        facts = DriverFacts(known, season, his, over_all, lines, quotes)
        return driver(facts, question, almanac.now)

    async def answer_compare(self, question: CompareQuestion, asker: Asker) -> ui.LayoutView:
        almanac = asker.almanac
        a, b = almanac.known(question.a), almanac.known(question.b)
        if a == b:
            raise FriendlyError(f"That's {a.name} twice. Who's the other one?")
        theirs = almanac.entered(b.key)
        shared = [year for year in almanac.entered(a.key) if year in theirs]
        if not shared:
            raise FriendlyError(f"{a.name} and {b.name} have no season in common, as far as Tailgate knows.")
        season = almanac.season(question.year or max(shared))
        one, other = record(season, a.key), record(season, b.key)
        if one is None or other is None:
            raise _not_in(a if one is None else b, season.year, shared)
        facts = CompareFacts(season, (a, b), (one, other), head_to_head(season, a.key, b.key), tuple(shared))
        return compare(facts, question, almanac.now)


def _not_in(driver: Driver, year: int, years: list[int]) -> FriendlyError:
    held = f" Try {', '.join(map(str, years))}." if years else ""
    return FriendlyError(f"{driver.name} has no entry in {year}, as far as Tailgate knows.{held}")


async def setup(bot: TailgateBot) -> None:
    await bot.add_cog(Drivers(bot))
