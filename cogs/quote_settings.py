"""/quote-role and /quote-of-the-day: how a server wants its quotes."""

from __future__ import annotations

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.client.tailgate_bot import TailgateBot
from bot.errors import FriendlyError
from bot.notifications.quote_settings import QuoteOfTheDaySettings
from bot.questions.core import Question
from bot.questions.quotes import DayHourQuestion, DayPastQuestion, DayQuestion, DaySettingQuestion, RoleQuestion
from bot.quotes.permissions import NO_SERVER, must_manage
from bot.quotes.role_setting import role_reply
from bot.render.quote_panels import hour_of_day
from bot.requester import Requester

HOURS = [app_commands.Choice(name=f"{hour_of_day(hour)} Eastern", value=hour) for hour in range(24)]


class QuoteSettings(commands.Cog):
    """What a server sets once."""

    def __init__(self, bot: TailgateBot) -> None:
        self.bot = bot
        bot.router.register(RoleQuestion, self.answer_role)
        days = QuoteOfTheDaySettings(bot, bot.services)
        bot.router.register(DayQuestion, days.show)
        bot.router.register(DaySettingQuestion, days.set)
        bot.router.register(DayPastQuestion, days.set_past)
        bot.router.register_choice(DayHourQuestion, days.choose_hour)

    @app_commands.command(
        name="quote-role", description="Who can save quotes besides moderators; shows the current setting if left out"
    )
    @app_commands.describe(role="Members with this role can save and edit this server's quotes")
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    async def quote_role(self, interaction: discord.Interaction[TailgateBot], role: discord.Role | None = None) -> None:
        await self.bot.router.reply(interaction, RoleQuestion(role.id if role else None), private=True)

    @app_commands.command(
        name="quote-of-the-day", description="A quote a day in a channel; shows the current setting if left out"
    )
    @app_commands.describe(
        channel="Where to post it",
        hour="When to post it, Eastern; 9 a.m. unless you choose",
        on_this_day="Also say what happened in the series on that day in other years",
    )
    @app_commands.choices(hour=HOURS)
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    async def quote_of_the_day(
        self,
        interaction: discord.Interaction[TailgateBot],
        channel: discord.TextChannel | None = None,
        hour: int | None = None,
        on_this_day: bool | None = None,
    ) -> None:
        place = channel.id if channel else None
        question: Question = DaySettingQuestion(place, hour)
        if on_this_day is not None:
            question = DayPastQuestion("on" if on_this_day else "off", place, hour)
        await self.bot.router.reply(interaction, question, private=True)

    async def answer_role(self, question: RoleQuestion, requester: Requester) -> ui.LayoutView:
        return await role_reply(self.bot.services.store, self._home(requester), question, requester)

    def _home(self, requester: Requester) -> discord.Guild:
        """The server that the requester manages, and of which I am a member."""
        home = self.bot.get_guild(must_manage(requester))
        if home is None:
            raise FriendlyError(NO_SERVER)
        return home


async def setup(bot: TailgateBot) -> None:
    await bot.add_cog(QuoteSettings(bot))
