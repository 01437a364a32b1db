"""NASCAR's server while a race runs: what it says at each moment, and how that goes wrong.

It may freeze, go back to what it said before, stamp anew what is as it was, speak of another race, or fail as any
server does. What it really handed out, and when, is noted: nothing else can be known of the race.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from db.live.models import LiveState
from tests.simulation.feeds_server import Copy, Host, Nascar, _Exchange, _Session
from tests.simulation.races_documents import FEED, body_of
from tests.simulation.races_truth import Tale

FROZEN, BACK, STAMPED, SERIES, ELSE = "frozen", "goes back", "stamped anew", "another series", "another race"
FATES = (
    FROZEN, FROZEN, BACK, BACK, STAMPED, STAMPED, SERIES, ELSE, "dropped", "broken off", "cut short", "null",
    "web page", "forbidden", "limited", "broken", "slow",
)  # fmt: skip
"""What may become of a request."""
SOUND = frozenset({"", FROZEN, BACK, STAMPED, "slow"})
"""With these an answer tells of the race."""


@dataclass(frozen=True, eq=False)
class Handed:
    """A document that a process was given whole: when, by which start of it, and how the race stood in it."""

    at: float
    of: float
    path: str
    state: LiveState


@dataclass
class RaceNascar(Nascar):
    """The world's NASCAR while a race runs.

    Attributes:
        tale: what it says when.
        handed: what was given out, in order.
        lasting: for how many seconds a fate that ends at some time is met.
    """

    tale: Tale | None = None
    handed: list[Handed] = field(default_factory=list)
    lasting: dict[tuple[float, str], float] = field(default_factory=dict)
    _bodies: dict[tuple[str, datetime, datetime], bytes | None] = field(default_factory=dict)

    def connected(self, host: Host) -> Any:
        return _RaceSession(self, host)

    def stands(self, fate: str, dice: random.Random) -> LiveState | None:
        """How the race stands, as the server has it."""
        assert self.tale is not None
        now = self.clock()
        if fate == FROZEN:
            now = min((until - timedelta(seconds=lasts) for until, lasts in self._frozen()), default=now)
        if fate == BACK:
            now -= timedelta(seconds=dice.choice([8, 30, 90, 400]))
        return self.tale.at(now)

    def body(self, path: str, state: LiveState, written: datetime) -> bytes | None:
        """A document as it is written at a moment."""
        key = path, state.at, written
        if key not in self._bodies:
            self._bodies[key] = body_of(path, state, written)
        return self._bodies[key]

    def _frozen(self) -> list[tuple[datetime, float]]:
        ends = [(until, self.lasting.get((until, kind), 0.0)) for until, kind, *_ in self.weather if kind == FROZEN]
        now = self.timeline.now
        return [(self.clock() + timedelta(seconds=until - now), lasts) for until, lasts in ends]

    def meets(self, fate: str, seconds: float, chance: float, only: str) -> None:
        """From now on requests meet a fate, for a while."""
        until = self.timeline.now + seconds
        self.weather.append((until, fate, chance, only))
        self.lasting[until, fate] = seconds


@dataclass
class _RaceSession(_Session):
    nascar: RaceNascar

    def get(self, url: str, *, headers: Any, allow_redirects: bool) -> _Exchange:
        made = super().get(url, headers=headers, allow_redirects=allow_redirects)
        return _RaceExchange(self, made._path, headers)


class _RaceExchange(_Exchange):
    """One request of a document of the race, and its answer."""

    _nascar: RaceNascar
    _state: LiveState | None = None

    def _answer(self) -> None:
        state = self._state = self._nascar.stands(self._fate, self._dice)
        body = None
        if state is not None:
            # A document is written anew every few seconds, mostly as it was, which no reader is told.
            written = self._nascar.clock() if self._fate == STAMPED else state.at
            body = self._nascar.body(self._path, state, written)
        if body is not None and self._fate in {SERIES, ELSE}:
            body = self._of_another(body)
        there = [] if body is None else [Copy(body, f'"{_digest(body)}"', self._nascar.clock())]
        self._nascar.copies[self._path] = there
        super()._answer()

    def _of_another(self, body: bytes) -> bytes:
        if self._path != FEED:
            return body
        feed = json.loads(body)
        feed |= {"series_id": 1} if self._fate == SERIES else {"race_id": 5999}
        # It is further on, and others lead it.
        feed |= {"lap_number": feed["lap_number"] + 9, "flag_state": self._dice.choice([1, 2, 3])}
        for place, row in enumerate(reversed(feed["vehicles"]), 1):
            row |= {"running_position": place, "laps_led": [{"start_lap": 1, "end_lap": 99}] if place == 1 else []}
        return json.dumps(feed).encode()

    async def iter_chunked(self, size: int) -> AsyncIterator[bytes]:
        async for chunk in super().iter_chunked(size):
            yield chunk
        if self.status == 200 and self._fate in SOUND and self._state is not None:
            nascar = self._nascar
            nascar.handed.append(Handed(nascar.timeline.now, self._request.of, self._path, self._state))


def _digest(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=6).hexdigest()
