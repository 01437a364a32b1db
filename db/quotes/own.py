"""What is one server's own, or the operator's: for those who mend it, said yet or not, deleted or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from db.connection import Store
from db.quotes.models import Quote, QuoteDraft
from db.quotes.reading import Found
from db.quotes.rows import SELECT, draft_from_json, is_id, to_moment, to_quote

KEPT = "SELECT count(*) FROM quotes WHERE guild_id IS ?"
ONE = f"{SELECT} WHERE q.guild_id IS ? AND q.id = ?"
MATCHING = "q.id IN (SELECT rowid FROM quotes_text WHERE quotes_text MATCH ?)"
COUNT = "SELECT count(*) FROM quotes q WHERE q.guild_id IS ?"
NEWEST = f"{SELECT} WHERE q.guild_id IS ?"
PAGE = "ORDER BY q.id DESC LIMIT ? OFFSET ?"
REMOVED = """
SELECT quote_id, before, changed_at FROM quote_history h
 WHERE guild_id IS ? AND action = 'deleted' AND NOT EXISTS (SELECT 1 FROM quotes q WHERE q.id = h.quote_id)
   AND id = (SELECT max(id) FROM quote_history l WHERE l.quote_id = h.quote_id)
 ORDER BY id DESC LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Removed:
    """A deleted quote: its number, how it read last, and when it went."""

    id: int
    draft: QuoteDraft
    at: datetime


async def count_own(store: Store, guild: int | None) -> int:
    """How many quotes a server has of its own, or (None) how many are the operator's."""
    return int((await store.fetch(KEPT, (guild,)))[0][0])


async def own_quote(store: Store, guild: int | None, number: int) -> Quote | None:
    """A quote of exactly that server, or (None) one of the operator's."""
    rows = await store.fetch(ONE, (guild, number)) if is_id(number) else []
    return to_quote(rows[0]) if rows else None


async def own_quotes(store: Store, guild: int | None, match: str | None, *, limit: int, offset: int = 0) -> Found:
    """A page of exactly that server's quotes, the last saved first.

    Args:
        store: an open store.
        guild: the server; None for the operator's.
        match: made by ``match_of``; None for all.
        limit: quotes on a page.
        offset: quotes on the pages before.
    """
    if match == "":
        return Found((), 0)
    matching, asked = ("", [guild]) if match is None else (f" AND {MATCHING}", [guild, _in_words(match)])
    total = int((await store.fetch(COUNT + matching, asked))[0][0])
    rows = await store.fetch(f"{NEWEST}{matching} {PAGE}", [*asked, limit, offset])
    return Found(tuple(to_quote(row) for row in rows), total)


async def deleted_quotes(store: Store, guild: int | None, limit: int) -> tuple[Removed, ...]:
    """A server's own deleted quotes, the last ones first."""
    rows = await store.fetch(REMOVED, (guild, limit))
    return tuple(Removed(row["quote_id"], draft_from_json(row["before"]), to_moment(row["changed_at"])) for row in rows)


def _in_words(match: str) -> str:
    """Everything that a quote is found by, but for the index's own marks."""
    return f"{{words who race context}} : ({match})"
