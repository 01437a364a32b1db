"""Who entered a race in which truck, how that truck finished, and who made the playoff field.

Laps and points are as in ``db.models``.
"""

from __future__ import annotations

from dataclasses import dataclass

NOT_ELIGIBLE = "not eligible"
"""How a driver made a playoff field who did not: results would give a place that was not to be had."""


@dataclass(frozen=True, slots=True)
class StageScore:
    """A driver's stage: ``finish`` 1 to 10, None for the rest; ``points`` None where the stage is not on record."""

    finish: int | None = None
    points: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A truck in a race's field. ``number`` is text: 02 and 2 are different trucks. ``driver`` is a key.

    ``start`` is the place from which it is to start a race that was not run yet; that of a truck that raced is part of
    its result.
    """

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
    start: int | None = None


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
class Seat:
    """A place in a season's playoff field, in seeding order; or, not ``eligible``, whom results alone would put in it.

    ``note`` says what a fan should know about it.
    """

    driver: str
    how: str | None = None
    note: str | None = None

    @property
    def eligible(self) -> bool:
        """Whether it is a place in the field."""
        return self.how != NOT_ELIGIBLE
