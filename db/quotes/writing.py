"""Saves, edits, deletes and restores quotes; every step is noted in the quote's history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiosqlite

from db.connection import Store
from db.errors import OvertakenError
from db.naming import fold_quote
from db.quotes.models import Quote, QuoteDraft, QuoteVersion, clean_draft
from db.quotes.rows import IDS, SELECT, draft_in_history, draft_to_json, fetch, is_id, to_moment, to_quote
from db.timestamps import to_text

OWN = SELECT + "WHERE q.guild_id IS ? AND q.id = ?"
SAME = SELECT + "WHERE q.folded = ? AND coalesce(q.guild_id, 0) IN (0, ?) AND q.id IS NOT ? ORDER BY q.guild_id, q.id"
ADD = """
INSERT INTO quotes (driver_id, speaker, role, words, folded, context, race_id, said_on, source, link,
    id, guild_id, added_by, added_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
"""
SET = """
UPDATE quotes SET driver_id = ?1, speaker = ?2, role = ?3, words = ?4, folded = ?5, context = ?6,
    race_id = coalesce(?7, (SELECT id FROM races WHERE id = quotes.race_id AND dropped_at IS NOT NULL)),
    said_on = ?8, source = ?9, link = ?10 WHERE id = ?11
"""
"""A race that is off the schedule is not shown with the quote, and editing the quote does not take it away."""

REMOVE = "DELETE FROM quotes WHERE id = ?"
NOTE = """
INSERT INTO quote_history (quote_id, guild_id, action, before, changed_by, changed_at, bundled)
VALUES (?1, ?2, ?3, json_set(?4, '$.race', (SELECT race_id FROM quotes WHERE id = ?1)), ?5, ?6, ?7)
"""
STEPS = """
SELECT h.*, r.season, r.round FROM quote_history h
  LEFT JOIN races r ON r.id = json_extract(h.before, '$.race') AND r.dropped_at IS NULL
"""
HISTORY = STEPS + "WHERE h.quote_id = ? AND +h.guild_id IS ? ORDER BY h.id DESC"
"""The plus, here and below, keeps SQLite from reading a whole server's history by the index of servers: a quote has
only a few steps, a server has thousands."""
LAST = "SELECT coalesce(max(id), 0) FROM quote_history WHERE quote_id = ? AND +guild_id IS ?"
NEXT = (
    STEPS
    + """
 WHERE h.quote_id = ? AND +h.guild_id IS ? AND h.id > ? AND h.before IS NOT NULL ORDER BY h.id LIMIT 1
"""
)


@dataclass(frozen=True, slots=True)
class Change:
    """Who changes something, when, and whether it came with the program; ``by`` is None for a document."""

    by: int | None
    now: datetime
    bundled: bool = False


class DuplicateQuoteError(Exception):
    """A quote with the same words exists already: ``first``, which the person who saves is allowed to see."""

    def __init__(self, first: Quote) -> None:
        self.first = first
        super().__init__(f"these words are saved already, as quote {first.id} of {first.speaker}")


async def add(store: Store, draft: QuoteDraft, guild: int | None, by: int | None, now: datetime) -> Quote:
    """Saves a quote for a server or, where ``guild`` is None, for everyone.

    Raises:
        DuplicateQuoteError: the server, or everyone, can see a quote with the same words already.
        ValueError: a part of the quote is not valid; one line says which.
    """
    async with store.write() as connection:
        return await insert(connection, draft, guild, Change(by, now))


async def edit(
    store: Store,
    guild: int | None,
    number: int,
    draft: QuoteDraft,
    by: int | None,
    now: datetime,
    *,
    after: int | None = None,
) -> Quote:
    """Edits a quote of exactly that server or, where ``guild`` is None, one for everyone.

    Args:
        store: a writable store.
        guild: the server, or None.
        number: the quote's id.
        draft: the new version.
        by: the Discord id of who edits; None for a document.
        now: the current time, aware.
        after: the step with which the quote's history must end; None for any.

    Raises:
        DuplicateQuoteError, ValueError: as for ``add``.
        LookupError: there is no such quote.
        OvertakenError: the history ends with another step; nothing is changed.
    """
    async with store.write() as connection:
        quote = await _own(connection, guild, number)
        last = (await fetch(connection, LAST, (number, guild)))[0][0]
        if after not in {None, last}:
            raise OvertakenError(f"the history of quote {number} ends with step {last}, not with {after}")
        return await change(connection, quote, draft, Change(by, now))


async def last_step(store: Store, guild: int | None, number: int) -> int:
    """The id of the last step in the history of a quote of exactly that server; 0 if there is none."""
    return int((await store.fetch(LAST, (number, guild)))[0][0]) if is_id(number) else 0


async def draft_at(store: Store, quote: Quote, step: int) -> QuoteDraft:
    """The version of the quote after that step of its history."""
    later = await store.fetch(NEXT, (quote.id, quote.guild, step))
    return draft_in_history(later[0]) if later else quote.draft()


async def delete(store: Store, guild: int | None, number: int, by: int | None, now: datetime) -> Quote:
    """Deletes a quote of exactly that server and returns it. It can be restored.

    Raises:
        LookupError: there is no such quote.
    """
    async with store.write() as connection:
        quote = await _own(connection, guild, number)
        await remove(connection, quote, Change(by, now))
        return quote


async def restore(store: Store, guild: int | None, number: int, by: int | None, now: datetime) -> Quote:
    """Restores a deleted quote under its number.

    Raises:
        DuplicateQuoteError, ValueError: as for ``add``.
        LookupError: that server has no such deleted quote.
    """
    async with store.write() as connection:
        steps = await fetch(connection, HISTORY, (number, guild)) if is_id(number) else []
        if not steps or steps[0]["action"] != "deleted":
            raise LookupError(f"there is no deleted quote {number} here")
        return await insert(connection, draft_in_history(steps[0]), guild, Change(by, now), number)


async def history(store: Store, guild: int | None, number: int) -> tuple[QuoteVersion, ...]:
    """The history of a quote of exactly that server, the newest step first; a deleted quote has one as well.

    Raises:
        LookupError: there never was such a quote.
    """
    steps = await store.fetch(HISTORY, (number, guild)) if is_id(number) else []
    if not steps:
        raise LookupError(f"there is no quote {number} here")
    return tuple(
        QuoteVersion(
            quote_id=row["quote_id"],
            changed_at=to_moment(row["changed_at"]),
            changed_by=row["changed_by"],
            action=row["action"],
            before=None if row["before"] is None else draft_in_history(row),
        )
        for row in steps
    )


async def insert(
    connection: aiosqlite.Connection,
    draft: QuoteDraft,
    guild: int | None,
    change_made: Change,
    number: int | None = None,
) -> Quote:
    """As ``add``, inside a transaction; ``number`` is the id that a restored quote had."""
    draft = clean_draft(draft)
    values = await _values(connection, draft)
    await _refuse_duplicate(connection, draft, guild, None)
    added = await fetch(connection, ADD, (*values, number, guild, change_made.by, to_text(change_made.now)))
    quote = await _own(connection, guild, added[0]["id"])
    await _note(connection, quote, "added", change_made)
    return quote


async def change(connection: aiosqlite.Connection, quote: Quote, draft: QuoteDraft, change_made: Change) -> Quote:
    """As ``edit``, inside a transaction; a draft that changes nothing adds no step."""
    draft = clean_draft(draft)
    if draft == quote.draft():
        return quote
    values = await _values(connection, draft)
    if fold_quote(draft.words) != fold_quote(quote.words):
        await _refuse_duplicate(connection, draft, quote.guild, quote.id)
    await _note(connection, quote, "edited", change_made)
    await connection.execute(SET, (*values, quote.id))
    return await _own(connection, quote.guild, quote.id)


async def remove(connection: aiosqlite.Connection, quote: Quote, change_made: Change) -> None:
    """As ``delete``, inside a transaction."""
    await _note(connection, quote, "deleted", change_made)
    await connection.execute(REMOVE, (quote.id,))


async def _own(connection: aiosqlite.Connection, guild: int | None, number: int) -> Quote:
    rows = await fetch(connection, OWN, (guild, number)) if is_id(number) else []
    if not rows:
        raise LookupError(f"there is no quote {number} here")
    return to_quote(rows[0])


async def _values(connection: aiosqlite.Connection, draft: QuoteDraft) -> tuple[Any, ...]:
    """A draft's columns, in the order of ``SET``."""
    ids = {"driver": draft.driver, "season": draft.season, "round": draft.round}
    known = (await fetch(connection, IDS, ids))[0]
    if draft.driver is not None and known["driver"] is None:
        raise ValueError(f"the store knows no driver {draft.driver!r}")
    if draft.round is not None and known["race"] is None:
        raise ValueError(f"the store holds no race {draft.round} of {draft.season}")
    said_on = draft.said_on.isoformat() if draft.said_on else None
    texts = (draft.speaker, draft.role, draft.words, fold_quote(draft.words), draft.context)
    return (known["driver"], *texts, known["race"], said_on, draft.source, draft.link)


async def _refuse_duplicate(
    connection: aiosqlite.Connection, draft: QuoteDraft, guild: int | None, number: int | None
) -> None:
    """Refuses words that are saved already. Another server's quotes do not count, since they are not to be revealed."""
    rows = await fetch(connection, SAME, (fold_quote(draft.words), guild or 0, number))
    if rows:
        raise DuplicateQuoteError(to_quote(rows[0]))


async def _note(connection: aiosqlite.Connection, quote: Quote, action: str, change_made: Change) -> None:
    """Adds a step to the history. ``quote`` is the quote before the step, or as it was added."""
    before = None if action == "added" else draft_to_json(quote.draft())
    values = (quote.id, quote.guild, action, before, change_made.by, to_text(change_made.now), int(change_made.bundled))
    await connection.execute(NOTE, values)
