"""What records are made of, as it was known at a moment: wins, streaks, totals and laps led, each with its races.

Laps are laps led, averages are places, margins are seconds. What is not known is None, as in ``db.models``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from db.models import Race, Track


@dataclass(frozen=True, slots=True)
class Scope:
    """Which races count: those at one track, by its key, those of one season, both, or all of them."""

    track: str | None = None
    season: int | None = None

    def holds(self, race: Race) -> bool:
        return self.track in {None, race.track.key} and self.season in {None, race.season}


@dataclass(frozen=True, slots=True)
class Win:
    """A win. ``driver`` is a key; ``start`` is the starting place; ``led`` are the laps that the winner led.

    ``margin`` is None where it is not on record, and of a race that ended under caution, where it says nothing.
    """

    race: Race
    driver: str
    number: str
    make: str | None
    team: str | None
    start: int | None
    led: int
    margin: float | None
    born: date | None


@dataclass(frozen=True, slots=True)
class Streak:
    """Starts of one driver that follow each other, be there races in between that the driver did not start."""

    driver: str
    length: int
    first: Race
    last: Race


@dataclass(frozen=True, slots=True)
class Total:
    """What all starts of one driver add up to; there is at least one. ``led`` is None where it was not counted."""

    driver: str
    starts: int
    wins: int
    top_fives: int
    top_tens: int
    led: int | None
    best_finish: int
    average_finish: float
    first: Race
    last: Race


@dataclass(frozen=True, slots=True)
class LedAndLost:
    """The laps that a driver led in a race which another one won."""

    race: Race
    driver: str
    led: int


@dataclass(frozen=True, slots=True)
class Flow:
    """How often the caution came out in a race and how often the lead changed."""

    race: Race
    cautions: int | None
    lead_changes: int | None


@dataclass(frozen=True, slots=True)
class TrackHistory:
    """A track as of one moment.

    Attributes:
        track: the track.
        races: those run there, in order.
        wins: one of each of them.
        totals: everybody who started there.
        current: keys of those who started a race in the season of the day.
        flows: cautions and lead changes, of the races of which anything is on record beside the results.
        beside: other tracks that are taken for it, having the first word of its name in common.
        names: what to call the drivers, by key.
    """

    track: Track
    races: tuple[Race, ...]
    wins: tuple[Win, ...]
    totals: tuple[Total, ...]
    current: frozenset[str]
    flows: tuple[Flow, ...]
    beside: tuple[Track, ...]
    names: Mapping[str, str]
