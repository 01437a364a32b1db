"""Compares what is recorded one by one with the totals beside it: laps led, leads, cautions, stage winners."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from db.models import Race, Result, Season


@dataclass(frozen=True, slots=True)
class Sum:
    """A total of a race that its parts do not give; ``what`` says both in one line."""

    round: int
    what: str


def differing_sums(season: Season) -> tuple[Sum, ...]:
    """Every total of a season that differs from the sum of what is recorded of it, in order of round.

    Where nothing is recorded one by one, as who led before 2018, there is nothing to compare.
    """
    return tuple(
        Sum(race.round, what)
        for race in season.races
        if race.outcome is not None and race.round in season.results
        for what in _of_race(season, race, season.results[race.round])
    )


def _of_race(season: Season, race: Race, rows: tuple[Result, ...]) -> Iterator[str]:
    yield from _laps_led(race, rows)
    yield from _leads(season, race, rows)
    yield from _cautions(race)
    yield from _stage_winners(season, race, rows)


def _laps_led(race: Race, rows: tuple[Result, ...]) -> Iterator[str]:
    assert race.outcome is not None
    led, run = sum(row.led for row in rows), race.outcome.laps
    if run is not None and 0 < led < run:
        yield f"{led} of {run} laps have a leader on record; the others are not known or missing"


def _leads(season: Season, race: Race, rows: tuple[Result, ...]) -> Iterator[str]:
    assert race.outcome is not None
    if not race.outcome.leads:
        return
    one_by_one: Counter[str] = Counter()
    for lead in race.outcome.leads:
        one_by_one[lead.driver] += lead.laps
    total = {row.driver: row.led for row in rows}
    for driver in sorted(one_by_one | total):
        if one_by_one[driver] != total.get(driver, 0):
            name = season.name_of(driver)
            yield f"{name} led {total.get(driver, 0)} laps by the results, {one_by_one[driver]} by who led when"


def _cautions(race: Race) -> Iterator[str]:
    assert race.outcome is not None
    periods = race.outcome.caution_periods
    if not periods:
        return
    laps = sum(period.laps for period in periods)
    for stated, counted, what in (
        (race.outcome.cautions, len(periods), "cautions"),
        (race.outcome.caution_laps, laps, "laps under caution"),
    ):
        if stated is not None and stated != counted:
            yield f"{stated} {what} are stated, {counted} are listed"


def _stage_winners(season: Season, race: Race, rows: tuple[Result, ...]) -> Iterator[str]:
    assert race.outcome is not None
    for index, stated in enumerate(race.outcome.stage_winners):
        firsts = [row.driver for row in rows if len(row.stages) > index and row.stages[index].finish == 1]
        if stated is not None and firsts and firsts != [stated]:
            names = " and ".join(season.name_of(driver) for driver in firsts)
            yield f"{season.name_of(stated)} is the stated winner of stage {index + 1}, {names} finished it first"
