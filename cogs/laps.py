"""/laps and /lineup: a driver's race lap by lap, and who starts a race from where."""

from __future__ import annotations

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.client.tailgate_bot import TailgateBot
from bot.interactions.autocomplete import UserText, driver_choices, race_choices, schedule_choices
from bot.interactions.laps_asked import laps_asked, lineup_asked
from bot.questions.laps import LapsQuestion, LineupQuestion
from bot.render.about import HelpEntry
from bot.render.laps import LapsFacts, laps_card
from bot.render.lineup import lineup_card
from bot.render.not_held import Wanted, not_held
from bot.requester import Requester
from bot.seasons.driver_laps import read_driver_laps
from bot.seasons.lineups import lineup_of


class Laps(commands.Cog):
    """The laps of a race, and its lineup."""

    def __init__(self, bot: TailgateBot) -> None:
        self.bot = bot
        bot.router.register(LapsQuestion, self.answer_laps)
        bot.router.register(LineupQuestion, self.answer_lineup)

    @app_commands.command(
        name="laps",
        description="A driver's race lap by lap: running position, best lap, pit stops",
        extras={"help": HelpEntry(place=7, short="a driver's race, lap by lap", example="heim")},
    )
    @app_commands.describe(
        driver="Name, nickname or truck number, with a race or not",
        race="Name, track, round or year; the driver's last race if left out",
    )
    @app_commands.autocomplete(driver=driver_choices, race=race_choices)
    async def laps(
        self, interaction: discord.Interaction[TailgateBot], driver: UserText, race: UserText | None = None
    ) -> None:
        requester = await self.bot.router.requester(interaction)
        asked = laps_asked(requester.as_of, driver, race)
        await self.bot.router.reply(interaction, asked.question, requester, lines=asked.lines)

    @app_commands.command(
        name="lineup",
        description="Who's entered in the next race, who's new, and the starting order",
        extras={"help": HelpEntry(place=4, short="entry list and starting order")},
    )
    @app_commands.describe(race="Name, track, round or year; the next race if left out")
    @app_commands.autocomplete(race=schedule_choices)
    async def lineup(self, interaction: discord.Interaction[TailgateBot], race: UserText | None = None) -> None:
        requester = await self.bot.router.requester(interaction)
        asked = lineup_asked(requester.as_of, race)
        await self.bot.router.reply(interaction, asked.question, requester, lines=asked.lines)

    async def answer_laps(self, question: LapsQuestion, requester: Requester) -> ui.LayoutView:
        as_of = requester.as_of
        driver = as_of.known(question.driver)
        held = await read_driver_laps(self.bot.services.store, as_of, driver, question.year, question.round)
        if held.result is None:
            wanted = Wanted("laps", lambda year, number: LapsQuestion(driver.key, year, number))
            return not_held(wanted, held.season, held.race, as_of.now, as_of.last_time(held.race))
        facts = LapsFacts(driver, held.season, held.race, held.result, held.numbers, held.timed, held.own)
        return laps_card(facts, as_of.now)

    async def answer_lineup(self, question: LineupQuestion, requester: Requester) -> ui.LayoutView:
        as_of = requester.as_of
        ahead = as_of.next_race() if question.round is None else None
        season, race = ahead or as_of.race_of(question.year, question.round)
        return lineup_card(season, race, lineup_of(as_of, race), question, as_of.now)


async def setup(bot: TailgateBot) -> None:
    await bot.add_cog(Laps(bot))
