"""The rundown where the title is at stake: the finale of the playoffs, and the Chase."""

from __future__ import annotations

from bot.recaps.facts import Line
from bot.recaps.phrases import be, capital, count, figures, joined, ordinal, spelled
from bot.recaps.scene import Scene, who

Told = tuple[list[list[str]], list[Line]]


def finale(scene: Scene) -> Told:
    """The race that decides among the finalists: the champion, and the others in order."""
    here = scene.here
    champion, *others = here.entered
    finished = {key: row.finish for key in here.entered if (row := scene.row(key)) is not None}
    place = f"finishing {ordinal(finished[champion])}" if champion in finished else ""
    ahead = joined(who(key) for key in others)
    lines = [Line(str(spot), _finalist(scene, key)) for spot, key in enumerate(here.entered, 1)]
    if not others:
        return [[f"{who(champion)} won the {scene.season.year} title{f' by {place}' if place else ''}."]], lines
    by = f" by {place}, ahead of {ahead}" if place else f" ahead of {ahead}"
    year = scene.season.year
    said = scene.pick(
        f"{who(champion)} won the {year} title{by}.",
        f"The {year} title is {who(champion)}'s: best of the {spelled(len(here.entered))} finalists, ahead of {ahead}.",
        f"{who(champion)} beat {ahead} to the {year} title{f', {place}' if place else ''}.",
    )
    return [[said]], lines


def _finalist(scene: Scene, key: str) -> str:
    row = scene.row(key)
    if row is None:
        return scene.name(key)
    if row.finish == 1:
        return f"{scene.name(key)}, won the race"
    return f"{scene.name(key)}, {ordinal(row.finish)} in the race"


def chase(scene: Scene) -> Told:
    """A race of the round that most points win: the leader, the gaps, and in the end the champion."""
    here = scene.here
    first, *others = here.entered
    lead = here.totals[first] - here.totals[others[0]] if others else 0
    gap = f"{count(lead, 'point')} ahead of" if lead else "tied on points with"
    second = f", {gap} {who(others[0])}" if others else ""
    year, left = scene.season.year, count(here.left, "race")
    if scene.after.champion is not None:
        said = [
            scene.pick(
                f"{who(first)} is the {year} champion{second}.",
                f"The {year} title goes to {who(first)}{second}.",
            )
        ]
    elif first in scene.sure:
        said = [
            scene.pick(
                f"The {year} title is {who(first)}'s with {left} to go{second}.",
                f"With {left} to go nobody can catch {who(first)}{second}.",
            )
        ]
    else:
        said = [_leads(scene, first, second), _still(scene, left)]
    lines = [Line(str(spot), _chaser(scene, key)) for spot, key in enumerate(here.entered, 1)]
    return [said], lines


def _leads(scene: Scene, first: str, second: str) -> str:
    before = scene.here_before
    if before is not None and before.entered[0] != first:
        old = who(before.entered[0])
        return scene.pick(
            f"{who(first)} took the {scene.called} lead from {old}{second}.",
            f"The {scene.called} lead went from {old} to {who(first)}{second}.",
        )
    return scene.pick(
        f"{who(first)} still leads the {scene.called}{second}.",
        f"{who(first)} keeps the {scene.called} lead{second}.",
    )


def _still(scene: Scene, left: str) -> str:
    """Who can still win it, where that is fewer than all."""
    out = len(scene.here.entered) - len(scene.open)
    if not out:
        return scene.pick(f"The {scene.called} has {left} left.", f"There {be(scene.here.left)} {left} left.")
    return capital(f"{spelled(len(scene.open))} can still win it, with {left} left.")


def _chaser(scene: Scene, key: str) -> str:
    """``Layne Riggs, 2,210 points, 12 back``."""
    here = scene.here
    back = here.totals[here.entered[0]] - here.totals[key]
    return ", ".join([scene.name(key), figures(here.totals[key], "point"), *([f"{back:,} back"] if back else [])])
