"""Seasons as immutable snapshots: read once, answered from until the store changes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType

import aiosqlite

from db.connection import Store
from db.models import Driver, Season
from db.racing import load_drivers, load_edition, load_season, load_years


class Snapshots:
    """Hands out seasons. An import by this process or another makes new ones.

    ``PRAGMA data_version`` says at next to no cost that nothing changed; where something did, the number of the
    last import tells facts of racing from settings and the like, which change often and concern no season.

    Attributes:
        version: changes whenever the facts did; what is derived from snapshots can be kept by it.
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
        """The seasons held, oldest first."""
        await self._freshen()
        return self._years

    async def season(self, year: int) -> Season | None:
        """A whole season, later races included (ask ``Season.as_of`` for what is known by now); None if not held."""
        await self._freshen()
        return self._seasons.get(year)

    async def all(self) -> tuple[Season, ...]:
        """Every season held, oldest first."""
        await self._freshen()
        return tuple(self._seasons.values())

    async def drivers(self) -> Mapping[str, Driver]:
        """Everybody the store knows, by key."""
        await self._freshen()
        return self._drivers

    async def _freshen(self) -> None:
        # The lock makes the first question after a change load once; the others wait for it.
        async with self._loading:
            data_version = await self._store.data_version()
            if data_version == self._data_version:
                return
            async with self._store.read() as connection:
                edition = await load_edition(connection)
                if edition != self.version:
                    await self._load(connection, edition)
            # Read before loading: a change in between makes one look too many, never one too few.
            self._data_version = data_version

    async def _load(self, connection: aiosqlite.Connection, edition: int) -> None:
        years = await load_years(connection)
        seasons = {year: await load_season(connection, year) for year in years}
        drivers = await load_drivers(connection)
        self._seasons = {year: season for year, season in seasons.items() if season is not None}
        self._years = years
        self._drivers = MappingProxyType({driver.key: driver for driver in drivers.values()})
        self.version = edition
