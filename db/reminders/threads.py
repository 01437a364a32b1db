"""The threads of races, as the outbox's rows tell: which are open, which is about to be, and what one can hang on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from db.connection import Store
from db.reminders.models import OutboxRow
from db.timestamps import from_text, to_text

# A thread is known by its id. The order of the rows says nothing, since what puts it away may have been planned before
# it was opened anew.
OPEN = """
SELECT o.message_id, o.channel_id FROM outbox o
 WHERE o.target_id = :target AND o.kind = 'thread' AND o.subject = :subject AND o.session = 'opened'
   AND o.state = 'sent' AND o.message_id IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM outbox a WHERE a.target_id = o.target_id AND a.kind = 'thread'
      AND a.subject = o.subject AND a.session = 'archived' AND a.state = 'sent' AND a.message_id = o.message_id)
 ORDER BY o.id DESC
"""
OPENING = """
SELECT due_at, attempts > 0 OR retry_at IS NOT NULL AS put_off,
       CASE WHEN tried_at IS NOT NULL THEN last_tried_at WHEN state = 'claimed' THEN claimed_at END AS begun
  FROM outbox
 WHERE target_id = :target AND kind = 'thread' AND subject = :subject AND session = 'opened'
   AND state IN ('pending', 'claimed')
 ORDER BY id DESC LIMIT 1
"""
REMINDED = """
SELECT message_id FROM outbox
 WHERE target_id = :target AND kind = 'reminder' AND subject = :subject AND session = 'coverage' AND state = 'sent'
   AND message_id IS NOT NULL AND channel_id = :channel
 ORDER BY id DESC LIMIT 1
"""
REMINDING = """
SELECT EXISTS (SELECT 1 FROM outbox
 WHERE target_id = :target AND kind = 'reminder' AND subject = :subject AND session = 'coverage'
   AND (state = 'claimed' OR (state = 'pending' AND due_at <= :due AND until > :now)))
"""


@dataclass(frozen=True, slots=True)
class RaceThread:
    """A thread, by Discord's id, and the channel that it belongs to."""

    id: int
    channel: int | None


@dataclass(frozen=True, slots=True)
class Opening:
    """A thread that is still to be opened.

    Attributes:
        due: when.
        begun: if that is under way, or nobody knows what became of it, since when.
        put_off: whether it could not be opened when it was due.
    """

    due: datetime
    begun: datetime | None
    put_off: bool


async def open_threads(store: Store, target: int, subject: int) -> tuple[RaceThread, ...]:
    """The threads of a target for a race that are not put away, newest first: one, or one in each channel it had."""
    rows = await store.fetch(OPEN, {"target": target, "subject": subject})
    return tuple(RaceThread(row["message_id"], row["channel_id"]) for row in rows)


async def opening_of(store: Store, target: int, subject: int) -> Opening | None:
    """The thread of a target for a race that is still to be opened; None if there is none."""
    rows = await store.fetch(OPENING, {"target": target, "subject": subject})
    if not rows:
        return None
    row = rows[0]
    due = from_text(row["due_at"])
    assert due is not None
    return Opening(due, from_text(row["begun"]), bool(row["put_off"]))


async def reminder_sent(store: Store, row: OutboxRow, channel: int) -> int | None:
    """The id of the last message in a channel that reminded of the coverage of a row's race; None without one."""
    rows = await store.fetch(REMINDED, {**_about(row), "channel": channel})
    return rows[0]["message_id"] if rows else None


async def reminder_under_way(store: Store, row: OutboxRow, now: datetime) -> bool:
    """Whether a reminder of the coverage of a row's race is going out, or is due to its target and still of use.

    One that is due together with the row comes first, also where many rows go out before they are due.
    """
    due = max(now, row.notification.due_at)
    return bool((await store.fetch(REMINDING, {**_about(row), "now": to_text(now), "due": to_text(due)}))[0][0])


def _about(row: OutboxRow) -> dict[str, int]:
    return {"target": row.notification.target, "subject": row.notification.subject}
