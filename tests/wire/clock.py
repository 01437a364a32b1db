"""The stand-in's own time: it starts when a test wants, runs as fast as it wants, and can be moved."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class WireClock:
    """Tells Discord's time: that of messages, of their ids, of nonces and limits.

    Args:
        start: aware moment at which it starts; the machine's time if not said.
        speed: seconds of this clock in one of the machine's; 0 stands still.
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
        """The moment, aware, in UTC."""
        return self._moment + timedelta(seconds=(time.monotonic() - self._origin) * self._speed)

    def elapsed(self) -> float:
        """Seconds that went by, never back: jumps do not count, and while it stands still the machine's do."""
        return self._elapsed + (time.monotonic() - self._origin) * self._pace

    def real(self, seconds: float) -> float:
        """How long that many of its seconds are for one who waits by the machine's time."""
        return seconds / self._pace

    @property
    def _pace(self) -> float:
        return self._speed or 1.0

    def set(self, moment: datetime) -> None:
        """Jumps, ahead or back."""
        self._rebase(moment.astimezone(UTC))

    def advance(self, **parts: float) -> None:
        """Jumps ahead, by such as ``hours=1``."""
        self._rebase(self.now() + timedelta(**parts))

    def run(self, speed: float) -> None:
        """Goes on from where it is, at another speed."""
        self._rebase(self.now())
        self._speed = speed

    def _rebase(self, moment: datetime) -> None:
        self._elapsed, self._moment, self._origin = self.elapsed(), moment, time.monotonic()
