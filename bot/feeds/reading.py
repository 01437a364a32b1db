"""Reads NASCAR's documents: bytes become checked values, or one line says what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.feeds.errors import FeedError
from bot.feeds.fetched import Fetched
from bot.feeds.paths import TRUCKS
from bot.feeds.schemas.live import FlagShown, LiveFeed, StageOver
from bot.feeds.schemas.people_and_places import DriverFacts, SessionTime, TrackFacts
from bot.feeds.schemas.points import LivePoints, StandingsRow
from bot.feeds.schemas.race import POINTS_RACE
from bot.feeds.schemas.race_list import ListedRace, RaceList
from bot.feeds.schemas.timing import LapTimes, LoopStats, PitStop
from bot.feeds.schemas.values import ManyRows, Rows, whole
from bot.feeds.schemas.weekend import ResultFacts, Weekend, WeekendRace
from db.documents.strict_json import decode_json, why_not_json

_ANY_ROWS = TypeAdapter(Rows[Any])
_ANY_MANY_ROWS = TypeAdapter(ManyRows[Any])
_RACE = TypeAdapter(ListedRace)
_WEEKEND = TypeAdapter(Rows[WeekendRace])
_LAP_TIMES = TypeAdapter(LapTimes)
_LOOP_STATS = TypeAdapter(Rows[LoopStats])
_PIT_STOPS = TypeAdapter(ManyRows[PitStop])
_LIVE_POINTS = TypeAdapter(ManyRows[LivePoints])
_LIVE_FEED = TypeAdapter(LiveFeed)
_FLAGS = TypeAdapter(ManyRows[FlagShown])
_STAGES = TypeAdapter(Rows[StageOver])
_STANDINGS = TypeAdapter(ManyRows[StandingsRow])
_DRIVER = TypeAdapter(DriverFacts)
_TRACK = TypeAdapter(TrackFacts)
_SESSION = TypeAdapter(SessionTime)

T = TypeVar("T")

MOST_TOLD = 20
"""So many rows of a list are told of at most that cannot be read."""


def read_race_list(fetched: Fetched, year: int) -> RaceList:
    """The races of the Truck Series that count for points.

    A row that cannot be read is left out with a line, and stops no other: a race that is not announced yet may lack its
    name while another one is postponed.

    Raises:
        FeedError: it is not there, or nothing of it can be read as races of that year.
    """
    value = _value(fetched)
    if isinstance(value, dict):
        value = value.get(f"series_{TRUCKS}")
    if not value:
        raise FeedError(fetched.path, "has no races of the Truck Series")
    rows = _checked(_ANY_ROWS, value, fetched)
    read = _each_row(rows, lambda row: _listed_race(row, year))
    odd = {place: problem for place, problem in read.odd.items() if _may_count(rows[place])}
    seen: dict[int, ListedRace] = {}
    for place, race in read.good.items():
        if seen.setdefault(race.race_id, race) != race:
            odd[place] = f"has race {race.race_id} twice, and each says something else"
    unreadable = {race_id for place in odd if (race_id := _number_in(rows[place], "race_id")) is not None}
    counting = tuple(
        race for race in seen.values() if race.race_type_id in (None, POINTS_RACE) and race.race_id not in unreadable
    )
    if not counting:
        raise FeedError(fetched.path, odd[min(odd)] if odd else "has no races of the Truck Series")
    lines = [f"{fetched.path}: {_row_named(rows[place], place)} is left out; {odd[place]}" for place in sorted(odd)]
    return RaceList(fetched.path, year, fetched.at, counting, frozenset(unreadable), tuple(_at_most(lines)))


def _listed_race(row: Any, year: int) -> ListedRace:
    race = _RACE.validate_python(row)
    for found, wanted, what in ((race.series_id, TRUCKS, "series"), (race.race_season, year, "the season")):
        if found != wanted:
            raise ValueError(f"race {race.race_id} is of {what} {found}, and {wanted} was asked for")
    return race


def _may_count(row: Any) -> bool:
    """Whether a row that cannot be read may be that of a race that counts; nobody needs to know of any other."""
    return _number_in(row, "race_type_id") in (None, POINTS_RACE)


def _row_named(row: Any, place: int) -> str:
    race_id = _number_in(row, "race_id")
    return f"row {place}" if race_id is None else f"the row of race {race_id}"


def read_weekend(fetched: Fetched, year: int, race_id: int) -> Weekend | None:
    """A weekend; None where there is no document, or nothing in it yet, which NASCAR writes as ``null``.

    Raises:
        FeedError: it cannot be read, is another race's or year's, or contradicts itself.
    """
    value = _value(fetched)
    if isinstance(value, dict):
        value = value.get("weekend_race")
    if not value:
        return None
    races = _checked(_WEEKEND, value, fetched, "weekend_race")
    if len(races) != 1:
        raise FeedError(fetched.path, f"has {len(races)} races; a weekend has one")
    race = races[0]
    _must_be(fetched, race.race_id, race_id, "is of race")
    _must_be(fetched, race.race_season, year, "is of the season")
    _must_be(fetched, race.series_id, TRUCKS, "is of series")
    rows = _each_once(fetched, race.results or ())
    return Weekend(fetched.path, fetched.at, race, rows, race.is_over)


def read_lap_times(fetched: Fetched) -> LapTimes | None:
    """Every lap of a race; None where there is no document. It names no race. Raises FeedError if it is unusable."""
    return _optional(_LAP_TIMES, fetched)


def read_loop_stats(fetched: Fetched, race_id: int) -> LoopStats | None:
    """The loop statistics of a race; None where there are none. Raises FeedError if they are unusable."""
    found = _optional(_LOOP_STATS, fetched)
    if not found:
        return None
    _must_be(fetched, found[0].race_id, race_id, "is of race")
    return found[0]


def read_pit_stops(fetched: Fetched, numbers: frozenset[str]) -> list[PitStop] | None:
    """The rows of pit road; None where there is no document, as for one race in seven.

    Args:
        fetched: the document.
        numbers: the trucks of the race, since those of another series were seen in it.

    Raises:
        FeedError: it is unusable.
    """
    found = _optional(_PIT_STOPS, fetched)
    return None if found is None else [row for row in found if row.vehicle_number in numbers]


def read_live_points(fetched: Fetched) -> list[LivePoints] | None:
    """The points as they run, of everybody who has any. Raises FeedError if they are unusable."""
    return _optional(_LIVE_POINTS, fetched)


def read_live_feed(fetched: Fetched, race_id: int) -> LiveFeed | None:
    """A session of a race as it runs; None where there is none yet.

    Raises:
        FeedError: it cannot be read, or is another race's or series'. The feed of all series shows whatever runs.
    """
    found = _optional(_LIVE_FEED, fetched)
    if found is None:
        return None
    _must_be(fetched, found.series_id, TRUCKS, "is of series")
    _must_be(fetched, found.race_id, race_id, "is of race")
    return found


def read_flags(fetched: Fetched) -> list[FlagShown] | None:
    """The flags of a race in order; None where there are none. It names no race. Raises FeedError if it is unusable."""
    return _optional(_FLAGS, fetched, "FlagStates")


def read_stage_points(fetched: Fetched, race_id: int) -> list[StageOver] | None:
    """The stages that are over; None where there are none yet. Raises FeedError if it is unusable or another race's."""
    found = _optional(_STAGES, fetched)
    for stage in found or ():
        _must_be(fetched, stage.race_id, race_id, "is of race")
    return found


