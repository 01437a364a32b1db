"""How far a race was run: its laps, whether it was cut short, and which of its stages it never ended."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate

from db.models import Race, Result

OVERTIME = 2
"""Laps of racing in an attempt at a finish in overtime."""


def laps_run(race: Race, rows: Iterable[Result]) -> int | None:
    """The laps that were run: as on record, else those of whoever completed most; None where neither is known."""
    stored = race.outcome.laps if race.outcome else None
    return stored or max((row.laps for row in rows), default=0) or None


def scheduled_laps(race: Race, rows: Iterable[Result]) -> int | None:
    """The laps that were scheduled; None where they are not on record, or where the cautions on record contradict them.

    A race is longer only by overtime: a caution over the last scheduled lap, then up to two laps of racing after each
    caution. It is over early only under a caution. What NASCAR publishes as scheduled holds neither in some races.
    """
    due, run, outcome = race.scheduled_laps, laps_run(race, rows), race.outcome
    if due is None or run is None or outcome is None or not outcome.caution_periods or run == due:
        return due
    if run < due:
        return due if outcome.under_caution else None
    late = [each for each in outcome.caution_periods if each.to_lap >= due]
    racing = run - due - sum(min(each.to_lap, run) - max(each.from_lap, due + 1) + 1 for each in late)
    return due if late and late[0].from_lap <= due and racing <= OVERTIME * len(late) else None


def cut_short(race: Race, rows: Iterable[Result]) -> tuple[int, int] | None:
    """The laps run and the laps scheduled of a race that was called before its distance; None for any other."""
    run, due = laps_run(race, rows), scheduled_laps(race, rows)
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
