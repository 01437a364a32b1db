"""Seasons for tests: written by hand with ``make_season``, drawn by hypothesis, or those that come with the program."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from bot.championship.formats import Format
from bot.championship.scores import Score, Scores
from db.bundled import FIRST_SEASON_AT_ONCE
from db.connection import Store
from db.models import EASTERN, RACE_LENGTH, Driver, Entry, Outcome, Race, Result, Season, StageScore, Track
from db.namesakes import tell_tracks_apart
from db.naming import slug
from db.people_and_places import load_drivers, load_tracks
from db.racing import load_season
from db.snapshots import Snapshots
from tests import stores
from tests.every_season import make_every_season
from tests.stores import AFTER_ALL_RESULTS, copy_bundled, open_unsynced

SCALE = (40, *range(35, 0, -1))
"""Points by finish; 1 from the 36th place on."""

TRACKS = ("Daytona", "Atlanta", "Las Vegas", "Bristol", "Martinsville", "Texas", "Kansas", "Darlington", "Charlotte")
NAMES = (
    "Corey Heim", "Ty Majeski", "Kaden Honeycutt", "Tyler Ankrum", "Layne Riggs", "Rajah Caruth", "Grant Enfinger",
    "Chandler Smith", "Daniel Hemric", "Jake Garcia", "Gio Ruggiero", "Ben Rhodes", "Tanner Gray", "Connor Mosack",
    "Matt Crafton", "Andrés Pérez de Lara", "Dawson Sutton", "Jack Wood", "Stewart Friesen", "Spencer Boyd",
    "Taylor Gray", "Zane Smith", "Sammy Smith", "Ross Chastain", "Ricky Stenhouse Jr.", "AJ Allmendinger",
    "Timmy Hill", "Tyler Hill", "Austin Hill", "Connor Hall", "Corey Day", "Daniel Dye", "Shane van Gisbergen",
    "Jesse Love", "Kyle Busch", "Carson Hocevar",
)  # fmt: skip
"""Thirty-six drivers, a full field."""


@dataclass(frozen=True)
class Row:
    """A line of a race's result to be: whatever is not said is made up soundly. ``stages`` are stage finishes."""

    driver: str
    number: str | None = None
    make: str | None = "Toyota"
    team: str | None = None
    start: int | None = None
    laps: int = 100
    led: int = 0
    status: str = "running"
    points: int | None = None
    eligible: bool = True
    rookie: bool = False
    stages: tuple[int | None, ...] = ()
    fastest_lap: bool = False
    disqualified: bool = False


Order = list[str | Row]
"""A finishing order, the winner first: drivers' names, or rows."""


def make_driver(name: str, **facts: Any) -> Driver:
    """A driver whose key is made of the name, as the store makes it."""
    return Driver(slug(name), name, **facts)


def make_track(name: str, **facts: Any) -> Track:
    """A track whose full name is the short one and "Speedway"."""
    return Track(key=slug(name), name=f"{name} Speedway", short=name, **facts)


def make_race(year: int, number: int, track: str | Track = "Daytona", **facts: Any) -> Race:
    """Round ``number`` of a season that races every Friday evening from the middle of February."""
    day = facts.pop("date", date(year, 2, 14) + timedelta(weeks=number - 1))
    place = make_track(track) if isinstance(track, str) else track
    facts.setdefault("name", f"{place.short} {100 + number}")
    facts.setdefault("start", datetime.combine(day, time(19, 30), EASTERN).astimezone(UTC))
    facts.setdefault("id", year * 100 + number)
    return Race(season=year, round=number, track=place, date=day, **facts)


def make_season(
    year: int = 2025,
    orders: Sequence[Sequence[str | Row]] = (),
    *,
    tracks: Sequence[str | Track] = TRACKS,
    upcoming: int = 0,
    drivers: Iterable[Driver] = (),
    outcomes: Mapping[int, Outcome] | None = None,
    races: Mapping[int, Mapping[str, Any]] | None = None,
    absent: Mapping[int, Sequence[str | Row]] | None = None,
    **facts: Any,
) -> Season:
    """A season from finishing orders, the winner first.

    ``make_season(2025, [["Corey Heim", Row("Ty Majeski", number="98", led=12)], ["Ty Majeski", "Corey Heim"]])``

    Args:
        year: the season.
        orders: for each race run its finishing order, drivers' names or rows; an empty one: no results held. Results
            are known three hours after the start, unless ``races`` says otherwise.
        tracks: where it races, round by round, from the first again when through.
        upcoming: how many more races the schedule has.
        drivers: drivers with aliases or other facts of their own; the rest are made of their names.
        outcomes: by round; a race with results has an empty one otherwise.
        races: facts of a race by round, such as ``{3: {"name": "EcoSave 250", "phase": "Round of 8"}}``.
        absent: by round, entries that did not race.
        facts: further fields of ``Season``. Drivers are keys there, as everywhere.
    """
    people = {driver.name: driver for driver in drivers}
    numbers: dict[str, str] = {}

    def entry(number: int, row: Row) -> Entry:
        driver = people.setdefault(row.driver, make_driver(row.driver))
        truck = row.number or numbers.setdefault(driver.key, str(len(numbers) + 1))
        return Entry(number, driver.key, truck, row.make, row.team, rookie=row.rookie, eligible=row.eligible)

    results, schedule = {}, []
    for number in range(1, len(orders) + upcoming + 1):
        rows = [_row(line) for line in orders[number - 1]] if number <= len(orders) else []
        if rows:
            results[number] = tuple(_result(entry(number, row), place, row) for place, row in enumerate(rows, 1))
        known = (outcomes or {}).get(number, Outcome(laps=100) if rows else None)
        more = {"outcome": known, **(races or {}).get(number, {})}
        race = make_race(year, number, tracks[(number - 1) % len(tracks)], **more)
        if rows and race.start is not None and "results_at" not in more:
            race = replace(race, results_at=race.start + RACE_LENGTH)
        schedule.append(race)
    away = {number: tuple(entry(number, _row(line)) for line in lines) for number, lines in (absent or {}).items()}
    by_key = {driver.key: driver for driver in people.values()}
    return Season(year, tuple(schedule), results, away, by_key, **facts)


