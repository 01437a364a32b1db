"""What time it is: one injected clock, so that the bot can live on any day."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Gives the time; everything that means "latest", "next" or "so far" asks one of these."""

    @property
    def speed(self) -> float:
        """How many of its seconds pass in one real second; 0 for a clock that stands still."""
        ...

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own time."""

    speed = 1.0

    def now(self) -> datetime:
        return datetime.now(UTC)


class TravelClock:
    """Starts at a moment of its own and runs ``speed`` times as fast as the machine's time.

    Args:
        start: aware moment at which the clock starts.
        speed: seconds of this clock in one real second; 1 is real time, 0 stands still.
    """

    def __init__(self, start: datetime, speed: float = 1.0) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock needs a moment with its offset, such as 2025-10-16T17:00-04:00")
        self._start = start.astimezone(UTC)
        self.speed = speed
        self._origin = time.monotonic()

    def travel(self, start: datetime, speed: float) -> None:
        """Sets the clock to another moment and speed; whoever asked it for its speed before has to ask again."""
        self._start, self.speed = start.astimezone(UTC), speed
        self._origin = time.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=(time.monotonic() - self._origin) * self.speed)
