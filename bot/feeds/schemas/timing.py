"""What the timing of a race left: every lap (``lap-times.json``), loop statistics and pit stops."""

from __future__ import annotations

from statistics import median

from pydantic import Field

from bot.feeds.schemas.values import (
    Count,
    Feed,
    Flag,
    Id,
    Laps,
    ManyRows,
    Number,
    Rows,
    Speed,
    Text,
    Truck,
    without_markers,
)

POSSIBLE = 0.93
"""No lap is faster than this part of what the drivers' third-best laps are in the middle: it was timed wrongly."""
THIRD_BEST = 3
NOT_MEASURED = -1
CHECKERED = 4
"""The checkered flag; 5 never occurs."""


class Lap(Feed):
    """A lap of a truck; lap 0 is the start, and has no time. Seconds, and mph."""

    number: Laps = Field(default=None, alias="Lap")
    seconds: Speed = Field(default=None, alias="LapTime")
    mph: Speed = Field(default=None, alias="LapSpeed")
    position: Laps = Field(default=None, alias="RunningPos")


class TruckLaps(Feed):
    """The laps of one truck."""

    number: Truck = Field(default=None, alias="Number")
    full_name: Text = Field(default=None, alias="FullName")
    driver_id: Id = Field(default=None, alias="NASCARDriverID")
    laps: Rows[Lap] | None = Field(default=None, alias="Laps")

    @property
    def timed(self) -> list[Lap]:
        """The laps that have a time, without the start."""
        return [lap for lap in self.laps or () if lap.number and lap.seconds is not None]


class FlagOfLap(Feed):
    """The flag when the leader had completed so many laps. 4 is the checkered flag, and a yellow may follow it."""

    laps_completed: Laps = Field(default=None, alias="LapsCompleted")
    flag: Laps = Field(default=None, alias="FlagState")


class LapTimes(Feed):
    """Every lap of a race."""

    laps: Rows[TruckLaps]
    flags: ManyRows[FlagOfLap] | None = None

    def fastest(self) -> tuple[TruckLaps, Lap] | None:
        """Who had the fastest lap, and which it was; None where no lap was timed, or two share it.

        Laps that cannot have been are passed over: those far below what the drivers' third-best laps are in the middle.
        """
        timed = [(lap.seconds, truck, lap) for truck in self.laps for lap in truck.timed if lap.seconds is not None]
        least = self.least
        if least is None:
            return None
        quickest = min(seconds for seconds, _, _ in timed if seconds >= least)
        found = [(truck, lap) for seconds, truck, lap in timed if seconds == quickest]
        return found[0] if len({truck.number for truck, _ in found}) == 1 else None

    @property
    def least(self) -> float | None:
        """The seconds below which no lap can have been driven; None where no lap was timed."""
        mine = [sorted(lap.seconds or 0.0 for lap in truck.timed)[:THIRD_BEST] for truck in self.laps]
        thirds = [laps[-1] for laps in mine if laps]
        return median(thirds) * POSSIBLE if thirds else None

    @property
    def guests(self) -> frozenset[int]:
        """The ids of those whose names are marked as those of drivers who score in another series."""
        marked = (each for each in self.laps if "i" in without_markers(each.full_name or "")[1])
        return frozenset(each.driver_id for each in marked if each.driver_id is not None)

    @property
    def checkered_on(self) -> int | None:
        """The lap on which the checkered flag fell; None where it has not. What follows it does not take it back."""
        return next((each.laps_completed for each in self.flags or () if each.flag == CHECKERED), None)

    def covers(self, laps: int | None) -> bool:
        """Whether they are those of a whole race of so many laps, which they lag behind for a while after it."""
        if laps is None or self.checkered_on is not None:
            return True
        return any((lap.number or 0) >= laps for truck in self.laps for lap in truck.laps or ())


class LoopDriver(Feed):
    """A driver's loop statistics. ``ps`` is the finish; places are on the track, ``rating`` is at most 150."""

    driver_id: Id
    start_ps: Laps = None
    mid_ps: Laps = None
    ps: Laps = None
    best_ps: Laps = None
    worst_ps: Laps = None
    avg_ps: Number = None
    passes_gf: Count = None
    passed_gf: Count = None
    quality_passes: Count = None
    fast_laps: Laps = None
    top15_laps: Laps = None
    lead_laps: Laps = None
    laps: Laps = None
    rating: Number = None


class LoopStats(Feed):
    """The loop statistics of one race."""

    race_id: Id
    series_id: Id = None
    act_laps: Laps = None
    drivers: Rows[LoopDriver]


class PitStop(Feed):
    """A truck on pit road, or a row that only looks so: see ``is_stop``. Durations are in seconds."""

    vehicle_number: Truck
    driver_name: Text = None
    lap_count: Laps = None
    pit_in_flag_status: Laps = None
    pit_stop_type: Text = None
    pit_stop_duration: Number = None
    total_duration: Number = None
    pit_in_race_time: Number = None
    pit_in_rank: Laps = None
    pit_out_rank: Laps = None
    left_front_tire_changed: Flag = None
    right_front_tire_changed: Flag = None

    def is_stop(self, last_lap: int) -> bool:
        """Whether it is a stop in the race: rows of lap 0 come before it, those from the last lap on after it."""
        return self.lap_count is not None and 0 < self.lap_count < last_lap

    @property
    def stood(self) -> float | None:
        """How long the truck stood; None where that was not measured."""
        return None if self.pit_stop_duration in (None, NOT_MEASURED) else self.pit_stop_duration
