"""Drafts of quotes: what somebody submitted and could not save yet, kept for that person only.

Expired drafts are removed here as well, those of recaps included.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from db.connection import Store
from db.quotes.rows import is_id
from db.timestamps import to_text

KEPT = timedelta(days=30)
"""How long a draft is kept after its last change."""

MOST = 25
"""The most drafts of one person; the oldest are removed."""

OUTDATED = "DELETE FROM quote_drafts WHERE saved_at < ?"
OUTDATED_RECAPS = "DELETE FROM recap_drafts WHERE typed_at < ?"
TOO_MANY = """
DELETE FROM quote_drafts WHERE user_id = ?
   AND id NOT IN (SELECT id FROM quote_drafts WHERE user_id = ? ORDER BY id DESC LIMIT ?)
"""
SAVE = "INSERT INTO quote_drafts (user_id, guild_id, quote_id, typed, saved_at) VALUES (?, ?, ?, ?, ?) RETURNING id"
AGAIN = """
UPDATE quote_drafts SET typed = ?, saved_at = ?
 WHERE id = ? AND user_id = ? AND guild_id IS ? AND quote_id IS ? RETURNING id
"""
ONE = "SELECT * FROM quote_drafts WHERE id = ? AND user_id = ? AND saved_at >= ?"
DROP = "DELETE FROM quote_drafts WHERE id = ? AND user_id = ?"


@dataclass(frozen=True, slots=True)
class TypedQuote:
    """A draft of a quote.

    ``user`` is the Discord id of its writer, ``typed`` the submitted values by field name, ``quote`` the id of the
    quote that is edited, None for a new one, and ``guild`` the server, None for a quote for everyone.
    """

    id: int
    user: int
    guild: int | None
    quote: int | None
    typed: Mapping[str, str]


async def save_typed(
    store: Store,
    user: int,
    typed: Mapping[str, str],
    now: datetime,
    *,
    guild: int | None,
    quote: int | None = None,
    draft: int | None = None,
) -> int:
    """Keeps submitted values as a draft and returns its number.

    Args:
        store: a writable store.
        user: the writer, a Discord id.
        typed: the submitted values by field name.
        now: the current time, aware; drafts that have not changed for 30 days are removed.
        guild: the server that the quote is for; None for everyone.
        quote: the id of the quote that is edited; None for a new one.
        draft: the draft that the form was opened with. It is overwritten, if it still exists and is the writer's own.
    """
    # As ASCII, because the text may contain a lone surrogate, which SQLite cannot store.
    text = json.dumps(dict(typed))
    async with store.write() as connection:
        await connection.execute(OUTDATED, (to_text(now - KEPT),))
        values = (text, to_text(now), draft if draft is not None and is_id(draft) else 0, user, guild, quote)
        rows = list(await connection.execute_fetchall(AGAIN, values))
        if not rows:
            rows = list(await connection.execute_fetchall(SAVE, (user, guild, quote, text, to_text(now))))
            await connection.execute(TOO_MANY, (user, user, MOST))
        return int(rows[0]["id"])


async def typed_quote(store: Store, draft: int, user: int, now: datetime) -> TypedQuote | None:
    """A person's own draft; None if it does not exist, has expired, or is somebody else's."""
    rows = await store.fetch(ONE, (draft, user, to_text(now - KEPT))) if is_id(draft) else []
    if not rows:
        return None
    row = rows[0]
    return TypedQuote(row["id"], row["user_id"], row["guild_id"], row["quote_id"], json.loads(row["typed"]))


async def drop_typed(store: Store, draft: int, user: int) -> None:
    """Removes a person's own draft."""
    if is_id(draft):
        async with store.write() as connection:
            await connection.execute(DROP, (draft, user))


async def expire_drafts(store: Store, now: datetime) -> None:
    """Removes every draft, of a quote or of a recap, that has not changed for 30 days."""
    end = to_text(now - KEPT)
    async with store.write() as connection:
        await connection.execute(OUTDATED, (end,))
        await connection.execute(OUTDATED_RECAPS, (end,))
