"""What a win adds up to, counted from the seasons on record and from nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bot.championship.audit import faults, without_faults
from bot.recaps.context import RecapContext, whole
from db.models import Season


@dataclass(frozen=True, slots=True)
class WinnerHistory:
    """The record of a race's winner, this race included.

    Attributes:
        whole: whether all races of the season so far have results, so that "this season" can be said.
        run: races of the season with results.
        since: the first of the seasons that are on record without a gap; None where this is the only one.
        wins: wins this season.
        wins_since: wins since ``since``.
        starts: starts since ``since``.
        season_starts: starts this season.
        straight_wins: wins in consecutive races, up to this one; 0 where that is every race on record, since the run
            may then be longer.
        wait: starts since the last win, this one included; None without an earlier win.
        best: whether nobody else has won as many races this season.
        record: whether nobody, this driver included, won as many in any earlier season since ``since``.
        top_fives: top-five finishes in consecutive starts, up to this one.
        all_top_fives: whether that is every start on record, so that the run may be longer.
    """

    whole: bool
    run: int
    since: int | None
    wins: int
    wins_since: int
    starts: int
    season_starts: int
    straight_wins: int
    wait: int | None
    best: bool
    record: bool
    top_fives: int
    all_top_fives: bool


def winner_history(context: RecapContext, key: str) -> WinnerHistory:
    """The record of the winner, whose key is given."""
    season = context.counted_season
    seasons = _unbroken(context)
    season_finishes = _finishes(season, key)
    finishes = [finish for each in seasons for finish in _finishes(each, key)]
    by = _wins(season)
    elsewhere = max((most for each in seasons[:-1] for most in _wins(each).values()), default=0)
    rivals = max((wins for other, wins in by.items() if other != key), default=0)
    earlier = finishes[:-1]
    won = [_winner(each, race.round) == key for each in seasons for race in each.run]
    straight_wins, top_fives = _streak(reversed(won)), _streak(finish <= 5 for finish in reversed(finishes))
    return WinnerHistory(
        whole=context.whole,
        run=len(season.run),
        since=seasons[0].year if len(seasons) > 1 else None,
        wins=by[key],
        wins_since=finishes.count(1),
        starts=len(finishes),
        season_starts=len(season_finishes),
        straight_wins=straight_wins if straight_wins < len(won) else 0,
        wait=earlier[::-1].index(1) + 1 if 1 in earlier else None,
        best=by[key] > rivals,
        record=len(seasons) > 1 and by[key] > max(elsewhere, rivals),
        top_fives=top_fives,
        all_top_fives=top_fives == len(finishes),
    )


def _winner(season: Season, number: int) -> str | None:
    return next((row.driver for row in season.results.get(number, ()) if row.finish == 1), None)


def _finishes(season: Season, key: str) -> list[int]:
    """The driver's finishing places in the season, in order of race."""
    return [row.finish for race in season.run for row in season.results[race.round] if row.driver == key]


def _wins(season: Season) -> Counter[str]:
    """Wins of the season by driver."""
    return Counter(key for race in season.run if (key := _winner(season, race.round)) is not None)


def _streak(hits: Iterable[bool]) -> int:
    """How many are true before the first one that is not."""
    count = 0
    for hit in hits:
        if not hit:
            break
        count += 1
    return count


def _unbroken(context: RecapContext) -> tuple[Season, ...]:
    """The race's own season, last, and before it the earlier ones that are complete, without a missing year."""
    kept = [context.counted_season]
    if not context.whole:
        return (context.counted_season,)
    earlier = {each.year: without_faults(each, faults(each)) for each in context.facts.seasons}
    while (before := earlier.get(kept[0].year - 1)) is not None and before.races and whole(before):
        kept.insert(0, before)
    return tuple(kept)
