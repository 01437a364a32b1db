"""The standings under any format: who is above the cut line, who is below it, by how much, and who advanced.

A season is cut into phases: the regular season, then each round of the format's postseason. A phase has an order, a
number of spots, and a cut behind the last spot; those who advance have their points reset in the next one. Nothing is
kept from race to race: the standings after any race are computed from all scores up to it, so that the correction of an
old race, or a what-if, needs no special case. A competitor is a driver's key, or a truck's number for the owners.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from bot.championship.formats import Format, PlayoffRound
from bot.championship.phase import Phase, keeps_rank
from bot.championship.scores import Scores
from bot.championship.ties import NO_MORE, Tie, broken, finishes, rank_in_round

REGULAR_SEASON = "Regular season"


class Status(StrEnum):
    """Where a competitor stands: IN and OUT so far, LOCKED for good; NONE without a cut, or outside the field."""

    CHAMPION = "champion"
    FINALIST = "finalist"
    LOCKED = "locked"
    IN = "in"
    OUT = "out"
    ELIMINATED = "eliminated"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A competitor's place in the standings.

    Attributes:
        position: 1 to n without gaps.
        who: the competitor.
        points: points as the format counts them at this moment, resets included.
        playoff_points: playoff points earned so far; 0 where the format has none.
        wins: race wins of the season so far.
        to_cut: points above the first competitor out (0 or more), or below the last one in (0 or less). None where the
            question is settled: with a win that holds a spot, eliminated, outside the field, after the last race.
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
class Standings:
    """The standings at one moment.

    Attributes:
        rules: the format that they are computed under.
        places: everyone with a score, best first.
        phases: the regular season and each round that has begun, in order; the last one is under way, or all is over.
        champion: the champion, None until the last phase is over.
    """

    rules: Format
    places: tuple[Place, ...]
    phases: tuple[Phase, ...]
    champion: str | None = None

    @property
    def current(self) -> Phase:
        """The phase under way; after the last race the last phase."""
        return self.phases[-1]

    def place(self, who: str) -> Place | None:
        return next((place for place in self.places if place.who == who), None)


def compute_standings(
    scores: Scores, rules: Format, races: int, field: Sequence[str] = (), barred: Collection[str] = ()
) -> Standings:
    """The standings after the races that the scores cover.

    Args:
        scores: the scores of the races run so far.
        rules: the format to compute the standings under.
        races: how many races the season has, run or not.
        field: the postseason field in seeding order, where it is published; empty to compute it.
        barred: those who cannot make the postseason whatever their results. They score and keep their rank.
    """
    return _Computation(scores, rules, races, field, barred).result()


class _Computation:
    """One computation of the standings; the arguments are those of ``compute_standings``."""

    def __init__(
        self, scores: Scores, rules: Format, races: int, field: Sequence[str], barred: Collection[str]
    ) -> None:
        self._scores = scores
        self._rules = rules
        self._races = races
        # A schedule shorter than the postseason (a season that is still being entered) is all regular season.
        self._regular = races - rules.postseason if races > rules.postseason else races
        self._stated = field
        # Where there is no postseason nobody can miss it.
        self._barred = frozenset(barred) if rules.rounds else frozenset()
        self._season = {who: scores.points(who, 1, races) for who in scores.by}

    def result(self) -> Standings:
        phases = [self._regular_season()]
        for each in self._rules.rounds:
            before = phases[-1]
            if not before.over:
                break  # a round begins, and its points are reset, only when the phase before it is complete
            phases.append(self._round(each, before))
        champion = self._champion(phases)
        return Standings(self._rules, tuple(self._places(phases, champion)), tuple(phases), champion)

    def playoff_points(self, who: str, upto: int) -> int:
        """Playoff points earned up to and including a race: wins, stage wins, the regular season's bonus, penalties."""
        paid = self._rules.playoff_points
        if paid is None:
            return 0
        last = upto if paid.earned_in_playoffs else min(upto, self._regular)
        total = paid.race_win * self._scores.wins(who, 1, last) + paid.stage_win * self._scores.stage_wins(who, 1, last)
        # The bonus for the regular season's order is paid only once every one of its races is known to be over.
        if upto >= self._regular and self._run(1, self._regular) + self._called_off(1, self._regular) == self._regular:
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
        return tuple(sorted(totals, key=lambda who: (-totals[who], finishes(self._scores, who, upto), who)))

    def _called_off(self, first: int, last: int) -> int:
        """How many races from ``first`` to ``last`` were called off."""
        return sum(first <= number <= last for number in self._scores.called_off)

    def _run(self, first: int, last: int) -> int:
        """How many races from ``first`` to ``last`` count as run.

        A race whose results are missing may still pay points, so it counts as still to come; else the phase would end,
        and drivers would be called eliminated, before all its points are known. It stops counting as such when a race
        after ``last`` has results: then the phase is over, and waiting would block the standings for good. A race left
        out because its results contradict themselves (doubtful) was certainly run, so it is waited for only until the
        last race of the phase has results.
        """
        due = [number for number in range(first, last + 1) if number not in self._scores.called_off]
        missing = set(due) - set(self._scores.rounds)
        closed = due and due[-1] not in missing and missing <= self._scores.doubtful
        return len(due) if self._scores.last > last or closed else len(due) - len(missing)

    def _regular_season(self) -> Phase:
        first, last = 1, self._regular
        # The barred keep their rank, so that the bonus of their place goes to nobody, but take no spot.
        within = self._regular_order[: self._rules.winners_within]
        totals = {who: self._scores.points(who, first, last) for who in self._scores.by if who not in self._barred}
        order = self._by_points(totals, last)
        won = {who: wins for who in totals if (wins := self._scores.wins(who, first, last))}
        winners = frozenset(who for who in won if who in within)
        run = self._run(first, last)
        if not self._rules.rounds:
            return Phase(
                REGULAR_SEASON, first, last, run, 1, order, totals, winners, called_off=self._called_off(first, last)
            )
        if self._rules.winners_first:
            # Winners come first, most wins first; winners with as many wins keep their order on points.
            order = (
                *sorted(winners, key=lambda who: (-won[who], order.index(who))),
                *(who for who in order if who not in winners),
            )
        else:
            # Wins hold no spot under this format; listed, they would be shown as locked in.
            winners = frozenset()
        spots, called_off = self._rules.field, self._called_off(first, last)
        return self._closed(
            Phase(
                REGULAR_SEASON,
                first,
                last,
                run,
                spots,
                order,
                totals,
                winners,
                called_off=called_off,
                barred=self._barred & self._scores.by.keys(),
                waiting=len(won) - len(winners) if self._rules.winners_first else 0,
            ),
            (),
        )

    def _round(self, rules: PlayoffRound, before: Phase) -> Phase:
        first, last = before.last + 1, before.last + rules.races
        entered = before.advanced
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
        # In the last round a win holds nothing: the round itself decides the title.
        wins_lock = self._rules.winners_first and bool(later)
        winners = frozenset(who for who in entered if wins_lock and self._scores.wins(who, first, last))
        if rules.finish_only and run:
            # The best finisher is champion, whatever the points say. Behind the champion points count, so a penalty can
            # cost a finalist a place, but never the title.
            best = min(entered, key=lambda who: self._scores.finishes(who, first, last) or (NO_MORE,))
            by_points = {
                who: (-totals[who], self._scores.finishes(who, first, last) or (NO_MORE,), who) for who in entered
            }
            order = (best, *sorted((who for who in entered if who != best), key=lambda who: by_points[who]))
        else:
            ranks = {who: (who not in winners, -totals[who], *self._rank(who, first, last)) for who in entered}
            order = tuple(sorted(entered, key=lambda who: ranks[who]))
        spots, called_off = later[0].drivers if later else 1, self._called_off(first, last)
        phase = Phase(rules.name, first, last, run, spots, order, totals, winners, called_off=called_off)
        return self._closed(phase, (first, last))

    def _rank(self, who: str, first: int, last: int) -> tuple[object, ...]:
        """What decides between two tied in a round; the smaller one is ahead."""
        if self._rules.winners_first:
            return rank_in_round(self._scores, who, first, last)
        return (finishes(self._scores, who, last), who)

    def _closed(self, phase: Phase, within: tuple[int, int] | tuple[()]) -> Phase:
        """The phase with who advanced and who was eliminated, once it is over.

        ``within`` is the first and last race of a postseason round; empty for the regular season.
        """
        if not phase.over:
            return phase
        advanced, eliminated = phase.entered[: phase.spots], phase.entered[phase.spots :]
        if not within and self._stated:
            # The published field wins over the computed one: a driver can lose a spot off the track, and a waiver can
            # give one.
            advanced = tuple(who for who in self._stated if who in phase.totals)
            eliminated = tuple(who for who in phase.entered if who not in advanced)
        elif not within:
            advanced = self._seeded(advanced)
        tie = self._tie(phase, within) if within or not self._stated else None
        return replace(phase, advanced=advanced, eliminated=eliminated, tie=tie)

    def _seeded(self, field: Iterable[str]) -> tuple[str, ...]:
        """The field in seeding order: by playoff points where the format has them, else in the order of qualifying."""
        if self._rules.playoff_points is None:
            return tuple(field)
        order = self._regular_order
        return tuple(sorted(field, key=lambda who: (-self.playoff_points(who, self._regular), order.index(who))))

    def _tie(self, phase: Phase, within: tuple[int, int] | tuple[()]) -> Tie | None:
        """The tie that decided the last spot, if one did."""
        if len(phase.entered) <= phase.spots:
            return None
        ahead, behind = phase.entered[phase.spots - 1 : phase.spots + 1]
        level = phase.totals[ahead] == phase.totals[behind]
        # A winner ahead of a driver without a win needed no tie-break, even on equal points.
        if not level or (ahead in phase.winners) != (behind in phase.winners):
            return None
        in_round = within if self._rules.winners_first else ()
        return broken(self._scores, ahead, behind, phase.totals[ahead], phase.last, in_round)

    def _champion(self, phases: Sequence[Phase]) -> str | None:
        last = phases[-1]
        # A title is won in a race: if every race of the last round was called off, no champion is named.
        done = last.over and last.run and len(phases) == len(self._rules.rounds) + 1 and last.entered
        return last.entered[0] if done else None

    def _places(self, phases: Sequence[Phase], champion: str | None) -> Iterable[Place]:
        current = phases[-1]
        order = list(current.entered)
        totals = dict(current.totals)
        if len(phases) == 1:
            # Only the barred are in no phase while the field is open.
            totals |= {who: points for who, points in self._season.items() if who not in totals}
            order += self._by_points({who: totals[who] for who in self._barred if who in totals}, self._races)
        else:
            # Behind those still in it come the drivers eliminated in any round, all on one scale of points, so that one
            # who fell early can pass one who fell late; then everyone outside the field, on season points.
            gone = {who: self._final(who, each) for each in phases[1:-1] for who in each.eliminated}
            order += sorted(gone, key=lambda who: (-gone[who], finishes(self._scores, who, self._races), who))
            totals |= gone
            rest = {who: points for who, points in self._season.items() if who not in totals}
            order += self._by_points(rest, self._races)
            totals |= rest
        for position, who in enumerate(order, start=1):
            yield Place(
                position,
                who,
                totals[who],
                self.playoff_points(who, self._scores.last),
                self._scores.races_won(who),
                self._to_cut(current, who, champion),
                self._status(phases, who, champion),
            )

    def _final(self, who: str, last_round: Phase) -> int:
        """An eliminated driver's total: the first round's base, playoff points entering ``last_round``, race points."""
        first = self._rules.rounds[0]
        carried = self.playoff_points(who, last_round.first - 1) if first.carries else 0
        return first.base + carried + self._scores.points(who, self._regular + 1, self._races)

    def _to_cut(self, current: Phase, who: str, champion: str | None) -> int | None:
        if champion is not None or who not in current.totals or who in current.winners or not self._cut(current):
            return None
        place = current.entered.index(who)
        if place < current.spots:
            return current.totals[who] - current.totals[current.entered[current.spots]]
        last_in = current.entered[current.spots - 1]
        if last_in in current.winners:
            return None  # no number of points takes the spot of a winner
        return current.totals[who] - current.totals[last_in]

    def _cut(self, current: Phase) -> bool:
        """Whether the phase has a cut line to be above or below."""
        return bool(self._rules.rounds) and current.spots > 1 and len(current.entered) > current.spots

    def _status(self, phases: Sequence[Phase], who: str, champion: str | None) -> Status:
        current = phases[-1]
        if who == champion:
            return Status.CHAMPION
        if any(who in each.eliminated for each in phases[1:-1]):
            return Status.ELIMINATED
        if len(phases) > 1 and current.spots == 1 and who in current.totals:
            return Status.FINALIST if self._rules.rounds[len(phases) - 2].finish_only else Status.IN
        if who not in current.totals or not self._cut(current):
            return Status.NONE
        if who in current.winners and self._sure(current, who):
            return Status.LOCKED
        return Status.IN if current.entered.index(who) < current.spots else Status.OUT

    def _sure(self, current: Phase, who: str) -> bool:
        """Whether a win holds its spot for certain: as long as there cannot be more winners than spots.

        In a round that is always so; in the regular season, with many races left, it is not. There a format may also
        ask for a rank.
        """
        ranked = current.first > 1 or keeps_rank(current, self._rules, who, current.totals[who], current.left)
        return ranked and current.most_winners <= current.spots
