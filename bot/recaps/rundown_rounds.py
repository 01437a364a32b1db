"""The rundown of a playoff race with a cut at the end of its round: who is above and below, who goes on, who is out."""

from __future__ import annotations

from collections.abc import Iterator

from bot.championship.phase import Phase
from bot.recaps.context import RecapContext, who
from bot.recaps.facts import RecapLine
from bot.recaps.phrases import be, capital, count, joined, spelled
from bot.recaps.points_to_cut import certain, crossed, has_cut, inside, last_spot, sides, signed, tie

Rundown = tuple[list[list[str]], list[RecapLine]]


def under_way(context: RecapContext) -> Rundown:
    """The rundown of a race before the last one of its round."""
    here = context.here
    return [[_locked(context), last_spot(context)], [crossed(context), certain(context), _ends(context, here)]], sides(
        context
    )


def _ends(context: RecapContext, here: Phase) -> str:
    """How many races are left in the round, and how many drivers will be eliminated."""
    left = count(here.left, "race")
    if not has_cut(context):
        return f"The {here.name} has {left} left."
    fall, all_of_them = spelled(len(here.entered) - here.spots), spelled(len(here.entered))
    return context.pick(
        f"{capital(fall)} of the {all_of_them} will be eliminated after {count(here.left, 'more race', 'more races')}.",
        f"With {left} left in the {here.name}, {fall} of the {all_of_them} drivers are to be eliminated.",
        f"The {here.name} has {left} left and will eliminate {fall} of the {all_of_them}.",
    )


def _locked(context: RecapContext) -> str:
    """Who is locked into the next round by a win."""
    here, before, goal = context.here, context.here_before, context.goal
    old = before.winners if before is not None else frozenset()
    locked = [who(key) for key in here.entered if key in here.winners]
    if not locked:
        return context.pick(
            f"Nobody is locked into {goal} by a win yet.",
            f"No win has locked anyone into {goal} so far.",
            f"Nobody has won a spot in {goal} yet.",
        )
    if len(locked) > 1:
        return context.pick(
            f"{joined(locked)} are locked into {goal}.",
            f"{capital(count(len(locked), 'driver'))} are locked into {goal}: {joined(locked)}.",
        )
    if here.winners - old:
        return context.pick(
            f"{locked[0]} is the first driver locked into {goal}.",
            f"{locked[0]} took the first spot in {goal}.",
            f"Only {locked[0]} is locked into {goal} so far.",
        )
    return context.pick(
        f"{locked[0]} is still the only driver locked into {goal}.",
        f"{locked[0]} remains alone in being locked into {goal}.",
        f"Nobody has joined {locked[0]}, the only driver locked into {goal}.",
    )


def over(context: RecapContext) -> Rundown:
    """The rundown of the last race of a round: who advances and who is out."""
    here = context.here
    through, fell = (joined(who(key) for key in keys) for keys in (here.advanced, here.eliminated))
    said = [
        context.pick(
            f"The {here.name} is over: {through} advance to {context.goal}.",
            f"{through} are through to {context.goal}.",
            f"Moving on to {context.goal}: {through}.",
        ),
        context.pick(
            f"{fell} {be(len(here.eliminated))} out.",
            f"{fell} {be(len(here.eliminated))} eliminated.",
            f"The {here.name} ended the title hopes of {fell}.",
        )
        if here.eliminated
        else "",
    ]
    return [said, [_crossed_at_the_end(context), tie(context, here.tie)]], _fates(context)


def _crossed_at_the_end(context: RecapContext) -> str:
    """Who started the race on the other side of the line."""
    if not context.here.eliminated:
        return ""
    was = inside(context.here_before)
    up = joined(_from(context, key) for key in context.here.advanced if key not in was)
    down = joined(_from(context, key) for key in context.here.eliminated if key in was)
    if not up or not down:
        return context.pick(
            "Nobody crossed the cut line in the last race of the round.",
            "The last race of the round put nobody new above the cut line.",
        )
    return context.pick(
        f"{up} came from below the cut line, {down} fell from above it.",
        f"Before the race {down} had been above the cut line, {up} below it.",
    )


def _from(context: RecapContext, key: str) -> str:
    """``Tyler Ankrum (-4)``, with the points to the line before the race."""
    place = context.before.place(key)
    return f"{who(key)} ({signed(place.to_cut)})" if place is not None and place.to_cut else who(key)


def _fates(context: RecapContext) -> list[RecapLine]:
    """Lines: who advanced and how, and by how much the others missed."""
    here = context.here
    winners = [key for key in here.advanced if key in here.winners]
    rest = [key for key in here.advanced if key not in here.winners]
    first_out = here.totals[here.eliminated[0]] if here.eliminated else None
    ahead = [
        context.short(key) if first_out is None else f"{context.short(key)} {signed(here.totals[key] - first_out)}"
        for key in rest
    ]
    lines = [
        RecapLine("In by a win", ", ".join(map(context.short, winners))),
        RecapLine("In on points", ", ".join(ahead)),
        RecapLine("Eliminated", ", ".join(_missed(context))),
    ]
    return [line for line in lines if line.text]


def _missed(context: RecapContext) -> Iterator[str]:
    here = context.here
    for key in here.eliminated:
        last_in = here.advanced[-1]
        by = here.totals[key] - here.totals[last_in]
        yield context.short(key) if last_in in here.winners else f"{context.short(key)} {signed(by)}"
