"""Which flags were shown in a race, and since when: a board on which another one flies is changed first."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from db.connection import Store
from db.live.models import EventKind
from db.live.rows import load_events, load_log_version

Shown = tuple[int, str]
"""How many flags had been shown by a moment, and which was the last one."""
NONE_SHOWN: Shown = (0, "")


@dataclass(frozen=True, slots=True)
class _Flags:
    """The flags of a race, and from when each was known."""

    seen: tuple[datetime, ...]
    flags: tuple[str, ...]


class FlagLog:
    """Knows the flags of the races that are looked at; it is read again only after something has happened.

    Args:
        store: an open store.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._version = -1
        self._races: dict[int, _Flags] = {}

    async def look(self, races: Iterable[int]) -> None:
        """Brings what is known of these races up to date, and forgets the others. Raises StoreError."""
        wanted = set(races)
        version = await load_log_version(self._store) if wanted else self._version
        known = self._races if version == self._version else {}
        self._races = {race: known.get(race) or await self._read(race) for race in sorted(wanted)}
        # It was read before the events: a change in between causes one more look, never a missed one.
        self._version = version

    async def _read(self, race: int) -> _Flags:
        shown = sorted(
            (each for each in await load_events(self._store, race) if each.event.kind is EventKind.FLAG),
            key=lambda each: each.event.ordinal,
        )
        seen: list[datetime] = []
        for each in shown:
            seen.append(max([each.seen, *seen[-1:]]))
        return _Flags(tuple(seen), tuple(each.event.what for each in shown))

    def at(self, race: int, moment: datetime) -> Shown:
        """What had been shown by a moment, as who saw the race then knows it."""
        flags = self._races.get(race)
        many = bisect_right(flags.seen, moment) if flags is not None else 0
        return (many, flags.flags[many - 1]) if flags is not None and many else NONE_SHOWN
