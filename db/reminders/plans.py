"""Planning in the store: what falls due, joined with who wishes for it, and the outbox brought in step with that."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import aiosqlite

from db.connection import Store
from db.models import RaceStatus
from db.reminders.models import SAME, Change, Seen, Slot
from db.timestamps import from_text, to_text

Connection = aiosqlite.Connection

AT_ONCE = 10_000
"""Rows that one planning adds at most."""

SLOTS = """
CREATE TEMP TABLE slots (
    kind TEXT, season INTEGER, round INTEGER, session TEXT, lead INTEGER, event_at TEXT, due_at TEXT, until TEXT,
    detail TEXT, newcomers INTEGER, followers INTEGER, after INTEGER, event_from TEXT, event_to TEXT
)
"""
FILL = f"INSERT INTO temp.slots VALUES ({', '.join('?' * 14)})"  # noqa: S608 - question marks
# What is for those alone who had an event of a race concerns few races, and is soon said of the rest.
UNFOLLOWED = """
DELETE FROM temp.slots WHERE followers AND NOT EXISTS (
    SELECT 1 FROM outbox o WHERE o.kind = 'event' AND o.season = slots.season AND o.round = slots.round)
"""
# What each target is owed by now and has not had. A reminder was had if one of about the same moment was dealt with; of
# the other kinds the last one dealt with counts, since what was brought up to date may go back to what it said before;
# the standings are wanted in the channel that is set now, and of an event it counts as well that it was taken off.
_WISHED = "w.kind = s.kind AND w.session = s.session AND (w.lead = s.lead OR s.kind <> 'reminder')"
_BY_ALL = f"""
  FROM temp.slots s
  JOIN reminder_wishes w ON {_WISHED}
  JOIN reminder_targets t ON t.id = w.target_id
 WHERE true
"""
# From the few targets on, whatever SQLite guesses: among ten thousand they are found by their index.
_BY_CHANGED = f"""
  FROM reminder_targets t
  CROSS JOIN reminder_wishes w ON w.target_id = t.id
  CROSS JOIN temp.slots s ON {_WISHED}
 WHERE t.changed > :since
"""
_WANTED = """
CREATE TEMP TABLE wanted AS
SELECT w.target_id, s.kind, s.season, s.round, s.session, s.lead, s.event_at, s.until, s.detail,
       s.event_from, s.event_to,
       CASE w.delay WHEN 0 THEN s.due_at
            ELSE strftime('%Y-%m-%dT%H:%M:%SZ', s.due_at, '+' || w.delay || ' minutes') END AS owed_at
{by}
   AND (s.newcomers OR s.due_at >= w.since)
   AND (NOT s.followers OR EXISTS (
       SELECT 1 FROM outbox o WHERE o.target_id = w.target_id AND o.kind = s.kind AND o.season = s.season
          AND o.round = s.round AND o.tried_at IS NOT NULL))
   AND CASE s.kind
       WHEN 'reminder' THEN NOT EXISTS (
           SELECT 1 FROM outbox o WHERE o.target_id = w.target_id AND o.kind = s.kind AND o.season = s.season
              AND o.round = s.round AND o.session = s.session AND o.lead = s.lead
              AND o.state IN ('claimed', 'sent', 'failed', 'expired')
              AND o.event_at > s.event_from AND o.event_at < s.event_to)
       WHEN 'change' THEN s.after = (
           SELECT min(c.id) FROM schedule_changes c
            WHERE c.season = s.season AND c.round = s.round AND c.noticed_at >= w.since AND c.id > coalesce((
               SELECT max(o.lead) FROM outbox o WHERE o.target_id = w.target_id AND o.kind = s.kind
                  AND o.season = s.season AND o.round = s.round
                  AND o.state IN ('claimed', 'sent', 'failed', 'expired')), 0))
       ELSE NOT coalesce((
           SELECT o.lead = s.lead AND o.event_at > s.event_from AND o.event_at < s.event_to
                  AND (s.kind <> 'standings' OR o.channel_id IS t.channel_id)
             FROM outbox o
            WHERE o.target_id = w.target_id AND o.kind = s.kind AND o.season = s.season AND o.round = s.round
              AND (o.session = s.session OR s.kind = 'event') AND o.state IN ('claimed', 'sent', 'failed', 'expired')
            ORDER BY o.id DESC LIMIT 1), 0)
       END
