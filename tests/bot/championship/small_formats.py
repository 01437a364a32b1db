"""Small formats for tests of the postseason, and the standings after a few finishing orders."""

from __future__ import annotations

from bot.championship.formats import Format, PlayoffPoints, PlayoffRound
from bot.championship.postseason import Standings, compute_standings
from tests.seasons import make_scores

LAST_TWO = PlayoffRound("Final", races=1, drivers=2, base=2000, carries=False, finish_only=True)
SMALL = Format(
    "small",
    finish=(10, 6, 4, 3, 2, 1),
    playoff_points=PlayoffPoints(race_win=5, stage_win=1, regular_season=(3, 2, 1)),
    field=4,
    winners_first=True,
    rounds=(PlayoffRound("Semifinal", races=2, drivers=4, base=1000), LAST_TWO),
)
"""Four make it, two of them the final; 10 points a win, 6, 4, 3, 2 and 1."""
SEEDED = Format(
    "seeded",
    finish=SMALL.finish,
    field=3,
    rounds=(PlayoffRound("Chase", races=2, drivers=3, base=0, carries=False),),
    seeds=(100, 90, 85),
)
FULL = Format("full", finish=SMALL.finish)

FIRST = "abcdef"
"""A finishing order of six."""


def after(
    *orders: str,
    rules: Format = SMALL,
    races: int = 6,
    outsiders: str = "",
    field: str = "",
    barred: str = "",
    **more: object,
) -> Standings:
    """The picture after these finishing orders of a season of so many races."""
    earned = make_scores(orders, rules, outsiders=outsiders, **more)  # type: ignore[arg-type]
    return compute_standings(earned, rules, races, tuple(field), barred)


def order(held: Standings) -> str:
    return "".join(place.who for place in held.places)


def statuses(held: Standings) -> dict[str, str]:
    return {place.who: place.status.value for place in held.places if place.status}


def cuts(held: Standings) -> dict[str, int | None]:
    return {place.who: place.to_cut for place in held.places}
