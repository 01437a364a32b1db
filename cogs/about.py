"""/about and /help: what Tailgate is, and what to type."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import metadata

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot import __version__
from bot.client.tailgate_bot import TailgateBot
from bot.errors import store_faults
from bot.questions.core import AboutQuestion, HelpQuestion
from bot.render.about import TOPICS, Feeds, HelpCommand, HelpEntry, about, help_card
from bot.requester import Requester

TOPIC_CHOICES = [app_commands.Choice(name=topic.title, value=key) for key, topic in TOPICS.items()]


def links_of(addresses: Sequence[str] | None) -> list[str]:
    """Markdown links from a package's ``Project-URL`` lines, such as "Source, https://…"."""
    pairs = (line.partition(", ") for line in addresses or ())
    return [f"[{label.lower()}]({address})" for label, _, address in pairs]


LINKS = links_of(metadata("tailgate").get_all("Project-URL"))


class About(commands.Cog):
    """What this is, and how to use it."""

    def __init__(self, bot: TailgateBot) -> None:
        self.bot = bot
        bot.router.register(AboutQuestion, self.answer_about)
        bot.router.register(HelpQuestion, self.answer_help)

    @app_commands.command(
        name="about",
        description="What Tailgate is, how current its data is, and what it keeps",
        extras={"help": HelpEntry(place=99, short="how current all this is")},
    )
    async def about(self, interaction: discord.Interaction[TailgateBot]) -> None:
        await self.bot.router.reply(interaction, AboutQuestion())

    @app_commands.command(
        name="help",
        description="How to use Tailgate",
        extras={"help": HelpEntry(place=98, short="this list, and more on each topic")},
    )
    @app_commands.describe(topic="A topic to read more about")
    @app_commands.choices(topic=TOPIC_CHOICES)
    async def help(self, interaction: discord.Interaction[TailgateBot], topic: str | None = None) -> None:
        await self.bot.router.reply(interaction, HelpQuestion(topic if topic in TOPICS else None))

    async def answer_about(self, question: AboutQuestion, requester: Requester) -> ui.LayoutView:
        as_of = requester.as_of
        invite = [f"[add it to a server]({self.bot.invite})"] if self.bot.invite else []
        faults = store_faults(self.bot.services.store.faults.known) if requester.editor else ()
        known = self.bot.services.feeds
        feeds = Feeds(known.memory, editor=requester.editor) if known is not None else None
        links = [*invite, *LINKS]
        return about(as_of.seasons, question, as_of.now, version=__version__, links=links, faults=faults, feeds=feeds)

    async def answer_help(self, question: HelpQuestion, requester: Requester) -> ui.LayoutView:
        as_of = requester.as_of
        commands = self._commands(None)
        if requester.editor and requester.guild is not None:
            commands += self._commands(discord.Object(requester.guild))
        return help_card(as_of.season(), question, as_of.now, commands)

    def _commands(self, guild: discord.Object | None) -> list[HelpCommand]:
        """The slash commands of the tree, in the order of the help; those of all servers, or the editors' of theirs."""
        commands = [each for each in self.bot.tree.get_commands(guild=guild) if isinstance(each, app_commands.Command)]
        entries: list[tuple[HelpEntry, HelpCommand]] = []
        for each in commands:
            entry = each.extras.get("help", HelpEntry())
            moderators = entry.moderators or each.default_permissions is not None
            command = HelpCommand(
                each.name,
                entry.short or each.description,
                entry.example,
                moderators=moderators,
                editors=guild is not None,
            )
            entries.append((entry, command))
        return [command for _, command in sorted(entries, key=lambda each: (each[0].place, each[1].name))]


async def setup(bot: TailgateBot) -> None:
    await bot.add_cog(About(bot))
