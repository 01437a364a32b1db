"""What is known of a track from the races there beside their results."""

from __future__ import annotations

from collections.abc import Sequence

import aiosqlite

from db.history.record_models import Flow
from db.history.records import as_list
from db.models import Race

FLOWS = """
SELECT l.key AS place, o.cautions, o.lead_changes
  FROM json_each(:races) l JOIN outcomes o ON o.race_id = l.value
 ORDER BY l.key
"""


async def load_flows(connection: aiosqlite.Connection, races: Sequence[Race]) -> tuple[Flow, ...]:
    """Cautions and lead changes of each of the races of which anything is known beside the results."""
    rows = await connection.execute_fetchall(FLOWS, {"races": as_list(races)})
    return tuple(Flow(races[row["place"]], row["cautions"], row["lead_changes"]) for row in rows)
