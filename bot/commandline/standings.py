"""The standings as rows of data in every view; the names of the fields are stable."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from bot.championship.audit import faults, without_faults
from bot.championship.computed_season import ComputedSeason
from bot.championship.formats import Format
from bot.championship.official import postseason_begun, rookies
from bot.championship.postseason import Place
from bot.championship.standings import (
    CHASE,
    CLASSIC,
    FULL_SEASON,
    PLAYOFFS,
    SeasonStandings,
    driver_standings,
    manufacturer_standings,
    owner_standings,
    what_if_formats,
)
from bot.championship.table import points_table
from db.models import Season

Row = dict[str, Any]

FIELDS = ("position", "driver", "number", "points", "playoff_points", "wins", "to_cut", "status")
"""The fields of every view; a field that does not apply is None."""

STANDINGS_VIEWS = (
    "official",
    "points",
    "playoffs",
    "rookies",
    "owners",
    "manufacturers",
    "full-season",
    "what-if-playoffs",
    "what-if-chase",
    "what-if-classic",
)
DEFAULT_VIEW = "official"
_OTHER_RULES = {
    "full-season": FULL_SEASON,
    "what-if-playoffs": PLAYOFFS,
    "what-if-chase": CHASE,
    "what-if-classic": CLASSIC,
}


def standings_rows(season: Season, view: str) -> list[Row]:
    """The rows of a view, best first.

    Args:
        season: the season as it was after the race in question.
        view: one of ``STANDINGS_VIEWS``.
    """
    if view in _OTHER_RULES:
        return _drivers(season, rules=what_if_formats(season.year)[_OTHER_RULES[view]])
    views: dict[str, Callable[[Season], list[Row]]] = {
        "official": _official,
        "points": _points,
        "playoffs": _drivers,
        "rookies": _rookies,
        "owners": _owners,
        "manufacturers": _manufacturers,
    }
    return views[view](season)


def _row(**known: Any) -> Row:
    return dict.fromkeys(FIELDS) | known


def _points(season: Season) -> list[Row]:
    return [
        _row(
            position=line.position,
            driver=season.name_of(line.driver),
            number=line.number,
            points=line.points,
            wins=line.wins,
            gap=line.gap,
            stage_wins=line.stage_wins,
            top_fives=line.top_fives,
            top_tens=line.top_tens,
            starts=line.starts,
        )
        for line in points_table(without_faults(season, faults(season)))
    ]


def _playoff_rows(view: SeasonStandings, places: Iterable[Place]) -> list[Row]:
    """Places as rows, by truck number for the owners and by name for drivers."""
    numbers = {line.driver: line.number for line in points_table(view.season)}
    playoff_points = view.standings.rules.playoff_points is not None
    return [
        _row(
            position=place.position,
            driver=view.season.name_of(place.who),
            number=numbers.get(place.who),
            points=place.points,
            playoff_points=place.playoff_points if playoff_points else None,
            wins=place.wins,
            to_cut=place.to_cut,
            status=place.status.value or None,
        )
        for place in places
    ]


def _drivers(season: Season, rules: Format | None = None) -> list[Row]:
    view = driver_standings(season, rules)
    return _playoff_rows(view, view.standings.places)


def _official(season: Season) -> list[Row]:
    """The official table: in order of season points until the postseason has begun, and then as ``playoffs`` has it."""
    computed = ComputedSeason(season)
    view = computed.standings
    places = {place.who: place for place in view.standings.places}
    if not postseason_begun(computed):
        places = {
            line.driver: replace(places[line.driver], position=line.position) for line in computed.counted_points_table
        }
    return _playoff_rows(view, places.values())


def _rookies(season: Season) -> list[Row]:
    """Declared contenders; ``position`` is among them and ``overall`` that of the standings."""
    computed = ComputedSeason(season)
    order = rookies(computed)
    rows = _playoff_rows(computed.standings, [place for place, _ in order])
    overall = [official.position for _, official in order]
    return [
        row | {"position": number, "overall": place}
        for number, (row, place) in enumerate(zip(rows, overall, strict=True), 1)
    ]


def _owners(season: Season) -> list[Row]:
    """By truck number, with the team that fielded the truck last."""
    view = owner_standings(season)
    rows = (row for race in view.season.run for row in view.season.results[race.round])
    teams = {row.entry.number: row.entry.team for row in rows if row.entry.team}
    playoff_points = view.standings.rules.playoff_points is not None
    return [
        _row(
            position=place.position,
            number=place.who,
            points=place.points,
            playoff_points=place.playoff_points if playoff_points else None,
            wins=place.wins,
            to_cut=place.to_cut,
            status=place.status.value or None,
            team=teams.get(place.who),
        )
        for place in view.standings.places
    ]


def _manufacturers(season: Season) -> list[Row]:
    return [
        _row(position=place.position, points=place.points, wins=place.wins, make=place.make, gap=place.gap)
        for place in manufacturer_standings(season)
    ]
