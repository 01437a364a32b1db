"""What a win means for the championship, in one sentence."""

from __future__ import annotations

from bot.championship.postseason import Status
from bot.recaps.context import RecapContext, who
from bot.recaps.phrases import count, ordinal, spelled
from db.models import Result


def win_meaning(context: RecapContext, winner: Result) -> str:
    """The sentence; empty where there is nothing to say."""
    key, driver = winner.driver, who(winner.driver)
    if not winner.entry.eligible and not (context.whole and context.on_points and context.after.champion):
        return context.pick(
            f"{driver} does not race for points in this series, so the win brings no points.",
            f"The win brings no points: {driver} does not race for them in this series.",
            f"{driver} does not race for this series' points, and the win counts toward no title here.",
        )
    return _meaning(context, key, driver) if context.whole else ""


def _meaning(context: RecapContext, key: str, driver: str) -> str:
    """What the win means, where every race of the season so far is on record."""
    if context.after.champion is not None and (context.on_points or context.phase_index):
        return _title(context, key, context.after.champion)
    if not context.rules.rounds and context.in_reach == (key,):
        return _settled(context, driver, before=context.settled_before)
    if not context.postseason or context.phase_index == 0:
        return _regular_season(context, key, driver)
    if key not in context.here.entered:
        return _outsider(context, key, driver)
    if context.here.spots == 1:
        return _gap(context, key, driver) if context.chase else ""
    return _round(context, key, driver)


def _regular_season(context: RecapContext, key: str, driver: str) -> str:
    if context.postseason and context.here.over:
        return _seed(context, key, driver)
    first = context.here_before is not None and key not in context.here_before.winners
    place = context.after.place(key)
    if context.postseason and context.rules.winners_first and first and place is not None:
        if key in context.sure_before:
            return context.pick(
                f"{driver} had already clinched a spot in {context.goal} on points.",
                f"A spot in {context.goal} was already clinched on points for {driver}.",
            )
        if place.status is Status.LOCKED:
            return context.pick(
                f"The win clinches a spot in {context.goal} for {driver}.",
                f"With the win {driver} has clinched a spot in {context.goal}.",
                f"By winning, {driver} has a spot in {context.goal} clinched.",
            )
        winners, nth = len(context.here.winners), ordinal(len(context.here.winners))
        if winners > context.here.spots:
            spots = spelled(context.here.spots)
            return context.pick(
                f"{driver} is the {nth} race winner in line for {context.goal}, which has only {spots} spots.",
                f"With {driver} there are {winners} race winners for the {spots} spots in {context.goal}.",
            )
        if winners > 1:
            return context.pick(
                f"{driver} is the {nth} driver in line for {context.goal} on a win.",
                f"The win makes {driver} the {nth} race winner in line for {context.goal}.",
                f"{driver} is now one of {spelled(winners)} race winners in line for {context.goal}.",
            )
    return _points(context, key, driver)


def _settled(context: RecapContext, driver: str, *, before: bool) -> str:
    """The winner can no longer be caught on points, and could not be before the race either or only now."""
    if before:
        return context.pick(
            f"{driver} had already clinched the {context.season.year} title.",
            f"{driver} came into the race with the {context.season.year} title already clinched.",
        )
    return context.pick(
        f"{driver} can no longer be caught and has clinched the {context.season.year} title.",
        f"The win settles the {context.season.year} title: nobody can catch {driver}.",
    )


def _points(context: RecapContext, key: str, driver: str) -> str:
    """Where the winner is in the points; nothing where that is not known."""
    table = context.table
    place = next((line for line in table if line.driver == key), None)
    if place is None or len(table) < 2:
        return ""
    if place.position > 1:
        behind = _behind(place.gap, who(table[0].driver))
        return context.pick(
            f"{driver} is {ordinal(place.position)} in the standings, {behind}.",
            f"The win leaves {driver} {ordinal(place.position)} in the standings, {behind}.",
            f"In the standings {driver} is {ordinal(place.position)}, {behind}.",
        )
    second = table[1]
    if not second.gap:
        return context.pick(
            f"{driver} and {who(second.driver)} are tied on points at the top of the standings.",
            f"On points {driver} and {who(second.driver)} are tied at the top.",
        )
    if context.table_before and context.table_before[0].driver != key:
        old = who(context.table_before[0].driver)
        return context.pick(
            f"{driver} takes over the points lead from {old}.",
            f"The win also puts {driver} on top of the standings, past {old}.",
            f"{driver} is the new leader of the standings in place of {old}.",
        )
    lead = count(second.gap, "point")
    return context.pick(
        f"{driver} leads the standings by {lead}.",
        f"The standings have {driver} on top by {lead}.",
        f"{driver} has a lead of {lead} in the standings.",
    )


def _behind(points: int, leader: str) -> str:
    return f"{count(points, 'point')} behind {leader}" if points else f"tied on points with {leader}"


