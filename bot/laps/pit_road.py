"""The race off pit road: trucks that came in together under yellow, in the order in which they came in and went out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from db.laps.models import PitStop, StopFlag

TOGETHER = 45_000
"""Trucks come in together as long as each follows the one before it within this many milliseconds."""


def is_stop(visit: PitStop) -> bool:
    """Whether a truck stopped, rather than driving through pit road."""
    return visit.tires is not None or visit.stopped_time is not None


def places_off_pit_road(visits: Sequence[PitStop]) -> dict[PitStop, int]:
    """By stop, how many places were won against the trucks that came in at the same time; below 0 for places lost.

    NASCAR's own running positions at both ends of pit road count the trucks that stayed out as well, and mostly those
    that have not come in yet. Only stops under yellow count, since under green nobody races off pit road together,
    and of a truck that came in twice the first.

    Args:
        visits: of a race, all trucks.
    """
    gained: dict[PitStop, int] = {}
    for group in _together(visits):
        if len(group) < 2:
            continue
        out = sorted(group, key=lambda each: each.went_out_at or 0)
        gained |= {stop: place - out.index(stop) for place, stop in enumerate(group)}
    return gained


def _together(visits: Sequence[PitStop]) -> Iterator[list[PitStop]]:
    """Groups of stops of different trucks, each in the order in which they came in."""
    timed = [each for each in visits if each.flag is StopFlag.YELLOW and is_stop(each) and each.went_out_at]
    group: list[PitStop] = []
    last = 0
    for stop in sorted(timed, key=lambda each: each.came_in_at or 0):
        came_in = stop.came_in_at or 0
        if group and came_in - last > TOGETHER:
            yield group
            group = []
        last = came_in
        if all(stop.number != each.number for each in group):
            group.append(stop)
    if group:
        yield group
