"""How far a race was run: its laps, whether it was cut short, and which of its stages it never ended."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate

from db.models import Race, Result


def laps_run(race: Race, rows: Iterable[Result]) -> int | None:
    """The laps that were run: as on record, else those of whoever completed most; None where neither is known."""
    stored = race.outcome.laps if race.outcome else None
    return stored or max((row.laps for row in rows), default=0) or None


def cut_short(race: Race, rows: Iterable[Result]) -> tuple[int, int] | None:
    """The laps run and the laps scheduled of a race that was called before its distance; None for any other."""
    run, due = laps_run(race, rows), race.scheduled_laps
    return (run, due) if run and due and run < due else None


def stages_not_run(race: Race, rows: Iterable[Result]) -> frozenset[int]:
    """The stages, counted from 1, that the race was over too soon to end; the last part of a race is no stage.

    A stage whose winner is on record was run, whatever the laps say.
    """
    rows = list(rows)
    run = laps_run(race, rows)
    if run is None:
        return frozenset()
    named = race.outcome.stage_winners if race.outcome else ()
    won = {number for number, who in enumerate(named, 1) if who is not None}
    won |= {number for row in rows for number, stage in enumerate(row.stages, 1) if stage.finish is not None}
    ends = enumerate(accumulate(race.stage_laps[:-1]), 1)
    return frozenset(number for number, end in ends if run < end and number not in won)
