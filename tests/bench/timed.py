"""The stand-in Discord with a stopwatch on its sockets, and the two bots that are measured on it as processes."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from tests.bench.nullbot import READY as NULL_READY
from tests.wire.gateway import Gateway
from tests.wire.process import READY, environment, running_bot
from tests.wire.rest import Rest
from tests.wire.standin import TOKEN, StandIn
from tests.wire.world import Payload

NULL_BOT = Path(__file__).with_name("nullbot.py")
EVE_OF_TALLADEGA = "2025-10-16T17:00-04:00"


class TimedGateway(Gateway):
    """Notes when the last event was sent, after it was built."""

    sent = 0.0

    async def send(self, name: str, data: Payload, guild_id: int | None = None) -> None:
        session = self.session(guild_id)
        assert session.socket is not None
        text = session.frame(name, data)
        self.sent = time.perf_counter()
        await session.socket.send_str(text)


class TimedRest(Rest):
    """Notes when the last response to an interaction had arrived whole, before anything is done with it."""

    received = 0.0

    async def handle(self, incoming: web.Request) -> web.StreamResponse:
        if incoming.path.endswith("/callback"):
            await incoming.read()
            self.received = time.perf_counter()
        return await super().handle(incoming)


class TimedStandIn(StandIn):
    """A stand-in that knows how many seconds the last answer took."""

    def __init__(self) -> None:
        super().__init__()
        self.gateway: TimedGateway = TimedGateway(self.world, TOKEN)
        self.rest: TimedRest = TimedRest(self.world, TOKEN, self._where_the_gateway_is)

    @property
    def seconds(self) -> float:
        """Seconds from sending the event to the arrival of its response."""
        return self.rest.received - self.gateway.sent


class Bot:
    """A running bot: its stand-in, its process, and the seconds from its start until it was ready."""

    def __init__(self, standin: TimedStandIn, process: int, seconds: float) -> None:
        self.standin = standin
        self.process = process
        self.seconds = seconds


@asynccontextmanager
async def tailgate(standin: TimedStandIn, folder: Path, *, mentions: str = "on") -> AsyncIterator[Bot]:
    """The real program on the store of a folder, on the day before Talladega 2025."""
    begun = time.perf_counter()
    async with running_bot(
        folder / "tailgate.db",
        standin,
        home=folder,
        fresh=True,
        TAILGATE_NOW=EVE_OF_TALLADEGA,
        TAILGATE_LOG_LEVEL="WARNING",
        TAILGATE_MENTIONS=mentions,
    ) as program:
        await program.says(READY)
        yield Bot(standin, program.id, time.perf_counter() - begun)


@asynccontextmanager
async def null_bot(standin: TimedStandIn, folder: Path, messages: str = "") -> AsyncIterator[Bot]:
    """The bot with fixed answers; ``messages`` says what it does with what people write."""
    begun = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        NULL_BOT,
        cwd=folder,
        env=environment(folder, NULL_API=standin.api, NULL_TOKEN=standin.token, NULL_MESSAGES=messages),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        first = (await process.stdout.readline()).decode().strip()
        if first != NULL_READY:
            raise RuntimeError("the null bot did not start")
        yield Bot(standin, process.pid, time.perf_counter() - begun)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.communicate()
