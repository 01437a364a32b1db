"""A person picks channels, roles and people on the stand-in, as far as Discord allows."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from tests.wire.probe import Probe, running
from tests.wire.standin import StandIn


class Picks(discord.ui.View):
    """Says which were picked."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        for number, kind in enumerate((discord.ui.ChannelSelect, discord.ui.RoleSelect, discord.ui.UserSelect)):
            select: Any = kind(custom_id=kind.__name__, row=number)
            select.callback = self.answering(select)
            self.add_item(select)

    @staticmethod
    def answering(select: Any) -> Any:
        async def tell(interaction: discord.Interaction) -> None:
            names = [getattr(value, "name", "") for value in select.values]
            await interaction.response.send_message(", ".join(names))

        return tell


async def sent(bot: Probe, standin: StandIn) -> dict[str, Any]:
    channel = bot.get_channel(standin.world.general.id)
    assert isinstance(channel, discord.TextChannel)
    message = await channel.send(view=Picks())
    return standin.rest.messages[str(message.id)]


async def test_what_was_picked_is_told_by_name(standin: StandIn) -> None:
    guild = standin.world.guilds[0]
    role, other = guild.role("Trucks"), guild.channel("races")
    async with running(standin) as bot:
        message = await sent(bot, standin)
        for select, number, name in (
            ("ChannelSelect", other.id, "races"),
            ("RoleSelect", role.id, "Trucks"),
            ("UserSelect", standin.world.fan.id, "fan"),
        ):
            picked = await standin.press(message, select, [str(number)])
            assert picked.answer["data"]["content"] == name


async def test_what_is_not_offered_is_not_picked(standin: StandIn) -> None:
    elsewhere = standin.world.guild("Elsewhere").channel("general")
    async with running(standin) as bot:
        message = await sent(bot, standin)
        with pytest.raises(AssertionError, match="nothing to be picked here"):
            await standin.press(message, "ChannelSelect", [str(elsewhere.id)])
