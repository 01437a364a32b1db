"""/standings: the view that matters most at the time, and every other view of the season."""

from __future__ import annotations

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.client.tailgate_bot import TailgateBot
from bot.interactions.after_race import after_race
from bot.interactions.autocomplete import UserText, race_choices, season_choices
from bot.interactions.understanding import standings_asked
from bot.questions.core import STANDINGS_VIEWS, StandingsQuestion
from bot.render.about import HelpEntry
from bot.render.standings import standings
from bot.requester import Requester

VIEW_NAMES = {
    "playoffs": "Playoffs or Chase",
    "full-season": "What if: full-season points",
    "what-if-playoffs": "What if: the playoffs of 2017–2025",
    "what-if-chase": "What if: the 2026 Chase",
    "what-if-classic": "What if: the points of 2007–2010",
}
VIEW_CHOICES = [
    app_commands.Choice(name=VIEW_NAMES.get(view, view.capitalize()), value=view) for view in STANDINGS_VIEWS
]


class Standings(commands.Cog):
    """Who leads, by how much, and who gained."""

    def __init__(self, bot: TailgateBot) -> None:
        self.bot = bot
        bot.router.register(StandingsQuestion, self.answer)

    @app_commands.command(
        name="standings",
        description="Who leads, who's in and who's out, now or after any race",
        extras={"help": HelpEntry(place=1, short="who leads, who's in and who's out")},
    )
    @app_commands.describe(
        season="A different season",
        after="As of a race: name, track, round or year",
        view="Playoffs, points, stats, rookies, owners, manufacturers or a what-if",
    )
    @app_commands.autocomplete(after=race_choices)
    @app_commands.autocomplete(season=season_choices)
    @app_commands.choices(view=VIEW_CHOICES)
    async def standings(
        self,
        interaction: discord.Interaction[TailgateBot],
        season: int | None = None,
        after: UserText | None = None,
        view: str | None = None,
    ) -> None:
        requester = await self.bot.router.requester(interaction)
        asked = standings_asked(requester.as_of, after, season, view if view in STANDINGS_VIEWS else None)
        await self.bot.router.reply(interaction, asked.question, requester, lines=asked.lines)

    async def answer(self, question: StandingsQuestion, requester: Requester) -> ui.LayoutView:
        return after_race(requester.as_of, question, standings)


async def setup(bot: TailgateBot) -> None:
    await bot.add_cog(Standings(bot))
