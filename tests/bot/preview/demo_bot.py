"""A small bot for the page's tests: every kind of answer that the page has to show."""

from __future__ import annotations

import asyncio
import io
import re
import struct
import time
import zlib
from datetime import timedelta
from typing import Any, Self

import discord
from discord import app_commands
from discord.ext import commands

from bot.clock import Clock
from bot.preview import LocalServer
from tests.bot.preview import demo_forms

COLUMNS = 40
TABLE = "\n".join(
    f"{place:>3} {f'Driver Number {place}':<20}{4000 - 9 * place:>6}{-9 * place:>6}{place % 4:>4}"
    for place in range(1, 11)
)
EDIT = "edit the last message"
"""Put into the queue of posts, this edits the newest message instead of posting one."""
DRIVERS = ("Corey Heim", "Grant Enfinger", "Ty Majeski", "Layne Riggs", "Kaden Honeycutt")


def table_layout(title: str, page: int = 1) -> discord.ui.LayoutView:
    """A table of 40 columns with a pager and a select under it."""
    view = discord.ui.LayoutView(timeout=None)
    back, ahead = PageButton(page - 1, "Back"), PageButton(page + 1, "Next")
    view.add_item(
        discord.ui.Container(
            discord.ui.TextDisplay(f"## {title}\nafter Charlotte ROVAL · page {page}"),
            discord.ui.TextDisplay(f"```\n{TABLE}\n```"),
            discord.ui.ActionRow(back, ahead),
            discord.ui.ActionRow(TrackSelect()),
            discord.ui.TextDisplay("-# Through race 22 of 25"),
            accent_colour=0xB3202C,
        )
    )
    return view


class PageButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"page:(?P<page>-?\d+):(?P<label>\w+)"):
    def __init__(self, page: int, label: str) -> None:
        super().__init__(discord.ui.Button(label=label, custom_id=f"page:{page}:{label}"))
        self.page = page

    @classmethod
    async def from_custom_id(cls, _interaction: Any, _item: Any, match: re.Match[str]) -> Self:
        return cls(int(match["page"]), match["label"])

    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.edit_message(view=table_layout("Standings", self.page))


class TallyButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"tally:(?P<count>\d+):(?P<until>\d+)"):
    """Counts its own clicks under a time that changes every moment."""

    def __init__(self, count: int, until: int) -> None:
        super().__init__(discord.ui.Button(label="Count", custom_id=f"tally:{count}:{until}"))
        self.count, self.until = count, until

    @classmethod
    async def from_custom_id(cls, _interaction: Any, _item: Any, match: re.Match[str]) -> Self:
        return cls(int(match["count"]), int(match["until"]))

    def layout(self) -> discord.ui.LayoutView:
        view = discord.ui.LayoutView(timeout=None)
        text: discord.ui.TextDisplay[discord.ui.LayoutView] = discord.ui.TextDisplay(
            f"Green flag <t:{self.until}:R>, {self.count} clicks"
        )
        view.add_item(discord.ui.Container(text, discord.ui.ActionRow(self)))
        return view

    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.edit_message(view=TallyButton(self.count + 1, self.until).layout())


class TrackSelect(discord.ui.DynamicItem[discord.ui.Select[Any]], template="track"):
    def __init__(self) -> None:
        options = [discord.SelectOption(label=name) for name in ("Talladega", "Martinsville", "Phoenix")]
        super().__init__(discord.ui.Select(custom_id="track", placeholder="Another race", options=options))

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, _match: re.Match[str]) -> Self:
        chosen = cls()
        chosen.item = item
        return chosen

    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"You chose {self.item.values[0]}", ephemeral=True)


def matching(typed: str) -> list[str]:
    return [name for name in DRIVERS if typed.lower() in name.lower()]


