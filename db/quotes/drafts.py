"""Drafts of quotes: what somebody submitted and could not save yet, kept for that person only.

Expired drafts are removed here as well, those of recaps included.
"""

from __future__ import annotations

import json
import re
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
SAVE = """
INSERT INTO quote_drafts (user_id, guild_id, quote_id, typed, race_id, saved_at)
VALUES (?, ?, ?, ?, (SELECT id FROM races WHERE season = ? AND round = ? AND dropped_at IS NULL), ?) RETURNING id
"""
AGAIN = """
UPDATE quote_drafts SET typed = ?,
    race_id = (SELECT id FROM races WHERE season = ? AND round = ? AND dropped_at IS NULL), saved_at = ?
 WHERE id = ? AND user_id = ? AND guild_id IS ? AND quote_id IS ? RETURNING id
"""
ONE = """
SELECT d.*, r.season, r.round FROM quote_drafts d LEFT JOIN races r ON r.id = d.race_id AND r.dropped_at IS NULL
 WHERE d.id = ? AND d.user_id = ? AND d.saved_at >= ?
"""
DROP = "DELETE FROM quote_drafts WHERE id = ? AND user_id = ?"

_RACE = re.compile(r"(?P<season>[12]\d{3})\.(?P<round>\d{1,2})(?!\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class TypedQuote:
    """A draft of a quote.

    ``user`` is the Discord id of its writer, ``typed`` the submitted values by field name, ``quote`` the id of the
    quote that is edited, None for a new one, and ``guild`` the server, None for a quote for everyone. A race that it
    names by season and round is the one that it named when it was submitted, wherever that is on the schedule now.
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
        race = _race_in(typed)
        values = (text, *race, to_text(now), draft if draft is not None and is_id(draft) else 0, user, guild, quote)
        rows = list(await connection.execute_fetchall(AGAIN, values))
        if not rows:
            rows = list(await connection.execute_fetchall(SAVE, (user, guild, quote, text, *race, to_text(now))))
            await connection.execute(TOO_MANY, (user, user, MOST))
        return int(rows[0]["id"])


async def typed_quote(store: Store, draft: int, user: int, now: datetime) -> TypedQuote | None:
    """A person's own draft; None if it does not exist, has expired, or is somebody else's."""
    rows = await store.fetch(ONE, (draft, user, to_text(now - KEPT))) if is_id(draft) else []
    if not rows:
        return None
    row, typed = rows[0], json.loads(rows[0]["typed"])
    if row["round"] is not None:
        typed["when"] = _RACE.sub(f"{row['season']}.{row['round']}", typed["when"], count=1)
    return TypedQuote(row["id"], row["user_id"], row["guild_id"], row["quote_id"], typed)


def _race_in(typed: Mapping[str, str]) -> tuple[int | None, int | None]:
    """Season and round of the race that a form names by them, as a form that was filled in by the bot does."""
    found = _RACE.match(typed.get("when", ""))
    return (int(found["season"]), int(found["round"])) if found else (None, None)


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
