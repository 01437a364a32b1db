"""Asks for a document and notes what came of it: as it was, changed, not there, or out of reach."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from bot.clock import Clock
from bot.feeds.client import Answer, FeedClient
from bot.feeds.errors import FeedError, UnreachableError
from bot.feeds.fetched import Fetched
from bot.feeds.politeness import wait_after
from db.feeds.models import FeedDocument
from db.feeds.remembered import SET_BACK, Remembered

log = logging.getLogger(__name__)

GIVEN_UP_AFTER = 3
"""So many documents out of reach in a row mean that the server is, and not they."""


@dataclass(frozen=True, slots=True)
class Got:
    """A document as it came, and what to remember once it is taken in; without a ``digest`` it is not there."""

    fetched: Fetched
    digest: str | None = None
    etag: str | None = None
    last_modified: str | None = None


class ServerOutOfReachError(Exception):
    """Several documents in a row could not be got; the text is what was wrong with the last one."""


class Asker:
    """Asks for documents one after the other.

    Args:
        client: asks the server.
        remembered: what is known of each document.
        clock: the time.
        tries: how often a document is asked for that cannot be got; between two tries one waits.
        sleep: waits for some seconds.
    """

    def __init__(
        self,
        client: FeedClient,
        remembered: Remembered,
        clock: Clock,
        *,
        tries: int = 1,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = client
        self._remembered = remembered
        self._clock = clock
        self._tries = tries
        self._sleep = sleep
        self._failures: dict[str, int] = {}
        self._retry_at: dict[str, datetime] = {}
        self._in_a_row = 0
        self.asked = 0

    def may_retry(self, path: str, now: datetime) -> bool:
        """Whether a document that could not be got is to be asked for again, rather than waited for."""
        retry_at = self._retry_at.get(path)
        # A clock that was set back makes nobody wait for longer.
        return retry_at is not None and not now < retry_at <= now + timedelta(hours=1)

    def is_waiting(self, path: str, now: datetime) -> bool:
        """Whether it could not be got a moment ago."""
        return path in self._retry_at and not self.may_retry(path, now)

    async def ask(
        self,
        path: str,
        season: int | None,
        *,
        anew: bool = False,
        must_be_there: bool = False,
        may_be_missing: bool = False,
    ) -> Got | None:
        """Asks for a document; returns it if it is new here, None if it is as it was.

        Args:
            path: as ``paths`` makes it.
            season: the season that it belongs to.
            anew: return it even if it is as it was.
            must_be_there: its absence is a fault.
            may_be_missing: its absence says nothing of whether we are welcome.

        Raises:
            FeedError: it cannot be got or used; that is noted, and what was taken in stays.
            ServerOutOfReachError: neither this document nor some before it could be got.
            NotWelcomeError: the server refuses too much.
        """
        known = self._remembered.documents.get(path)
        try:
            was_absent = known is not None and known.digest is None and known.answered_at is not None
            seldom_there = may_be_missing or (was_absent and not must_be_there)
            answer = await self._persistently(path, known, anew=anew, seldom_there=seldom_there)
            got = self._judged(path, season, known, answer, anew=anew, must_be_there=must_be_there)
        except UnreachableError as error:
            self._failed(path, season, error)
            if self._in_a_row >= GIVEN_UP_AFTER:
                self._in_a_row = 0
                raise ServerOutOfReachError(str(error)) from error
            raise
        except FeedError as error:
            self._in_a_row = 0
            self._remembered.failed(path, season, self._now(), error.problem)
            raise
        self._in_a_row = 0
        self._failures.pop(path, None)
        self._retry_at.pop(path, None)
        return got

    async def _persistently(self, path: str, known: FeedDocument | None, *, anew: bool, seldom_there: bool) -> Answer:
        held = known is not None and known.digest is not None
        compare = known if held and not anew else None
        for attempt in range(1, self._tries + 1):
            try:
                self.asked += 1
                return await self._client.get(
                    path,
                    etag=compare.etag if compare else None,
                    last_modified=compare.last_modified if compare else None,
                    seldom_there=seldom_there,
                )
            except UnreachableError as error:
                if attempt == self._tries:
                    raise
                await self._sleep(max(error.wait or 0.0, wait_after(attempt).total_seconds()))
        raise AssertionError("a document is asked for once at least")

    def _judged(
        self,
        path: str,
        season: int | None,
        known: FeedDocument | None,
        answer: Answer,
        *,
        anew: bool,
        must_be_there: bool,
    ) -> Got | None:
        now = self._now()
        if answer.fetched is None:
            self._remembered.confirmed(path, season, now)
            return None
        fetched = self._in_order(answer.fetched, known)
        body = answer.fetched.body
        if body is None:
            if must_be_there or (known is not None and known.digest is not None):
                raise FeedError(path, "is not there, or is refused to this address")
            self._remembered.absent(path, season, now)
            return Got(fetched)
        digest = hashlib.sha256(body).hexdigest()
        if known is not None and known.digest is not None and known.digest != digest and _is_older(answer, known):
            raise UnreachableError(path, "came as an older copy than the one that was taken in")
        if known is not None and known.digest == digest and not anew:
            if not _is_older(answer, known):
                self._remembered.confirmed(path, season, now, answer.etag, answer.last_modified)
            else:
                self._remembered.confirmed(path, season, now)
            return None
        return Got(fetched, digest, answer.etag, answer.last_modified)

    def _in_order(self, fetched: Fetched, known: FeedDocument | None) -> Fetched:
        """As got no earlier than the last time: a clock that was set back would make what is newer look older."""
        last = known.answered_at if known is not None else None
        set_back = last is not None and fetched.at < last <= fetched.at + SET_BACK
        return replace(fetched, at=last) if last is not None and set_back else fetched

    def _failed(self, path: str, season: int | None, error: UnreachableError) -> None:
        now = self._now()
        self._remembered.failed(path, season, now, error.problem)
        self._in_a_row += 1
        count = self._failures[path] = self._failures.get(path, 0) + 1
        wait = wait_after(count)
        if error.wait is not None:
            wait = max(wait, min(timedelta(seconds=error.wait), timedelta(hours=1)))
        self._retry_at[path] = now + wait
        log.info("%s %s; it is asked for again in %.0f s", path, error.problem, wait.total_seconds())

    def _now(self) -> datetime:
        return self._clock.now().replace(microsecond=0)


def _is_older(answer: Answer, known: FeedDocument) -> bool:
    """Whether a copy came that the server made before the one that was taken in."""
    if answer.last_modified is None or known.last_modified is None:
        return False
    try:
        return parsedate_to_datetime(answer.last_modified) < parsedate_to_datetime(known.last_modified)
    except (TypeError, ValueError):
        # One of them is no date, or only one has an offset; nothing follows from that.
        return False
