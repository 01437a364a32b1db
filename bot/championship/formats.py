"""How each season is decided, as data: what pays how many points, who makes the postseason, and what is reset when."""

from __future__ import annotations

from dataclasses import dataclass, replace

_PLACES = (40, *range(35, 0, -1))
"""40 for the win, 35 for second, then one less a place down to 1 for 36th; whoever is behind that gets 1 as well."""
_CHASE_PLACES = (55, *_PLACES[1:])
_STAGE = tuple(range(10, 0, -1))


@dataclass(frozen=True, slots=True)
class PlayoffPoints:
    """Points that are added at each reset: for a race won, a stage won, and the places of the regular season."""

    race_win: int
    stage_win: int
    regular_season: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Round:
    """A round of the postseason.

    Attributes:
        name: as fans call it.
        races: how many races it has.
        drivers: how many begin it.
        base: points at the reset that opens it, before playoff points.
        carries: whether playoff points are added to that.
        finish_only: whether its drivers score their finish alone, and the best finisher takes the round.
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
        name: as fans call it.
        finish: points by finishing place; whoever is behind the last of them gets its points.
        stage: points by place in a stage.
        fastest_lap: points for the race's fastest lap.
        playoff_points: None where there are none.
        field: how many make the postseason.
        winners_first: whether race winners get in before those on points.
        rounds: the postseason, at the end of the season; none where the whole season counts.
        seeds: totals at the reset by seed, where they are fixed instead of counted.
        source: where the rules are stated.
    """

    name: str
    finish: tuple[int, ...] = _PLACES
    stage: tuple[int, ...] = _STAGE
    fastest_lap: int = 0
    playoff_points: PlayoffPoints | None = None
    field: int = 0
    winners_first: bool = False
    rounds: tuple[Round, ...] = ()
    seeds: tuple[int, ...] = ()
    source: str = ""

    @property
    def postseason(self) -> int:
        """How many races the postseason has."""
        return sum(each.races for each in self.rounds)

    def finish_points(self, place: int) -> int:
        return self.finish[min(place, len(self.finish)) - 1]

    def stage_points(self, place: int) -> int:
        return self.stage[place - 1] if place <= len(self.stage) else 0

    def same_points(self, other: Format) -> bool:
        """Whether a race pays the same under both."""
        return (self.finish, self.stage, self.fastest_lap) == (other.finish, other.stage, other.fastest_lap)

    @property
    def most_a_race(self) -> int:
        """The most points one race can pay: the win, both stages and the fastest lap."""
        return self.finish_points(1) + 2 * self.stage_points(1) + self.fastest_lap


PLAYOFFS = Format(
    name="playoffs",
    playoff_points=PlayoffPoints(race_win=5, stage_win=1, regular_season=(15, 10, 8, 7, 6, 5, 4, 3, 2, 1)),
    field=10,
    winners_first=True,
    rounds=(
        Round("Round of 10", races=3, drivers=10, base=2000),
        Round("Round of 8", races=3, drivers=8, base=3000),
        Round("Championship 4", races=1, drivers=4, base=4000, carries=False, finish_only=True),
    ),
    source="NASCAR's rules of 2023 and 2024, as race reports of those seasons state them",
)
PLAYOFFS_WITH_FASTEST_LAP = replace(PLAYOFFS, fastest_lap=1, source="NASCAR's rules of 2025")
CHASE = Format(
    name="The Chase",
    finish=_CHASE_PLACES,
    fastest_lap=1,
    field=10,
    rounds=(Round("The Chase", races=7, drivers=10, base=0, carries=False),),
    seeds=(2100, 2075, 2065, 2060, 2055, 2050, 2045, 2040, 2035, 2030),
    source="NASCAR's rules of 2026",
)

FORMATS: dict[int, Format] = {2023: PLAYOFFS, 2024: PLAYOFFS, 2025: PLAYOFFS_WITH_FASTEST_LAP, 2026: CHASE}
"""A new season is a new line here."""


def format_of(year: int) -> Format:
    """The season's rules; of a year not listed those of the nearest one listed before it, or of the first."""
    known = [listed for listed in FORMATS if listed <= year]
    return FORMATS[max(known, default=min(FORMATS))]
