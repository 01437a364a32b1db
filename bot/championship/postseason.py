"""Who is in, who is out, and by how much: the championship as it stands, under any format.

A competitor is whatever the scores are by: a driver's key, or a truck's number for the owners.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from bot.championship.formats import Format, Round
from bot.championship.scores import Scores

REGULAR_SEASON = "Regular season"

_NO_MORE = 10_000
"""Stands behind the last of somebody's finishes when finishes are compared: one more of any kind is better."""


class Status(StrEnum):
    """Where a competitor stands: towards the cut, or for good."""

    CHAMPION = "champion"
    FINALIST = "finalist"
    LOCKED = "locked"
    IN = "in"
    OUT = "out"
    ELIMINATED = "eliminated"
    NONE = ""


class Ladder(StrEnum):
    """What broke a tie."""

    FINISH_IN_ROUND = "best finish in the round"
    FINISHES = "finishes over the season"
    NAME = "nothing on record"


@dataclass(frozen=True, slots=True)
class Tie:
    """Two level on points where it mattered: who came out ahead and by what; ``best`` are the finishes compared."""

    ahead: str
    behind: str
    points: int
    by: Ladder
    best: tuple[int | None, int | None] = (None, None)


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the table.

    Attributes:
        position: 1 to n without gaps.
        who: the competitor.
        points: as the format counts them at this moment, resets included.
        playoff_points: held by now; 0 where the format has none.
        wins: over the season so far.
        to_cut: points above the first one out (0 and more) or below the last one in (0 and less); None for whoever is
            past that question, locked in, eliminated or after the last race.
        status: see ``Status``.
    """

    position: int
    who: str
    points: int
    playoff_points: int
    wins: int
    to_cut: int | None
    status: Status


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the season with a cut at its end: the regular season, or a round.

    Attributes:
        name: as fans call it.
        first, last: its rounds.
        run: how many of its races were run; all of them once a later one was, whatever is missing.
        spots: how many go on from it; 1 in the last, who is champion.
        entered: who is in it, best first as it stands.
        totals: points within it, the reset included.
        winners: those of them who have won in it.
        through: who went on, in order, once it is over.
        fell: who did not, once it is over.
        tie: what decided the last spot, if a tie did.
        void: how many of its races were called off.
    """

    name: str
    first: int
    last: int
    run: int
    spots: int
    entered: tuple[str, ...]
    totals: dict[str, int]
    winners: frozenset[str]
    through: tuple[str, ...] = ()
    fell: tuple[str, ...] = ()
    tie: Tie | None = None
    void: int = 0

    @property
    def races(self) -> int:
        """How many races it has, those called off left aside."""
        return self.last - self.first + 1 - self.void

    @property
    def over(self) -> bool:
        return self.run == self.races

    @property
    def left(self) -> int:
        """Races left in it."""
        return self.races - self.run


@dataclass(frozen=True, slots=True)
class Picture:
    """The championship at one moment.

    Attributes:
        rules: the format it is reckoned under.
        places: everybody, in order.
        stretches: the regular season and each round begun, in order; the last one is under way, or all is over.
        champion: once known.
    """

    rules: Format
    places: tuple[Place, ...]
    stretches: tuple[Stretch, ...]
    champion: str | None = None

    @property
    def now(self) -> Stretch:
        """The stretch under way; after the last race the last one."""
        return self.stretches[-1]

    def place(self, who: str) -> Place | None:
        return next((place for place in self.places if place.who == who), None)


def picture(scores: Scores, rules: Format, races: int, field: Sequence[str] = ()) -> Picture:
    """The championship as it stands.

    Args:
        scores: of the races run so far.
        rules: the format to reckon under.
        races: how many races the season has.
        field: the postseason's field in seeding order, where the data states it; else it is reckoned.
    """
    return _Reckoning(scores, rules, races, field).picture()


