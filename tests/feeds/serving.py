"""Serves the documents of a made-up NASCAR on loopback, with ETag, and 403 for what is not there."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web


@dataclass
class Served:
    """A server that is running.

    Attributes:
        address: what the documents are below, without a slash at its end.
        documents: bytes by path; what is changed is served from then on.
        asked: the paths that were asked for, in order.
    """

    address: str
    documents: dict[str, bytes]
    asked: list[str] = field(default_factory=list)


@asynccontextmanager
async def serving(documents: Mapping[str, bytes]) -> AsyncIterator[Served]:
    """A server on loopback with these documents."""
    served = Served("", dict(documents))

    async def answer(request: web.Request) -> web.Response:
        path = request.path.removeprefix("/")
        served.asked.append(path)
        body = served.documents.get(path)
        if body is None:
            return web.Response(status=403, text="<Error><Code>AccessDenied</Code></Error>")
        headers = {"ETag": f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'}
        if request.headers.get("If-None-Match") == headers["ETag"]:
            return web.Response(status=304, headers=headers)
        return web.Response(body=body, content_type="application/json", headers=headers)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        served.address = f"http://{host}:{port}"
        yield served
    finally:
        await runner.cleanup()
