"""Records every body that a bot sends while it runs inside simcord, so that a test can check it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import discord
from simcord.http import FakeHTTPClient, FakeWebhookAdapter

from tests.checks.sound import problems_of

_TRANSPORTS = (FakeHTTPClient, FakeWebhookAdapter)


@dataclass(frozen=True)
class Sent:
    """One request: the path below ``/api/v10``, and the JSON body, None if there is none."""

    method: str
    path: str
    body: Any

    @property
    def problems(self) -> list[str]:
        return list(_problems_of(self.method, self.path, json.dumps(self.body)))


@lru_cache(1000)
def _problems_of(method: str, path: str, body: str) -> tuple[str, ...]:
    """Of one body once: every bot of a process registers the same commands, the longest body of all."""
    return tuple(problems_of(method, path, json.loads(body)))


class SentBodies:
    """A context manager that records each request of any bot in simcord.

    Enter it before ``simcord.run``, so that the registration of commands is recorded too. What the people in a
    test do is not recorded: it does not pass through the bot's own HTTP client.
    """

    def __init__(self) -> None:
        self.requests: list[Sent] = []
        self._originals: list[tuple[type, Callable[..., Awaitable[Any]]]] = []

    def __enter__(self) -> Self:
        for transport in _TRANSPORTS:
            original: Callable[..., Awaitable[Any]] = transport.request
            self._originals.append((transport, original))
            setattr(transport, "request", self._recording(original))  # noqa: B010 - mypy forbids assigning to a method
        return self

    def __exit__(self, *_: object) -> None:
        for transport, original in self._originals:
            setattr(transport, "request", original)  # noqa: B010 - the same
        self._originals.clear()

    def _recording(self, original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def request(transport: Any, route: discord.http.Route, *rest: Any, **given: Any) -> Any:
            path = route.url.removeprefix(route.BASE).partition("?")[0]
            self.requests.append(Sent(route.method, path, _body(given)))
            return await original(transport, route, *rest, **given)

        return request

    @property
    def problems(self) -> list[str]:
        return [f"{sent.method} {sent.path}: {problem}" for sent in self.requests for problem in sent.problems]

    def assert_sound(self) -> None:
        """Fails with all problems of all bodies, or if nothing was recorded."""
        assert self.requests, "nothing was sent"
        assert not self.problems, "Discord would refuse this\n  " + "\n  ".join(self.problems)


def _body(given: dict[str, Any]) -> Any:
    """The JSON of a request, sent plainly or as a part of a multipart form."""
    for part in _parts(given):
        if part.get("name") == "payload_json":
            return json.loads(part["value"])
    body = given["json"] if given.get("json") is not None else given.get("payload")
    return None if body is None else json.loads(json.dumps(body))


def _parts(given: dict[str, Any]) -> Iterable[dict[str, Any]]:
    return given.get("form") or given.get("multipart") or ()
