"""Requests to a stand-in without discord.py, for what discord.py would never send, or would hide from a test."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import aiohttp

from tests.wire.standin import StandIn
from tests.wire.world import Channel, Payload


@dataclass(frozen=True)
class Answer:
    """A response; ``body`` is the parsed JSON, or None where there is none."""

    status: int
    body: Any
    headers: dict[str, str]

    @property
    def code(self) -> int:
        """Discord's error code."""
        code: int = self.body["code"]
        return code


class Asking:
    """A client that has a bot's token and nothing else; use it as an async context manager."""

    def __init__(self, standin: StandIn) -> None:
        self._standin = standin

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(headers={"Authorization": f"Bot {self._standin.token}"})
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def ask(self, method: str, path: str, body: Any = None, **query: Any) -> Answer:
        async with self._session.request(method, self._standin.api + path, json=body, params=query) as response:
            data = await response.json() if response.content_type == "application/json" else None
            return Answer(response.status, data, dict(response.headers))

    async def post(self, channel: Channel, text: str = "Coverage starts", **more: Any) -> Answer:
        """Posts a message; sets ``enforce_nonce`` where it has a nonce."""
        body: Payload = {"content": text, **more}
        if "nonce" in more:
            body.setdefault("enforce_nonce", True)
        return await self.ask("POST", f"/channels/{channel.id}/messages", body)

    async def history(self, channel: Channel, **query: Any) -> list[Payload]:
        answer = await self.ask("GET", f"/channels/{channel.id}/messages", **query)
        assert answer.status == 200, answer
        messages: list[Payload] = answer.body
        return messages
