"""Drafts of recaps: what an editor typed and has not saved yet, kept unchanged and for that editor only."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime

import aiosqlite

from db.connection import Store
from db.recaps.models import SectionKind
from db.timestamps import from_text, to_text

MOST = 10
"""The most drafts of one editor for one section; the oldest are removed."""

RACE = "SELECT id FROM races WHERE season = ? AND round = ? AND dropped_at IS NULL"
DRAFTS = """
SELECT x.id, r.season, r.round, x.section, x.editor, x.words, x.picture, x.base, x.typed_at
  FROM recap_drafts x JOIN races r ON r.id = x.race_id AND r.dropped_at IS NULL
 WHERE r.season = ? AND r.round = ? AND x.editor = ? ORDER BY x.id DESC
"""
REPLACE = """
DELETE FROM recap_drafts WHERE race_id = ? AND section = ? AND editor = ? AND (id = ? OR (words = ? AND picture = ?))
"""
ADD = """
INSERT INTO recap_drafts (race_id, section, editor, words, picture, base, typed_at) VALUES (?, ?, ?, ?, ?, ?, ?)
RETURNING id
"""
TOO_MANY = """
DELETE FROM recap_drafts WHERE race_id = :race AND section = :section AND editor = :editor AND id NOT IN (
    SELECT id FROM recap_drafts WHERE race_id = :race AND section = :section AND editor = :editor
     ORDER BY id DESC LIMIT :most)
"""
DROP = "DELETE FROM recap_drafts WHERE id = ? AND editor = ?"


@dataclass(frozen=True, slots=True)
class RecapDraft:
    """A draft. ``words`` and ``picture`` are as they were typed, valid or not; ``editor`` is a Discord id.

    ``base`` is the last step of the section's history when the editor began, 0 before the first. ``id`` is 0 for a
    draft that is not in the store yet, and each change gives it a new one.
    """

    id: int
    season: int
    round: int
    section: SectionKind
    editor: int
    words: str
    picture: str
    base: int
    typed_at: datetime


async def save_draft(store: Store, draft: RecapDraft) -> RecapDraft:
    """Keeps what an editor typed, even if it is not valid.

    It replaces the draft whose ``id`` it has, if that has not changed. If it has, because the editor had a second form
    open, both are kept.

    Returns:
        the draft as it was stored, with its new number.

    Raises:
        LookupError: the store holds no such race.
    """
    # A lone surrogate, which only a forged form can contain, cannot be stored.
    words, picture = (text.encode("utf-8", "ignore").decode() for text in (draft.words, draft.picture))
    typed_at = to_text(draft.typed_at)
    async with store.write() as connection:
        race = await race_id(connection, draft.season, draft.round)
        mine = (race, draft.section.value, draft.editor)
        await connection.execute(REPLACE, (*mine, draft.id, words, picture))
        rows = list(await connection.execute_fetchall(ADD, (*mine, words, picture, draft.base, typed_at)))
        named = dict(zip(("race", "section", "editor"), mine, strict=True))
        await connection.execute(TOO_MANY, named | {"most": MOST})
    moment = from_text(typed_at)
    assert moment is not None
    return replace(draft, id=int(rows[0]["id"]), words=words, picture=picture, typed_at=moment)


async def drafts_of_race(store: Store, season: int, number: int, editor: int) -> tuple[RecapDraft, ...]:
    """One editor's drafts for a race, of every section, the newest first."""
    return tuple(_draft(row) for row in await store.fetch(DRAFTS, (season, number, editor)))


async def drop_draft(store: Store, draft: int, editor: int) -> None:
    """Removes an editor's own draft; does nothing if there is none of that number."""
    async with store.write() as connection:
        await connection.execute(DROP, (draft, editor))


async def race_id(connection: aiosqlite.Connection, season: int, number: int) -> int:
    """The row id of a race, inside a transaction.

    Raises:
        LookupError: the store holds no such race.
    """
    rows = list(await connection.execute_fetchall(RACE, (season, number)))
    if not rows:
        raise LookupError(f"the store holds no race {number} of {season}")
    return int(rows[0]["id"])


def _draft(row: sqlite3.Row) -> RecapDraft:
    typed_at = from_text(row["typed_at"])
    assert typed_at is not None
    return RecapDraft(
        id=row["id"],
        season=row["season"],
        round=row["round"],
        section=SectionKind(row["section"]),
        editor=row["editor"],
        words=row["words"],
        picture=row["picture"],
        base=row["base"],
        typed_at=typed_at,
    )