def full_season(year: int = 2025, races: int = 25, *, run: int | None = None) -> Season:
    """A season of full fields; each race's order is the one before with its last eight drivers first."""
    orders = [[Row(name, stages=(place, None)) for place, name in enumerate(_turned(n), 1)] for n in range(races)]
    held = races if run is None else run
    return make_season(year, orders[:held], upcoming=races - held)


def make_scores(
    orders: Sequence[Sequence[str]],
    rules: Format,
    *,
    stages: Mapping[int, Sequence[str]] | None = None,
    outsiders: Iterable[str] = (),
    penalties: Mapping[str, Mapping[int, int]] | None = None,
) -> Scores:
    """Scores from finishing orders, the winner first, as ``rules`` pay a finish and nothing else.

    Args:
        orders: for each race run its finishing order; an empty one: nothing is known of it.
        rules: the format.
        stages: who won a race's stages, by round; it pays them no points here.
        outsiders: those who take places and score nothing.
        penalties: playoff points by competitor and round.
    """
    strangers = set(outsiders)
    by: dict[str, dict[int, Score]] = {}
    for number, order in enumerate(orders, 1):
        for place, who in enumerate(order, 1):
            if who not in strangers:
                by.setdefault(who, {})[number] = Score(rules.finish_points(place), place)
    run = tuple(number for number, order in enumerate(orders, 1) if order)
    winners = {number: orders[number - 1][0] for number in run if orders[number - 1][0] not in strangers}
    return Scores(run, by, winners, {number: tuple(won) for number, won in (stages or {}).items()}, penalties or {})


@st.composite
def drawn_seasons(draw: st.DrawFn, year: int = 2025) -> Season:
    """Seasons of up to five races with whoever turns up, points-paying or not, with penalties and failures."""
    rows = st.builds(
        Row,
        driver=st.sampled_from(NAMES[:9]),
        number=st.none() | st.sampled_from(["2", "02", "11", "17"]),
        start=st.none() | st.integers(1, 36),
        led=st.integers(0, 100),
        status=st.sampled_from(["running", "crash", "engine"]),
        points=st.none() | st.integers(-75, 60),
        eligible=st.booleans(),
        disqualified=st.booleans(),
    )
    orders = draw(st.lists(st.lists(rows, max_size=9, unique_by=lambda row: row.driver), max_size=5))
    for order in orders:
        winners = draw(st.tuples(st.integers(0, 9), st.integers(0, 9)))
        order[:] = [replace(row, stages=tuple(1 if w == i else None for w in winners)) for i, row in enumerate(order)]
    return make_season(year, orders, upcoming=draw(st.integers(0, 2)))


@cache
def bundled_seasons() -> tuple[Season, ...]:
    """The seasons that come with the program, oldest first, read as the program reads them: through a store."""
    # A thread of its own, so that tests with and without a running event loop may ask.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, _load_bundled()).result()


def bundled_season(year: int) -> Season:
    return next(season for season in bundled_seasons() if season.year == year)


@cache
def historic_season(year: int) -> Season:
    """A bundled season of before 2023, from the store with every season: a test reads only the years it asks for."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, _load_historic(year)).result()


def any_season(year: int) -> Season:
    """A bundled season of any year."""
    return historic_season(year) if year < FIRST_SEASON_AT_ONCE else bundled_season(year)


def shuffled(season: Season, order: Sequence[int]) -> Season:
    """The same season with each race's rows, and its races' results, in another order."""
    turned = {
        number: tuple(rows[i] for i in sorted(range(len(rows)), key=lambda i: order[i % len(order)]))
        for number, rows in reversed(list(season.results.items()))
    }
    return replace(season, results=turned)


async def _load_bundled() -> tuple[Season, ...]:
    with tempfile.TemporaryDirectory() as folder:
        async with await open_unsynced(await copy_bundled(Path(folder) / "tailgate.db", AFTER_ALL_RESULTS)) as store:
            return await Snapshots(store, whole=True).all()


async def _load_historic(year: int) -> Season:
    with tempfile.TemporaryDirectory() as folder:
        made = await asyncio.to_thread(make_every_season, stores.SHARED or Path(folder))
        async with await Store.open(made, readonly=True) as store, store.read() as connection:
            drivers, tracks = await load_drivers(connection), tell_tracks_apart(await load_tracks(connection))
            season = await load_season(connection, year, drivers, tracks)
            assert season is not None
            return season


def _turned(number: int) -> tuple[str, ...]:
    turn = 8 * number % len(NAMES)
    return NAMES[-turn:] + NAMES[:-turn] if turn else NAMES


def _row(line: str | Row) -> Row:
    return Row(line) if isinstance(line, str) else line


def _result(entry: Entry, place: int, row: Row) -> Result:
    stages = tuple(StageScore(finish, max(11 - finish, 0) if finish else 0) for finish in row.stages)
    earned = (SCALE[place - 1] if place <= len(SCALE) else 1) + sum(stage.points or 0 for stage in stages)
    points = earned if row.points is None else row.points
    return Result(
        entry=entry,
        finish=place,
        start=row.start,
        laps=row.laps,
        led=row.led,
        status=row.status,
        points=points if row.eligible else 0,
        stages=stages,
        fastest_lap=row.fastest_lap,
        disqualified=row.disqualified,
    )
