"""The bot in a test's own process: all that ``run`` does, except for signals, exit statuses and the command line.

A process of its own takes a second of the processor to start; most kinds of trouble with Discord do not need one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import discord
import pytest
import yarl
from discord.gateway import DiscordWebSocket
from pydantic import SecretStr

from bot import app
from bot.settings import Settings
from tests.wire.log import DEADLINE, Log
from tests.wire.probe import no_gateway_left_open
from tests.wire.process import READY
from tests.wire.standin import StandIn

NOBODY = "ws://127.0.0.1:9/"
"""A gateway at which nobody listens."""


def settings_for(standin: StandIn) -> Settings:
    """An operator's settings, for a bot on a stand-in."""
    return Settings(discord_token=SecretStr(standin.token), tailgate_discord_api=standin.api)


class Here:
    """A running bot; ``lines`` is what it has said to its operator so far."""

    def __init__(self, database: Path, standin: StandIn) -> None:
        self.lines: Log[str] = Log()
        self._stop = asyncio.Event()
        self._task = asyncio.create_task(app.run(settings_for(standin), database, self._stop, self.lines.append))
        self._told = False

    async def is_ready(self) -> None:
        """Waits until it is on Discord; fails at once if it ends before."""
        waiting = asyncio.create_task(self.lines.expect(lambda line: READY in line))
        await asyncio.wait({waiting, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if not waiting.done():
            waiting.cancel()
            await self.ends()
        await waiting

    async def stop(self) -> None:
        """Stops it, as a signal does."""
        self._stop.set()
        await self.ends()

    async def ends(self) -> None:
        """Waits until it ends by itself, and raises why it did."""
        self._told = True
        await self._task

    async def close(self) -> None:
        """Stops it, and raises why it ended before unless the test was told that already."""
        self._stop.set()
        (ended,) = await asyncio.gather(self._task, return_exceptions=True)
        if isinstance(ended, BaseException) and not isinstance(ended, asyncio.CancelledError) and not self._told:
            raise ended


@contextmanager
def restored_addresses() -> Iterator[None]:
    """Restores discord.py's addresses at the end. Meanwhile the gateway built into it is one that nobody answers."""
    base, gateway = discord.http.Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(NOBODY)
    try:
        yield
    finally:
        discord.http.Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


@asynccontextmanager
async def running_here(database: Path, standin: StandIn) -> AsyncIterator[Here]:
    """A bot on a store and a stand-in; it is stopped at the end. If it has ended before, that fails the test.

    It may close its sockets in peace: cut off on a busy machine, it would leave them to be warned of in another test.
    """
    with restored_addresses(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "CLOSING_SECONDS", DEADLINE)
        patch.setattr(app, "CHECK_SECONDS", DEADLINE)
        async with no_gateway_left_open():
            bot = Here(database, standin)
            try:
                yield bot
            finally:
                await bot.close()
