"""Where a table that somebody else published says otherwise than the standings computed here; nothing is taken over.

What is known to differ is no difference: penalties that one of the two has in it, points without the postseason's
reset, drivers who score elsewhere, and a table that does not have the latest race yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.championship.standings import driver_standings
from db.feeds.models import PublishedPlace
from db.models import Season

MOST = 4
"""Differences named in a line; of more only their number is told."""
OURS = 0.5
"""A table in which fewer drivers than this part have their points of here is of something else."""


@dataclass(frozen=True, slots=True)
class _Ours:
    """What is held of a driver: place, wins, and the totals that a published table may have."""

    place: int
    points: int
    wins: int
    totals: frozenset[int]


def table_differences(season: Season, published: Sequence[PublishedPlace]) -> list[str]:
    """One line on where a published table of a season says otherwise; none where it agrees.

    Args:
        season: the season as it is held, whole.
        published: the table, in any order.
    """
    run = season.run
    if not run or not published:
        return []
    head = f"{season.year} standings after race {run[-1].round}, {run[-1].name}: NASCAR's table has "
    most = max((row.starts for row in published if row.starts is not None), default=0)
    if most > len(run):
        return [f"{head}{most} races, and results of {len(run)} are held"]
    joined = {row.driver or row.name: row for row in published}
    tables = [_table(season)]
    if len(run) > 1:
        # NASCAR may not have counted the latest race yet.
        tables.append(_table(season.through(run[-2].round)))
    agreeing = [sum(_agrees(ours.get(key), row) for key, row in joined.items()) for ours in tables]
    best = agreeing.index(max(agreeing))
    ours = tables[best]
    scoring = sum(bool(row.points) or key in ours for key, row in joined.items())
    if agreeing[best] < scoring * OURS:
        return [f"{head}other points for most drivers; it may be another season's"]
    if best:
        return []
    parts = list(_differences(season, joined, ours))
    more = [f"and {len(parts) - MOST} more"] if len(parts) > MOST else []
    return [head + "; ".join([*parts[:MOST], *more])] if parts else []


def _table(season: Season) -> Mapping[str, _Ours]:
    standings = driver_standings(season).standings
    penalties: dict[str, int] = {}
    for each in season.adjustments:
        penalties[each.driver] = penalties.get(each.driver, 0) + each.points
    earned: dict[str, int] = {}
    for rows in season.results.values():
        for row in rows:
            if row.entry.eligible:
                earned[row.driver] = earned.get(row.driver, 0) + row.points
    table = {}
    for place in standings.places:
        # With the postseason's reset and without, and each with the penalties or as if there were none.
        totals = {place.points, earned.get(place.who, place.points)}
        totals |= {points - penalties.get(place.who, 0) for points in totals}
        table[place.who] = _Ours(place.position, place.points, place.wins, frozenset(totals))
    return table


def _agrees(held: _Ours | None, row: PublishedPlace) -> bool:
    return held is not None and row.points in held.totals


def _differences(season: Season, joined: Mapping[str, PublishedPlace], ours: Mapping[str, _Ours]) -> Iterator[str]:
    for key, row in joined.items():
        held = ours.get(key)
        name = season.name_of(key) if row.driver else row.name
        if held is None:
            # Who scores elsewhere stands there with nothing.
            if row.points:
                yield f"{name} {row.points} points (held: none)"
            continue
        if row.points is not None and row.points not in held.totals:
            yield f"{name} {row.points} points (held: {held.points})"
        if row.wins is not None and row.wins != held.wins:
            yield f"{name} {_wins(row.wins)} (held: {held.wins})"
    for key, held in ours.items():
        if key not in joined:
            yield f"no {season.name_of(key)} (held: {held.points} points)"
    if all(ours[key].points == row.points for key, row in joined.items() if key in ours):
        yield from _places(season, joined, ours)


def _places(season: Season, joined: Mapping[str, PublishedPlace], ours: Mapping[str, _Ours]) -> Iterator[str]:
    """Places among those who are in both tables, where all have the same points; winners may come first or not."""
    both = [key for key in ours if key in joined and joined[key].place is not None]
    theirs = _ranks(both, lambda key: (joined[key].place or 0,))
    as_here = _ranks(both, lambda key: (ours[key].place,))
    on_points = _ranks(both, lambda key: (-ours[key].points, ours[key].place))
    for key in both:
        if theirs[key] not in {as_here[key], on_points[key]}:
            yield f"{season.name_of(key)} in place {theirs[key]} (held: {as_here[key]})"


def _ranks(keys: Sequence[str], order: Callable[[str], tuple[int, ...]]) -> dict[str, int]:
    return {key: rank for rank, key in enumerate(sorted(keys, key=order), 1)}


def _wins(count: int) -> str:
    return "1 win" if count == 1 else f"{count} wins"
