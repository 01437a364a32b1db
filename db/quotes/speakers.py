"""Of whom there are quotes, and how many."""

from __future__ import annotations

from dataclasses import dataclass

from db.connection import Store
from db.quotes.reading import NOT_OVER, Reader

# ruff: noqa: S608 - made of constants, at import.
SCOPE = """
SELECT q.driver_id, q.speaker, count(*) AS quotes, max(q.id) AS last
  FROM quotes q INDEXED BY quotes_by_speaker
 WHERE q.guild_id {scope} AND (q.day IS NULL OR q.day <= :today){over}
 GROUP BY q.driver_id, q.speaker
"""
"""What a reader may see of one scope, from its index alone; all of it at once takes ten times as long."""


def _speakers(over: str) -> str:
    scopes = " UNION ALL ".join(SCOPE.format(scope=scope, over=over) for scope in ("IS NULL", "= :guild"))
    return f"""
SELECT d.key AS driver, coalesce(d.name, s.speaker) AS name, sum(s.quotes) AS quotes
  FROM ({scopes}) s LEFT JOIN drivers d ON d.id = s.driver_id
 GROUP BY coalesce(d.key, ''), coalesce(d.name, s.speaker) ORDER BY quotes DESC, max(s.last) DESC
"""


SPEAKERS = _speakers("")
SPEAKERS_ON_RACE_DAY = _speakers(f" AND {NOT_OVER} IS NOT TRUE")
"""While a race is not over; what it takes to ask that of every quote is spared on all other days."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """``driver`` is a driver's key, None for anybody else; ``quotes`` is how many of his there are."""

    driver: str | None
    name: str
    quotes: int


async def speakers(store: Store, reader: Reader) -> tuple[Speaker, ...]:
    """Everybody of whom the reader may see quotes, those with the most first."""
    rows = await store.fetch(SPEAKERS_ON_RACE_DAY if reader.ahead else SPEAKERS, reader.asked())
    return tuple(Speaker(row["driver"], row["name"], row["quotes"]) for row in rows)
