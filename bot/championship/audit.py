"""Checks a season's results for contradictions, and for totals that are not the sum of their parts.

A race or stage that contradicts itself (two winners, say) is left out of every computation, and the answer says so.
A driver's total that does not add up is believed, since officials correct points after a race, and only listed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from bot.championship.formats import Format, format_of
from bot.championship.scores import most_laps_led, penalty_points, unpaid
from db.models import Race, Result, Season, StageScore

STAGE_SCORERS = 10


@dataclass(frozen=True, slots=True)
class Fault:
    """A contradiction in a race's results: ``what`` describes it, ``stage`` is set if it concerns one stage alone."""

    round: int
    what: str
    stage: int | None = None


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A driver's stored points of a race beside what finish, stages, leading, fastest lap and penalties add up to."""

    round: int
    driver: str
    stored: int
    computed: int


def faults(season: Season) -> tuple[Fault, ...]:
    """Every contradiction in the results, in order of round."""
    known = {race.round for race in season.races}
    found: list[Fault] = []
    for number in sorted(season.results):
        rows = season.results[number]
        if number not in known:
            found.append(Fault(number, f"results of a race {number} that is not on the schedule"))
            continue
        found += [Fault(number, what) for what in race_faults([(row.driver, row.finish) for row in rows])]
        found += [Fault(number, what, stage) for stage, what in _stage_faults(rows)]
    return tuple(found)


def race_faults(finishes: Sequence[tuple[str, int]]) -> Iterator[str]:
    """What contradicts itself in who finished where, each as a driver's key and a place, in words."""
    places = Counter(finish for _, finish in finishes)
    if finishes and places[1] != 1:
        yield f"{places[1]} winners" if places[1] else "no winner"
    shared = sorted(place for place, count in places.items() if count > 1 and place > 1)
    if shared:
        yield f"{places[shared[0]]} drivers in place {shared[0]}"
    twice = [driver for driver, count in Counter(driver for driver, _ in finishes).items() if count > 1]
    if twice:
        yield f"{twice[0]} is in it twice"


def _stage_faults(rows: tuple[Result, ...]) -> Iterator[tuple[int, str]]:
    for index in range(max((len(row.stages) for row in rows), default=0)):
        placed = Counter(row.stages[index].finish for row in rows if len(row.stages) > index)
        placed.pop(None, None)
        scorers = sum(placed.values())
        if scorers > STAGE_SCORERS:
            yield index + 1, f"{scorers} scorers in stage {index + 1}"
        elif any(count > 1 for count in placed.values()):
            place = min(place for place, count in placed.items() if count > 1 and place is not None)
            yield index + 1, f"two drivers in place {place} of stage {index + 1}"


def without_faults(season: Season, found: Iterable[Fault]) -> Season:
    """The season without the races, and without the stage results, in which a fault was found.

    The very same object is returned where there is nothing to leave out, so that what is kept for it still applies.
    """
    races = {fault.round for fault in found if fault.stage is None}
    stages = {(fault.round, fault.stage) for fault in found if fault.stage is not None}
    if not races and not stages:
        return season
    results = {
        number: tuple(_without(row, {stage for at, stage in stages if at == number}) for row in rows)
        for number, rows in season.results.items()
        if number not in races
    }
    outcomes = tuple(
        _outcome_without(race, {stage for at, stage in stages if at == race.round}) for race in season.races
    )
    return replace(season, races=outcomes, results=MappingProxyType(results))


def _without(row: Result, stages: set[int | None]) -> Result:
    if not stages:
        return row
    kept = tuple(StageScore() if index in stages else score for index, score in enumerate(row.stages, 1))
    return replace(row, stages=kept)


def _outcome_without(race: Race, stages: set[int | None]) -> Race:
    if not stages or race.outcome is None:
        return race
    winners = tuple(None if index in stages else who for index, who in enumerate(race.outcome.stage_winners, 1))
    return replace(race, outcome=replace(race.outcome, stage_winners=winners))


def mismatches(season: Season) -> tuple[Mismatch, ...]:
    """Stored totals that are not the sum of their parts. Races whose stages are not on record are skipped."""
    rules = format_of(season.year)
    found = []
    for race in season.run:
        for row in season.results[race.round]:
            if not row.entry.eligible or unpaid(row, rules) or (rules.stage and row.stage_points is None):
                continue
            computed = points_from_parts(season, row, rules)
            if computed == row.points or (_is_finale(season, race, rules) and _finish_alone(season, row, rules)):
                continue
            found.append(Mismatch(race.round, row.driver, row.points, computed))
    return tuple(found)


def points_from_parts(season: Season, row: Result, rules: Format) -> int:
    """The points that a result should pay: finish, stages, leading, fastest lap, and the penalties of its race."""
    lap = rules.fastest_lap if row.fastest_lap else 0
    leading = rules.leading_points(row.led, most_laps_led(season.results[row.entry.round]))
    return rules.finish_points(row.finish) + (row.stage_points or 0) + leading + lap + penalty_points(season, row)


def _is_finale(season: Season, race: Race, rules: Format) -> bool:
    return bool(rules.rounds) and rules.rounds[-1].finish_only and race.round == len(season.races)


def _finish_alone(season: Season, row: Result, rules: Format) -> bool:
    """Whether the stored total is the finish alone, as it is for the finalists of the finale."""
    return row.points == rules.finish_points(row.finish) + penalty_points(season, row)
