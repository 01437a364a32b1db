"""The live states as the store holds them now, read again only after the file has changed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from db.connection import Store
from db.held import Held
from db.live.models import HeldState, LiveState
from db.live.rows import load_live_version, load_states, load_stood_at

PAST_KEPT = 64
"""How many past states are kept in memory: of as many different delays, or places that ask."""


class LiveStates:
    """Serves the live states from memory, whoever asks and however often.

    Args:
        store: an open store.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._newest = Held(store, load_live_version, load_states)
        self._past: OrderedDict[tuple[int, datetime], LiveState | None] = OrderedDict()

    async def all(self) -> Mapping[int, HeldState]:
        """The states by the race's id. Raises StoreError where the store cannot be read."""
        return MappingProxyType(await self._newest.get())

    async def at(self, race: int, moment: datetime) -> HeldState | None:
        """How a race stood at a moment, for who sees it later; None where nothing had come by then.

        Raises:
            StoreError: the store cannot be read.
        """
        newest = (await self.all()).get(race)
        if newest is not None and newest.state.came <= moment:
            return newest
        key = race, moment.replace(microsecond=0)
        if key not in self._past:
            self._past[key] = await load_stood_at(self._store, race, moment)
            if len(self._past) > PAST_KEPT:
                self._past.popitem(last=False)
        state = self._past[key]
        if state is None:
            return None
        # A later state has come since, or was there and is forgotten: until then the feed answered.
        return HeldState(state, max(state.came, min(moment, newest.heard)) if newest is not None else moment)
