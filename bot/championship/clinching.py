"""What each competitor needs at the next race to clinch a spot: who is certain, who is out, and how many points.

Everything said here must hold whatever happens. CERTAIN means that no outcome of the races left puts the competitor
out, OUT that no outcome puts the competitor in; all the rest is OPEN. A tie on points at the cut counts against the
competitor for CERTAIN and in favor for OUT, since finishes still to come decide it.

The question "can enough rivals pass at once" is a puzzle: a race has one first place, one second place and so on, so
rivals cannot all score the most. Trying every outcome of several races is far too slow. So an upper bound is compared
first (``_reachable``), and only for one race and few rivals is every way to share its places tried. The bound errs on
one side alone: it may call OPEN what is certain, never CERTAIN what is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import accumulate, permutations, product

from bot.championship.formats import Format
from bot.championship.phase import Phase, keeps_rank
from bot.championship.postseason import Standings

SEARCHED = 4
"""Up to this many rivals, every way to share a race's places is tried; for more, only sums of points are compared.

The number of ways grows with the factorial, three times over (finish and two stages).
"""

NEAR = 20
"""In the regular season, needs are computed for this many drivers, best first."""


class Verdict(StrEnum):
    CERTAIN = "certain"
    OPEN = "open"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Need:
    """What one competitor needs at the next race.

    Attributes:
        who: the competitor.
        verdict: what is settled before that race.
        win: whether winning the next race makes it certain.
        points: the fewest points at the next race that make it certain whatever the others do; None where no number of
            points without a win does.
    """

    who: str
    verdict: Verdict
    win: bool = False
    points: int | None = None


@dataclass(frozen=True, slots=True)
class _Race:
    """The points that rivals can take from one race: finish and each stage, best first, and the fastest lap.

    ``finish`` holds the bonus for leading as well, all of it in every place: anybody may lead a lap, and several may
    share the most laps led. That is an overestimate, on the safe side.
    """

    finish: tuple[int, ...]
    first: tuple[int, ...]
    second: tuple[int, ...]
    lap: int


def needs(standings: Standings) -> tuple[Need, ...]:
    """What each competitor in the phase under way needs, in the order of the phase.

    Empty once the phase or the season is over, and in a finale: there the best finisher wins, and no points help.
    """
    phase, rules = standings.current, standings.rules
    finale = len(standings.phases) > 1 and rules.rounds[len(standings.phases) - 2].finish_only
    if standings.champion is not None or phase.over or finale:
        return ()
    # Without a postseason, and in its last round, most points win the title: a win is worth its points alone.
    last = len(standings.phases) > len(rules.rounds)
    case = _Case(phase, rules, locks=rules.winners_first and not last, regular=len(standings.phases) == 1)
    # Far behind the cut only a win helps, and the computation would say no more than that.
    near = phase.entered if len(phase.entered) <= NEAR else phase.entered[:NEAR]
    return tuple(case.need(who) for who in near)


class _Case:
    """The phase under way with its cut, looked at for one competitor after the other.

    Args:
        phase: the phase.
        rules: the format.
        locks: whether a win takes a spot ahead of points.
        regular: whether it is the regular season, in which a driver may still make a first start.
    """

    def __init__(self, phase: Phase, rules: Format, *, locks: bool, regular: bool) -> None:
        self._phase = phase
        self._rules = rules
        self._locks = locks
        self._regular = regular
        self._winners = phase.winners if locks else frozenset()
        self._left = phase.left
        # A win makes a spot certain only as long as there cannot be more winners than spots.
        self._holds = locks and phase.most_winners <= phase.spots
        finish = _finish(rules, phase.spots)
        # Where a win takes a spot of its own, the points of first place are not available to those who pass on points.
        leading = _leading(rules)
        places = [points + leading[-1] for points in (finish[1:] if locks else finish)]
        self._own = tuple(finish[1:] if locks else finish)
        self._race = _Race(tuple(places), rules.stage, rules.stage, rules.fastest_lap)

    def need(self, who: str) -> Need:
        if who in self._winners:
            certain = self._holds and self._ranked(who, 0, self._left)
            return Need(who, Verdict.CERTAIN if certain else Verdict.OPEN)
        if self._cannot(who):
            return Need(who, Verdict.OUT)
        gaps = self._gaps(who)
        if gaps is None or (gaps and not _reachable(gaps, self._race, self._left)):
            return Need(who, Verdict.CERTAIN)
        win = self._holds and self._ranked(who, self._rules.finish_points(1), self._left - 1)
        return Need(who, Verdict.OPEN, win, self._fewest(gaps) if gaps else None)

    def _ranked(self, who: str, gained: int, left: int) -> bool:
        """Whether a winner has the rank that a win needs, with ``gained`` points more and ``left`` races to come."""
        points = self._phase.totals[who] + gained
        return not self._regular or keeps_rank(self._phase, self._rules, who, points, left)

    def _cannot(self, who: str) -> bool:
        """Whether even the most points from every race left would leave as many rivals ahead as there are spots."""
        if self._locks:
            return False  # a win in any race left would still take a spot
        best = self._phase.totals[who] + self._left * self._rules.most_a_race
        ahead = sum(points > best for other, points in self._phase.totals.items() if other != who)
        return ahead >= self._phase.spots

    def _gaps(self, who: str) -> list[int] | None:
        """How many points behind the competitor each rival is who has to catch up for the competitor to be out.

        A rival who is ahead has a negative gap. None where there are too few rivals to fill the spots; empty where wins
        alone can fill them.

        The worst case counts: each race left is won by another driver without a win so far, and each of these takes a
        spot without needing points. The spots that remain go to the nearest rivals on points. The winners are drawn
        from the drivers farther back, so no rival who catches up on points also has the points of a win.
        """
        totals = self._phase.totals
        spots = self._phase.spots - len(self._winners)
        chasing = [totals[o] for o in totals if o != who and o not in self._winners]
        if self._regular:
            chasing += [0] * self._phase.spots  # drivers without a start so far may still enter and score
        chasing.sort(reverse=True)
        if len(chasing) < spots:
            return None
        passing = self._phase.spots - self._phase.most_winners if self._locks else spots
        return [totals[who] - points for points in chasing[: max(0, passing)]]

    def _fewest(self, gaps: Sequence[int]) -> int | None:
        """The fewest points at the next race that make the spot certain, see ``Need.points``; None where none do.

        Tried from the most points down: it stops at the first number that is not enough.
        """
        fewest = None
        for gained, races in self._next:
            behind = [gap + gained for gap in gaps]
            if any(_reachable(behind, race, self._left) for race in races):
                break
            fewest = gained
        return fewest

    @cached_property
    def _next(self) -> Iterable[tuple[int, Iterable[_Race]]]:
        """The points that the competitor can score at the next race, most first, each with what rivals can then score.

        A win that takes a spot is not among them. With one race left, what the competitor scores is not there for the
        rivals, which is what makes the answer sharp. With more races left the whole of each race is left to the rivals:
        an overestimate, on the safe side.
        """
        if self._left == 1:
            return _ways(self._rules, self._phase.spots, win=not self._locks)
        stage = {0, *self._rules.stage}
        stages = {one + two for one in stage for two in stage}
        points = {sum(each) for each in product(self._own, stages, _leading(self._rules))}
        points |= {more + self._rules.fastest_lap for more in points}
        return [(gained, (self._race,)) for gained in sorted(points, reverse=True)]


def _leading(rules: Format) -> tuple[int, ...]:
    """The bonus for leading that one driver can have: none, for a lap, for the most laps as well."""
    return (0, rules.lap_led, rules.lap_led + rules.most_led) if rules.lap_led else (0,)


def _finish(rules: Format, spots: int) -> tuple[int, ...]:
    """Points by finish, with as many places behind the last one listed as the computation can need."""
    return (*rules.finish, *[rules.finish[-1]] * (spots + 1))


@lru_cache(maxsize=16)
def _ways(rules: Format, spots: int, *, win: bool) -> tuple[tuple[int, frozenset[_Race]], ...]:
    """The points that one competitor can score in a race, most first, each with what is left of the race for rivals.

    The same points can come from different finishes and stages, which leave different points to the others, so there is
    a set for each.

    Args:
        rules: the format.
        spots: how many rivals can matter at most.
        win: whether winning is among the ways. Where it is not, the points of first place are not left to rivals
            either: the winner takes a spot without them.
    """
    finish, stage, leading = _finish(rules, spots), rules.stage, _leading(rules)
    theirs = tuple(points + leading[-1] for points in finish)
    # Rivals need no more places than there are spots; behind those it does not matter where the competitor finished.
    places = {
        (points + bonus, (theirs[:place] + theirs[place + 1 :])[0 if win else 1 :][:spots])
        for (place, points), bonus in product(enumerate(finish), leading)
        if win or place
    }
    stages = {(points, (stage[:place] + stage[place + 1 :])[:spots]) for place, points in enumerate(stage)}
    stages.add((0, stage[:spots]))
    laps = {(0, rules.fastest_lap), (rules.fastest_lap, 0)}
    ways: dict[int, set[_Race]] = {}
    for one, two in product(stages, repeat=2):
        if one > two:
            continue  # the same with the two stages swapped
        for (points, rest), (lap, lap_left) in product(places, laps):
            left = _Race(rest, one[1], two[1], lap_left)
            ways.setdefault(points + one[0] + two[0] + lap, set()).add(left)
    return tuple((points, frozenset(ways[points])) for points in sorted(ways, reverse=True))


def _reachable(behind: Sequence[int], race: _Race, left: int) -> bool:
    """Whether all the rivals can catch up at once.

    Never False where they can. First sums are compared: the rivals who are farthest behind, any number of them, must
    not need more points together than that many drivers can score together. Then, for one race and few rivals, every
    way to share its places is tried.

    Args:
        behind: how many points each rival has to make up; negative for one who is ahead.
        race: what one race pays.
        left: the number of races.
    """
    wanted = sorted(behind, reverse=True)
    together = [
        left * (finish + first + second + race.lap)
        for finish, first, second in zip(*(_sums(points, len(wanted)) for points in _lists(race)), strict=True)
    ]
    if any(need > most for need, most in zip(accumulate(wanted), together, strict=True)):
        return False
    if left > 1 or len(wanted) > SEARCHED:
        return True
    return any(_shared(wanted, race))


def _lists(race: _Race) -> tuple[tuple[int, ...], ...]:
    return race.finish, race.first, race.second


def _sums(points: Sequence[int], count: int) -> list[int]:
    """The most points that one, two … up to ``count`` drivers can take together."""
    return list(accumulate([*points[:count], *[0] * (count - len(points[:count]))]))


def _shared(wanted: Sequence[int], race: _Race) -> Iterator[bool]:
    """For every way to share the race's best places among the rivals, whether all of them score what they need."""
    count = len(wanted)
    lists = [[*points[:count], *[0] * (count - len(points[:count]))] for points in _lists(race)]
    for finish in permutations(lists[0]):
        after = [need - got for need, got in zip(wanted, finish, strict=True)]
        for first in permutations(lists[1]):
            rest = [need - got for need, got in zip(after, first, strict=True)]
            for second in permutations(lists[2]):
                short = [need - got for need, got in zip(rest, second, strict=True) if need > got]
                yield not short or (len(short) == 1 and short[0] <= race.lap)
