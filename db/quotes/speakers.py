"""Who there are quotes from, and how many."""

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
"""The quotes of one scope that a reader may see, counted from an index alone. Both scopes in one query take ten times
as long, because no index serves them together."""


def _speakers(over: str) -> str:
    scopes = " UNION ALL ".join(SCOPE.format(scope=scope, over=over) for scope in ("IS NULL", "= :guild"))
    return f"""
SELECT d.key AS driver, coalesce(d.name, s.speaker) AS name, sum(s.quotes) AS quotes
  FROM ({scopes}) s LEFT JOIN drivers d ON d.id = s.driver_id
 GROUP BY coalesce(d.key, ''), coalesce(d.name, s.speaker) ORDER BY quotes DESC, max(s.last) DESC
"""


SPEAKERS = _speakers("")
SPEAKERS_ON_RACE_DAY = _speakers(f" AND {NOT_OVER} IS NOT TRUE")
"""For a reader to whom some races are not over. The extra condition costs time for each quote, so that it is left out
on all other days."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """``driver`` is a driver's key, None for anybody else; ``quotes`` is the number of quotes from them."""

    driver: str | None
    name: str
    quotes: int


async def speakers(store: Store, reader: Reader) -> tuple[Speaker, ...]:
    """Everyone of whom the reader may see quotes, those with the most first."""
    rows = await store.fetch(SPEAKERS_ON_RACE_DAY if reader.ahead else SPEAKERS, reader.asked())
    return tuple(Speaker(row["driver"], row["name"], row["quotes"]) for row in rows)
