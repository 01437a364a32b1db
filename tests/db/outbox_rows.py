"""Rows of the outbox for tests: added, and claimed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from db.connection import Store
from db.reminders.models import Target
from db.reminders.outbox import ClaimedRow, claim
from db.reminders.targets import save

DUE = datetime(2025, 10, 17, 19, tzinfo=UTC)
COVERAGE = DUE + timedelta(hours=1)
MINUTE = timedelta(minutes=1)

ADD = """
INSERT INTO outbox (target_id, kind, subject, season, round, session, lead, event_at, due_at, until, detail)
VALUES (?, ?, 2025023, 2025, 23, 'coverage', ?, ?, ?, ?, '{}')
"""


def text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


async def add(store: Store, target: int, lead: int = 60, kind: str = "reminder", event: datetime = COVERAGE) -> int:
    """A pending row."""
    due = event - timedelta(minutes=lead)
    async with store.write() as connection:
        cursor = await connection.execute(ADD, (target, kind, lead, text(event), text(due), text(event)))
    assert cursor.lastrowid is not None
    return cursor.lastrowid


async def add_many(store: Store, many: int) -> list[int]:
    return [await add(store, (await save(store, Target(guild=n, channel=n), DUE)).id) for n in range(1, many + 1)]


async def claimed(store: Store, run: str = "a", now: datetime = DUE, most: int = 100) -> list[ClaimedRow]:
    return await claim(store, run, now, now, most)
