"""Where a race that runs is read from: NASCAR's live feed, a race that was recorded, or a test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from db.live.models import LiveState
from db.models import Driver, Race, Season


@dataclass(frozen=True, slots=True)
class Followed:
    """A race that is followed: itself, its season, and every driver of the store by key."""

    season: Season
    race: Race

    @property
    def drivers(self) -> Mapping[str, Driver]:
        return self.season.drivers


class LiveSource(Protocol):
    """Tells how a race stands."""

    async def latest(self, followed: Followed, held: LiveState | None) -> LiveState | None:
        """The state now, or None where there is no session of the race yet.

        What an earlier state knew and a new one does not say, such as the order at the last restart, is carried on.

        Args:
            followed: the race.
            held: the newest state so far; None before the first.

        Raises:
            StaleError: what came is older than ``held``.
            FeedError: what came cannot be used.
            UnreachableError: it could not be got this time.
            NotWelcomeError: nothing may be asked until a moment.
        """
        ...

    async def close(self) -> None:
        """Ends what the source holds open."""
        ...
