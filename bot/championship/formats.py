"""Each season's format as data: what pays how many points, who makes the postseason, and when points are reset."""

from __future__ import annotations

from dataclasses import dataclass, replace

_PLACES = (40, *range(35, 0, -1))
"""40 points for the win, 35 for second, then one less a place down to 1 for 36th and every place behind it."""
_CHASE_PLACES = (55, *_PLACES[1:])
_STAGE = tuple(range(10, 0, -1))
_MAKES = (9, 6, 4, 3, 2, 1)
"""Points to the makes until 2013, as Havoline's page on NASCAR's point systems gives them."""
_BEHIND = (170, 165, 160, 155, 150, *range(146, 129, -4), *range(127, 33, -3))
"""Second to 43rd place from 1995 to 2010: five less a place to sixth, four less to 11th, three less behind it."""


@dataclass(frozen=True, slots=True)
class PlayoffPoints:
    """Playoff points, which are added at each reset: for a race win, a stage win, and places of the regular season.

    Attributes:
        race_win: for each race won.
        stage_win: for each stage won.
        regular_season: by place in the regular season, from first.
        earned_in_playoffs: whether wins in the postseason earn them too.
        name: what they were called.
    """

    race_win: int
    stage_win: int
    regular_season: tuple[int, ...]
    earned_in_playoffs: bool = True
    name: str = "playoff points"


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
        stage: points by place in a stage, from first; places behind the last one listed pay nothing. Empty where races
            have no stages.
        fastest_lap: points for the race's fastest lap.
        lap_led: points for leading at least one lap.
        most_led: points on top for leading the most laps; each of those who share the lead in laps led gets them.
        playoff_points: what earns playoff points; None where the format has none.
        field: how many drivers make the postseason.
        winners_first: whether race winners make the postseason ahead of drivers who qualify on points.
        winners_within: the place in points that a race winner must have to make the postseason by the win; None where
            any has.
        rounds: the rounds of the postseason, which are the last races of the season; empty without a postseason.
        seeds: points at the first reset by seed, where the format fixes them; empty where they are ``base`` and
            playoff points.
        makes: points of the manufacturer standings in every race, to the makes in the order of their best trucks; empty
            where a make scores what its best truck scores for finish and leading.
        unpaid_starts: whether a stored total of 0 means that a start paid nothing. Why it did is not on record.
        source: where the rules are published.
    """

    name: str
    finish: tuple[int, ...] = _PLACES
    stage: tuple[int, ...] = _STAGE
    fastest_lap: int = 0
    lap_led: int = 0
    most_led: int = 0
    playoff_points: PlayoffPoints | None = None
    field: int = 0
    winners_first: bool = False
    winners_within: int | None = None
    rounds: tuple[PlayoffRound, ...] = ()
    seeds: tuple[int, ...] = ()
    makes: tuple[int, ...] = ()
    unpaid_starts: bool = False
    source: str = ""

    @property
    def postseason(self) -> int:
        """The number of races in the postseason."""
        return sum(each.races for each in self.rounds)

    def finish_points(self, place: int) -> int:
        return self.finish[min(place, len(self.finish)) - 1]

    def stage_points(self, place: int) -> int:
        return self.stage[place - 1] if place <= len(self.stage) else 0

    def leading_points(self, led: int, most: int) -> int:
        """The bonus for leading.

        Args:
            led: the laps that the driver led.
            most: the most laps that one driver led in the race.
        """
        return (self.lap_led + (self.most_led if led == most else 0)) if led else 0

    def same_points(self, other: Format) -> bool:
        """Whether a race pays the same points under both formats."""
        return self._paid == other._paid

    @property
    def _paid(self) -> tuple[object, ...]:
        return self.finish, self.stage, self.fastest_lap, self.lap_led, self.most_led

    @property
    def most_a_race(self) -> int:
        """The most points that one driver can score in a race: the win and every bonus."""
        bonus = self.fastest_lap + self.lap_led + self.most_led
        return self.finish_points(1) + 2 * self.stage_points(1) + bonus


# Before 2011 nobody had to declare for one series: whoever raced scored. From 2011 on a driver scores in one.
POINTS_1995 = Format(
    name="season points",
    finish=(180, *_BEHIND),
    stage=(),
    makes=_MAKES,
    unpaid_starts=True,
    source="the points of 1995 to 1998 race by race: no bonus for leading; a text of the rule is not on record",
)
POINTS_1999 = replace(
    POINTS_1995,
    finish=(175, *_BEHIND),
    lap_led=5,
    most_led=5,
    source="the points of 1999 to 2003 race by race",
)
POINTS_2004 = replace(POINTS_1999, finish=(180, *_BEHIND), source="the points of 2004 to 2006 race by race")
POINTS_2007 = replace(POINTS_1999, finish=(185, *_BEHIND), source="the points of 2007 to 2010 race by race")
POINTS_2011 = Format(
    name="season points",
    finish=(43 + 3, *range(42, 0, -1)),
    stage=(),
    lap_led=1,
    most_led=1,
    makes=_MAKES,
    source="NASCAR's rules of 2011: 43 to 1 by place, three more for the win, one for leading, one for leading most",
)
POINTS_2014 = replace(
    POINTS_2011,
    makes=(),
    source="NASCAR's rules of 2011 for drivers; for makes those of 2014, as WKVI reported in January 2014",
)
CHASE_2016 = replace(
    POINTS_2014,
    name="The Chase",
    finish=(32 + 3, *range(31, 0, -1)),
    playoff_points=PlayoffPoints(
        race_win=3, stage_win=0, regular_season=(), earned_in_playoffs=False, name="bonus points"
    ),
    field=8,
    winners_first=True,
    winners_within=30,
    rounds=(
        PlayoffRound("Round of 8", races=3, drivers=8, base=2000),
        PlayoffRound("Round of 6", races=3, drivers=6, base=3000, carries=False),
        PlayoffRound("Championship 4", races=1, drivers=4, base=4000, carries=False, finish_only=True),
    ),
    source="Sporting News, January 2016; Frontstretch, 17 September 2016",
)
_PLAYOFF_POINTS = PlayoffPoints(race_win=5, stage_win=1, regular_season=(15, 10, 8, 7, 6, 5, 4, 3, 2, 1))
_FINALE = PlayoffRound("Championship 4", races=1, drivers=4, base=4000, carries=False, finish_only=True)
PLAYOFFS_OF_8 = Format(
    name="playoffs",
    playoff_points=_PLAYOFF_POINTS,
    field=8,
    winners_first=True,
    rounds=(
        PlayoffRound("Round of 8", races=3, drivers=8, base=2000),
        PlayoffRound("Round of 6", races=3, drivers=6, base=3000),
        _FINALE,
    ),
    source="Frontstretch, 20 September 2017; the seeds of 2018 as printed by Auto Racing Daily, 17 August 2018",
)
PLAYOFFS_2019 = replace(
    PLAYOFFS_OF_8, winners_within=20, source="NBC Sports, 18 June 2019; NASCAR's points after the last race of 2019"
)
PLAYOFFS = replace(
    PLAYOFFS_OF_8,
    field=10,
    rounds=(
        PlayoffRound("Round of 10", races=3, drivers=10, base=2000),
        PlayoffRound("Round of 8", races=3, drivers=8, base=3000),
        _FINALE,
    ),
    source="NASCAR's rules of 2023 and 2024, as race reports of those seasons state them",
)
PLAYOFFS_2020 = replace(
    PLAYOFFS,
    # 33rd and every place behind it paid 5: the fields were larger than the 32 trucks of the years before.
    finish=(40, *range(35, 4, -1)),
    source="Racer, 21 January 2020; NASCAR's points after the last race of 2020",
)
PLAYOFFS_2021 = replace(
    PLAYOFFS,
    source="Motorsports News, 18 August 2021; NASCAR's points after the last races of 2021 and 2022",
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

FORMATS: dict[int, Format] = {
    **dict.fromkeys(range(1995, 1999), POINTS_1995),
    **dict.fromkeys(range(1999, 2004), POINTS_1999),
    **dict.fromkeys(range(2004, 2007), POINTS_2004),
    **dict.fromkeys(range(2007, 2011), POINTS_2007),
    **dict.fromkeys(range(2011, 2014), POINTS_2011),
    2014: POINTS_2014,
    2015: POINTS_2014,
    2016: CHASE_2016,
    2017: PLAYOFFS_OF_8,
    2018: PLAYOFFS_OF_8,
    2019: PLAYOFFS_2019,
    2020: PLAYOFFS_2020,
    2021: PLAYOFFS_2021,
    2022: PLAYOFFS_2021,
    2023: PLAYOFFS,
    2024: PLAYOFFS,
    2025: PLAYOFFS_WITH_FASTEST_LAP,
    2026: CHASE,
}
"""The format of each season by year; a new season is one more line."""


def format_of(year: int) -> Format:
    """The season's format; for a year not listed that of the latest listed year before it, else of the earliest."""
    listed = FORMATS.get(year)
    return listed or FORMATS[max((known for known in FORMATS if known <= year), default=min(FORMATS))]
