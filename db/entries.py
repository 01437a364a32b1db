"""Who entered a race in which truck, and how that truck finished; laps and points as in ``db.models``."""

from __future__ import annotations

from dataclasses import dataclass


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
