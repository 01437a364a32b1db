"""What each driver, or each truck, scored race by race, under the season's own format or another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from bot.championship.formats import Format, format_of
from bot.championship.owner_numbers import owner_number
from bot.championship.table import stage_winners
from db.models import Race, RaceStatus, Result, Season

STAGES = 2
"""How many stages pay stage points; the last part of a race ends with its finish and pays finish points."""


@dataclass(frozen=True, slots=True)
class Score:
    """One scored start: all its points, the finishing place, and the penalty inside the points (0 or less)."""

    points: int
    finish: int
    penalty_points: int = 0


@dataclass(frozen=True)
class Scores:
    """A season's scores under a format. A competitor is a driver's key, or a truck's number for the owners.

    Attributes:
        rounds: the rounds of the races with results, in the order in which they were run.
        by: scores by competitor and round.
        winners: the winner of each race by round; a win by a driver who does not score in this series is not listed,
            since it counts toward nothing.
        stages: the winners of each race's stages by round, again without those who do not score here.
        penalties: playoff points added or taken away (below 0), by competitor and round.
        called_off: rounds of races that were called off; they never count as races still to come.
        doubtful: rounds of races left out because their results contradict themselves; what they pay is not known.
        also_won: races by round that a competitor won without its counting toward anything: for an owner those of a
            driver who scores in another series.
    """

    rounds: tuple[int, ...]
    by: Mapping[str, Mapping[int, Score]]
    winners: Mapping[int, str]
    stages: Mapping[int, tuple[str, ...]]
    penalties: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    called_off: frozenset[int] = frozenset()
    doubtful: frozenset[int] = frozenset()
    also_won: Mapping[int, str] = field(default_factory=dict)

    def points(self, who: str, first: int, last: int) -> int:
        """Points in the races from round ``first`` to round ``last``, both included."""
        return sum(score.points for number, score in self.by.get(who, {}).items() if first <= number <= last)

    def finish_alone(self, who: str, first: int, last: int, rules: Format) -> int:
        """Points for the finishes alone, less penalties, as finalists score in the finale."""
        own_scores = (score for number, score in self.by.get(who, {}).items() if first <= number <= last)
        return sum(rules.finish_points(score.finish) + score.penalty_points for score in own_scores)

    def finishes(self, who: str, first: int, last: int) -> tuple[int, ...]:
        """Finishing places in those races, best first."""
        places = (score.finish for number, score in self.by.get(who, {}).items() if first <= number <= last)
        return tuple(sorted(places))

    def wins(self, who: str, first: int, last: int) -> int:
        """Wins that count toward a spot and pay playoff points."""
        return sum(winner == who for number, winner in self.winners.items() if first <= number <= last)

    def races_won(self, who: str) -> int:
        """Every win of the season so far, whether it counts toward anything or not."""
        return sum(winner == who for won in (self.winners, self.also_won) for winner in won.values())

    def stage_wins(self, who: str, first: int, last: int) -> int:
        won = (stages for number, stages in self.stages.items() if first <= number <= last)
        return sum(stages.count(who) for stages in won)

    @cached_property
    def last(self) -> int:
        """The highest round of a race with results; 0 before the first."""
        return max(self.rounds, default=0)


def driver_scores(season: Season, rules: Format) -> Scores:
    """The drivers' scores under the given format.

    Drivers who score points in another series are left out. Under the season's own format the stored total of a race
    counts as it stands; under another one the parts that pay differently are replaced.
    """
    own = format_of(season.year)
    by: dict[str, dict[int, Score]] = {}
    winners: dict[int, str] = {}
    stages: dict[int, tuple[str, ...]] = {}
    for race in season.run:
        rows = season.results[race.round]
        counting = {row.driver for row in rows if row.entry.eligible}
        for row in rows:
            if not row.entry.eligible:
                continue
            points = row.points if rules.same_points(own) else _repaid(row, own, rules)
            points += _withheld(season, race, row, own) if rules != own else 0
            by.setdefault(row.driver, {})[race.round] = Score(points, row.finish, penalty_points(season, row))
            if row.finish == 1:
                winners[race.round] = row.driver
        stages[race.round] = tuple(
            who for who in stage_winners(race, rows)[:STAGES] if who is not None and who in counting
        )
    penalties = _penalties(season, {})
    rounds = tuple(race.round for race in season.run)
    return Scores(rounds, by, winners, stages, penalties, cancelled(season))


def cancelled(season: Season) -> frozenset[int]:
    """The rounds of the races that were called off and have no results."""
    off = {race.round for race in season.races if race.status is RaceStatus.CANCELLED}
    return frozenset(off - season.results.keys())


def _penalties(season: Season, trucks: Mapping[tuple[int, str], str]) -> dict[str, dict[int, int]]:
    """Adjustments of playoff points by competitor and round.

    Args:
        season: the season.
        trucks: truck numbers by round and driver, to list them by truck; empty to list them by driver.
    """
    penalties: dict[str, dict[int, int]] = {}
    for each in season.adjustments:
        if each.playoff_points:
            own_scores = penalties.setdefault(trucks.get((each.round, each.driver), each.driver), {})
            own_scores[each.round] = own_scores.get(each.round, 0) + each.playoff_points
    return penalties


def _repaid(row: Result, own: Format, rules: Format) -> int:
    """The stored total, with the finish and, where it is on record, the fastest lap paid by another format."""
    lap = (rules.fastest_lap - own.fastest_lap) if row.fastest_lap else 0
    return row.points - own.finish_points(row.finish) + rules.finish_points(row.finish) + lap


def _withheld(season: Season, race: Race, row: Result, own: Format) -> int:
    """Stage and fastest-lap points that a finalist's stored total of the finale does not hold.

    In a finale that pays finalists their finish alone, the stored total is that finish. For full-season points the rest
    has to be added back. Who the finalists are is read off the totals, so that nothing else has to be known for it.
    """
    if not own.rounds or not own.rounds[-1].finish_only or race.round != len(season.races) or row.stage_points is None:
        return 0
    due = row.stage_points + (own.fastest_lap if row.fastest_lap else 0)
    return due if row.points - penalty_points(season, row) == own.finish_points(row.finish) else 0


def penalty_points(season: Season, row: Result) -> int:
    """The points penalties (0 or less) that are part of a driver's stored total of a race."""
    return sum(a.points for a in season.adjustments if a.round == row.entry.round and a.driver == row.driver)


