"""/laps and /lineup: a driver's race lap by lap, and who starts a race from where."""

from __future__ import annotations

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.championship.distance import laps_run
from bot.client.tailgate_bot import TailgateBot
from bot.errors import FriendlyError
from bot.interactions.autocomplete import UserText, driver_choices, race_choices, schedule_choices
from bot.interactions.laps_asked import laps_asked, lineup_asked
from bot.laps.numbers import numbers_of
from bot.questions.laps import LapsQuestion, LineupQuestion
from bot.render.about import HelpEntry
from bot.render.laps import LapsFacts, laps_card
from bot.render.lineup import lineup_card
from bot.render.not_held import Wanted, not_held
from bot.requester import Requester
from bot.seasons.as_of import AsOf
from bot.seasons.laps import laps_of, races_with_laps
from bot.seasons.lineups import lineup_of
from db.models import Driver, Race, Season


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
        as_of, store = requester.as_of, self.bot.services.store
        driver = as_of.known(question.driver)
        own = await races_with_laps(store, as_of, driver.key)
        season, race = _race(as_of, question, driver, own)
        if race not in season.run:
            wanted = Wanted("laps", lambda year, number: LapsQuestion(driver.key, year, number))
            return not_held(wanted, season, race, as_of.now, as_of.last_time(race))
        rows = season.results[race.round]
        result = next((row for row in rows if row.driver == driver.key), None)
        if result is None:
            raise FriendlyError(f"{driver.name} was not in the {race.name} ({race.track.short} {race.season}).")
        held = await laps_of(store, as_of, race)
        numbers = numbers_of(race, held, driver.key, laps_run(race, rows)) if held is not None else None
        timed = () if numbers is not None else tuple(await races_with_laps(store, as_of))
        return laps_card(LapsFacts(driver, season, race, result, numbers, timed, tuple(own)), as_of.now)

    async def answer_lineup(self, question: LineupQuestion, requester: Requester) -> ui.LayoutView:
        as_of = requester.as_of
        ahead = as_of.next_race() if question.round is None else None
        season, race = ahead or as_of.race_of(question.year, question.round)
        return lineup_card(season, race, lineup_of(as_of, race), question, as_of.now)


def _race(as_of: AsOf, question: LapsQuestion, driver: Driver, own: list[Race]) -> tuple[Season, Race]:
    """The race asked for; without a round the driver's last one with laps, of the year if one is named, or else at all.

    Raises:
        UnknownSeason, UnknownRace: there is none such.
        FriendlyError: the driver has no race on record.
    """
    if question.round is not None:
        return as_of.race_of(question.year, question.round)
    races = [race for race in own if question.year in {None, race.season}] or [
        each.race
        for season in as_of.seasons
        if question.year in {None, season.year}
        for each in as_of.computed(season).races_of(driver.key)
    ]
    if not races:
        raise FriendlyError(f"{driver.name} has no race{f' in {question.year}' if question.year else ''} on record.")
    return as_of.race_of(races[-1].season, races[-1].round)


async def setup(bot: TailgateBot) -> None:
    await bot.add_cog(Laps(bot))
