"""The stand-in's forms, its context menus, and commands registered for one server only."""

from __future__ import annotations

from typing import Any

import discord
import pytest
from discord import app_commands

from tests.checks.sound import AnswerKind
from tests.wire.probe import Probe, running
from tests.wire.standin import StandIn
from tests.wire.world import Person

SAVE = "Save as driver quote"


class Quote(discord.ui.Modal):
    speaker: discord.ui.Label[Any] = discord.ui.Label(
        text="Who said it", component=discord.ui.TextInput(custom_id="speaker", min_length=2, max_length=80)
    )
    words: discord.ui.Label[Any] = discord.ui.Label(
        text="The words",
        description="As published",
        component=discord.ui.TextInput(custom_id="words", style=discord.TextStyle.paragraph, max_length=3000),
    )
    race: discord.ui.Label[Any] = discord.ui.Label(
        text="After which race",
        component=discord.ui.Select(
            custom_id="race", required=False, options=[discord.SelectOption(label="Talladega", value="21")]
        ),
    )
    source: discord.ui.TextInput[Any] = discord.ui.TextInput(
        label="Source", custom_id="source", required=False, default="Truck Series news"
    )

    def __init__(self, words: str = "", *, title: str = "A driver's quote") -> None:
        super().__init__(title=title, custom_id="quote")
        assert isinstance(self.words.component, discord.ui.TextInput)
        self.words.component.default = words or None

    async def on_submit(self, interaction: discord.Interaction) -> None:
        speaker, words, race = (label.component for label in (self.speaker, self.words, self.race))
        assert isinstance(speaker, discord.ui.TextInput)
        assert isinstance(words, discord.ui.TextInput)
        assert isinstance(race, discord.ui.Select)
        if speaker.value == "again":
            await interaction.response.send_modal(Quote())
        summary = f"{speaker.value}: {len(words.value)} characters, race {race.values}, from {self.source.value}"
        if interaction.message is None:
            await interaction.response.send_message(summary)
        else:
            await interaction.response.edit_message(content=summary)

    async def on_error(  # type: ignore[override]  # discord.ui.Modal narrows it, and mypy asks discord.ui.View
        self, interaction: discord.Interaction[Any], error: Exception
    ) -> None:
        interaction.client.errors.append(error)
        await interaction.response.send_message("Not again", ephemeral=True)


