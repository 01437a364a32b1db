"""What a win adds up to, counted from the seasons on record and from nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.recaps.context import RecapContext
from bot.recaps.season_tally import SeasonTally, tally_of
from db.history.models import FIRST_SEASON


@dataclass(frozen=True, slots=True)
class SeasonRecord:
    """The most wins that anyone had in a season before this one, by whom and when: the driver's key and the year."""

    wins: int
    holders: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class WinnerHistory:
    """The record of a race's winner, this race included.

    Attributes:
        whole: whether all races of the season so far have results, so that "this season" can be said.
        run: races of the season with results.
        since: the first of the seasons that are on record without a gap; None where this is the only one, unless it is
            the first of the series.
        wins: wins this season.
        wins_since: wins since ``since``.
        wins_here: wins at the race's track since ``since``.
        starts: starts since ``since``.
        season_starts: starts this season.
        straight_wins: wins in consecutive races, up to this one; 0 where that is every race on record, since the run
            may then be longer.
        wait: starts since the last win, this one included; None without an earlier win.
        best: whether nobody else has won as many races this season.
        before: the most wins in a season since ``since`` before this one; None where this is the only one.
        top_fives: top-five finishes in consecutive starts, up to this one.
        all_top_fives: whether that is every start on record, so that the run may be longer.
    """

    whole: bool
    run: int
    since: int | None
    wins: int
    wins_since: int
    wins_here: int
    starts: int
    season_starts: int
    straight_wins: int
    wait: int | None
    best: bool
    before: SeasonRecord | None
    top_fives: int
    all_top_fives: bool

    @property
    def career(self) -> bool:
        """Whether every season of the series is on record, so that nothing is left out of the driver's career."""
        return self.since is not None and self.since <= FIRST_SEASON

    @property
    def record(self) -> bool:
        """Whether nobody, this driver included, won as many in any earlier season since ``since``."""
        return self.before is not None and self.best and self.wins > self.before.wins

    @property
    def ties_record(self) -> bool:
        """Whether this many wins are the most of any season since ``since``, and have been before."""
        return self.before is not None and self.best and self.wins == self.before.wins


def winner_history(context: RecapContext, key: str) -> WinnerHistory:
    """The record of the winner, whose key is given."""
    own = SeasonTally.of(context.counted_season)
    tallies = _unbroken(context, own)
    finishes = [finish for each in tallies for finish in each.finishes.get(key, ())]
    winners = [winner for each in tallies for winner in each.winners]
    won = [winner == key for _, winner in winners]
    rivals = max((wins for other, wins in own.wins.items() if other != key), default=0)
    earlier = finishes[:-1]
    straight_wins, top_fives = _streak(reversed(won)), _streak(finish <= 5 for finish in reversed(finishes))
    return WinnerHistory(
        whole=context.whole,
        run=len(own.winners),
        since=tallies[0].year if len(tallies) > 1 or tallies[0].year <= FIRST_SEASON else None,
        wins=own.wins[key],
        wins_since=finishes.count(1),
        wins_here=winners.count((context.race.track.key, key)),
        starts=len(finishes),
        season_starts=len(own.finishes.get(key, ())),
        straight_wins=straight_wins if straight_wins < len(won) else 0,
        wait=earlier[::-1].index(1) + 1 if 1 in earlier else None,
        best=own.wins[key] > rivals,
        before=_most_in_a_season(tallies[:-1]) if len(tallies) > 1 else None,
        top_fives=top_fives,
        all_top_fives=top_fives == len(finishes),
    )


def _most_in_a_season(tallies: Sequence[SeasonTally]) -> SeasonRecord:
    most = max((wins for each in tallies for wins in each.wins.values()), default=0)
    holders = ((driver, each.year) for each in tallies for driver, wins in each.wins.items() if wins == most)
    return SeasonRecord(most, tuple(holders))


def _streak(hits: Iterable[bool]) -> int:
    """How many are true before the first one that is not."""
    count = 0
    for hit in hits:
        if not hit:
            break
        count += 1
    return count


def _unbroken(context: RecapContext, own: SeasonTally) -> tuple[SeasonTally, ...]:
    """The race's own season, last, and before it the earlier ones that are complete, without a missing year."""
    kept = [own]
    earlier = {each.year: each for each in context.facts.seasons} if context.whole else {}
    while (before := earlier.get(kept[0].year - 1)) is not None and before.races and tally_of(before).whole:
        kept.insert(0, tally_of(before))
    return tuple(kept)