"""
WANTED, WANTED_BY_CHANGED = _WANTED.format(by=_BY_ALL), _WANTED.format(by=_BY_CHANGED)
WANTED_INDEX = "CREATE INDEX temp.wanted_by ON wanted (target_id, kind, season, round, session, lead)"
_THE_SAME = """m.target_id = outbox.target_id AND m.kind = outbox.kind AND m.season = outbox.season
       AND m.round = outbox.round AND m.session = outbox.session AND m.lead = outbox.lead"""
# What may have arrived already is known by its moment: it can be kept or given up, but not moved. What is too late is
# left to whoever clears up the outbox; and it must come out which message the standings are in.
_CANCEL = f"""
UPDATE outbox {{by}} SET state = 'cancelled', reason = 'no longer planned', retry_at = NULL
 WHERE {{whose}} AND state = 'pending' AND until > :now AND (kind <> 'standings' OR tried_at IS NULL) AND NOT EXISTS (
    SELECT 1 FROM temp.wanted m WHERE {_THE_SAME}
       AND (outbox.tried_at IS NULL OR (outbox.event_at > m.event_from AND outbox.event_at < m.event_to)))
"""  # noqa: S608 - words of this module
_MOVE = f"""
UPDATE outbox {{by}} SET event_at = m.event_at, due_at = m.owed_at, until = m.until, detail = m.detail
  FROM temp.wanted m WHERE {{whose}} AND outbox.state = 'pending' AND outbox.tried_at IS NULL AND {_THE_SAME}
   AND (m.event_at <> outbox.event_at OR m.owed_at <> outbox.due_at OR m.until <> outbox.until
        OR m.detail <> outbox.detail)
"""  # noqa: S608 - words of this module
_ALL = {"by": "", "whose": "true"}
_CHANGED = {
    "by": "INDEXED BY outbox_of_target",
    "whose": "outbox.target_id IN (SELECT id FROM reminder_targets WHERE changed > :since)",
}
CANCEL, CANCEL_OF_CHANGED = _CANCEL.format(**_ALL), _CANCEL.format(**_CHANGED)
MOVE, MOVE_OF_CHANGED = _MOVE.format(**_ALL), _MOVE.format(**_CHANGED)
# One that is claimed for another moment is waited for: the next planning sees what became of it. So many at once, the
# nearest first, that nobody else who writes waits for long.
ADD = """
INSERT INTO outbox (target_id, kind, season, round, session, lead, event_at, due_at, until, detail)
SELECT target_id, kind, season, round, session, lead, event_at, owed_at, until, detail FROM temp.wanted m
 WHERE NOT EXISTS (
    SELECT 1 FROM outbox o WHERE o.target_id = m.target_id AND o.kind = m.kind AND o.season = m.season
       AND o.round = m.round AND o.session = m.session AND o.lead = m.lead AND o.state IN ('pending', 'claimed'))
 ORDER BY owed_at, until, target_id LIMIT ?
