"""What a win means for the championship, in one sentence."""

from __future__ import annotations

from bot.championship.postseason import Status
from bot.recaps.phrases import count, ordinal, spelled
from bot.recaps.scene import Scene, who
from db.models import Result


def stakes(scene: Scene, winner: Result) -> str:
    """What the winner has of it; "" where the race leaves nothing to say."""
    key, he = winner.driver, who(winner.driver)
    if not winner.entry.eligible:
        return scene.pick(
            f"{he} does not score points in this series, so the win changes nothing in the championship.",
            f"The win pays no points: {he} does not score in this series.",
            f"{he} does not score points in this series, and the win counts toward no title.",
        )
    return _meaning(scene, key, he) if scene.whole else ""


def _meaning(scene: Scene, key: str, he: str) -> str:
    """What the win means where every race of the season so far is on record."""
    if not scene.postseason or scene.stretch == 0:
        return _regular_season(scene, key, he)
    if scene.after.champion is not None:
        return _title(scene, key, scene.after.champion)
    if key not in scene.here.entered:
        return _outsider(scene, key, he)
    if scene.here.spots == 1:
        return _gap(scene, key, he) if scene.chase else ""
    return _round(scene, key, he)


def _regular_season(scene: Scene, key: str, he: str) -> str:
    if scene.postseason and scene.here.over:
        return _seed(scene, key, he)
    first = scene.here_before is not None and key not in scene.here_before.winners
    place = scene.after.place(key)
    if scene.postseason and scene.rules.winners_first and first and place is not None:
        if key in scene.sure_before:
            return scene.pick(
                f"{he} was sure of {scene.goal} on points before the race, eligibility permitting.",
                f"On points {he} had a spot in {scene.goal} before the race, eligibility permitting.",
            )
        if place.status is Status.LOCKED:
            return scene.pick(
                f"The win is enough for {scene.goal} as long as {he} stays eligible.",
                f"With the win {he} is sure of {scene.goal}, eligibility permitting.",
                f"The win holds a spot in {scene.goal} for {he}, who only has to stay eligible.",
            )
        winners, nth = len(scene.here.winners), ordinal(len(scene.here.winners))
        if winners > scene.here.spots:
            spots = spelled(scene.here.spots)
            return scene.pick(
                f"{he} is the {nth} eligible race winner, with no more than {spots} spots in {scene.goal}.",
                f"With {he} there are {winners} eligible race winners for the {spots} spots in {scene.goal}.",
            )
        if winners > 1:
            return scene.pick(
                f"Race winners go into {scene.goal} first, and {he} is the {nth} of those eligible.",
                f"The win makes {he} the {nth} race winner in line for {scene.goal}.",
                f"{he} is now one of {spelled(winners)} eligible race winners, who go into {scene.goal} "
                "ahead of the rest.",
            )
    return _points(scene, key, he)


def _points(scene: Scene, key: str, he: str) -> str:
    """Where the winner is in the points; nothing where that is not known."""
    table = scene.table
    mine = next((line for line in table if line.driver == key), None)
    if mine is None or len(table) < 2:
        return ""
    if mine.position > 1:
        behind = _behind(mine.gap, who(table[0].driver))
        return scene.pick(
            f"{he} is {ordinal(mine.position)} in the standings, {behind}.",
            f"The win leaves {he} {ordinal(mine.position)} in the standings, {behind}.",
            f"In the standings {he} is {ordinal(mine.position)}, {behind}.",
        )
    second = table[1]
    if not second.gap:
        return scene.pick(
            f"{he} and {who(second.driver)} are tied on points at the top of the standings.",
            f"On points {he} and {who(second.driver)} are tied at the top.",
        )
    if scene.table_before and scene.table_before[0].driver != key:
        old = who(scene.table_before[0].driver)
        return scene.pick(
            f"{he} takes over the points lead from {old}.",
            f"The win also puts {he} on top of the standings, past {old}.",
            f"{he} is the new leader of the standings in place of {old}.",
        )
    lead = count(second.gap, "point")
    return scene.pick(
        f"{he} leads the standings by {lead}.",
        f"The standings have {he} on top by {lead}.",
        f"{he} has a lead of {lead} in the standings.",
    )


def _behind(points: int, leader: str) -> str:
    return f"{count(points, 'point')} behind {leader}" if points else f"tied on points with {leader}"


def _seed(scene: Scene, key: str, he: str) -> str:
    """The regular season is over: where the winner begins what follows."""
    field = scene.here.through
    if key not in field:
        return scene.pick(
            f"{he} is not in the field of {spelled(len(field))} for {scene.goal}.",
            f"The win does not bring {he} into {scene.goal}.",
        )
    if len(scene.after.stretches) < 2:
        return ""
    seed, points = field.index(key) + 1, scene.after.stretches[1].totals[key]
    return scene.pick(
        f"{he} goes into {scene.goal} as the {ordinal(seed)} of {spelled(len(field))} seeds, with {points:,} points.",
        f"{he} starts {scene.goal} as the {ordinal(seed)} seed, with {points:,} points.",
        f"That makes {he} the {ordinal(seed)} seed for {scene.goal}, with {points:,} points.",
    )


