"""The rundown of a regular season race: the points, later the bubble, in the end the field."""

from __future__ import annotations

from dataclasses import replace

from bot.championship.table import Standing
from bot.recaps.cut import certain, crossed, cuts, inside, last_spot, sides, tie
from bot.recaps.facts import Line
from bot.recaps.phrases import capital, count, figures, joined, plain, spelled
from bot.recaps.scene import BUBBLE, Scene, who

SHOWN = 5
"""How many lines of the points table are told."""
NEXT_OUT = 4
"""How many below the line are named while the field is open."""
EARLY = 3
"""After so few races nobody speaks of a cut line yet."""

Told = tuple[list[list[str]], list[Line]]


def points(scene: Scene) -> Told:
    """Points alone: who leads by how much, and the first five."""
    lines = [Line(str(line.position), _line(scene, line)) for line in scene.table[:SHOWN]]
    return [[_lead(scene)]], lines


def _lead(scene: Scene) -> str:
    table, before = scene.table, scene.table_before
    first = table[0].driver
    if len(table) < 2:
        return f"{who(first)} leads the standings."
    gap = f"by {count(table[1].gap, 'point')} over" if table[1].gap else "tied on points with"
    second = who(table[1].driver)
    if before and before[0].driver != first:
        old = who(before[0].driver)
        has = "who has it" if table[1].gap else "now"
        if before[0].driver == table[1].driver and table[1].gap:
            lead = count(table[1].gap, "point")
            return scene.pick(
                f"{who(first)} took the points lead from {old} and has it by {lead}.",
                f"The points lead went from {old} to {who(first)}, {lead} ahead now.",
            )
        return scene.pick(
            f"{who(first)} took the points lead from {old} and is ahead {gap} {second}."
            if table[1].gap
            else f"{who(first)} took the points lead from {old}, {gap} {second}.",
            f"The points lead went from {old} to {who(first)}, {has} {gap} {second}.",
        )
    if len(scene.season.run) == 1:
        return scene.pick(
            f"After one race {who(first)} leads the standings {gap} {second}.",
            f"The first standings of the season have {who(first)} on top, {gap} {second}.",
        )
    return scene.pick(
        f"{who(first)} still leads the standings, {gap} {second}.",
        f"The points lead remains {who(first)}'s, {gap} {second}.",
        f"{who(first)} stays on top of the standings, {gap} {second}.",
    )


def on_record(scene: Scene) -> Told:
    """Races of the season are missing: the points of those held, told as no more than that."""
    table = scene.table
    run, year = len(scene.sound.run), scene.season.year
    races = f"the {'only race' if run == 1 else f'{spelled(run)} races'} of {year} on record"
    first, lead = who(table[0].driver), ""
    if len(table) > 1:
        gap = f"{count(table[1].gap, 'point')} ahead of" if table[1].gap else "tied with"
        lead = f", {gap} {who(table[1].driver)}"
    said = scene.pick(
        f"In {races} {first} has the most points{lead}.",
        f"{first} leads on points in {races}{lead}.",
    )
    lines = [Line(str(line.position), _line(scene, replace(line, change=None))) for line in table[:SHOWN]]
    return [[said]], lines


def _line(scene: Scene, line: Standing) -> str:
    """``Ty Majeski, 219 points, 15 back, up 2``."""
    parts = [scene.name(line.driver), figures(line.points, "point")]
    if line.gap:
        parts.append(f"{line.gap:,} back")
    if line.change:
        parts.append(f"{'up' if line.change > 0 else 'down'} {abs(line.change)}")
    return ", ".join(parts)


def season(scene: Scene) -> Told:
    """A race with more of the regular season to come."""
    here = scene.here
    left = scene.pick(
        f"{capital(count(here.left, 'race'))} {'is' if here.left == 1 else 'are'} left in the regular season.",
        f"The regular season has {count(here.left, 'race')} left.",
    )
    winners = [key for key in here.entered if key in here.winners]
    if (here.run <= EARLY and here.left > BUBBLE) or not cuts(scene):
        paragraphs, lines = points(scene)
        if winners:
            lines.append(Line("Race winners", ", ".join(map(scene.short, winners))))
        return [[*paragraphs[0], _spots(scene, len(winners))]], lines
    if here.left > BUBBLE:
        taken = len(winners) >= here.spots
        said = [_lead(scene), _spots(scene, len(winners)), "" if taken else last_spot(scene)]
        return [said], [*sides(scene, NEXT_OUT), *points(scene)[1]]
    return [[_lead(scene), last_spot(scene)], [crossed(scene), certain(scene), left]], sides(scene, NEXT_OUT)