"""
CLEAR = ("DROP TABLE IF EXISTS temp.slots", "DROP TABLE IF EXISTS temp.wanted")

LOAD_SEEN = "SELECT season, round, seen FROM schedule_seen"
SEEN_OF = "SELECT seen FROM schedule_seen WHERE season = ? AND round = ?"
SAVE_SEEN = """
INSERT INTO schedule_seen (season, round, seen) VALUES (?, ?, ?)
ON CONFLICT (season, round) DO UPDATE SET seen = excluded.seen
"""
LOAD_CHANGES = "SELECT * FROM schedule_changes WHERE noticed_at > ? ORDER BY id"
SAVE_CHANGE = """
INSERT INTO schedule_changes (season, round, before, after, noticed_at) VALUES (?, ?, ?, ?, ?)
"""


@dataclass(frozen=True, slots=True)
class Planned:
    """How many rows a planning added, moved and cancelled; ``more`` says that it may not have added all yet."""

    added: int
    moved: int
    cancelled: int
    more: bool = False


async def apply(
    connection: aiosqlite.Connection,
    slots: Iterable[Slot],
    now: datetime,
    most: int = AT_ONCE,
    *,
    since: int | None = None,
) -> Planned:
    """Brings what is pending in step with these slots and everybody's wishes; twice is once.

    Args:
        connection: the writer, within a transaction.
        slots: all that falls due for anybody; what is not among them is not wanted any more.
        now: the moment; slots that are of no use any more are passed over.
        most: how many rows are added at most.
        since: an edition of the settings by which all was planned with these very slots: only targets that changed
            after it are looked at, since what one is owed depends on no other.
    """
    wanted, cancel, move = (
        (WANTED, CANCEL, MOVE) if since is None else (WANTED_BY_CHANGED, CANCEL_OF_CHANGED, MOVE_OF_CHANGED)
    )
    values = {"now": to_text(now), "since": since}
    for clearing in CLEAR:
        await connection.execute(clearing)
    await connection.execute(SLOTS)
    await connection.executemany(FILL, [_values(slot) for slot in slots if slot.until > now])
    await connection.execute(UNFOLLOWED)
    await connection.execute(wanted, values)
    await connection.execute(WANTED_INDEX)
    cancelled = await connection.execute(cancel, values)
    moved = await connection.execute(move, values)
    added = await connection.execute(ADD, (most,))
    for clearing in CLEAR:
        await connection.execute(clearing)
    return Planned(added.rowcount, moved.rowcount, cancelled.rowcount, added.rowcount == most)


async def load_seen(connection: aiosqlite.Connection) -> dict[tuple[int, int], Seen]:
    """Each race as it was last seen, by season and round."""
    rows = await connection.execute_fetchall(LOAD_SEEN)
    return {(row["season"], row["round"]): _seen(row["seen"]) for row in rows}


async def seen_of(store: Store, season: int, number: int) -> Seen | None:
    """One race as it was last seen; None if it never was."""
    rows = await store.fetch(SEEN_OF, (season, number))
    return _seen(rows[0]["seen"]) if rows else None


async def save_seen(connection: aiosqlite.Connection, seen: Mapping[tuple[int, int], Seen]) -> None:
    await connection.executemany(SAVE_SEEN, [(*race, _text(each)) for race, each in seen.items()])


async def load_changes(connection: aiosqlite.Connection, since: datetime) -> list[Change]:
    """The changes noticed since a moment, in order."""
    rows = await connection.execute_fetchall(LOAD_CHANGES, (to_text(since),))
    return [
        Change(
            row["id"],
            row["season"],
            row["round"],
            _seen(row["before"]),
            _seen(row["after"]),
            datetime.fromisoformat(row["noticed_at"]),
        )
        for row in rows
    ]


async def save_changes(
    connection: aiosqlite.Connection, changes: Sequence[tuple[int, int, Seen, Seen]], now: datetime
) -> None:
    """Writes down changes of (season, round), from what was seen before to what is seen now."""
    for season, number, before, after in changes:
        await connection.execute(SAVE_CHANGE, (season, number, _text(before), _text(after), to_text(now)))


def _values(slot: Slot) -> tuple[Any, ...]:
    return (
        slot.kind,
        slot.season,
        slot.round,
        slot.session,
        slot.lead,
        to_text(slot.event_at),
        to_text(slot.due_at),
        to_text(slot.until),
        json.dumps(dict(slot.detail), sort_keys=True),
        slot.newcomers,
        slot.followers,
        slot.after,
        to_text(slot.event_at - SAME),
        to_text(slot.event_at + SAME),
    )


def _text(seen: Seen) -> str:
    return json.dumps(
        {
            "day": seen.day.isoformat(),
            "start": to_text(seen.start),
            "coverage": to_text(seen.coverage),
            "status": seen.status,
            "put_off": to_text(seen.put_off),
        },
        sort_keys=True,
    )


def _seen(text: str) -> Seen:
    held = json.loads(text)
    return Seen(
        date.fromisoformat(held["day"]),
        from_text(held["start"]),
        from_text(held["coverage"]),
        RaceStatus(held["status"]),
        from_text(held["put_off"]),
    )
