"""What each competitor still needs: who is in whatever happens, who cannot be, and how many points make it certain.

Nothing here is guessed. "Certain" is said only when no outcome of the races left could put him out, and "out" only when
none could put him in. A tie at the cut counts against whoever asks to be certain, and for whoever might still get in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import accumulate, permutations, product

from bot.championship.formats import Format
from bot.championship.postseason import Picture, Stretch

SEARCHED = 4
"""Up to so many rivals every way in which they can share a race's places is tried; beyond, sums alone are compared."""

NEAR = 20
"""How many of a regular season's drivers are reckoned for, best first."""


class Verdict(StrEnum):
    CERTAIN = "certain"
    OPEN = "open"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Need:
    """What one competitor needs.

    Attributes:
        who: the competitor.
        verdict: where he stands already.
        win: whether winning the next race makes it certain.
        points: the fewest points at the next race that make it certain whatever the others do; None where no number
            of points short of a win does.
    """

    who: str
    verdict: Verdict
    win: bool = False
    points: int | None = None


@dataclass(frozen=True, slots=True)
class _Race:
    """What is to be had in one race: finish points, the points of each stage, best first, and the fastest lap."""

    finish: tuple[int, ...]
    first: tuple[int, ...]
    second: tuple[int, ...]
    lap: int


def needs(now: Picture) -> tuple[Need, ...]:
    """What everybody in the stretch under way needs, in its order; nothing in a finale, nor when all is over.

    In a finale the best finisher takes it, so that there is nothing to reckon.
    """
    stretch, rules = now.now, now.rules
    finale = len(now.stretches) > 1 and rules.rounds[len(now.stretches) - 2].finish_only
    if now.champion is not None or stretch.over or finale:
        return ()
    # Without a postseason, and in its last round, most points take it all: a win is worth its points alone.
    last = len(now.stretches) > len(rules.rounds)
    case = _Case(stretch, rules, locks=rules.winners_first and not last, regular=len(now.stretches) == 1)
    # Far behind the cut a win is all that helps, and the reckoning says no more than that.
    near = stretch.entered if len(stretch.entered) <= NEAR else stretch.entered[:NEAR]
    return tuple(case.need(who) for who in near)


class _Case:
    """One stretch with its cut, seen from each competitor in turn."""

    def __init__(self, stretch: Stretch, rules: Format, *, locks: bool, regular: bool) -> None:
        self._stretch = stretch
        self._rules = rules
        self._locks = locks
        self._regular = regular
        self._winners = stretch.winners if locks else frozenset()
        self._left = stretch.left
        # A win holds while there cannot be more winners than spots.
        self._holds = locks and len(self._winners) + self._left <= stretch.spots
        finish = _finish(rules, stretch.spots)
        self._race = _Race(finish[1:] if locks else finish, rules.stage, rules.stage, rules.fastest_lap)

    def need(self, who: str) -> Need:
        if who in self._winners:
            return Need(who, Verdict.CERTAIN if self._holds else Verdict.OPEN)
        if self._cannot(who):
            return Need(who, Verdict.OUT)
        gaps = self._gaps(who)
        if gaps is None or (gaps and not _reachable(gaps, self._race, self._left)):
            return Need(who, Verdict.CERTAIN)
        return Need(who, Verdict.OPEN, self._holds, self._fewest(gaps) if gaps else None)

    def _cannot(self, who: str) -> bool:
        """Whether even the most points from every race left leave as many ahead of him as there are spots."""
        if self._locks:
            return False
        best = self._stretch.totals[who] + self._left * self._rules.most_a_race
        ahead = sum(points > best for other, points in self._stretch.totals.items() if other != who)
        return ahead >= self._stretch.spots

    def _gaps(self, who: str) -> list[int] | None:
        """How far behind him those are who have to pass him on points to put him out, below 0 for those ahead.

        None where there are too few to put him out; nobody where wins alone can do it. Each race left can be won by
        somebody else; those nearest to him pass on points, the winners are any of the rest and need none. So nobody who
        has to pass on points has the points of a win as well.
        """
        totals = self._stretch.totals
        spots = self._stretch.spots - len(self._winners)
        chasing = [totals[o] for o in totals if o != who and o not in self._winners]
        if self._regular:
            chasing += [0] * self._stretch.spots  # who has not started yet may still do so
        chasing.sort(reverse=True)
        if len(chasing) < spots:
            return None
        passing = spots - self._left if self._locks else spots
        return [totals[who] - points for points in chasing[: max(0, passing)]]

    def _fewest(self, gaps: Sequence[int]) -> int | None:
        """The fewest points at the next race from which on he is certain; see ``Need.points``."""
        fewest = None
        for gained, races in self._next:
            behind = [gap + gained for gap in gaps]
            if any(_reachable(behind, race, self._left) for race in races):
                break
            fewest = gained
        return fewest

    @cached_property
    def _next(self) -> Iterable[tuple[int, Iterable[_Race]]]:
        """What he can score at the next race short of a win that takes a spot, most first, and what is left then.

        What he takes of the first of several races is not taken out of them.
        """
        if self._left == 1:
            return _ways(self._rules, self._stretch.spots, win=not self._locks)
        stage = {0, *self._rules.stage}
        points = {sum(each) for each in product(self._race.finish, {one + two for one in stage for two in stage})}
        points |= {more + self._rules.fastest_lap for more in points}
        return [(gained, (self._race,)) for gained in sorted(points, reverse=True)]


