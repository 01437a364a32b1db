"""Gets documents that are read together: those that are wanted and, where any has changed, all of them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import timedelta

from bot.clock import Clock
from bot.feeds import paths
from bot.feeds.asking import Asker, Got
from bot.feeds.errors import FeedError
from bot.feeds.planning import SELDOM
from bot.feeds.unsettled import Unsettled, Wanted
from db.feeds.models import OF_NO_USE_WITHOUT
from db.feeds.remembered import Remembered

log = logging.getLogger(__name__)

OF_NO_SEASON = frozenset({paths.drivers(), paths.tracks()})
"""The documents that belong to no season."""


class Bundles:
    """Gets bundles of documents.

    Args:
        asker: gets each document.
        remembered: what is known of them.
        clock: the time.
        bodies: what belongs to a season as it was taken in last, by path.
        unsettled: what is to be read once more.
    """

    def __init__(
        self, asker: Asker, remembered: Remembered, clock: Clock, bodies: Mapping[str, Got], unsettled: Unsettled
    ) -> None:
        self._asker = asker
        self._remembered = remembered
        self._clock = clock
        self._bodies = bodies
        self._unsettled = unsettled

    async def get(
        self,
        year: int,
        first: str,
        every: timedelta,
        extras: Mapping[str, timedelta],
        wanted: Wanted,
        *,
        anew: bool = False,
        must_be_there: bool = False,
    ) -> dict[str, Got] | None:
        """Documents that are read together; None if none of them is wanted, or none has changed.

        The first must be got, if anything changed; the others may be missing.
        """
        bundle: dict[str, Got] = {}
        try:
            await self._fill(bundle, year, first, every, extras, wanted, anew=anew, must_be_there=must_be_there)
        except FeedError as error:
            self.put_off(bundle, year, error)
            raise
        return bundle if first in bundle and bundle[first].digest is not None else None

    async def _fill(
        self,
        bundle: dict[str, Got],
        year: int,
        first: str,
        every: timedelta,
        extras: Mapping[str, timedelta],
        wanted: Wanted,
        *,
        anew: bool,
        must_be_there: bool,
    ) -> None:
        """Gets what is wanted of some documents and, where any has changed, all of them."""
        if anew or wanted(first, every):
            # What could not be used may be again what it was before, and what was found in it is past then.
            known = self._remembered.documents.get(first)
            anew |= self._unsettled.holds(first) and known is not None and known.failing_since is not None
            got = await self._asker.ask(first, year, anew=anew, must_be_there=must_be_there)
            if got is not None:
                bundle[first] = got
        if bundle[first].digest is None if first in bundle else self._is_absent(first):
            return
        for path, often in extras.items():
            known = self._remembered.documents.get(path)
            is_failing = known is not None and known.failing_since is not None
            # What was not there as the race began may come with its results.
            need_not_be = self._is_absent(path) and not is_failing and first not in bundle
            if wanted(path, max(often, SELDOM) if need_not_be else often):
                await self.add(bundle, path, year, anew=False)
        if any(got.digest is not None for got in bundle.values()):
            await self._complete(bundle, year, first, extras)
        else:
            bundle.clear()

    async def _complete(self, bundle: dict[str, Got], year: int, first: str, extras: Iterable[str]) -> None:
        """Adds what is as it was to a bundle of which a part has changed."""
        if first not in bundle:
            got = self._bodies.get(first) or await self._asker.ask(first, year, anew=True, must_be_there=True)
            assert got is not None
            bundle[first] = got
        for path in extras:
            if path in self._bodies:
                bundle.setdefault(path, self._bodies[path])
            known = self._remembered.documents.get(path)
            if path not in bundle and known is not None and known.digest is not None:
                await self.add(bundle, path, year, anew=True)

    async def add(self, bundle: dict[str, Got], path: str, year: int, *, anew: bool) -> None:
        """Adds a document that need not be there; what is wrong with it is noted, and stops nothing else."""
        try:
            got = await self._asker.ask(path, year, anew=anew, may_be_missing=True)
        except FeedError as error:
            log.debug("%s", error)
        else:
            if got is not None:
                bundle[path] = got

    def _is_absent(self, path: str) -> bool:
        known = self._remembered.documents.get(path)
        return known is not None and known.is_absent

    def put_off(self, documents: Mapping[str, Got], year: int, error: FeedError) -> None:
        """What was got beside a document that cannot be used waits with it, or it would be got again at once."""
        now = self._clock.now().replace(microsecond=0)
        for path, got in documents.items():
            if path != error.path and got.digest is not None:
                of = None if path in OF_NO_SEASON else year
                self._remembered.failed(path, of, now, f"{OF_NO_USE_WITHOUT}{error.path}")
