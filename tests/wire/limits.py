"""Discord's rate limits, measured by the stand-in's own clock."""

from __future__ import annotations

import math
import re
from collections import deque
from dataclasses import dataclass, field

from aiohttp import web

from tests.wire.clock import WireClock
from tests.wire.faults import too_many

EVERYWHERE = 50
"""Requests per second that a bot may make in total; answers to interactions do not count."""

_FREE = ("/interactions/", "/webhooks/")


@dataclass(frozen=True)
class Bucket:
    """The limit of a route: ``count`` requests in ``seconds``, separately for each channel or server.

    Discord publishes its numbers only in headers and may change them: these are of the right order of magnitude.
    """

    name: str
    method: str
    pattern: re.Pattern[str]
    count: int
    seconds: float


BUCKETS = tuple(
    Bucket(name, method, re.compile(pattern), count, seconds)
    for name, method, pattern, count, seconds in (
        ("writing", "POST", r"/channels/(\d+)/messages", 5, 5.0),
        ("reading", "GET", r"/channels/(\d+)/messages(?:/\d+)?", 5, 5.0),
        ("changing", "PATCH", r"/channels/(\d+)/messages/\d+", 5, 5.0),
        ("deleting", "DELETE", r"/channels/(\d+)/messages/\d+", 5, 1.0),
        ("events", "POST", r"/guilds/(\d+)/scheduled-events", 5, 10.0),
        ("event", "PATCH", r"/guilds/(\d+)/scheduled-events/\d+", 5, 10.0),
    )
)


@dataclass
class Limits:
    """Counts requests and refuses those above the limits.

    The global limit applies to every window of one second, wherever it begins; a route's window begins with
    its first request, as its headers say.

    Attributes:
        everywhere: the global limit in requests per second; None for no such limit.
        buckets: the limits of single routes.
        refused: how many requests were refused here.
        counted: how many requests counted toward the global limit.
        busiest: the most requests that arrived within one second, refused or not.
    """

    clock: WireClock
    everywhere: int | None = EVERYWHERE
    buckets: tuple[Bucket, ...] = BUCKETS
    refused: int = 0
    counted: int = 0
    busiest: int = 0
    _arrived: deque[float] = field(default_factory=deque)
    _second: deque[float] = field(default_factory=deque)
    _windows: dict[tuple[str, str], tuple[float, int]] = field(default_factory=dict)

    def take(self, method: str, path: str) -> tuple[web.Response | None, dict[str, str]]:
        """Counts a request; returns its refusal, if it is one too many, and the headers for any response."""
        now = self.clock.elapsed()
        if not path.startswith(_FREE):
            self._note(now)
            if (wait := self._too_soon(now)) is not None:
                self.refused += 1
                return too_many(self.clock.real(wait), everywhere=True), {}
        refusal, headers = self._from_bucket(method, path, now)
        self.refused += refusal is not None
        if refusal is None and not path.startswith(_FREE):
            self._second.append(now)
        return refusal, headers

    def _note(self, now: float) -> None:
        self.counted += 1
        self._arrived.append(now)
        while self._arrived[0] <= now - 1.0:
            self._arrived.popleft()
        self.busiest = max(self.busiest, len(self._arrived))

    def _too_soon(self, now: float) -> float | None:
        """Seconds until the global limit allows a request again; None if it allows one now."""
        if self.everywhere is None:
            return None
        while self._second and self._second[0] <= now - 1.0:
            self._second.popleft()
        return None if len(self._second) < self.everywhere else min(1.0, self._second[-1] + 1.0 - now)

    def _from_bucket(self, method: str, path: str, now: float) -> tuple[web.Response | None, dict[str, str]]:
        for bucket in self.buckets:
            fits = bucket.pattern.fullmatch(path) if bucket.method == method else None
            if fits:
                break
        else:
            return None, {}
        whose = (bucket.name, fits[1])
        begun, used = self._windows.get(whose, (now, 0))
        if now >= begun + bucket.seconds:
            begun, used = now, 0
        wait = self.clock.real(begun + bucket.seconds - now)
        headers = {
            "X-RateLimit-Bucket": bucket.name,
            "X-RateLimit-Limit": str(bucket.count),
            "X-RateLimit-Remaining": str(max(0, bucket.count - used - 1)),
            "X-RateLimit-Reset": f"{self.clock.now().timestamp() + begun + bucket.seconds - now:.3f}",
            "X-RateLimit-Reset-After": f"{math.ceil(wait * 1000) / 1000:.3f}",
        }
        if used >= bucket.count:
            return too_many(wait, everywhere=False), headers
        self._windows[whose] = (begun, used + 1)
        return None, headers
