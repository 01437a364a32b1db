"""Ties on points: who is ahead, and what decided it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.championship.scores import Scores

NO_MORE = 10_000
"""Ends a list of finishes when two lists are compared: it is worse than any finish, so one more finish is better."""


class TieBreak(StrEnum):
    """What decided a tie, in the order in which it is tried."""

    FINISH_IN_ROUND = "best finish in the round"
    FINISHES = "finishes over the season"
    NAME = "nothing on record"


@dataclass(frozen=True, slots=True)
class Tie:
    """Two tied on points for the last spot, which ``ahead`` got; ``best`` are the finishes that decided it."""

    ahead: str
    behind: str
    points: int
    by: TieBreak
    best: tuple[int | None, int | None] = (None, None)


def finishes(scores: Scores, who: str, upto: int) -> tuple[int, ...]:
    """All finishes up to a race, best first, ready to be compared: the smaller tuple is the better season.

    Most wins, then most seconds and so on needs no counting: of two sorted lists the one with more wins has the
    smaller place at the first difference, and the end mark makes one finish more beat one finish less.
    """
    return (*scores.finishes(who, 1, upto), NO_MORE)


def rank_in_round(scores: Scores, who: str, first: int, last: int) -> tuple[object, ...]:
    """What decides between two tied in the round from race ``first`` to race ``last``: the smaller one is ahead."""
    best = scores.finishes(who, first, last)[:1] or (NO_MORE,)
    return (best, finishes(scores, who, last), who)


def broken(scores: Scores, ahead: str, behind: str, points: int, last: int, within: tuple[int, int] | tuple[()]) -> Tie:
    """What put one ahead of another who has as many points.

    Args:
        scores: the scores.
        ahead: who is ahead.
        behind: who is behind.
        points: the points of each.
        last: the last race that counts.
        within: the first and the last race of the round in which the best finish counts first; empty where none does.
    """
    if within:
        best = (_best(scores, ahead, *within), _best(scores, behind, *within))
        if best[0] != best[1]:
            return Tie(ahead, behind, points, TieBreak.FINISH_IN_ROUND, best)
    finishes_ahead, finishes_behind = (finishes(scores, who, last) for who in (ahead, behind))
    if finishes_ahead != finishes_behind:
        pairs = zip(finishes_ahead, finishes_behind, strict=False)
        a, b = next((a, b) for a, b in pairs if a != b)
        best = (a if a < NO_MORE else None, b if b < NO_MORE else None)
        return Tie(ahead, behind, points, TieBreak.FINISHES, best)
    return Tie(ahead, behind, points, TieBreak.NAME)


def _best(scores: Scores, who: str, first: int, last: int) -> int | None:
    """The best finish from race ``first`` to race ``last``; None without one."""
    return next(iter(scores.finishes(who, first, last)), None)