def read_standings(fetched: Fetched) -> list[StandingsRow] | None:
    """The drivers' table, which does not say of which season it is. Raises FeedError if it is unusable."""
    return _optional(_STANDINGS, fetched)


def read_drivers(fetched: Fetched) -> Readable[DriverFacts] | None:
    """Every driver of the three series. Raises FeedError if the document is unusable."""
    return _readable(_DRIVER, fetched, "response")


def read_tracks(fetched: Fetched) -> Readable[TrackFacts] | None:
    """Every track. Raises FeedError if the document is unusable."""
    return _readable(_TRACK, fetched, "items")


def read_sessions(fetched: Fetched) -> Readable[SessionTime] | None:
    """The sessions of the Truck Series in a season. Raises FeedError if the document is unusable."""
    return _readable(_SESSION, fetched, is_ours=lambda row: _number_in(row, "series_id") == TRUCKS)


class Readable(list[T]):
    """The rows of a document that can be read, in order.

    Attributes:
        left_out: a line about those that cannot.
    """

    left_out: tuple[str, ...] = ()


def _readable(
    shape: TypeAdapter[T],
    fetched: Fetched,
    within: str | None = None,
    is_ours: Callable[[Any], bool] | None = None,
) -> Readable[T] | None:
    """The rows of a document, each read by itself; a row that cannot be read stops no other.

    Raises:
        FeedError: it has rows, and none can be read.
    """
    given = _optional(_ANY_MANY_ROWS, fetched, within)
    if given is None:
        return None
    rows = [row for row in given if is_ours is None or is_ours(row)]
    read = _each_row(rows, shape.validate_python)
    found = Readable(read.good.values())
    if read.odd:
        first = f"{within}.{read.odd[min(read.odd)]}" if within else read.odd[min(read.odd)]
        if not found:
            raise FeedError(fetched.path, first)
        found.left_out = (f"{fetched.path}: left out {len(read.odd)} of {len(rows)} rows; the first is {first}",)
    return found


