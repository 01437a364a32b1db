"""Of whom there are quotes, and how many."""

from __future__ import annotations

import json
from dataclasses import dataclass

from db.connection import Store
from db.quotes.reading import VISIBLE, Reader

# ruff: noqa: S608 - made of constants, at import.
SPEAKERS = f"""
SELECT d.key AS driver, coalesce(d.name, q.speaker) AS name, count(*) AS quotes
  FROM quotes q LEFT JOIN drivers d ON d.id = q.driver_id
 WHERE {VISIBLE} GROUP BY coalesce(d.key, ''), coalesce(d.name, q.speaker) ORDER BY quotes DESC, max(q.id) DESC
"""


@dataclass(frozen=True, slots=True)
class Speaker:
    """``driver`` is a driver's key, None for anybody else; ``quotes`` is how many of his there are."""

    driver: str | None
    name: str
    quotes: int


async def speakers(store: Store, reader: Reader) -> tuple[Speaker, ...]:
    """Everybody of whom the reader may see quotes, those with the most first."""
    asked = {"guild": reader.guild, "today": reader.today.isoformat(), "ahead": json.dumps(reader.ahead)}
    return tuple(Speaker(row["driver"], row["name"], row["quotes"]) for row in await store.fetch(SPEAKERS, asked))
