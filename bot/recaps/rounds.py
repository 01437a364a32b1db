"""The rundown of a playoff race with a cut at the end of its round: who is above and below, who goes on, who is out."""

from __future__ import annotations

from collections.abc import Iterator

from bot.championship.postseason import Stretch
from bot.recaps.cut import certain, crossed, cuts, inside, last_spot, sides, signed, tie
from bot.recaps.facts import Line
from bot.recaps.phrases import be, capital, count, joined, spelled
from bot.recaps.scene import Scene, who

Told = tuple[list[list[str]], list[Line]]


def under_way(scene: Scene) -> Told:
    """A race with more of its round to come."""
    here = scene.here
    return [[_locked(scene), last_spot(scene)], [crossed(scene), certain(scene), _ends(scene, here)]], sides(scene)


def _ends(scene: Scene, here: Stretch) -> str:
    """How many races are left in the round, and how many do not get past it."""
    left = count(here.left, "race")
    if not cuts(scene):
        return f"The {here.name} has {left} left."
    fall, all_of_them = spelled(len(here.entered) - here.spots), spelled(len(here.entered))
    return scene.pick(
        f"{capital(fall)} of the {all_of_them} will be eliminated after {count(here.left, 'more race', 'more races')}.",
        f"With {left} left in the {here.name}, {fall} of the {all_of_them} will be out at its end.",
        f"The {here.name} has {left} left, and {fall} of the {all_of_them} will not get past it.",
    )


def _locked(scene: Scene) -> str:
    """Who is locked into the next round by a win."""
    here, before, goal = scene.here, scene.here_before, scene.goal
    old = before.winners if before is not None else frozenset()
    locked = [who(key) for key in here.entered if key in here.winners]
    if not locked:
        return scene.pick(
            f"Nobody is locked into {goal} by a win yet.",
            f"No win has locked anyone into {goal} so far.",
            f"Nobody has won a spot in {goal} yet.",
        )
    if len(locked) > 1:
        return scene.pick(
            f"{joined(locked)} are locked into {goal}.",
            f"{capital(count(len(locked), 'driver'))} are locked into {goal}: {joined(locked)}.",
        )
    if here.winners - old:
        return scene.pick(
            f"{locked[0]} is the first one locked into {goal}.",
            f"The first spot in {goal} is {locked[0]}'s.",
            f"Only {locked[0]}, by winning, is locked into {goal}.",
        )
    return scene.pick(
        f"{locked[0]} is still the only one locked into {goal}.",
        f"As before, nobody but {locked[0]} is locked into {goal}.",
        f"Nobody has joined {locked[0]}, the only one locked into {goal}.",
    )


def over(scene: Scene) -> Told:
    """The last race of a round: who goes on and who is out."""
    here = scene.here
    through, fell = (joined(who(key) for key in keys) for keys in (here.through, here.fell))
    said = [
        scene.pick(
            f"The {here.name} is over: {through} advance to {scene.goal}.",
            f"{through} are through to {scene.goal}.",
            f"Moving on to {scene.goal}: {through}.",
        ),
        scene.pick(
            f"{fell} {be(len(here.fell))} out.",
            f"Out of the title race {be(len(here.fell))} {fell}.",
            f"The {here.name} was the last for {fell}.",
        )
        if here.fell
        else "",
    ]
    return [said, [_saved(scene), tie(scene, here.tie)]], _fates(scene)


def _saved(scene: Scene) -> str:
    """Who went into the race on the other side of the line."""
    if not scene.here.fell:
        return ""
    was = inside(scene.here_before)
    up = joined(_from(scene, key) for key in scene.here.through if key not in was)
    down = joined(_from(scene, key) for key in scene.here.fell if key in was)
    if not up or not down:
        return scene.pick(
            "Nobody crossed the cut line in the last race of the round.",
            "The last race of the round moved nobody across the cut line.",
        )
    return scene.pick(
        f"{up} came from below the cut line, {down} fell from above it.",
        f"Before the race {down} had been above the cut line, {up} below it.",
    )


def _from(scene: Scene, key: str) -> str:
    """``Tyler Ankrum (-4)``, with the points to the line before the race."""
    place = scene.before.place(key)
    return f"{who(key)} ({signed(place.to_cut)})" if place is not None and place.to_cut else who(key)


def _fates(scene: Scene) -> list[Line]:
    """Who went on and how, and by how much the rest missed."""
    here = scene.here
    winners = [key for key in here.through if key in here.winners]
    rest = [key for key in here.through if key not in here.winners]
    first_out = here.totals[here.fell[0]] if here.fell else None
    ahead = [
        scene.short(key) if first_out is None else f"{scene.short(key)} {signed(here.totals[key] - first_out)}"
        for key in rest
    ]
    lines = [
        Line("In by a win", ", ".join(map(scene.short, winners))),
        Line("In on points", ", ".join(ahead)),
        Line("Eliminated", ", ".join(_missed(scene))),
    ]
    return [line for line in lines if line.text]


def _missed(scene: Scene) -> Iterator[str]:
    here = scene.here
    for key in here.fell:
        last_in = here.through[-1]
        by = here.totals[key] - here.totals[last_in]
        yield scene.short(key) if last_in in here.winners else f"{scene.short(key)} {signed(by)}"
