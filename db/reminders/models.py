"""The models of notifications: who wants what, what is planned, and the rows of the outbox; all frozen.

Times are aware UTC moments, leads whole minutes, delays whole seconds.
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
from db.reminders.race_day import ARCHIVED, LONGEST_DELAY, OPENED, POSTS, RaceDay, thread_lead
from db.timestamps import to_text

LEADS = (24 * 60, 3 * 60, 60, 30, 15, 5, 0)
"""The leads that can be chosen, in minutes before the event; 0 is at its start."""
OLD_DELAYS = (0, 15, 60, 3 * 60, 12 * 60, 24 * 60)
"""The delays of results that earlier releases let one choose, in minutes; their panels are still there."""
SAME = timedelta(minutes=10)
"""Moments less than this apart count as one: a race that moves by so little needs no second message."""


class NotificationKind(StrEnum):
    """What kind of notification a row of the outbox is; stored under these values."""

    REMINDER = "reminder"
    CHANGE = "change"
    RESULTS = "results"
    RECAP = "recap"
    STANDINGS = "standings"
    EVENT = "event"
    QUOTE = "quote"
    TROUBLE = "trouble"
    LIVE = "live"
    BOARD = "board"
    THREAD = "thread"


RACE_DAY = frozenset({NotificationKind.LIVE, NotificationKind.BOARD, NotificationKind.THREAD})
"""Kinds that go with a race as it runs: who sees it later gets them later, and of use they are as long."""
EDITED = frozenset({NotificationKind.STANDINGS, NotificationKind.RESULTS, NotificationKind.RECAP})
"""Kinds of which a place has one message, that is edited when what it says changes."""


class RowState(StrEnum):
    """The state of a row of the outbox. Claimed: a run is delivering it, or was when it was interrupted."""

    PENDING = "pending"
    CLAIMED = "claimed"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Purpose(StrEnum):
    """What a target is for. A server has one of each at most, with a channel and a state of its own."""

    REMINDERS = "reminders"
    QUOTES = "quotes"


class WeekendSession(StrEnum):
    """What of a race weekend a reminder counts down to.

    Coverage is the race's or, if the start of its coverage is not known, the race itself.
    """

    COVERAGE = "coverage"
    QUALIFYING = "qualifying"
    PRACTICE = "practice"


RACE = "race"
"""The ``session`` of rows that are about the race as a whole."""
CALLED_OFF = "called off"
"""The ``session`` of rows that remove the scheduled events of a server that no longer wants any."""


@dataclass(frozen=True, slots=True)
class Extras:
    """What a target wants besides reminders.

    ``delay`` is in seconds: by so much everything waits that tells of a race under way or just over. ``race_day`` is
    how much of a race is posted while it runs, ``board`` whether it gets a message that shows how it stands,
    ``thread`` whether all that goes into a thread of its own. ``quote_hour`` is the hour of the day, Eastern, at which
    a target for quotes gets the quote of the day; with ``on_this_day`` it says what happened in the series on that day
    of the year as well.
    """

    changes: bool = True
    results: bool = False
    spoiler: bool = True
    delay: int = 0
    recap: bool = False
    standings: bool = False
    events: bool = False
    quote_hour: int = 9
    on_this_day: bool = False
    race_day: RaceDay = RaceDay.NOTHING
    board: bool = False
    thread: bool = False

    @property
    def tells_results(self) -> bool:
        """Whether anything is posted that gives an outcome away, or may."""
        return self.results or self.recap or self.standings or self.follows_race

    @property
    def follows_race(self) -> bool:
        """Whether anything is posted while a race runs."""
        return self.board or self.race_day is not RaceDay.NOTHING


def quote_session(hour: int) -> str:
    """The ``session`` of the quotes of the day that are due at an hour, such as ``09:00``."""
    return f"{hour:02}:00"


@dataclass(frozen=True, slots=True)
class Subscription:
    """One kind of notification that a target wants. ``lead`` is of reminders and threads; ``delay`` is in seconds."""

    kind: NotificationKind
    session: str
    lead: int = 0
    delay: int = 0


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why nothing can be posted in a place, ``since`` when, and when it is tried ``again``."""

    since: datetime
    reason: str
    again: datetime


