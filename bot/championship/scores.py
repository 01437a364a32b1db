"""What everybody earned, race by race, under a season's own rules or under another's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from bot.championship.formats import Format, format_of
from bot.championship.table import stage_winners
from db.models import Race, RaceStatus, Result, Season

STAGES = 2
"""The stages that pay points of their own; what follows them is the race's finish."""


@dataclass(frozen=True, slots=True)
class Score:
    """A start that counts: its points, all included, its finishing place, and the points taken for it (below 0)."""

    points: int
    finish: int
    docked: int = 0


@dataclass(frozen=True)
class Scores:
    """A season's scores under a format. A competitor is a driver's key, or a truck's number for the owners.

    Attributes:
        rounds: the races that were run, in order.
        by: scores by competitor and round.
        winners: who won each race, where it counts here.
        stages: who won each stage of a race, where it counts here.
        penalties: playoff points taken or given, by competitor and round.
        void: races that were called off; nobody waits for them.
        doubtful: races left out because their results cannot be so; what they pay is not known.
    """

    rounds: tuple[int, ...]
    by: Mapping[str, Mapping[int, Score]]
    winners: Mapping[int, str]
    stages: Mapping[int, tuple[str, ...]]
    penalties: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    void: frozenset[int] = frozenset()
    doubtful: frozenset[int] = frozenset()

    def points(self, who: str, first: int, last: int) -> int:
        """Points in the races from round ``first`` to round ``last``, both included."""
        return sum(score.points for number, score in self.by.get(who, {}).items() if first <= number <= last)

    def finish_alone(self, who: str, first: int, last: int, rules: Format) -> int:
        """Points of the finishes alone, penalties included, as finalists score in the finale."""
        mine = (score for number, score in self.by.get(who, {}).items() if first <= number <= last)
        return sum(rules.finish_points(score.finish) + score.docked for score in mine)

    def finishes(self, who: str, first: int, last: int) -> tuple[int, ...]:
        """Finishing places in those races, best first."""
        places = (score.finish for number, score in self.by.get(who, {}).items() if first <= number <= last)
        return tuple(sorted(places))

    def wins(self, who: str, first: int, last: int) -> int:
        return sum(winner == who for number, winner in self.winners.items() if first <= number <= last)

    def stage_wins(self, who: str, first: int, last: int) -> int:
        won = (stages for number, stages in self.stages.items() if first <= number <= last)
        return sum(stages.count(who) for stages in won)

    @cached_property
    def last(self) -> int:
        """The last race run; 0 before the first."""
        return self.rounds[-1] if self.rounds else 0


def drivers(season: Season, rules: Format) -> Scores:
    """The drivers' scores. Points belong to those who score in this series; the stored total of a race is believed."""
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
            by.setdefault(row.driver, {})[race.round] = Score(points, row.finish, docked(season, row))
            if row.finish == 1:
                winners[race.round] = row.driver
        stages[race.round] = tuple(
            who for who in stage_winners(race, rows)[:STAGES] if who is not None and who in counting
        )
    penalties = _penalties(season, {})
    rounds = tuple(race.round for race in season.run)
    return Scores(rounds, by, winners, stages, penalties, cancelled(season))


def cancelled(season: Season) -> frozenset[int]:
    """The races that were called off and have no results."""
    off = {race.round for race in season.races if race.status is RaceStatus.CANCELLED}
    return frozenset(off - season.results.keys())


def _penalties(season: Season, trucks: Mapping[tuple[int, str], str]) -> dict[str, dict[int, int]]:
    """Playoff points taken or given, by driver or, where his truck of that race is given, by its number."""
    penalties: dict[str, dict[int, int]] = {}
    for each in season.adjustments:
        if each.playoff_points:
            mine = penalties.setdefault(trucks.get((each.round, each.driver), each.driver), {})
            mine[each.round] = mine.get(each.round, 0) + each.playoff_points
    return penalties


def _repaid(row: Result, own: Format, rules: Format) -> int:
    """The stored total with the finish, and the fastest lap where it is on record, paid by other rules."""
    lap = (rules.fastest_lap - own.fastest_lap) if row.fastest_lap else 0
    return row.points - own.finish_points(row.finish) + rules.finish_points(row.finish) + lap


def _withheld(season: Season, race: Race, row: Result, own: Format) -> int:
    """What a finalist's total of the finale leaves out: his stages and the fastest lap, which pay him nothing there."""
    if not own.rounds or not own.rounds[-1].finish_only or race.round != len(season.races) or row.stage_points is None:
        return 0
    due = row.stage_points + (own.fastest_lap if row.fastest_lap else 0)
    return due if row.points - docked(season, row) == own.finish_points(row.finish) else 0


def docked(season: Season, row: Result) -> int:
    """The points penalties inside a driver's total of a race."""
    return sum(a.points for a in season.adjustments if a.round == row.entry.round and a.driver == row.driver)


def owners(season: Season) -> Scores:
    """The owners' scores under the season's own rules, by truck number: a truck scores whoever drives it.

    For a driver who scores elsewhere the stored total is 0, so finish and stages on record are paid instead.
    """
    own = format_of(season.year)
    by: dict[str, dict[int, Score]] = {}
    winners: dict[int, str] = {}
    stages: dict[int, tuple[str, ...]] = {}
    for race in season.run:
        rows = season.results[race.round]
        trucks = {row.driver: row.entry.number for row in rows}
        # Should a number be held twice, the better finish stands.
        for row in sorted(rows, key=lambda row: -row.finish):
            if row.entry.eligible:
                points = row.points + _withheld(season, race, row, own)
            else:
                places = [stage.finish for stage in row.stages if stage.finish is not None]
                points = own.finish_points(row.finish) + sum(own.stage_points(place) for place in places)
            by.setdefault(row.entry.number, {})[race.round] = Score(points, row.finish)
            if row.finish == 1:
                winners[race.round] = row.entry.number
        stages[race.round] = tuple(
            trucks[who] for who in stage_winners(race, rows)[:STAGES] if who is not None and who in trucks
        )
    drove = {(number, row.driver): row.entry.number for number, rows in season.results.items() for row in rows}
    rounds = tuple(race.round for race in season.run)
    return Scores(rounds, by, winners, stages, _penalties(season, drove), cancelled(season))