def _finish(rules: Format, spots: int) -> tuple[int, ...]:
    """Points by finish, the places behind the last of them included as far as anybody's here could matter."""
    return (*rules.finish, *[rules.finish[-1]] * (spots + 1))


@lru_cache(maxsize=16)
def _ways(rules: Format, spots: int, *, win: bool) -> tuple[tuple[int, frozenset[_Race]], ...]:
    """What one can score in a race, most first, and what each way to score it leaves of the race for the others.

    ``win`` is whether his winning it is among them; where it is not, somebody else's win is not left either.
    """
    finish, stage = _finish(rules, spots), rules.stage
    # More than so many places no rivals need; beyond them it is all one where he finished.
    places = {
        (points, (finish[:place] + finish[place + 1 :])[0 if win else 1 :][:spots])
        for place, points in enumerate(finish)
        if win or place
    }
    stages = {(points, (stage[:place] + stage[place + 1 :])[:spots]) for place, points in enumerate(stage)}
    stages.add((0, stage[:spots]))
    laps = {(0, rules.fastest_lap), (rules.fastest_lap, 0)}
    ways: dict[int, set[_Race]] = {}
    for one, two in product(stages, repeat=2):
        if one > two:
            continue  # the same with the stages changed about
        for (points, rest), (lap, lap_left) in product(places, laps):
            left = _Race(rest, one[1], two[1], lap_left)
            ways.setdefault(points + one[0] + two[0] + lap, set()).add(left)
    return tuple((points, frozenset(ways[points])) for points in sorted(ways, reverse=True))


def _reachable(behind: Sequence[int], race: _Race, left: int) -> bool:
    """Whether rivals so far behind (below 0: ahead) can all draw level at once in so many races of this kind.

    Never False where they can: at first only sums are compared (the most that any number of them can take together),
    then, for one race and few rivals, every way to share its places.
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
    """Running sums of the best points, with nothing where there are no more."""
    return list(accumulate([*points[:count], *[0] * (count - len(points[:count]))]))


def _shared(wanted: Sequence[int], race: _Race) -> Iterator[bool]:
    """For every way to share the race's best places among rivals: whether all have what they want."""
    count = len(wanted)
    lists = [[*points[:count], *[0] * (count - len(points[:count]))] for points in _lists(race)]
    for finish in permutations(lists[0]):
        after = [need - got for need, got in zip(wanted, finish, strict=True)]
        for first in permutations(lists[1]):
            rest = [need - got for need, got in zip(after, first, strict=True)]
            for second in permutations(lists[2]):
                short = [need - got for need, got in zip(rest, second, strict=True) if need > got]
                yield not short or (len(short) == 1 and short[0] <= race.lap)
