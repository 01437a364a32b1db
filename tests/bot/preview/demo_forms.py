"""The demo bot's forms, message commands, and a command registered for its own server only."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

LONGEST = 3000
RACES = ("Talladega", "Martinsville", "Phoenix")
SAVE, MEASURE = "Save as driver quote", "How long is it"
PICTURE = "https://pictures.invalid/truck.png"
ARTICLE = "https://news.invalid/" + "a-long-address-without-a-gap-" * 4
NOTES = f"""### Paint scheme of the race
> He said it with a smile,
> and then he said it **again**.
- first in line, a text that is long enough to go on to a second line on a narrow page
- second in line
  - and one below it
1. one
2. two
||the winner|| is not said
-# Small print that goes on and on, so that a narrow page has to break it into two lines or more
[the article]({ARTICLE}) {ARTICLE}"""


class Quote(discord.ui.Modal, title="Save a driver's quote"):
    speaker: discord.ui.Label[Any] = discord.ui.Label(
        text="Who said it",
        description="Full or partial name, nickname or truck number",
        component=discord.ui.TextInput(custom_id="speaker", min_length=3, max_length=80, placeholder="Corey Heim"),
    )
    words: discord.ui.Label[Any] = discord.ui.Label(
        text="The words",
        description="As published, without quotation marks",
        component=discord.ui.TextInput(
            custom_id="words", style=discord.TextStyle.paragraph, min_length=1, max_length=LONGEST
        ),
    )
    race: discord.ui.Label[Any] = discord.ui.Label(
        text="After which race",
        description="Leave it if there was none",
        component=discord.ui.Select(
            custom_id="race", required=False, options=[discord.SelectOption(label=race) for race in RACES]
        ),
    )
    source: discord.ui.Label[Any] = discord.ui.Label(
        text="Where it was published",
        component=discord.ui.TextInput(custom_id="source", required=False, default="Truck Series news"),
    )

    def __init__(self, words: str = "") -> None:
        super().__init__(timeout=None)
        assert isinstance(self.words.component, discord.ui.TextInput)
        self.words.component.default = words or None

    async def on_submit(self, interaction: discord.Interaction) -> None:
        speaker, words, race, source = (label.component for label in (self.speaker, self.words, self.race, self.source))
        assert isinstance(speaker, discord.ui.TextInput)
        assert isinstance(words, discord.ui.TextInput)
        assert isinstance(race, discord.ui.Select)
        assert isinstance(source, discord.ui.TextInput)
        if speaker.value == "nobody":
            await interaction.response.send_message("No driver is called nobody", ephemeral=True)
            return
        after = f" after {race.values[0]}" if race.values else ""
        summary = f"{len(words.value)} characters of {speaker.value}{after}, from {source.value or 'nowhere'}"
        if interaction.message is None:
            await interaction.response.send_message(f"Saved {summary}")
        else:
            await interaction.response.edit_message(view=ways_in(f"Changed to {summary}"))


class ChangeButton(discord.ui.Button[Any]):
    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Quote("word " * (LONGEST // 5)))


class RaceSelect(discord.ui.Select[Any]):
    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Quote(f"About {self.values[0]}"))


def ways_in(text: str = "A quote") -> discord.ui.LayoutView:
    """A button and a select that each open the form."""
    view = discord.ui.LayoutView(timeout=None)
    select = RaceSelect(placeholder="A race", options=[discord.SelectOption(label=race) for race in RACES])
    view.add_item(
        discord.ui.Container(
            discord.ui.TextDisplay(text),
            discord.ui.ActionRow(ChangeButton(label="Change it")),
            discord.ui.ActionRow(select),
        )
    )
    return view


def notes() -> discord.ui.LayoutView:
    """A text as editors write it: lists, quotations, small print, a link, a spoiler, and a remote picture."""
    view = discord.ui.LayoutView(timeout=None)
    picture = discord.MediaGalleryItem(PICTURE, description="The winning truck")
    gallery: discord.ui.MediaGallery[discord.ui.LayoutView] = discord.ui.MediaGallery(picture)
    view.add_item(discord.ui.Container(discord.ui.TextDisplay(NOTES), gallery, accent_colour=0xB3202C))
    return view


CHOICES = 9
"""How many options ``/choices`` has, more than a list shows at once."""


def choices() -> discord.ui.LayoutView:
    """A select of several values, each with a description."""
    view = discord.ui.LayoutView(timeout=None)
    options = [discord.SelectOption(label=f"Choice {number}", description="What it does") for number in range(CHOICES)]
    select: discord.ui.Select[Any] = discord.ui.Select(placeholder="Several", options=options, max_values=CHOICES)
    view.add_item(discord.ui.Container(discord.ui.TextDisplay("Choose"), discord.ui.ActionRow(select)))
    return view


class Forms(commands.Cog):
    @app_commands.command(description="A select of several values")
    async def choices(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(view=choices())

    @app_commands.command(description="A form from a command")
    async def form(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Quote())

    @app_commands.command(description="Forms from a button and a select")
    async def ways(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(view=ways_in())

    @app_commands.command(description="What an editor writes")
    async def notes(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(view=notes())


@app_commands.context_menu(name=SAVE)
@app_commands.default_permissions(manage_messages=True)
async def save(interaction: discord.Interaction, message: discord.Message) -> None:
    await interaction.response.send_modal(Quote(message.content))


@app_commands.context_menu(name=MEASURE)
async def measure(interaction: discord.Interaction, message: discord.Message) -> None:
    text = message.content or "nothing"
    await interaction.response.send_message(f"{message.author.display_name} wrote {len(text)} characters")


@app_commands.command(name="recap-edit", description="For editors, in their own server")
@app_commands.default_permissions(administrator=True)
async def recap_edit(interaction: discord.Interaction) -> None:
    await interaction.response.send_message(f"Editing in {interaction.guild_id}", ephemeral=True)


async def add_to(bot: commands.AutoShardedBot, home: int | None) -> None:
    """Add everything to the bot; the editors' command is registered in their own server only."""
    await bot.add_cog(Forms())
    bot.tree.add_command(save)
    bot.tree.add_command(measure)
    if home is not None:
        bot.tree.add_command(recap_edit, guild=discord.Object(home))
