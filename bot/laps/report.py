"""What the laps add to the story of a race: its runs with their biggest movers, and the race off pit road."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from bot.laps.pit_road import is_stop, places_off_pit_road
from bot.laps.runs import Move, Run, biggest_movers, green_runs
from db.laps.models import RaceLaps
from db.models import Race, Result


@dataclass(frozen=True, slots=True)
class RunMoves:
    """A run and who gained most places in it; nobody where nobody stands out."""

    run: Run
    movers: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class PitGain:
    """A driver, by key, and the places won off pit road in all stops under yellow together."""

    driver: str
    places: int
    stops: int


@dataclass(frozen=True, slots=True)
class RaceReport:
    """The report of a race.

    Attributes:
        runs: the green-flag runs in order; none where the cautions are not all on record.
        winner_stops: the laps after which the winner stopped; None where pit road is not on record.
        pit_gain: who won most places off pit road; None where nobody stands out.
    """

    runs: tuple[RunMoves, ...]
    winner_stops: tuple[int, ...] | None = None
    pit_gain: PitGain | None = None

    @property
    def biggest(self) -> Move | None:
        """The biggest move of all runs; None where nobody stands out."""
        every = [move for each in self.runs for move in each.movers]
        most = max((move.gained for move in every), default=0)
        first = [move for move in every if move.gained == most]
        return first[0] if len(first) == 1 else None


def report_of(race: Race, rows: Sequence[Result], laps: int | None, held: RaceLaps) -> RaceReport:
    """The report of a race with results.

    Args:
        race: the race, with its outcome.
        rows: its results.
        laps: how many were run; None where that is not known.
        held: its laps.
    """
    runs = tuple(RunMoves(run, biggest_movers(held, run)) for run in green_runs(race.outcome, laps))
    if held.stops is None:
        return RaceReport(runs)
    won = next((row.entry.number for row in rows if row.finish == 1), None)
    stops = tuple(stop.lap for stop in held.stops_of(won) if is_stop(stop)) if won is not None else None
    return RaceReport(runs, stops, _pit_gain(held))


def _pit_gain(held: RaceLaps) -> PitGain | None:
    by_number: dict[str, list[int]] = defaultdict(list)
    for stop, places in places_off_pit_road(held.stops or ()).items():
        by_number[stop.number].append(places)
    drivers = {truck.number: truck.driver for truck in held.trucks}
    most = max((sum(each) for each in by_number.values()), default=0)
    first = [number for number, each in by_number.items() if sum(each) == most and number in drivers]
    if most <= 0 or len(first) != 1:
        return None
    return PitGain(drivers[first[0]], most, len(by_number[first[0]]))
