"""The rundown of a regular season race: the points, later the bubble, in the end the field."""

from __future__ import annotations

from dataclasses import replace

from bot.championship.table import PointsStanding
from bot.recaps.context import BUBBLE, RecapContext, who
from bot.recaps.facts import RecapLine
from bot.recaps.phrases import capital, count, figures, joined, plain, spelled
from bot.recaps.points_to_cut import certain, crossed, has_cut, inside, last_spot, sides, tie

SHOWN = 5
"""How many drivers of the points table are listed."""
NEXT_OUT = 4
"""How many drivers below the line are named while the field is open."""
FEW = 6
"""Who can still win the title is counted once so many can, or fewer: points alone keep many more in it for long."""
EARLY = 3
"""After this many races, or fewer, it is too early for a cut line."""

Rundown = tuple[list[list[str]], list[RecapLine]]


def points(context: RecapContext) -> Rundown:
    """A rundown of points alone: who leads by how much, and the first five."""
    lines = [RecapLine(str(line.position), _line(context, line)) for line in context.table[:SHOWN]]
    return [_title(context) or [_lead(context)]], lines


def _title(context: RecapContext) -> list[str]:
    """Who is champion or can no longer be caught, in a season that is all about points; near its end, who still can be.

    Empty where the title is wide open, or a postseason decides it.
    """
    here, year = context.after.current, context.season.year
    if context.rules.rounds or len(here.entered) < 2:
        return []
    first, second = here.entered[:2]
    lead, left = here.totals[first] - here.totals[second], count(here.left, "race")
    ahead = f"{count(lead, 'point')} ahead of" if lead else "tied on points with"
    if context.after.champion is not None:
        champion = who(context.after.champion)
        return [
            context.pick(
                f"{champion} is the {year} champion, {ahead} {who(second)}.",
                f"The {year} title goes to {champion}, {ahead} {who(second)}.",
            )
        ]
    if len(context.in_reach) == 1:
        return [
            context.pick(
                f"The {year} title is {who(first)}'s with {left} to go, {ahead} {who(second)}.",
                f"With {left} to go nobody can catch {who(first)}, {ahead} {who(second)}.",
            )
        ]
    if here.left > BUBBLE or len(context.in_reach) > FEW:
        return []
    can = count(len(context.in_reach), "driver")
    return [
        _lead(context),
        context.pick(
            f"{capital(can)} can still win the title, with {left} left.", f"With {left} left, {can} can still win it."
        ),
    ]


def _lead(context: RecapContext) -> str:
    table, before = context.table, context.table_before
    first = table[0].driver
    if len(table) < 2:
        return f"{who(first)} leads the standings."
    gap = f"by {count(table[1].gap, 'point')} over" if table[1].gap else "tied on points with"
    ahead = f"{count(table[1].gap, 'point')} ahead of" if table[1].gap else "tied on points with"
    second = who(table[1].driver)
    if before and before[0].driver != first:
        old = who(before[0].driver)
        has = f"who is {count(table[1].gap, 'point')} ahead of" if table[1].gap else "now tied on points with"
        if before[0].driver == table[1].driver and table[1].gap:
            lead = count(table[1].gap, "point")
            return context.pick(
                f"{who(first)} took the points lead from {old} and is {lead} ahead.",
                f"The points lead went from {old} to {who(first)}, who is {lead} ahead.",
            )
        return context.pick(
            f"{who(first)} took the points lead from {old} and leads {second} by {count(table[1].gap, 'point')}."
            if table[1].gap
            else f"{who(first)} took the points lead from {old}, {gap} {second}.",
            f"The points lead went from {old} to {who(first)}, {has} {second}.",
        )
    if len(context.season.run) == 1:
        return context.pick(
            f"After one race {who(first)} leads the standings {gap} {second}.",
            f"The first standings of the season have {who(first)} on top, {ahead} {second}.",
        )
    return context.pick(
        f"{who(first)} still leads the standings, {ahead} {second}.",
        f"{who(first)} remains the points leader, {ahead} {second}.",
        f"{who(first)} stays on top of the standings, {ahead} {second}.",
    )


def on_record(context: RecapContext) -> Rundown:
    """The rundown where races of the season are missing: points from the races on record, and described as such."""
    table = context.table
    run, year = len(context.counted_season.run), context.season.year
    races = f"the {'only race' if run == 1 else f'{spelled(run)} races'} of {year} on record"
    first, lead = who(table[0].driver), ""
    if len(table) > 1:
        gap = f"{count(table[1].gap, 'point')} ahead of" if table[1].gap else "tied with"
        lead = f", {gap} {who(table[1].driver)}"
    said = context.pick(
        f"In {races} {first} has the most points{lead}.",
        f"{first} leads on points in {races}{lead}.",
    )
    lines = [RecapLine(str(line.position), _line(context, replace(line, change=None))) for line in table[:SHOWN]]
    return [[said]], lines


def _line(context: RecapContext, line: PointsStanding) -> str:
    """``Ty Majeski, 219 points, 15 back, up 2``."""
    parts = [context.name(line.driver), figures(line.points, "point")]
    if line.gap:
        parts.append(f"{line.gap:,} back")
    if line.change:
        parts.append(f"{'up' if line.change > 0 else 'down'} {abs(line.change)}")
    return ", ".join(parts)


