"""Places that take nothing from the bot: tried again at growing distances, and switched off only after two weeks.

One refusal may pass by itself, such as a permission that is taken away and given back. What is due meanwhile waits, and
is too late or goes out as ever; a server's owner is told once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import aiosqlite

from db.connection import Store
from db.timestamps import from_text, to_text

DISTANCES = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
"""The waits after the first refusal, the second and so on; the last one repeats."""
GIVE_UP_AFTER = timedelta(days=14)
"""How long a place is tried before it is switched off."""
TOLD_WITHIN = timedelta(days=3)
"""How long it is of use to tell a server's owner."""
TROUBLE = "trouble"
"""The ``session`` of the rows that tell owners."""

OF_TARGET = """
SELECT guild_id, channel_id, is_on, trouble_since, refusals, try_again_at FROM reminder_targets WHERE id = ?
"""
REFUSED = """
UPDATE reminder_targets SET trouble_since = coalesce(trouble_since, :now), trouble_reason = :reason,
    refusals = refusals + 1, try_again_at = :again WHERE id = :target
"""
# What may have arrived is settled first; events, and the word to the owner, do not go to that channel.
WAIT = """
UPDATE outbox SET retry_at = :again WHERE target_id = :target AND state = 'pending' AND due_at <= :again
   AND (id = :row OR (tried_at IS NULL AND kind NOT IN ('event', 'trouble')))
"""
# One that is still to go out tells of an earlier trouble.
TELL = """
INSERT OR IGNORE INTO outbox (target_id, kind, subject, season, round, session, lead, event_at, due_at, until, detail)
VALUES (:target, 'trouble', 0, :year, 0, 'trouble', 0, :now, :now, :until, '{}')
"""
OVER = """
UPDATE reminder_targets SET trouble_since = NULL, trouble_reason = NULL, refusals = 0, try_again_at = NULL
 WHERE id = :target AND trouble_since IS NOT NULL
"""
RESUME = """
UPDATE outbox SET retry_at = NULL WHERE target_id = :target AND state = 'pending' AND kind NOT IN ('event', 'trouble')
"""
NOT_TOLD = """
UPDATE outbox SET state = 'cancelled', reason = 'the trouble is over' WHERE target_id = :target AND kind = 'trouble'
   AND state = 'pending' AND tried_at IS NULL
"""


async def refused_within(
    connection: aiosqlite.Connection, target: int, row: int, reason: str, now: datetime, *, tried: int | None
) -> bool:
    """Notes, inside an open transaction, that a place refused a message; returns whether it is to be given up.

    Args:
        connection: the writer.
        target: the id of the place's target.
        row: the id of the row that was refused.
        reason: why, in words for people.
        now: the current moment.
        tried: the channel; a server that has chosen another one since is in no trouble.
    """
    found = list(await connection.execute_fetchall(OF_TARGET, (target,)))
    if not found or not found[0]["is_on"]:
        return False
    place = found[0]
    if place["guild_id"] is not None and tried is not None and place["channel_id"] != tried:
        return False
    since, again = from_text(place["trouble_since"]), from_text(place["try_again_at"])
    values = {"target": target, "row": row, "reason": reason, "now": to_text(now), "year": now.year}
    # Of several messages that were refused together only the first one counts.
    if since is None or again is None or now >= again:
        if since is not None and now - since >= GIVE_UP_AFTER:
            return True
        again = now + DISTANCES[min(place["refusals"], len(DISTANCES) - 1)]
        await connection.execute(REFUSED, {**values, "again": to_text(again)})
        if since is None and place["guild_id"] is not None:
            await connection.execute(TELL, {**values, "until": to_text(now + TOLD_WITHIN)})
    await connection.execute(WAIT, {**values, "again": to_text(again)})
    return False


async def over_within(connection: aiosqlite.Connection, target: int) -> None:
    """Notes, inside an open transaction, that a place takes messages again, or may: what waits is tried at once."""
    if (await connection.execute(OVER, {"target": target})).rowcount:
        await connection.execute(RESUME, {"target": target})
        await connection.execute(NOT_TOLD, {"target": target})


async def over(store: Store, target: int) -> None:
    """As ``over_within``, in a transaction of its own."""
    async with store.write() as connection:
        await over_within(connection, target)
