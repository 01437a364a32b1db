"""A race as it runs: who is where, under which flag, and what has happened so far. None of it is a result.

Laps are counts, gaps and lap times are seconds, moments are aware and UTC. What is not known is ``None``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from db.models import Race, SessionKind


class Flag(StrEnum):
    """What the track is under. ``HOT`` is a track on which trucks roll before the green flag, ``COLD`` an empty one."""

    NONE = "none"
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    CHECKERED = "checkered"
    HOT = "hot"
    COLD = "cold"


RACING = frozenset({Flag.GREEN, Flag.YELLOW, Flag.RED})
"""The flags under which a race is under way."""

STOPPED = frozenset({Flag.RED, Flag.COLD})
"""The flags under which a race that is not over stands still."""


class TruckStatus(StrEnum):
    """Where a truck is. Who is ``OUT`` is out for good, who is in the ``GARAGE`` may come back, and seldom does."""

    ON_TRACK = "on track"
    PITS = "pits"
    OUT = "out"
    GARAGE = "garage"


@dataclass(frozen=True, slots=True)
class FlagPeriod:
    """A flag, from when it was shown.

    Attributes:
        flag: the flag.
        lap: how many laps the leader had completed.
        since: the moment.
        reason: why, as published, such as ``Stage 1 Conclusion``.
        free_pass: the number of the truck that got a lap back.
    """

    flag: Flag
    lap: int
    since: datetime
    reason: str | None = None
    free_pass: str | None = None


@dataclass(frozen=True, slots=True)
class LiveLead:
    """A lead from one lap to another, both inclusive; the last one of a race under way goes on."""

    number: str
    from_lap: int
    to_lap: int


@dataclass(frozen=True, slots=True)
class LiveFastest:
    """The fastest lap so far: whose, in seconds, and which lap it was where that is known."""

    number: str
    seconds: float
    lap: int | None = None


@dataclass(frozen=True, slots=True)
class StagePlace:
    """A truck's place at the end of a stage, and the points that NASCAR's document gives for it."""

    position: int
    number: str
    points: int


@dataclass(frozen=True, slots=True)
class LiveStage:
    """A stage that is over: its places, best first. All who ran it may be listed, or the ten who score."""

    number: int
    places: tuple[StagePlace, ...]


@dataclass(frozen=True, slots=True)
class Restart:
    """The last green flag: how many laps were completed, and the running order then, as truck numbers."""

    lap: int
    order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LiveTruck:
    """A truck in the running order.

    Attributes:
        number: the truck's, a text.
        driver: the driver's key; None where the store knows nobody of that id or name.
        name: the driver's name as published, without markers.
        position: its place in the running order, from 1 without gaps. Who is out keeps a place.
        laps: how many laps it has completed.
        gap: seconds behind the leader; None where it is laps down, or where that is not known.
        laps_down: how many laps it is behind; 0 on the lead lap.
        led: laps led.
        last_lap, best_lap: seconds; ``best_lap_number`` is which lap that was.
        last_stop: the lap of its last stop; None where it has not stopped.
        stops: how many stops it made; those before the start and after the finish are none.
        status: where it is.
        start: its starting place.
        eligible: whether the driver scores points in this series.
        make: Chevrolet, Ford or Toyota.
        points: points of this race as NASCAR counts them so far.
        disqualified: whether it was disqualified.
    """

    number: str
    driver: str | None
    name: str
    position: int
    laps: int
    gap: float | None = None
    laps_down: int = 0
    led: int = 0
    last_lap: float | None = None
    best_lap: float | None = None
    best_lap_number: int | None = None
    last_stop: int | None = None
    stops: int = 0
    status: TruckStatus = TruckStatus.ON_TRACK
    start: int | None = None
    eligible: bool = True
    make: str | None = None
    points: int | None = None
    disqualified: bool = False

    @property
    def out(self) -> bool:
        """Whether it is off the track and not expected back."""
        return self.status in {TruckStatus.OUT, TruckStatus.GARAGE}


@dataclass(frozen=True)
class LiveState:
    """A session as it stands.

    Attributes:
        race: the race, by the store's id.
        session: which session of its weekend runs.
        lap: laps completed by the leader; 0 before the first is.
        laps: how many the race has, raised in overtime; None where that is not known, and in practice.
        stage: the number of the stage under way, and ``stage_end`` the lap that ends it.
        trucks: the running order.
        flags: every flag since the start, in order; the last one is shown now.
        leads: every lead, in order.
        stages: the stages that are over, in order.
        cautions, caution_laps: how many so far.
        fastest: the fastest lap so far; laps that cannot have been are passed over.
        fastest_point: the number of the truck whose driver has the point for it; empty where nobody has, None where
            that is not said.
        restart: the last green flag.
        elapsed: seconds since the green flag, as the feed counts them; None where it does not say.
        run: the feed's number of this session.
        at: when this was true.
        came: when it came.
        checkered: when the checkered flag fell; None before. What follows does not take it back.
        ended: when the session ended, after which nothing more is to come.
    """

    race: int
    session: SessionKind
    lap: int
    laps: int | None
    trucks: tuple[LiveTruck, ...]
    at: datetime
    came: datetime
    stage: int | None = None
    stage_end: int | None = None
    flags: tuple[FlagPeriod, ...] = ()
    leads: tuple[LiveLead, ...] = ()
    stages: tuple[LiveStage, ...] = ()
    cautions: int | None = None
    caution_laps: int | None = None
    fastest: LiveFastest | None = None
    fastest_point: str | None = None
    restart: Restart | None = None
    elapsed: float | None = None
    run: int | None = None
    checkered: datetime | None = None
    ended: datetime | None = None

    @property
    def flag(self) -> Flag:
        """The flag that is shown."""
        return self.flags[-1].flag if self.flags else Flag.NONE

    @property
    def begun(self) -> bool:
        """Whether the race has had its green flag."""
        return self.session is SessionKind.RACE and any(each.flag in RACING for each in self.flags)

    @property
    def under_way(self) -> bool:
        """Whether the race runs, or is stopped, between its green and its checkered flag."""
        return self.begun and self.checkered is None

    @property
    def laps_left(self) -> int | None:
        """How many laps are left of the race; None where that is not known."""
        return None if self.laps is None else max(self.laps - self.lap, 0)

    @property
    def stage_left(self) -> int | None:
        """How many laps are left of the stage; None where that is not known, or it is over."""
        if self.stage_end is None or self.stage_end < self.lap:
            return None
        return self.stage_end - self.lap

    @cached_property
    def by_number(self) -> dict[str, LiveTruck]:
        """The trucks by their numbers."""
        return {truck.number: truck for truck in self.trucks}

    @property
    def leader(self) -> LiveTruck | None:
        return self.trucks[0] if self.trucks else None

    def is_silent(self, now: datetime, heard: datetime | None = None) -> bool:
        """Whether nothing new has come for so long that the feed must have stopped.

        Args:
            now: the moment.
            heard: when the feed last answered, though with nothing new. Under a red flag nothing changes, nor overnight
                on a cold track.
        """
        last = max(self.at, heard) if self.flag in STOPPED and heard is not None else self.at
        return self.under_way and now - last > SILENT_AFTER


@dataclass(frozen=True, slots=True)
class HeldState:
    """A live state as it is stored, and when the feed last answered, though with nothing new."""

    state: LiveState
    heard: datetime


SILENT_AFTER = timedelta(minutes=2)
"""While trucks are on the track something changes at every refresh, which comes within a minute or so."""


class EventKind(StrEnum):
    """What the log of a race holds."""

    FLAG = "flag"
    LEAD = "lead"
    STAGE = "stage"


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """Something that happened in a race under way: the ``ordinal``-th of its kind, from 1, whatever is said of it.

    Attributes:
        kind: a flag, a lead change or the end of a stage.
        ordinal: which of its kind.
        lap: the lap: of a lead its first.
        what: the flag, the number of the truck that leads, or the one that won the stage; empty where not known.
        reason: why a flag was shown, as published.
    """

    kind: EventKind
    ordinal: int
    lap: int
    what: str
    reason: str | None = None


def events_of(state: LiveState, stage_ends: tuple[int, ...] = ()) -> tuple[LiveEvent, ...]:
    """All that has happened so far, kind by kind. ``stage_ends`` are the laps that end the scored stages."""
    flags = [
        LiveEvent(EventKind.FLAG, number, each.lap, each.flag.value, each.reason)
        for number, each in enumerate(state.flags, 1)
    ]
    leads = [
        LiveEvent(EventKind.LEAD, number, each.from_lap, each.number) for number, each in enumerate(state.leads, 1)
    ]
    ends = dict(enumerate(stage_ends, 1))
    stages = [
        LiveEvent(EventKind.STAGE, each.number, ends.get(each.number, state.lap), _winner(each))
        for each in state.stages
    ]
    return (*flags, *leads, *stages)


def _winner(stage: LiveStage) -> str:
    return next((place.number for place in stage.places if place.position == 1), "")


def stage_ends(race: Race) -> tuple[int, ...]:
    """The laps that end the scored stages, as planned; the last part of a race ends with its finish."""
    ends, lap = [], 0
    for length in race.stage_laps[:-1]:
        lap += length
        ends.append(lap)
    return tuple(ends)
