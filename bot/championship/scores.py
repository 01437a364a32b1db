"""What each driver, or each truck, scored race by race, under the season's own format or another one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    counts as it stands; under another one the parts that pay differently are replaced. Stages are as they were raced:
    a season without them has no stage points and no stage wins under any format.
    """
    as_paid = rules == format_of(season.year)
    taken: dict[tuple[int, str], int] = {}
    for each in season.adjustments:
        taken[each.round, each.driver] = taken.get((each.round, each.driver), 0) + each.points
    by: dict[str, dict[int, Score]] = {}
    winners: dict[int, str] = {}
    stages: dict[int, tuple[str, ...]] = {}
    for race in season.run:
        rows = season.results[race.round]
        counting, most = {row.driver for row in rows if row.entry.eligible}, most_laps_led(rows)
        for row in rows:
            if not row.entry.eligible:
                continue
            points = row.points if as_paid else _repaid(season, race, row, rules, most)
            penalty = taken.get((race.round, row.driver), 0)
            by.setdefault(row.driver, {})[race.round] = Score(points, row.finish, penalty)
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


def _repaid(season: Season, race: Race, row: Result, rules: Format, most: int) -> int:
    """The stored total, with the finish, leading and, where it is on record, the fastest lap paid by another format.

    What remains of the total are stage points, penalties and corrections. A format that knows no stages takes the
    stage points away, and what remains then are the penalties alone.

    Args:
        season: the season.
        race: the race.
        row: the result.
        rules: the other format.
        most: the most laps that one driver led in the race.
    """
    own = format_of(season.year)
    if unpaid(row, own):
        return 0
    if own.stage and not rules.stage:
        kept = penalty_points(season, row)
    else:
        kept = row.points + _withheld(season, race, row, most) - _without_stages(row, own, most)
    return kept + _without_stages(row, rules, most)


def _without_stages(row: Result, rules: Format, most: int) -> int:
    """What a format pays for a result, stages aside."""
    lap = rules.fastest_lap if row.fastest_lap else 0
    return rules.finish_points(row.finish) + rules.leading_points(row.led, most) + lap


def _withheld(season: Season, race: Race, row: Result, most: int) -> int:
    """Points for stages, leading and the fastest lap that a finalist's stored total of the finale does not hold.

    In a finale that pays finalists their finish alone, the stored total is that finish. For full-season points the rest
    has to be added back. Who the finalists are is read off the totals, so that nothing else has to be known for it.
    """
    own = format_of(season.year)
    if not own.rounds or not own.rounds[-1].finish_only or race.round != len(season.races):
        return 0
    if own.stage and row.stage_points is None:
        return 0
    due = (row.stage_points or 0) + _without_stages(row, own, most) - own.finish_points(row.finish)
    return due if row.points - penalty_points(season, row) == own.finish_points(row.finish) else 0


def unpaid(row: Result, own: Format) -> bool:
    """Whether a start in the driver's own series paid nothing; ``own`` is the season's format."""
    return own.unpaid_starts and row.entry.eligible and row.points == 0


def most_laps_led(rows: Iterable[Result]) -> int:
    """The most laps that one driver led in a race; 0 where nobody is on record as having led."""
    return max((row.led for row in rows), default=0)


def penalty_points(season: Season, row: Result) -> int:
    """The points penalties (0 or less) that are part of a driver's stored total of a race."""
    return sum(a.points for a in season.adjustments if a.round == row.entry.round and a.driver == row.driver)


def owner_scores(season: Season) -> Scores:
    """The owners' scores under the season's own format, by truck number: a truck scores no matter who drives it.

    A driver who scores in another series, or was paid nothing, has a stored total of 0, so the truck is paid its
    finish, stages, leading and fastest lap instead. Such a driver's wins bring an owner points, but neither a playoff
    spot nor playoff points: without them the final owner standings of 2025 come out as published (see docs/data.md). A
    number that took over another one's points scores for that one, see ``owner_numbers``.
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
        counting, most = {row.driver for row in rows if row.entry.eligible}, most_laps_led(rows)
        # Worst finish first: if two entries of a race share a number, the better one is written last and remains.
        for row in sorted(rows, key=lambda row: -row.finish):
            held = row.points + _withheld(season, race, row, most)
            paid = row.entry.eligible and not unpaid(row, own)
            points = held if paid else _earned(row, own, most)
            by.setdefault(numbers[row.driver], {})[race.round] = Score(points, row.finish)
            if row.finish == 1:
                (winners if row.driver in counting else also_won)[race.round] = numbers[row.driver]
        stages[race.round] = tuple(numbers[who] for who in stage_winners(race, rows)[:STAGES] if who in counting)
        trucks |= {(race.round, who): number for who, number in numbers.items()}
    rounds = tuple(race.round for race in season.run)
    return Scores(rounds, by, winners, stages, _penalties(season, trucks), cancelled(season), also_won=also_won)


def _earned(row: Result, rules: Format, most: int) -> int:
    """What a result is worth to the owner of a truck whose driver is paid nothing."""
    places = [stage.finish for stage in row.stages if stage.finish is not None]
    return _without_stages(row, rules, most) + sum(rules.stage_points(place) for place in places)
