"""A minimal discord.py bot that tests the stand-in: one command for each way to answer."""

from __future__ import annotations

import asyncio
import contextlib
import io
import threading
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import discord
import pytest
from discord import app_commands
from discord.ext import commands
from discord.gateway import KeepAliveHandler
from discord.http import HTTPClient

from tests.wire.log import DEADLINE, Log
from tests.wire.standin import StandIn, pointed_at


class Pages(discord.ui.View):
    """A button that changes its own message, a select, and a disabled button."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Next", custom_id="next")
    async def turn(self, interaction: discord.Interaction, _: discord.ui.Button[Pages]) -> None:
        assert interaction.message is not None
        asked = interaction.message.interaction_metadata
        await interaction.response.edit_message(content=f"Page 2 for {asked.user if asked else 'nobody'}")

    @discord.ui.button(label="Off", custom_id="off", disabled=True)
    async def off(self, interaction: discord.Interaction, _: discord.ui.Button[Pages]) -> None:
        await interaction.response.defer()

    @discord.ui.select(custom_id="race", options=[discord.SelectOption(label="Talladega", value="21")])
    async def pick(self, interaction: discord.Interaction, chosen: discord.ui.Select[Pages]) -> None:
        await interaction.response.send_message(f"Race {chosen.values[0]}", ephemeral=True)


class ProbeCommands(commands.Cog):
    remind = app_commands.Group(name="remind", description="Reminders")

    @app_commands.command(description="Says it back")
    async def say(self, interaction: discord.Interaction, what: str, times: int = 1) -> None:
        await interaction.response.send_message(what * times)

    @say.autocomplete("what")
    async def complete(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"{typed} × {interaction.namespace.times}", value=typed)]

    @app_commands.command(description="A message with buttons")
    async def pages(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message("Page 1", view=Pages())

    @app_commands.command(description="Nothing at first, then a picture")
    async def chart(self, interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True)
        picture = discord.File(io.BytesIO(b"PNG"), filename="chart.png")
        await interaction.edit_original_response(content="Points", attachments=[picture])

    @app_commands.command(description="An answer, a look at it, and one more")
    async def story(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message("Once")
        original = await interaction.original_response()
        await interaction.followup.send(f"After {original.content}")

    @remind.command(description="Reminds you")
    async def me(self, interaction: discord.Interaction, lead: int) -> None:
        await interaction.response.send_message(f"{lead} minutes before")


class Probe(commands.AutoShardedBot):
    def __init__(self) -> None:
        super().__init__(
            commands.when_mentioned, intents=discord.Intents(guilds=True), guild_ready_timeout=0.1, help_command=None
        )
        self.up = asyncio.Event()
        self.errors: Log[Exception] = Log()
        self.tree.error(self._keep)

    async def setup_hook(self) -> None:
        await self.add_cog(ProbeCommands())
        self.add_view(Pages())
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Skips discord.py's pause of five seconds."""

    async def on_ready(self) -> None:
        self._look_around()

    async def on_guild_available(self, _: discord.Guild) -> None:
        self._look_around()

    def _look_around(self) -> None:
        """It is up once it knows all its servers: on a machine that stands still discord.py does not wait for them."""
        if self.is_ready() and not any(guild.unavailable for guild in self.guilds):
            self.up.set()

    async def _keep(self, _: discord.Interaction[Any], error: app_commands.AppCommandError) -> None:
        self.errors.append(getattr(error, "original", error))


@contextlib.asynccontextmanager
async def running(standin: StandIn, bot: Probe | None = None) -> AsyncIterator[Probe]:
    """A bot, by default a Probe, that is logged in and ready; it is closed at the end."""
    bot = bot or Probe()
    with pointed_at(standin):
        async with no_gateway_left_open():
            starting = asyncio.create_task(bot.start(standin.token))
            ready = asyncio.create_task(bot.up.wait())
            try:
                async with asyncio.timeout(DEADLINE):
                    await asyncio.wait({starting, ready}, return_when=asyncio.FIRST_COMPLETED)
                if starting.done():
                    await starting
                yield bot
            finally:
                ready.cancel()
                await bot.close()
                await asyncio.gather(starting, ready, return_exceptions=True)


def heartbeats() -> list[KeepAliveHandler]:
    """The threads of this process that send heartbeats to a gateway."""
    return [thread for thread in threading.enumerate() if isinstance(thread, KeepAliveHandler)]


@contextlib.asynccontextmanager
async def no_gateway_left_open() -> AsyncIterator[list[aiohttp.ClientWebSocketResponse]]:
    """Ends, at the end, the gateway connections that discord.py leaves behind; yields the sockets that it opens.

    If discord.py reconnects while it is being closed, nothing closes the new socket, and its thread goes on: at the
    next heartbeat, 41 seconds later, the event loop is closed and some other test fails. The socket itself is warned
    of when it is freed, which fails whatever test runs then.
    """
    opened: list[aiohttp.ClientWebSocketResponse] = []
    connect = HTTPClient.ws_connect

    async def remember(self: HTTPClient, url: str, *, compress: int = 0) -> aiohttp.ClientWebSocketResponse:
        opened.append(await connect(self, url, compress=compress))
        return opened[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HTTPClient, "ws_connect", remember)
        try:
            yield opened
        finally:
            for thread in heartbeats():
                thread.stop()
                await asyncio.to_thread(thread.join, DEADLINE)
            for socket in opened:
                await socket.close()
