"""Faults on order: what the stand-in does to a request instead of answering it as it should."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


def as_json(data: Any, status: int = 200) -> web.Response:
    """An answer of Discord's: its content type names no charset, and discord.py's login fails on one that does."""
    return web.Response(body=json.dumps(data).encode(), status=status, content_type="application/json")


def refusal(status: int, code: int, message: str) -> web.Response:
    return as_json({"code": code, "message": message}, status)


@dataclass(kw_only=True)
class Fault:
    """Happens to the next requests of a method (``*`` for any) whose whole path fits a pattern, so many times.

    Args:
        method: GET, POST and so on.
        path: pattern of the path below ``/api/v10``.
        times: how many requests it happens to.
    """

    method: str = "*"
    path: str = ".*"
    times: int = 1

    def meets(self, method: str, path: str) -> bool:
        return self.times > 0 and self.method in ("*", method) and re.fullmatch(self.path, path) is not None

    async def instead(self) -> web.Response | None:
        """What is answered in place of what should be; None to go on as it should."""
        return None

    @property
    def headers(self) -> dict[str, str]:
        """What is added to the answer."""
        return {}

    @property
    def cuts(self) -> bool:
        """Whether the connection is cut before the answer goes out."""
        return False


@dataclass(kw_only=True)
class RateLimited(Fault):
    """429 as Discord sends it. Without ``Via`` discord.py takes it for a ban of the address, and gives up."""

    after: float = 0.05
    everywhere: bool = False
    via: str | None = "1.1 google"

    async def instead(self) -> web.Response:
        data = {"message": "You are being rate limited.", "retry_after": self.after, "global": self.everywhere}
        return as_json(data, 429)

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Retry-After": str(self.after),
            "X-RateLimit-Scope": "global" if self.everywhere else "user",
            **({"X-RateLimit-Global": "true"} if self.everywhere else {}),
            **({"Via": self.via} if self.via else {}),
        }


@dataclass(kw_only=True)
class Exhausted(Fault):
    """Answers as it should, and says that this was the last request of its kind for a while."""

    after: float = 0.05

    @property
    def headers(self) -> dict[str, str]:
        return {"X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": str(self.after)}


@dataclass(kw_only=True)
class Refused(Fault):
    """An error of Discord's, such as 403 with 50013 for missing permissions, or 404 with 10003 for a channel gone."""

    status: int
    code: int = 0

    async def instead(self) -> web.Response:
        return refusal(self.status, self.code, "Refused on order")


@dataclass(kw_only=True)
class Held(Fault):
    """Answers as it should, but not before the test lets go."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def instead(self) -> None:
        self.reached.set()
        await self.let_go.wait()


@dataclass(kw_only=True)
class Dropped(Fault):
    """Cuts the connection instead of answering; ``done`` says whether what was asked for is done all the same."""

    done: bool = False

    async def instead(self) -> web.Response | None:
        return None if self.done else as_json({})

    @property
    def cuts(self) -> bool:
        return True
