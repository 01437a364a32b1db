"""Serving the demo bot in a test."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.clock import TravelClock
from bot.preview import serve
from tests.bot.preview.demo_bot import DemoBot
from tests.patience import PATIENCE

EVE_OF_TALLADEGA = datetime.fromisoformat("2025-10-16T17:00-04:00")
WELCOME = "Welcome. It is the eve of Talladega."


SLOWLY = 0.01
"""The speed of a clock that runs, and is in the same minute yet when a busy machine comes to look at it."""


@dataclass
class Served:
    address: str
    bot: DemoBot
    stop: asyncio.Event
    serving: asyncio.Task[None]


@contextlib.asynccontextmanager
async def served(*, speed: float = SLOWLY, **options: Any) -> AsyncIterator[Served]:
    """The demo bot in its page, with its background work running; stopped at the end."""
    clock = TravelClock(EVE_OF_TALLADEGA, speed)
    bot, stop = DemoBot(clock), asyncio.Event()
    address = asyncio.get_running_loop().create_future()
    given = {"port": None, "welcome": WELCOME, "before_start": bot.meet, "background": bot.post_itself} | options
    serving = asyncio.create_task(serve(bot, clock, on_ready=address.set_result, stop=stop, **given))
    await asyncio.wait([serving, address], return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        serving.result()
    try:
        yield Served(address.result(), bot, stop, serving)
    finally:
        stop.set()
        async with asyncio.timeout(PATIENCE):
            await serving
