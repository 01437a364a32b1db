"""A bot with fixed answers: the same discord.py and the same kinds of answers as Tailgate's, but no work.

``answers.py`` starts it as a process, to measure what discord.py and the sockets cost by themselves; ``mentions.py``
does so with the intents for messages, which it reads as discord.py does, or not at all.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from typing import Any, Self

import discord
from discord import app_commands, ui
from discord.ext import commands

READY = "The null bot is ready."
NO_MESSAGES, READ, UNREAD = "", "read", "unread"
"""What it does with what people write: does not hear it, reads it as discord.py does, or reads nothing of it."""
LINE = "12 38 Layne Riggs      1234  -123  1 ▲2\n"


class Turn(ui.DynamicItem[ui.Button[Any]], template=re.compile(r"turn:(?P<page>[0-9])")):
    """A button that outlives a restart."""

    def __init__(self, page: int) -> None:
        super().__init__(ui.Button(label="Turn", custom_id=f"turn:{page}"))

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /) -> Self:
        del item
        return cls(int(match["page"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.edit_message(view=PANEL)


def panel() -> ui.LayoutView:
    """A card with the size and the parts of one of Tailgate's answers."""
    view = ui.LayoutView(timeout=None)
    view.add_item(
        ui.Container(
            ui.TextDisplay("## Standings\n**Layne Riggs** leads by 12"),
            ui.TextDisplay("```\n" + LINE * 16 + "```"),
            ui.ActionRow(Turn(1), Turn(2), Turn(3)),
            ui.TextDisplay("-# Data through race 20 of 25, Charlotte"),
            accent_colour=discord.Colour(0x1F4FA3),
        )
    )
    return view


PANEL = panel()
CHOICES = [app_commands.Choice(name=f"Driver {number} (No. {number})", value=f"driver-{number}") for number in range(5)]


class Fixed(commands.Cog):
    @app_commands.command(description="A word")
    async def ping(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("pong")

    @app_commands.command(description="A card")
    async def panel(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message(view=PANEL)

    @app_commands.command(description="A choice")
    async def pick(self, interaction: discord.Interaction[Any], name: str) -> None:
        await interaction.response.send_message(name)

    @pick.autocomplete("name")
    async def names(self, _: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        del typed
        return CHOICES


class NullBot(commands.AutoShardedBot):
    def __init__(self, messages: str = NO_MESSAGES) -> None:
        hears = messages != NO_MESSAGES
        super().__init__(
            commands.when_mentioned,
            help_command=None,
            intents=discord.Intents(guilds=True, guild_messages=hears, dm_messages=hears),
            guild_ready_timeout=0.1,
        )
        if messages == UNREAD:
            parsers: dict[str, Any] = self._connection.parsers
            for event in ("MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE"):
                parsers[event] = lambda _: None

    async def setup_hook(self) -> None:
        await self.add_cog(Fixed())
        self.add_dynamic_items(Turn)
        await self.tree.sync()

    async def on_ready(self) -> None:
        sys.stdout.write(READY + "\n")
        sys.stdout.flush()


async def main() -> None:
    discord.http.Route.BASE = os.environ["NULL_API"]
    async with NullBot(os.environ.get("NULL_MESSAGES", NO_MESSAGES)) as bot:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, lambda: asyncio.create_task(bot.close()))
        await bot.start(os.environ["NULL_TOKEN"])


if __name__ == "__main__":
    asyncio.run(main())