class _Reckoning:
    def __init__(self, scores: Scores, rules: Format, races: int, field: Sequence[str]) -> None:
        self._scores = scores
        self._rules = rules
        self._races = races
        # A schedule too short to hold the postseason is taken as the regular season that it begins with.
        self._regular = races - rules.postseason if races > rules.postseason else races
        self._stated = field
        self._season = {who: scores.points(who, 1, races) for who in scores.by}

    def picture(self) -> Picture:
        stretches = [self._regular_season()]
        for each in self._rules.rounds:
            before = stretches[-1]
            if not before.over:
                break
            stretches.append(self._round(each, before))
        champion = self._champion(stretches)
        return Picture(self._rules, tuple(self._places(stretches, champion)), tuple(stretches), champion)

    def playoff_points(self, who: str, upto: int) -> int:
        """Playoff points held after a round: wins, stage wins, the regular season's bonus, penalties."""
        paid = self._rules.playoff_points
        if paid is None:
            return 0
        total = paid.race_win * self._scores.wins(who, 1, upto) + paid.stage_win * self._scores.stage_wins(who, 1, upto)
        if upto >= self._regular and self._run(1, self._regular) + self._void(1, self._regular) == self._regular:
            place = self._regular_order.index(who) if who in self._regular_order else len(paid.regular_season)
            total += paid.regular_season[place] if place < len(paid.regular_season) else 0
        penalties = self._scores.penalties.get(who, {})
        return total + sum(points for number, points in penalties.items() if number <= upto)

    @cached_property
    def _regular_order(self) -> tuple[str, ...]:
        return self._by_points(
            {who: self._scores.points(who, 1, self._regular) for who in self._scores.by}, self._regular
        )

    def _by_points(self, totals: dict[str, int], upto: int) -> tuple[str, ...]:
        """Most points first; ties go to most wins, then most seconds and so on, then to the name."""
        return tuple(sorted(totals, key=lambda who: (-totals[who], self._finishes(who, upto), who)))

    def _finishes(self, who: str, upto: int) -> tuple[int, ...]:
        """Finishes for comparing: fewer is better, and one more of any kind beats none."""
        return (*self._scores.finishes(who, 1, upto), _NO_MORE)

    def _void(self, first: int, last: int) -> int:
        """How many of these races were called off."""
        return sum(first <= number <= last for number in self._scores.void)

    def _run(self, first: int, last: int) -> int:
        """How many of these races were run.

        One whose results are missing or doubtful may still pay, so it counts as to come, until the last of them is
        run (of the doubtful) or a later one is (of any).
        """
        due = [number for number in range(first, last + 1) if number not in self._scores.void]
        missing = set(due) - set(self._scores.rounds)
        closed = due and due[-1] not in missing and missing <= self._scores.doubtful
        return len(due) if self._scores.last > last or closed else len(due) - len(missing)

    def _regular_season(self) -> Stretch:
        first, last = 1, self._regular
        totals = {who: self._scores.points(who, first, last) for who in self._scores.by}
        order = self._by_points(totals, last)
        winners = frozenset(who for who in totals if self._scores.wins(who, first, last))
        run = self._run(first, last)
        if not self._rules.rounds:
            return Stretch(REGULAR_SEASON, first, last, run, 1, order, totals, winners, void=self._void(first, last))
        if self._rules.winners_first:
            won = {who: self._scores.wins(who, first, last) for who in winners}
            order = (
                *sorted(winners, key=lambda who: (-won[who], order.index(who))),
                *(who for who in order if who not in winners),
            )
        else:
            winners = frozenset()
        spots, void = self._rules.field, self._void(first, last)
        return self._closed(Stretch(REGULAR_SEASON, first, last, run, spots, order, totals, winners, void=void), ())

    def _round(self, rules: Round, before: Stretch) -> Stretch:
        first, last = before.last + 1, before.last + rules.races
        entered = before.through
        run = self._run(first, last)
        later = self._rules.rounds[self._rules.rounds.index(rules) + 1 :]
        totals = {}
        for seed, who in enumerate(entered):
            start = self._rules.seeds[seed] if self._rules.seeds else rules.base
            start += self.playoff_points(who, before.last) if rules.carries else 0
            if rules.finish_only:
                start += self._scores.finish_alone(who, first, last, self._rules)
            else:
                start += self._scores.points(who, first, last)
            totals[who] = start
        wins_lock = self._rules.winners_first and bool(later)
        winners = frozenset(who for who in entered if wins_lock and self._scores.wins(who, first, last))
        if rules.finish_only and run:
            # The best finisher is champion; behind him points count, and a penalty can cost a place.
            best = min(entered, key=lambda who: self._scores.finishes(who, first, last) or (_NO_MORE,))
            rest = sorted(
                (who for who in entered if who != best),
                key=lambda who: (-totals[who], self._scores.finishes(who, first, last) or (_NO_MORE,), who),
            )
            order = (best, *rest)
        else:
            order = tuple(
                sorted(
                    entered,
                    key=lambda who: (
                        who not in winners,
                        -totals[who],
                        *self._tie_break(who, first, last),
                    ),
                )
            )
        spots, void = later[0].drivers if later else 1, self._void(first, last)
        stretch = Stretch(rules.name, first, last, run, spots, order, totals, winners, void=void)
        return self._closed(stretch, (first, last))

    def _tie_break(self, who: str, first: int, last: int) -> tuple[object, ...]:
        if not self._rules.winners_first:
            return (self._finishes(who, last), who)
        best = self._scores.finishes(who, first, last)[:1] or (_NO_MORE,)
        return (best, self._finishes(who, last), who)

    def _closed(self, stretch: Stretch, within: tuple[int, int] | tuple[()]) -> Stretch:
        """The stretch with who went on and who fell, once it is over."""
        if not stretch.over:
            return stretch
        through, fell = stretch.entered[: stretch.spots], stretch.entered[stretch.spots :]
        if not within and self._stated:
            through = tuple(who for who in self._stated if who in stretch.totals)
            fell = tuple(who for who in stretch.entered if who not in through)
        elif not within:
            through = self._seeded(through)
        tie = self._tie(stretch, within) if within or not self._stated else None
        return replace(stretch, through=through, fell=fell, tie=tie)

    def _seeded(self, field: Iterable[str]) -> tuple[str, ...]:
        """The field in seeding order: by playoff points where they are carried, else as it qualified."""
        if self._rules.playoff_points is None:
            return tuple(field)
        order = self._regular_order
        return tuple(sorted(field, key=lambda who: (-self.playoff_points(who, self._regular), order.index(who))))

    def _tie(self, stretch: Stretch, within: tuple[int, int] | tuple[()]) -> Tie | None:
        """The tie that decided the last spot, if one did."""
        if len(stretch.entered) <= stretch.spots:
            return None
        ahead, behind = stretch.entered[stretch.spots - 1 : stretch.spots + 1]
        level = stretch.totals[ahead] == stretch.totals[behind]
        if not level or (ahead in stretch.winners) != (behind in stretch.winners):
            return None
        if within and self._rules.winners_first:
            best = (self._best(ahead, *within), self._best(behind, *within))
            if best[0] != best[1]:
                return Tie(ahead, behind, stretch.totals[ahead], Ladder.FINISH_IN_ROUND, best)
        mine, his = (self._finishes(who, stretch.last) for who in (ahead, behind))
        if mine != his:
            a, b = next((a, b) for a, b in zip(mine, his, strict=False) if a != b)
            best = (a if a < _NO_MORE else None, b if b < _NO_MORE else None)
            return Tie(ahead, behind, stretch.totals[ahead], Ladder.FINISHES, best)
        return Tie(ahead, behind, stretch.totals[ahead], Ladder.NAME)

    def _best(self, who: str, first: int, last: int) -> int | None:
        """The best finish in those races."""
        return next(iter(self._scores.finishes(who, first, last)), None)

    def _champion(self, stretches: Sequence[Stretch]) -> str | None:
        last = stretches[-1]
        # A title is won in a race: where the last round has none at all, nobody is said to have won it.
        done = last.over and last.run and len(stretches) == len(self._rules.rounds) + 1 and last.entered
        return last.entered[0] if done else None

    def _places(self, stretches: Sequence[Stretch], champion: str | None) -> Iterable[Place]:
        now = stretches[-1]
        order = list(now.entered)
        totals = dict(now.totals)
        if len(stretches) > 1:
            fallen = {who: self._final(who, each) for each in stretches[1:] for who in each.fell if each is not now}
            order += sorted(fallen, key=lambda who: (-fallen[who], self._finishes(who, self._races), who))
            totals |= fallen
            rest = {who: points for who, points in self._season.items() if who not in totals}
            order += self._by_points(rest, self._races)
            totals |= rest
        for position, who in enumerate(order, start=1):
            yield Place(
                position,
                who,
                totals[who],
                self.playoff_points(who, self._scores.last),
                self._scores.wins(who, 1, self._races),
                self._to_cut(now, who, champion),
                self._status(stretches, who, champion),
            )

    def _final(self, who: str, fell_in: Stretch) -> int:
        """An eliminated driver's total: 2000, playoff points entering his last round, points of the playoff races."""
        first = self._rules.rounds[0]
        held = self.playoff_points(who, fell_in.first - 1) if first.carries else 0
        return first.base + held + self._scores.points(who, self._regular + 1, self._races)

    def _to_cut(self, now: Stretch, who: str, champion: str | None) -> int | None:
        if champion is not None or who not in now.totals or who in now.winners or not self._cut(now):
            return None
        place = now.entered.index(who)
        if place < now.spots:
            return now.totals[who] - now.totals[now.entered[now.spots]]
        last_in = now.entered[now.spots - 1]
        if last_in in now.winners:
            return None
        return now.totals[who] - now.totals[last_in]

    def _cut(self, now: Stretch) -> bool:
        """Whether there is a line to be above or below."""
        return bool(self._rules.rounds) and now.spots > 1 and len(now.entered) > now.spots

    def _status(self, stretches: Sequence[Stretch], who: str, champion: str | None) -> Status:
        now = stretches[-1]
        if who == champion:
            return Status.CHAMPION
        if any(who in each.fell for each in stretches[1:-1]):
            return Status.ELIMINATED
        if len(stretches) > 1 and now.spots == 1 and who in now.totals:
            return Status.FINALIST if self._rules.rounds[len(stretches) - 2].finish_only else Status.IN
        if who not in now.totals or not self._cut(now):
            return Status.NONE
        if who in now.winners and self._sure(now):
            return Status.LOCKED
        return Status.IN if now.entered.index(who) < now.spots else Status.OUT

    def _sure(self, now: Stretch) -> bool:
        """Whether a win locks in: while winners cannot outnumber the spots, as in a round they never do."""
        return len(now.winners) + now.left <= now.spots
