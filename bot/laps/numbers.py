"""A driver's race in numbers, from the laps of the truck."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from bot.laps.pace import RunPace, paces
from bot.laps.pit_road import is_stop, places_off_pit_road
from bot.laps.runs import Move, best_run, green_runs
from db.laps.models import PitStop, RaceLaps, TruckLaps
from db.models import Race


@dataclass(frozen=True, slots=True)
class BestLap:
    """The fastest lap of a truck, in milliseconds."""

    lap: int
    milliseconds: int


@dataclass(frozen=True, slots=True)
class DriverNumbers:
    """A driver's race.

    Attributes:
        truck: the laps.
        average: the mean running position at the end of all laps; None without any.
        best_lap: the fastest lap; None where no lap is timed.
        highest, lowest: the best and the worst running position at the end of a lap.
        best_run: the green-flag run in which most places were gained; None where none was, or no runs are known.
        paces: in the runs in which the pace is known, in order.
        visits: to pit road, in order; None where pit road is not on record for this race.
        pit_places: by stop under yellow, the places won against those who came in at the same time.
    """

    truck: TruckLaps
    average: float | None
    best_lap: BestLap | None
    highest: int | None
    lowest: int | None
    best_run: Move | None
    paces: tuple[RunPace, ...]
    visits: tuple[PitStop, ...] | None
    pit_places: dict[PitStop, int]

    @property
    def stops(self) -> int:
        """How often the truck stopped, drive-throughs left out."""
        return sum(map(is_stop, self.visits or ()))


def numbers_of(race: Race, held: RaceLaps, driver: str, laps: int | None) -> DriverNumbers | None:
    """A driver's race; None where the driver has no laps in it.

    Args:
        race: the race, with its outcome.
        held: its laps.
        driver: by key.
        laps: how many were run; None where that is not known.
    """
    truck = held.of_driver(driver)
    if truck is None:
        return None
    positions = [lap.position for lap in truck.laps[1:] if lap.position is not None]
    timed = [(lap.milliseconds, number) for number, lap in enumerate(truck.laps) if number and lap.milliseconds]
    fastest = min(timed, default=None)
    places = places_off_pit_road(held.stops or ())
    runs = green_runs(race.outcome, laps)
    return DriverNumbers(
        truck=truck,
        average=statistics.fmean(positions) if positions else None,
        best_lap=BestLap(fastest[1], fastest[0]) if fastest is not None else None,
        highest=min(positions, default=None),
        lowest=max(positions, default=None),
        best_run=best_run(held, runs, driver),
        paces=paces(held, runs, truck),
        visits=None if held.stops is None else held.stops_of(truck.number),
        pit_places={stop: gained for stop, gained in places.items() if stop.number == truck.number},
    )
