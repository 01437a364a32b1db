"""NASCAR's lap times and pit road as the laps of a race that are kept; pure."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from bot.feeds.schemas.timing import LapTimes, PitStop, TruckLaps
from bot.feeds.schemas.values import without_markers
from db.laps.models import Lap, PackedRace, PackedTruck, StopFlag, Tires
from db.laps.models import PitStop as KeptStop
from db.laps.packing import pack

KEPT_FROM = 2026
"""From this season on laps are kept from the feeds; those of the seasons before come with the program."""
NINES = 9_999
"""So many seconds or more are a row of nines, written where nothing was measured."""
LAST_PLACE = 60
FLAGS = {1: StopFlag.GREEN, 2: StopFlag.YELLOW, 3: StopFlag.RED}
"""The flags under which a race is run; before it and after it trucks drive through pit road as well."""
TIRES = {
    "FOUR_WHEEL_CHANGE": Tires.FOUR,
    "TWO_WHEEL_CHANGE_RIGHT": Tires.RIGHT,
    "TWO_WHEEL_CHANGE_LEFT": Tires.LEFT,
    "ONE_WHEEL_CHANGE": Tires.ONE,
}


def laps_to_keep(race: int, times: LapTimes, stops: Iterable[PitStop] | None) -> PackedRace:
    """The laps of a race, whatever cannot have been left out.

    Args:
        race: NASCAR's id.
        times: the lap times of the whole race.
        stops: the rows of pit road; None where there is no document.
    """
    least = times.least or 0.0
    trucks: dict[str, tuple[TruckLaps, int]] = {}
    for truck in times.laps:
        last = max((lap.number or 0 for lap in truck.laps or ()), default=0)
        if truck.number is None or truck.driver_id is None or last < 1:
            continue
        # A truck that stands there twice is the one that raced.
        if truck.number not in trucks or trucks[truck.number][1] < last:
            trucks[truck.number] = truck, last
    packed = [
        PackedTruck(number, truck.driver_id or 0, pack(_laps(truck, last, least)))
        for number, (truck, last) in trucks.items()
    ]
    return PackedRace(race, tuple(packed), None if stops is None else _stops(stops, trucks))


def _laps(truck: TruckLaps, last: int, least: float) -> list[Lap]:
    """The laps by number from the start on; a lap of which nothing can be right is one of which nothing is known."""
    found = [Lap(None, None)] * (last + 1)
    for lap in truck.laps or ():
        if lap.number is None:
            continue
        place = lap.position if lap.position and lap.position <= LAST_PLACE else None
        if lap.seconds is None or not lap.number:
            found[lap.number] = Lap(None, place)
        elif least <= lap.seconds < NINES:
            found[lap.number] = Lap(round(lap.seconds * 1000), place)
    return found


def _stops(rows: Iterable[PitStop], trucks: dict[str, tuple[TruckLaps, int]]) -> tuple[KeptStop, ...]:
    """The visits to pit road while the race was run, each once, in the order in which the trucks came in."""
    found: dict[tuple[str, int | None, int], KeptStop] = {}
    for row in rows:
        number, lap = row.vehicle_number, row.lap_count
        flag = FLAGS.get(row.pit_in_flag_status or 0)
        if number is None or lap is None or flag is None or number not in trucks:
            continue
        truck, last = trucks[number]
        if not row.is_stop(last) or not _is_of(row, truck):
            continue
        stop = KeptStop(
            *(number, lap, flag, _milliseconds(row.pit_in_race_time)),
            *(_milliseconds(row.total_duration), _milliseconds(row.pit_stop_duration)),
            TIRES.get(row.pit_stop_type or ""),
            *(_place(row.pit_in_rank), _place(row.pit_out_rank)),
        )
        found.setdefault((number, stop.came_in_at, 0 if stop.came_in_at else lap), stop)
    return tuple(sorted(found.values(), key=lambda stop: (stop.came_in_at or 0, stop.number)))


def _is_of(row: PitStop, truck: TruckLaps) -> bool:
    """Whether a row is this truck's: those of another series' races, whose trucks bear the same numbers, were seen."""
    names = [without_markers(name)[0].casefold() for name in (row.driver_name, truck.full_name) if name]
    return all(one.split()[-1:] == other.split()[-1:] for one, other in pairwise(names))


def _milliseconds(seconds: float | None) -> int | None:
    """None where it was not measured, which is written as -1."""
    return round(seconds * 1000) or None if seconds is not None and seconds > 0 else None


def _place(rank: int | None) -> int | None:
    return rank if rank and rank <= LAST_PLACE else None
