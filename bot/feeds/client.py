"""Asks for documents of the feeds over HTTPS, politely; what comes is bytes, which nobody has believed yet."""

from __future__ import annotations

import importlib.metadata
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import aiohttp

from bot import __version__
from bot.clock import Clock
from bot.feeds.errors import FeedError, UnreachableError
from bot.feeds.fetched import Fetched
from bot.feeds.http_dates import http_date
from bot.feeds.politeness import Politeness

LARGEST = 16_000_000
"""The largest document in bytes, decompressed; the lap times of the longest race have some 2,000,000."""
TOTAL_SECONDS, CONNECT_SECONDS = 30.0, 10.0
MOST_REDIRECTS = 3
LONGEST_VALIDATOR = 200
"""Characters of an ETag or a date; NASCAR's have fewer than 40, and what is longer is not worth keeping."""
LONGEST_WISH = 86_400.0
"""For so many seconds at most a server's wish counts not to be asked; beyond a day it is taken for a mistake."""
PROJECT_LINKS = ("homepage", "repository", "source")
"""Which of the package's links stands for the project, the first that it has."""
NOT_THERE = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
"""The storage behind the feeds answers 403 where there is no file."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said.

    Attributes:
        fetched: the document; None where it is as it was when it had the validators that were sent along.
        etag, last_modified: of the document as it is now, for the next time.
    """

    fetched: Fetched | None
    etag: str | None = None
    last_modified: str | None = None


def user_agent(contact: str | None = None, addresses: Iterable[str] | None = None) -> str:
    """Who asks: the program, its version, the project's link where the package names one, and who runs it.

    Args:
        contact: where the operator is reached, as they set it; nothing is made up where they did not.
        addresses: the package's ``Project-URL`` lines, such as "Homepage, https://…"; its own where none are given.
    """
    if addresses is None:
        addresses = importlib.metadata.metadata("tailgate").get_all("Project-URL") or ()
    labelled = {
        label.strip().casefold(): link.strip() for label, _, link in (line.partition(",") for line in addresses)
    }
    link = next((labelled[label] for label in PROJECT_LINKS if labelled.get(label)), "")
    about = [f"+{link}"] if link else []
    about += [f"run by {contact}"] if contact else []
    return f"Tailgate/{__version__} ({'; '.join([*about, 'Discord bot for fans of the NASCAR Truck Series'])})"


