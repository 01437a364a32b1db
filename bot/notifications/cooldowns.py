"""Cooldowns: how soon somebody may repeat what is costly, or seen by others."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.errors import FriendlyError
from bot.render.formatting import count

KEPT = 10_000
"""How many uses are kept in memory at most; they are forgotten with a restart, too."""


class Cooldown:
    """Refuses a use too soon after the one before.

    Args:
        clock: the time.
        wait: how long after a use the next one is refused.
        what: what may be done again, for people: "You can ... again in 20 seconds."
    """

    def __init__(self, clock: Clock, wait: timedelta, what: str) -> None:
        self._clock = clock
        self._wait = wait
        self._what = what
        self._used: OrderedDict[Hashable, datetime] = OrderedDict()

    def use(self, key: Hashable) -> None:
        """Notes a use.

        Args:
            key: whose use, such as a person in a server.

        Raises:
            FriendlyError: it is too soon; the line says when to try again.
        """
        now = self._clock.now()
        last = self._used.get(key)
        # A clock that was set back must not lock anybody out.
        if last is not None and timedelta(0) <= now - last < self._wait:
            seconds = math.ceil((last + self._wait - now).total_seconds())
            raise FriendlyError(f"You can {self._what} again in {count(seconds, 'second')}.")
        self._used[key] = now
        self._used.move_to_end(key)
        while len(self._used) > KEPT:
            self._used.popitem(last=False)

    def give_back(self, key: Hashable) -> None:
        """Forgets a use that came to nothing."""
        self._used.pop(key, None)
