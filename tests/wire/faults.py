"""Faults on order, or drawn by lot: what the stand-in does to a request instead of answering it as it should."""

from __future__ import annotations

import asyncio
import json
import math
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

ALWAYS = 10**9
"""So many requests as no test makes."""


def as_json(data: Any, status: int = 200) -> web.Response:
    """An answer of Discord's: its content type names no charset, and discord.py's login fails on one that does."""
    return web.Response(body=json.dumps(data).encode(), status=status, content_type="application/json")


def refusal(status: int, code: int, message: str) -> web.Response:
    return as_json({"code": code, "message": message}, status)


def too_many(after: float, *, everywhere: bool, via: str | None = "1.1 google") -> web.Response:
    """429 as Discord sends it. Without ``Via`` discord.py takes it for a ban of the address, and gives up."""
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
    """Happens to the next requests of a method (``*`` for any) whose whole path fits a pattern, so many times.

    Args:
        method: GET, POST and so on.
        path: pattern of the path below ``/api/v10``.
        times: how many requests it happens to.
        spared: how many such requests go by before it happens to the first.
    """

    method: str = "*"
    path: str = ".*"
    times: int = 1
    spared: int = 0

    def meets(self, method: str, path: str) -> bool:
        """Whether it happens to this request; counts it if so, or if it is one that is spared."""
        if self.times <= 0 or self.method not in ("*", method) or re.fullmatch(self.path, path) is None:
            return False
        if self.spared > 0:
            self.spared -= 1
            return False
        self.times -= 1
        return True

    def drawn(self) -> Fault | None:
        """What it is this time: itself, or what the lot fell on."""
        return self

    async def instead(self) -> web.Response | None:
        """What is answered in place of what should be; None to go on as it should."""
        return None

    async def afterwards(self) -> web.Response | None:
        """What is answered once what was asked for is done; None for what should be."""
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
    """One request too many, of its kind or ``everywhere``; the next is taken ``after`` so many seconds."""

    after: float = 0.05
    everywhere: bool = False
    via: str | None = "1.1 google"

    async def instead(self) -> web.Response:
        return too_many(self.after, everywhere=self.everywhere, via=self.via)


@dataclass(kw_only=True)
class Exhausted(Fault):
    """Router as it should, and says that this was the last request of its kind for a while."""

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
class Broken(Fault):
    """An error before Discord, as a page of HTML; ``done`` says whether what was asked for is done all the same."""

    status: int = 502
    done: bool = False

    async def instead(self) -> web.Response | None:
        return None if self.done else self._page()

    async def afterwards(self) -> web.Response | None:
        return self._page() if self.done else None

    def _page(self) -> web.Response:
        return web.Response(text=f"<html><h1>{self.status}</h1></html>", status=self.status, content_type="text/html")


@dataclass(kw_only=True)
class Held(Fault):
    """Router as it should, but not before the test lets go; ``done`` says whether what was asked is done by then."""

    done: bool = False
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def instead(self) -> None:
        if not self.done:
            await self._hold()

    async def afterwards(self) -> None:
        if self.done:
            await self._hold()

    async def _hold(self) -> None:
        self.reached.set()
        await self.let_go.wait()


@dataclass(kw_only=True)
class Slow(Fault):
    """Takes its time ``before`` it does what was asked for, and ``after``; seconds of the machine's clock."""

    before: float = 0.0
    after: float = 0.0

    async def instead(self) -> None:
        await asyncio.sleep(self.before)

    async def afterwards(self) -> None:
        await asyncio.sleep(self.after)


@dataclass(kw_only=True)
class Dropped(Fault):
    """Cuts the connection instead of answering; ``done`` says whether what was asked for is done all the same."""

    done: bool = False

    async def instead(self) -> web.Response | None:
        return None if self.done else as_json({})

    @property
    def cuts(self) -> bool:
        return True


TROUBLES: tuple[Callable[[], Fault], ...] = (
    lambda: RateLimited(after=0.02),
    lambda: RateLimited(after=0.02, everywhere=True),
    lambda: Broken(status=500),
    lambda: Broken(status=502),
    lambda: Broken(status=502, done=True),
    lambda: Refused(status=503),
    lambda: Slow(before=0.05),
    lambda: Slow(after=0.05),
    Dropped,
    lambda: Dropped(done=True),
)
"""What may happen to any request. discord.py tries again by itself, in seconds, after 429, 500 and 502."""


@dataclass(kw_only=True)
class Storm(Fault):
    """Draws by lot what happens to each request that it is for; a seed draws the same row of lots each time.

    Args:
        seed: of the lots.
        chance: how probable it is that something happens.
        troubles: what may happen, each as probable as the others.
    """

    seed: int
    chance: float = 0.2
    troubles: tuple[Callable[[], Fault], ...] = TROUBLES
    times: int = ALWAYS
    dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)

    def drawn(self) -> Fault | None:
        if self.dice.random() >= self.chance:
            return None
        return self.dice.choice(self.troubles)()
