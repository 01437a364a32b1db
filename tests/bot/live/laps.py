"""Laps for tests of recorded races, in the shape in which they are held; and those that come with the program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from db.laps.bundled import race_lines, read_race
from db.laps.models import RaceLaps, TruckLaps
from db.laps.packing import unpack
from tests.seasons import bundled_seasons


class Lap(NamedTuple):
    milliseconds: int | None
    position: int | None


class Stop(NamedTuple):
    number: str
    lap: int


@dataclass(frozen=True)
class Truck:
    number: str
    driver: str
    laps: tuple[Lap, ...]


@dataclass(frozen=True)
class Laps:
    trucks: tuple[Truck, ...]
    stops: tuple[Stop, ...] | None = None


def no_laps() -> Laps:
    return Laps(())


def laps_of(orders: Sequence[Sequence[str]], numbers: Mapping[str, str], stops: Sequence[Stop] = ()) -> Laps:
    """From the running order at the end of each lap, as drivers, the start first; a lap takes 30 s, a place 0.1 s."""
    found: dict[str, list[Lap]] = {}
    for lap, order in enumerate(orders):
        for place, driver in enumerate(order, 1):
            own = found.setdefault(driver, [])
            gained = (own[-1].position or 0) - place if own else 0
            own.append(Lap(30_000 - 100 * gained if lap else None, place))
    return Laps(tuple(Truck(numbers[driver], driver, tuple(own)) for driver, own in found.items()), tuple(stops))


def bundled_races(year: int) -> Iterator[tuple[int, RaceLaps]]:
    """NASCAR's id and the laps of each race whose laps come with the program; the drivers of the season by key."""
    season = next(each for each in bundled_seasons() if each.year == year)
    ids = {driver.nascar_id: key for key, driver in season.drivers.items() if driver.nascar_id}
    for line in race_lines(year):
        race = read_race(line)
        trucks = [TruckLaps(each.number, ids[each.driver], unpack(each.packed)) for each in race.trucks]
        yield race.race, RaceLaps(tuple(trucks), race.stops)
