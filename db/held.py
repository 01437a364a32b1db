"""What is read of a store and held in memory, and read again only after it has changed there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from db.connection import Store

T = TypeVar("T")


class Held(Generic[T]):
    """Serves a part of a store from memory, whoever asks and however often.

    Args:
        store: an open store.
        version: reads a number that changes with that part, and seldom otherwise.
        load: reads the part.
    """

    def __init__(
        self, store: Store, version: Callable[[Store], Awaitable[int]], load: Callable[[Store], Awaitable[T]]
    ) -> None:
        self._store, self._read_version, self._load = store, version, load
        self._loading = asyncio.Lock()
        self._data_version = self._version = -1
        self._held: T

    async def get(self, data_version: int | None = None) -> T:
        """The part as it is now.

        Args:
            data_version: of the store, where the caller has just asked for it.

        Raises:
            StoreError: the store cannot be read.
        """
        data_version = await self._store.data_version() if data_version is None else data_version
        if data_version != self._data_version:
            async with self._loading:
                if data_version != self._data_version:
                    await self._look(data_version)
        return self._held

    async def _look(self, data_version: int) -> None:
        version = await self._read_version(self._store)
        if version != self._version:
            self._held = await self._load(self._store)
            self._version = version
        # It was read before the part: a change in between causes one more look, never a missed one.
        self._data_version = data_version
