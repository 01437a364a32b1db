"""On which days a race was on the track, as its live states tell: rain may stop it overnight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import aiosqlite

from db.timestamps import from_text

LAST = """
SELECT (SELECT max(came_at) FROM live_history WHERE race_id = ?1) AS last,
       EXISTS (SELECT 1 FROM live_states WHERE race_id = ?1 AND session = 'race' AND lap > 0
          AND checkered_at IS NULL AND ended_at IS NULL) AS goes_on
"""


@dataclass(frozen=True, slots=True)
class LastSeen:
    """When a race was last on the track, None if unknown; ``goes_on`` says that it began and has not ended."""

    at: datetime | None
    goes_on: bool


async def last_on_track(connection: aiosqlite.Connection, race: int) -> LastSeen:
    """When a race, by its id, was last on the track, as far as the history of its live states goes back."""
    row = next(iter(await connection.execute_fetchall(LAST, (race,))))
    return LastSeen(from_text(row["last"]), bool(row["goes_on"]))
