"""All-time records: who holds them and who comes after, from the wins, streaks and totals of the races that count.

Ranks are shared: whoever has as many has the same rank, and the next rank is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum, auto
from functools import cached_property
from itertools import takewhile
from operator import attrgetter

from db.history.record_models import LedAndLost, Streak, Total, Win
from db.models import Race


class Unit(Enum):
    """What a record counts; it decides how a value is written."""

    WINS = auto()
    STARTS = auto()
    TOP_FIVES = auto()
    TOP_TENS = auto()
    LAPS = auto()
    RACES = auto()
    WINNERS = auto()
    POINTS = auto()
    DAYS_OLD = auto()
    SECONDS = auto()
    STARTING_PLACE = auto()


class Source(Enum):
    """Which rows a record is made of."""

    WINS = auto()
    TOTALS = auto()
    LED_TOTALS = auto()
    WIN_STREAKS = auto()
    TOP_TEN_STREAKS = auto()
    LED_STREAKS = auto()
    LED_AND_LOST = auto()
    TITLES = auto()


@dataclass(frozen=True, slots=True)
class Line:
    """One who holds a record, or comes after.

    Attributes:
        value: in the unit of the record.
        driver: the driver's key; None where a team, a make, a number or a season holds it.
        holder: what holds it, where no driver does.
        other: a second driver's key: whom the champion beat.
        year: the season, where the record is of one.
        first: the race, or the first one of several.
        last: the last one of several.
        age: years and days, of a record of age.
        rank: counted from 1; shared by all who have as many.
        tied: whether somebody shares the rank.
    """

    value: float
    driver: str | None = None
    holder: str | None = None
    other: str | None = None
    year: int | None = None
    first: Race | None = None
    last: Race | None = None
    age: tuple[int, int] | None = None
    rank: int = 0
    tied: bool = False


@dataclass(frozen=True, slots=True)
class Title:
    """A championship that was decided. ``margin`` is points ahead of the runner-up; drivers are keys."""

    year: int
    champion: str
    runner_up: str
    margin: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of how many wins the fact is on record that a record is about, and since which season.

    Attributes:
        known: wins of which it is on record.
        wins: all that count.
        since: the first season in which it is on record; None where it never is.
        unknown: keys of the winners of the others, most wins first.
    """

    known: int
    wins: int
    since: int | None
    unknown: tuple[str, ...]

    @property
    def whole(self) -> bool:
        return self.known == self.wins


Rows = Sequence[Win] | Sequence[Total] | Sequence[Streak] | Sequence[LedAndLost] | Sequence[Title]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record.

    Attributes:
        key: the word by which a custom id names it.
        title: what it is called, such as "Most wins".
        unit: what it counts.
        source: the rows that it is made of.
        lines: makes lines without ranks of the rows.
        lowest: the lowest value holds it.
        fact: what has to be on record of a win for it to count; None where every win counts.
        settled_by: holders are named only where the fact is on record of every win: any other could hold it.
        of_drivers: a driver holds it, or at least is in every line.
        at_tracks: it can be asked for one track.
        value: the value of a row that makes a line by itself; None where a line is counted from several.
    """

    key: str
    title: str
    unit: Unit
    source: Source
    lines: Callable[..., Iterable[Line]]
    lowest: bool = False
    fact: Callable[[Win], object] | None = None
    settled_by: bool = False
    of_drivers: bool = True
    at_tracks: bool = True
    value: Callable[..., float | None] | None = None


@dataclass(frozen=True)
class Record:
    """A record with all who are in it.

    Attributes:
        kind: which.
        found: everybody's line, best first, without ranks; who is tied is in the order in which they came.
        coverage: of which wins its fact is on record; None where it is about none.
    """

    kind: Kind
    found: tuple[Line, ...]
    coverage: Coverage | None = None

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Everybody's line with the rank, best first."""
        return ranked(self.found)

    @property
    def settled(self) -> bool:
        """Whether nobody of whom the fact is unknown could hold it."""
        return not self.kind.settled_by or self.coverage is None or self.coverage.whole

    @cached_property
    def holders(self) -> tuple[Line, ...]:
        """Those of the first rank; none where that is not settled."""
        if not self.settled or not self.found:
            return ()
        # An overview shows nobody else, and the others are some hundreds.
        return ranked(tuple(takewhile(lambda line: line.value == self.found[0].value, self.found)))

    def of(self, driver: str) -> tuple[Line, ...]:
        """A driver's own lines, best first."""
        return tuple(line for line in self.lines if driver in {line.driver, line.other})


@dataclass(frozen=True, slots=True)
class Records:
    """Records as of one moment.

    Attributes:
        records: those that were asked for.
        races: how many races count.
        first: the first season of one of them; None without any.
        whole: whether no race since then is missing.
        names: what to call the drivers of the records, by key.
    """

    records: tuple[Record, ...]
    races: int
    first: int | None
    whole: bool
    names: Mapping[str, str]


