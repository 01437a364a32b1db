"""Careers and wins as they were known at a moment: every start of a driver, every win of the series.

Laps are laps completed, averages are places. What is not known is None, as in ``db.models``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from db.models import Race, Track

FIRST_SEASON = 1995
"""The first season of the series: where every season since is on record, a career is whole."""
ENOUGH_STARTS = (5, 2, 1)
"""The best track needs this many starts: the first number with which the driver has any track."""


@dataclass(frozen=True, slots=True)
class Start:
    """One start of a driver. ``start`` is the starting place, None where it is not on record."""

    race: Race
    number: str
    finish: int
    start: int | None
    laps: int
    led: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What some starts add up to; there is at least one."""

    starts: int
    wins: int
    top_fives: int
    top_tens: int
    laps_led: int
    best_finish: int
    average_finish: float

    @classmethod
    def of(cls, starts: Sequence[Start]) -> Tally:
        finishes = [each.finish for each in starts]
        return cls(
            starts=len(finishes),
            wins=finishes.count(1),
            top_fives=sum(finish <= 5 for finish in finishes),
            top_tens=sum(finish <= 10 for finish in finishes),
            laps_led=sum(each.led for each in starts),
            best_finish=min(finishes),
            average_finish=sum(finishes) / len(finishes),
        )


@dataclass(frozen=True, slots=True)
class SeasonTally:
    """A season of a career."""

    year: int
    tally: Tally
    champion: bool


@dataclass(frozen=True, slots=True)
class TrackTally:
    """All starts at one track."""

    track: Track
    tally: Tally


@dataclass(frozen=True)
class Career:
    """A driver's career.

    Attributes:
        driver: the driver's key.
        starts: every start, in the order in which the races were run.
        poles: how many poles are on record as theirs; None where no race they started has its pole on record.
        poles_known: how many of the starts were in races whose pole is on record.
        poles_since: the first season in which the pole of a race is on record; None where no pole is.
        championships: the seasons whose champion they are, oldest first.
        since: the first of the seasons that are on record without a gap up to the latest; None without results.
    """

    driver: str
    starts: tuple[Start, ...]
    poles: int | None
    poles_known: int
    poles_since: int | None
    championships: tuple[int, ...]
    since: int | None

    @property
    def whole(self) -> bool:
        """Whether nothing of the career can be missing: every season of the series is on record."""
        return self.since is not None and self.since <= FIRST_SEASON

    @cached_property
    def tally(self) -> Tally | None:
        """What all starts add up to; None without a start."""
        return Tally.of(self.starts) if self.starts else None

    @property
    def first_win(self) -> int | None:
        """Which start of the career was the first win, counted from 1; None without a win."""
        return next((nth for nth, each in enumerate(self.starts, 1) if each.finish == 1), None)

    @property
    def last_win(self) -> Start | None:
        return next((each for each in reversed(self.starts) if each.finish == 1), None)

    @cached_property
    def seasons(self) -> tuple[SeasonTally, ...]:
        """Every season with a start, oldest first."""
        by_year = groupby(self.starts, key=lambda each: each.race.season)
        return tuple(SeasonTally(year, Tally.of(list(own)), year in self.championships) for year, own in by_year)

    @cached_property
    def best_season(self) -> SeasonTally | None:
        """The season with the title, else with the most wins, then top fives, top tens and the better average."""

        def rank(each: SeasonTally) -> tuple[bool, int, int, int, float, int]:
            tally = each.tally
            order = each.champion, tally.wins, tally.top_fives, tally.top_tens
            return *order, -tally.average_finish, each.year

        return max(self.seasons, key=rank, default=None)

    @cached_property
    def tracks(self) -> tuple[TrackTally, ...]:
        """Every track with a start, most starts first."""
        there: dict[str, list[Start]] = {}
        for each in self.starts:
            there.setdefault(each.race.track.key, []).append(each)
        found = [TrackTally(own[-1].race.track, Tally.of(own)) for own in there.values()]
        return tuple(sorted(found, key=lambda each: (-each.tally.starts, -each.tally.wins, each.track.key)))

    @cached_property
    def best_track(self) -> TrackTally | None:
        """The track with the best average finish of those with ``ENOUGH_STARTS``."""
        tracks = self.tracks
        enough = ([each for each in tracks if each.tally.starts >= number] for number in ENOUGH_STARTS)

        def rank(each: TrackTally) -> tuple[float, int, int, str]:
            return each.tally.average_finish, -each.tally.starts, each.tally.best_finish, each.track.key

        return min(next(filter(None, enough), []), key=rank, default=None)


@dataclass(frozen=True, slots=True)
class Win:
    """A race that was won.

    Attributes:
        race: which.
        driver: the winner's key.
        nth: which win on record of theirs.
        margin: ahead of the second, in seconds; None where it is not on record.
        champion: whose title the race ended the season with, as a key; None for every race but the last of a season.
    """

    race: Race
    driver: str
    nth: int
    margin: float | None
    champion: str | None


@dataclass(frozen=True, slots=True)
class Wins:
    """Every win on record, in the order in which the races were run; ``since`` is as in a ``Career``."""

    wins: tuple[Win, ...]
    since: int | None

    def on(self, month: int, day: int) -> tuple[Win, ...]:
        """The wins on a day of the year, newest first."""
        return tuple(win for win in reversed(self.wins) if (win.race.date.month, win.race.date.day) == (month, day))

    def nearest(self, month: int, day: int) -> tuple[tuple[int, int], ...]:
        """The days of the year with a win before and after one, as months and days; none where there is no win."""
        days = sorted({(win.race.date.month, win.race.date.day) for win in self.wins} - {(month, day)})
        before = [each for each in days if each < (month, day)] or days
        after = [each for each in days if each > (month, day)] or days
        return tuple(dict.fromkeys((before[-1], after[0]))) if days else ()

    def closeness(self, win: Win) -> int | None:
        """How many races on record had a closer finish, and one; None where the margin is not on record."""
        if win.margin is None:
            return None
        return 1 + sum(each.margin is not None and each.margin < win.margin for each in self.wins)

    @property
    def margins_since(self) -> int | None:
        """The first season with a margin on record."""
        return min((each.race.season for each in self.wins if each.margin is not None), default=None)
