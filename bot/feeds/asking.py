"""Asks for a document and notes what came of it: as it was, changed, not there, or out of reach."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.feeds.client import Answer, FeedClient
from bot.feeds.errors import FeedError, UnreachableError
from bot.feeds.fetched import Fetched
from bot.feeds.http_dates import date_of_content
from bot.feeds.politeness import wait_after
from db.feeds.models import FeedDocument, Validators
from db.feeds.remembered import SET_BACK, Remembered

log = logging.getLogger(__name__)

GIVEN_UP_AFTER = 3
"""So many documents out of reach in a row mean that the server is, and not they."""
PATIENCE = 60.0
"""So many seconds one waits at most for a document that is tried several times, if the server wishes so."""
NOT_THERE = "is not there, or is refused to this address"
OLDER = "came as an older copy than the one that was taken in"
OLDER_COUNTS_AFTER = timedelta(hours=6)
"""A copy that still is all there is after that is no straggler: the date was wrong, or the server went back."""


@dataclass(frozen=True, slots=True)
class Got:
    """A document as it came, and what to remember once it is taken in; without a ``digest`` it is not there."""

    fetched: Fetched
    digest: str | None = None
    etag: str | None = None
    last_modified: str | None = None


class ServerOutOfReachError(Exception):
    """Several documents in a row could not be got; the text is what was wrong with the last one.

    Attributes:
        until: until when the server wishes not to be asked; None where it did not say, or not for long.
    """

    def __init__(self, text: str, until: datetime | None = None) -> None:
        super().__init__(text)
        self.until = until


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

    @property
    def asked(self) -> int:
        """How many requests were sent."""
        return self._client.asked

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
            ServerOutOfReachError: neither this document nor some before it could be got, or whoever tries several times
                would have to wait for too long.
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
            if self._tries > 1 and _is_long(error):
                raise ServerOutOfReachError(str(error), self._now() + timedelta(seconds=error.wait or 0.0)) from error
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
                return await self._client.get(
                    path,
                    etag=compare.etag if compare else None,
                    last_modified=compare.last_modified if compare else None,
                    seldom_there=seldom_there,
                )
            except UnreachableError as error:
                if attempt == self._tries or _is_long(error):
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
        if date_of_content(answer.last_modified, now) is None:
            # A date that lies ahead would make whatever comes after it look older.
            answer = replace(answer, last_modified=None)
        if answer.fetched is None:
            self._remembered.confirmed(path, season, now, _renewed(known, answer))
            return None
        fetched = self._in_order(answer.fetched, known)
        body = answer.fetched.body
        if body is None:
            if must_be_there or (known is not None and known.digest is not None):
                raise FeedError(path, NOT_THERE)
            self._remembered.absent(path, season, now)
            return Got(fetched)
        digest = hashlib.sha256(body).hexdigest()
        is_older = known is not None and _is_older(answer, known, now)
        if known is not None and known.digest is not None and known.digest != digest and is_older:
            if not _was_older_all_along(known, now):
                raise UnreachableError(path, OLDER)
            log.warning("%s: an older copy has been all there is for hours, and is taken for the document", path)
        if known is not None and known.digest == digest and not anew:
            # Without an ETag the one that is held is of no use any more.
            validators = Validators(answer.etag, answer.last_modified or known.last_modified)
            self._remembered.confirmed(path, season, now, None if is_older else validators)
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


def _is_older(answer: Answer, known: FeedDocument, now: datetime) -> bool:
    """Whether a copy came that the server made before the one that was taken in; of what has no date, nobody knows."""
    came, held = date_of_content(answer.last_modified, now), date_of_content(known.last_modified, now)
    return came is not None and held is not None and came < held


def _was_older_all_along(known: FeedDocument, now: datetime) -> bool:
    """Whether nothing but an older copy has come for so long that it must be the document."""
    since = known.failing_since
    return known.problem == OLDER and since is not None and now - since >= OLDER_COUNTS_AFTER


def _renewed(known: FeedDocument | None, answer: Answer) -> Validators | None:
    """The validators of a document that is as it was; what the server does not repeat stays."""
    if known is None:
        return None
    return Validators(answer.etag or known.etag, answer.last_modified or known.last_modified)


def _is_long(error: UnreachableError) -> bool:
    return error.wait is not None and error.wait > PATIENCE
