"""The states of races' results that were posted, by version, from which it is told what was corrected."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import aiosqlite

from db.connection import Store
from db.timestamps import to_text

HELD = "SELECT version FROM results_seen WHERE race_id = ?"
SAVE = "INSERT OR IGNORE INTO results_seen (race_id, version, facts, noticed_at) VALUES (?, ?, ?, ?)"
OF_RACE = "SELECT version, facts FROM results_seen WHERE race_id = ?"


async def save_results(
    connection: aiosqlite.Connection, seen: Iterable[tuple[int, int, Mapping[str, Any]]], now: datetime
) -> None:
    """Stores states of results, each as (race's id, version, facts), that are not stored yet."""
    for race, version, facts in seen:
        held = {row["version"] for row in await connection.execute_fetchall(HELD, (race,))}
        if version not in held:
            await connection.execute(SAVE, (race, version, json.dumps(facts), to_text(now)))


async def results_of(store: Store, race: int) -> dict[int, Mapping[str, Any]]:
    """The facts of a race's results by version."""
    return {row["version"]: json.loads(row["facts"]) for row in await store.fetch(OF_RACE, (race,))}
