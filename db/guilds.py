"""The settings of each server, one JSON value per setting, and the removal of all that belongs to a server."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from db.connection import Store
from db.timestamps import to_text

SETTING = "SELECT value FROM guild_settings WHERE guild_id = ? AND name = ?"
SET = """
INSERT INTO guild_settings (guild_id, name, value, changed_by, changed_at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (guild_id, name) DO UPDATE SET value = excluded.value, changed_by = excluded.changed_by,
    changed_at = excluded.changed_at WHERE value <> excluded.value
"""
UNSET = "DELETE FROM guild_settings WHERE guild_id = ? AND name = ?"
TABLES = ("quote_draws", "quotes", "quote_history", "quote_drafts", "guild_settings", "reminder_targets", "live_boards")
"""Every table with rows of a server (``guild_id``). Its outbox rows go with its reminder target."""
FORGET = tuple(f"DELETE FROM {table} WHERE guild_id = ?" for table in TABLES)  # noqa: S608 - words of this file
STORED = " UNION ".join(f"SELECT guild_id FROM {table} WHERE guild_id IS NOT NULL" for table in TABLES)  # noqa: S608


async def setting(store: Store, guild: int, name: str) -> Any:
    """The value of a server's setting; None if it is not set."""
    rows = await store.fetch(SETTING, (guild, name))
    return json.loads(rows[0]["value"]) if rows else None


async def set_setting(store: Store, guild: int, name: str, value: Any, by: int | None, now: datetime) -> None:
    """Changes a server's setting; None removes it.

    Args:
        store: a writable store.
        guild: the server's Discord id.
        name: the name of the setting.
        value: anything that JSON can hold.
        by: the Discord id of the person who changed it; None for the bot itself.
        now: an aware moment.
    """
    async with store.write() as connection:
        if value is None:
            await connection.execute(UNSET, (guild, name))
        else:
            await connection.execute(SET, (guild, name, json.dumps(value, sort_keys=True), by, to_text(now)))


async def forget_guild(store: Store, guild: int) -> None:
    """Removes all that belongs to a server: quotes with their history and drafts, settings, reminders."""
    async with store.write() as connection:
        for removal in FORGET:
            await connection.execute(removal, (guild,))


async def stored_guilds(store: Store) -> frozenset[int]:
    """The ids of all servers that have any row in the store."""
    return frozenset(row["guild_id"] for row in await store.fetch(STORED))
