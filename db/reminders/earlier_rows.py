"""What became of the other rows about the same thing: which message there is to edit, and whose turn it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from db.connection import Store
from db.reminders.models import NotificationKind, OutboxRow
from db.reminders.outbox import rows_of
from db.timestamps import from_text, to_text

# By their order, not by their moments, which a clock that was set back turns round.
LAST_SENT = """
SELECT * FROM outbox WHERE target_id = :target AND kind = :kind AND state = 'sent'
   AND subject = coalesce(:subject, subject)
 ORDER BY id DESC LIMIT 1
"""
VERSIONS_SENT = """
SELECT lead FROM outbox WHERE target_id = :target AND kind = :kind AND state = 'sent' AND subject = :subject
 ORDER BY id
"""
MAY_BE_THERE = """
SELECT EXISTS (SELECT 1 FROM outbox WHERE target_id = :target AND kind = :kind AND subject = :subject AND id < :id
    AND state = 'failed' AND tried_at IS NOT NULL)
"""
# A second message that is looked for is waited for as well, but not for as long as a history cannot be read.
EARLIER_UNDER_WAY = """
SELECT EXISTS (SELECT 1 FROM outbox WHERE target_id = :target AND kind = :kind AND id < :id
    AND (state = 'claimed' OR (state = 'pending' AND tried_at IS NOT NULL)
         OR strftime('%s', look_again_at) - strftime('%s', coalesce(sent_at, last_tried_at)) <= 300)
    AND (NOT :same_race OR subject = :subject))
"""
# A message that is edited, or an event, must not be set back to what an earlier row says.
OUTDONE = """
SELECT EXISTS (SELECT 1 FROM outbox WHERE target_id = :target AND kind = :kind AND id > :id
    AND state IN ('claimed', 'sent') AND (NOT :same_race OR subject = :subject))
"""
# A change without an answer may still arrive; the same one again would change nothing.
UNANSWERED = """
SELECT max(unanswered_at) AS at FROM outbox WHERE target_id = :target AND kind = :kind AND id <> :id AND lead <> :lead
   AND unanswered_at > :since AND unanswered_at <= :now AND (NOT :same_race OR subject = :subject)
"""


async def last_sent(
    store: Store,
    target: int,
    kind: NotificationKind,
    subject: int | None = None,
) -> OutboxRow | None:
    """The latest row of a kind that reached a target, of one race or of any."""
    values = {"target": target, "kind": kind, "subject": subject}
    rows = await rows_of(store, target, LAST_SENT, values)
    return rows[0] if rows else None


async def versions_sent(store: Store, row: OutboxRow) -> list[int]:
    """The versions of a message about a race that a target got, in order."""
    return [each["lead"] for each in await store.fetch(VERSIONS_SENT, _alike(row, same_race=True))]


async def may_be_there(store: Store, row: OutboxRow) -> bool:
    """Whether an earlier message of a kind about the row's race was given up although it may have arrived."""
    return bool((await store.fetch(MAY_BE_THERE, _alike(row, same_race=True)))[0][0])


async def earlier_under_way(store: Store, row: OutboxRow, *, same_race: bool) -> bool:
    """Whether an earlier row of the same kind for the same target may be on its way.

    Args:
        store: an open store.
        row: the later row.
        same_race: only rows about the same race count.
    """
    return bool((await store.fetch(EARLIER_UNDER_WAY, _alike(row, same_race=same_race)))[0][0])


async def unanswered_since(
    store: Store, row: OutboxRow, now: datetime, within: timedelta, *, same_race: bool
) -> datetime | None:
    """When another change of the row's message last left that had no answer.

    Args:
        store: an open store.
        row: the row.
        now: the current moment.
        within: how long ago it may be.
        same_race: only rows about the same race count.
    """
    values = {**_alike(row, same_race=same_race), "now": to_text(now), "since": to_text(now - within)}
    return from_text((await store.fetch(UNANSWERED, values))[0]["at"])


async def outdone(store: Store, row: OutboxRow, *, same_race: bool) -> bool:
    """Whether a later row of the same kind for the same target is out, or on its way; arguments as above."""
    return bool((await store.fetch(OUTDONE, _alike(row, same_race=same_race)))[0][0])


def _alike(row: OutboxRow, *, same_race: bool) -> dict[str, Any]:
    notification = row.notification
    return {
        "target": notification.target,
        "kind": notification.kind,
        "id": row.id,
        "lead": notification.lead,
        "same_race": same_race,
        "subject": notification.subject,
    }
