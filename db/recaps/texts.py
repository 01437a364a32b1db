"""The editors' texts for the sections of recaps: the current ones, those of an earlier moment, and their history."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import datetime
from typing import Any

import aiosqlite

from db.connection import Store
from db.errors import OvertakenError
from db.quotes.rows import fetch, to_moment
from db.recaps.drafts import DROP, race_id
from db.recaps.models import RecapText, RecapVersion, SectionKind, clean_recap
from db.timestamps import from_text, to_text

ALL_TEXTS = """
SELECT r.season, r.round, x.section, x.words, x.picture, x.author, x.edited_at
  FROM recaps x JOIN races r ON r.id = x.race_id AND r.dropped_at IS NULL
"""
TEXTS = ALL_TEXTS + " WHERE r.season = ? AND r.round = ?"
TEXTS_AT = """
SELECT r.season, r.round, h.section, h.words, h.picture, h.author, h.edited_at
  FROM recap_history h JOIN races r ON r.id = h.race_id AND r.dropped_at IS NULL
 WHERE r.season = ? AND r.round = ? AND h.words IS NOT NULL
   AND h.id = (SELECT max(e.id) FROM recap_history e
                WHERE e.race_id = h.race_id AND e.section = h.section AND coalesce(e.edited_at, e.changed_at) <= ?)