def owner_scores(season: Season) -> Scores:
    """The owners' scores under the season's own format, by truck number: a truck scores no matter who drives it.

    A driver who scores in another series has a stored total of 0, so the truck is paid its finish, stages and fastest
    lap instead. Such a driver's wins bring an owner points, but neither a playoff spot nor playoff points: without
    them the final owner standings of 2025 come out as published (see docs/data.md). A number that took over another
    one's points scores for that one, see ``owner_numbers``.
    """
    own = format_of(season.year)
    by: dict[str, dict[int, Score]] = {}
    winners: dict[int, str] = {}
    stages: dict[int, tuple[str, ...]] = {}
    also_won: dict[int, str] = {}
    trucks: dict[tuple[int, str], str] = {}
    for race in season.run:
        rows = season.results[race.round]
        numbers = {row.driver: owner_number(season.year, race.round, row.entry.number) for row in rows}
        counting = {row.driver for row in rows if row.entry.eligible}
        # Worst finish first: if two entries of a race share a number, the better one is written last and remains.
        for row in sorted(rows, key=lambda row: -row.finish):
            points = row.points + _withheld(season, race, row, own) if row.entry.eligible else _earned(row, own)
            by.setdefault(numbers[row.driver], {})[race.round] = Score(points, row.finish)
            if row.finish == 1:
                (winners if row.driver in counting else also_won)[race.round] = numbers[row.driver]
        stages[race.round] = tuple(numbers[who] for who in stage_winners(race, rows)[:STAGES] if who in counting)
        trucks |= {(race.round, who): number for who, number in numbers.items()}
    rounds = tuple(race.round for race in season.run)
    return Scores(rounds, by, winners, stages, _penalties(season, trucks), cancelled(season), also_won=also_won)


def _earned(row: Result, rules: Format) -> int:
    """What finish, stages and fastest lap are worth to the owner of a truck whose driver scores in another series."""
    places = [stage.finish for stage in row.stages if stage.finish is not None]
    lap = rules.fastest_lap if row.fastest_lap else 0
    return rules.finish_points(row.finish) + sum(rules.stage_points(place) for place in places) + lap
