"""The standings that fans ask for: drivers, owners, manufacturers, rookies, and what-ifs under other formats."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.championship import formats, scores
from bot.championship.audit import Fault, faults, without_faults
from bot.championship.formats import Format, format_of
from bot.championship.postseason import Standings, compute_standings
from db.models import Result, Season

FULL_SEASON = "full-season points"
PLAYOFFS = "playoffs"
CHASE = "chase"
CLASSIC = "points of 2007"


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

    The season's data may name the playoff field, which then counts as published: a spot can be lost off the track. It
    may name drivers who cannot make the field, which counts before the field is set. Under another format neither means
    anything, and the field is always computed.
    """
    own = format_of(season.year)
    rules = rules or own
    found = faults(season)
    season = without_faults(season, found)
    seats = season.playoff_field if rules == own else ()
    stated = [seat.driver for seat in seats if seat.eligible]
    barred = [seat.driver for seat in seats if not seat.eligible]
    earned = _with_doubtful(scores.driver_scores(season, rules), found)
    return SeasonStandings(season, compute_standings(earned, rules, len(season.races), stated, barred), found)


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
    """The formats that a season's standings can be computed under, by name; some are the season's own."""
    own = format_of(year)
    return {
        FULL_SEASON: replace(
            own,
            name=FULL_SEASON,
            playoff_points=None,
            field=0,
            winners_first=False,
            winners_within=None,
            rounds=(),
            seeds=(),
        ),
        PLAYOFFS: _playoffs(year),
        CHASE: formats.CHASE,
        CLASSIC: formats.POINTS_2007,
    }


def _playoffs(year: int) -> Format:
    """The playoffs: the season's own where it had them, else those of 2025.

    Before there was a postseason nobody declared for one, and many a winner raced a few times a year. So a rank is
    asked of winners, as it was in 2019.
    """
    own = format_of(year)
    if own.name == formats.PLAYOFFS.name:
        return own
    if own.rounds and own.winners_within is None:
        return formats.PLAYOFFS_WITH_FASTEST_LAP
    return replace(formats.PLAYOFFS_WITH_FASTEST_LAP, winners_within=formats.PLAYOFFS_2019.winners_within)


def manufacturer_standings(season: Season) -> tuple[ManufacturerPlace, ...]:
    """The manufacturer standings, from each make's best truck in every race, whoever drives it.

    Ties go to most wins, then to the name.
    """
    rules = format_of(season.year)
    season = without_faults(season, faults(season))
    points: dict[str, int] = {}
    wins: dict[str, int] = {}
    for race in season.run:
        rows, best = season.results[race.round], dict[str, Result]()
        for row in sorted(rows, key=lambda row: row.finish):
            if row.entry.make is not None:
                best.setdefault(row.entry.make, row)
        most = scores.most_laps_led(rows)
        for order, (make, row) in enumerate(best.items()):
            points[make] = points.get(make, 0) + _make_points(rules, order, row, most)
            wins[make] = wins.get(make, 0) + (row.finish == 1)
    order_of_makes = sorted(points, key=lambda make: (-points[make], -wins[make], make))
    top = points[order_of_makes[0]] if order_of_makes else 0
    return tuple(
        ManufacturerPlace(position, make, points[make], top - points[make], wins[make])
        for position, make in enumerate(order_of_makes, start=1)
    )


def _make_points(rules: Format, order: int, row: Result, most: int) -> int:
    """What a make scores in a race with its best truck, before which ``order`` other makes finished."""
    if rules.makes:
        return rules.makes[order] if order < len(rules.makes) else 0
    return rules.finish_points(row.finish) + rules.leading_points(row.led, most)


def contradictions(season: Season) -> tuple[str, ...]:
    """Statements of a season's data that its results contradict: the champion, and the size of the playoff field."""
    found = []
    computed = driver_standings(season).standings.champion
    if season.champion and computed and season.champion != computed:
        names = [season.name_of(key) for key in (season.champion, computed)]
        found.append(f"the champion is stated as {names[0]}, the results make it {names[1]}")
    seats, spots = [seat.driver for seat in season.playoff_field if seat.eligible], format_of(season.year).field
    if seats and (len(seats) != spots or len(set(seats)) != spots):
        found.append(f"the playoff field is stated with {len(set(seats))} drivers, it has {spots}")
    return tuple(found)
