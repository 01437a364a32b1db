"""A clock that is moved by hand, and a server on this machine that serves what a test tells it to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

START = datetime(2025, 10, 16, 21, tzinfo=UTC)
"""Thursday, 16 October 2025, 5 p.m. Eastern: the eve of Talladega."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class HandClock:
    """Stands still until it is moved; whoever sleeps by it moves it."""

    moment: datetime = START
    speed: float = 0.0
    slept: list[float] = field(default_factory=list)
    ticks: float = 0.0

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.ticks

    def advance(self, **passed: float) -> None:
        self.moment += timedelta(**passed)
        self.ticks += timedelta(**passed).total_seconds()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.advance(seconds=seconds)
        await asyncio.sleep(0)


@dataclass
class FeedServer:
    """Serves documents by path, and notes what it was asked.

    A document is bytes, which come with an ETag, or a handler of aiohttp's that does as it likes; what is not there is
    answered with 403, as NASCAR's storage does.
    """

    address: str = ""
    documents: dict[str, bytes | Handler] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    etags: dict[str, str] = field(default_factory=dict)

    def forget(self) -> None:
        self.asked.clear()
        self.headers.clear()
        self.statuses.clear()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        path = request.path.lstrip("/")
        self.asked.append(path)
        self.headers.append(dict(request.headers))
        document = self.documents.get(path)
        if callable(document):
            response = await document(request)
        elif document is None:
            response = web.Response(status=403, text="<Error><Code>AccessDenied</Code></Error>")
        else:
            etag = self.etags.get(path) or f'"{hash(document):x}"'
            same = request.headers.get("If-None-Match") == etag
            response = web.Response(status=304 if same else 200, body=None if same else document)
            response.headers["ETag"] = etag
        self.statuses.append(response.status)
        return response


@pytest.fixture
def hand_clock() -> HandClock:
    return HandClock()


@asynccontextmanager
async def serving() -> AsyncIterator[FeedServer]:
    """A server of feeds on this machine."""
    served = FeedServer()
    application = web.Application()
    application.router.add_get("/{path:.*}", served.answer)
    server = TestServer(application, host="127.0.0.1")
    await server.start_server()
    served.address = str(server.make_url("/")).rstrip("/")
    try:
        yield served
    finally:
        await server.close()


@pytest.fixture
async def feed_server() -> AsyncIterator[FeedServer]:
    async with serving() as served:
        yield served
