"""A driver's place in the official standings, which are season points until the postseason has begun."""

from __future__ import annotations

from dataclasses import dataclass

from bot.championship.computed_season import ComputedSeason
from bot.championship.postseason import Place


@dataclass(frozen=True, slots=True)
class OfficialPlace:
    """A place in the official standings.

    Attributes:
        position: 1 to n.
        points: as the official table has them: season points, and with resets once the postseason has begun.
        reset: whether points were reset, so that season points make another table.
        final: whether the season is decided.
    """

    position: int
    points: int
    reset: bool
    final: bool


def postseason_begun(computed: ComputedSeason) -> bool:
    """Whether the regular season is over, so that the standings no longer go by season points."""
    standings = computed.standings.standings
    # A schedule that is no longer than the postseason is still being entered; all of it is regular season.
    return len(standings.phases) > 1 and len(computed.season.races) > standings.rules.postseason


def official_place(computed: ComputedSeason, driver: str) -> OfficialPlace | None:
    """The place of a driver, by key; None without a start that pays points.

    The playoff standings of the regular season have race winners first. They say who would be in; the official order
    is still that of points.
    """
    standings = computed.standings.standings
    if postseason_begun(computed):
        place = standings.place(driver)
        found = (place.position, place.points) if place is not None else None
    else:
        lines = (line for line in computed.counted_points_table if line.driver == driver)
        found = next(((line.position, line.points) for line in lines), None)
    if found is None:
        return None
    return OfficialPlace(*found, reset=postseason_begun(computed), final=standings.champion is not None)


def rookies(computed: ComputedSeason) -> tuple[tuple[Place, OfficialPlace], ...]:
    """The declared contenders for Rookie of the Year who have points, in the order of the official standings."""
    declared = set(computed.standings.season.rookies)
    places = (place for place in computed.standings.standings.places if place.who in declared)
    found = [(place, official) for place in places if (official := official_place(computed, place.who)) is not None]
    return tuple(sorted(found, key=lambda each: each[1].position))
