"""The page's server without a browser: visitors poll its state and act as its script does."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp

from bot.clock import TravelClock
from bot.preview import simcord_adapter
from tests.bot.preview.demo_bot import DemoBot
from tests.bot.preview.served import EVE_OF_TALLADEGA, SLOWLY


class Visitor:
    """A browser as the server sees it."""

    def __init__(self, session: aiohttp.ClientSession, origin: str) -> None:
        self._session, self._origin = session, origin
        self._done = 0  # the sequence number of the last action
        self._shown: dict[str, Any] = {}
        self.page = ""

    async def open(self) -> dict[str, Any]:
        async with self._session.post(f"{self._origin}/api/pages", json={}) as answer:
            assert answer.status == 200
            self._shown = await answer.json()
        self.page = self._shown["context"]["id"]
        return self._shown

    async def look(self) -> dict[str, Any]:
        async with self._session.get(f"{self._origin}/api/state", headers={"X-Simcord-Context": self.page}) as answer:
            assert answer.status == 200
            self._shown = await answer.json()
        return self._shown

    async def newest(self) -> dict[str, Any]:
        """The last message."""
        shown = await self.look()
        message: dict[str, Any] = shown["messages"][shown["timeline"][-1]]
        return message

    async def act(self, kind: str, **what: Any) -> dict[str, Any]:
        """Do something as the page's script does; returns the outcome."""
        number = self._done + 1
        body = {
            "protocol_version": 3,
            "sequence": number,
            "request_id": f"request {number}",
            "generation": self._shown["context"]["generation"],
            "bot_generation": self._shown["botGeneration"],
            "published_revision": self._shown["publishedRevision"],
            "kind": kind,
            **what,
        }
        headers = {"X-Simcord-Context": self.page}
        async with self._session.post(f"{self._origin}/api/action", json=body, headers=headers) as answer:
            assert answer.status == 200
            receipt: dict[str, Any] = await answer.json()
        self._done = receipt["expectedSequence"]  # a refused action uses up no number
        await self.look()
        return receipt

    async def look_on_as(self, person: int) -> None:
        await self.act("viewer", viewer_id=str(person))

    async def use(self, app: str, message: dict[str, Any]) -> dict[str, Any]:
        """Run a command from a message's menu, by its id."""
        key = f"message:{message['id']}:component:app:{app}"
        return await self.act("click", control_key=key, target_id=message["id"])


class Scene:
    def __init__(self, stage: Any, pages: Any, session: aiohttp.ClientSession, origin: str) -> None:
        self.stage, self.pages = stage, pages
        self._session, self._origin = session, origin

    async def visitor(self) -> Visitor:
        visitor = Visitor(self._session, self._origin)
        await visitor.open()
        return visitor

    async def ask(self, command: str) -> None:
        await self.stage._viewers[0].slash(self.stage._channel, command)

    def refresh(self) -> None:
        for key in self.pages.outdated():
            self.pages.publish(key)


@contextlib.asynccontextmanager
async def on_scene() -> AsyncIterator[Scene]:
    """The demo bot's page without automatic updates: a test triggers them."""
    clock = TravelClock(EVE_OF_TALLADEGA, SLOWLY)
    async with contextlib.AsyncExitStack() as stack:
        bot = DemoBot(clock)
        stage = await stack.enter_async_context(simcord_adapter.on_stage(bot, clock, bot.meet))
        await stage.ready()
        page = await stack.enter_async_context(stage.page(port=None, timezone="UTC"))
        origin, _, key = page.address.partition("/#")
        session = aiohttp.ClientSession(headers={"X-Simcord-Capability": key})
        await stack.enter_async_context(session)
        yield Scene(stage, page.pages, session, origin)
