"""One server's own quotes, or those for everyone, for the people who edit them: hidden and deleted ones included."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from db.connection import Store
from db.quotes.models import Quote, QuoteDraft
from db.quotes.reading import Found
from db.quotes.rows import SELECT, draft_in_history, is_id, to_moment, to_quote

COUNT_OWN = "SELECT count(*) FROM quotes WHERE guild_id IS ?"
ONE = f"{SELECT} WHERE q.guild_id IS ? AND q.id = ?"
MATCHING = "q.id IN (SELECT rowid FROM quotes_text WHERE quotes_text MATCH ?)"
COUNT = "SELECT count(*) FROM quotes q WHERE q.guild_id IS ?"
NEWEST = f"{SELECT} WHERE q.guild_id IS ?"
PAGE = "ORDER BY q.id DESC LIMIT ? OFFSET ?"
DELETED = """
SELECT h.quote_id, h.before, h.changed_at, r.season, r.round FROM quote_history h
  LEFT JOIN races r ON r.id = json_extract(h.before, '$.race') AND r.dropped_at IS NULL
 WHERE h.guild_id IS ? AND h.action = 'deleted' AND NOT EXISTS (SELECT 1 FROM quotes q WHERE q.id = h.quote_id)
   AND h.id = (SELECT max(id) FROM quote_history l WHERE l.quote_id = h.quote_id)
 ORDER BY h.id DESC LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class DeletedQuote:
    """A deleted quote: its number, its last version, and when it was deleted."""

    id: int
    draft: QuoteDraft
    at: datetime


async def count_own(store: Store, guild: int | None) -> int:
    """How many quotes of its own a server has or, where ``guild`` is None, how many there are for everyone."""
    return int((await store.fetch(COUNT_OWN, (guild,)))[0][0])


async def own_quote(store: Store, guild: int | None, number: int) -> Quote | None:
    """A quote of exactly that server or, where ``guild`` is None, one for everyone."""
    rows = await store.fetch(ONE, (guild, number)) if is_id(number) else []
    return to_quote(rows[0]) if rows else None


async def own_quotes(store: Store, guild: int | None, match: str | None, *, limit: int, offset: int = 0) -> Found:
    """A page of exactly that server's quotes, the last saved first.

    Args:
        store: an open store.
        guild: the server; None for the quotes for everyone.
        match: an expression of ``match_of``; None for all quotes.
        limit: quotes on a page.
        offset: quotes on the pages before.
    """
    if match == "":
        return Found((), 0)
    matching, asked = ("", [guild]) if match is None else (f" AND {MATCHING}", [guild, _in_words(match)])
    total = int((await store.fetch(COUNT + matching, asked))[0][0])
    rows = await store.fetch(f"{NEWEST}{matching} {PAGE}", [*asked, limit, offset])
    return Found(tuple(to_quote(row) for row in rows), total)


async def deleted_quotes(store: Store, guild: int | None, limit: int) -> tuple[DeletedQuote, ...]:
    """A server's own deleted quotes, the last deleted first."""
    rows = await store.fetch(DELETED, (guild, limit))
    return tuple(DeletedQuote(row["quote_id"], draft_in_history(row), to_moment(row["changed_at"])) for row in rows)


def _in_words(match: str) -> str:
    """The expression, limited to the columns that people search, without the index's own marks."""
    return f"{{words who race context}} : ({match})"