def _spots(scene: Scene, winners: int) -> str:
    """How many of the spots race winners have taken so far."""
    here = scene.here
    if not scene.rules.winners_first:
        make = f"first {spelled(here.spots)} on points make {scene.goal}"
        return scene.pick(
            f"The {make}, with {count(here.left, 'race')} left.",
            f"With {count(here.left, 'race')} left, the {make}.",
        )
    if not winners:
        return ""
    taken, left = f"{spelled(winners)} of the {spelled(here.spots)} spots", count(here.left, "race")
    if winners > here.spots:
        return scene.pick(
            f"There are {winners} race winners for the {spelled(here.spots)} spots in {scene.goal}, with {left} left.",
            f"With {left} left, there are {winners} race winners, more than the {spelled(here.spots)} spots "
            f"in {scene.goal}.",
        )
    if winners == here.spots:
        return scene.pick(
            f"Race winners hold all {spelled(here.spots)} spots in {scene.goal}, with {left} left.",
            f"With {left} left, all {spelled(here.spots)} spots in {scene.goal} are held by race winners.",
        )
    if winners == 1:
        return scene.pick(
            f"A race winner holds {taken} in {scene.goal}, with {left} left.",
            f"With {left} left, {taken} in {scene.goal} is held by a race winner.",
        )
    return scene.pick(
        f"Race winners hold {taken} in {scene.goal}, with {left} left.",
        f"With {left} left, {taken} in {scene.goal} are held by race winners.",
    )


def field(scene: Scene) -> Told:
    """The last race of the regular season: who made the field."""
    here = scene.here
    through = here.through
    first = scene.pick(
        f"The field of {spelled(len(through))} for {scene.goal} is set, with {who(through[0])} seeded first.",
        f"{who(through[0])} is the first of the {spelled(len(through))} seeds for {scene.goal}.",
        f"The regular season is over, and {count(len(through), 'driver goes', 'drivers go')} into {scene.goal}, "
        f"{who(through[0])} as the first seed.",
    )
    notes = [f"{who(seat.driver)} {plain(seat.note)}." for seat in scene.season.playoff_field if seat.note]
    said = [first, *([] if notes else [_last_in(scene)]), tie(scene, here.tie), *notes]
    # A seat that changed hands off the track is told by its note; the race did not do that.
    return [said, [] if notes else [_changed(scene)]], _field_lines(scene)


def _last_in(scene: Scene) -> str:
    """Who got the last spot on points, and who just missed it."""
    here = scene.here
    on_points = [key for key in here.through if key not in here.winners]
    out = [key for key in here.entered if key not in here.through]
    if not on_points or not out or out[0] in here.winners:
        return ""
    last = max(on_points, key=here.entered.index)
    gap = here.totals[last] - here.totals[out[0]]
    if gap <= 0:
        return ""
    return scene.pick(
        f"{who(last)} got the last spot by {count(gap, 'point')} over {who(out[0])}.",
        f"{who(out[0])} missed out by {count(gap, 'point')}, behind {who(last)}.",
    )


def _changed(scene: Scene) -> str:
    """Who got into the field or fell out of it in this race."""
    was, now = inside(scene.here_before), frozenset(scene.here.through)
    up = joined(who(key) for key in scene.here.through if key not in was)
    down = joined(who(key) for key in scene.here.entered if key in was - now)
    if not was or not up or not down:
        return ""
    return scene.pick(f"{up} got in with this race, {down} fell out.", f"The race put {up} in and {down} out.")


def _field_lines(scene: Scene) -> list[Line]:
    """Points at the reset, how each got in, and who is out."""
    here = scene.here
    winners = [key for key in here.through if key in here.winners]
    rest = [key for key in here.through if key not in here.winners]
    out = [key for key in here.entered if key not in here.through][:NEXT_OUT]
    lines = [
        Line("In by a win", ", ".join(map(scene.short, winners))),
        Line("In on points", ", ".join(map(scene.short, rest))),
        Line("Outside the field", ", ".join(map(scene.short, out))),
    ]
    if len(scene.after.stretches) > 1:
        totals = scene.after.stretches[1].totals
        seeded = ", ".join(f"{scene.short(key)} {totals[key]:,}" for key in here.through if key in totals)
        lines.append(Line("Points at the reset", seeded))
    return [line for line in lines if line.text]
