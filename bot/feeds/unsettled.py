"""What was not taken in whole, and when it is read once more although it is as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from bot.feeds.planning import HOURLY
from db.connection import Store

VERSION = "SELECT version FROM facts"
Wanted = Callable[[str, timedelta], bool]
"""Whether a document is to be asked for that is asked for so often."""


class Unsettled:
    """The documents of which something was left out, each with the version of the facts that it was compared with.

    Such a document is read once more when the facts have changed, since an operator may have mended what it clashed
    with; and what a former program found, of which there is no version, at once, since this one may know better.

    Args:
        store: holds the facts.
        former: the paths of what a former program found something in.
    """

    def __init__(self, store: Store, former: Iterable[str]) -> None:
        self._store = store
        self._compared: dict[str, int | None] = dict.fromkeys(former)

    def holds(self, path: str) -> bool:
        """Whether something of a document was left out."""
        return path in self._compared

    def note(self, path: str, version: int, *, is_settled: bool) -> None:
        """Notes that a document was compared with this version, and whether all of it was taken in."""
        if is_settled:
            self._compared.pop(path, None)
        else:
            self._compared[path] = version

    async def version(self) -> int:
        """The version of the facts now."""
        (row,) = await self._store.fetch(VERSION)
        return int(row["version"])

    async def may_be_settled(self, path: str) -> bool:
        """Whether something of it was left out, and the facts have changed since."""
        return path in self._compared and self._compared[path] != await self.version()

    async def is_due(self, path: str, every: timedelta, wanted: Wanted) -> bool:
        """Whether a document that is asked for so often is to be read although it may be as it was."""
        if not await self.may_be_settled(path):
            return False
        return wanted(path, timedelta(0) if self._compared[path] is None else min(every, HOURLY))
