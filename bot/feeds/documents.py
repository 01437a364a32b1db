"""Turns NASCAR's documents into the project's own, which go into the store by the importer and by no other door."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache, partial
from typing import Any, TypeVar

from bot.feeds import paths
from bot.feeds.clashes import ClashError, RefusedError
from bot.feeds.errors import FeedError
from bot.feeds.fetched import Fetched
from bot.feeds.laps import KEPT_FROM, laps_to_keep
from bot.feeds.outcome import fastest_lap, outcome_of
from bot.feeds.people import People
from bot.feeds.places import Places
from bot.feeds.reading import Readable, read_drivers, read_lap_times, read_pit_stops, read_sessions, read_tracks
from bot.feeds.results import Field, must_agree, must_not_shrink, point_for_another, points_of_guests, result_rows
from bot.feeds.schedule import Placed, place_races, race_row
from bot.feeds.schemas.people_and_places import DriverFacts, SessionTime, TrackFacts
from bot.feeds.schemas.race_list import ListedRace, RaceList
from bot.feeds.schemas.timing import LapTimes
from bot.feeds.schemas.weekend import Weekend
from db.documents.file_format import FORMAT
from db.documents.reader import Document, FeedState, document_of
from db.errors import DocumentError
from db.laps.bundled import bundled_lap_races
from db.laps.models import PackedRace
from db.models import Driver, Season, Track
from db.results_state import ResultsState
from db.timestamps import to_text

T = TypeVar("T")

OFFICIAL_AFTER = timedelta(days=5)
"""How long after its start a race's results count as official although NASCAR never said so."""
YOUNGEST, OLDEST = 14, 90
"""So many years old a driver is at least, and at most."""
OF_THE_RACE = 0.8
"""Lap times in which fewer of the race's trucks are than this part are another race's."""


@dataclass(slots=True)
class FeedDocuments:
    """What came of NASCAR's documents.

    Attributes:
        documents: for the importer, in this order, together or one by one.
        refused: one line for each document, or part of one, of which nothing was taken.
        clashes: one line for each thing that does not fit what is stored; it waits for an operator's word.
        unread: by path, what is wrong with each document of the ``extra`` that cannot be read.
        laps: the laps of races by NASCAR's id, where they are to be kept.
    """

    documents: list[Document] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    clashes: list[str] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)
    laps: dict[int, PackedRace] = field(default_factory=dict)


def season_extras(year: int) -> tuple[str, ...]:
    """The documents that make a season's schedule fuller: session times, tracks and drivers."""
    return paths.session_times(year), paths.tracks(), paths.drivers()


def race_extras(year: int, race_id: int) -> tuple[str, ...]:
    """The documents that make a finished race's results fuller."""
    if year < KEPT_FROM:
        return (paths.lap_times(year, race_id),)
    return paths.lap_times(year, race_id), paths.pit_data(year, race_id)


def season_documents(
    year: int,
    known: Season | None,
    race_list: RaceList,
    weekends: Mapping[int, Weekend],
    extra: Mapping[str, Fetched],
    *,
    known_drivers: Mapping[str, Driver],
    known_tracks: Mapping[str, Track],
    trust: frozenset[int] = frozenset(),
) -> FeedDocuments:
    """The documents of what NASCAR says of a season: of its schedule without weekends, else one of each weekend.

    Args:
        year: the season.
        known: as it is stored; None where it is not.
        race_list: the list of its races.
        weekends: by NASCAR's race id.
        extra: by its path, what ``season_extras`` and ``race_extras`` name, where it is there.
        known_drivers: every driver of the store by key.
        known_tracks: every track of the store by key.
        trust: NASCAR's ids of the races of which the feed is believed before anybody else.
    """
    made = _Making(year, known, race_list, extra, known_drivers, known_tracks)
    made.run(weekends, trust)
    return made.done


