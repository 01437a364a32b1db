"""The list of a season's races (``race_list_basic.json``)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.feeds.schemas.race import RaceFacts
from bot.feeds.schemas.values import Id


class ListedRace(RaceFacts):
    """A race of the list. ``winner_driver_id`` is empty for old years, and for many races that were run."""

    winner_driver_id: Id = None

    @property
    def is_over(self) -> bool:
        return self.winner_driver_id is not None or super().is_over


@dataclass(frozen=True, slots=True)
class RaceList:
    """The races of one season of the Truck Series that count, in the order of the list."""

    path: str
    year: int
    at: datetime
    races: tuple[ListedRace, ...]
