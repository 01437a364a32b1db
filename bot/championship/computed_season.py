"""A season together with everything that is computed from its results, each thing once, when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from bot.championship.clinching import Need, needs
from bot.championship.formats import Format, format_of
from bot.championship.standings import (
    ManufacturerPlace,
    SeasonStandings,
    driver_standings,
    manufacturer_standings,
    owner_standings,
)
from bot.championship.table import PointsStanding, points_table, stage_winners
from db.models import Race, Result, Season

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DriverRace:
    """A race and the driver's result in it."""

    race: Race
    result: Result


class ComputedSeason:
    """A season as of one moment, with its standings, tables and records.

    A season is immutable, so what is computed once is right for as long as the object lives. The season itself knows
    nothing of it: whoever drops this object drops everything that was computed. ``bot.seasons.cache`` decides how long
    that is; answers take one of these as an argument.

    Args:
        season: the season, as of any moment.
    """

    def __init__(self, season: Season) -> None:
        self.season = season
        self._by_format: dict[Format, SeasonStandings] = {}
        self._once: dict[Callable[[ComputedSeason], Any], Any] = {}

    def once(self, compute: Callable[[ComputedSeason], T]) -> T:
        """What a function makes of this season, made when it is first asked for; nobody may change it."""
        if compute not in self._once:
            self._once[compute] = compute(self)
        made: T = self._once[compute]
        return made

    @property
    def standings(self) -> SeasonStandings:
        """The driver standings under the season's own format."""
        return self.standings_under(format_of(self.season.year))

    def standings_under(self, rules: Format) -> SeasonStandings:
        """The driver standings under the given format, of which there are four a season at most."""
        found = self._by_format.get(rules)
        if found is None:
            found = self._by_format[rules] = driver_standings(self.season, rules)
        return found

    @cached_property
    def owner_standings(self) -> SeasonStandings:
        return owner_standings(self.season)

    @cached_property
    def manufacturer_standings(self) -> tuple[ManufacturerPlace, ...]:
        return manufacturer_standings(self.season)

    @cached_property
    def needs(self) -> Mapping[str, Need]:
        """What each driver needs at the next race, by key; this takes longest to compute."""
        return {need.who: need for need in needs(self.standings.standings)}

    @cached_property
    def points_table(self) -> tuple[PointsStanding, ...]:
        """The points table of all results as they are stored."""
        return points_table(self.season)

    @cached_property
    def counted_points_table(self) -> tuple[PointsStanding, ...]:
        """The points table of the results that the standings count: without those that contradict themselves."""
        counted = self.standings.season
        return self.points_table if counted is self.season else points_table(counted)

    def races_of(self, driver: str) -> tuple[DriverRace, ...]:
        """All races of the season that the driver started, in order; empty without a start."""
        return self._races_by_driver.get(driver, ())

    @cached_property
    def _races_by_driver(self) -> Mapping[str, tuple[DriverRace, ...]]:
        races: dict[str, list[DriverRace]] = {}
        for race in self.season.run:
            for result in self.season.results[race.round]:
                races.setdefault(result.driver, []).append(DriverRace(race, result))
        return {driver: tuple(own) for driver, own in races.items()}

    @cached_property
    def stage_winners(self) -> tuple[tuple[str | None, ...], ...]:
        """The stage winners of each race with results, as keys, in the order in which they were run."""
        return tuple(stage_winners(race, self.season.results[race.round]) for race in self.season.run)
