"""Removing what is long past: rows of the outbox, people whose reminders are off, what was seen of races."""

from __future__ import annotations

from datetime import datetime, timedelta

from db.connection import Store
from db.timestamps import to_text

KEPT = timedelta(days=60)
"""How long after its event a row is kept, except for the one that says which message holds the standings; and how long
a person is kept whose reminders are off."""
QUOTES_KEPT = timedelta(days=7)
"""The same for quotes of the day, of which there is one a day for each server."""
PORTION = 1_000
"""How many rows are removed in one transaction."""

# In portions, each a transaction of its own: nobody else who writes shall wait for long.
TIDY_QUOTES = """
DELETE FROM outbox WHERE id IN (
    SELECT id FROM outbox INDEXED BY outbox_past_quotes
     WHERE kind = 'quote' AND event_at < :before AND state IN ('sent', 'failed', 'expired', 'cancelled') LIMIT :most)
"""
TIDY = """
DELETE FROM outbox WHERE id IN (
    SELECT o.id FROM outbox o WHERE o.event_at < :before AND o.state IN ('sent', 'failed', 'expired', 'cancelled')
       AND (o.kind <> 'standings' OR o.state <> 'sent' OR EXISTS (
        SELECT 1 FROM outbox later WHERE later.target_id = o.target_id AND later.kind = 'standings'
           AND later.state = 'sent' AND later.id > o.id AND later.sent_at >= o.sent_at))
     LIMIT :most)
"""
# A person whose reminders were off for that long is forgotten; a server is forgotten when it removes the bot.
TIDY_PEOPLE = """
DELETE FROM reminder_targets WHERE user_id IS NOT NULL AND is_on = 0 AND since < :before
   AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.target_id = reminder_targets.id AND o.event_at >= :before)
"""
TIDY_RESULTS = "DELETE FROM results_seen WHERE noticed_at < :before"
TIDY_CHANGES = "DELETE FROM schedule_changes WHERE noticed_at < :before"


async def tidy(store: Store, now: datetime) -> None:
    """Removes what is long past."""
    for statement, kept in ((TIDY_QUOTES, QUOTES_KEPT), (TIDY, KEPT)):
        removed = PORTION
        while removed == PORTION:
            async with store.write() as connection:
                done = await connection.execute(statement, {"before": to_text(now - kept), "most": PORTION})
                removed = done.rowcount
    async with store.write() as connection:
        await connection.execute(TIDY_PEOPLE, {"before": to_text(now - KEPT)})
        await connection.execute(TIDY_CHANGES, {"before": to_text(now - KEPT)})
        await connection.execute(TIDY_RESULTS, {"before": to_text(now - KEPT)})
