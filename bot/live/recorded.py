"""A race that was run, played again lap by lap: what ``/live`` would have said on each of its laps; pure.

It is made of the laps that are held, the race's cautions and leads, and its results. Where the laps say one thing and
the official result another, the result holds: leads are those on record, the last lap is the finishing order.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from statistics import median
from typing import Protocol

from bot.clock import Clock
from bot.live.source import Followed
from db.live.models import (
    Flag,
    FlagPeriod,
    LiveFastest,
    LiveLead,
    LiveStage,
    LiveState,
    LiveTruck,
    Restart,
    StagePlace,
    TruckStatus,
    stage_ends,
)
from db.models import Outcome, Race, Result, Season, SessionKind

LONG_LAP = timedelta(seconds=45)
"""After so long on the same lap it is said again that this is the lap."""
USUAL_LAP = 30_000
"""Milliseconds of a lap where no lap of the race was timed."""


class HeldLap(Protocol):
    """A lap: how long it took, and the running position at its end."""

    @property
    def milliseconds(self) -> int | None: ...
    @property
    def position(self) -> int | None: ...


class HeldTruck(Protocol):
    """The laps of a truck by their number; lap 0 is the start."""

    @property
    def number(self) -> str: ...
    @property
    def driver(self) -> str: ...
    @property
    def laps(self) -> Sequence[HeldLap]: ...


class HeldStop(Protocol):
    """A visit to pit road: of which truck, and how many laps it had completed."""

    @property
    def number(self) -> str: ...
    @property
    def lap(self) -> int: ...


class HeldLaps(Protocol):
    """Every lap of a race, and what was done on pit road where that is on record."""

    @property
    def trucks(self) -> Sequence[HeldTruck]: ...
    @property
    def stops(self) -> Sequence[HeldStop] | None: ...


@dataclass(frozen=True, slots=True)
class _Timed:
    """A truck's laps, the milliseconds from the green flag to the end of each, and its result."""

    number: str
    driver: str
    laps: Sequence[HeldLap]
    ends: tuple[int, ...]
    exact: int
    row: Result | None
    stops: tuple[int, ...]

    @property
    def last(self) -> int:
        return len(self.laps) - 1

    def position(self, lap: int) -> int:
        found = self.laps[lap].position if 0 <= lap <= self.last else None
        return found if found is not None else 1000

    def best(self, upto: int) -> tuple[int, int] | None:
        """The fastest lap so far, in milliseconds, and which it was."""
        timed = ((lap.milliseconds, number) for number, lap in enumerate(self.laps[: upto + 1]) if number)
        return min(((ms, number) for ms, number in timed if ms is not None), default=None)


