"""How fast a driver was in the green-flag runs, where that is truly known."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate

from bot.laps.runs import Run
from db.laps.models import RaceLaps, TruckLaps

LEAST = 5
"""Of fewer laps a pace says little."""
CLOSE = 2_000
"""Lap times added up are this many milliseconds off at most; who is as close to being lapped as that may be lapped."""


@dataclass(frozen=True, slots=True)
class RunPace:
    """The mean lap of a driver in a run, in milliseconds.

    ``run`` are the laps that count: without the first one, that of the restart, and the last one, in which the yellow
    flag may have come out; a caution is counted from the lap after that on.
    """

    run: Run
    milliseconds: float


def paces(held: RaceLaps, runs: Iterable[Run], truck: TruckLaps) -> tuple[RunPace, ...]:
    """The pace in each run in which it is known, in order.

    It is where pit road is on record and the truck was not on it, every lap is timed, and the truck was on the lead lap
    all along: the laps of one that was lapped are not those between which the flag was green.
    """
    if held.stops is None:
        return ()
    own, leader = _clock(truck), _leader(held)
    visited = {visit.lap for visit in held.stops_of(truck.number)}
    found = []
    for run in runs:
        whole, counted = range(run.first, run.last + 1), Run(run.first + 1, run.last - 1)
        if counted.laps < LEAST or visited & {run.first - 1, *whole} or not _on_the_lead_lap(own, leader, whole):
            continue
        times = [truck.laps[lap].milliseconds for lap in range(counted.first, counted.last + 1)]
        found.append(RunPace(counted, statistics.fmean(time for time in times if time is not None)))
    return tuple(found)


def _clock(truck: TruckLaps) -> dict[int, int]:
    """By lap, when the truck had completed it, as far as every lap up to it is timed."""
    times = [lap.milliseconds for lap in truck.laps[1:]]
    timed = times[: times.index(None)] if None in times else times
    return dict(enumerate(accumulate(time for time in timed if time is not None), 1))


def _leader(held: RaceLaps) -> dict[int, int]:
    """By lap, when the first truck had completed it."""
    first: dict[int, int] = {}
    for truck in held.trucks:
        for lap, moment in _clock(truck).items():
            first[lap] = min(moment, first.get(lap, moment))
    return first


def _on_the_lead_lap(own: Mapping[int, int], leader: Mapping[int, int], laps: Iterable[int]) -> bool:
    """Whether the truck completed each of the laps before the leader had completed one more."""
    return all(lap in own and (lap + 1 not in leader or own[lap] + CLOSE < leader[lap + 1]) for lap in laps)
