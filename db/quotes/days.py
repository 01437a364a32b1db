"""The quote of the day: which servers wait for one, and which process sends it.

A day is claimed before anything is sent, and marked afterwards. So no server gets two quotes on a day. A day that stays
``claimed`` was cut off by a crash, and its quote may or may not have been sent.
"""

from __future__ import annotations

import json
import random
from datetime import date, datetime, timedelta
from typing import Any, Literal

from db.connection import Store
from db.quotes.models import Quote
from db.quotes.reading import Reader, random_quote
from db.timestamps import to_text

SETTING = "quote-of-the-day"
"""The name of the servers' setting; the code that sets it decides what the value looks like."""

KEPT = timedelta(days=60)
"""How long the store remembers which quote a server got on which day."""

DUE = """
SELECT guild_id, value FROM guild_settings s
 WHERE name = ? AND NOT EXISTS (SELECT 1 FROM quote_days d WHERE d.guild_id = s.guild_id AND d.day = ?)
 ORDER BY guild_id
"""
CLAIM = """
INSERT INTO quote_days (guild_id, day, quote_id, channel_id, state, changed_at) VALUES (?, ?, ?, ?, 'claimed', ?)
ON CONFLICT (guild_id, day) DO NOTHING RETURNING day
"""
MARK = "UPDATE quote_days SET state = ?, changed_at = ? WHERE guild_id = ? AND day = ?"
SWITCH = """
UPDATE guild_settings SET value = ?, changed_by = NULL, changed_at = ? WHERE guild_id = ? AND name = ? AND value = ?
"""
FORGET = "DELETE FROM quote_days WHERE day < ?"
LATELY = "SELECT quote_id FROM quote_days WHERE guild_id = ? AND day >= ? AND quote_id IS NOT NULL"


async def due_days(store: Store, day: date) -> dict[int, Any]:
    """By server, the setting of those that want a quote of the day and have not claimed this day yet."""
    return {row["guild_id"]: json.loads(row["value"]) for row in await store.fetch(DUE, (SETTING, day.isoformat()))}


async def day_quote(
    store: Store, reader: Reader, season: int, choose: random.Random, *, lately: timedelta = KEPT
) -> Quote | None:
    """A quote at random, as ``random_quote`` chooses it; if possible, one that the server has not had ``lately``."""
    assert reader.guild is not None
    rows = await store.fetch(LATELY, (reader.guild, (reader.today - lately).isoformat()))
    had = frozenset(row["quote_id"] for row in rows)
    return await random_quote(store, reader, season, choose, but=had) or await random_quote(
        store, reader, season, choose
    )


async def claim_day(store: Store, guild: int, day: date, quote: int, channel: int, now: datetime) -> bool:
    """Claims a server's day; False if it is claimed already."""
    async with store.write() as connection:
        values = (guild, day.isoformat(), quote, channel, to_text(now))
        return bool(list(await connection.execute_fetchall(CLAIM, values)))


async def mark_day(store: Store, guild: int, day: date, state: Literal["sent", "failed"], now: datetime) -> None:
    """Notes how a claimed day ended."""
    async with store.write() as connection:
        await connection.execute(MARK, (state, to_text(now), guild, day.isoformat()))


async def switch(store: Store, guild: int, before: Any, after: Any, now: datetime) -> bool:
    """Changes a server's setting on the bot's own behalf, if it still is ``before``; False if somebody changed it."""
    texts = [json.dumps(each, sort_keys=True) for each in (after, before)]
    async with store.write() as connection:
        done = await connection.execute(SWITCH, (texts[0], to_text(now), guild, SETTING, texts[1]))
        return done.rowcount > 0


async def forget_days(store: Store, today: date) -> None:
    """Removes the days that are too long ago to matter for the next choice."""
    async with store.write() as connection:
        await connection.execute(FORGET, ((today - KEPT).isoformat(),))
