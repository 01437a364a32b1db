"""The models of the series, frozen: seasons, races, results, drivers and tracks as every other part knows them.

Units: laps are counts, times are aware UTC moments, lap and race times are seconds, speeds are mph,
points are championship points. A fact that is not known is ``None``, never a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")
"""Where NASCAR speaks Eastern; the store itself holds UTC."""

RACE_LENGTH = timedelta(hours=3)
"""How long after its start a race counts as over when nothing better is known. Most take little more than two hours."""

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
class Track:
    """``key`` is stable ("talladega-superspeedway"); ``length`` is miles a lap.

    ``shape`` is oval, road course, street course or dirt oval.
    """

    key: str
    name: str
    short: str
    aliases: tuple[str, ...] = ()
    city: str | None = None
    state: str | None = None
    length: float | None = None
    shape: str | None = None


@dataclass(frozen=True, slots=True)
class Driver:
    """One person. ``key`` is stable ("corey-heim"); the number belongs to an entry, not to the driver."""

    key: str
    name: str
    aliases: tuple[str, ...] = ()
    nascar_id: int | None = None
    born: date | None = None
    hometown: str | None = None


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
class FastestLap:
    """``driver`` is a driver's key; seconds and mph are None where only the driver is known."""

    driver: str
    seconds: float | None = None
    mph: float | None = None


@dataclass(frozen=True, slots=True)
class Lead:
    """A lead from one lap to another, both inclusive. ``driver`` is a driver's key."""

    driver: str
    from_lap: int
    to_lap: int

    @property
    def laps(self) -> int:
        return self.to_lap - self.from_lap + 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is known of a finished race besides the finishing order. Drivers are keys.

    ``leads`` are all leads of the race in order of laps; empty where they are not on record.
    """

    laps: int | None = None
    pole: str | None = None
    pole_mph: float | None = None
    stage_winners: tuple[str | None, ...] = ()
    fastest_lap: FastestLap | None = None
    rookie_of_the_race: str | None = None
    cautions: int | None = None
    caution_laps: int | None = None
    lead_changes: int | None = None
    margin: float | None = None
    under_caution: bool = False
    average_mph: float | None = None
    seconds: float | None = None
    leads: tuple[Lead, ...] = ()


@dataclass(frozen=True, slots=True)
class StageScore:
    """A driver's stage: ``finish`` 1 to 10, None for the rest; ``points`` None where the stage is not on record."""

    finish: int | None = None
    points: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A truck in a race's field. ``number`` is text: 02 and 2 are different trucks. ``driver`` is a key."""

    round: int
    driver: str
    number: str
    make: str | None = None
    team: str | None = None
    owner: str | None = None
    sponsor: str | None = None
    crew_chief: str | None = None
    rookie: bool = False
    eligible: bool = True
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """The result of an entry. ``points`` is the total of the race, stages and fastest lap included; 0 if ineligible."""

    entry: Entry
    finish: int
    start: int | None
    laps: int
    led: int
    status: str
    points: int
    stages: tuple[StageScore, ...] = ()
    fastest_lap: bool = False
    disqualified: bool = False

    @property
    def driver(self) -> str:
        return self.entry.driver

    @property
    def running(self) -> bool:
        """Whether the truck was running at the finish."""
        return self.status == "running"

    @property
    def stage_points(self) -> int | None:
        """Points of all stages together; None where a stage is not on record."""
        points = [stage.points for stage in self.stages]
        return sum(p for p in points if p is not None) if points and None not in points else None


