"""The cut line in words: who holds the last spot, who crossed the line, and how far above or below it each one is."""

from __future__ import annotations

from collections.abc import Sequence

from bot.championship.phase import Phase
from bot.championship.postseason import Place, Status
from bot.championship.ties import Tie, TieBreak
from bot.recaps.context import RecapContext, who
from bot.recaps.facts import RecapLine
from bot.recaps.phrases import capital, count, joined, ordinal, spelled

CLOSE = 10
"""If those who are not locked in are within this many points, that gets a sentence."""


def signed(points: int) -> str:
    """``+14``, ``-5``, ``0``."""
    return f"{points:+,}" if points else "0"


def inside(phase: Phase | None) -> frozenset[str]:
    """Who holds the phase's spots as it stands."""
    return frozenset(phase.entered[: phase.spots]) if phase is not None else frozenset()


def has_cut(context: RecapContext) -> bool:
    """Whether anyone is below the cut; a published field with fewer drivers than spots has nobody there."""
    return len(context.here.entered) > context.here.spots


def last_spot(context: RecapContext) -> str:
    """Who holds the last spot and by how much; or, in a round where everyone is close, just that."""
    here = context.here
    points = [here.totals[key] for key in here.entered if key not in here.winners]
    if context.phase_index and len(points) > 2 and max(points) - min(points) <= CLOSE:
        return _within_points(context, len(points), max(points) - min(points))
    if not has_cut(context):
        return ""
    last, out = here.entered[here.spots - 1 : here.spots + 1]
    if last in here.winners:
        return f"Race winners hold all {spelled(here.spots)} spots in {context.goal}."
    gap = here.totals[last] - here.totals[out]
    if not gap:
        return context.pick(
            f"{who(last)} holds the last spot in {context.goal}, tied on points with {who(out)}.",
            f"The cut line falls between {who(last)} and {who(out)}, who are tied on points.",
            f"{who(last)} is in and {who(out)} out as it stands, though the two are tied on points.",
        )
    return context.pick(
        f"{who(last)} holds the last spot in {context.goal}, {count(gap, 'point')} ahead of {who(out)}.",
        f"The cut line falls between {who(last)} and {who(out)}, {count(gap, 'point')} apart.",
        f"{who(out)} is the first one out, {count(gap, 'point')} behind {who(last)}.",
    )


def _within_points(context: RecapContext, drivers: int, points: int) -> str:
    """How close they are: ``five points separate the other seven drivers``."""
    they = f"{'the other' if context.here.winners else 'all'} {spelled(drivers)} drivers"
    if not points:
        return capital(f"{they} are tied on points.")
    verb = "separates" if points == 1 else "separate"
    return context.pick(
        capital(f"{count(points, 'point')} {verb} {they}."),
        capital(f"{they} are within {count(points, 'point')} of one another."),
        f"No more than {count(points, 'point')} {verb} {they}.",
    )


def crossed(context: RecapContext) -> str:
    """Who crossed the cut line in this race, with races left."""
    before = context.here_before
    if before is None or not (before.run or context.phase_index) or not has_cut(context):
        return ""
    was, now = inside(before), inside(context.here)
    up = joined(who(key) for key in context.here.entered if key in now - was)
    down = joined(who(key) for key in context.here.entered if key in was - now)
    if up and down:
        return context.pick(
            f"{up} moved above the cut line and {down} fell below it.",
            f"{down} dropped below the cut line and {up} climbed above it.",
            f"{up} climbed above the cut line at the expense of {down}.",
        )
    return context.pick(
        "Nobody crossed the cut line.",
        "The race put nobody new above the cut line.",
        "The same drivers are above the cut line as before.",
    )


def certain(context: RecapContext) -> str:
    """Who has a spot on points whatever happens."""
    sure = frozenset(key for key in context.here.entered if key in context.sure and key not in context.here.winners)
    if not sure:
        return ""
    names = joined(who(key) for key in context.here.entered if key in sure)
    have = "has" if len(sure) == 1 else "have"
    return context.pick(
        f"{names} {have} clinched a spot on points.",
        f"On points, {names} {have} clinched a spot.",
    )


def sides(context: RecapContext, below: int | None = None) -> list[RecapLine]:
    """Lines: who is locked in, above the line and below it, with points to the line now and before the race.

    Args:
        context: the race.
        below: how many of those below the line are named; None for all of them.
    """
    here = context.here
    places = {place.who: place for place in context.after.places}
    ahead, behind = here.entered[: here.spots], here.entered[here.spots :][:below]
    winners = [key for key in ahead if key in here.winners]
    # In the regular season a winner who is injured can still lose the spot.
    locked = context.phase_index > 0 and all(places[key].status is Status.LOCKED for key in winners)
    rest = [key for key in ahead if key not in here.winners]
    lines = [
        RecapLine("Locked in" if locked else "In by a win", ", ".join(map(context.short, winners))),
        _side(context, "Above the line", [places[key] for key in rest]),
        _side(context, "Below the line", [places[key] for key in behind]),
    ]
    return [line for line in lines if line.text]


def _side(context: RecapContext, label: str, places: Sequence[Place]) -> RecapLine:
    """One side of the line; where room is short, without the points before the race."""
    brief = ", ".join(_now(context, place) for place in places)
    return RecapLine(label, ", ".join(_to_line(context, place) for place in places), brief)


def _now(context: RecapContext, place: Place) -> str:
    """``Majeski -5``."""
    name = context.short(place.who)
    return name if place.to_cut is None else f"{name} {signed(place.to_cut)}"


def _to_line(context: RecapContext, place: Place) -> str:
    """``Majeski -5 (was +3)``; what it was before is left out only where there was no line to be above or below."""
    if place.to_cut is None:
        return _now(context, place)
    before = context.here_before
    was = context.before.place(place.who) if before is not None and (before.run or context.phase_index) else None
    if was is None or was.to_cut is None:
        return _now(context, place)
    return f"{_now(context, place)} (was {signed(was.to_cut)})"


def tie(context: RecapContext, found: Tie | None) -> str:
    """The tie that decided the last spot, in words; empty without one."""
    if found is None:
        return ""
    level = f"{who(found.ahead)} and {who(found.behind)} were tied at {found.points:,} points"
    if found.by is TieBreak.NAME:
        return f"{level}, and nothing on record tells them apart."
    by = "the better finish in the round" if found.by is TieBreak.FINISH_IN_ROUND else "finishes over the season"
    better, worse = found.best
    places = f", {ordinal(better)} against {ordinal(worse)}" if better is not None and worse is not None else ""
    return context.pick(
        f"{level}, and {by} put {who(found.ahead)} ahead{places}.",
        f"{level}; {who(found.ahead)} had {by}{places}."
        if found.by is TieBreak.FINISH_IN_ROUND
        else f"{level}; {who(found.ahead)} had the better finishes over the season{places}.",
    )
