"""What NASCAR says of a race, alike in the list of a season and in the document of its weekend."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated

from pydantic import Field, field_validator

from bot.feeds.paths import TRUCKS
from bot.feeds.schemas.values import (
    Count,
    Feed,
    Flag,
    Id,
    Laps,
    Moment,
    Name,
    Speed,
    Text,
    eastern,
    seconds_of,
    utc,
)
from db.models import EASTERN

POINTS_RACE = 1
"""The type of a race that counts; 2 is an exhibition."""
PRACTICE, QUALIFYING, RACE = 1, 2, 3
"""The types of the sessions of a weekend; 0 is anything else, such as the drivers' meeting."""


class Event(Feed):
    """Something on the schedule of a weekend. ``start_time_utc`` is UTC, though it carries no offset."""

    start_time_utc: Moment = None
    run_type: Count = None

    @property
    def start(self) -> datetime | None:
        """When it begins, UTC."""
        return utc(self.start_time_utc) if self.start_time_utc else None


class RaceFacts(Feed):
    """A race. Speeds are in mph, ``total_race_time`` is ``h:mm:ss``, ``margin_of_victory`` a text.

    Stages are lengths; the last is rewritten after the race so that they add up to the laps that were run.
    """

    race_id: Annotated[int, Field(ge=1, le=10**9, strict=True)]
    series_id: Annotated[int, Field(strict=True)] = TRUCKS
    race_season: Annotated[int, Field(strict=True)]
    race_type_id: Count = POINTS_RACE
    race_name: Name
    track_id: Id = None
    track_name: Name
    date_scheduled: Moment = None
    race_date: Moment = None
    scheduled_laps: Laps = None
    actual_laps: Laps = None
    stage_1_laps: Laps = None
    stage_2_laps: Laps = None
    stage_3_laps: Laps = None
    stage_4_laps: Laps = None
    number_of_cars_in_field: Count = None
    pole_winner_driver_id: Id = None
    pole_winner_speed: Speed = None
    number_of_cautions: Count = None
    number_of_caution_laps: Laps = None
    number_of_lead_changes: Count = None
    average_speed: Speed = None
    total_race_time: Text = None
    margin_of_victory: Text = None
    inspection_complete: Flag = None
    playoff_round: Count = None
    television_broadcaster: Text = None
    radio_broadcaster: Text = None
    schedule: list[Event] | None = None

    @field_validator("total_race_time")
    @classmethod
    def _is_a_time(cls, clock: str | None) -> str | None:
        seconds_of(clock)
        return clock

    @property
    def seconds(self) -> float | None:
        """How long the race took."""
        return seconds_of(self.total_race_time)

    @property
    def is_over(self) -> bool:
        """Whether it has been run. Laps, stages and results' rows are there before, so they do not say it."""
        return self.average_speed is not None or self.seconds is not None

    @property
    def official(self) -> bool:
        """Whether its results are final as NASCAR says; the flag is set late, and may never be."""
        return bool(self.inspection_complete)

    @property
    def stages(self) -> list[int]:
        """The lengths of the stages as planned; empty where there are none, or the race's length is not known."""
        given = [self.stage_1_laps, self.stage_2_laps, *([self.stage_3_laps] if self.stage_4_laps else [])]
        known = [length for length in given if length]
        last = (self.scheduled_laps or 0) - sum(known)
        return [*known, last] if len(known) == len(given) and last > 0 else []

    def planned(self) -> tuple[date, datetime] | tuple[date, None] | None:
        """The day, Eastern, and the moment for which it is listed; None where it has no day yet.

        The time of ``race_date`` is the track's own once the race was run, and its day that on which it was run. A time
        of midnight is none.
        """
        listed, moved = self.date_scheduled, self.race_date
        days = [each for each in (moved, listed) if each is not None]
        if not days:
            return None
        day = eastern(days[0]).astimezone(EASTERN).date()
        events = [e.start for e in self.schedule or () if e.run_type == RACE and e.start is not None]
        starts = [start for start in events if start.astimezone(EASTERN).date() == day]
        if starts:
            return day, starts[-1]
        for each in (listed, moved) if self.is_over else (moved, listed):
            if each is not None and each.time() != time(0) and eastern(each).astimezone(EASTERN).date() == day:
                return day, eastern(each)
        return day, None
