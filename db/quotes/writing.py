"""Saves, changes and removes quotes, each step kept in the quote's history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiosqlite

from db.connection import Store
from db.errors import OvertakenError
from db.naming import fold_words
from db.quotes.models import Quote, QuoteDraft, QuoteVersion, clean_draft
from db.quotes.rows import IDS, SELECT, draft_from_json, draft_to_json, fetch, is_id, to_moment, to_quote
from db.timestamps import to_text

OWN = SELECT + "WHERE q.guild_id IS ? AND q.id = ?"
SAME = SELECT + "WHERE q.folded = ? AND coalesce(q.guild_id, 0) IN (0, ?) AND q.id IS NOT ? ORDER BY q.guild_id, q.id"
ADD = """
INSERT INTO quotes (driver_id, speaker, role, words, folded, context, race_id, said_on, source, link,
    id, guild_id, added_by, added_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
"""
SET = """
UPDATE quotes SET driver_id = ?, speaker = ?, role = ?, words = ?, folded = ?, context = ?, race_id = ?, said_on = ?,
    source = ?, link = ? WHERE id = ?
"""
REMOVE = "DELETE FROM quotes WHERE id = ?"
NOTE = """
INSERT INTO quote_history (quote_id, guild_id, action, before, changed_by, changed_at, bundled)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""
HISTORY = "SELECT * FROM quote_history WHERE quote_id = ? AND guild_id IS ? ORDER BY id DESC"
LAST = "SELECT coalesce(max(id), 0) FROM quote_history WHERE quote_id = ? AND guild_id IS ?"
NEXT = """
SELECT before FROM quote_history
 WHERE quote_id = ? AND guild_id IS ? AND id > ? AND before IS NOT NULL ORDER BY id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Hand:
    """Who changes something, when, and whether it came with the program; ``by`` is None for a document."""

    by: int | None
    now: datetime
    bundled: bool = False


class DuplicateQuoteError(Exception):
    """The same words are held already, as ``first``, which the one who saves may see."""

    def __init__(self, first: Quote) -> None:
        self.first = first
        super().__init__(f"these words are held already, as quote {first.id} of {first.speaker}")


async def add(store: Store, draft: QuoteDraft, guild: int | None, by: int | None, now: datetime) -> Quote:
    """Saves a quote for a server, or (guild None) for everybody.

    Raises:
        DuplicateQuoteError: the same words are held already where the server, or everybody, can see them.
        ValueError: something in it does not fit; one line says what.
    """
    async with store.write() as connection:
        return await insert(connection, draft, guild, Hand(by, now))


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
    """Changes a quote of exactly that server, or (guild None) one of the operator's; raises as ``add`` does.

    ``after`` is the step with which its history must end; None for any.

    Raises:
        LookupError: it has no such quote.
        OvertakenError: its history ends with another step; nothing is changed.
    """
    async with store.write() as connection:
        held = await _own(connection, guild, number)
        last = (await fetch(connection, LAST, (number, guild)))[0][0]
        if after not in {None, last}:
            raise OvertakenError(f"the history of quote {number} ends with step {last}, not with {after}")
        return await change(connection, held, draft, Hand(by, now))


async def last_step(store: Store, guild: int | None, number: int) -> int:
    """The last step in the history of a quote of exactly that server; 0 where there is none."""
    return int((await store.fetch(LAST, (number, guild)))[0][0]) if is_id(number) else 0


async def draft_at(store: Store, held: Quote, step: int) -> QuoteDraft:
    """How a quote read when its history ended with that step."""
    later = await store.fetch(NEXT, (held.id, held.guild, step))
    return draft_from_json(later[0]["before"]) if later else held.draft()


async def delete(store: Store, guild: int | None, number: int, by: int | None, now: datetime) -> Quote:
    """Removes a quote of exactly that server; hands back how it read. Can be restored.

    Raises:
        LookupError: it has no such quote.
    """
    async with store.write() as connection:
        held = await _own(connection, guild, number)
        await remove(connection, held, Hand(by, now))
        return held


async def restore(store: Store, guild: int | None, number: int, by: int | None, now: datetime) -> Quote:
    """Brings a deleted quote back under its number; raises as ``add`` does.

    Raises:
        LookupError: that server has deleted no such quote.
    """
    async with store.write() as connection:
        steps = await fetch(connection, HISTORY, (number, guild)) if is_id(number) else []
        if not steps or steps[0]["action"] != "deleted":
            raise LookupError(f"there is no deleted quote {number} here")
        return await insert(connection, draft_from_json(steps[0]["before"]), guild, Hand(by, now), number)


async def history(store: Store, guild: int | None, number: int) -> tuple[QuoteVersion, ...]:
    """What was done to a quote of exactly that server, the newest first; deleted ones have theirs as well.

    Raises:
        LookupError: it never had such a quote.
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
            before=None if row["before"] is None else draft_from_json(row["before"]),
        )
        for row in steps
    )


