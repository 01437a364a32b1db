"""Changes of messages whose answer never came: they may still arrive, and must not undo a later change."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta

from bot.outbox.doubt import LANDS

KEPT = 20_000
"""How many messages are remembered: more than are changed in ``LANDS``, the rate limit being what it is."""


class UnansweredChanges:
    """Remembers for a minute which message was to be changed to which version by a request that got no answer.

    A change need not be looked for, since it may be made twice. But where the next version is there before the first
    request has arrived, the message would be left with the older one. A process that ends forgets it.
    """

    def __init__(self) -> None:
        self._asked: OrderedDict[int, tuple[int, datetime]] = OrderedDict()

    def note(self, message: int, version: int, now: datetime) -> None:
        """A change of a message to a version got no answer."""
        self._asked.pop(message, None)
        self._asked[message] = version, now
        while len(self._asked) > KEPT:
            self._asked.popitem(last=False)

    def may_land_for(self, message: int, version: int, now: datetime) -> float:
        """For how many seconds a change to another version may still arrive; 0 also where the clock was set back."""
        asked, at = self._asked.get(message, (version, now))
        left = at + LANDS - now
        return left.total_seconds() if asked != version and timedelta(0) < left <= LANDS else 0.0