def season(context: RecapContext) -> Rundown:
    """The rundown of a race before the last one of the regular season."""
    here = context.here
    left = context.pick(
        f"{capital(count(here.left, 'race'))} {'is' if here.left == 1 else 'are'} left in the regular season.",
        f"The regular season has {count(here.left, 'race')} left.",
    )
    winners = [key for key in here.entered if key in here.winners]
    if (here.run <= EARLY and here.left > BUBBLE) or not has_cut(context):
        paragraphs, lines = points(context)
        if winners:
            lines.append(RecapLine("Race winners", ", ".join(map(context.short, winners))))
        return [[*paragraphs[0], _spots(context, len(winners))]], lines
    if here.left > BUBBLE:
        taken = len(winners) >= here.spots
        said = [_lead(context), _spots(context, len(winners)), "" if taken else last_spot(context)]
        return [said], [*sides(context, NEXT_OUT), *points(context)[1]]
    return [[_lead(context), last_spot(context)], [crossed(context), certain(context), left]], sides(context, NEXT_OUT)


def _spots(context: RecapContext, winners: int) -> str:
    """How many spots race winners have taken so far."""
    here = context.here
    if not context.rules.winners_first:
        make = f"top {spelled(here.spots)} on points make {context.goal}"
        return context.pick(
            f"The {make}, with {count(here.left, 'race')} left.",
            f"With {count(here.left, 'race')} left, the {make}.",
        )
    if not winners:
        return ""
    taken, left = f"{spelled(winners)} of the {spelled(here.spots)} spots", count(here.left, "race")
    if winners > here.spots:
        return context.pick(
            f"There are {winners} race winners for the {spelled(here.spots)} spots in {context.goal}, "
            f"with {left} left.",
            f"With {left} left, there are {winners} race winners, more than the {spelled(here.spots)} spots "
            f"in {context.goal}.",
        )
    if winners == here.spots:
        return context.pick(
            f"Race winners hold all {spelled(here.spots)} spots in {context.goal}, with {left} left.",
            f"With {left} left, all {spelled(here.spots)} spots in {context.goal} are held by race winners.",
        )
    if winners == 1:
        return context.pick(
            f"A race winner holds {taken} in {context.goal}, with {left} left.",
            f"With {left} left, {taken} in {context.goal} is held by a race winner.",
        )
    return context.pick(
        f"Race winners hold {taken} in {context.goal}, with {left} left.",
        f"With {left} left, {taken} in {context.goal} are held by race winners.",
    )


def field(context: RecapContext) -> Rundown:
    """The rundown of the last race of the regular season: who made the field."""
    here = context.here
    through = here.advanced
    first = context.pick(
        f"The field of {spelled(len(through))} for {context.goal} is set, with {who(through[0])} seeded first.",
        f"{who(through[0])} is the first of the {spelled(len(through))} seeds for {context.goal}.",
        f"The regular season is over, and {count(len(through), 'driver goes', 'drivers go')} into {context.goal}, "
        f"{who(through[0])} as the first seed.",
    )
    notes = [f"{who(seat.driver)} {plain(seat.note)}." for seat in context.season.playoff_field if seat.note]
    said = [first, *([] if notes else [_last_in(context)]), tie(context, here.tie), *notes]
    # A spot that changed hands off the track has a note that explains it; the race did not do that.
    return [said, [] if notes else [_changed(context)]], _field_lines(context)


def _last_in(context: RecapContext) -> str:
    """Who got the last spot on points, and who just missed it."""
    here = context.here
    on_points = [key for key in here.advanced if key not in here.winners]
    out = [key for key in here.entered if key not in here.advanced]
    if not on_points or not out or out[0] in here.winners:
        return ""
    last = max(on_points, key=here.entered.index)
    gap = here.totals[last] - here.totals[out[0]]
    if gap <= 0:
        return ""
    return context.pick(
        f"{who(last)} got the last spot by {count(gap, 'point')} over {who(out[0])}.",
        f"{who(out[0])} missed out by {count(gap, 'point')}, behind {who(last)}.",
    )


def _changed(context: RecapContext) -> str:
    """Who moved into the field, and who out of it, in this race."""
    was, now = inside(context.here_before), frozenset(context.here.advanced)
    up = joined(who(key) for key in context.here.advanced if key not in was)
    down = joined(who(key) for key in context.here.entered if key in was - now)
    if not was or not up or not down:
        return ""
    return context.pick(
        f"{up} raced into the field, and {down} fell out of it.", f"The race put {up} in and {down} out."
    )


def _field_lines(context: RecapContext) -> list[RecapLine]:
    """Lines: how each driver got in, who is out, and points at the reset."""
    here = context.here
    winners = [key for key in here.advanced if key in here.winners]
    rest = [key for key in here.advanced if key not in here.winners]
    out = [key for key in here.entered if key not in here.advanced][:NEXT_OUT]
    lines = [
        RecapLine("In by a win", ", ".join(map(context.short, winners))),
        RecapLine("In on points", ", ".join(map(context.short, rest))),
        RecapLine("Outside the field", ", ".join(map(context.short, out))),
    ]
    if len(context.after.phases) > 1:
        totals = context.after.phases[1].totals
        seeded = ", ".join(f"{context.short(key)} {totals[key]:,}" for key in here.advanced if key in totals)
        lines.append(RecapLine("Points at the reset", seeded))
    return [line for line in lines if line.text]
