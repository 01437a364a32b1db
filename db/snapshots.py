"""Seasons as immutable snapshots: loaded once, and used for every answer until the store changes."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from datetime import datetime
from types import MappingProxyType

import aiosqlite

from db.connection import Store
from db.errors import FileFault, StoreError
from db.history.models import FIRST_SEASON
from db.models import Driver, Freshness, Season
from db.namesakes import tell_tracks_apart
from db.people_and_places import load_drivers, load_tracks
from db.racing import load_season, load_stored_seasons, load_version

KEPT_WHOLE = 4
"""How many of the newest seasons are read whole; of the others results are read once somebody asks for them."""


class Snapshots:
    """Serves seasons from memory. An import, by this process or another, replaces those of which a fact changed.

    ``PRAGMA data_version`` shows at almost no cost whether anything in the file changed. If something did, the version
    of the facts shows whether it was one of racing: settings and the like change often and concern no season.

    What was loaded stays good for answers where the file can no longer be read; ``store.faults`` says that it cannot.

    Args:
        store: the store.
        whole: read past seasons whole as well, for who goes through all of them or closes the store before that.

    Attributes:
        version: changes whenever a season, a driver or a track did; what is derived from all can be cached by it.
        versions: by year, what changes whenever that season did. The ``Season`` is the same object until then.
        arriving: whether seasons that come with the program are being taken in, or are to be looked for first.
    """

    def __init__(self, store: Store, *, whole: bool = False) -> None:
        self._store = store
        self._whole = whole
        self._loading = asyncio.Lock()
        self._seasons: dict[int, Season] = {}
        # Every season's ``drivers`` is a view of this one dictionary.
        self._drivers: dict[str, Driver] = {}
        self.version = -1
        self.versions: Mapping[int, int] = MappingProxyType({})
        self.arriving = False
        self._data_version = -1
        self._unreadable = -1
        self._asked = self._answered = 0
        # By year, when the feeds were looked at last and since when that fails.
        self._looks: dict[int, tuple[datetime | None, datetime | None]] = {}

    @property
    def data_version(self) -> int:
        """The number that the file had when it was looked at last: whatever was read since is as new as the seasons."""
        return self._data_version

    @property
    def older_to_come(self) -> bool:
        """Whether seasons before all that are here are still being taken in."""
        return self.arriving and min(self._seasons, default=FIRST_SEASON) > FIRST_SEASON

    async def years(self) -> tuple[int, ...]:
        """The years of the stored seasons, oldest first."""
        await self._refresh()
        return tuple(self._seasons)

    async def season(self, year: int) -> Season | None:
        """A whole season, later races included (``Season.as_of`` gives what is known by now); None if not stored."""
        await self._refresh()
        return self._seasons.get(year)

    async def all(self) -> tuple[Season, ...]:
        """Every stored season, oldest first."""
        await self._refresh()
        return tuple(self._seasons.values())

    async def drivers(self) -> Mapping[str, Driver]:
        """Every driver in the store, by key."""
        await self._refresh()
        return MappingProxyType(self._drivers)

    def looked_at(self, year: int, at: datetime | None, failing_since: datetime | None) -> None:
        """Notes that a season was compared with the feeds, which writes nothing and makes no season new.

        Args:
            year: the season.
            at: when they last showed what is stored, aware; None if they never did.
            failing_since: since when they cannot be got or used; None while they can.
        """
        if self._looks.get(year) != (at, failing_since):
            self._looks[year] = (at, failing_since)
            self._tell(year)

    def _tell(self, year: int) -> None:
        at, failing_since = self._looks.get(year, (None, None))
        if year in self._seasons:
            kept = self._seasons[year].freshness
            kept.failing_since = failing_since
            if at is not None and (kept.refreshed is None or kept.refreshed < at):
                kept.refreshed = at

    async def _refresh(self) -> None:
        # The first caller after a change loads; the lock makes the others wait instead of loading too. All who have
        # asked by the time somebody looks share that look.
        self._asked += 1
        asked = self._asked
        async with self._loading:
            if self._answered >= asked:
                return
            latest, data_version = self._asked, -1
            try:
                data_version = await self._store.data_version()
                if data_version not in {self._data_version, self._unreadable}:
                    await self._load_changes(data_version)
            except StoreError as error:
                if error.fault is None or self._data_version < 0:
                    raise
                if error.fault is FileFault.DAMAGED:
                    # The next attempt would fail as well, after as long a time.
                    self._unreadable = data_version
            self._answered = latest

    async def _load_changes(self, data_version: int) -> None:
        async with self._store.read_latest() as connection:
            version = await load_version(connection)
            stored = await load_stored_seasons(connection)
            versions = {year: number for year, (number, _) in stored.items()}
            if version != self.version or versions != self.versions:
                await self._load(connection, version, versions)
        for year, (_, freshness) in stored.items():
            _update(self._seasons[year].freshness, freshness)
            self._tell(year)
        # It was read before loading: a change in between causes one extra check, never a missed one.
        self._data_version = data_version

    async def _load(self, connection: aiosqlite.Connection, version: int, versions: Mapping[int, int]) -> None:
        drivers, tracks = await load_drivers(connection), tell_tracks_apart(await load_tracks(connection))
        shared = MappingProxyType(self._drivers)
        seasons: dict[int, Season] = {}
        newest = max(versions, default=0)
        for year, number in versions.items():
            season = self._seasons.get(year) if self.versions.get(year) == number else None
            read_later = self._store.read_now if year <= newest - KEPT_WHOLE and not self._whole else None
            season = season or await load_season(connection, year, drivers, tracks, shared, read_later)
            assert season is not None
            seasons[year] = season
        # From here on nothing is awaited, so that nobody sees one part new and another old.
        self._drivers.clear()
        self._drivers.update((driver.key, driver) for driver in drivers.values())
        self._seasons = seasons
        self.version, self.versions = version, MappingProxyType(dict(versions))


async def read_whole(store: Store, years: Collection[int] | None = None) -> tuple[Season, ...]:
    """Stored seasons, oldest first and read whole, for who looks at them once: all, or those of these years.

    Raises:
        StoreError: the file is damaged or cannot be read.
    """
    async with store.read() as connection:
        drivers, tracks = await load_drivers(connection), tell_tracks_apart(await load_tracks(connection))
        stored = await load_stored_seasons(connection)
        read = [
            await load_season(connection, year, drivers, tracks) for year in stored if years is None or year in years
        ]
    return tuple(season for season in read if season is not None)


def _update(kept: Freshness, stored: Freshness) -> None:
    kept.refreshed, kept.source, kept.retrieved = stored.refreshed, stored.source, stored.retrieved
