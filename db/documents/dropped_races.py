"""What an export of quotes or recaps cannot say: a document names a race by its round, and a dropped race has none."""

from __future__ import annotations

from db.connection import Store

OF_DROPPED = {
    "quotes": """
SELECT count(*) FROM races r JOIN quotes q ON q.race_id = r.id WHERE r.dropped_at IS NOT NULL AND q.guild_id IS ?1
   AND (?2 IS NULL OR r.season = ?2)
""",
    "recaps": """
SELECT count(*) FROM races r JOIN recaps x ON x.race_id = r.id WHERE r.dropped_at IS NOT NULL AND ?1 IS NULL
   AND (?2 IS NULL OR r.season = ?2)
""",
}


async def of_dropped_races(store: Store, what: str, guild: int | None, season: int | None = None) -> int:
    """How many quotes of a server, or of everybody, or how many sections of recaps belong to races off the schedule.

    Args:
        store: an open store.
        what: ``quotes`` or ``recaps``.
        guild: the server whose quotes are meant; None for everybody's.
        season: the only one that is meant.
    """
    ((many,),) = await store.fetch(OF_DROPPED[what], (guild, season))
    return int(many)