def record(kind: Kind, rows: Rows, driver: str | None = None, *, holders: bool = False) -> Record:
    """A record of the rows of its source.

    Args:
        kind: which.
        rows: all of the races that count.
        driver: whose wins alone count, for a record that no driver holds.
        holders: nobody else is wanted, and is left out where that saves making hundreds of lines.
    """
    coverage = None
    counted: Sequence[object] = rows
    if kind.source is Source.WINS:
        wins = [row for row in rows if isinstance(row, Win) and (kind.of_drivers or driver in {None, row.driver})]
        fact = kind.fact
        counted = wins if fact is None else [win for win in wins if fact(win) is not None]
        coverage = _coverage(wins, fact) if fact is not None else None
    if holders and kind.value is not None:
        values = [kind.value(row) for row in counted]
        best = (min if kind.lowest else max)((value for value in values if value is not None), default=None)
        counted = [row for row, value in zip(counted, values, strict=True) if value == best is not None]
    found = sorted(kind.lines(counted), key=attrgetter("value"), reverse=not kind.lowest)
    return Record(kind, tuple(found), coverage)


def ranked(ordered: Sequence[Line]) -> tuple[Line, ...]:
    """Lines in their order, with their ranks."""
    shared = Counter(line.value for line in ordered)
    first: dict[float, int] = {}
    for place, line in enumerate(ordered, 1):
        first.setdefault(line.value, place)
    return tuple(replace(line, rank=first[line.value], tied=shared[line.value] > 1) for line in ordered)


def age(born: date, day: date) -> tuple[int, int]:
    """Years and days of somebody's age on a day; who is born on February 29 has their birthday on March 1 otherwise."""
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return years, (day - _birthday(born, born.year + years)).days


def _birthday(born: date, year: int) -> date:
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def _coverage(wins: Sequence[Win], fact: Callable[[Win], object]) -> Coverage:
    held = [win for win in wins if fact(win) is not None]
    unknown = Counter(win.driver for win in wins if fact(win) is None)
    since = min((win.race.season for win in held), default=None)
    return Coverage(len(held), len(wins), since, tuple(driver for driver, _ in unknown.most_common()))


def _counted(wins: Iterable[Win], by: Callable[[Win], Hashable], line: Callable[[Win], Line]) -> Iterable[Line]:
    """How many wins each has, with the first and the last of them; ``line`` says of one win whose it is."""
    groups: dict[Hashable, list[Win]] = {}
    for win in wins:
        groups.setdefault(by(win), []).append(win)
    for own in groups.values():
        yield replace(line(own[0]), value=len(own), first=own[0].race, last=own[-1].race)


def _wins(wins: Iterable[Win]) -> Iterable[Line]:
    return _counted(wins, lambda win: win.driver, lambda win: Line(0, win.driver))


def _season_wins(wins: Iterable[Win]) -> Iterable[Line]:
    return _counted(
        wins, lambda win: (win.driver, win.race.season), lambda win: Line(0, win.driver, year=win.race.season)
    )


def _winners(wins: Sequence[Win]) -> Iterable[Line]:
    by_year: dict[int, list[Win]] = {}
    for win in wins:
        by_year.setdefault(win.race.season, []).append(win)
    for year, own in by_year.items():
        yield Line(len({win.driver for win in own}), holder=str(year), year=year, first=own[0].race, last=own[-1].race)


def _numbers(wins: Iterable[Win]) -> Iterable[Line]:
    return _counted(wins, lambda win: win.number, lambda win: Line(0, holder=f"#{win.number}"))


def _teams(wins: Iterable[Win]) -> Iterable[Line]:
    return _counted(wins, lambda win: win.team, lambda win: Line(0, holder=win.team))


def _makes(wins: Iterable[Win]) -> Iterable[Line]:
    return _counted(wins, lambda win: win.make, lambda win: Line(0, holder=win.make))


def _ages(*, last: bool) -> Callable[[Sequence[Win]], Iterable[Line]]:
    """The age of every winner, at the first or the last of their wins."""

    def lines(wins: Sequence[Win]) -> Iterable[Line]:
        # They are in the order in which the races were run.
        for win in {win.driver: win for win in (wins if last else reversed(wins))}.values():
            assert win.born is not None
            yield replace(_at(win, (win.race.date - win.born).days), age=age(win.born, win.race.date))

    return lines


def _at(win: Win, value: float) -> Line:
    return Line(value, win.driver, year=win.race.season, first=win.race, last=win.race)


def _margins(wins: Iterable[Win]) -> Iterable[Line]:
    return (_at(win, win.margin) for win in wins if win.margin is not None)


