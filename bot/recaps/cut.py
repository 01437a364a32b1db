"""The cut line in words: who holds the last spot, who crossed the line, who is how far above or below it."""

from __future__ import annotations

from bot.championship.postseason import Ladder, Place, Status, Stretch, Tie
from bot.recaps.facts import Line
from bot.recaps.phrases import be, capital, count, joined, ordinal, spelled
from bot.recaps.scene import Scene, who

CLOSE = 10
"""So few points between those who are not locked in are worth a sentence."""
FAR = 50
"""More points above the line than this both before and after: what they were before is left out."""


def signed(points: int) -> str:
    """``+14``, ``-5``, ``0``."""
    return f"{points:+,}" if points else "0"


def inside(stretch: Stretch | None) -> frozenset[str]:
    """Who holds its spots as it stands."""
    return frozenset(stretch.entered[: stretch.spots]) if stretch is not None else frozenset()


def cuts(scene: Scene) -> bool:
    """Whether anybody falls at the cut: a field stated with fewer drivers than spots has none who does."""
    return len(scene.here.entered) > scene.here.spots


def last_spot(scene: Scene) -> str:
    """Who holds the last spot and by how much; in a round where everybody is close, that instead."""
    here = scene.here
    points = [here.totals[key] for key in here.entered if key not in here.winners]
    if scene.stretch and len(points) > 2 and max(points) - min(points) <= CLOSE:
        return _close(scene, len(points), max(points) - min(points))
    if not cuts(scene):
        return ""
    last, out = here.entered[here.spots - 1 : here.spots + 1]
    if last in here.winners:
        return f"Race winners hold all {spelled(here.spots)} spots in {scene.goal}."
    gap = here.totals[last] - here.totals[out]
    if not gap:
        return scene.pick(
            f"{who(last)} has the last spot in {scene.goal}, tied on points with {who(out)}.",
            f"The cut falls between {who(last)} and {who(out)}, who are tied on points.",
            f"{who(last)} is in and {who(out)} out as it stands, though the two are tied on points.",
        )
    return scene.pick(
        f"{who(last)} has the last spot in {scene.goal}, {count(gap, 'point')} ahead of {who(out)}.",
        f"The cut falls between {who(last)} and {who(out)}, {count(gap, 'point')} apart.",
        f"{who(out)} is the first one out, {count(gap, 'point')} behind {who(last)}.",
    )


def _close(scene: Scene, drivers: int, points: int) -> str:
    """How close they are: ``five points separate the other seven drivers``."""
    they = f"{'the other' if scene.here.winners else 'all'} {spelled(drivers)} drivers"
    if not points:
        return capital(f"{they} are tied on points.")
    verb = "separates" if points == 1 else "separate"
    return scene.pick(
        capital(f"{count(points, 'point')} {verb} {they}."),
        capital(f"{they} are within {count(points, 'point')} of one another."),
        f"No more than {count(points, 'point')} {verb} {they}.",
    )


def crossed(scene: Scene) -> str:
    """Who changed sides of the line in this race, with races left."""
    before = scene.here_before
    if before is None or not (before.run or scene.stretch) or not cuts(scene):
        return ""
    was, now = inside(before), inside(scene.here)
    up = joined(who(key) for key in scene.here.entered if key in now - was)
    down = joined(who(key) for key in scene.here.entered if key in was - now)
    if up and down:
        return scene.pick(
            f"{up} moved above the cut line and {down} fell below it.",
            f"{down} dropped below the cut line and {up} climbed above it.",
            f"Above the cut line now {be(len(now - was))} {up}, below it {down}.",
        )
    return scene.pick(
        "Nobody crossed the cut line.",
        "The race moved nobody across the cut line.",
        "The same drivers are above the cut line as before.",
    )


def certain(scene: Scene) -> str:
    """Who is in on points whatever happens."""
    sure = frozenset(key for key in scene.here.entered if key in scene.sure and key not in scene.here.winners)
    if not sure:
        return ""
    names = joined(who(key) for key in scene.here.entered if key in sure)
    eligible = ", as long as eligible" if scene.stretch == 0 else ""
    return scene.pick(
        f"{names} {be(len(sure))} sure of a spot on points{eligible}.",
        f"On points a spot is certain for {names}{eligible}.",
    )


def sides(scene: Scene, below: int | None = None) -> list[Line]:
    """Who is locked in, above the line and below it, with points to the line and what they were before.

    Args:
        scene: the race.
        below: how many of those below are named; all of them where it is None.
    """
    here = scene.here
    places = {place.who: place for place in scene.after.places}
    ahead, behind = here.entered[: here.spots], here.entered[here.spots :][:below]
    winners = [key for key in ahead if key in here.winners]
    # In the regular season a winner who is hurt can still lose his spot.
    locked = scene.stretch > 0 and all(places[key].status is Status.LOCKED for key in winners)
    rest = [key for key in ahead if key not in here.winners]
    lines = [
        Line("Locked in" if locked else "In by a win", ", ".join(map(scene.short, winners))),
        Line("Above the line", ", ".join(_to_line(scene, places[key]) for key in rest)),
        Line("Below the line", ", ".join(_to_line(scene, places[key]) for key in behind)),
    ]
    return [line for line in lines if line.text]


def _to_line(scene: Scene, place: Place) -> str:
    """``Majeski -5 (was +3)``."""
    name = scene.short(place.who)
    if place.to_cut is None:
        return name
    before = scene.here_before
    was = scene.before.place(place.who) if before is not None and (before.run or scene.stretch) else None
    if was is None or was.to_cut is None or was.to_cut == place.to_cut or min(was.to_cut, place.to_cut) > FAR:
        return f"{name} {signed(place.to_cut)}"
    return f"{name} {signed(place.to_cut)} (was {signed(was.to_cut)})"


def tie(scene: Scene, found: Tie | None) -> str:
    """What decided the last spot, if a tie did."""
    if found is None:
        return ""
    level = f"{who(found.ahead)} and {who(found.behind)} were tied at {found.points:,} points"
    if found.by is Ladder.NAME:
        return f"{level}, and nothing on record tells them apart."
    by = "the better finish in the round" if found.by is Ladder.FINISH_IN_ROUND else "finishes over the season"
    mine, his = found.best
    places = f", {ordinal(mine)} against {ordinal(his)}" if mine is not None and his is not None else ""
    return scene.pick(
        f"{level}, and {by} put {who(found.ahead)} ahead{places}.",
        f"{level}; {who(found.ahead)} had {by}{places}."
        if found.by is Ladder.FINISH_IN_ROUND
        else f"{level}; {who(found.ahead)} had the better finishes over the season{places}.",
    )
