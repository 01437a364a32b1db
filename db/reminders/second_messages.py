"""Rows that were sent more than once: whose channel is to be looked at for a second message, and what was found."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from db.connection import Store
from db.reminders.models import OutboxRow
from db.reminders.outbox import as_row
from db.timestamps import to_text

TO_LOOK_AT = """
SELECT outbox.*, coalesce('g' || t.guild_id, 'u' || t.user_id) AS place
  FROM outbox JOIN reminder_targets t ON t.id = outbox.target_id
 WHERE look_again_at <= :now AND state NOT IN ('pending', 'claimed')
   AND outbox.id NOT IN (SELECT value FROM json_each(:busy))
 ORDER BY look_again_at LIMIT :most
"""
LOOKED = """
UPDATE outbox SET look_again_at = :again, message_id = CASE WHEN state = 'sent' THEN coalesce(:message, message_id) END
 WHERE id = :id
"""
# What was changed in a message that was taken away does not stand in the one that stayed.
CHANGED_IN_VAIN = """
UPDATE outbox SET state = 'cancelled', reason = 'the message it changed was there twice', sent_at = NULL,
    message_id = NULL, unanswered_at = coalesce(outbox.unanswered_at, outbox.sent_at)
  FROM outbox first WHERE first.id = :id AND outbox.target_id = first.target_id AND outbox.kind = first.kind
   AND outbox.id > first.id AND outbox.state = 'sent' AND outbox.kind IN ('standings', 'results', 'recap')
   AND outbox.message_id IN (SELECT value FROM json_each(:gone))
"""


async def to_look_at(store: Store, now: datetime, busy: Sequence[int], most: int) -> list[OutboxRow]:
    """Rows that were sent more than once, and whose channel may hold a second message by now."""
    values = {"now": to_text(now), "busy": json.dumps(busy), "most": most}
    return [as_row(row, row["place"]) for row in await store.fetch(TO_LOOK_AT, values)]


async def looked(
    store: Store, number: int, message: int | None, again: datetime | None, gone: Sequence[int] = ()
) -> bool:
    """Notes what was found of a row that was sent more than once.

    Args:
        store: a writable store.
        number: the row's id.
        message: the message that it is.
        again: when to look once more, None for never.
        gone: other messages of it, which were taken away.

    Returns:
        Whether a later row had changed one of those, so that this is to be done again.
    """
    async with store.write() as connection:
        await connection.execute(LOOKED, {"id": number, "message": message, "again": to_text(again)})
        in_vain = await connection.execute(CHANGED_IN_VAIN, {"id": number, "gone": json.dumps(gone)})
        return in_vain.rowcount > 0
