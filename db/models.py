"""The models of the series, frozen: seasons, races, results, drivers and tracks as every other part knows them.

Units: laps are counts, times are aware UTC moments, lap and race times are seconds, speeds are mph,
points are championship points. A fact that is not known is ``None``, never a guess.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from db.entries import NOT_ELIGIBLE, Entry, Result, Seat, StageScore
from db.namesakes import tell_apart
from db.outcomes import CautionPeriod, FastestLap, Lead, Outcome
from db.results_state import ResultsState
from db.tracks import Layout, Track, TrackName

if TYPE_CHECKING:
    from db.season_rows import RowsOnDemand

__all__ = [
    "EASTERN",
    "NEVER",
    "NOT_ELIGIBLE",
    "OVER_BY_THE_CLOCK",
    "RACE_LENGTH",
    "Adjustment",
    "Broadcast",
    "BroadcastKind",
    "CautionPeriod",
    "Driver",
    "Entry",
    "FastestLap",
    "Freshness",
    "Layout",
    "Lead",
    "Outcome",
    "Race",
    "RaceStatus",
    "Result",
    "Season",
    "Seat",
    "Session",
    "SessionKind",
    "StageScore",
    "Track",
    "TrackName",
]

EASTERN = ZoneInfo("America/New_York")
"""Where NASCAR speaks Eastern; the store itself holds UTC."""

RACE_LENGTH = timedelta(hours=3)
"""How long after its start a race with results counts as over. Most take little more than two hours."""

OVER_BY_THE_CLOCK = timedelta(hours=6)
"""How long after its listed start a race without results counts as over: by then it is, even after a rain delay."""

NEVER = datetime.max.replace(tzinfo=UTC)
"""Stands for a moment that is not known and not to be expected soon."""


class SessionKind(StrEnum):
    PRACTICE = "practice"
    QUALIFYING = "qualifying"
    RACE = "race"


class BroadcastKind(StrEnum):
    TV = "tv"
    RADIO = "radio"
    STREAM = "stream"


class RaceStatus(StrEnum):
    SCHEDULED = "scheduled"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Driver:
    """One person. ``key`` is stable ("corey-heim"); the number belongs to an entry, not to the driver.

    ``racing_reference`` are the ids of racing-reference, of which one person may have several; ``sources`` are pairs of
    a fact's name and where it was read.
    """

    key: str
    name: str
    aliases: tuple[str, ...] = ()
    nascar_id: int | None = None
    born: date | None = None
    hometown: str | None = None
    racing_reference: tuple[str, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Session:
    kind: SessionKind
    start: datetime


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A broadcast of a race. ``coverage`` is when coverage starts, not the green flag; ``approximate`` is "about"."""

    kind: BroadcastKind
    network: str
    coverage: datetime | None = None
    approximate: bool = False
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Race:
    """A race of the schedule.

    ``id`` is the store's; it stays with the race when its ``round``, its place on the schedule, changes, and is 0 for a
    race that is not stored. ``date`` is Eastern; ``start`` is the listed start, ``green_flag`` the flag itself where
    known; ``outcome`` is None until the race is run; ``results_at`` is when its results were first stored,
    None while they do not stand; ``results_stated`` is the state that a document gave them; ``sources`` are pairs of a
    fact's name and where it was read.
    """

    season: int
    round: int
    name: str
    track: Track
    date: date
    start: datetime | None = None
    green_flag: datetime | None = None
    nascar_id: int | None = None
    aliases: tuple[str, ...] = ()
    scheduled_laps: int | None = None
    stage_laps: tuple[int, ...] = ()
    phase: str | None = None
    status: RaceStatus = RaceStatus.SCHEDULED
    sessions: tuple[Session, ...] = ()
    broadcasts: tuple[Broadcast, ...] = ()
    outcome: Outcome | None = None
    results_at: datetime | None = None
    results_stated: ResultsState | None = None
    sources: tuple[tuple[str, str], ...] = ()
    id: int = 0

    def broadcast(self, kind: BroadcastKind) -> tuple[Broadcast, ...]:
        """All broadcasts of a kind."""
        return tuple(b for b in self.broadcasts if b.kind is kind)

    @property
    def coverage(self) -> Broadcast | None:
        """The earliest television coverage whose start is known, else the earliest of any kind."""
        timed = [b for b in self.broadcasts if b.coverage is not None]
        television = [b for b in timed if b.kind is BroadcastKind.TV]
        return min(television or timed, key=lambda b: b.coverage or self.begins, default=None)

    @property
    def begins(self) -> datetime:
        """The earliest moment known of the race itself; midday Eastern of its date where no time is known."""
        return self.start or datetime.combine(self.date, time(12), EASTERN)

    @property
    def day_run(self) -> tuple[int, datetime, int]:
        """What orders races by when they are run: one that is made up later comes later, whatever its round."""
        return self.date.toordinal(), self.begins, self.round

    @property
    def over_at(self) -> datetime:
        """The moment from which the race counts as over: that of its results, or one by the clock without any.

        Results stored before the race's day, or long after it, do not say when it was over: then it is ``RACE_LENGTH``
        after its start. Without a start it is the end of its day, Eastern. A postponed race is over by results alone.
        """
        day = datetime.combine(self.date, time(0), EASTERN)
        by_the_clock = day + timedelta(days=1) if self.start is None else self.start + OVER_BY_THE_CLOCK
        if self.results_at is None:
            return NEVER if self.status is RaceStatus.POSTPONED else by_the_clock
        # Results count from midnight of the race's day, since a race may be run earlier than listed.
        if day <= self.results_at < by_the_clock:
            return self.results_at
        return by_the_clock if self.start is None else self.start + RACE_LENGTH

    def known_at(self, now: datetime) -> datetime:
        """Since when the results of a race that has some are known.

        A bot whose clock was set to a day before they were stored knows them from the end of the race on.
        """
        over, stored = self.over_at, self.results_at
        return over if stored is None or stored > now else max(over, stored)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A penalty or correction. ``points`` are already part of the race's total; ``playoff_points`` are not."""

    round: int
    driver: str
    points: int = 0
    playoff_points: int = 0
    reason: str = ""
    source: str = ""


