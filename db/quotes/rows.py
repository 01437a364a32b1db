"""Turns rows of quotes into models, for the modules that read and write them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import aiosqlite

from db.quotes.models import Quote, QuoteDraft
from db.timestamps import day_from_text, from_text

SELECT = """
SELECT q.id, q.guild_id, d.key AS driver, q.speaker, q.role, q.words, q.context, r.season, r.round, q.said_on,
       q.source, q.link, q.added_by, q.added_at
  FROM quotes q LEFT JOIN drivers d ON d.id = q.driver_id
  LEFT JOIN races r ON r.id = q.race_id AND r.dropped_at IS NULL
"""
IDS = """
SELECT (SELECT id FROM drivers WHERE key = :driver) AS driver,
       (SELECT id FROM races WHERE season = :season AND round = :round AND dropped_at IS NULL) AS race
"""


def to_quote(row: sqlite3.Row) -> Quote:
    """The quote in a row of ``SELECT``."""
    return Quote(
        id=row["id"],
        guild=row["guild_id"],
        driver=row["driver"],
        speaker=row["speaker"],
        role=row["role"],
        words=row["words"],
        context=row["context"],
        season=row["season"],
        round=row["round"],
        said_on=day_from_text(row["said_on"]),
        source=row["source"],
        link=row["link"],
        added_by=row["added_by"],
        added_at=to_moment(row["added_at"]),
    )


def to_moment(text: str | None) -> datetime:
    """The time in a column that is never NULL."""
    moment = from_text(text)
    assert moment is not None
    return moment


def draft_in_history(row: sqlite3.Row) -> QuoteDraft:
    """The draft in a row of a history: ``before``, and ``season`` and ``round`` of its race on today's schedule."""
    fields = json.loads(row["before"])
    del fields["race"]
    return QuoteDraft(
        **fields | {"said_on": day_from_text(fields["said_on"]), "season": row["season"], "round": row["round"]}
    )


def draft_to_json(draft: QuoteDraft) -> str:
    """A draft for a history, without its race, which the history keeps by its row."""
    fields = asdict(draft) | {"said_on": draft.said_on.isoformat() if draft.said_on else None}
    del fields["season"], fields["round"]
    return json.dumps(fields, ensure_ascii=False)


def is_id(number: int) -> bool:
    """Whether a number could be the id of a row. A number from outside may be larger than SQLite can take."""
    return 0 < number < 2**63


async def fetch(
    connection: aiosqlite.Connection, sql: str, parameters: Iterable[Any] | Mapping[str, Any]
) -> list[sqlite3.Row]:
    """The rows of a query inside a transaction."""
    return list(await connection.execute_fetchall(sql, parameters))