class _Making:
    """The documents of one season."""

    def __init__(
        self,
        year: int,
        known: Season | None,
        race_list: RaceList,
        extra: Mapping[str, Fetched],
        drivers: Mapping[str, Driver],
        tracks: Mapping[str, Track],
    ) -> None:
        self.done = FeedDocuments()
        self._year = year
        self._known = known
        self._list = race_list
        self._extra = extra
        self._drivers = drivers
        self._tracks = tracks
        self._is_of_races = False

    def run(self, weekends: Mapping[int, Weekend], trust: frozenset[int]) -> None:
        try:
            schedule = place_races(self._known, self._list)
        except RefusedError as error:
            self.done.refused.append(f"{self._list.path}: {error}")
            return
        if not weekends:
            self.done.refused += self._list.left_out
            self.done.clashes += schedule.problems
            self._schedule(schedule.races)
        by_id = {each.listed.race_id: each for each in schedule.races}
        for race_id, weekend in weekends.items():
            placed = by_id.get(race_id) or self._unlisted(race_id, weekend)
            if placed is not None and placed.stored is not None:
                # The rows name the round that the race has until the schedule itself was taken in.
                placed = replace(placed, round=placed.stored.round)
            if placed is None:
                self.done.refused.append(f"{weekend.path}: race {race_id} is not on the schedule of {self._year}")
                continue
            self._weekend(placed, weekend, trusted=race_id in trust)

    def _unlisted(self, race_id: int, weekend: Weekend) -> Placed | None:
        """A stored race of which the list has a row that cannot be read: its results need not wait for that."""
        if self._known is None or race_id not in self._list.unreadable:
            return None
        stored = next((race for race in self._known.races if race.nascar_id == race_id), None)
        return Placed(ListedRace.of(weekend.race), stored.round, stored) if stored is not None else None

    @property
    def _has_phases(self) -> bool:
        """Whether the list says by now which races are the postseason's."""
        return any(race.playoff_round for race in self._list.races)

    def _schedule(self, races: Iterable[Placed]) -> None:
        places = Places(self._tracks, self._tracks_facts())
        sessions = self._sessions()
        # Who drives is asked for with the schedule and needed with its races; what is wrong there is told here, once.
        self._drivers_facts()
        rows = []
        for placed in races:
            events = [each for each in sessions if each.race_id == placed.listed.race_id]
            try:
                rows.append(race_row(placed, places, events, phases=self._has_phases))
            except ClashError as error:
                self.done.clashes.append(f"{placed.label}: {error}")
        self.done.clashes += places.clashes
        self._add(self._list.path, self._list.at, {"tracks": places.rows, "races": rows}, FeedState.UNOFFICIAL)

    def _weekend(self, placed: Placed, weekend: Weekend, *, trusted: bool) -> None:
        # The list may know the winner before the weekend's own document says that the race is over.
        weekend = replace(weekend, over=weekend.over or placed.listed.is_over)
        people = People(self._drivers, self._drivers_facts())
        places = Places(self._tracks, self._tracks_facts())
        known, held = self._known, placed.stored
        try:
            trucks = Field.of(weekend, people)
            if weekend.has_results:
                must_agree(trucks, weekend.race.actual_laps)
            if not trusted:
                must_not_shrink(trucks, known, held)
            laps = self._lap_times(placed, trucks) if weekend.has_results else None
            fastest = fastest_lap(trucks, laps)
            results = result_rows(trucks, placed.round, known, held, fastest["driver"] if fastest else None)
            row = self._race(placed, places)
            if weekend.has_results:
                row["outcome"] = outcome_of(trucks, held, fastest, timed=laps is not None)
                row["results_state"] = self._state(placed, trucks).value
        except RefusedError as error:
            self.done.refused.append(f"{placed.label}: NASCAR's weekend document {error}")
            return
        except ClashError as error:
            self.done.clashes.append(f"{placed.label}: {error}; nothing of the race was taken")
            return
        if laps is not None:
            self._keep(placed.listed.race_id, laps)
        odd = point_for_another(trucks, fastest["driver"] if fastest else None)
        elsewhere = points_of_guests(trucks, laps.guests if laps is not None else frozenset())
        lines = [*people.clashes, *places.clashes, *([odd] if odd else []), *elsewhere]
        self.done.clashes += [f"{placed.label}: {line}" for line in lines]
        state = self._feed_state(placed, weekend)
        parts = {"tracks": places.rows, "drivers": people.rows, "races": [row], "results": results}
        self._add(weekend.path, weekend.at, parts, state, trusted=trusted)

    def _race(self, placed: Placed, places: Places) -> dict[str, Any]:
        """The row of the weekend's race, which says nothing of the schedule where the race is stored by its id."""
        held = placed.stored
        if held is None or held.nascar_id is None:
            return race_row(placed, places, phases=self._has_phases)
        track = places.join(None, held.track.name, held.track, placed.label)
        return {
            "round": held.round,
            "name": held.name,
            "track": track,
            "date": held.date.isoformat(),
            "nascar_id": held.nascar_id,
        }

    def _state(self, placed: Placed, trucks: Field) -> ResultsState:
        if not trucks.has_points:
            return ResultsState.PARTIAL
        final = self._feed_state(placed, trucks.weekend) is FeedState.OFFICIAL
        return ResultsState.OFFICIAL if final else ResultsState.UNOFFICIAL

    def _feed_state(self, placed: Placed, weekend: Weekend) -> FeedState:
        """Whether the results are final: as NASCAR says, or five days after the race, since the word may never come."""
        planned = placed.listed.planned()
        run = placed.stored.begins if placed.stored is not None else planned[1] if planned is not None else None
        late = run is not None and weekend.at - run >= OFFICIAL_AFTER
        final = weekend.has_results and (weekend.official or late)
        return FeedState.OFFICIAL if final else FeedState.UNOFFICIAL

    def _add(
        self,
        path: str,
        at: datetime,
        sections: Mapping[str, list[dict[str, Any]]],
        state: FeedState,
        *,
        trusted: bool = False,
    ) -> None:
        """Makes a document of the sections that have rows, if it is one that the importer can take."""
        held = {name: rows for name, rows in sections.items() if rows}
        if not held:
            return
        head = {
            "format": FORMAT,
            "season": self._year,
            "source": f"NASCAR's public feeds, {path}",
            "retrieved": to_text(at),
        }
        try:
            # The rows of results are all there are of their race; those of the schedule add to what is held.
            document = document_of(head, held, path, whole={"results"})
        except DocumentError as error:
            self.done.refused.append(f"{path}: {error.field or 'the document'} {error.problem}")
            return
        self.done.documents.append(replace(document, feed=state, trusted=trusted))

    def _lap_times(self, placed: Placed, trucks: Field) -> LapTimes | None:
        """The lap times of a race. They name no race, so they count if its trucks are in them."""
        found = self._read(paths.lap_times(self._year, placed.listed.race_id), read_lap_times)
        if found is None:
            return None
        mine = {(row.car_number, row.driver_id) for row, _ in trucks.finishers}
        given = {(truck.number, truck.driver_id) for truck in found.laps}
        if len(mine & given) < len(mine) * OF_THE_RACE:
            self.done.refused.append(f"{placed.label}: the lap times are those of another race")
            return None
        # Until they are whole, the fastest lap may be one that they do not have yet.
        return found if found.covers(trucks.weekend.race.actual_laps) else None

    def _keep(self, race_id: int, laps: LapTimes) -> None:
        """Keeps the laps of a race, with pit road where it is on record; those that came with the program stay."""
        if self._year < KEPT_FROM or race_id in bundled_lap_races(self._year):
            return
        numbers = frozenset(truck.number for truck in laps.laps if truck.number is not None)
        read = partial(read_pit_stops, numbers=numbers)
        stops = self._read(paths.pit_data(self._year, race_id), read)
        self.done.laps[race_id] = laps_to_keep(race_id, laps, stops)

    def _sessions(self) -> list[SessionTime]:
        return self._read(paths.session_times(self._year), read_sessions) or []

    def _tracks_facts(self) -> list[TrackFacts]:
        return self._read(paths.tracks(), partial(_kept, read_tracks)) or []

    def _drivers_facts(self) -> list[DriverFacts]:
        """The drivers of whom NASCAR says when they were born, as far as that may be."""
        found: list[DriverFacts] = self._read(paths.drivers(), partial(_kept, read_drivers)) or []
        return [each for each in found if _may_be_born(each.born, self._year)]

    def _read(self, path: str, read: Callable[[Fetched], T | None]) -> T | None:
        """A document that adds to the rest; None where it is not there, or cannot be read, which is noted."""
        fetched = self._extra.get(path)
        try:
            found = read(fetched) if fetched is not None else None
        except FeedError as error:
            self.done.refused.append(str(error))
            self.done.unread[path] = error.problem
            return None
        # What belongs to no race is told with the schedule, and not once more with each race.
        if isinstance(found, Readable) and not (self._is_of_races and path in {paths.drivers(), paths.tracks()}):
            self.done.refused += found.left_out
        return found


@lru_cache(maxsize=2)
def _kept(read: Callable[[Fetched], Any], fetched: Fetched) -> Any:
    """What was read of drivers or tracks, which all races of a season are read with, one after another."""
    return read(fetched)


def _may_be_born(text: str | None, year: int) -> bool:
    """Whether somebody who races in a season may be born on a day; one odd date must not refuse a whole race."""
    try:
        born = date.fromisoformat((text or "")[:10])
    except ValueError:
        return False
    return YOUNGEST <= year - born.year <= OLDEST
