"""/reminders and /remindme: reminders for a server's channel, or for a person, that coverage is about to start."""

from __future__ import annotations

from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.client.tailgate_bot import TailgateBot
from bot.notifications.lap_sync import LapSync
from bot.notifications.settings import ReminderSettings
from bot.questions.reminders import (
    PERSON,
    SERVER,
    DelayFormQuestion,
    LapSeenQuestion,
    LapSyncQuestion,
    ReminderActionQuestion,
    ReminderChoiceQuestion,
    RemindersQuestion,
    ReminderStatusQuestion,
    RemindMeQuestion,
)
from bot.render.about import HelpEntry
from bot.render.delays import DELAY_FIELD
from bot.render.trouble import unreached_line


class Reminders(commands.Cog):
    """The commands that set reminders."""

    def __init__(self, bot: TailgateBot) -> None:
        self.bot = bot
        self.settings = ReminderSettings(bot, bot.services)
        bot.router.register(RemindersQuestion, self.settings.panel)
        bot.router.register(ReminderStatusQuestion, self.settings.status)
        bot.router.register(ReminderActionQuestion, self.settings.act)
        bot.router.register_choice(ReminderChoiceQuestion, self.settings.choose)
        bot.router.register(DelayFormQuestion, self.settings.delay_form)
        bot.router.register_form(DelayFormQuestion, self.settings.delay_written, {DELAY_FIELD})
        sync = LapSync(self.settings, bot.services.store)
        bot.router.register(LapSyncQuestion, sync.offer)
        bot.router.register(LapSeenQuestion, sync.press)
        bot.router.register(RemindMeQuestion, self.settings.remind_me)

    @app_commands.command(
        name="reminders", description="Race reminders for this server: channel, role to ping, how far ahead"
    )
    @app_commands.describe(show="Settings, or what's coming up and what was sent")
    @app_commands.guild_only()
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.default_permissions(manage_guild=True)
    async def reminders(
        self, interaction: discord.Interaction[TailgateBot], show: Literal["settings", "status"] = "settings"
    ) -> None:
        question = ReminderStatusQuestion(SERVER) if show == "status" else RemindersQuestion(SERVER)
        await self.bot.router.reply(interaction, question, private=True)

    @app_commands.command(
        name="remindme",
        description="Your own race reminders, by DM",
        extras={"help": HelpEntry(place=11, short="a DM before coverage starts")},
    )
    @app_commands.describe(show="Settings, or what's coming up and what was sent")
    async def remindme(
        self, interaction: discord.Interaction[TailgateBot], show: Literal["settings", "status"] = "settings"
    ) -> None:
        question = ReminderStatusQuestion(PERSON) if show == "status" else RemindersQuestion(PERSON)
        await self.bot.router.reply(interaction, question, private=True)

    @commands.Cog.listener()
    async def on_app_command_completion(
        self,
        interaction: discord.Interaction[TailgateBot],
        command: app_commands.Command[Reminders, ..., None] | app_commands.ContextMenu,
    ) -> None:
        """Tells people whose direct messages did not get through, the next time they use any command."""
        told = await self.settings.unreached(interaction.user.id)
        if told is None or command.qualified_name == "remindme":
            return
        await interaction.followup.send(unreached_line(told), ephemeral=True)
        # Only after it was sent: if sending failed, it is said again next time.
        await self.settings.note_told(told)

    @commands.Cog.listener()
    async def on_guild_role_delete(self, role: discord.Role) -> None:
        await self.settings.forget_role(role)


async def setup(bot: TailgateBot) -> None:
    await bot.add_cog(Reminders(bot))