class ChangeButton(discord.ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Change", custom_id="change")
    async def change(self, interaction: discord.Interaction, _: discord.ui.Button[ChangeButton]) -> None:
        await interaction.response.send_modal(Quote("w" * 3000))


@app_commands.context_menu(name=SAVE)
async def save(interaction: discord.Interaction, message: discord.Message) -> None:
    await interaction.response.send_modal(Quote(f"{message.author.name} {message.content}"))


@app_commands.command(description="The form, by itself or behind a button")
async def quote(interaction: discord.Interaction, title: str = "A driver's quote") -> None:
    await interaction.response.send_modal(Quote(title=title))


@app_commands.command(description="A button that opens it")
async def change(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("A quote", view=ChangeButton())


@app_commands.command(description="In one server alone")
async def edit(interaction: discord.Interaction) -> None:
    await interaction.response.send_message(f"Editing in {interaction.guild_id}")


class FormsBot(Probe):
    """A bot with forms, and an editors' command in its home server only."""

    def __init__(self, standin: StandIn) -> None:
        super().__init__()
        guild = standin.world.general.guild
        assert guild is not None
        self.home = discord.Object(guild.id)

    async def setup_hook(self) -> None:
        commands: tuple[app_commands.Command[Any, ..., Any] | app_commands.ContextMenu, ...] = (save, quote, change)
        for command in commands:
            self.tree.add_command(command)
        self.tree.add_command(edit, guild=self.home)
        await self.tree.sync()
        await self.tree.sync(guild=self.home)


async def test_a_servers_own_command_is_registered_and_offered_there_alone(standin: StandIn) -> None:
    elsewhere = standin.world.guild("Turn One").channel("general")
    async with running(standin, FormsBot(standin)) as bot:
        home = standin.world.general.guild
        assert home is not None
        assert standin.seen("PUT", f"/guilds/{home.id}/commands")
        assert (await standin.slash("edit")).answer["data"]["content"] == f"Editing in {home.id}"
        for nowhere in (elsewhere, standin.world.dm):
            with pytest.raises(AssertionError, match="no command 'edit'"):
                await standin.slash("edit", channel=nowhere)
        first = await bot.tree.fetch_commands(guild=home)
        again = await bot.tree.sync(guild=home)
        assert [(c.name, c.id, c.guild_id) for c in first] == [(c.name, c.id, c.guild_id) for c in again]
        assert [(c.name, c.guild_id) for c in first] == [("edit", home.id)]
        assert sorted(c["name"] for c in standin.rest.commands) == sorted([SAVE, "change", "quote"])


async def test_a_server_that_the_bot_is_not_in_takes_no_commands(standin: StandIn) -> None:
    async with running(standin, FormsBot(standin)) as bot:
        with pytest.raises(discord.Forbidden) as refused:
            await bot.tree.sync(guild=discord.Object(12345))
        assert refused.value.code == 50001


async def test_a_messages_menu_brings_its_words_into_a_form(standin: StandIn) -> None:
    async with running(standin, FormsBot(standin)):
        message = standin.posted("Best truck tonight", person=Person("heim"))
        shown = await standin.menu(SAVE, message)
        assert shown.answer_kind is AnswerKind.MODAL
        sent = await standin.submit(shown, {"speaker": "Corey Heim", "race": ["21"], "source": ""})
        assert standin.answer_to(sent)["content"] == "Corey Heim: 23 characters, race ['21'], from "
        with pytest.raises(AssertionError, match="no command 'quote'"):
            await standin.menu("quote", message)


async def test_a_form_from_a_command_is_answered_with_a_message(standin: StandIn) -> None:
    async with running(standin, FormsBot(standin)):
        shown = await standin.slash("quote")
        sent = await standin.submit(shown, {"speaker": "Heim", "words": "w" * 3000})
        assert standin.answer_to(sent)["content"] == "Heim: 3000 characters, race [], from Truck Series news"
        assert sent.person == shown.person


async def test_a_form_from_a_button_changes_its_message(standin: StandIn) -> None:
    async with running(standin, FormsBot(standin)):
        message = standin.answer_to(await standin.slash("change"))
        shown = await standin.press(message, "change")
        sent = await standin.submit(shown, {"speaker": "Heim"})
        assert sent.answer_kind is AnswerKind.CHANGE
        assert [each["content"] for each in standin.messages] == [
            "Heim: 3000 characters, race [], from Truck Series news"
        ]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"words": "x"}, "speaker must be filled in"),
        ({"speaker": "H", "words": "x"}, "speaker takes 2 to 80 characters, not 1"),
        ({"speaker": "Heim", "words": "x" * 3001}, "words takes 0 to 3000 characters, not 3001"),
        ({"speaker": "Heim", "words": "x", "race": ["22"]}, "race has no"),
        ({"speaker": "Heim", "words": "x", "driver": "11"}, "the form has no"),
    ],
)
async def test_what_nobody_could_fill_in_is_not_sent(standin: StandIn, values: dict[str, Any], said: str) -> None:
    async with running(standin, FormsBot(standin)):
        shown = await standin.slash("quote")
        with pytest.raises(AssertionError, match=said):
            await standin.submit(shown, values)


async def test_a_form_is_not_answered_with_a_form(standin: StandIn) -> None:
    async with running(standin, FormsBot(standin)) as bot:
        shown = await standin.slash("quote")
        sent = await standin.submit(shown, {"speaker": "again", "words": "x"})
        assert sent.answer["data"]["content"] == "Not again"
        error = await bot.errors.expect(lambda error: isinstance(error, discord.HTTPException))
        assert getattr(error, "code", None) == 50035


async def test_a_form_that_discord_would_refuse_is_remembered() -> None:
    async with StandIn() as standin, running(standin, FormsBot(standin)):
        await standin.slash("quote", {"title": "t" * 46})
        assert len(standin.problems) >= 1
        assert all("title" in problem for problem in standin.problems)
