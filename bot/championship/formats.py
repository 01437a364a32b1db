"""Each season's format as data: what pays how many points, who makes the postseason, and when points are reset."""

from __future__ import annotations

from dataclasses import dataclass, replace

_PLACES = (40, *range(35, 0, -1))
"""40 points for the win, 35 for second, then one less a place down to 1 for 36th and every place behind it."""
_CHASE_PLACES = (55, *_PLACES[1:])
_STAGE = tuple(range(10, 0, -1))


@dataclass(frozen=True, slots=True)
class PlayoffPoints:
    """Playoff points, which are added at each reset: for a race win, a stage win, and places of the regular season."""

    race_win: int
    stage_win: int
    regular_season: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PlayoffRound:
    """A round of the postseason (not to be confused with a race's round, its number on the schedule).

    Attributes:
        name: what fans call it.
        races: the number of races in it.
        drivers: the number of drivers who start it.
        base: the points that each driver is reset to at its start, before playoff points.
        carries: whether playoff points are added to the base.
        finish_only: whether its drivers score finish points alone and the best finisher wins the title, as in the
            Championship 4.
    """

    name: str
    races: int
    drivers: int
    base: int
    carries: bool = True
    finish_only: bool = False


@dataclass(frozen=True, slots=True)
class Format:
    """A season's rules.

    Attributes:
        name: what fans call it.
        finish: points by finishing place, from first; places behind the last one listed pay as much as that one.
        stage: points by place in a stage, from first; places behind the last one listed pay nothing.
        fastest_lap: points for the race's fastest lap.
        playoff_points: what earns playoff points; None where the format has none.
        field: how many drivers make the postseason.
        winners_first: whether race winners make the postseason ahead of drivers who qualify on points.
        rounds: the rounds of the postseason, which are the last races of the season; empty without a postseason.
        seeds: points at the first reset by seed, where the format fixes them; empty where they are ``base`` and
            playoff points.
        source: where the rules are published.
    """

    name: str
    finish: tuple[int, ...] = _PLACES
    stage: tuple[int, ...] = _STAGE
    fastest_lap: int = 0
    playoff_points: PlayoffPoints | None = None
    field: int = 0
    winners_first: bool = False
    rounds: tuple[PlayoffRound, ...] = ()
    seeds: tuple[int, ...] = ()
    source: str = ""

    @property
    def postseason(self) -> int:
        """The number of races in the postseason."""
        return sum(each.races for each in self.rounds)

    def finish_points(self, place: int) -> int:
        return self.finish[min(place, len(self.finish)) - 1]

    def stage_points(self, place: int) -> int:
        return self.stage[place - 1] if place <= len(self.stage) else 0

    def same_points(self, other: Format) -> bool:
        """Whether a race pays the same points under both formats."""
        return (self.finish, self.stage, self.fastest_lap) == (other.finish, other.stage, other.fastest_lap)

    @property
    def most_a_race(self) -> int:
        """The most points that one driver can score in a race: the win, both stages and the fastest lap."""
        return self.finish_points(1) + 2 * self.stage_points(1) + self.fastest_lap


PLAYOFFS = Format(
    name="playoffs",
    playoff_points=PlayoffPoints(race_win=5, stage_win=1, regular_season=(15, 10, 8, 7, 6, 5, 4, 3, 2, 1)),
    field=10,
    winners_first=True,
    rounds=(
        PlayoffRound("Round of 10", races=3, drivers=10, base=2000),
        PlayoffRound("Round of 8", races=3, drivers=8, base=3000),
        PlayoffRound("Championship 4", races=1, drivers=4, base=4000, carries=False, finish_only=True),
    ),
    source="NASCAR's rules of 2023 and 2024, as race reports of those seasons state them",
)
PLAYOFFS_WITH_FASTEST_LAP = replace(PLAYOFFS, fastest_lap=1, source="NASCAR's rules of 2025")
CHASE = Format(
    name="The Chase",
    finish=_CHASE_PLACES,
    fastest_lap=1,
    field=10,
    rounds=(PlayoffRound("The Chase", races=7, drivers=10, base=0, carries=False),),
    seeds=(2100, 2075, 2065, 2060, 2055, 2050, 2045, 2040, 2035, 2030),
    source="NASCAR's rules of 2026",
)

FORMATS: dict[int, Format] = {2023: PLAYOFFS, 2024: PLAYOFFS, 2025: PLAYOFFS_WITH_FASTEST_LAP, 2026: CHASE}
"""The format of each season by year; a new season is one more line."""


def format_of(year: int) -> Format:
    """The season's format; for a year not listed that of the latest listed year before it, else of the earliest."""
    known = [listed for listed in FORMATS if listed <= year]
    return FORMATS[max(known, default=min(FORMATS))]
