"""Seasons as immutable snapshots: loaded once, and used for every answer until the store changes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType

import aiosqlite

from db.connection import Store
from db.models import Driver, Season
from db.racing import load_drivers, load_season, load_version, load_years


class Snapshots:
    """Serves seasons from memory. An import by this process or another replaces them.

    ``PRAGMA data_version`` shows at almost no cost whether anything in the file changed. If something did, the number
    of the last import shows whether a season did: settings and the like change often and concern no season.

    Attributes:
        version: changes whenever a season did; whatever is derived from snapshots can be cached by it.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._loading = asyncio.Lock()
        self._seasons: dict[int, Season] = {}
        self._years: tuple[int, ...] = ()
        self._drivers: Mapping[str, Driver] = MappingProxyType({})
        self.version = -1
        self._data_version = -1

    async def years(self) -> tuple[int, ...]:
        """The years of the stored seasons, oldest first."""
        await self._refresh()
        return self._years

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
        return self._drivers

    async def _refresh(self) -> None:
        # The first caller after a change loads; the lock makes the others wait instead of loading too.
        async with self._loading:
            data_version = await self._store.data_version()
            if data_version == self._data_version:
                return
            async with self._store.read() as connection:
                version = await load_version(connection)
                if version != self.version:
                    await self._load(connection, version)
            # This was read before loading: a change in between causes one extra check, never a missed one.
            self._data_version = data_version

    async def _load(self, connection: aiosqlite.Connection, version: int) -> None:
        years = await load_years(connection)
        seasons = {year: await load_season(connection, year) for year in years}
        drivers = await load_drivers(connection)
        self._seasons = {year: season for year, season in seasons.items() if season is not None}
        self._years = years
        self._drivers = MappingProxyType({driver.key: driver for driver in drivers.values()})
        self.version = version
