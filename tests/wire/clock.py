"""The stand-in's own clock: a test chooses when it starts and how fast it runs, and can move it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class WireClock:
    """Discord's clock: the time of messages, of their ids, of nonces and of rate limits.

    Args:
        start: aware datetime at which it starts; the machine's time by default.
        speed: seconds of this clock per second of the machine's; at 0 it stands still.
    """

    def __init__(self, start: datetime | None = None, speed: float = 1.0) -> None:
        self._moment = datetime.now(UTC) if start is None else start.astimezone(UTC)
        self._elapsed = 0.0
        self._origin = time.monotonic()
        self._speed = speed

    @property
    def speed(self) -> float:
        return self._speed

    def now(self) -> datetime:
        """The current time, aware, in UTC."""
        return self._moment + timedelta(seconds=(time.monotonic() - self._origin) * self._speed)

    def elapsed(self) -> float:
        """Seconds that have passed. Jumps do not count; while the clock stands still the machine's seconds do."""
        return self._elapsed + (time.monotonic() - self._origin) * self._pace

    def real(self, seconds: float) -> float:
        """Converts seconds of this clock into seconds of the machine's."""
        return seconds / self._pace

    @property
    def _pace(self) -> float:
        return self._speed or 1.0

    def set(self, moment: datetime) -> None:
        """Jumps to a time, forward or back."""
        self._rebase(moment.astimezone(UTC))

    def advance(self, **parts: float) -> None:
        """Jumps forward, for example by ``hours=1``."""
        self._rebase(self.now() + timedelta(**parts))

    def run(self, speed: float) -> None:
        """Continues from the current time at another speed."""
        self._rebase(self.now())
        self._speed = speed

    def _rebase(self, moment: datetime) -> None:
        self._elapsed, self._moment, self._origin = self.elapsed(), moment, time.monotonic()
