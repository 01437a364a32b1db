"""A session as it runs: the running order (``live_feed.json``), the flags, and who was where at the end of a stage."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, field_validator

from bot.feeds.schemas.values import (
    Count,
    Feed,
    Flag,
    Id,
    Laps,
    Moment,
    Number,
    NumberOfTruck,
    Rows,
    Speed,
    Text,
    Truck,
    utc,
    whole,
    without_markers,
)

NO_LIMIT = 999
"""How many laps practice is said to have."""


def _at_least_zero(value: Any) -> Any:
    """A count that is not known is written as -1."""
    value = whole(value)
    return None if isinstance(value, int) and value < 0 else value


CountIfKnown = Annotated[Count, BeforeValidator(_at_least_zero)]
LapsIfKnown = Annotated[Laps, BeforeValidator(_at_least_zero)]


class LapsLed(Feed):
    """Laps led in a row, both inclusive. Lap 0 is the start, and no lap of the race."""

    start_lap: LapsIfKnown = None
    end_lap: LapsIfKnown = None


class LivePitStop(Feed):
    """A truck on pit road. Rows of lap 0 come before the race."""

    pit_in_lap_count: LapsIfKnown = None
    pit_in_leader_lap: LapsIfKnown = None


class LiveDriver(Feed):
    """Who drives; ``full_name`` carries markers, several of them now and then."""

    driver_id: Id = None
    full_name: Text = None
    first_name: Text = None
    last_name: Text = None

    @property
    def called(self) -> tuple[str, frozenset[str]]:
        """The name without its markers, and the markers."""
        name, found = without_markers(self.full_name or f"{self.first_name or ''} {self.last_name or ''}")
        # A star may stand behind the name as well; what it means is not known.
        return name.strip(" *"), found


class Vehicle(Feed):
    """A truck. ``delta`` is seconds behind the leader or, a negative whole number, laps down."""

    vehicle_number: NumberOfTruck
    vehicle_manufacturer: Text = None
    driver: LiveDriver = LiveDriver()
    running_position: Count = None
    status: Count = None
    is_on_track: Flag = None
    delta: Number = None
    laps_completed: LapsIfKnown = None
    last_lap_time: Speed = None
    best_lap: LapsIfKnown = None
    best_lap_time: Speed = None
    laps_led: Rows[LapsLed] | None = None
    pit_stops: Rows[LivePitStop] | None = None
    starting_position: Count = None


class StageUnderWay(Feed):
    """The stage under way: its number, and the lap that ends it."""

    stage_num: Count = None
    finish_at_lap: LapsIfKnown = None


class LiveFeed(Feed):
    """A session of a race. ``time_of_day_os`` is when the document was written, which it is again and again."""

    race_id: Id
    series_id: Count
    run_id: Count = None
    run_type: Count = None
    lap_number: LapsIfKnown = None
    laps_in_race: LapsIfKnown = None
    laps_to_go: LapsIfKnown = None
    flag_state: Count = None
    elapsed_time: Number = None
    time_of_day_os: Moment = None
    number_of_caution_segments: CountIfKnown = None
    number_of_caution_laps: LapsIfKnown = None
    stage: StageUnderWay = StageUnderWay()
    vehicles: Rows[Vehicle]

    @field_validator("stage", mode="before")
    @classmethod
    def _may_be_absent(cls, value: Any) -> Any:
        return {} if value is None else value

    @property
    def written(self) -> datetime | None:
        """When the document was written, UTC; None where it does not say, or says it without an offset."""
        moment = self.time_of_day_os
        return utc(moment) if moment is not None and moment.tzinfo is not None else None


class FlagShown(Feed):
    """A flag. ``lap_number`` is how many laps were completed; ``time_of_day_os`` is Eastern, with its offset."""

    lap_number: LapsIfKnown = None
    flag_state: Count = None
    elapsed_time: Number = None
    comment: Text = None
    beneficiary: Text = None
    time_of_day_os: Moment = None


class StagePosition(Feed):
    """A truck at the end of a stage."""

    position: Count = None
    vehicle_number: Truck = None
    stage_points: Count = None


class StageOver(Feed):
    """A stage that is over; everybody is listed, and who scores elsewhere has no points."""

    race_id: Id
    stage_number: Count = None
    results: Rows[StagePosition] | None = None
