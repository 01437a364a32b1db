"""Named values that the program keeps from one start to the next."""

from __future__ import annotations

from db.connection import Store

RECALL = "SELECT value FROM memory WHERE name = ?"
REMEMBER = "INSERT INTO memory (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"


async def recall(store: Store, name: str) -> str | None:
    """The value stored under a name; None if there is none."""
    rows = await store.fetch(RECALL, (name,))
    return str(rows[0]["value"]) if rows else None


async def remember(store: Store, name: str, value: str) -> None:
    """Stores a value under a name, in place of the one before."""
    async with store.write() as connection:
        await connection.execute(REMEMBER, (name, value))
