"""What the planner of race-day posts reads and keeps: the states at which something happened, and its log of posts.

All of it is done inside the transaction in which the plan is stored.
"""

from __future__ import annotations

import logging
import sqlite3
import zlib
from collections.abc import Iterable
from datetime import datetime

import aiosqlite
from pydantic import TypeAdapter, ValidationError

from db.connection import Store
from db.live.models import LiveState
from db.timestamps import from_text, to_text

log = logging.getLogger(__name__)

MOST_STATES = 20
"""How many past states are looked at in one go; what happened before them is no news by then."""
NAME = "posts of race "
WAITING = "posts of races wait"

CAME = "SELECT race_id, came_at FROM live_states WHERE session = 'race'"
NEWEST = "SELECT state FROM live_states WHERE race_id = ?"
# The log holds when each thing was first seen, and at that second a state came.
HAPPENED = """
SELECT state FROM live_history WHERE race_id = :race AND came_at > :after AND came_at < :newest AND came_at IN (
    SELECT seen_at FROM live_events WHERE race_id = :race) ORDER BY came_at DESC LIMIT :most
"""
LOGS = f"SELECT name, value FROM memory WHERE name GLOB '{NAME}*'"  # noqa: S608 - a word of this module
KEEP = "INSERT INTO memory (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
FORGET = "DELETE FROM memory WHERE name = ?"
# While a post waits for what is still to come, such as the reason of a caution, every state may be news.
PLAN_VERSION = f"""
SELECT log, CASE WHEN EXISTS (SELECT 1 FROM memory WHERE name = '{WAITING}') THEN version ELSE 0 END AS version
  FROM live_version
"""  # noqa: S608 - a word of this module

_STATE = TypeAdapter(LiveState)


async def plan_version(store: Store) -> tuple[int, int]:
    """What grows whenever something may have happened in a race that is to be posted."""
    (row,) = await store.fetch(PLAN_VERSION)
    return row["log"], row["version"]


async def newest_states(connection: aiosqlite.Connection) -> dict[int, datetime]:
    """When the newest state of each race came, by the race's id; sessions that are no race are left out."""
    found = {}
    for row in await connection.execute_fetchall(CAME):
        came = from_text(row["came_at"])
        assert came is not None
        found[row["race_id"]] = came
    return found


async def states_since(
    connection: aiosqlite.Connection, race: int, after: datetime | None, newest: datetime
) -> list[LiveState]:
    """The states of a race at which something was first seen, in order, and the newest of all.

    Args:
        connection: the writer.
        race: the race.
        after: those that came after that moment; None without a bound.
        newest: when the newest one came.
    """
    values = {"race": race, "after": to_text(after) or "", "newest": to_text(newest), "most": MOST_STATES}
    past = list(await connection.execute_fetchall(HAPPENED, values))
    rows = [zlib.decompress(row["state"]) for row in reversed(past)]
    rows += [row["state"] for row in await connection.execute_fetchall(NEWEST, (race,))]
    return [state for row in rows if (state := _read(row, race)) is not None]


async def load_logs(connection: aiosqlite.Connection) -> dict[int, str]:
    """The logs of posts by the race's id, as they were kept."""
    rows: Iterable[sqlite3.Row] = await connection.execute_fetchall(LOGS)
    return {int(row["name"].removeprefix(NAME)): row["value"] for row in rows}


async def keep_log(connection: aiosqlite.Connection, race: int, text: str) -> None:
    """Stores a race's log of posts in place of the one before."""
    await connection.execute(KEEP, (f"{NAME}{race}", text))


async def forget_log(connection: aiosqlite.Connection, race: int) -> None:
    """Removes a race's log of posts."""
    await connection.execute(FORGET, (f"{NAME}{race}",))


async def note_waiting(connection: aiosqlite.Connection, *, waits: bool) -> None:
    """Notes whether a post waits for what is still to come."""
    if waits:
        await connection.execute(KEEP, (WAITING, "1"))
    else:
        await connection.execute(FORGET, (WAITING,))


def _read(text: bytes | str, race: int) -> LiveState | None:
    try:
        return _STATE.validate_json(text)
    except ValidationError:
        log.warning("a live state of race %d was written by another version, and is passed over", race)
        return None
