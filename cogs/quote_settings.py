"""/quote-role and /quote-of-the-day: how a server wants its quotes."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.client.permissions import missing
from bot.client.tailgate_bot import TailgateBot
from bot.errors import FriendlyError
from bot.notifications.quote_of_the_day import CHANNEL, OFF, SINCE, channel_of, next_time
from bot.questions.quotes import DayQuestion, RoleQuestion
from bot.quotes.permissions import NO_SERVER, must_manage
from bot.quotes.role_setting import role_reply
from bot.render.quote_panels import DayFacts, day_panel
from bot.requester import Requester
from db.guilds import set_setting, setting
from db.models import EASTERN
from db.quotes import due_days
from db.quotes.days import SETTING


class QuoteSettings(commands.Cog):
    """What a server sets once."""

    def __init__(self, bot: TailgateBot) -> None:
        self.bot = bot
        bot.router.register(RoleQuestion, self.answer_role)
        bot.router.register(DayQuestion, self.answer_day)

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
    @app_commands.describe(channel="Where to post it, at 9 a.m. Eastern")
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    async def quote_of_the_day(
        self, interaction: discord.Interaction[TailgateBot], channel: discord.TextChannel | None = None
    ) -> None:
        await self.bot.router.reply(interaction, DayQuestion(channel.id if channel else None), private=True)

    async def answer_role(self, question: RoleQuestion, requester: Requester) -> ui.LayoutView:
        return await role_reply(self.bot.services.store, self._home(requester), question, requester)

    async def answer_day(self, question: DayQuestion, requester: Requester) -> ui.LayoutView:
        """Sets the channel, one of this server's in which I may post, or switches it off; shows what is set."""
        home, store, now = self._home(requester), self.bot.services.store, requester.as_of.now
        if question.channel:
            value = {CHANNEL: _open_to_me(home, question.channel).id}
            await set_setting(store, home.id, SETTING, value, requester.user, now)
        elif question.off:
            await set_setting(store, home.id, SETTING, None, requester.user, now)
        current: dict[str, Any] = await setting(store, home.id, SETTING) or {}
        due = home.id in await due_days(store, now.astimezone(EASTERN).date())
        facts = DayFacts(channel_of(current), next_time(now, sent_today=not due), current.get(OFF), current.get(SINCE))
        return day_panel(facts, now)

    def _home(self, requester: Requester) -> discord.Guild:
        """The server that the requester manages, and of which I am a member."""
        home = self.bot.get_guild(must_manage(requester))
        if home is None:
            raise FriendlyError(NO_SERVER)
        return home


def _open_to_me(home: discord.Guild, number: int) -> discord.TextChannel:
    """The text channel of that id.

    Raises:
        FriendlyError: the server has none, or I may not post there.
    """
    channel = home.get_channel(number)
    if not isinstance(channel, discord.TextChannel):
        raise FriendlyError("That isn't a text channel in this server, or I can't see it.")
    lacking = missing(channel)
    if lacking:
        raise FriendlyError(f"I need {' and '.join(lacking)} in #{channel.name}; grant that and try again.")
    return channel


async def setup(bot: TailgateBot) -> None:
    await bot.add_cog(QuoteSettings(bot))
