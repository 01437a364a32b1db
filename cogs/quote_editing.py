"""/quote-add, /quote-edit, "Save as driver quote" and, for editors, /quote-curate: saving and editing quotes."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.client.tailgate_bot import TailgateBot
from bot.interactions.turns import give_back
from bot.questions.quotes import (
    DeleteQuestion,
    DiscardQuoteDraftQuestion,
    FormQuestion,
    ManageQuoteQuestion,
    ManageQuotesQuestion,
    QuoteHistoryQuestion,
    RestoreQuestion,
    Scope,
)
from bot.quotes.editing import QuoteEditor
from bot.quotes.form_parser import FIELDS
from bot.quotes.parsing import manage_asked
from bot.quotes.query import LONGEST
from bot.render.about import HelpEntry

SearchText = app_commands.Range[str, 1, LONGEST]
IN_SERVERS = app_commands.AppInstallationType(guild=True, user=False)
ONLY_IN_SERVERS = app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False)


class QuoteEditing(commands.Cog):
    """A server's own quotes.

    The commands have no default permission, because members with the role that a server chose may use them as well.
    """

    def __init__(self, bot: TailgateBot) -> None:
        self.bot = bot
        self.editor = QuoteEditor(bot.services.store, lambda guild: bot.get_guild(guild) is not None)
        self._menu = app_commands.ContextMenu(
            name="Save as driver quote",
            callback=self.save_message,
            allowed_installs=IN_SERVERS,
            allowed_contexts=ONLY_IN_SERVERS,
        )
        register = bot.router.register
        register(FormQuestion, self.editor.form)
        register(DiscardQuoteDraftQuestion, self.editor.discard_draft)
        register(ManageQuoteQuestion, self.editor.manage)
        register(ManageQuotesQuestion, self.editor.manage_all)
        register(DeleteQuestion, self.editor.delete)
        register(QuoteHistoryQuestion, self.editor.history)
        register(RestoreQuestion, self.editor.restore)
        bot.router.register_form(FormQuestion, self.editor.submit, FIELDS)

    async def cog_load(self) -> None:
        self.bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        self.bot.tree.remove_command(self._menu.name, type=self._menu.type)

    @app_commands.command(
        name="quote-add",
        description="Save something a driver said for this server",
        extras={"help": HelpEntry(moderators=True)},
    )
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.guild_only()
    async def quote_add(self, interaction: discord.Interaction[TailgateBot]) -> None:
        await self.bot.router.reply(interaction, FormQuestion(Scope.SERVER), private=True)

    @app_commands.command(
        name="quote-edit",
        description="Edit, delete or restore this server's quotes",
        extras={"help": HelpEntry(moderators=True)},
    )
    @app_commands.describe(about="Words to search for, or its number; the most recently saved if left out")
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.guild_only()
    async def quote_edit(self, interaction: discord.Interaction[TailgateBot], about: SearchText | None = None) -> None:
        question = await manage_asked(self.bot.services.store, Scope.SERVER, interaction.guild_id, about)
        await self.bot.router.reply(interaction, question, private=True)

    async def save_message(self, interaction: discord.Interaction[TailgateBot], message: discord.Message) -> None:
        requester = await self.bot.router.requester(interaction)
        form = await self.editor.form_of_message(message, requester)
        give_back()
        await interaction.response.send_modal(form.modal())


class QuoteCurating(commands.Cog):
    """The quotes for everyone; the command exists in the operator's own server only."""

    def __init__(self, bot: TailgateBot) -> None:
        self.bot = bot

    @app_commands.command(name="quote-curate", description="Save or edit a quote for everyone (editors only)")
    @app_commands.describe(about="Words from the quote to edit, or its number; a new quote if left out")
    async def quote_curate(
        self, interaction: discord.Interaction[TailgateBot], about: SearchText | None = None
    ) -> None:
        store = self.bot.services.store
        question = await manage_asked(store, Scope.ALL, None, about) if about else FormQuestion(Scope.ALL)
        await self.bot.router.reply(interaction, question, private=True)


async def setup(bot: TailgateBot) -> None:
    await bot.add_cog(QuoteEditing(bot))
    if bot.editors.home is not None:
        await bot.add_cog(QuoteCurating(bot), guild=discord.Object(bot.editors.home))
