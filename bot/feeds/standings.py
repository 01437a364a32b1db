"""Compares NASCAR's own table of a season with the one computed here; nothing of it is taken over."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from bot.feeds import paths
from bot.feeds.asking import Asker, Got
from bot.feeds.errors import FeedError
from bot.feeds.fetched import Fetched
from bot.feeds.planning import SELDOM
from bot.feeds.reading import read_standings
from bot.services import Services
from db.feeds.models import PublishedPlace
from db.feeds.remembered import Remembered
from db.models import Driver, Season
from db.naming import fold_name

log = logging.getLogger(__name__)

Differences = Callable[[Season, Sequence[PublishedPlace]], Sequence[str]]
"""What a published table says otherwise than a season, a line each."""


class StandingsCheck:
    """Asks for the tables of seasons, and notes where they differ from what is computed here.

    Args:
        services: the store's seasons and the clock.
        asker: gets the documents.
        remembered: what is known of them.
        differences: compares a table with a season.
    """

    def __init__(self, services: Services, asker: Asker, remembered: Remembered, differences: Differences) -> None:
        self._services = services
        self._asker = asker
        self._remembered = remembered
        self._differences = differences
        # The season may change while the table is as it was.
        self._tables: dict[int, Got] = {}

    async def look(self, year: int, every: timedelta, wanted: Callable[[str, timedelta], bool]) -> Sequence[str]:
        """Compares the table of a season, if it is wanted; returns a line for each difference.

        Args:
            year: the season.
            every: how often its table is asked for.
            wanted: whether a document is to be asked for that is asked for so often.

        Raises:
            FeedError: the table cannot be got or used.
            ServerOutOfReachError, NotWelcomeError: nothing can be got.
            StoreError: the store cannot be read or written.
        """
        path = paths.standings(year)
        known = self._remembered.documents.get(path)
        if not wanted(path, max(every, SELDOM) if known is not None and known.is_absent else every):
            return ()
        held = self._tables.get(year)
        got = await self._asker.ask(path, year, anew=held is None, may_be_missing=True) or held
        assert got is not None
        season = await self._services.seasons.season(year)
        now = self._services.clock.now().replace(microsecond=0)
        lines: Sequence[str] = ()
        if season is not None and got.digest is not None:
            try:
                lines = await asyncio.to_thread(self._compared, season, got.fetched)
            except FeedError as error:
                self._remembered.failed(path, year, now, error.problem)
                await self._remembered.note_findings(path, [str(error)], now)
                raise
        told = {finding.line for finding in self._remembered.findings if finding.path == path}
        for line in lines:
            log.log(logging.DEBUG if line in told else logging.INFO, "%s", line)
        await self._remembered.note_findings(path, lines, now)
        if got.digest is not None:
            self._tables[year] = got
            at = got.fetched.at.replace(microsecond=0)
            if got is not held:
                self._remembered.taken(path, year, at, got.digest, got.etag, got.last_modified)
        return lines

    def _compared(self, season: Season, fetched: Fetched) -> Sequence[str]:
        try:
            return self._differences(season, published_places(fetched, season.drivers))
        except FeedError:
            raise
        except Exception as error:
            log.exception("comparing %s failed", fetched.path)
            raise FeedError(fetched.path, "cannot be compared by this version of the program; see the log") from error


def published_places(fetched: Fetched, drivers: Mapping[str, Driver]) -> list[PublishedPlace]:
    """The rows of a table, each driver once, in order.

    They are joined by NASCAR's id, and by the name where a driver has no id here and nobody else bears the name.

    Args:
        fetched: the table.
        drivers: every driver of the store by key.

    Raises:
        FeedError: it is unusable.
    """
    by_id = {each.nascar_id: key for key, each in drivers.items() if each.nascar_id is not None}
    bearers: dict[str, list[Driver]] = {}
    for driver in drivers.values():
        for name in {fold_name(name) for name in (driver.name, *driver.aliases)}:
            bearers.setdefault(name, []).append(driver)
    found: dict[str, PublishedPlace] = {}
    for row in read_standings(fetched) or ():
        key = by_id.get(row.driver_id) if row.driver_id is not None else None
        alike = bearers.get(fold_name(row.name), [])
        if key is None and len(alike) == 1 and alike[0].nascar_id is None:
            key = alike[0].key
        place = PublishedPlace(key, row.name, row.position, row.points, row.wins, row.starts)
        found.setdefault(key or row.name, place)
    return list(found.values())
