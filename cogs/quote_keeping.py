"""/quote-add, /quote-edit and "Save as driver quote"; /quote-curate for editors: saving quotes and mending them."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.client.tailgate_bot import TailgateBot
from bot.questions.quotes import (
    DeleteQuestion,
    DropQuestion,
    FormQuestion,
    PanelQuestion,
    PanelsQuestion,
    RestoreQuestion,
    Scope,
    StepsQuestion,
)
from bot.quotes.editing import Keeping
from bot.quotes.query import LONGEST
from bot.quotes.service import looked_for, turning

Words = app_commands.Range[str, 1, LONGEST]
IN_SERVERS = app_commands.AppInstallationType(guild=True, user=False)
THERE_ALONE = app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False)


class QuoteKeeping(commands.Cog):
    """A server's own quotes. Nothing is hidden by a default permission: a server's role may be allowed to save them."""

    def __init__(self, bot: TailgateBot) -> None:
        self.bot = bot
        self.keeping = Keeping(bot)
        self._menu = app_commands.ContextMenu(
            name="Save as driver quote",
            callback=self.save_message,
            allowed_installs=IN_SERVERS,
            allowed_contexts=THERE_ALONE,
        )
        register = bot.router.register
        register(FormQuestion, self.keeping.form)
        register(DropQuestion, self.keeping.drop)
        register(PanelQuestion, self.keeping.panel)
        register(PanelsQuestion, self.keeping.panels)
        register(DeleteQuestion, self.keeping.delete)
        register(StepsQuestion, self.keeping.steps)
        register(RestoreQuestion, self.keeping.restore)
        bot.router.register_form(FormQuestion, self.keeping.take)

    async def cog_load(self) -> None:
        self.bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        self.bot.tree.remove_command(self._menu.name, type=self._menu.type)

    @app_commands.command(name="quote-add", description="Save something a driver said for this server")
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.guild_only()
    async def quote_add(self, interaction: discord.Interaction[TailgateBot]) -> None:
        await self.bot.router.reply(interaction, FormQuestion(Scope.SERVER), private=True)

    @app_commands.command(name="quote-edit", description="Edit, delete or restore this server's quotes")
    @app_commands.describe(about="Words to search for; the most recently saved if left out")
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.guild_only()
    async def quote_edit(self, interaction: discord.Interaction[TailgateBot], about: Words | None = None) -> None:
        question = turning(PanelsQuestion(Scope.SERVER, looked_for(about)))
        await self.bot.router.reply(interaction, question, private=True)

    async def save_message(self, interaction: discord.Interaction[TailgateBot], message: discord.Message) -> None:
        requester = await self.bot.router.requester(interaction)
        form = await self.keeping.of_message(message, requester)
        await interaction.response.send_modal(form.modal())


class QuoteCurating(commands.Cog):
    """The operator's quotes, for everybody; its command is in the operator's own server and nowhere else."""

    def __init__(self, bot: TailgateBot) -> None:
        self.bot = bot

    @app_commands.command(name="quote-curate", description="Save or edit a quote for everyone (editors only)")
    @app_commands.describe(about="Words from the quote to edit; a new quote if left out")
    async def quote_curate(self, interaction: discord.Interaction[TailgateBot], about: Words | None = None) -> None:
        question = turning(PanelsQuestion(Scope.ALL, looked_for(about))) if about else FormQuestion(Scope.ALL)
        await self.bot.router.reply(interaction, question, private=True)


async def setup(bot: TailgateBot) -> None:
    await bot.add_cog(QuoteKeeping(bot))
    if bot.editors.home is not None:
        await bot.add_cog(QuoteCurating(bot), guild=discord.Object(bot.editors.home))
