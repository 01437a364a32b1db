"""The championship as a fan asks for it: drivers, owners, manufacturers, rookies, and what if."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.championship import scores
from bot.championship.audit import Fault, faults, sound
from bot.championship.formats import CHASE, PLAYOFFS_WITH_FASTEST_LAP, Format, format_of
from bot.championship.postseason import Picture, picture
from db.models import Season

FULL_SEASON = "full-season points"


@dataclass(frozen=True, slots=True)
class View:
    """A picture, the season it is of (without what cannot be so) and what was left out of it."""

    season: Season
    picture: Picture
    left_out: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class MakePlace:
    """A make's line of the manufacturers' table; ``gap`` is points behind the leader."""

    position: int
    make: str
    points: int
    gap: int
    wins: int


def drivers(season: Season, rules: Format | None = None) -> View:
    """The drivers' championship as the season stands; under other rules where they are given.

    The field of the postseason is the one that the data states, under the season's own rules, or else reckoned.
    """
    own = format_of(season.year)
    rules = rules or own
    found = faults(season)
    season = sound(season, found)
    stated = [seat.driver for seat in season.playoff_field] if rules == own else []
    mine = _without(scores.drivers(season, rules), found)
    return View(season, picture(mine, rules, len(season.races), stated), found)


def owners(season: Season) -> View:
    """The owners' championship, by truck number, with a field and rounds of its own."""
    rules = format_of(season.year)
    found = faults(season)
    season = sound(season, found)
    mine = _without(scores.owners(season), found)
    return View(season, picture(mine, rules, len(season.races)), found)


def _without(mine: scores.Scores, found: tuple[Fault, ...]) -> scores.Scores:
    """The scores, knowing which races are left out of them."""
    return replace(mine, doubtful=frozenset(fault.round for fault in found if fault.stage is None))


def what_ifs(year: int) -> dict[str, Format]:
    """The formats that a season can be reckoned under, by name; one of them is its own."""
    own = format_of(year)
    return {
        FULL_SEASON: replace(
            own, name=FULL_SEASON, playoff_points=None, field=0, winners_first=False, rounds=(), seeds=()
        ),
        "playoffs": own if own.playoff_points else PLAYOFFS_WITH_FASTEST_LAP,
        "chase": CHASE if own.playoff_points else own,
    }


def manufacturers(season: Season) -> tuple[MakePlace, ...]:
    """The manufacturers' table: each make has the finish points of its best truck in every race.

    Ties go to most wins, then to the name.
    """
    rules = format_of(season.year)
    season = sound(season, faults(season))
    points: dict[str, int] = {}
    wins: dict[str, int] = {}
    for race in season.run:
        best: dict[str, int] = {}
        for row in season.results[race.round]:
            if row.entry.make is not None:
                best[row.entry.make] = min(row.finish, best.get(row.entry.make, row.finish))
        for make, place in best.items():
            points[make] = points.get(make, 0) + rules.finish_points(place)
            wins[make] = wins.get(make, 0) + (place == 1)
    order = sorted(points, key=lambda make: (-points[make], -wins[make], make))
    top = points[order[0]] if order else 0
    return tuple(
        MakePlace(position, make, points[make], top - points[make], wins[make])
        for position, make in enumerate(order, start=1)
    )


def contradictions(season: Season) -> tuple[str, ...]:
    """Where what the data states of a season is not what its results give: the champion, and the size of the field."""
    found = []
    reckoned = drivers(season).picture.champion
    if season.champion and reckoned and season.champion != reckoned:
        names = [season.drivers[key].name for key in (season.champion, reckoned)]
        found.append(f"the champion is stated as {names[0]}, the results make it {names[1]}")
    seats, spots = [seat.driver for seat in season.playoff_field], format_of(season.year).field
    if seats and (len(seats) != spots or len(set(seats)) != spots):
        found.append(f"the playoff field is stated with {len(set(seats))} drivers, it has {spots}")
    return tuple(found)


def rookies(view: View) -> tuple[str, ...]:
    """The declared contenders for Rookie of the Year, in the order of the drivers' table."""
    declared = set(view.season.rookies)
    return tuple(place.who for place in view.picture.places if place.who in declared)