@dataclass(frozen=True, slots=True)
class Target:
    """Where notifications go: a server's channel, or one person.

    Exactly one of ``guild`` and ``user`` is set; a server has at most one target of each purpose, a person one.
    ``channel`` of a person is that of their direct messages, once it is known. ``off_reason`` says why the bot switched
    the target off; None if people did. ``since`` is when it was last saved; ``id`` is 0 until it is saved. ``trouble``
    is set while the place takes nothing from the bot; saving a target can only end it.
    """

    id: int = 0
    guild: int | None = None
    user: int | None = None
    channel: int | None = None
    role: int | None = None
    leads: tuple[int, ...] = (60,)
    sessions: frozenset[WeekendSession] = frozenset({WeekendSession.COVERAGE})
    extras: Extras = field(default_factory=Extras)
    on: bool = True
    off_reason: str | None = None
    since: datetime | None = None
    purpose: Purpose = Purpose.REMINDERS
    trouble: Trouble | None = None

    @property
    def place(self) -> str:
        """The server or person, whatever id the store gave the target: the same in any restored backup."""
        return f"g{self.guild}" if self.guild is not None else f"u{self.user}"

    @property
    def subscriptions(self) -> frozenset[Subscription]:
        """Everything the target wants; if it is off, only that scheduled events made before are removed."""
        if self.purpose is Purpose.QUOTES:
            hour = quote_session(self.extras.quote_hour)
            return frozenset({Subscription(NotificationKind.QUOTE, hour)}) if self.on else frozenset()
        if not self.on:
            return frozenset() if self.guild is None else frozenset({Subscription(NotificationKind.EVENT, CALLED_OFF)})
        extras, wanted = (
            self.extras,
            {Subscription(NotificationKind.REMINDER, part, lead) for part in self.sessions for lead in self.leads},
        )
        if wanted and extras.changes:
            wanted.add(Subscription(NotificationKind.CHANGE, RACE))
        follows = self.guild is not None and extras.race_day is not RaceDay.NOTHING
        for kind, on in (
            (NotificationKind.RESULTS, extras.results or follows),
            (NotificationKind.RECAP, extras.recap or follows),
            (NotificationKind.STANDINGS, extras.standings),
        ):
            if on:
                wanted.add(Subscription(kind, RACE, delay=extras.delay))
        if self.guild is not None:
            wanted |= self._race_day()
            wanted.add(Subscription(NotificationKind.EVENT, RACE if extras.events else CALLED_OFF))
        return frozenset(wanted)

    def _race_day(self) -> set[Subscription]:
        """What a server wants of a race as it runs."""
        extras = self.extras
        wanted = {Subscription(NotificationKind.LIVE, post, delay=extras.delay) for post in POSTS[extras.race_day]}
        if extras.board:
            wanted.add(Subscription(NotificationKind.BOARD, RACE, delay=extras.delay))
        if extras.thread:
            # Opening it gives nothing away; it is put away once who sees the race later has seen it.
            wanted.add(Subscription(NotificationKind.THREAD, OPENED, thread_lead(self.leads)))
            wanted.add(Subscription(NotificationKind.THREAD, ARCHIVED, delay=extras.delay))
        return wanted


@dataclass(frozen=True, slots=True)
class PlannedNotification:
    """Something to be sent to every target that subscribes to it; with a target it becomes a ``Notification``.

    Args:
        kind: the kind of notification.
        season: the race's year; for a quote of the day the year.
        round: the race's as it is now; for a quote of the day the number of the day in the year.
        session: a ``WeekendSession``, ``RACE`` or ``CALLED_OFF``; for a quote of the day its ``quote_session``.
        lead: for reminders, and what opens a thread, the minutes before the event; of a race under way which of its
            session's posts it is, from 1; for other kinds a version of what the message says, so that a change of that
            is a new notification.
        event_at: the moment the message speaks of.
        due_at: when it should go out.
        until: the moment from which on it is of no use; of kinds in ``RACE_DAY`` without the target's delay, which
            is added to it.
        detail: what else the message needs, as values that JSON can hold.
        newcomers: also for targets that subscribed only after it was due.
        followers: only for targets that have, or may have, an earlier notification of this kind about the race.
        after: for schedule changes, the id of the first change that the message reports.
        race: the race's id, by which it is known whatever its round; 0 for a quote of the day.
    """

    kind: NotificationKind
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
    race: int = 0

    @property
    def subject(self) -> int:
        """What it is about, as the store holds it."""
        return self.race or self.season * 1000 + self.round

    @property
    def useless_from(self) -> datetime:
        """The moment from which on it is of no use to anybody, however late they see the race."""
        return self.until + timedelta(seconds=LONGEST_DELAY) if self.kind in RACE_DAY else self.until


