"""The rundown where the title is at stake: the finale of the playoffs, and the Chase."""

from __future__ import annotations

from bot.recaps.context import RecapContext, who
from bot.recaps.facts import RecapLine
from bot.recaps.phrases import be, capital, count, figures, joined, ordinal, spelled

Rundown = tuple[list[list[str]], list[RecapLine]]


def finale(context: RecapContext) -> Rundown:
    """The rundown of the finale: the champion, and the other finalists in order."""
    here = context.here
    champion, *others = here.entered
    finished = {key: row.finish for key in here.entered if (row := context.row(key)) is not None}
    place = f"finishing {ordinal(finished[champion])}" if champion in finished else ""
    ahead = joined(who(key) for key in others)
    lines = [RecapLine(str(spot), _finalist(context, key)) for spot, key in enumerate(here.entered, 1)]
    if not others:
        return [[f"{who(champion)} won the {context.season.year} title{f' by {place}' if place else ''}."]], lines
    by = f" by {place}, ahead of {ahead}" if place else f" ahead of {ahead}"
    year = context.season.year
    said = context.pick(
        f"{who(champion)} won the {year} title{by}.",
        f"{who(champion)} took the {year} title as the best of the {spelled(len(here.entered))} finalists, "
        f"ahead of {ahead}.",
        f"{who(champion)} beat {ahead} to the {year} title{f', {place}' if place else ''}.",
    )
    return [[said]], lines


def _finalist(context: RecapContext, key: str) -> str:
    row = context.row(key)
    if row is None:
        return context.name(key)
    if row.finish == 1:
        return f"{context.name(key)}, won the race"
    return f"{context.name(key)}, {ordinal(row.finish)} in the race"


def chase(context: RecapContext) -> Rundown:
    """The rundown of a Chase race: the leader, the gaps, and after the last race the champion."""
    here = context.here
    first, *others = here.entered
    lead = here.totals[first] - here.totals[others[0]] if others else 0
    gap = f"{count(lead, 'point')} ahead of" if lead else "tied on points with"
    second = f", {gap} {who(others[0])}" if others else ""
    year, left = context.season.year, count(here.left, "race")
    if context.after.champion is not None:
        said = [
            context.pick(
                f"{who(first)} is the {year} champion{second}.",
                f"The {year} title goes to {who(first)}{second}.",
            )
        ]
    elif first in context.sure:
        said = [
            context.pick(
                f"The {year} title is {who(first)}'s with {left} to go{second}.",
                f"With {left} to go nobody can catch {who(first)}{second}.",
            )
        ]
    else:
        said = [_leads(context, first, second), _still(context, left)]
    lines = [RecapLine(str(spot), _chaser(context, key)) for spot, key in enumerate(here.entered, 1)]
    return [said], lines


def _leads(context: RecapContext, first: str, second: str) -> str:
    before = context.here_before
    if before is not None and before.entered[0] != first:
        old = who(before.entered[0])
        return context.pick(
            f"{who(first)} took the {context.called} lead from {old}{second}.",
            f"The {context.called} lead went from {old} to {who(first)}{second}.",
        )
    return context.pick(
        f"{who(first)} still leads the {context.called}{second}.",
        f"{who(first)} keeps the {context.called} lead{second}.",
    )


def _still(context: RecapContext, left: str) -> str:
    """How many can still win the title, where that is fewer than all."""
    out = len(context.here.entered) - len(context.open)
    if not out:
        return context.pick(f"The {context.called} has {left} left.", f"There {be(context.here.left)} {left} left.")
    return capital(f"{spelled(len(context.open))} can still win it, with {left} left.")


def _chaser(context: RecapContext, key: str) -> str:
    """``Layne Riggs, 2,210 points, 12 back``."""
    here = context.here
    back = here.totals[here.entered[0]] - here.totals[key]
    return ", ".join([context.name(key), figures(here.totals[key], "point"), *([f"{back:,} back"] if back else [])])
