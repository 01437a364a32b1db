"""Quotes and recap texts for tests, and whether the index of quotes fits them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from db.connection import Store
from db.quotes import Found, Reader, add, match_of, search
from db.quotes.models import QuoteDraft
from db.recaps.models import RecapText, SectionKind

NOW = datetime(2025, 10, 18, 12, tzinfo=UTC)
LATER = datetime(2025, 10, 19, 12, tzinfo=UTC)
TODAY = date(2025, 10, 18)
HOME, AWAY = 42, 43
"""Two servers."""
MODERATOR, EDITOR = 7, 8
"""Two people."""


def draft(words: str = "The truck was a rocket", **changes: Any) -> QuoteDraft:
    """Somebody's words, Gio Ruggiero's after Talladega 2025 unless said otherwise."""
    known = {"speaker": "Gio Ruggiero", "driver": "gio-ruggiero", "season": 2025, "round": 23}
    return QuoteDraft(words=words, **known | changes)  # type: ignore[arg-type]


def loose(words: str, **changes: Any) -> QuoteDraft:
    """Words of nobody in particular, at no race."""
    return QuoteDraft(**{"speaker": "A spotter", "words": words} | changes)


def recap(words: str = "An editor's words", **changes: Any) -> RecapText:
    known = {"season": 2025, "round": 23, "section": SectionKind.NUTSHELL, "picture": None, "author": "An Editor"}
    return RecapText(words=words, **{"edited_at": NOW} | known | changes)  # type: ignore[arg-type]


async def save(store: Store, *texts: QuoteDraft, guild: int | None = HOME) -> list[int]:
    """Saves quotes and tells their ids."""
    return [(await add(store, text, guild, MODERATOR, NOW)).id for text in texts]


async def found(store: Store, *words: str, reader: Reader | None = None, **options: Any) -> list[int]:
    """Ids of what is found, in order; without words of all there is."""
    match = match_of([[word] for word in words]) if words else None
    page = await pages(store, match, reader=reader, words=[[word] for word in words], **options)
    return [quote.id for quote in page.quotes]


async def pages(store: Store, match: str | None, *, reader: Reader | None = None, **options: Any) -> Found:
    return await search(store, reader or Reader(HOME, TODAY), match, **{"limit": 100} | options)


async def check_index(store: Store) -> None:
    """Every quote is in the index as it reads now, no other is, and the index is sound in itself."""
    columns = "words, who, race, context, marks"
    wanted = [tuple(row) for row in await store.fetch(f"SELECT id, {columns} FROM quote_texts ORDER BY id")]
    held = [tuple(row) for row in await store.fetch(f"SELECT rowid, {columns} FROM quotes_text ORDER BY rowid")]
    assert held == wanted
    days = await store.fetch(
        "SELECT q.id FROM quotes q LEFT JOIN races r ON r.id = q.race_id WHERE q.day IS NOT coalesce(q.said_on, r.date)"
    )
    assert days == []
    async with store.write() as connection:
        await connection.execute("INSERT INTO quotes_text (quotes_text) VALUES ('integrity-check')")
