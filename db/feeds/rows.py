"""Reads and writes what the store remembers of the feeds; no answer depends on it, so no version grows with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from db.connection import Store
from db.feeds.models import FeedDocument, FeedFinding, FeedMemory, FeedPause
from db.fetching import all_rows
from db.timestamps import from_text, to_text

DOCUMENTS = """
SELECT path, season, asked_at, answered_at, etag, last_modified, digest, failing_since, problem FROM feed_documents
"""
OFFICIAL = "SELECT race_id, official_at FROM feed_races"
FINDINGS = "SELECT path, line, since FROM feed_findings ORDER BY path, line"
PAUSE = "SELECT until, level FROM feed_pause"
SAVE = """
INSERT INTO feed_documents (path, season, asked_at, answered_at, etag, last_modified, digest, failing_since, problem)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (path) DO UPDATE SET season = excluded.season, asked_at = excluded.asked_at,
    answered_at = excluded.answered_at, etag = excluded.etag, last_modified = excluded.last_modified,
    digest = excluded.digest, failing_since = excluded.failing_since, problem = excluded.problem
"""
SAVE_OFFICIAL = """
INSERT INTO feed_races (race_id, official_at) SELECT ?1, ?2 WHERE EXISTS (SELECT 1 FROM races WHERE id = ?1)
ON CONFLICT (race_id) DO NOTHING
"""
NO_LONGER_OFFICIAL = "DELETE FROM feed_races WHERE race_id = ?"
FORGET_FINDINGS = "DELETE FROM feed_findings WHERE path = ? AND line = ?"
ADD_FINDING = "INSERT OR IGNORE INTO feed_findings (path, line, since) VALUES (?, ?, ?)"
SAVE_PAUSE = """
INSERT INTO feed_pause (id, until, level) VALUES (1, ?, ?)
ON CONFLICT (id) DO UPDATE SET until = excluded.until, level = excluded.level
"""
END_PAUSE = "DELETE FROM feed_pause"


def _moment(text: str | None) -> datetime:
    moment = from_text(text)
    assert moment is not None
    return moment


async def load_memory(store: Store) -> FeedMemory:
    """All that is remembered, in one view of the store."""
    async with store.read() as connection:
        documents = await all_rows(connection, DOCUMENTS)
        official = await all_rows(connection, OFFICIAL)
        findings = await all_rows(connection, FINDINGS)
        pauses = await all_rows(connection, PAUSE)
    return FeedMemory(
        documents={
            row["path"]: FeedDocument(
                path=row["path"],
                season=row["season"],
                asked_at=_moment(row["asked_at"]),
                answered_at=from_text(row["answered_at"]),
                etag=row["etag"],
                last_modified=row["last_modified"],
                digest=row["digest"],
                failing_since=from_text(row["failing_since"]),
                problem=row["problem"],
            )
            for row in documents
        },
        official={row["race_id"]: _moment(row["official_at"]) for row in official},
        findings=tuple(FeedFinding(row["path"], row["line"], _moment(row["since"])) for row in findings),
        pause=FeedPause(_moment(pauses[0]["until"]), pauses[0]["level"]) if pauses else None,
    )


async def save_documents(store: Store, documents: Iterable[FeedDocument]) -> None:
    """Writes what is known of these documents, in one transaction; of none, nothing is written."""
    rows = [
        (
            each.path,
            each.season,
            to_text(each.asked_at),
            to_text(each.answered_at),
            each.etag,
            each.last_modified,
            each.digest,
            to_text(each.failing_since),
            each.problem,
        )
        for each in documents
    ]
    if rows:
        async with store.write() as connection:
            await connection.executemany(SAVE, rows)


async def save_official(store: Store, states: Mapping[int, datetime | None]) -> None:
    """Notes by race since when it is official; None where it is not any more."""
    async with store.write() as connection:
        await connection.executemany(NO_LONGER_OFFICIAL, [(race,) for race, since in states.items() if since is None])
        await connection.executemany(SAVE_OFFICIAL, [(race, to_text(since)) for race, since in states.items() if since])


async def save_findings(store: Store, gone: Iterable[FeedFinding], new: Iterable[FeedFinding]) -> None:
    """Replaces findings by others."""
    async with store.write() as connection:
        await connection.executemany(FORGET_FINDINGS, [(each.path, each.line) for each in gone])
        await connection.executemany(ADD_FINDING, [(each.path, each.line, to_text(each.since)) for each in new])


async def save_pause(store: Store, pause: FeedPause | None) -> None:
    """Notes until when nothing is asked; None where all goes well again."""
    async with store.write() as connection:
        if pause is None:
            await connection.execute(END_PAUSE)
        else:
            await connection.execute(SAVE_PAUSE, (to_text(pause.until), pause.level))
