"""The delays of servers and people, held in memory: every answer asks for them, and they seldom change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from db.connection import Store
from db.held import Held
from db.reminders.race_day import NO_DELAY, Delay
from db.reminders.targets import settings_version

DELAYED = """
SELECT guild_id, user_id, json_extract(extras, '$.delay') AS delay FROM reminder_targets
 WHERE is_on AND purpose = 'reminders' AND json_extract(extras, '$.delay') > 0
"""


@dataclass(frozen=True, slots=True)
class _Delays:
    """Every delay that is set, in seconds, by the id of the server or the person."""

    of_guilds: Mapping[int, int]
    of_users: Mapping[int, int]


class Delays:
    """By how much a server, or a person, is told of a race later than it runs.

    Args:
        store: an open store.
    """

    def __init__(self, store: Store) -> None:
        self._held = Held(store, settings_version, _load)

    async def of(self, guild: int | None, user: int | None, data_version: int | None = None) -> Delay:
        """The delay of who asks in a server: the server's or their own, whichever is longer.

        Args:
            guild: the server; None outside of any.
            user: the person; None for nobody in particular.
            data_version: of the store, where the caller has just asked for it.

        Raises:
            StoreError: the store cannot be read.
        """
        held = await self._held.get(data_version)
        here = held.of_guilds.get(guild, 0) if guild is not None else 0
        own = held.of_users.get(user, 0) if user is not None else 0
        if not here and not own:
            return NO_DELAY
        return Delay(max(here, own), own=own > here)


async def _load(store: Store) -> _Delays:
    rows = await store.fetch(DELAYED)
    return _Delays(
        {row["guild_id"]: row["delay"] for row in rows if row["guild_id"] is not None},
        {row["user_id"]: row["delay"] for row in rows if row["user_id"] is not None},
    )
