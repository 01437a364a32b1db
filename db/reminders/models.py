"""Who is told what and when: the nouns of the reminders, frozen.

Times are aware UTC moments, leads and delays whole minutes. ``mark`` is what a message is recognised by.
"""

from __future__ import annotations

import hashlib
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from db.models import RaceStatus
from db.timestamps import to_text

LEADS = (24 * 60, 3 * 60, 60, 30, 15, 5, 0)
"""Minutes before the event that can be chosen; 0 is at the start."""
DELAYS = (0, 15, 60, 3 * 60, 12 * 60, 24 * 60)
"""Minutes that results can be held back."""
SAME = timedelta(minutes=10)
"""A move by less is none: what was sent for one of the two moments was sent for the other."""


class Kind(StrEnum):
    """What a row of the outbox is."""

    REMINDER = "reminder"
    CHANGE = "change"
    RESULTS = "results"
    RECAP = "recap"
    STANDINGS = "standings"
    EVENT = "event"


class State(StrEnum):
    """Where a row of the outbox stands. Claimed: somebody is at it, or was when he was cut off."""

    PENDING = "pending"
    CLAIMED = "claimed"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Part(StrEnum):
    """What of a race weekend a reminder is of. Coverage is the race's or, where its start is not known, the race."""

    COVERAGE = "coverage"
    QUALIFYING = "qualifying"
    PRACTICE = "practice"


RACE = "race"
"""The session of rows that speak of the race as a whole."""
CALLED_OFF = "called off"
"""The session of event rows that take an event off again of a server that had events and wants none any more."""


@dataclass(frozen=True, slots=True)
class Extras:
    """What a target wants beside reminders. ``results_delay`` holds back all that tells the outcome, in minutes."""

    changes: bool = True
    results: bool = False
    spoiler: bool = True
    results_delay: int = 0
    recap: bool = False
    standings: bool = False
    events: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """A kind of message that a target wants. ``lead`` counts for reminders only; ``delay`` is in minutes."""

    kind: Kind
    session: str
    lead: int = 0
    delay: int = 0


@dataclass(frozen=True, slots=True)
class Target:
    """Where reminders go: a server's channel, or one person.

    Exactly one of ``guild`` and ``user`` is set; a server and a person have at most one target. ``channel`` is a
    person's direct messages once they are known. ``off_reason`` is None where a person switched it off himself.
    ``since`` is when it was last saved; ``id`` is 0 until it is.
    """

    id: int = 0
    guild: int | None = None
    user: int | None = None
    channel: int | None = None
    role: int | None = None
    leads: tuple[int, ...] = (60,)
    sessions: frozenset[Part] = frozenset({Part.COVERAGE})
    extras: Extras = field(default_factory=Extras)
    on: bool = True
    off_reason: str | None = None
    since: datetime | None = None

    @property
    def place(self) -> str:
        """Where messages end up, whatever number the store gave the target."""
        return f"g{self.guild}" if self.guild is not None else f"u{self.user}"

    @property
    def wishes(self) -> frozenset[Wish]:
        """All it wants; where it is off no more than that events made before are taken off again."""
        if not self.on:
            return frozenset() if self.guild is None else frozenset({Wish(Kind.EVENT, CALLED_OFF)})
        extras, wanted = self.extras, {Wish(Kind.REMINDER, part, lead) for part in self.sessions for lead in self.leads}
        if wanted and extras.changes:
            wanted.add(Wish(Kind.CHANGE, RACE))
        for kind, on in (
            (Kind.RESULTS, extras.results),
            (Kind.RECAP, extras.recap),
            (Kind.STANDINGS, extras.standings),
        ):
            if on:
                wanted.add(Wish(kind, RACE, delay=extras.results_delay))
        if self.guild is not None:
            wanted.add(Wish(Kind.EVENT, RACE if extras.events else CALLED_OFF))
        return frozenset(wanted)


@dataclass(frozen=True, slots=True)
class Slot:
    """Something that falls due for whoever wishes for it; a due is a slot and a target.

    Args:
        kind: what it is.
        season: the race's year.
        round: the race's.
        session: a ``Part``, ``RACE`` or ``CALLED_OFF``.
        lead: minutes before; for kinds but reminders the edition of what is told, so that another edition is news.
        event_at: the moment the message speaks of.
        due_at: when it should go out.
        until: from when on it is of no use.
        detail: what the message needs beside that, as JSON can hold it.
        newcomers: also for those who asked for it only after it was due.
        followers: of events, only for those who had one of the race, or may have.
        after: for changes, the number of the first one that the slot tells of.
    """

    kind: Kind
    season: int
    round: int
    session: str
    lead: int
    event_at: datetime
    due_at: datetime
    until: datetime
    detail: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    newcomers: bool = False
    followers: bool = False
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A race's place in the schedule as the planner last saw it.

    ``put_off`` is, for a postponed race, the moment it was put off from, where that was seen.
    """

    day: date
    start: datetime | None = None
    coverage: datetime | None = None
    status: RaceStatus = RaceStatus.SCHEDULED
    put_off: datetime | None = None

    @property
    def event_at(self) -> datetime | None:
        """What reminders count down to: the start of coverage or, where that is not known, the listed start."""
        return self.coverage or self.start


@dataclass(frozen=True, slots=True)
class Change:
    """A race that was moved, postponed, cancelled or put back; the numbers of changes grow."""

    id: int
    season: int
    round: int
    before: Seen
    after: Seen
    noticed_at: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """A message that is to go to a target; the fields are a slot's."""

    target: int
    kind: Kind
    season: int
    round: int
    session: str
    lead: int
    event_at: datetime
    due_at: datetime
    until: datetime
    detail: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Row:
    """A due in the outbox.

    ``tried_at`` is when it may first have reached Discord without our knowing, None where it has not; ``message`` is
    what it became there; ``channel`` where it was tried or sent; ``place`` its target's.
    """

    id: int
    due: Due
    place: str
    state: State = State.PENDING
    tried_at: datetime | None = None
    claimed_by: str | None = None
    attempts: int = 0
    retry_at: datetime | None = None
    sent_at: datetime | None = None
    channel: int | None = None
    message: int | None = None
    reason: str | None = None

    @property
    def mark(self) -> str:
        """Sixteen letters and digits that stand for place, race, kind, lead and moment: the same after any restore."""
        due = self.due
        parts = (self.place, due.kind, due.season, due.round, due.session, due.lead, to_text(due.event_at))
        return b32encode(hashlib.blake2b("|".join(map(str, parts)).encode(), digest_size=10).digest()).decode().lower()

    @property
    def nonce(self) -> str:
        """What Discord knows a second attempt by; at most 25 characters, as it allows."""
        return f"{_base36(self.id)}-{self.mark[:10]}"


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits or "0"
