"""Serves the page: starts the bot on its local server, posts the welcome, and closes everything at the end."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import webbrowser
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC
from types import ModuleType
from typing import Any

import discord
from discord.ext import commands

from bot.clock import Clock
from bot.preview.errors import PreviewMissingError, TimeOutOfReachError
from bot.preview.freshness import keep_fresh
from bot.preview.local_server import LocalServer

FIRST_YEAR, LAST_YEAR = 2015, 2149
"""Discord's ids contain the milliseconds since 2015, in 42 bits."""

Welcome = str | discord.ui.LayoutView | Callable[[discord.TextChannel], Awaitable[object]]
"""The first message in the channel: a text, a layout, or a function that posts it."""


async def serve(
    bot: commands.AutoShardedBot,
    clock: Clock,
    *,
    port: int | None,
    welcome: Welcome,
    on_ready: Callable[[str], None],
    stop: asyncio.Event,
    before_start: Callable[[LocalServer], None] | None = None,
    background: Callable[[], Awaitable[None]] | None = None,
    open_browser: bool = False,
    timezone: str = "America/New_York",
    topic: str | None = None,
) -> None:
    """Run the bot in a local page until ``stop`` is set; then close the page and the bot.

    Args:
        bot: the real bot, not started; it is logged in, its commands are synced, and it is closed here.
        clock: the time on the page, for messages, for timestamps that count down, and for discord.py.
        port: loopback port, or None for any free one.
        welcome: the first message of the channel.
        on_ready: called once with the full address; its last part is the key to the page.
        stop: set it to end.
        before_start: called once with the server's ids, before the bot logs in and its ``setup_hook`` runs.
        background: started once the bot is ready, separately from the bot's own work, so that no action waits for it.
            It may return early or keep running; it is cancelled at the end.
        open_browser: whether to open the address in the person's browser.
        timezone: the time zone in which the page shows times; Discord uses the reader's own.
        topic: the line at the top of the channel; None for the usual one.

    Raises:
        PreviewMissingError: simcord is not installed, or not in the version that is needed.
        TimeOutOfReachError: the clock is before 2015, or too far in the future for Discord's ids.
        PortTakenError: the port is in use.
        Exception: whatever ``background``, ``welcome`` or the bot's own start raised.
    """
    if not FIRST_YEAR <= clock.now().astimezone(UTC).year <= LAST_YEAR:
        raise TimeOutOfReachError(FIRST_YEAR, LAST_YEAR)
    adapter = _load_adapter()
    async with adapter.on_stage(bot, clock, before_start, topic) as stage:
        await stage.ready()
        await _post(welcome, stage.channel)
        async with (
            stage.page(port=port, timezone=timezone) as page,
            _running(keep_fresh(page.pages)) as refresher,
            _running(stage.apart(background)) as work,
        ):
            on_ready(page.address)
            if open_browser:
                await asyncio.to_thread(webbrowser.open, page.address)
            await _until(stop, refresher, work)


def _load_adapter() -> ModuleType:
    try:
        adapter = importlib.import_module("bot.preview.simcord_adapter")
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.partition(".")[0] == "bot":
            raise
        raise PreviewMissingError from None
    if not adapter.usable():
        raise PreviewMissingError
    return adapter


async def _post(welcome: Welcome, channel: discord.TextChannel) -> None:
    if isinstance(welcome, str):
        await channel.send(welcome)
    elif isinstance(welcome, discord.ui.LayoutView):
        await channel.send(view=welcome)
    else:
        await welcome(channel)


@contextlib.asynccontextmanager
async def _running(work: Awaitable[None]) -> AsyncIterator[asyncio.Future[None]]:
    """Runs the work as a task; cancels it at the end and waits for it."""
    task = asyncio.ensure_future(work)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _until(stop: asyncio.Event, *works: asyncio.Future[None]) -> None:
    """Wait for ``stop``; if the work fails, its error is raised, if it returns, the wait goes on."""
    stopped = asyncio.ensure_future(stop.wait())
    waiting: set[asyncio.Future[Any]] = {stopped, *works}
    try:
        while not stopped.done():
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for work in done:
                work.result()
    finally:
        stopped.cancel()
