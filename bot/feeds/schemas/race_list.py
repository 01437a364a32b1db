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

    @classmethod
    def of(cls, race: RaceFacts) -> ListedRace:
        """What another document says of a race, in place of a row of the list that cannot be read."""
        return cls.model_construct(**{name: getattr(race, name) for name in RaceFacts.model_fields})


@dataclass(frozen=True, slots=True)
class RaceList:
    """The races of one season of the Truck Series that count, in the order of the list.

    Attributes:
        path: of the document.
        year: the season.
        at: when it was asked for.
        races: those whose rows can be read.
        unreadable: NASCAR's ids of those whose rows cannot; they are on the list all the same.
        left_out: a line for each row that cannot be read.
    """

    path: str
    year: int
    at: datetime
    races: tuple[ListedRace, ...]
    unreadable: frozenset[int] = frozenset()
    left_out: tuple[str, ...] = ()