class Demo(commands.Cog):
    def __init__(self, bot: DemoBot) -> None:
        self.bot = bot

    @app_commands.command(description="The table of driver points")
    @app_commands.choices(view=[app_commands.Choice(name="Owners", value="owners")])
    async def standings(
        self, interaction: discord.Interaction, season: int | None = None, after: str = "", view: str = ""
    ) -> None:
        await interaction.response.send_message(
            view=table_layout(f"Standings {season or 2025} {after} {view}".rstrip())
        )

    @standings.autocomplete("season")
    async def seasons(self, _interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[int]]:
        return [app_commands.Choice(name=str(year), value=year) for year in (2025, 2024) if typed in str(year)]

    @app_commands.command(description="One driver's season")
    async def driver(self, interaction: discord.Interaction, name: str, season: int | None = None) -> None:
        if name not in DRIVERS:
            raise LookupError(name)
        await interaction.response.send_message(f"{name} in {season or 2025}")

    @driver.autocomplete("name")
    async def names(self, _interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=name, value=name) for name in matching(typed)]

    @app_commands.command(description="Two drivers side by side")
    @app_commands.describe(first="Full or partial name, nickname or truck number", second="Who to compare with")
    async def compare(
        self, interaction: discord.Interaction, first: str, second: str, season: int | None = None
    ) -> None:
        await interaction.response.send_message(f"{first} before {second} in {season or 2025}")

    @compare.autocomplete("first")
    @compare.autocomplete("second")
    async def keys(self, _interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offers names whose values are keys; of several words it understands the last one, as the finder does."""
        found = matching(typed) or matching(typed.rsplit(maxsplit=1)[-1])
        keys = {name: name.lower().replace(" ", "-") for name in found}
        return [app_commands.Choice(name=f"#{len(name)} {name}", value=key) for name, key in keys.items()]

    @app_commands.command(description="Two to choose from")
    @app_commands.choices(side=[app_commands.Choice(name=word, value=word) for word in ("heads", "tails")])
    async def toss(self, interaction: discord.Interaction, side: str) -> None:
        await interaction.response.send_message(f"It is {side}")

    @app_commands.command(description="The next race, with times")
    async def next(self, interaction: discord.Interaction) -> None:
        now, library = self.bot.clock.now(), discord.utils.utcnow()
        coverage, soon = (int((now + timedelta(seconds=ahead)).timestamp()) for ahead in (3 * 3600, 90))
        await interaction.response.send_message(
            f"Coverage <t:{coverage}:F>, <t:{coverage}:R>; soon <t:{soon}:R>\n"
            f"here {now:%Y-%m-%dT%H:%M} library {library:%Y-%m-%dT%H:%M}"
        )

    @app_commands.command(description="A button under a time that counts down")
    async def countdown(self, interaction: discord.Interaction) -> None:
        until = int(self.bot.clock.now().timestamp())
        await interaction.response.send_message(view=TallyButton(0, until).layout())

    @app_commands.command(description="A picture")
    async def picture(self, interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        view = discord.ui.LayoutView()
        gallery: discord.ui.MediaGallery[discord.ui.LayoutView] = discord.ui.MediaGallery(
            discord.MediaGalleryItem("attachment://chart.png")
        )
        view.add_item(discord.ui.Container(discord.ui.TextDisplay("## Points by race"), gallery))
        await interaction.followup.send(view=view, file=discord.File(io.BytesIO(png(600, 400)), "chart.png"))

    @app_commands.command(description="Takes its time")
    async def slow(self, interaction: discord.Interaction) -> None:
        await asyncio.to_thread(time.sleep, 0.3)
        await interaction.response.send_message("Slowly but surely")

    @app_commands.command(description="Says nothing at all")
    async def silence(self, interaction: discord.Interaction) -> None:
        """Answers nothing."""

    @app_commands.command(description="For moderators")
    @app_commands.default_permissions(manage_guild=True)
    async def setup(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message("Set up for this server", ephemeral=True)


class Tree(app_commands.CommandTree[Any]):
    async def on_error(self, interaction: discord.Interaction, error: app_commands.AppCommandError) -> None:
        await interaction.response.send_message(f"No such driver: {error.__cause__}", ephemeral=True)


class DemoBot(commands.AutoShardedBot):
    """The demo; ``post_itself`` is its background work."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(
            commands.when_mentioned, intents=discord.Intents(guilds=True), tree_cls=Tree, chunk_guilds_at_startup=False
        )
        self.clock = clock
        self.posts: asyncio.Queue[str] = asyncio.Queue()
        self.posted = asyncio.Event()
        self.library_time: str | None = None
        self.home: int | None = None

    def meet(self, server: LocalServer) -> None:
        """Remembers the server whose own commands it registers; called before the start."""
        self.home = server.guild

    async def setup_hook(self) -> None:
        self.add_dynamic_items(PageButton, TallyButton, TrackSelect)
        await self.add_cog(Demo(self))
        await demo_forms.add_to(self, self.home)

    async def post_itself(self) -> None:
        """Posts what is put into the queue, outside any interaction, as a reminder does."""
        while True:
            text = await self.posts.get()
            self.library_time = f"{discord.utils.utcnow():%Y-%m-%dT%H:%M}"
            channel = next(iter(self.guilds)).text_channels[0]
            if text == EDIT:
                async for last in channel.history(limit=1):
                    await last.edit(view=table_layout("Edited"))
            else:
                await channel.send(text)
            self.posted.set()


def png(width: int, height: int) -> bytes:
    """A plain PNG picture, encoded here so that no library is needed."""
    row = b"\0" + b"\x3a\x6e\xa5" * width
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(row * height)), (b"IEND", b""))
    packed = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)
