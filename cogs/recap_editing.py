"""/recap-edit: the editors' own words for the sections of a recap; in the operator's server, for editors only."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.client.tailgate_bot import TailgateBot
from bot.interactions.autocomplete import UserText, race_choices, season_choices
from bot.questions.recaps import (
    AutomaticTextQuestion,
    DiscardQuestion,
    EditQuestion,
    HistoryQuestion,
    PreviewQuestion,
    SaveQuestion,
    UndoQuestion,
    WriteQuestion,
)
from bot.recap_editing.recap_editor import RecapEditor, must_be_editor, parse_race
from bot.render.recap_editor import FIELDS


class RecapEditing(commands.Cog):
    """Writing recaps."""

    def __init__(self, bot: TailgateBot) -> None:
        self.bot = bot
        editor, router = RecapEditor(bot.services.store), bot.router
        router.register(EditQuestion, editor.panel)
        router.register(WriteQuestion, editor.form)
        router.register_form(WriteQuestion, editor.submit, FIELDS)
        router.register(PreviewQuestion, editor.preview)
        router.register(SaveQuestion, editor.save)
        router.register(DiscardQuestion, editor.discard)
        router.register(HistoryQuestion, editor.history)
        router.register(UndoQuestion, editor.undo)
        router.register(AutomaticTextQuestion, editor.use_automatic_text)

    @app_commands.command(name="recap-edit", description="Write a recap's sections in your own words (editors only)")
    @app_commands.describe(race="Round, name or track; the latest race if left out", season="A different season")
    @app_commands.autocomplete(race=race_choices)
    @app_commands.autocomplete(season=season_choices)
    async def recap_edit(
        self, interaction: discord.Interaction[TailgateBot], race: UserText | None = None, season: int | None = None
    ) -> None:
        requester = await self.bot.router.requester(interaction)
        must_be_editor(requester)
        question = parse_race(requester.as_of, race, season)
        await self.bot.router.reply(interaction, question, requester, private=True)


async def setup(bot: TailgateBot) -> None:
    # The questions are answered even without the command, so that old buttons say that they are for editors.
    cog = RecapEditing(bot)
    if bot.editors.home is not None:
        await bot.add_cog(cog, guild=discord.Object(bot.editors.home))