class RecordedRace:
    """A race whose laps are held.

    Args:
        season: the season, with the race's results.
        race: the race.
        laps: its laps.
        began: when the green flag fell; that of the race itself if it is left out.

    Raises:
        LookupError: no results of the race are held.
    """

    def __init__(self, season: Season, race: Race, laps: HeldLaps, began: datetime | None = None) -> None:
        rows = season.results.get(race.round, ())
        if not rows:
            raise LookupError(f"no results of race {race.round} of {season.year} are held")
        self._season, self._race, self._rows = season, race, rows
        self._outcome = race.outcome or Outcome()
        self._numbers = {row.driver: row.entry.number for row in rows}
        self.began = began or race.green_flag or race.begins
        self.laps = self._outcome.laps or max(row.laps for row in rows)
        self._trucks = tuple(self._timed(laps))
        self._ends = self._leaders_ends()

    def lap_at(self, now: datetime) -> int | None:
        """How many laps the leader has completed at a moment; None before the green flag."""
        passed = (now - self.began) / timedelta(milliseconds=1)
        return None if passed < 0 else bisect_right(self._ends, passed) - 1

    def moment(self, lap: int) -> datetime:
        """When the leader completed a lap."""
        return (self.began + timedelta(milliseconds=self._ends[lap])).replace(microsecond=0)

    def second(self, lap: int) -> int:
        """By which whole second after the green flag the leader has completed a lap."""
        return -(-self._ends[lap] // 1000)

    def lap_after(self, seconds: int) -> int:
        """How many laps the leader has completed so long after the green flag."""
        return bisect_right(self._ends, seconds * 1000) - 1

    def states(self) -> Iterator[LiveState]:
        """The race at the end of every lap, from the start to the finish."""
        return (self.state(lap) for lap in range(self.laps + 1))

    def state(self, lap: int) -> LiveState:
        """The race as the leader completes a lap; at the last one as it officially ended.

        Raises:
            IndexError: the race had no such lap.
        """
        if not 0 <= lap <= self.laps:
            raise IndexError(lap)
        over, at = lap == self.laps, self.moment(lap)
        flags = tuple(self._flags(lap))
        ends = stage_ends(self._race)
        stage = sum(end <= lap for end in ends) + 1 if ends else None
        planned = self._planned(lap)
        restarts = [each.lap for each in flags[1:] if each.flag is Flag.GREEN]
        return LiveState(
            race=self._race.id,
            session=SessionKind.RACE,
            lap=lap,
            laps=planned,
            trucks=self._finish() if over else self._order(lap),
            at=at,
            came=at,
            stage=stage,
            stage_end=(*ends, planned)[stage - 1] if stage is not None else None,
            flags=flags,
            leads=self._leads(lap),
            stages=tuple(self._stages(lap)),
            cautions=sum(each.from_lap <= lap for each in self._outcome.caution_periods),
            caution_laps=sum(
                max(min(each.to_lap, lap) - each.from_lap + 1, 0) for each in self._outcome.caution_periods
            ),
            fastest=self._fastest(lap),
            fastest_point=self._fastest_point() if over else None,
            restart=Restart(restarts[-1], tuple(t.number for t in self._order(restarts[-1]))) if restarts else None,
            elapsed=self._ends[lap] / 1000,
            checkered=at if over else None,
            ended=at if over else None,
        )

    def _timed(self, laps: HeldLaps) -> Iterator[_Timed]:
        rows = {(row.entry.number, row.driver): row for row in self._rows}
        usual = self._usual(laps)
        for truck in laps.trucks:
            ends, exact = [0], 0
            for number, lap in enumerate(truck.laps[1:], 1):
                if lap.milliseconds is not None and exact == number - 1:
                    exact = number
                ends.append(ends[-1] + (lap.milliseconds or usual.get(number, USUAL_LAP)))
            stops = tuple(
                sorted({s.lap for s in laps.stops or () if s.number == truck.number and 0 < s.lap < self.laps})
            )
            row = rows.get((truck.number, truck.driver))
            yield _Timed(truck.number, truck.driver, truck.laps, tuple(ends), exact, row, stops)

    def _usual(self, laps: HeldLaps) -> dict[int, int]:
        """What a lap took in the middle of the field, for trucks of which that is not known."""
        timed: dict[int, list[int]] = {}
        for truck in laps.trucks:
            for number, lap in enumerate(truck.laps):
                if lap.milliseconds is not None:
                    timed.setdefault(number, []).append(lap.milliseconds)
        return {number: round(median(each)) for number, each in timed.items()}

    def _leaders_ends(self) -> tuple[int, ...]:
        """When the leader completed each lap, from the start."""
        ends = [0]
        for lap in range(1, self.laps + 1):
            there = [truck for truck in self._trucks if truck.last >= lap]
            first = min(there, key=lambda truck: (truck.position(lap), truck.ends[lap]), default=None)
            ends.append(max(ends[-1], first.ends[lap] if first is not None else ends[-1] + USUAL_LAP))
        return tuple(ends)

    def _planned(self, lap: int) -> int:
        """How many laps the race was said to have then: the plan, until overtime or the finish changed it."""
        scheduled = self._race.scheduled_laps or self.laps
        return scheduled if lap < min(scheduled, self.laps) else self.laps

    def _completed(self, truck: _Timed, lap: int) -> int:
        """How many laps a truck had completed as the leader completed that one, those just behind on it included."""
        following = self._ends[lap + 1] if lap < self.laps else None
        if truck.last >= lap and (lap == 0 or following is None or truck.ends[lap] <= following):
            return lap
        return min(bisect_right(truck.ends, self._ends[lap]) - 1, lap - 1 if truck.last >= lap else truck.last)

    def _order(self, lap: int) -> tuple[LiveTruck, ...]:
        done = {truck.number: self._completed(truck, lap) for truck in self._trucks}
        leader = self._leader(lap)

        def place(truck: _Timed) -> tuple[bool, int, int, int]:
            completed = done[truck.number]
            official = truck.number == leader and completed == lap
            return not official, -completed, truck.position(completed), truck.ends[completed]

        order = sorted(self._trucks, key=place)
        return _with_sound_gaps(self._truck(each, n, done[each.number], lap) for n, each in enumerate(order, 1))

    def _leader(self, lap: int) -> str | None:
        """Who led a lap as it is on record; None where it is not."""
        leads = self._outcome.leads
        found = next((each.driver for each in leads if each.from_lap <= lap <= each.to_lap), None)
        return self._numbers.get(found) if found is not None else None

    def _truck(self, truck: _Timed, place: int, completed: int, lap: int) -> LiveTruck:
        row, best = truck.row, truck.best(completed)
        stops = [stop for stop in truck.stops if stop <= completed]
        on_lap = completed == lap and truck.exact >= lap
        behind = truck.ends[completed] - self._ends[lap]
        left = row is not None and not row.running and completed == truck.last and completed < lap
        last = truck.laps[completed].milliseconds if completed else None
        return LiveTruck(
            number=truck.number,
            driver=truck.driver,
            name=self._season.name_of(truck.driver),
            position=place,
            laps=completed,
            gap=0.0 if place == 1 else behind / 1000 if on_lap and behind >= 0 else None,
            laps_down=lap - completed,
            led=sum(each.to_lap - each.from_lap + 1 for each in self._leads(lap) if each.number == truck.number),
            last_lap=last / 1000 if last is not None else None,
            best_lap=best[0] / 1000 if best else None,
            best_lap_number=best[1] if best else None,
            last_stop=stops[-1] if stops else None,
            stops=len(stops),
            status=TruckStatus.OUT if left else TruckStatus.ON_TRACK,
            start=row.start if row is not None else None,
            eligible=row.entry.eligible if row is not None else True,
            make=row.entry.make if row is not None else None,
        )

    def _finish(self) -> tuple[LiveTruck, ...]:
        """The finishing order as it is official."""
        by_number = {truck.number: truck for truck in self._order(self.laps)}
        trucks = []
        for row in sorted(self._rows, key=lambda each: each.finish):
            before = by_number.get(row.entry.number)
            if before is None or before.driver != row.driver:
                before = LiveTruck(row.entry.number, row.driver, self._season.name_of(row.driver), row.finish, row.laps)
            down = max(self.laps - row.laps, 0)
            gap = 0.0 if row.finish == 1 else None if down or row.disqualified else before.gap
            trucks.append(
                replace(
                    before,
                    position=row.finish,
                    laps=row.laps,
                    led=row.led,
                    gap=gap,
                    laps_down=down,
                    status=TruckStatus.ON_TRACK if row.running else TruckStatus.OUT,
                    start=row.start,
                    eligible=row.entry.eligible,
                    make=row.entry.make,
                    points=row.points,
                    disqualified=row.disqualified,
                )
            )
        return _with_sound_gaps(trucks)

    def _flags(self, lap: int) -> Iterator[FlagPeriod]:
        yield FlagPeriod(Flag.GREEN, 0, self.moment(0))
        for each in self._outcome.caution_periods:
            if each.from_lap <= lap:
                shown = self.moment(min(each.from_lap, self.laps))
                yield FlagPeriod(Flag.YELLOW, each.from_lap, shown, each.reason, each.free_pass)
                # Green comes out as the last lap under caution is completed; a race may end before that.
                if each.to_lap <= lap and each.to_lap < self.laps:
                    yield FlagPeriod(Flag.GREEN, each.to_lap, self.moment(each.to_lap))
        if lap == self.laps:
            yield FlagPeriod(Flag.CHECKERED, lap, self.moment(lap))

    def _leads(self, lap: int) -> tuple[LiveLead, ...]:
        return tuple(
            LiveLead(self._numbers.get(each.driver, ""), each.from_lap, min(each.to_lap, lap))
            for each in self._all_leads
            if each.from_lap <= lap
        )

    @cached_property
    def _all_leads(self) -> tuple[_Lead, ...]:
        """The leads on record; where there are none, who was first as each lap ended."""
        if self._outcome.leads:
            return tuple(_Lead(each.driver, each.from_lap, each.to_lap) for each in self._outcome.leads)
        leads: list[_Lead] = []
        for lap in range(1, self.laps + 1):
            first = next((truck.driver for truck in self._trucks if truck.position(lap) == 1), None)
            if first is not None and leads and leads[-1].driver == first and leads[-1].to_lap == lap - 1:
                leads[-1] = replace(leads[-1], to_lap=lap)
            elif first is not None:
                leads.append(_Lead(first, lap, lap))
        return tuple(leads)

    def _stages(self, lap: int) -> Iterator[LiveStage]:
        for number, end in enumerate(stage_ends(self._race), 1):
            scores = [(row.stages[number - 1], row.entry.number) for row in self._rows if len(row.stages) >= number]
            places = [StagePlace(s.finish, truck, s.points or 0) for s, truck in scores if s.finish is not None]
            if end <= lap and places:
                yield LiveStage(number, tuple(sorted(places, key=lambda place: place.position)))

    def _fastest(self, lap: int) -> LiveFastest | None:
        official = self._outcome.fastest_lap
        if lap == self.laps and official is not None and official.seconds is not None:
            number = self._numbers.get(official.driver)
            return LiveFastest(number, official.seconds) if number is not None else None
        found = [(*best, truck.number) for truck in self._trucks if (best := truck.best(self._completed(truck, lap)))]
        quickest = min(found, default=None)
        return LiveFastest(quickest[2], quickest[0] / 1000, quickest[1]) if quickest is not None else None

    def _fastest_point(self) -> str:
        return next((row.entry.number for row in self._rows if row.fastest_lap), "")


def _with_sound_gaps(trucks: Iterable[LiveTruck]) -> tuple[LiveTruck, ...]:
    """Trucks in order, without the gaps that contradict it: the sum of a truck's laps is off by what was not timed."""
    kept, longest = [], 0.0
    for truck in trucks:
        sound = truck.gap is None or truck.gap >= longest
        kept.append(truck if sound else replace(truck, gap=None))
        longest = max(longest, kept[-1].gap or 0.0)
    return tuple(kept)


@dataclass(frozen=True, slots=True)
class _Lead:
    driver: str
    from_lap: int
    to_lap: int


class RecordedLive:
    """Recorded races as a ``LiveSource``: each runs again from the moment at which it began.

    Args:
        races: the races by the store's id.
        clock: the time.
    """

    def __init__(self, races: Mapping[int, RecordedRace], clock: Clock) -> None:
        self._races = races
        self._clock = clock

    async def latest(self, followed: Followed, held: LiveState | None) -> LiveState | None:
        """The state now; see ``LiveSource``."""
        recorded, now = self._races.get(followed.race.id), self._clock.now()
        lap = recorded.lap_at(now) if recorded is not None else None
        if recorded is None or lap is None:
            return held
        state = held if held is not None and held.lap == lap else recorded.state(lap)
        # A lap with a red flag in it takes long, and is no silence.
        if state.ended is not None or now - state.at < LONG_LAP:
            return state
        return replace(state, at=now.replace(microsecond=0), came=now.replace(microsecond=0))

    async def close(self) -> None:
        """Nothing is held open."""
