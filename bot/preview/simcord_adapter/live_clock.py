"""simcord's clock, driven by ours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import simcord._clock
import simcord._dpy_internals

from bot.clock import Clock

real_monotonic: Callable[[], float] = simcord._dpy_internals.real_monotonic  # noqa: SLF001
"""Real seconds; ``time.monotonic`` is simcord's own while it runs."""


class LiveClock(simcord._clock.Clock):  # noqa: SLF001
    """simcord's clock, driven by ours: it runs by itself and cannot be advanced.

    simcord answers ``time.monotonic()`` inside the bot's work with ``elapsed``. Here that is the real time, so that
    a clock based on it shows the same time inside a command as outside.
    """

    def __init__(self, clock: Clock) -> None:  # the base class would set elapsed, which is read-only here
        self._clock = clock
        self._began = clock.now()
        self._began_real = real_monotonic()

    @property
    def elapsed(self) -> float:  # type: ignore[override]
        return real_monotonic()

    def now(self) -> datetime:
        return self._clock.now()

    def advance(self, seconds: float) -> None:
        """Does nothing: time passes by itself."""

    def after(self, seconds: float) -> datetime:
        """The clock's time after that many real seconds: Discord's limit of 3 s must not shrink on a fast clock."""
        now = self.now()
        real = real_monotonic() - self._began_real
        speed = (now - self._began).total_seconds() / real if real > 0 else 1.0
        return now + timedelta(seconds=seconds * max(speed, 1.0))
