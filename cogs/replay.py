"""/replay: a race played again."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.client.tailgate_bot import TailgateBot
from bot.interactions.autocomplete import UserText, races_among
from bot.interactions.replay_asked import replay_asked
from bot.questions.replay import ReplayQuestion
from bot.render.about import HelpEntry
from bot.replay.desk import ReplayDesk
from bot.seasons.laps import races_with_laps


async def choices(interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
    """The races whose laps are held."""
    held = await races_with_laps(interaction.client.services.store, await interaction.client.router.as_of())
    return await races_among(interaction, current, held)


class Replay(commands.Cog):
    """A race lap by lap, as it would have been shown while it ran."""

    def __init__(self, bot: TailgateBot) -> None:
        self.bot = bot
        self.desk = ReplayDesk(bot.services.store, bot.router.as_of, bot.turns.turn)
        bot.router.register(ReplayQuestion, self.desk.answer)
        bot.router.register_after(ReplayQuestion, self.desk.go_on)
        bot.every_second.append(self.desk.player.tick)

    async def cog_unload(self) -> None:
        self.bot.every_second.remove(self.desk.player.tick)

    @app_commands.command(
        name="replay",
        description="A past race played again from its laps, for you alone",
        extras={"help": HelpEntry(place=7, short="a past race, played again", example="talladega 2025")},
    )
    @app_commands.describe(race="Name, track, round or year; the last race on record lap by lap if left out")
    @app_commands.autocomplete(race=choices)
    async def replay(self, interaction: discord.Interaction[TailgateBot], race: UserText | None = None) -> None:
        requester = await self.bot.router.requester(interaction)
        held = await races_with_laps(self.bot.services.store, requester.as_of)
        asked = replay_asked(requester.as_of, race, held)
        await self.bot.router.reply(interaction, asked.question, requester, private=True, lines=asked.lines)

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        self.desk.pressed(interaction)


async def setup(bot: TailgateBot) -> None:
    await bot.add_cog(Replay(bot))