def _comebacks(wins: Iterable[Win]) -> Iterable[Line]:
    return (_at(win, win.start) for win in wins if win.start is not None)


def _late_wins(wins: Iterable[Win]) -> Iterable[Line]:
    """A winner who led the last lap alone led one; one who won by a disqualification may have led none."""
    return _wins(win for win in wins if win.led <= 1)


def _totals(
    value: Callable[[Total], int | None], *, winless: bool = False
) -> Callable[[Iterable[Total]], Iterable[Line]]:
    def lines(totals: Iterable[Total]) -> Iterable[Line]:
        counted = ((value(each), each) for each in totals if not (winless and each.wins))
        return (Line(number, each.driver, first=each.first, last=each.last) for number, each in counted if number)

    return lines


def _streaks(streaks: Iterable[Streak]) -> Iterable[Line]:
    return (Line(each.length, each.driver, first=each.first, last=each.last) for each in streaks)


def _led_and_lost(rows: Iterable[LedAndLost]) -> Iterable[Line]:
    return (Line(each.led, each.driver, year=each.race.season, first=each.race, last=each.race) for each in rows)


def _titles(titles: Iterable[Title]) -> Iterable[Line]:
    return (Line(each.margin, each.champion, other=each.runner_up, year=each.year) for each in titles)


LENGTH, MARGIN, START = attrgetter("length"), attrgetter("margin"), attrgetter("start")
KINDS = {
    kind.key: kind
    for kind in (
        Kind("wins", "Most wins", Unit.WINS, Source.WINS, _wins),
        Kind("seasonwins", "Most wins in a season", Unit.WINS, Source.WINS, _season_wins),
        Kind(
            "youngest", "Youngest winners", Unit.DAYS_OLD, Source.WINS, _ages(last=False),
            lowest=True, fact=lambda win: win.born, settled_by=True,
        ),
        Kind(
            "oldest", "Oldest winners", Unit.DAYS_OLD, Source.WINS, _ages(last=True),
            fact=lambda win: win.born, settled_by=True,
        ),
        Kind("winstreak", "Most wins in a row", Unit.WINS, Source.WIN_STREAKS, _streaks, value=LENGTH),
        Kind("top10streak", "Most top tens in a row", Unit.TOP_TENS, Source.TOP_TEN_STREAKS, _streaks, value=LENGTH),
        Kind("ledstreak", "Most races led in a row", Unit.RACES, Source.LED_STREAKS, _streaks, value=LENGTH),
        Kind("winners", "Most winners in a season", Unit.WINNERS, Source.WINS, _winners, of_drivers=False),
        Kind(
            "closest", "Closest finishes", Unit.SECONDS, Source.WINS, _margins,
            lowest=True, fact=MARGIN, value=MARGIN,
        ),
        Kind("widest", "Widest margins", Unit.SECONDS, Source.WINS, _margins, fact=MARGIN, value=MARGIN),
        Kind(
            "comebacks", "Wins from farthest back", Unit.STARTING_PLACE, Source.WINS, _comebacks,
            fact=START, value=START,
        ),
        Kind("latewins", "Most wins without leading before the last lap", Unit.WINS, Source.WINS, _late_wins),
        Kind("ledlost", "Most laps led in a race without winning it", Unit.LAPS, Source.LED_AND_LOST, _led_and_lost),
        Kind(
            "titles", "Closest championships", Unit.POINTS, Source.TITLES, _titles, lowest=True, at_tracks=False
        ),
        Kind("starts", "Most starts", Unit.STARTS, Source.TOTALS, _totals(lambda each: each.starts)),
        Kind("top5s", "Most top fives", Unit.TOP_FIVES, Source.TOTALS, _totals(lambda each: each.top_fives)),
        Kind("top10s", "Most top tens", Unit.TOP_TENS, Source.TOTALS, _totals(lambda each: each.top_tens)),
        Kind("led", "Most laps led", Unit.LAPS, Source.LED_TOTALS, _totals(lambda each: each.led)),
        Kind(
            "winless", "Most starts without a win", Unit.STARTS, Source.TOTALS,
            _totals(lambda each: each.starts, winless=True),
        ),
        Kind(
            "ledwinless", "Most laps led without a win", Unit.LAPS, Source.LED_TOTALS,
            _totals(lambda each: each.led, winless=True),
        ),
        Kind("numbers", "Wins by truck number", Unit.WINS, Source.WINS, _numbers, of_drivers=False),
        Kind(
            "teams", "Wins by team", Unit.WINS, Source.WINS, _teams, fact=lambda win: win.team, of_drivers=False
        ),
        Kind(
            "makes", "Wins by make", Unit.WINS, Source.WINS, _makes, fact=lambda win: win.make, of_drivers=False
        ),
    )
}  # fmt: skip
"""Every kind of record by its key, in the order in which they are offered."""
