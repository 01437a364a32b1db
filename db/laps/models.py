"""The laps of a race, truck by truck, and what was done on pit road.

Times are whole milliseconds. What is not on record is None, which includes laps whose time cannot be.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Lap(NamedTuple):
    """A lap of a truck: how long it took, and the running position at its end. Either may be unknown."""

    milliseconds: int | None
    position: int | None


class StopFlag(StrEnum):
    """The flag under which a truck came onto pit road."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class Tires(StrEnum):
    """Which tires were changed."""

    FOUR = "four"
    RIGHT = "right"
    LEFT = "left"
    ONE = "one"


@dataclass(frozen=True, slots=True)
class PitStop:
    """A visit to pit road, whether or not anything was done there.

    Attributes:
        number: the truck's.
        lap: how many laps the truck had completed when it came in.
        flag: shown as it came in.
        came_in_at: on the race's clock.
        road_time: from one end of pit road to the other.
        stopped_time: in the pit box.
        tires: which were changed; None where none were.
        place_in, place_out: the running positions as it came in and went out.
    """

    number: str
    lap: int
    flag: StopFlag
    came_in_at: int | None = None
    road_time: int | None = None
    stopped_time: int | None = None
    tires: Tires | None = None
    place_in: int | None = None
    place_out: int | None = None

    @property
    def went_out_at(self) -> int | None:
        """When it left pit road, on the race's clock."""
        return None if self.came_in_at is None or self.road_time is None else self.came_in_at + self.road_time


@dataclass(frozen=True, slots=True)
class TruckLaps:
    """The laps of a truck by their number; lap 0 is the start. ``driver`` is a key."""

    number: str
    driver: str
    laps: tuple[Lap, ...]

    @property
    def start(self) -> int | None:
        """The running position as the race began, which the grid may not be where somebody dropped to the rear."""
        return self.laps[0].position if self.laps else None

    @property
    def completed(self) -> int:
        """How many laps are held."""
        return max(len(self.laps) - 1, 0)

    def position(self, lap: int) -> int | None:
        """The running position at the end of a lap of the truck's own; None where it is not held."""
        return self.laps[lap].position if 0 <= lap < len(self.laps) else None


@dataclass(frozen=True, slots=True)
class PackedTruck:
    """The laps of a truck, packed for the store. ``driver`` is NASCAR's id of the driver."""

    number: str
    driver: int
    packed: bytes


@dataclass(frozen=True, slots=True)
class PackedRace:
    """The laps of a race, on their way into the store.

    Attributes:
        race: NASCAR's id of it.
        trucks: each number and driver once.
        stops: in the order in which the trucks came in; None where pit road is not on record.
    """

    race: int
    trucks: tuple[PackedTruck, ...]
    stops: tuple[PitStop, ...] | None


@dataclass(frozen=True, slots=True)
class RaceLaps:
    """Every lap of a race. ``stops`` are in the order in which the trucks came in; None where none are on record."""

    trucks: tuple[TruckLaps, ...]
    stops: tuple[PitStop, ...] | None = None

    def of_driver(self, driver: str) -> TruckLaps | None:
        """The laps of a driver, by key."""
        return next((truck for truck in self.trucks if truck.driver == driver), None)

    def stops_of(self, number: str) -> tuple[PitStop, ...]:
        """The visits of a truck to pit road."""
        return tuple(stop for stop in self.stops or () if stop.number == number)
