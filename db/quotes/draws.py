"""The draw of a server's quote of the day: among which quotes, and which were drawn for its other days."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from db.connection import Store
from db.quotes.reading import THIS_SEASON, VISIBLE, Reader

KEPT = timedelta(days=60)
"""How long a draw is kept."""
PORTION = 2_000
"""How many quotes one query reads."""
TRIES = 8
"""How often one is drawn again that the server had lately, before those are sorted out."""

# ruff: noqa: S608 - words of this module
POOL = f"""
SELECT q.id, coalesce(r.season, substr(q.said_on, 1, 4) + 0) IS :season AS current
  FROM quotes q LEFT JOIN races r ON r.id = q.race_id
 WHERE q.guild_id IS :of AND q.id > :after AND {VISIBLE} ORDER BY q.id LIMIT {PORTION}
"""
DRAWN = "SELECT day, quote_id FROM quote_draws WHERE guild_id = ? AND day >= ?"
SAVE = """
INSERT INTO quote_draws (guild_id, day, quote_id) VALUES (?, ?, ?)
ON CONFLICT (guild_id, day) DO UPDATE SET quote_id = excluded.quote_id
"""
FORGET = "DELETE FROM quote_draws WHERE day < ?"


@dataclass(frozen=True, slots=True)
class Pool:
    """Ids of quotes among which one is drawn: those of the current season, and the others."""

    current: Sequence[int] = ()
    others: Sequence[int] = ()

    def __add__(self, more: Pool) -> Pool:
        return Pool([*self.current, *more.current], [*self.others, *more.others])


async def load_pool(store: Store, reader: Reader, season: int, *, own: bool) -> Pool:
    """The quotes that may be drawn for a reader.

    It reads portion by portion, so that it keeps no connection from others for long however many quotes there are.

    Args:
        store: an open store.
        reader: whose quotes, and as of when.
        season: the current one, by the race of a quote or else by its day.
        own: the quotes of the reader's server; else those that are for everybody.
    """
    current: list[int] = []
    others: list[int] = []
    asked: dict[str, Any] = reader.asked() | {"season": season, "of": reader.guild if own else None}
    after = 0
    while True:
        rows = await store.fetch(POOL, asked | {"after": after})
        for row in rows:
            (current if row["current"] else others).append(row["id"])
        if len(rows) < PORTION:
            return Pool(current, others)
        after = rows[-1]["id"]


def draw(pools: Sequence[Pool], had: frozenset[int], choose: random.Random) -> int | None:
    """A quote's id, drawn as ``random_quote`` draws: one of the current season is as likely as five others.

    One that the server had lately is drawn only if there is no other. The cost does not grow with the pools, except
    where a server had most of what is in them.

    Args:
        pools: together, all that may be drawn.
        had: ids of quotes that the server had lately.
        choose: draws.
    """
    for _ in range(TRIES):
        drawn = _draw(pools, choose)
        if drawn is None or drawn not in had:
            return drawn
    fresh = [
        Pool([each for each in pool.current if each not in had], [each for each in pool.others if each not in had])
        for pool in pools
    ]
    return _draw(fresh, choose) or _draw(pools, choose)


def _draw(pools: Sequence[Pool], choose: random.Random) -> int | None:
    current, others = sum(len(pool.current) for pool in pools), sum(len(pool.others) for pool in pools)
    if not current and not others:
        return None
    (number,) = choose.choices((True, False), (current * THIS_SEASON, others))
    place = choose.randrange(current if number else others)
    for pool in pools:
        ids = pool.current if number else pool.others
        if place < len(ids):
            return ids[place]
        place -= len(ids)
    raise AssertionError("the place is within the pools")


async def draws_since(store: Store, guild: int, day: date) -> dict[date, int]:
    """Which quotes were drawn for a server since a day, that day included."""
    rows = await store.fetch(DRAWN, (guild, day.isoformat()))
    return {date.fromisoformat(row["day"]): row["quote_id"] for row in rows}


async def save_draw(store: Store, guild: int, day: date, quote: int) -> None:
    """Stores which quote was drawn for a server's day; a later draw for that day replaces it."""
    async with store.write() as connection:
        await connection.execute(SAVE, (guild, day.isoformat(), quote))


async def forget_draws(store: Store, today: date) -> None:
    """Removes draws that are too old to matter."""
    async with store.write() as connection:
        await connection.execute(FORGET, ((today - KEPT).isoformat(),))