"""
"""The text after the last step before a moment. A text from a document counts from when it says it was edited, not from
its import."""
CURRENT = "SELECT words, picture, author, edited_at FROM recaps WHERE race_id = ? AND section = ?"
SET = """
INSERT INTO recaps (race_id, section, words, picture, author, edited_at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (race_id, section) DO UPDATE SET words = excluded.words, picture = excluded.picture,
    author = excluded.author, edited_at = excluded.edited_at
"""
UNSET = "DELETE FROM recaps WHERE race_id = ? AND section = ?"
NOTE = """
INSERT INTO recap_history (race_id, section, words, picture, author, edited_at, editor, undoes, changed_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
HISTORY = """
SELECT h.id, r.season, r.round, h.section, h.words, h.picture, h.author, h.edited_at, h.editor, h.changed_at
  FROM recap_history h JOIN races r ON r.id = h.race_id AND r.dropped_at IS NULL
 WHERE r.season = ? AND r.round = ? AND h.section = ? ORDER BY h.id DESC
"""
NOT_UNDONE = """
SELECT id, words, picture, author FROM recap_history h
 WHERE race_id = ? AND section = ? AND undoes IS NULL
   AND NOT EXISTS (SELECT 1 FROM recap_history u WHERE u.undoes = h.id)
 ORDER BY id DESC LIMIT 2
"""
"""The last step that has not been undone, and the one before it."""
LAST_CHANGE = "SELECT coalesce(edited_at, changed_at) FROM recap_history WHERE race_id = ? AND section = ? ORDER BY id"
LAST = "SELECT coalesce(max(id), 0) FROM recap_history WHERE race_id = ? AND section = ?"


async def recap_texts(
    store: Store, season: int, number: int, at: datetime | None = None
) -> dict[SectionKind, RecapText]:
    """The editors' texts for a race, by section, in the order of the sections.

    ``at`` asks for the texts of an earlier moment; a section that had none then is left out.
    """
    rows = await store.fetch(*((TEXTS, (season, number)) if at is None else (TEXTS_AT, (season, number, to_text(at)))))
    texts = [_text(row) for row in rows]
    by_section = {text.section: text for text in texts}
    return {kind: by_section[kind] for kind in SectionKind if kind in by_section}


async def all_recap_texts(store: Store, season: int | None = None) -> tuple[RecapText, ...]:
    """All editors' texts, of one season or of all, in order of race and section."""
    texts = [_text(row) for row in await store.fetch(ALL_TEXTS)]
    order = list(SectionKind)
    kept = [text for text in texts if season in {None, text.season}]
    return tuple(sorted(kept, key=lambda text: (text.season, text.round, order.index(text.section))))


async def save_recap(
    store: Store, text: RecapText, editor: int | None, *, after: int | None = None, draft: int | None = None
) -> RecapText:
    """Saves an editor's text for a section and adds a step to its history, unless nothing changes.

    Args:
        store: a writable store.
        text: the text, which counts from its ``edited_at``.
        editor: the editor's Discord id; None for a document.
        after: the step with which the section's history must end, 0 before the first; None for any.
        draft: the editor's draft that the text comes from, which is removed.

    Returns:
        the saved text, in normal form.

    Raises:
        ValueError: it is empty, too long or has an invalid picture; one line says so.
        LookupError: the store holds no such race.
        OvertakenError: the history ends with another step; nothing is changed.
    """
    text = clean_recap(text)
    async with store.write() as connection:
        race = await race_id(connection, text.season, text.round)
        await _must_end(connection, race, text.section, after)
        saved = await put(connection, race, text, editor, text.edited_at)
        if draft is not None and editor is not None:
            await connection.execute(DROP, (draft, editor))
        return saved


async def put(
    connection: aiosqlite.Connection, race: int, text: RecapText, editor: int | None, now: datetime
) -> RecapText:
    """Saves a text that is in normal form, inside a transaction; ``race`` is a row id."""
    current = await current_text(connection, race, text.season, text.round, text.section)
    values = (text.words, text.picture, text.author)
    if current is not None and (current.words, current.picture, current.author) == values:
        return current
    edited_at = to_text(text.edited_at)
    await _write(connection, race, text.section, (*values, edited_at), editor, now)
    return replace(text, edited_at=to_moment(edited_at))


async def take_back(
    store: Store,
    season: int,
    number: int,
    section: SectionKind,
    editor: int | None,
    now: datetime,
    *,
    after: int | None = None,
) -> None:
    """Takes the editors' text of a section away, so that the automatic text is shown again. It can be undone.

    Raises:
        LookupError: the section has no text of an editor's.
        OvertakenError: ``after`` is given, and the history does not end with that step.
    """
    async with store.write() as connection:
        race = await race_id(connection, season, number)
        await _must_end(connection, race, section, after)
        if not await fetch(connection, CURRENT, (race, section.value)):
            raise LookupError(f"no editor's words stand in section {section} of {season} race {number}")
        await _write(connection, race, section, None, editor, now)


async def undo(
    store: Store,
    season: int,
    number: int,
    section: SectionKind,
    editor: int | None,
    now: datetime,
    *,
    after: int | None = None,
) -> RecapText | None:
    """Undoes the last change of a section that is not undone yet, so that repeated calls go further back.

    Returns:
        the text that is shown from now on; None if that is the automatic text.

    Raises:
        LookupError: there is no change left to undo.
        OvertakenError: ``after`` is given, and the history does not end with that step.
    """
    async with store.write() as connection:
        race = await race_id(connection, season, number)
        await _must_end(connection, race, section, after)
        steps = await fetch(connection, NOT_UNDONE, (race, section.value))
        if not steps:
            raise LookupError(f"no change of section {section} of {season} race {number} is left to undo")
        before = steps[1] if len(steps) > 1 and steps[1]["words"] is not None else None
        # Edited now, so that an import of an older document does not overwrite what the editor brought back.
        values = (before["words"], before["picture"], before["author"], to_text(now)) if before else None
        await _write(connection, race, section, values, editor, now, undoes=steps[0]["id"])
    if before is None:
        return None
    edited_at = to_moment(to_text(now))
    return RecapText(season, number, section, before["words"], before["picture"], before["author"], edited_at)


async def recap_history(store: Store, season: int, number: int, section: SectionKind) -> tuple[RecapVersion, ...]:
    """Every step of a section's history, the newest first."""
    versions = []
    for row in await store.fetch(HISTORY, (season, number, section.value)):
        text = None if row["words"] is None else _text(row)
        versions.append(RecapVersion(row["id"], text, row["editor"], to_moment(row["changed_at"])))
    return tuple(versions)


async def current_text(
    connection: aiosqlite.Connection, race: int, season: int, number: int, section: SectionKind
) -> RecapText | None:
    """The current text of a section, inside a transaction; ``race`` is the row id."""
    rows = await fetch(connection, CURRENT, (race, section.value))
    if not rows:
        return None
    words, picture, author, edited_at = rows[0]
    return RecapText(season, number, section, words, picture, author, to_moment(edited_at))


async def last_change(connection: aiosqlite.Connection, race: int, section: SectionKind) -> datetime | None:
    """When a section last changed, undone or not; None if it never did. ``race`` is a row id."""
    rows = await fetch(connection, LAST_CHANGE, (race, section.value))
    return from_text(rows[-1][0]) if rows else None


async def _must_end(connection: aiosqlite.Connection, race: int, section: SectionKind, after: int | None) -> None:
    """Checks, inside the transaction that changes a section, that its history ends with that step; None allows any."""
    last = int((await fetch(connection, LAST, (race, section.value)))[0][0])
    if after is not None and after != last:
        raise OvertakenError(f"the history of section {section} ends with step {last}, not with {after}")


async def _write(
    connection: aiosqlite.Connection,
    race: int,
    section: SectionKind,
    values: tuple[Any, ...] | None,
    editor: int | None,
    now: datetime,
    undoes: int | None = None,
) -> None:
    """Sets or takes away a section's text and notes the step; ``values`` are words, picture, author and edited_at."""
    if values is None:
        await connection.execute(UNSET, (race, section.value))
    else:
        await connection.execute(SET, (race, section.value, *values))
    step = values or (None, None, None, None)
    await connection.execute(NOTE, (race, section.value, *step, editor, undoes, to_text(now)))


def _text(row: sqlite3.Row) -> RecapText:
    return RecapText(
        season=row["season"],
        round=row["round"],
        section=SectionKind(row["section"]),
        words=row["words"],
        picture=row["picture"],
        author=row["author"],
        edited_at=to_moment(row["edited_at"]),
    )