@dataclass(frozen=True, slots=True)
class _Read(Generic[T]):
    """The rows of a list by their places, and what is wrong with those that cannot be read."""

    good: dict[int, T]
    odd: dict[int, str]


def _each_row(rows: Sequence[Any], read: Callable[[Any], T]) -> _Read[T]:
    found: _Read[T] = _Read({}, {})
    for place, row in enumerate(rows):
        try:
            found.good[place] = read(row)
        except ValidationError as error:
            found.odd[place] = _first_problem(error, str(place))
        except ValueError as error:
            found.odd[place] = str(error)
    return found


def _number_in(row: Any, name: str) -> int | None:
    """A number of a row that may be unreadable otherwise; None where it is none."""
    try:
        found = whole(row.get(name)) if isinstance(row, dict) else None
    except ValueError:
        return None
    return found if type(found) is int else None


def _at_most(lines: Sequence[str]) -> Iterator[str]:
    """The first lines, and how many more there are."""
    yield from lines[:MOST_TOLD]
    if len(lines) > MOST_TOLD:
        yield f"{lines[0].partition(':')[0]}: {len(lines) - MOST_TOLD} more rows are left out"


def _optional(shape: TypeAdapter[T], fetched: Fetched, within: str | None = None) -> T | None:
    value = _value(fetched)
    if within is not None and isinstance(value, dict):
        value = value.get(within)
    return None if value is None else _checked(shape, value, fetched, within)


def _value(fetched: Fetched) -> Any:
    """What the document holds; None where it is not there, or holds ``null``."""
    body = fetched.body
    if body is None:
        return None
    try:
        text = body.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise FeedError(fetched.path, "is not UTF-8 text") from None
    if not text:
        raise FeedError(fetched.path, "is empty")
    if text.startswith("<"):
        raise FeedError(fetched.path, "is a web page and not data")
    try:
        value, end = decode_json(text)
    except (ValueError, RecursionError) as error:
        cut = getattr(error, "pos", 0) >= len(text) or "Unterminated" in str(error)
        why = "is cut short" if cut else f"cannot be read; {why_not_json(error)}"
        raise FeedError(fetched.path, why) from None
    if text[end:].strip():
        raise FeedError(fetched.path, "goes on after its end")
    return value


def _checked(shape: TypeAdapter[T], value: Any, fetched: Fetched, within: str | None = None) -> T:
    try:
        return shape.validate_python(value)
    except ValidationError as error:
        problem = _first_problem(error, within)
        raise FeedError(fetched.path, problem) from None


def _first_problem(error: ValidationError, within: str | None = None) -> str:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(str(part) for part in ((within,) if within else ()) + first["loc"])
    what = str(first["msg"]).removeprefix("Value error, ")
    return f"{where or 'the document'}: {what}"


def _must_be(fetched: Fetched, found: int | None, wanted: int, what: str) -> None:
    if found != wanted:
        raise FeedError(fetched.path, f"{what} {found}, and {wanted} was asked for")


def _each_once(fetched: Fetched, rows: Sequence[ResultFacts]) -> tuple[ResultFacts, ...]:
    """The trucks of a weekend, each once: one driver may stand there twice, and the row that raced counts.

    Raises:
        FeedError: two rows of one driver and truck tell of two different races.
    """
    kept: dict[tuple[Any, str], ResultFacts] = {}
    for row in rows:
        key = (row.driver_id or row.name, row.car_number)
        other = kept.setdefault(key, row)
        if other is row or not row.place:
            continue
        if other.place and _race_of(other) != _race_of(row):
            raise FeedError(fetched.path, f"has {row.name} in truck {row.car_number} twice, in two ways")
        kept[key] = row
    return tuple(kept.values())


def _race_of(row: ResultFacts) -> tuple[Any, ...]:
    return row.place, row.starting_position, row.laps_completed, row.laps_led, row.points_earned, row.finishing_status
