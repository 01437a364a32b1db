"""A model of NASCAR's server: documents with their validators and older copies, latency, and everything that fails.

It outlives every process. A process's feed client is handed ``connected`` in place of an aiohttp session, so that all
else of it is the program's own: its pace, its patience, its redirects and what it believes.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace, TracebackType
from typing import Any, Protocol, Self

import aiohttp

from bot.feeds.client import TOTAL_SECONDS
from tests.simulation.loop import Timeline

ADDRESS = "https://feeds.invalid"
FATES = (
    "dropped", "broken off", "stale", "stale", "cut short", "cut short", "null", "web page", "noise", "forbidden",
    "limited", "broken", "slow", "too slow", "elsewhere", "round and round",
)  # fmt: skip
"""What may become of a request."""
NOISE = bytes(4_000_000)
"""So much of nothing comes at a time, a dozen times."""
_REFUSED = {"forbidden": 403, "limited": 429, "broken": 503}


class Host(Protocol):
    """The process that asks."""

    started_at: float

    def moment(self, name: str) -> None:
        """Something of note happens; the process may be stopped or killed right here."""

    def is_unwelcome(self) -> bool:
        """Whether the store says that NASCAR is not to be asked now."""


@dataclass(frozen=True)
class Copy:
    """A document as it is, or was, served."""

    body: bytes
    etag: str
    changed: datetime


@dataclass
class Request:
    """What was asked, by which process since its start, and what became of it."""

    at: float
    path: str
    of: float
    compared: bool
    fate: str = ""
    status: int = 0


@dataclass
class Nascar:
    """The world's NASCAR.

    Attributes:
        weather: (until, fate, chance, path or nothing) of what requests meet now.
        requests: all that were made, in order.
        overlapping: how many were made while another was under way.
        strayed: how many left for another host; unwelcome: how many were made although a pause was on record.
        swallowed: the most bytes that a client read of one answer.
        copies: of each document, the newest last; of what is not there, none.
    """

    seed: int
    timeline: Timeline
    clock: Callable[[], datetime]
    latency: float
    validators: str = "both"
    say: Callable[[str], None] = lambda _: None
    weather: list[tuple[float, str, float, str]] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    copies: dict[str, list[Copy]] = field(default_factory=dict)
    overlapping: int = 0
    strayed: int = 0
    unwelcome: int = 0
    swallowed: int = 0

    def publish(self, documents: Mapping[str, bytes | None]) -> None:
        """Serves documents from now on; those that are as they were keep their validators."""
        for path, body in documents.items():
            there = self.copies.setdefault(path, [])
            if body is not None and (not there or there[-1].body != body):
                self._add(path, body)

    def stamp_anew(self, path: str) -> None:
        """The document is written once more, and is as it was."""
        if self.copies.get(path):
            self._add(path, self.copies[path][-1].body)

    def _add(self, path: str, body: bytes) -> None:
        there, changed = self.copies[path], self.clock().replace(microsecond=0)
        if there:
            changed = max(changed, there[-1].changed + timedelta(seconds=1))
        digest = hashlib.blake2b(body + str(changed).encode(), digest_size=6).hexdigest()
        there.append(Copy(body, f'"{digest}"', changed))

    def connected(self, host: Host) -> Any:
        """What a process asks by; as much of an aiohttp session as the feed client uses."""
        return _Session(self, host)

    def fate(self, path: str, dice: random.Random) -> str:
        """What becomes of the next request."""
        self.weather = [each for each in self.weather if each[0] > self.timeline.now]
        met = ((fate, chance) for _, fate, chance, only in self.weather if only in {"", path})
        return next((fate for fate, chance in met if dice.random() < chance), "")


@dataclass
class _Session:
    nascar: Nascar
    host: Host
    open: int = 0

    def get(self, url: str, *, headers: Mapping[str, str], allow_redirects: bool) -> _Exchange:
        assert not allow_redirects
        self.nascar.strayed += not url.startswith(f"{ADDRESS}/")
        return _Exchange(self, url.removeprefix(f"{ADDRESS}/"), headers)

    async def close(self) -> None:
        """Nothing of it is open."""


class _Exchange:
    """One request and its answer."""

    def __init__(self, session: _Session, path: str, headers: Mapping[str, str]) -> None:
        self._session, self._nascar = session, session.nascar
        self._path, self._asked = path, headers
        self.request_info = SimpleNamespace(headers=headers)
        self.headers: dict[str, str] = {}
        self.status = 200
        self.content_length: int | None = None
        self.content = self
        self._body = b""
        self._fate = ""
        self._dice = random.Random(f"{self._nascar.seed} {len(self._nascar.requests)}")

    async def __aenter__(self) -> Self:
        nascar, host = self._nascar, self._session.host
        compared = bool(self._asked)
        self._fate = nascar.fate(self._path, self._dice)
        self._request = Request(nascar.timeline.now, self._path, host.started_at, compared, self._fate)
        nascar.requests.append(self._request)
        nascar.overlapping += self._session.open
        nascar.unwelcome += host.is_unwelcome()
        self._session.open += 1
        self._until = nascar.timeline.now + TOTAL_SECONDS
        try:
            host.moment("asks NASCAR")
            await self._pass(nascar.latency * (0.5 + self._dice.random()))
            if self._fate == "slow":
                await self._pass(self._dice.uniform(3, 25))
            if self._fate == "dropped":
                raise aiohttp.ClientConnectionError("the connection was reset")
            self._answer()
            self._request.status = self.status
            host.moment("NASCAR answers")
        except BaseException:
            self._session.open -= 1
            raise
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._session.open -= 1

    async def _pass(self, seconds: float) -> None:
        """Time passes; not more than the client has patience for."""
        async with asyncio.timeout(self._until - self._nascar.timeline.now):
            await asyncio.sleep(seconds)

    def _answer(self) -> None:
        there = self._nascar.copies.get(self._path)
        if self._fate in _REFUSED:
            self.status = _REFUSED[self._fate]
            self.headers = {"Retry-After": "45"} if self._fate == "limited" else {}
        elif self._fate == "elsewhere":
            self.status, self.headers = 302, {"Location": "https://elsewhere.invalid/login"}
        elif self._fate == "round and round":
            self.status, self.headers = 302, {"Location": f"/{self._path}"}
        elif not there:
            self.status = 403
        else:
            self._serve(there)

    def _serve(self, there: list[Copy]) -> None:
        copy = there[-1]
        if self._fate == "stale" and len(there) > 1:
            copy = self._dice.choice(there[:-1])
        self.headers = self._validators(copy)
        self._body = copy.body
        match self._fate:
            case "cut short":
                # By something in between, which says nothing of it.
                self._body = copy.body[: self._dice.randrange(len(copy.body))]
            case "null":
                self._body, self.headers = b"null", {}
            case "web page":
                self._body, self.headers = b"<!DOCTYPE html><html><body>We'll be back</body></html>", {}
            case "noise":
                self.content_length = self._dice.choice([None, 12 * len(NOISE)])
            case _:
                self._compare(copy)

    def _compare(self, copy: Copy) -> None:
        etag, since = self._asked.get("If-None-Match"), self._asked.get("If-Modified-Since")
        if copy.etag == etag or (etag is None and since == _date(copy)):
            self.status, self._body = 304, b""

    def _validators(self, copy: Copy) -> dict[str, str]:
        tags = {"ETag": copy.etag} if self._nascar.validators != "dates" else {}
        return tags | {"Last-Modified": _date(copy)}

    async def iter_chunked(self, size: int) -> AsyncIterator[bytes]:
        """The body, a part at a time."""
        if self._fate == "noise":
            for parts in range(1, 13):
                await self._pass(0.5)
                self._nascar.swallowed = max(self._nascar.swallowed, parts * len(NOISE))
                yield NOISE
            return
        for first in range(0, len(self._body), size):
            await self._pass(60.0 if self._fate == "too slow" else 0.01)
            if self._fate == "broken off":
                raise aiohttp.ClientPayloadError("the connection was lost in the middle of the answer")
            yield self._body[first : first + size]

    def close(self) -> None:
        """The client has read enough."""


def _date(copy: Copy) -> str:
    return format_datetime(copy.changed, usegmt=True)
