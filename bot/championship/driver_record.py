"""A driver's record of one season, and two drivers head to head.

Starts that pay no points, because the driver scores in another series, count here like any other start; only points and
position leave them out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from bot.championship.computed_season import ComputedSeason, DriverRace
from bot.championship.official import OfficialPlace, official_place
from db.models import Entry, Race, Result, Season

RECENT_RACES = 5
"""How many races ``last_five`` holds."""


@dataclass(frozen=True, slots=True)
class Totals:
    """What a driver did over the races of a season.

    ``laps`` are laps completed, ``laps_led`` laps led. ``average_start`` leaves out races whose start is not on
    record. ``dnfs`` are races in which the truck was not running at the finish. A disqualified truck is not among
    them, since it mostly took the flag, but among the ``disqualifications``; it is scored last, and that finish counts
    in the average. ``races`` is how many races of the season have results, with or without the driver;
    ``poles_known`` is how many of these have their pole on record, so that an answer can say that ``poles`` is
    incomplete. ``poles`` is None where no pole is on record.
    """

    races: int
    starts: int
    wins: int
    top_fives: int
    top_tens: int
    poles: int | None
    poles_known: int
    laps: int
    laps_led: int
    average_start: float | None
    average_finish: float | None
    best_finish: int | None
    stage_wins: int
    dnfs: int
    disqualifications: int


@dataclass(frozen=True, slots=True)
class Record(Totals):
    """A driver's season as it stands.

    ``number`` is that of the latest entry, raced or not; ``make``, ``team`` and ``crew_chief`` are the latest known of
    the driver's entries in that truck. ``rookie`` means a declared contender for Rookie of the Year; a rookie who
    entered a race or two without declaring is not one. ``points`` and ``position``
    are full-season, without a playoff reset; ``position`` is None without a points-paying start, and then ``eligible``
    is False unless the latest entry would have paid points. ``official`` is the place in the official standings, None
    where ``position`` is. ``last_five`` is newest first. ``champion`` says whether
    the driver won this season's championship.
    """

    driver: str
    year: int
    number: str
    make: str | None
    team: str | None
    crew_chief: str | None
    rookie: bool
    eligible: bool
    points: int
    position: int | None
    official: OfficialPlace | None
    champion: bool
    last_five: tuple[DriverRace, ...]


@dataclass(frozen=True, slots=True)
class SharedRace:
    """A race that both drivers started, with their results."""

    race: Race
    a: Result
    b: Result

    @property
    def ahead(self) -> str:
        """The key of the driver who finished ahead."""
        return self.a.driver if self.a.finish < self.b.finish else self.b.driver


@dataclass(frozen=True, slots=True)
class HeadToHead:
    """The races of a season that both drivers started, in order, and how often each finished ahead."""

    year: int
    a: str
    b: str
    pairs: tuple[SharedRace, ...]
    ahead_a: int
    ahead_b: int

    @property
    def shared_starts(self) -> int:
        return len(self.pairs)


def record(computed: ComputedSeason, driver_key: str) -> Record | None:
    """The driver's season as it stands; None without an entry in it."""
    season = computed.season
    lines = computed.races_of(driver_key)
    entries = _entries(season, driver_key, lines)
    if not entries:
        return None
    entry = entries[-1]
    # Results often come without the team, which is no less known for that.
    of_truck = [each for each in reversed(entries) if each.number == entry.number]
    place = next((line for line in computed.points_table if line.driver == driver_key), None)
    return Record(
        **_as_fields(_totals(computed, driver_key, lines)),
        driver=driver_key,
        year=season.year,
        number=entry.number,
        make=next((each.make for each in of_truck if each.make), None),
        team=next((each.team for each in of_truck if each.team), None),
        crew_chief=next((each.crew_chief for each in of_truck if each.crew_chief), None),
        rookie=driver_key in season.rookies,
        eligible=place is not None or entry.eligible,
        points=place.points if place else 0,
        position=place.position if place else None,
        official=official_place(computed, driver_key),
        champion=season.champion == driver_key,
        last_five=lines[: -RECENT_RACES - 1 : -1],
    )


def season_totals(computed: ComputedSeason) -> Mapping[str, Totals]:
    """What every driver did who started a race of the season, by key."""
    started = {result.driver for rows in computed.season.results.values() for result in rows}
    return {key: _totals(computed, key, computed.races_of(key)) for key in sorted(started)}


def head_to_head(computed: ComputedSeason, a: str, b: str) -> HeadToHead:
    """The two drivers' shared starts in the season as it stands."""
    theirs = {line.race.round: line.result for line in computed.races_of(b)}
    pairs = tuple(
        SharedRace(line.race, line.result, theirs[line.race.round])
        for line in computed.races_of(a)
        if line.race.round in theirs
    )
    return HeadToHead(
        year=computed.season.year,
        a=a,
        b=b,
        pairs=pairs,
        ahead_a=sum(pair.a.finish < pair.b.finish for pair in pairs),
        ahead_b=sum(pair.b.finish < pair.a.finish for pair in pairs),
    )


def _entries(season: Season, driver_key: str, lines: Sequence[DriverRace]) -> list[Entry]:
    """The driver's entries as the races were run, including those that did not race.

    Of two in one race the one that raced comes last.
    """
    entries = [entry for rows in season.absent.values() for entry in rows if entry.driver == driver_key]
    entries += [line.result.entry for line in lines]
    return sorted(entries, key=lambda entry: season.order.get(entry.round, 0))


def _totals(computed: ComputedSeason, driver_key: str, lines: Sequence[DriverRace]) -> Totals:
    run = computed.season.run
    on_pole = [race.outcome.pole for race in run if race.outcome and race.outcome.pole]
    results = [line.result for line in lines]
    finishes = [result.finish for result in results]
    return Totals(
        races=len(run),
        starts=len(results),
        wins=finishes.count(1),
        top_fives=sum(finish <= 5 for finish in finishes),
        top_tens=sum(finish <= 10 for finish in finishes),
        poles=on_pole.count(driver_key) if on_pole else None,
        poles_known=len(on_pole),
        laps=sum(result.laps for result in results),
        laps_led=sum(result.led for result in results),
        average_start=_mean([result.start for result in results if result.start is not None]),
        average_finish=_mean(finishes),
        best_finish=min(finishes, default=None),
        stage_wins=sum(winners.count(driver_key) for winners in computed.stage_winners),
        dnfs=sum(not result.running and not _disqualified(result) for result in results),
        disqualifications=sum(_disqualified(result) for result in results),
    )


def _disqualified(result: Result) -> bool:
    return result.disqualified or result.status == "disqualified"


def _mean(numbers: Sequence[int]) -> float | None:
    return sum(numbers) / len(numbers) if numbers else None


def _as_fields(totals: Totals) -> Mapping[str, Any]:
    return {field.name: getattr(totals, field.name) for field in fields(totals)}