def _seed(context: RecapContext, key: str, driver: str) -> str:
    """The regular season is over: where the winner begins what follows."""
    field = context.here.advanced
    if key not in field:
        return context.pick(
            f"{driver} is not in the field of {spelled(len(field))} for {context.goal}.",
            f"The win does not bring {driver} into {context.goal}.",
        )
    if len(context.after.phases) < 2:
        return ""
    seed, points = field.index(key) + 1, context.after.phases[1].totals[key]
    return context.pick(
        f"{driver} goes into {context.goal} as the {ordinal(seed)} of {spelled(len(field))} seeds, "
        f"with {points:,} points.",
        f"{driver} starts {context.goal} as the {ordinal(seed)} seed, with {points:,} points.",
        f"That makes {driver} the {ordinal(seed)} seed for {context.goal}, with {points:,} points.",
    )


def _title(context: RecapContext, key: str, champion: str) -> str:
    """Who is champion after the last race: the winner or another driver."""
    year, order = context.season.year, context.here.entered
    lead = context.here.totals[order[0]] - context.here.totals[order[1]] if len(order) > 1 else 0
    by = f", by {count(lead, 'point')}" if context.on_points and lead else ""
    if champion == key and (key in context.sure_before or context.settled_before):
        return context.pick(
            f"{who(key)}, who had clinched it before the race, takes the {year} title{by.removeprefix(',')}.",
            f"The {year} title, clinched before the race, goes to {who(key)}{by}.",
        )
    if champion == key:
        return context.pick(
            f"The win makes {who(key)} the {year} champion{by}.",
            f"With the win {who(key)} is the {year} champion{by}.",
            f"{who(key)} is the {year} champion{by}.",
        )
    row = context.row(champion)
    finish = f", {ordinal(row.finish)} in the race" if row else ""
    comma = "," if row else ""
    how = by if context.on_points or len(order) < 2 else f" as the best of the {spelled(len(order))} finalists"
    goes = f"The {year} title goes to" if context.on_points else f"The {year} champion is"
    return context.pick(
        f"{who(champion)}{finish}{comma} is the {year} champion{how}.",
        f"{goes} {who(champion)}{finish}{'' if context.on_points else comma}{how}.",
    )


def _outsider(context: RecapContext, key: str, driver: str) -> str:
    """The winner was eliminated from the postseason, or never was in it."""
    fell = next((each.name for each in context.after.phases[1:] if key in each.eliminated), None)
    if fell is not None:
        return context.pick(
            f"{driver} was eliminated in the {fell}, so the win changes nothing in the title race.",
            f"The win comes too late for the title: {driver} was eliminated in the {fell}.",
        )
    locks = "locks nobody in" if context.rules.winners_first else "counts toward no title"
    return context.pick(
        f"{driver} is not in the {context.called}, so the win {locks}.",
        f"The win {locks}, since {driver} is not in the {context.called}.",
        f"With {driver} outside the {context.called}, the win {locks}.",
    )


def _gap(context: RecapContext, key: str, driver: str) -> str:
    """Where the winner is in a round that is won by most points."""
    here = context.here
    place, first = here.entered.index(key) + 1, here.entered[0]
    if place > 1:
        behind = _behind(here.totals[first] - here.totals[key], who(first))
        return context.pick(
            f"{driver} is {ordinal(place)} in the {context.called}, {behind}.",
            f"The win leaves {driver} {ordinal(place)} in the {context.called}, {behind}.",
        )
    lead = here.totals[key] - here.totals[here.entered[1]] if len(here.entered) > 1 else 0
    if key in context.sure_before or key in context.sure:
        return _settled(context, driver, before=key in context.sure_before)
    ahead = f"{count(lead, 'point')} ahead of" if lead else "tied on points with"
    return context.pick(
        f"{driver} leads the {context.called}, {ahead} {who(here.entered[1])}.",
        f"The win leaves {driver} on top of the {context.called}, {ahead} {who(here.entered[1])}.",
    )


def _round(context: RecapContext, key: str, driver: str) -> str:
    """What the win means in a round with a cut at its end."""
    before = context.here_before
    goal = context.goal
    if before is not None and key in before.winners:
        if context.here.over:
            return context.pick(
                f"{driver}, who also won earlier in the {context.here.name}, advances to {goal}.",
                f"{driver} advances to {goal}, a spot already locked up by a win earlier in the {context.here.name}.",
            )
        return context.pick(
            f"{driver} was already locked into {goal}.",
            f"{driver} came into the race with a spot in {goal} already locked up.",
        )
    if key in context.sure_before:
        if context.here.over:
            return context.pick(
                f"{driver}, who had already clinched a spot on points, advances to {goal}.",
                f"{driver} advances to {goal}, a spot clinched on points before the race.",
            )
        return context.pick(
            f"{driver} had already clinched a spot in {goal} on points.",
            f"{driver} came into the race with a spot in {goal} already clinched on points.",
        )
    was = context.before.place(key) if before is not None else None
    below = was.to_cut if was is not None and was.to_cut is not None and was.status is Status.OUT else None
    up = f", up from {count(-below, 'point')} below the cut line" if below else ""
    if context.here.over:
        return context.pick(
            f"The win sends {driver} on to {goal}{up}.",
            f"With the win {driver} advances to {goal}{up}.",
            f"By winning, {driver} is through to {goal}{up}.",
        )
    return context.pick(
        f"The win locks {driver} into {goal}{up}.",
        f"With the win {driver} is locked into {goal}{up}.",
        f"{driver} has a spot in {goal} with {count(context.here.left, 'race')} left in the {context.here.name}{up}.",
    )