class FeedClient:
    """Asks one server for documents, one at a time. Close it, or use it in ``async with``.

    Attributes:
        asked: how many requests were sent, those included to which others were redirected.

    Args:
        address: what the documents are below, without a slash at its end.
        clock: the time; a pause is kept by it.
        politeness: when one may ask.
        agent: who asks, as ``user_agent`` says it; without a contact where none is given.
        largest: the largest document in bytes.
        seconds: how long a request may take altogether.
        counted: its requests count toward how many may begin within an hour.
    """

    def __init__(
        self,
        address: str,
        clock: Clock,
        politeness: Politeness,
        *,
        agent: str | None = None,
        largest: int = LARGEST,
        seconds: float = TOTAL_SECONDS,
        counted: bool = True,
    ) -> None:
        self.address = address
        self.politeness = politeness
        self.asked = 0
        self._counted = counted
        self._clock = clock
        self._agent = agent or user_agent()
        self._largest = largest
        self._timeout = aiohttp.ClientTimeout(total=seconds, connect=min(CONNECT_SECONDS, seconds))
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def get(
        self, path: str, *, etag: str | None = None, last_modified: str | None = None, seldom_there: bool = False
    ) -> Answer:
        """Asks for a document.

        Args:
            path: as ``paths`` makes it.
            etag: of the content that is known already, which is not sent again.
            last_modified: the same, for a server that gave no etag.
            seldom_there: nobody would wonder if it was not there, so its absence counts for nothing.

        Raises:
            NotWelcomeError: the server refuses too much; nothing was asked, or this was one refusal too many.
            UnreachableError: it could not be got this time.
            FeedError: it is nothing that can be used.
        """
        headers = {"If-None-Match": etag} if etag else {"If-Modified-Since": last_modified} if last_modified else {}
        url = f"{self.address}/{path}"
        for _ in range(MOST_REDIRECTS + 1):
            self.politeness.must_be_welcome(self._clock.now())
            async with self.politeness if self._counted else self.politeness.uncounted():
                answer = await self._once(path, url, headers, seldom_there=seldom_there)
            if isinstance(answer, Answer):
                return answer
            url = answer
        raise FeedError(path, "is redirected again and again")

    async def _once(self, path: str, url: str, headers: dict[str, str], *, seldom_there: bool) -> Answer | str:
        """One request; the answer, or the address of the same server to which it redirects."""
        at = self._clock.now()
        self.asked += 1
        try:
            async with self._opened().get(url, headers=headers, allow_redirects=False) as response:
                if response.status in _REDIRECTS:
                    return self._redirected(path, url, response.headers.get("Location", ""))
                self._judge(path, response, seldom_there=seldom_there)
                if response.status == HTTPStatus.NOT_MODIFIED:
                    return Answer(None, *_validators(response))
                if response.status in NOT_THERE:
                    return Answer(Fetched(path, None, at))
                return Answer(Fetched(path, await self._body(path, response), at), *_validators(response))
        except TimeoutError:
            raise UnreachableError(path, "took too long") from None
        except (aiohttp.ClientError, OSError, ValueError, zlib.error) as error:
            # What a server can send that aiohttp cannot read comes as ValueError now and then.
            raise UnreachableError(path, f"could not be got ({_in_words(error)})") from error

    def _judge(self, path: str, response: aiohttp.ClientResponse, *, seldom_there: bool) -> None:
        """Counts the answer if it says whether we are welcome; raises for neither a document nor its absence."""
        status, now = response.status, self._clock.now()
        refused = status in NOT_THERE or status == HTTPStatus.TOO_MANY_REQUESTS
        compared = {"If-None-Match", "If-Modified-Since"} & response.request_info.headers.keys()
        if status == HTTPStatus.NOT_MODIFIED and not compared:
            raise UnreachableError(path, "is said to be unchanged since never")
        if status in {HTTPStatus.OK, HTTPStatus.NOT_MODIFIED} or (refused and not seldom_there):
            self.politeness.answered(now, refused=refused)
        if status in NOT_THERE or status in {HTTPStatus.OK, HTTPStatus.NOT_MODIFIED}:
            return
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            wait = _wished_wait(response.headers.get("Retry-After", ""), now)
            raise UnreachableError(path, f"could not be got (status {status})", wait)
        raise FeedError(path, f"is answered with status {status}")

    def _redirected(self, path: str, url: str, location: str) -> str:
        target = urljoin(url, location)
        here, there = urlsplit(url), urlsplit(target)
        if not location or (here.scheme, here.netloc) != (there.scheme, there.netloc):
            raise FeedError(path, "is redirected to another host")
        return target

    async def _body(self, path: str, response: aiohttp.ClientResponse) -> bytes:
        too_large = FeedError(path, f"is larger than {self._largest // 1_000_000} MB")
        if (response.content_length or 0) > self._largest:
            response.close()
            raise too_large
        body = bytearray()
        # Counted as it is decompressed: a small answer may hold a large document.
        async for chunk in response.content.iter_chunked(_CHUNK):
            body += chunk
            if len(body) > self._largest:
                response.close()
                raise too_large
        return bytes(body)

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                headers={"User-Agent": self._agent, "Accept": "application/json"},
                timeout=self._timeout,
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session


def _validators(response: aiohttp.ClientResponse) -> tuple[str | None, str | None]:
    """The ETag and the date of an answer, where they can be kept and sent again."""
    etag, last_modified = (response.headers.get(name, "").strip() for name in ("ETag", "Last-Modified"))
    return _usable(etag), _usable(last_modified)


def _usable(validator: str) -> str | None:
    """A validator; None for an empty one, and for what no server should send and no store could hold."""
    fits = 0 < len(validator) <= LONGEST_VALIDATOR and validator.isascii() and validator.isprintable()
    return validator if fits else None


def _wished_wait(said: str, now: datetime) -> float | None:
    """For how many seconds a server wishes not to be asked, by a ``Retry-After`` of seconds or with a date."""
    if said.isascii() and said.isdigit():
        return min(float(said), LONGEST_WISH)
    until = http_date(said)
    return None if until is None else min(max((until - now).total_seconds(), 0.0), LONGEST_WISH)


def _in_words(error: Exception) -> str:
    """What the network said, short and on one line."""
    words = " ".join(str(error).split()) or type(error).__name__
    return words if len(words) <= 120 else words[:119] + "…"
