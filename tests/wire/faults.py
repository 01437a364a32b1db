"""Faults: what the stand-in does to a request instead of answering it properly."""

from __future__ import annotations

import asyncio
import json
import math
import re
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


def as_json(data: Any, status: int = 200) -> web.Response:
    """A JSON response like Discord's. Its content type names no charset: with one, discord.py's login fails."""
    return web.Response(body=json.dumps(data).encode(), status=status, content_type="application/json")


def refusal(status: int, code: int, message: str) -> web.Response:
    return as_json({"code": code, "message": message}, status)


def too_many(after: float, *, everywhere: bool, via: str | None = "1.1 google") -> web.Response:
    """A 429 response. Without the ``Via`` header discord.py takes it for a ban of the IP address and gives up."""
    after = math.ceil(after * 1000) / 1000
    data = {"message": "You are being rate limited.", "retry_after": after, "global": everywhere}
    response = as_json(data, 429)
    response.headers["Retry-After"] = str(math.ceil(after))
    response.headers["X-RateLimit-Scope"] = "global" if everywhere else "user"
    if everywhere:
        response.headers["X-RateLimit-Global"] = "true"
    if via:
        response.headers["Via"] = via
    return response


@dataclass(kw_only=True)
class Fault:
    """Happens to the next ``times`` requests of a method (``*`` for any) whose whole path matches a pattern.

    Args:
        method: GET, POST and so on.
        path: regular expression for the path below ``/api/v10``.
        times: how many requests it happens to.
        spared: how many matching requests pass before the first one it happens to.
    """

    method: str = "*"
    path: str = ".*"
    times: int = 1
    spared: int = 0

    def meets(self, method: str, path: str) -> bool:
        """Whether it happens to this request; counts the request."""
        if self.times <= 0 or self.method not in ("*", method) or re.fullmatch(self.path, path) is None:
            return False
        if self.spared > 0:
            self.spared -= 1
            return False
        self.times -= 1
        return True

    async def instead(self) -> web.Response | None:
        """A response sent without doing what was asked; None to go on as usual."""
        return None

    async def afterwards(self) -> web.Response | None:
        """A response sent in place of the real one after doing what was asked; None for the real one."""
        return None

    @property
    def headers(self) -> dict[str, str]:
        """Headers added to the response."""
        return {}

    @property
    def cuts(self) -> bool:
        """Whether the connection is cut before the response is sent."""
        return False


@dataclass(kw_only=True)
class RateLimited(Fault):
    """A rate limit, of the route or (``everywhere``) of all requests; ``after`` is the wait in seconds."""

    after: float = 0.05
    everywhere: bool = False
    via: str | None = "1.1 google"

    async def instead(self) -> web.Response:
        return too_many(self.after, everywhere=self.everywhere, via=self.via)


@dataclass(kw_only=True)
class Refused(Fault):
    """An error response, such as 403 with 50013 (missing permissions) or 404 with 10003 (unknown channel)."""

    status: int
    code: int = 0

    async def instead(self) -> web.Response:
        return refusal(self.status, self.code, "Refused by a test")


@dataclass(kw_only=True)
class Broken(Fault):
    """An HTML error page from a proxy in front of Discord; ``done`` says whether the request was carried out anyway."""

    status: int = 502
    done: bool = False

    async def instead(self) -> web.Response | None:
        return None if self.done else self._page()

    async def afterwards(self) -> web.Response | None:
        return self._page() if self.done else None

    def _page(self) -> web.Response:
        return web.Response(text=f"<html><h1>{self.status}</h1></html>", status=self.status, content_type="text/html")


@dataclass(kw_only=True)
class Paused(Fault):
    """Answers properly, but only once the test resumes it; ``done`` says whether the request is carried out before."""

    done: bool = False
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    resume: asyncio.Event = field(default_factory=asyncio.Event)

    async def instead(self) -> None:
        if not self.done:
            await self._pause()

    async def afterwards(self) -> None:
        if self.done:
            await self._pause()

    async def _pause(self) -> None:
        self.reached.set()
        await self.resume.wait()


@dataclass(kw_only=True)
class Dropped(Fault):
    """Cuts the connection instead of answering; ``done`` says whether the request was carried out anyway."""

    done: bool = False

    async def instead(self) -> web.Response | None:
        return None if self.done else as_json({})

    @property
    def cuts(self) -> bool:
        return True
