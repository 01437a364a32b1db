"""What is known of a finished race besides who finished where: who led when, cautions, pole, fastest lap, margin."""

from __future__ import annotations

from dataclasses import dataclass


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
class CautionPeriod:
    """Laps under caution, both inclusive. ``free_pass`` is the number of the truck that got a lap back."""

    from_lap: int
    to_lap: int
    reason: str | None = None
    free_pass: str | None = None

    @property
    def laps(self) -> int:
        return self.to_lap - self.from_lap + 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is known of a finished race besides the finishing order. Drivers are keys.

    ``leads`` are all leads of the race and ``caution_periods`` all its cautions, in order of laps; empty where they
    are not on record.
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
    caution_periods: tuple[CautionPeriod, ...] = ()
