"""The delays of servers and people, held in memory: every answer asks for them, and they seldom change."""

from __future__ import annotations

import asyncio

from db.connection import Store
from db.reminders.race_day import NO_DELAY, Delay
from db.reminders.targets import settings_version

DELAYED = """
SELECT guild_id, user_id, json_extract(extras, '$.delay') AS delay FROM reminder_targets
 WHERE is_on AND purpose = 'reminders' AND json_extract(extras, '$.delay') > 0
"""


class Delays:
    """By how much a server, or a person, is told of a race later than it runs.

    Args:
        store: an open store.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._loading = asyncio.Lock()
        self._data_version = self._version = -1
        self._of_guilds: dict[int, int] = {}
        self._of_users: dict[int, int] = {}

    async def of(self, guild: int | None, user: int | None, data_version: int | None = None) -> Delay:
        """The delay of who asks in a server: the server's or their own, whichever is longer.

        Args:
            guild: the server; None outside of any.
            user: the person; None for nobody in particular.
            data_version: of the store, where the caller has just asked for it.

        Raises:
            StoreError: the store cannot be read.
        """
        data_version = await self._store.data_version() if data_version is None else data_version
        if data_version != self._data_version:
            await self._load_changes(data_version)
        here = self._of_guilds.get(guild, 0) if guild is not None else 0
        own = self._of_users.get(user, 0) if user is not None else 0
        if not here and not own:
            return NO_DELAY
        return Delay(max(here, own), own=own > here)

    async def _load_changes(self, data_version: int) -> None:
        async with self._loading:
            if data_version == self._data_version:
                return
            version = await settings_version(self._store)
            if version != self._version:
                rows = await self._store.fetch(DELAYED)
                self._of_guilds = {row["guild_id"]: row["delay"] for row in rows if row["guild_id"] is not None}
                self._of_users = {row["user_id"]: row["delay"] for row in rows if row["user_id"] is not None}
                self._version = version
            # It was read before the delays: a change in between causes one more look, never a missed one.
            self._data_version = data_version
