"""The quote of a server's day: which servers wait for one, and who may send it.

A day is claimed before anything is sent, and marked after; so none is sent twice, and after a crash in between
``open_days`` tells which may or may not have gone out.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from db.connection import Store
from db.moments import day_from_text, to_text
from db.quotes.reading import Reader, random_quote
from db.texts import Quote

SETTING = "quote-of-the-day"
"""The name of the servers' setting; what its value looks like is up to whoever sets it."""

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
OPEN = "SELECT guild_id, day, quote_id, channel_id FROM quote_days WHERE state = 'claimed' ORDER BY day, guild_id"
LATELY = "SELECT quote_id FROM quote_days WHERE guild_id = ? AND day >= ? AND quote_id IS NOT NULL"


@dataclass(frozen=True, slots=True)
class QuoteDay:
    """A day that was claimed; ``quote`` is None where the quote has been deleted since."""

    guild: int
    day: date
    quote: int | None
    channel: int


async def due_days(store: Store, day: date) -> dict[int, Any]:
    """The setting of every server that wants a quote a day and has none claimed for this one."""
    return {row["guild_id"]: json.loads(row["value"]) for row in await store.fetch(DUE, (SETTING, day.isoformat()))}


async def day_quote(
    store: Store, reader: Reader, season: int, choose: random.Random, *, lately: timedelta = timedelta(days=60)
) -> Quote | None:
    """One for the day, drawn as ``random_quote`` draws, if it can be one the server has not had lately."""
    assert reader.guild is not None
    rows = await store.fetch(LATELY, (reader.guild, (reader.today - lately).isoformat()))
    had = frozenset(row["quote_id"] for row in rows)
    return await random_quote(store, reader, season, choose, but=had) or await random_quote(
        store, reader, season, choose
    )


async def claim_day(store: Store, guild: int, day: date, quote: int, channel: int, now: datetime) -> bool:
    """Takes a server's day; False if somebody has it already."""
    async with store.write() as connection:
        values = (guild, day.isoformat(), quote, channel, to_text(now))
        return bool(list(await connection.execute_fetchall(CLAIM, values)))


async def mark_day(store: Store, guild: int, day: date, state: Literal["sent", "failed"], now: datetime) -> None:
    """Says how a claimed day ended."""
    async with store.write() as connection:
        await connection.execute(MARK, (state, to_text(now), guild, day.isoformat()))


async def open_days(store: Store) -> tuple[QuoteDay, ...]:
    """Days that were claimed and never marked, the oldest first."""
    found = []
    for row in await store.fetch(OPEN):
        day = day_from_text(row["day"])
        assert day is not None
        found.append(QuoteDay(row["guild_id"], day, row["quote_id"], row["channel_id"]))
    return tuple(found)
