"""Laps for tests of recorded races, in the shape in which they are held; and those beside a maintainers' checkout."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from db.models import Race, Season

SHARED = Path(__file__).parents[4] / "shared" / "data" / "history" / "truck_laps_2023-2025.csv.gz"
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="the laps beside a maintainers' checkout are not here")


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


@cache
def _rows() -> Mapping[tuple[int, int], Mapping[tuple[str, int], tuple[Lap, ...]]]:
    races: dict[tuple[int, int], dict[tuple[str, int], list[Lap]]] = {}
    with gzip.open(SHARED, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            race = races.setdefault((int(row["season"]), int(row["round"])), {})
            seconds = round(float(row["seconds"]) * 1000) if row["seconds"] else None
            position = int(row["position"]) if row["position"] else None
            race.setdefault((row["number"], int(row["driver_id"])), []).append(Lap(seconds, position))
    return {key: {truck: tuple(laps) for truck, laps in race.items()} for key, race in races.items()}


def shared_races() -> Sequence[tuple[int, int]]:
    return sorted(_rows())


def shared_laps(season: Season, race: Race) -> Laps:
    """Every lap of a race, its drivers by key."""
    drivers = {row.entry.number: row.driver for row in season.results[race.round]}
    ids = {driver.nascar_id: key for key, driver in season.drivers.items() if driver.nascar_id}
    trucks = [
        Truck(number, ids.get(driver) or drivers.get(number, number), laps)
        for (number, driver), laps in _rows()[season.year, race.round].items()
    ]
    return Laps(tuple(trucks))
