"""The running order of a race: the first ten, contenders wherever they run, who gained and who is out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from bot.render.formatting import count, escape, joined, name_of, ordinal
from bot.render.tables import Column, initialled, table
from db.live.models import LiveState, LiveTruck, TruckStatus
from db.models import Season

TOP = 10
GAINED, LOST = 2, 1
"""How many of those who gained, and who lost, most places are named."""
LEAST_PLACES = 3
"""Fewer places gained or lost are no news."""
MOST_OUT = 6
NAME_WIDTH = 22
CONTENDERS = "playoff drivers"

_ORDER = (
    Column("", right=True),
    Column("No", right=True),
    Column("Driver", gives_way=True),
    Column("Gap", right=True),
    Column("Stop", right=True),
)
_START = (Column("St", right=True), Column("No", right=True), Column("Driver", gives_way=True))


def name_in(season: Season, truck: LiveTruck) -> str:
    """The driver's name, as the store has it where it knows the driver; not escaped."""
    return name_of(season, truck.driver) if truck.driver is not None else truck.name


def _short(season: Season, truck: LiveTruck) -> str:
    return escape(initialled(name_in(season, truck)), NAME_WIDTH)


def order_table(season: Season, state: LiveState, contenders: Collection[str]) -> str:
    """The first ten with gap and last stop, then the contenders behind them."""
    first, rest = state.trucks[:TOP], state.trucks[TOP:]
    behind = [truck for truck in rest if truck.driver in contenders]
    rows = [_row(season, truck) for truck in (*first, *behind)]
    return table(_ORDER, rows, {len(first): CONTENDERS} if behind else None) if rows else ""


def _row(season: Season, truck: LiveTruck) -> Sequence[str]:
    stop = "pit" if truck.status is TruckStatus.PITS else str(truck.last_stop or "–")
    return str(truck.position), truck.number, name_in(season, truck), gap(truck), stop


def gap(truck: LiveTruck) -> str:
    """``1.021``, ``-2 laps``, ``out``; a dash for the leader, a question mark where it is not known."""
    if truck.disqualified:
        return "DQ"
    if truck.out:
        return "out"
    if truck.position == 1:
        return "–"
    if truck.laps_down:
        return f"-{count(truck.laps_down, 'lap')}"
    if not truck.gap:
        return "?"  # two trucks are never level, and before the first lap nobody is behind
    return f"{truck.gap:.3f}" if truck.gap < TOP else f"{truck.gap:.1f}"


class GridPlace(NamedTuple):
    """Where a truck starts; ``driver`` is a key, None for somebody who is not on record, and ``name`` is shown."""

    start: int
    number: str
    driver: str | None
    name: str


def grid_of(season: Season, state: LiveState) -> list[GridPlace]:
    """The starting order as the live timing has it, as far as it has one."""
    return [
        GridPlace(truck.start, truck.number, truck.driver, name_in(season, truck))
        for truck in state.trucks
        if truck.start is not None
    ]


def starting_order(grid: Iterable[GridPlace], contenders: Collection[str]) -> str:
    """Who starts where: the first ten, then the contenders; empty where that is not known."""
    known = sorted(grid, key=lambda place: (place.start, place.number))
    if not known:
        return ""
    first, behind = known[:TOP], [place for place in known[TOP:] if place.driver in contenders]
    rows = [(str(place.start), place.number, place.name) for place in (*first, *behind)]
    return table(_START, rows, {len(first): CONTENDERS} if behind else None)


def movers(season: Season, state: LiveState) -> list[str]:
    """Who gained and lost most places since the start, and since the last restart."""
    since_start = {truck.number: truck.start for truck in state.trucks if truck.start is not None}
    lines = [_moved(season, state, "Since the start", since_start)]
    if state.restart is not None and state.restart.lap < state.lap:
        places = {number: place for place, number in enumerate(state.restart.order, 1)}
        lines.append(_moved(season, state, f"Since the restart on lap {state.restart.lap}", places))
    return [line for line in lines if line]


def _moved(season: Season, state: LiveState, since: str, places: dict[str, int]) -> str:
    running = [truck for truck in state.trucks if not truck.out and truck.number in places]
    moved = sorted(running, key=lambda truck: truck.position - places[truck.number])
    up = [truck for truck in moved[:GAINED] if places[truck.number] - truck.position >= LEAST_PLACES]
    down = [truck for truck in moved[::-1][:LOST] if truck.position - places[truck.number] >= LEAST_PLACES]
    if not up and not down:
        return ""
    said = ", ".join(_move(season, truck, places[truck.number]) for truck in (*up, *down))
    return f"**{since}** {said}"


def _move(season: Season, truck: LiveTruck, before: int) -> str:
    sign = "+" if truck.position < before else "−"
    gained = f"{sign}{abs(before - truck.position)}"
    return f"{_short(season, truck)} {gained} ({ordinal(before)} to {ordinal(truck.position)})"


def out_of_it(season: Season, state: LiveState) -> str:
    """Who is out, the last of them first."""
    out = sorted((truck for truck in state.trucks if truck.out), key=lambda truck: -truck.laps)
    if not out:
        return ""
    named = [f"{_short(season, truck)} (lap {truck.laps})" for truck in out[:MOST_OUT]]
    more = len(out) - len(named)
    return f"**Out** {', '.join(named)} and {more} more" if more else f"**Out** {joined(named)}"