@dataclass(slots=True)
class Freshness:
    """How current the facts of a season are, and where they come from; the one part of a season that changes.

    A document that only confirms the stored facts is newer and changes none of them. It must not make a new season, or
    everything computed from the old one would be lost; so a season and all its earlier states share one of these.

    ``refreshed`` is the moment up to which the facts are known; ``source`` and ``retrieved`` are what the last document
    said of itself. ``failing_since`` is since when NASCAR's feed of the season cannot be got or used; None while it
    can, and where it is not fetched.
    """

    refreshed: datetime | None = None
    source: str | None = None
    retrieved: datetime | None = None
    failing_since: datetime | None = None


@dataclass(frozen=True, eq=False)
class Season:
    """A whole season, immutable: every answer is computed from one without asking the store again.

    Seasons compare and hash by identity, so that what is computed from one can be cached under it.

    ``races`` are in order of round; ``results``, ``partial`` and ``absent`` (entries without a result) are by round.
    Only ``results`` stand; ``partial`` are shown while no more is held of a race, and nothing is computed from them.
    ``drivers`` holds every driver in the store by key; it is shared by all seasons and follows the store, so that a
    driver who appears in one season does not make the others new. ``freshness`` follows the store as well.

    Of past seasons, results and entries are read only once somebody asks for them. Then ``later`` is set; what is asked
    of every season (``starts``, ``has_results``, ``run``) does not need them.
    """

    year: int
    races: tuple[Race, ...]
    results: Mapping[int, tuple[Result, ...]] = field(default_factory=lambda: MappingProxyType({}))
    absent: Mapping[int, tuple[Entry, ...]] = field(default_factory=lambda: MappingProxyType({}))
    drivers: Mapping[str, Driver] = field(default_factory=lambda: MappingProxyType({}))
    rookies: tuple[str, ...] = ()
    playoff_field: tuple[Seat, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    champion: str | None = None
    freshness: Freshness = field(default_factory=Freshness)
    partial: Mapping[int, tuple[Result, ...]] = field(default_factory=lambda: MappingProxyType({}))
    later: RowsOnDemand | None = None

    @cached_property
    def starts(self) -> Mapping[str, int]:
        """How many races with results each driver with an entry has started; 0 for one who only entered."""
        if self.later is not None:
            return self.later.starts
        counted = Counter(row.driver for rows in self.results.values() for row in rows)
        counted.update({entry.driver: 0 for rows in self.absent.values() for entry in rows})
        return counted

    def has_results(self, number: int) -> bool:
        """Whether results stand of that round's race."""
        if self.later is None:
            return bool(self.results.get(number))
        # The store gives a moment to the races whose results stand, and only to those.
        race = self.race(number)
        return race is not None and race.results_at is not None

    @property
    def refreshed(self) -> datetime | None:
        """The moment up to which the facts are known."""
        return self.freshness.refreshed

    def as_of(self, moment: datetime) -> Season:
        """The season as it was known at a moment: without outcomes, results, field or champion from after it."""
        begun = {race.round for race in self.races if race.begins <= moment}
        over = {race.round for race in self.races if race.over_at <= moment}
        return self._with_rounds_run(over, begun)

    def through(self, number: int) -> Season:
        """The season as it was after the race of that round: with that race and those that were run before it.

        Raises:
            LookupError: it has no such race.
        """
        return self._with_rounds_run({number, *self._rounds_before(number)})

    def before(self, number: int) -> Season:
        """The season as it was before the race of that round. Raises LookupError if it has no such race."""
        return self._with_rounds_run(self._rounds_before(number))

    def without(self, rounds: AbstractSet[int]) -> Season:
        """The season as it is known to who has not been told of the races of these rounds; itself where none are."""
        held = self.results.keys() | self.partial.keys()
        return self._with_rounds_run({race.round for race in self.races} - rounds, held - rounds)

    def _rounds_before(self, number: int) -> set[int]:
        if number not in self.order:
            raise LookupError(f"{self.year} has no race {number}")
        return {each for each, place in self.order.items() if place < self.order[number]}

    def _with_rounds_run(self, rounds: AbstractSet[int], begun: AbstractSet[int] = frozenset()) -> Season:
        """The season with only ``rounds`` run; partial results are those of ``rounds`` and of the ones ``begun``."""
        if len(rounds) == len(self.races):
            return self
        known = rounds | begun
        # Of a season that has not begun nothing is read.
        results, partial, absent = (self.results, self.partial, self.absent) if known else ({}, {}, {})
        return replace(
            self,
            races=tuple(r if r.round in rounds else replace(r, outcome=None, results_at=None) for r in self.races),
            results=MappingProxyType({number: rows for number, rows in results.items() if number in rounds}),
            partial=MappingProxyType({number: rows for number, rows in partial.items() if number in known}),
            absent=MappingProxyType({number: rows for number, rows in absent.items() if number in rounds}),
            adjustments=tuple(each for each in self.adjustments if each.round in rounds),
            playoff_field=self._field_known(rounds),
            champion=None,
            later=None,
        )

    def _field_known(self, rounds: AbstractSet[int]) -> tuple[Seat, ...]:
        """The field as it was known when these races were run: places from the end of the regular season on.

        Whoever is not eligible missed a race without being excused, so that is known from the first race missed on.
        What the note says of it may be known later.
        """
        if self._regular_season_rounds() <= rounds:
            return self.playoff_field
        if not rounds:
            return ()
        barred = (seat for seat in self.playoff_field if not seat.eligible and self._missed(seat.driver, rounds))
        return tuple(replace(seat, note=None) for seat in barred)

    def _missed(self, driver: str, rounds: AbstractSet[int]) -> bool:
        """Whether the results of one of these races are without a driver."""
        held = [rows for number, rows in self.results.items() if number in rounds]
        return any(all(row.driver != driver for row in rows) for rows in held)

    def _regular_season_rounds(self) -> set[int]:
        return {race.round for race in self.races if race.phase == "regular season"}

    def name_of(self, key: str) -> str:
        """A driver's name, with a detail where another of that name takes part; the key of a driver who is unknown."""
        driver = self.drivers.get(key)
        return self._told_apart.get(key) or (driver.name if driver else key)

    @cached_property
    def _told_apart(self) -> dict[str, str]:
        keys = {result.driver for held in (self.results, self.partial) for rows in held.values() for result in rows}
        keys |= {entry.driver for rows in self.absent.values() for entry in rows}
        return tell_apart(self.drivers[key] for key in sorted(keys) if key in self.drivers)

    def race(self, number: int) -> Race | None:
        """The race of a round; None if there is none."""
        return self._by_round.get(number)

    @cached_property
    def _by_round(self) -> dict[int, Race]:
        return {race.round: race for race in self.races}

    def results_state(self, number: int) -> ResultsState:
        """How final the results of that round's race are; unofficial where they stand and no document says more."""
        if self.results.get(number):
            race = self.race(number)
            return (race.results_stated if race else None) or ResultsState.UNOFFICIAL
        return ResultsState.PARTIAL if self.partial.get(number) else ResultsState.NONE

    @cached_property
    def tracks(self) -> frozenset[str]:
        """The keys of the tracks on its schedule."""
        return frozenset(race.track.key for race in self.races)

    @cached_property
    def order(self) -> Mapping[int, int]:
        """Each round's place in the order in which the races are run, from 1."""
        return {race.round: place for place, race in enumerate(sorted(self.races, key=lambda race: race.day_run), 1)}

    @cached_property
    def run(self) -> tuple[Race, ...]:
        """Races with results, in the order in which they were run."""
        held = (race for race in self.races if self.has_results(race.round))
        return tuple(sorted(held, key=lambda race: self.order[race.round]))

    @property
    def latest(self) -> Race | None:
        """The race with results that was run last."""
        return self.run[-1] if self.run else None

    def next_race(self, moment: datetime) -> Race | None:
        """The first race that is not over at a moment, cancelled ones left out; None if there is none.

        A postponed race whose listed start has passed comes after all others, until it has a new date.
        """
        waiting = (r for r in self.races if r.over_at > moment and r.status is not RaceStatus.CANCELLED)

        def when(race: Race) -> datetime:
            return NEVER if race.status is RaceStatus.POSTPONED and race.begins <= moment else race.begins

        return min(waiting, key=when, default=None)
