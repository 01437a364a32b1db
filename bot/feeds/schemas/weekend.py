"""The document of one weekend (``weekend-feed.json``): the entry list before the race, its results after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, Field

from bot.feeds.schemas.race import RaceFacts
from bot.feeds.schemas.values import (
    Count,
    Feed,
    Flag,
    Id,
    Laps,
    Name,
    NumberOfTruck,
    Points,
    Text,
    whole,
    without_markers,
)

Place = Annotated[Annotated[int, Field(ge=0, le=60)] | None, BeforeValidator(whole)]


class ResultFacts(Feed):
    """A truck of the weekend. A place of 0 is none: it did not start, or the race was not run yet.

    ``car_number`` is the one on the truck; ``official_car_number`` may be another.
    ``points_earned`` holds no penalties. A driver who was disqualified keeps their status and laps.
    ``qualifying_position`` is the place at the start even where nobody qualified.
    """

    finishing_position: Place = None
    starting_position: Place = None
    car_number: NumberOfTruck
    driver_id: Id = None
    driver_fullname: Name
    driver_hometown: Text = None
    team_name: Text = None
    owner_fullname: Text = None
    crew_chief_fullname: Text = None
    car_make: Text = None
    sponsor: Text = None
    laps_led: Laps = None
    laps_completed: Laps = None
    points_earned: Points = None
    finishing_status: Text = None
    disqualified: Flag = None

    @property
    def name(self) -> str:
        """The driver's name, without markers."""
        return without_markers(self.driver_fullname)[0]

    @property
    def place(self) -> int | None:
        """Where it finished; None where it did not."""
        return self.finishing_position or None


class Caution(Feed):
    """A caution, both laps inclusive. ``beneficiary_car_number`` is the truck that got the free pass, or padded."""

    start_lap: Laps
    end_lap: Laps
    reason: Text = None
    comment: Text = None
    beneficiary_car_number: Text = None


class LeadFacts(Feed):
    """A lead, both laps inclusive; that of lap 0 is the pole and no lap led."""

    start_lap: Laps
    end_lap: Laps
    car_number: Text = None


class StagePlace(Feed):
    """A truck among the first ten of a stage. Who scores elsewhere, or races for the title, has 0 points."""

    finishing_position: Place = None
    driver_id: Id = None
    driver_fullname: Text = None
    car_number: Text = None
    stage_points: Points = None


class Stage(Feed):
    """The first ten of a stage."""

    stage_number: Count
    results: list[StagePlace] | None = None


class WeekendRace(RaceFacts):
    """The race of a weekend with all that belongs to its results."""

    results: list[ResultFacts] | None = None
    caution_segments: list[Caution] | None = None
    race_leaders: list[LeadFacts] | None = None
    stage_results: list[Stage] | None = None


@dataclass(frozen=True, slots=True)
class Weekend:
    """A weekend as it was served.

    Attributes:
        path: of the document.
        at: when it was asked for.
        race: the race.
        rows: its trucks, each once.
        over: whether the race has been run.
    """

    path: str
    at: datetime
    race: WeekendRace
    rows: tuple[ResultFacts, ...]
    over: bool

    @property
    def official(self) -> bool:
        """Whether NASCAR calls the results final."""
        return self.race.official

    @property
    def has_results(self) -> bool:
        """Whether the race has been run and its finishing order is there."""
        return self.over and any(row.place for row in self.rows)