@dataclass(frozen=True, slots=True)
class SeenRace:
    """A race's place in the schedule as the planner last saw it.

    ``put_off``, ``put_off_start`` and ``put_off_day`` are, for a postponed race, the moment, the listed start and the
    day from which it was postponed, as far as the planner saw that.
    """

    day: date
    start: datetime | None = None
    coverage: datetime | None = None
    status: RaceStatus = RaceStatus.SCHEDULED
    put_off: datetime | None = None
    put_off_start: datetime | None = None
    put_off_day: date | None = None

    @property
    def event_at(self) -> datetime | None:
        """What reminders count down to: the start of coverage or, if that is not known, the listed start."""
        return self.coverage or self.start

    @property
    def awaits_date(self) -> bool:
        """Whether it was postponed and has no new date: until then it stays listed for what it was postponed from."""
        if self.status is not RaceStatus.POSTPONED:
            return False
        if self.event_at is not None:
            return self.was_put_off_from(self.event_at)
        return self.put_off_day in {None, self.day}

    def was_put_off_from(self, moment: datetime) -> bool:
        """Whether the moment is the one from which the race was postponed, of its coverage or of its start."""
        return any(each is not None and abs(each - moment) < SAME for each in (self.put_off, self.put_off_start))


@dataclass(frozen=True, slots=True)
class ScheduleChange:
    """A race, by its id, that was moved, postponed, canceled or reinstated; ids of changes grow with time."""

    id: int
    race: int
    before: SeenRace
    after: SeenRace
    noticed_at: datetime


@dataclass(frozen=True, slots=True)
class Notification:
    """What is to go to one target; the fields are those of ``PlannedNotification``."""

    target: int
    kind: NotificationKind
    season: int
    round: int
    session: str
    lead: int
    event_at: datetime
    due_at: datetime
    until: datetime
    detail: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    race: int = 0

    @property
    def subject(self) -> int:
        """What it is about, as the store holds it."""
        return self.race or self.season * 1000 + self.round


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A notification in the outbox.

    ``tried_at`` is when the first request left that may have reached Discord without our knowing, None if none can
    have; ``last_tried_at`` is when the last one left, ``tries`` how many there were. ``unanswered_at`` is when the
    last change of an earlier row's message was under way that has had no answer, None if there is none. ``message`` is
    the id of the message or event it became; ``channel`` is where it was tried or sent; ``place`` is its target's.
    ``old_round`` is the round by which an earlier release marked its message.
    """

    id: int
    notification: Notification
    place: str
    state: RowState = RowState.PENDING
    tried_at: datetime | None = None
    last_tried_at: datetime | None = None
    tries: int = 0
    unanswered_at: datetime | None = None
    claimed_by: str | None = None
    claimed_at: datetime | None = None
    attempts: int = 0
    retry_at: datetime | None = None
    sent_at: datetime | None = None
    channel: int | None = None
    message: int | None = None
    reason: str | None = None
    old_round: int | None = None

    @property
    def mark(self) -> str:
        """Sixteen letters and digits by which the message is recognized in a channel: they stand in one of its buttons.

        They are made from place, kind, race, session, lead and moment, so they are the same after a restored backup.
        Two rows with one mark are one message to who reads the channel.
        """
        notification = self.notification
        parts: tuple[object, ...] = (self.place, notification.kind, notification.season, notification.round)
        if self.old_round is not None:
            parts = (self.place, notification.kind, notification.season, self.old_round)
        elif notification.race:
            parts = (self.place, notification.kind, "race", notification.race)
        if notification.kind in {NotificationKind.RESULTS, NotificationKind.RECAP}:
            # One message each, which is edited when its version changes; earlier releases knew no versions.
            parts += (notification.session, 0, to_text(notification.event_at))
        elif notification.kind is NotificationKind.STANDINGS:
            # There is one such message in a place, which is edited: whoever looks for it cannot know what it says.
            parts = (self.place, notification.kind)
        elif notification.kind is NotificationKind.LIVE:
            # Its number says which post of the race it is; an older copy of the store sees it happen at another moment.
            parts += (notification.session, notification.lead)
        elif notification.kind is not NotificationKind.QUOTE:
            # A quote is the day's, at whatever hour: one that went out at nine is found by who looks at eight.
            parts += (notification.session, notification.lead, to_text(notification.event_at))
        return b32encode(hashlib.blake2b("|".join(map(str, parts)).encode(), digest_size=10).digest()).decode().lower()

    @property
    def direct(self) -> bool:
        """Whether it is a direct message: to a person, or to the owner of a server that is in trouble."""
        return self.place.startswith("u") or self.notification.kind is NotificationKind.TROUBLE

    @property
    def nonce(self) -> str:
        """What Discord recognizes a second attempt by; at most 25 characters, Discord's limit."""
        return f"{_base36(self.id)}-{self.mark[:10]}"


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits or "0"