async def insert(
    connection: aiosqlite.Connection, draft: QuoteDraft, guild: int | None, hand: Hand, number: int | None = None
) -> Quote:
    """As ``add``, inside a transaction; ``number`` is given to a quote that comes back."""
    draft = clean_draft(draft)
    values = await _values(connection, draft)
    await _refuse_double(connection, draft, guild, None)
    added = await fetch(connection, ADD, (*values, number, guild, hand.by, to_text(hand.now)))
    quote = await _own(connection, guild, added[0]["id"])
    await _note(connection, quote, "added", hand)
    return quote


async def change(connection: aiosqlite.Connection, held: Quote, draft: QuoteDraft, hand: Hand) -> Quote:
    """As ``edit``, inside a transaction; a draft that changes nothing leaves no step."""
    draft = clean_draft(draft)
    if draft == held.draft():
        return held
    values = await _values(connection, draft)
    if fold_words(draft.words) != fold_words(held.words):
        await _refuse_double(connection, draft, held.guild, held.id)
    await _note(connection, held, "edited", hand)
    await connection.execute(SET, (*values, held.id))
    return await _own(connection, held.guild, held.id)


async def remove(connection: aiosqlite.Connection, held: Quote, hand: Hand) -> None:
    """As ``delete``, inside a transaction."""
    await _note(connection, held, "deleted", hand)
    await connection.execute(REMOVE, (held.id,))


async def _own(connection: aiosqlite.Connection, guild: int | None, number: int) -> Quote:
    rows = await fetch(connection, OWN, (guild, number)) if is_id(number) else []
    if not rows:
        raise LookupError(f"there is no quote {number} here")
    return to_quote(rows[0])


async def _values(connection: aiosqlite.Connection, draft: QuoteDraft) -> tuple[Any, ...]:
    """A draft's columns in the order of ``SET``."""
    ids = {"driver": draft.driver, "season": draft.season, "round": draft.round}
    known = (await fetch(connection, IDS, ids))[0]
    if draft.driver is not None and known["driver"] is None:
        raise ValueError(f"the store knows no driver {draft.driver!r}")
    if draft.round is not None and known["race"] is None:
        raise ValueError(f"the store holds no race {draft.round} of {draft.season}")
    said_on = draft.said_on.isoformat() if draft.said_on else None
    texts = (draft.speaker, draft.role, draft.words, fold_words(draft.words), draft.context)
    return (known["driver"], *texts, known["race"], said_on, draft.source, draft.link)


async def _refuse_double(
    connection: aiosqlite.Connection, draft: QuoteDraft, guild: int | None, number: int | None
) -> None:
    """Looks where whoever saves can look: a server's quotes are never held against another's, nor named to it."""
    rows = await fetch(connection, SAME, (fold_words(draft.words), guild or 0, number))
    if rows:
        raise DuplicateQuoteError(to_quote(rows[0]))


async def _note(connection: aiosqlite.Connection, quote: Quote, action: str, hand: Hand) -> None:
    """Notes a step; ``quote`` as it read before it, or as it was added."""
    before = None if action == "added" else draft_to_json(quote.draft())
    values = (quote.id, quote.guild, action, before, hand.by, to_text(hand.now), int(hand.bundled))
    await connection.execute(NOTE, values)
