"""What a running program knows of the feeds, and how little of that has to be written.

What changed is written at once. That a document was asked for and is as it was is written only once an hour: until then
it is known here, and whoever starts the program again asks once more at worst.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Self

from db.connection import Store
from db.feeds.models import FeedDocument, FeedFinding, FeedMemory
from db.feeds.rows import load_memory, save_documents, save_findings, save_official, save_pause

WRITTEN_EVERY = timedelta(hours=1)
"""How old the stored moment may be at which a document was asked for that did not change."""

SET_BACK = timedelta(hours=1)
"""By no more than that a clock is wrong and set right again; what is further ahead is no moment of anything."""


class Remembered:
    """The documents, findings and the pause, as known now; ``save`` writes what the store lacks.

    Args:
        store: an open, writable store.
        memory: what the store holds.
        written_every: how old a stored moment may become.
    """

    def __init__(self, store: Store, memory: FeedMemory, written_every: timedelta = WRITTEN_EVERY) -> None:
        self._store = store
        self._stored = dict(memory.documents)
        self._stored_pause = memory.pause
        self._written_every = written_every
        self._documents = dict(memory.documents)
        self._official = dict(memory.official)
        self._findings = list(memory.findings)
        self._saving = asyncio.Lock()
        self.pause = memory.pause

    @classmethod
    async def load(cls, store: Store, written_every: timedelta = WRITTEN_EVERY) -> Self:
        """What the store holds."""
        return cls(store, await load_memory(store), written_every)

    @property
    def documents(self) -> Mapping[str, FeedDocument]:
        """By path."""
        return self._documents

    @property
    def official(self) -> Mapping[int, datetime]:
        """By the race's id, since when it is official."""
        return self._official

    @property
    def findings(self) -> tuple[FeedFinding, ...]:
        return tuple(self._findings)

    @property
    def memory(self) -> FeedMemory:
        """All of it as it is now."""
        return FeedMemory(dict(self._documents), dict(self._official), self.findings, self.pause)

    def confirmed(
        self,
        path: str,
        season: int | None,
        now: datetime,
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> None:
        """It is as it was when it was taken in, or as absent; where it was written anew, it has new validators."""
        known = self._known(path, season, now)
        self._documents[path] = replace(
            known,
            asked_at=now,
            answered_at=_no_earlier(now, known),
            etag=etag or known.etag,
            last_modified=last_modified or known.last_modified,
            failing_since=None,
            problem=None,
        )

    def taken(
        self, path: str, season: int | None, now: datetime, digest: str, etag: str | None, last_modified: str | None
    ) -> None:
        """It was taken in with this content."""
        answered = _no_earlier(now, self._known(path, season, now))
        self._documents[path] = FeedDocument(path, season, now, answered, etag, last_modified, digest)

    def absent(self, path: str, season: int | None, now: datetime) -> None:
        """It is not there."""
        answered = _no_earlier(now, self._known(path, season, now))
        self._documents[path] = FeedDocument(path, season, now, answered)

    def failed(self, path: str, season: int | None, now: datetime, problem: str) -> None:
        """It could not be got or used; what was taken in before stays."""
        known = self._known(path, season, now)
        self._documents[path] = replace(known, asked_at=now, failing_since=known.failing_since or now, problem=problem)

    def _known(self, path: str, season: int | None, now: datetime) -> FeedDocument:
        return self._documents.get(path) or FeedDocument(path, season, now)

    async def save(self, *, whole: bool = False) -> None:
        """Writes what the store lacks.

        Args:
            whole: write every moment as well, as at a program's first look and its end.
        """
        async with self._saving:
            due = [each for path, each in self._documents.items() if self._is_due(self._stored.get(path), each, whole)]
            await save_documents(self._store, due)
            self._stored.update((each.path, each) for each in due)
            if self.pause != self._stored_pause:
                await save_pause(self._store, self.pause)
                self._stored_pause = self.pause

    def _is_due(self, stored: FeedDocument | None, now: FeedDocument, whole: bool) -> bool:
        if stored is None or stored.asked_at > now.asked_at:
            return True
        if whole and stored.asked_at != now.asked_at:
            return True
        if (stored.digest, stored.problem) != (now.digest, now.problem):
            return True
        return now.asked_at - stored.asked_at >= self._written_every

    async def note_official(self, states: Mapping[int, datetime | None]) -> None:
        """Notes by race since when it is official, the first time, and, as None, that it is not any more."""
        new = {race: since for race, since in states.items() if (since is None) == (race in self._official)}
        if not new:
            return
        self._official.update((race, since) for race, since in new.items() if since is not None)
        for race in [race for race, since in new.items() if since is None]:
            del self._official[race]
        await save_official(self._store, new)

    async def note_findings(self, path: str, lines: Iterable[str], now: datetime) -> None:
        """What a document's last reading found, in place of what the one before did; the same line keeps its moment."""
        wanted = dict.fromkeys(lines)
        of_path = [each for each in self._findings if each.path == path]
        gone = [each for each in of_path if each.line not in wanted]
        held = {each.line for each in of_path}
        new = [FeedFinding(path, line, now) for line in wanted if line not in held]
        if gone or new:
            await save_findings(self._store, gone, new)
            kept = [each for each in self._findings if each not in gone]
            self._findings = sorted([*kept, *new], key=lambda each: (each.path, each.line))

    @property
    def failing_since(self) -> datetime | None:
        """Since when any document fails; None while none does."""
        return min((each.failing_since for each in self._documents.values() if each.failing_since), default=None)


def _no_earlier(now: datetime, known: FeedDocument) -> datetime:
    """Now, or when the document came before: a clock that was set back a little makes nothing older than it was."""
    last = known.answered_at
    return last if last is not None and now < last <= now + SET_BACK else now
