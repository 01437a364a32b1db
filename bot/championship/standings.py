"""The standings that fans ask for: drivers, owners, manufacturers, rookies, and what-ifs under other formats."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.championship import scores
from bot.championship.audit import Fault, faults, without_faults
from bot.championship.formats import CHASE, PLAYOFFS_WITH_FASTEST_LAP, Format, format_of
from bot.championship.postseason import Standings, compute_standings
from db.models import Season

FULL_SEASON = "full-season points"


@dataclass(frozen=True, slots=True)
class SeasonStandings:
    """Standings together with the results that they count.

    Attributes:
        season: the season without the results in which a fault was found.
        standings: the standings computed from it.
        left_out: the faults, which an answer has to mention.
    """

    season: Season
    standings: Standings
    left_out: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class ManufacturerPlace:
    """A make's place in the manufacturer standings; ``gap`` is points behind the leader."""

    position: int
    make: str
    points: int
    gap: int
    wins: int


def driver_standings(season: Season, rules: Format | None = None) -> SeasonStandings:
    """The driver standings, under the season's own format or under the one given.

    The season's data may name the playoff field, which then counts as published: a spot can be lost off the track.
    Under another format that field means nothing, and it is always computed.
    """
    own = format_of(season.year)
    rules = rules or own
    found = faults(season)
    season = without_faults(season, found)
    stated = [seat.driver for seat in season.playoff_field] if rules == own else []
    earned = _with_doubtful(scores.driver_scores(season, rules), found)
    return SeasonStandings(season, compute_standings(earned, rules, len(season.races), stated), found)


def owner_standings(season: Season) -> SeasonStandings:
    """The owner standings, by truck number, with a playoff field of its own."""
    rules = format_of(season.year)
    found = faults(season)
    season = without_faults(season, found)
    earned = _with_doubtful(scores.owner_scores(season), found)
    return SeasonStandings(season, compute_standings(earned, rules, len(season.races)), found)


def _with_doubtful(earned: scores.Scores, found: tuple[Fault, ...]) -> scores.Scores:
    """The scores with the rounds of the races that were left out because of a fault."""
    return replace(earned, doubtful=frozenset(fault.round for fault in found if fault.stage is None))


def what_if_formats(year: int) -> dict[str, Format]:
    """The formats that a season's standings can be computed under, by name; one of them is the season's own."""
    own = format_of(year)
    return {
        FULL_SEASON: replace(
            own, name=FULL_SEASON, playoff_points=None, field=0, winners_first=False, rounds=(), seeds=()
        ),
        "playoffs": own if own.playoff_points else PLAYOFFS_WITH_FASTEST_LAP,
        "chase": CHASE if own.playoff_points else own,
    }


def manufacturer_standings(season: Season) -> tuple[ManufacturerPlace, ...]:
    """The manufacturer standings: a make scores the finish points of its best truck in every race.

    Ties go to most wins, then to the name.
    """
    rules = format_of(season.year)
    season = without_faults(season, faults(season))
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
        ManufacturerPlace(position, make, points[make], top - points[make], wins[make])
        for position, make in enumerate(order, start=1)
    )


def contradictions(season: Season) -> tuple[str, ...]:
    """Statements of a season's data that its results contradict: the champion, and the size of the playoff field."""
    found = []
    computed = driver_standings(season).standings.champion
    if season.champion and computed and season.champion != computed:
        names = [season.name_of(key) for key in (season.champion, computed)]
        found.append(f"the champion is stated as {names[0]}, the results make it {names[1]}")
    seats, spots = [seat.driver for seat in season.playoff_field], format_of(season.year).field
    if seats and (len(seats) != spots or len(set(seats)) != spots):
        found.append(f"the playoff field is stated with {len(set(seats))} drivers, it has {spots}")
    return tuple(found)
