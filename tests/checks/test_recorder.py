"""The recorder notices every body from a bot in simcord that Discord would refuse."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable
from typing import Any

import discord
import pytest
import simcord
from discord.ext import commands

from tests.checks.recorder import SentBodies

TABLE = "```\n{}\n```"
Answer = Callable[[discord.Interaction], Awaitable[Any]]


class Card(discord.ui.LayoutView):
    """All types of components that a card may contain."""

    def __init__(self, width: int = 40, *, picture: str = "https://example.org/truck.png") -> None:
        super().__init__(timeout=None)
        row: discord.ui.ActionRow[Card] = discord.ui.ActionRow(discord.ui.Button(label="Next", custom_id="next"))
        choice: discord.ui.Select[Card] = discord.ui.Select(
            custom_id="race", options=[discord.SelectOption(label="Talladega", value="21", description="Round 21")]
        )
        self.add_item(
            discord.ui.Container(
                discord.ui.TextDisplay(TABLE.format("x" * width)),
                discord.ui.Separator(),
                discord.ui.Section("Winner", accessory=discord.ui.Thumbnail("https://example.org/w.png")),
                discord.ui.MediaGallery(discord.MediaGalleryItem(picture)),
                row,
                discord.ui.ActionRow(choice),
                accent_colour=0x0C2340,
            )
        )


class Words(discord.ui.Modal, title="Quote"):
    words: discord.ui.Label[Any] = discord.ui.Label(text="Words", component=discord.ui.TextInput(custom_id="words"))


def picture() -> discord.File:
    return discord.File(io.BytesIO(b"png"), filename="chart.png")


async def plain(interaction: discord.Interaction) -> None:
    await interaction.response.send_message(embed=discord.Embed(title="Next", description="Talladega", colour=1))


async def card(interaction: discord.Interaction) -> None:
    await interaction.response.send_message(view=Card(), ephemeral=True)


async def card_with_a_file(interaction: discord.Interaction) -> None:
    await interaction.response.send_message(view=Card(picture="attachment://chart.png"), file=picture())


async def deferred(interaction: discord.Interaction) -> None:
    await interaction.response.defer()
    await interaction.edit_original_response(view=Card(picture="attachment://chart.png"), attachments=[picture()])
    await interaction.followup.send("More", allowed_mentions=discord.AllowedMentions.none())


async def modal(interaction: discord.Interaction) -> None:
    await interaction.response.send_modal(Words())


async def posted(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("On its way")
    assert isinstance(interaction.channel, discord.TextChannel)
    message = await interaction.channel.send("Coverage", nonce="reminder-1", file=picture())
    await message.edit(content="Coverage has started")


async def too_wide(interaction: discord.Interaction) -> None:
    await interaction.response.send_message(view=Card(41))


async def too_wide_with_a_file(interaction: discord.Interaction) -> None:
    await interaction.response.send_message(view=Card(41, picture="attachment://chart.png"), file=picture())


async def too_wide_later(interaction: discord.Interaction) -> None:
    await interaction.response.defer()
    await interaction.edit_original_response(view=Card(41))


async def too_wide_after_all(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("Fine")
    await interaction.followup.send(view=Card(41))


async def too_wide_in_the_channel(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("Fine")
    assert isinstance(interaction.channel, discord.TextChannel)
    await interaction.channel.send(TABLE.format("x" * 41), file=picture())


async def record(answer: Answer, description: str = "Answers") -> SentBodies:
    """What a bot with one command sends, from its start until the command is answered."""
    bot = commands.AutoShardedBot(
        "!", intents=discord.Intents(guilds=True), allowed_mentions=discord.AllowedMentions.none()
    )

    @bot.tree.command(name="ask", description=description)
    async def ask(interaction: discord.Interaction) -> None:
        await answer(interaction)

    async def setup_hook() -> None:
        await bot.tree.sync()

    bot.setup_hook = setup_hook  # type: ignore[method-assign]
    with SentBodies() as sent:
        async with simcord.run(bot, shard_count=1) as env:
            guild = env.create_guild()
            channel = guild.create_text_channel("general")
            await guild.add_member(env.create_user("fan")).slash(channel, "ask")
        await bot.close()
    return sent


@pytest.mark.parametrize("answer", [plain, card, card_with_a_file, deferred, modal, posted])
async def test_what_is_fine_is_recorded_and_passes(answer: Answer) -> None:
    sent = await record(answer)
    sent.assert_sound()
    assert [request.method for request in sent.requests if request.path.endswith("/commands")] == ["PUT"]
    assert any(request.path.endswith("/callback") for request in sent.requests)


@pytest.mark.parametrize(
    "answer", [too_wide, too_wide_with_a_file, too_wide_later, too_wide_after_all, too_wide_in_the_channel]
)
async def test_a_body_that_breaks_a_rule_is_caught_wherever_it_goes(answer: Answer) -> None:
    sent = await record(answer)
    with pytest.raises(AssertionError, match="41 columns wide"):
        sent.assert_sound()


async def test_the_registration_of_commands_is_among_them() -> None:
    sent = await record(plain, description="x" * 101)
    assert any("PUT" in problem and "101 characters" in problem for problem in sent.problems)


async def test_what_people_do_is_not_recorded() -> None:
    bot = commands.AutoShardedBot("!", intents=discord.Intents(guilds=True))
    with SentBodies() as sent:
        async with simcord.run(bot, shard_count=1) as env:
            guild = env.create_guild()
            await guild.add_member(env.create_user("fan")).send(guild.create_text_channel("general"), "Hello")
        await bot.close()
    assert [request.path for request in sent.requests] == ["/oauth2/applications/@me"], "only the bot's own"


def test_nothing_recorded_is_no_success() -> None:
    with SentBodies() as sent, pytest.raises(AssertionError, match="nothing was sent"):
        sent.assert_sound()


async def test_outside_the_recorder_simcord_is_as_it_was() -> None:
    sent = SentBodies()
    with sent:
        pass
    await record(plain)
    assert sent.requests == []
