"""The green-flag runs of a race, from one caution to the next, and who gained most places in each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from db.laps.models import RaceLaps
from db.models import Outcome

SHORTEST = 3
"""A run of fewer laps says little about who moved."""
MOST_SHARING = 3
"""Where more drivers than this gained equally many places nobody stands out."""


@dataclass(frozen=True, slots=True)
class Run:
    """Laps under green between two cautions, both inclusive."""

    first: int
    last: int

    @property
    def laps(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Move:
    """From which running position to which a driver, by key, went in a run."""

    driver: str
    run: Run
    before: int
    after: int

    @property
    def gained(self) -> int:
        """Places won; below 0 places lost."""
        return self.before - self.after


def green_runs(outcome: Outcome | None, laps: int | None) -> tuple[Run, ...]:
    """The runs of a race, in order; none where its cautions are not all on record.

    Args:
        outcome: of the race.
        laps: how many were run.
    """
    if outcome is None or not laps or outcome.cautions is None or len(outcome.caution_periods) != outcome.cautions:
        return ()
    first, runs = 1, []
    for period in outcome.caution_periods:
        runs.append(Run(first, period.from_lap - 1))
        first = period.to_lap + 1
    runs.append(Run(first, laps))
    return tuple(run for run in runs if run.laps > 0)


def moves(held: RaceLaps, run: Run) -> list[Move]:
    """How each truck that completed a run moved in it, from the order of its start, which is that of the restart."""
    found = []
    for truck in held.trucks:
        before, after = truck.position(run.first - 1), truck.position(run.last)
        if before is not None and after is not None:
            found.append(Move(truck.driver, run, before, after))
    return found


def biggest_movers(held: RaceLaps, run: Run) -> tuple[Move, ...]:
    """Who gained most places in a run, those level with each other together, the one who got farthest first.

    Nobody where the run is short, nobody gained, or too many are level.
    """
    if run.laps < SHORTEST:
        return ()
    moved = moves(held, run)
    most = max((move.gained for move in moved), default=0)
    first = sorted((move for move in moved if move.gained == most), key=lambda move: move.after)
    return tuple(first) if most > 0 and len(first) <= MOST_SHARING else ()


def best_run(held: RaceLaps, runs: Iterable[Run], driver: str) -> Move | None:
    """The run in which a driver gained most places; None where there is none in which they gained any."""
    own = [move for run in runs for move in moves(held, run) if move.driver == driver and move.gained > 0]
    return max(own, key=lambda move: move.gained, default=None)
