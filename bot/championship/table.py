"""The points table: who has how many points, in what order, and how that changed with the last race.

These are full-season points: no playoff reset, no seeding. Drivers who score points in another series are not listed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from db.models import Entry, Race, Result, Season

END_OF_FINISHES = 1_000
"""Ends a driver's list of finishes when two lists are compared, so that one more finish of any kind is better."""


@dataclass(frozen=True, slots=True)
class PointsStanding:
    """A driver's place in the points table.

    ``points``, ``position`` and ``gap`` (points behind the leader) come from points-paying starts alone.
    ``starts``, ``wins``, ``top_fives``, ``top_tens``, ``stage_wins``, ``led`` (laps) and ``average_finish`` count every
    start of the season, so that they agree with the driver's own record. ``number`` and ``make`` are those of
    the latest entry. ``change`` is places gained (below 0: lost) with the last race that has results; None where the
    driver was not in the table before it, or where that race is the first.
    """

    position: int
    driver: str
    number: str | None
    make: str | None
    points: int
    gap: int
    wins: int
    top_fives: int
    top_tens: int
    stage_wins: int
    starts: int
    led: int
    average_finish: float | None
    change: int | None


@dataclass(slots=True)
class _Tally:
    """What is added up for one driver, race by race."""

    points: int = 0
    paying: list[int] = field(default_factory=list)
    finishes: list[int] = field(default_factory=list)
    placed: list[tuple[int, int]] = field(default_factory=list)
    stage_wins: int = 0
    led: int = 0
    entry: Entry | None = None

    def add(self, result: Result, nth: int) -> None:
        """Adds the result of the season's ``nth`` race; races come in the order in which they were run."""
        self.entry = entry = result.entry
        self.finishes.append(result.finish)
        self.placed.append((result.finish, nth))
        self.led += result.led
        if entry.eligible:
            self.points += result.points
            self.paying.append(result.finish)


def points_table(season: Season) -> tuple[PointsStanding, ...]:
    """The table of the season as it stands, best first, positions 1 to n without gaps.

    Only drivers with a points-paying start are in it. Ties go to most wins, then most seconds, thirds and so on among
    points-paying starts, then the same among all starts, then to the driver whose best finishes came earlier in the
    season, then to the name. NASCAR's own final table of 2025 is in this order down to its last place.
    """
    tallies: dict[str, _Tally] = {}
    before: dict[str, int] = {}
    latest = season.latest
    for nth, race in enumerate(season.run, 1):
        if race is latest:
            before = {key: place for place, key in enumerate(_order(season, tallies), 1)}
        _add(tallies, race, season.results[race.round], nth)
    _use_absent_entries(tallies, season)
    order = _order(season, tallies)
    most = tallies[order[0]].points if order else 0
    return tuple(
        _points_standing(place, key, tallies[key], most, before.get(key)) for place, key in enumerate(order, 1)
    )


def stage_winners(race: Race, results: Iterable[Result]) -> tuple[str | None, ...]:
    """Who won each stage, as keys; None where that is not on record.

    The list stored with the race comes first; where that has a gap, the driver whose stage finish is 1. The last part
    of a race ends with its finish and is not among the stages.
    """
    named = race.outcome.stage_winners if race.outcome else ()
    if named and None not in named:
        return named
    found: dict[int, str] = {}
    for result in results:
        for index, stage in enumerate(result.stages):
            if stage.finish == 1:
                found[index] = result.entry.driver
    count = max(len(named), len(race.stage_laps) - 1, max(found, default=-1) + 1)
    return tuple((named[i] if i < len(named) else None) or found.get(i) for i in range(count))


def _add(tallies: dict[str, _Tally], race: Race, results: Iterable[Result], nth: int) -> None:
    for result in results:
        key = result.entry.driver
        tally = tallies.get(key)
        if tally is None:
            tally = tallies[key] = _Tally()
        tally.add(result, nth)
    for winner in stage_winners(race, results):
        if winner in tallies:
            tallies[winner].stage_wins += 1


def _use_absent_entries(tallies: dict[str, _Tally], season: Season) -> None:
    """Takes number and make from an entry that did not race, where it is later than the driver's last start."""
    for entries in season.absent.values():
        for entry in entries:
            tally = tallies.get(entry.driver)
            if tally is None or tally.entry is None:
                continue
            if season.order.get(entry.round, 0) > season.order[tally.entry.round]:
                tally.entry = entry


def _order(season: Season, tallies: dict[str, _Tally]) -> list[str]:
    """The keys of the drivers in the table, best first; see ``points_table`` for ties."""

    def rank(key: str) -> tuple[int, list[int], list[int], list[int], str, str]:
        tally = tallies[key]
        driver = season.drivers.get(key)
        placed = sorted(tally.placed)
        return (
            -tally.points,
            [*sorted(tally.paying), END_OF_FINISHES],
            [*(finish for finish, _ in placed), END_OF_FINISHES],
            [number for _, number in placed],
            driver.name.casefold() if driver else key,
            key,
        )

    return sorted((key for key, tally in tallies.items() if tally.paying), key=rank)


def _points_standing(position: int, key: str, tally: _Tally, most: int, before: int | None) -> PointsStanding:
    finishes = tally.finishes
    return PointsStanding(
        position=position,
        driver=key,
        number=tally.entry.number if tally.entry else None,
        make=tally.entry.make if tally.entry else None,
        points=tally.points,
        gap=most - tally.points,
        wins=sum(f == 1 for f in finishes),
        top_fives=sum(f <= 5 for f in finishes),
        top_tens=sum(f <= 10 for f in finishes),
        stage_wins=tally.stage_wins,
        starts=len(finishes),
        led=tally.led,
        average_finish=sum(finishes) / len(finishes),
        change=None if before is None else before - position,
    )
