"""The live states as the store holds them now, read again only after the file has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType

from db.connection import Store
from db.live.models import HeldState
from db.live.rows import load_live_version, load_states


class LiveStates:
    """Serves the live states from memory, whoever asks and however often.

    Args:
        store: an open store.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._loading = asyncio.Lock()
        self._data_version = self._version = -1
        self._states: Mapping[int, HeldState] = MappingProxyType({})

    async def all(self) -> Mapping[int, HeldState]:
        """The states by the race's id. Raises StoreError where the store cannot be read."""
        async with self._loading:
            data_version = await self._store.data_version()
            if data_version != self._data_version:
                version = await load_live_version(self._store)
                if version != self._version:
                    self._states = MappingProxyType(await load_states(self._store))
                    self._version = version
                # It was read before the states: a change in between causes one more look, never a missed one.
                self._data_version = data_version
        return self._states
