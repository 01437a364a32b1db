"""What tests of one process share because it cannot change: the bundled seasons as read, and the code of the cogs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from types import MappingProxyType, ModuleType

import aiosqlite
import pytest

from bot.client.tailgate_bot import TailgateBot
from db.connection import Store
from db.models import Driver, Freshness, Season
from db.racing import load_stored_seasons
from db.snapshots import Snapshots


@dataclass(frozen=True)
class BundledSeasons:
    """The seasons of the bundled store, and what a store says that holds the very same."""

    version: int
    stored: Mapping[int, tuple[int, Freshness]]
    seasons: Mapping[int, Season]
    drivers: dict[str, Driver]

    @classmethod
    async def read(cls, store: Store) -> BundledSeasons:
        seasons = Snapshots(store)
        for season in await seasons.all():
            # Read while the store is open: those who share them have others.
            len(season.results)
        async with store.read() as connection:
            stored = await load_stored_seasons(connection)
        return cls(seasons.version, stored, seasons._seasons, seasons._drivers)


class SharedSnapshots(Snapshots):
    """Takes the bundled seasons from memory as long as the store is an unchanged copy of the bundled one.

    Once something was imported everything is read from the store, as from one of another content. What was shared is
    never written to: other tests hold it, apart from the freshness, which follows a test's own store at its first read.
    """

    def __init__(self, store: Store, bundled: BundledSeasons) -> None:
        super().__init__(store)
        self._bundled = bundled

    async def _load(self, connection: aiosqlite.Connection, version: int, versions: Mapping[int, int]) -> None:
        bundled = self._bundled
        if version == bundled.version and await load_stored_seasons(connection) == bundled.stored:
            self._seasons, self._drivers = dict(bundled.seasons), bundled.drivers
            self.version, self.versions = version, MappingProxyType(dict(versions))
            return
        if self._drivers is bundled.drivers:
            self._drivers, self.versions = {}, MappingProxyType({})
        await super()._load(connection, version, versions)


class _Kept(Loader):
    """Hands out a module that was run once, instead of running it again."""

    def __init__(self, modules: dict[str, ModuleType], loader: Loader) -> None:
        self._modules, self._loader = modules, loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._modules.get(spec.name) or self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        name = module.__name__
        if name not in self._modules:
            self._loader.exec_module(module)
            self._modules[name] = module


def run_cogs_once(patch: pytest.MonkeyPatch) -> None:
    """Lets every bot of this process have its cogs from modules that ran once.

    discord.py runs the module of an extension anew for each bot, which takes longer than most answers.
    """
    modules: dict[str, ModuleType] = {}
    load = TailgateBot._load_from_module_spec

    async def load_kept(self: TailgateBot, spec: ModuleSpec, key: str) -> None:
        assert spec.loader is not None
        spec.loader = _Kept(modules, spec.loader)
        await load(self, spec, key)

    patch.setattr(TailgateBot, "_load_from_module_spec", load_kept)
