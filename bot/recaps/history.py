"""What a win adds up to, counted from the results of the seasons held and from nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bot.championship.audit import faults, sound
from bot.championship.record import race_lines
from bot.recaps.scene import Scene, whole
from db.models import Season


@dataclass(frozen=True, slots=True)
class History:
    """A race's winner, this race included.

    Attributes:
        whole: whether all races of the season so far have results, so that "this season" can be said.
        run: races of the season with results.
        since: the first of the seasons that are held without a gap; None where this is the only one.
        wins: wins this season.
        held: wins since then.
        starts: starts since then.
        season_starts: starts this season.
        row: wins in the last races run, one after the other; 0 where that is all of them since then, so that it may
            have begun before.
        wait: starts since the last win, this one counted; None where there was none.
        best: whether nobody has won as many this season.
        record: whether nobody has won as many in any one season since then, he himself included.
        top_fives: finishes in the first five one after the other, in the last starts since then.
        always: whether that is all of them, so that it may have begun before.
    """

    whole: bool
    run: int
    since: int | None
    wins: int
    held: int
    starts: int
    season_starts: int
    row: int
    wait: int | None
    best: bool
    record: bool
    top_fives: int
    always: bool


def history(scene: Scene, key: str) -> History:
    """What the win is for the winner."""
    season = scene.sound
    seasons = _unbroken(scene)
    mine = [line.result.finish for line in race_lines(season, key)]
    finishes = [line.result.finish for each in seasons for line in race_lines(each, key)]
    by = _wins(season)
    elsewhere = max((most for each in seasons[:-1] for most in _wins(each).values()), default=0)
    rivals = max((wins for other, wins in by.items() if other != key), default=0)
    earlier = finishes[:-1]
    won = [_winner(each, race.round) == key for each in seasons for race in each.run]
    row, top_fives = _streak(reversed(won)), _streak(finish <= 5 for finish in reversed(finishes))
    return History(
        whole=scene.whole,
        run=len(season.run),
        since=seasons[0].year if len(seasons) > 1 else None,
        wins=by[key],
        held=finishes.count(1),
        starts=len(finishes),
        season_starts=len(mine),
        row=row if row < len(won) else 0,
        wait=earlier[::-1].index(1) + 1 if 1 in earlier else None,
        best=by[key] > rivals,
        record=len(seasons) > 1 and by[key] > max(elsewhere, rivals),
        top_fives=top_fives,
        always=top_fives == len(finishes),
    )


def _winner(season: Season, number: int) -> str | None:
    return next((row.driver for row in season.results.get(number, ()) if row.finish == 1), None)


def _wins(season: Season) -> Counter[str]:
    """Wins by driver."""
    return Counter(key for race in season.run if (key := _winner(season, race.round)) is not None)


def _streak(hits: Iterable[bool]) -> int:
    """How many are true before the first that is not."""
    count = 0
    for hit in hits:
        if not hit:
            break
        count += 1
    return count


def _unbroken(scene: Scene) -> tuple[Season, ...]:
    """The season and those before it that are held whole, year after year; the race's own is the last."""
    kept = [scene.sound]
    if not scene.whole:
        return (scene.sound,)
    earlier = {each.year: sound(each, faults(each)) for each in scene.facts.seasons}
    while (before := earlier.get(kept[0].year - 1)) is not None and before.races and whole(before):
        kept.insert(0, before)
    return tuple(kept)