def _title(scene: Scene, key: str, champion: str) -> str:
    """Who is champion after the last race, the winner or somebody behind."""
    year, order = scene.season.year, scene.here.entered
    lead = scene.here.totals[order[0]] - scene.here.totals[order[1]] if len(order) > 1 else 0
    by = f", by {count(lead, 'point')}" if scene.chase and lead else ""
    if champion == key and key in scene.sure_before:
        return scene.pick(
            f"{who(key)} was sure of the {year} title before the race and takes it{by.removeprefix(',')}.",
            f"The {year} title, settled before the race, goes to {who(key)}{by}.",
        )
    if champion == key:
        return scene.pick(
            f"The win makes {who(key)} the {year} champion{by}.",
            f"With the win {who(key)} is the {year} champion{by}.",
            f"{who(key)} is the {year} champion{by}.",
        )
    row = scene.row(champion)
    finish = f", {ordinal(row.finish)} in the race" if row else ""
    comma = "," if row else ""
    how = by if scene.chase or len(order) < 2 else f" as the best of the {spelled(len(order))} finalists"
    return scene.pick(
        f"{who(champion)}{finish}{comma} is the {year} champion{how}.",
        f"The {year} champion is {who(champion)}{finish}{'' if scene.chase else comma}{how}.",
    )


def _outsider(scene: Scene, key: str, he: str) -> str:
    """The winner is in no round of the postseason any more, or never was."""
    fell = next((each.name for each in scene.after.stretches[1:] if key in each.fell), None)
    if fell is not None:
        return scene.pick(
            f"{he} was eliminated in the {fell}, so the win changes nothing in the title race.",
            f"The win comes too late for the title: {he} was eliminated in the {fell}.",
        )
    locks = "locks nobody in" if scene.rules.winners_first else "counts toward no title"
    return scene.pick(
        f"{he} is not in the {scene.called}, so the win {locks}.",
        f"The win {locks}, since {he} is not in the {scene.called}.",
        f"With {he} outside the {scene.called}, the win {locks}.",
    )


def _gap(scene: Scene, key: str, he: str) -> str:
    """Where the winner is in a round that most points win."""
    here = scene.here
    place, first = here.entered.index(key) + 1, here.entered[0]
    if place > 1:
        behind = _behind(here.totals[first] - here.totals[key], who(first))
        return scene.pick(
            f"{he} is {ordinal(place)} in the {scene.called}, {behind}.",
            f"The win leaves {he} {ordinal(place)} in the {scene.called}, {behind}.",
        )
    lead = here.totals[key] - here.totals[here.entered[1]] if len(here.entered) > 1 else 0
    if key in scene.sure_before:
        return scene.pick(
            f"{he} was sure of the {scene.season.year} title before the race.",
            f"The {scene.season.year} title was {he}'s already.",
        )
    if key in scene.sure:
        return scene.pick(
            f"{he} cannot be caught anymore and is sure of the {scene.season.year} title.",
            f"The win settles the {scene.season.year} title: nobody can catch {he} anymore.",
        )
    ahead = f"{count(lead, 'point')} ahead of" if lead else "tied on points with"
    return scene.pick(
        f"{he} leads the {scene.called}, {ahead} {who(here.entered[1])}.",
        f"The win leaves {he} on top of the {scene.called}, {ahead} {who(here.entered[1])}.",
    )


def _round(scene: Scene, key: str, he: str) -> str:
    """The winner is in a round with a cut at its end."""
    before = scene.here_before
    goal = scene.goal
    if before is not None and key in before.winners:
        if scene.here.over:
            return scene.pick(
                f"{he}, a winner earlier in the {scene.here.name}, goes on to {goal}.",
                f"A spot in {goal} was certain before: {he} had won earlier in the {scene.here.name}.",
            )
        return scene.pick(
            f"{he} was locked into {goal} already.",
            f"A spot in {goal} was certain before the start for {he}.",
        )
    if key in scene.sure_before:
        if scene.here.over:
            return scene.pick(
                f"{he}, sure of a spot on points before the race, goes on to {goal}.",
                f"On points a spot in {goal} was certain for {he} before the race.",
            )
        return scene.pick(
            f"{he} was sure of a spot in {goal} on points already.",
            f"A spot in {goal} was certain on points before the start for {he}.",
        )
    was = scene.before.place(key) if before is not None else None
    below = was.to_cut if was is not None and was.to_cut is not None and was.status is Status.OUT else None
    up = f", up from {count(-below, 'point')} below the cut line" if below else ""
    if scene.here.over:
        return scene.pick(
            f"The win sends {he} on to {goal}{up}.",
            f"With the win {he} goes on to {goal}{up}.",
            f"By winning, {he} is through to {goal}{up}.",
        )
    return scene.pick(
        f"The win locks {he} into {goal}{up}.",
        f"With the win {he} is locked into {goal}{up}.",
        f"{he} has a spot in {goal} with {count(scene.here.left, 'race')} left in the {scene.here.name}{up}.",
    )