@dataclass(frozen=True, slots=True)
class Race:
    """A race of the schedule.

    ``id`` is the store's; it stays with the race when its ``round``, its place on the schedule, changes, and is 0 for a
    race that is not stored. ``date`` is Eastern; ``start`` is the listed start, ``green_flag`` the flag itself where
    known; ``outcome`` is None until the race is run; ``results_at`` is when its results were first stored;
    ``sources`` are pairs of a fact's name and where it was read.
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
    def over_at(self) -> datetime:
        """The moment from which the race counts as over: ``RACE_LENGTH`` after its start, or its results' moment.

        Without a known start that is the end of its day, Eastern. A postponed race is not over until it has results.
        """
        day = datetime.combine(self.date, time(0), EASTERN)
        by_schedule = day + timedelta(days=1) if self.start is None else self.start + RACE_LENGTH
        if self.results_at is not None:
            # Results count from midnight of the race's day, since a race may be run earlier than listed.
            return self.results_at if day <= self.results_at < by_schedule else by_schedule
        return NEVER if self.status is RaceStatus.POSTPONED else by_schedule


@dataclass(frozen=True, slots=True)
class Seat:
    """A place in a season's playoff field, in seeding order. ``note`` says what a fan should know about it."""

    driver: str
    how: str | None = None
    note: str | None = None


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
    said of itself.
    """

    refreshed: datetime | None = None
    source: str | None = None
    retrieved: datetime | None = None


@dataclass(frozen=True, eq=False)
class Season:
    """A whole season, immutable: every answer is computed from one without asking the store again.

    Seasons compare and hash by identity, so that what is computed from one can be cached under it.

    ``races`` are in order of round; ``results`` and ``absent`` (entries that did not race) are by round;
    ``drivers`` holds every driver in the store by key; it is shared by all seasons and follows the store, so that a
    driver who appears in one season does not make the others new. ``freshness`` follows the store as well.
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

    @property
    def refreshed(self) -> datetime | None:
        """The moment up to which the facts are known."""
        return self.freshness.refreshed

    def as_of(self, moment: datetime) -> Season:
        """The season as it was known at a moment: without outcomes, results, field or champion from after it."""
        return self._with_rounds_run({race.round for race in self.races if race.over_at <= moment})

    def through(self, number: int) -> Season:
        """The season as it was after the race of that round.

        Raises:
            LookupError: it has no such race.
        """
        if self.race(number) is None:
            raise LookupError(f"{self.year} has no race {number}")
        return self._with_rounds_run({race.round for race in self.races if race.round <= number})

    def _with_rounds_run(self, rounds: set[int]) -> Season:
        """The season with only these rounds run."""
        if len(rounds) == len(self.races):
            return self
        return replace(
            self,
            races=tuple(r if r.round in rounds else replace(r, outcome=None, results_at=None) for r in self.races),
            results=MappingProxyType({number: rows for number, rows in self.results.items() if number in rounds}),
            absent=MappingProxyType({number: rows for number, rows in self.absent.items() if number in rounds}),
            adjustments=tuple(each for each in self.adjustments if each.round in rounds),
            playoff_field=self.playoff_field if self._regular_season_rounds() <= rounds else (),
            champion=None,
        )

    def _regular_season_rounds(self) -> set[int]:
        return {race.round for race in self.races if race.phase == "regular season"}

    def race(self, number: int) -> Race | None:
        """The race of a round; None if there is none."""
        return self._by_round.get(number)

    @cached_property
    def _by_round(self) -> dict[int, Race]:
        return {race.round: race for race in self.races}

    @cached_property
    def run(self) -> tuple[Race, ...]:
        """Races with results, in order."""
        return tuple(race for race in self.races if self.results.get(race.round))

    @property
    def latest(self) -> Race | None:
        """The last race with results."""
        return self.run[-1] if self.run else None

    def next_race(self, moment: datetime) -> Race | None:
        """The first race that is not over at a moment, cancelled ones left out; None if there is none.

        A postponed race whose listed start has passed comes after all others, until it has a new date.
        """
        waiting = (r for r in self.races if r.over_at > moment and r.status is not RaceStatus.CANCELLED)

        def when(race: Race) -> datetime:
            return NEVER if race.status is RaceStatus.POSTPONED and race.begins <= moment else race.begins

        return min(waiting, key=when, default=None)
