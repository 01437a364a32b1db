"""A part of the season with a cut at its end: the regular season, or a round of the postseason."""

from __future__ import annotations

from dataclasses import dataclass

from bot.championship.formats import Format
from bot.championship.ties import Tie


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of the season with a cut at its end: the regular season, or a round of the postseason.

    Attributes:
        name: what fans call it.
        first: the round of its first race.
        last: the round of its last race.
        run: how many of its races were run; all of them once a later race was, even if results are missing.
        spots: how many advance from it; 1 in the last phase, where that is the champion.
        entered: who is in it, best first as it stands.
        totals: points in this phase by competitor, the reset at its start included.
        winners: those whose win in this phase counts for a spot; empty where wins do not.
        advanced: who advanced, in seeding order; empty until the phase is over.
        eliminated: who did not advance; empty until the phase is over.
        tie: the tie that decided the last spot, if one did.
        called_off: how many of its races were called off.
        barred: those who rank by their points but cannot make the field; they are not among those in it.
        waiting: how many won in it but do not have the rank that a win needs.
    """

    name: str
    first: int
    last: int
    run: int
    spots: int
    entered: tuple[str, ...]
    totals: dict[str, int]
    winners: frozenset[str]
    advanced: tuple[str, ...] = ()
    eliminated: tuple[str, ...] = ()
    tie: Tie | None = None
    called_off: int = 0
    barred: frozenset[str] = frozenset()
    waiting: int = 0

    @property
    def races(self) -> int:
        """How many races it has, without those that were called off."""
        return self.last - self.first + 1 - self.called_off

    @property
    def over(self) -> bool:
        return self.run == self.races

    @property
    def left(self) -> int:
        """How many of its races are still to come."""
        return self.races - self.run

    @property
    def most_winners(self) -> int:
        """How many may hold a spot by a win when it is over."""
        return len(self.winners) + self.waiting + self.left


def keeps_rank(phase: Phase, rules: Format, who: str, points: int, left: int) -> bool:
    """Whether a winner of the regular season has the rank that a win needs to hold a spot, whatever happens.

    Args:
        phase: the regular season.
        rules: the format.
        who: the winner.
        points: the winner's points.
        left: how many races are still to come.
    """
    if rules.winners_within is None:
        return True
    gain = left * rules.most_a_race
    if left and gain >= points:
        return False  # even drivers without a start so far could pass
    passing = sum(total + gain >= points for other, total in phase.totals.items() if other != who)
    return passing + len(phase.barred) < rules.winners_within
