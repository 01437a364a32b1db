"""Planning in the store: what is planned is joined with who subscribes to it, and the outbox is updated to match."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import aiosqlite

from db.connection import Store
from db.models import RaceStatus
from db.reminders.models import RACE_DAY, SAME, PlannedNotification, ScheduleChange, SeenRace
from db.timestamps import day_from_text, from_text, to_text

Connection = aiosqlite.Connection

TARGETS_AT_ONCE = 200
"""For how many targets the outbox is brought in step in one transaction, so that nobody else who writes waits for
long."""

ALL_TARGETS = "SELECT id FROM reminder_targets ORDER BY id"
CHANGED_TARGETS = """
SELECT id FROM reminder_targets INDEXED BY reminder_targets_changed WHERE changed > ? ORDER BY id
"""
TARGETS_OF_KINDS = """
SELECT DISTINCT target_id AS id FROM reminder_wishes WHERE kind IN (SELECT value FROM json_each(?)) ORDER BY id
"""
CREATE_PLANNED = """
CREATE TEMP TABLE planned (
    kind TEXT, subject INTEGER, season INTEGER, round INTEGER, session TEXT, lead INTEGER, event_at TEXT, due_at TEXT,
    until TEXT, detail TEXT, newcomers INTEGER, followers INTEGER, after INTEGER, event_from TEXT, event_to TEXT
)
"""
FILL_PLANNED = f"INSERT INTO temp.planned VALUES ({', '.join('?' * 15)})"  # noqa: S608 - question marks
# Events for followers concern few races; the others are dropped before the costly join.
UNFOLLOWED = """
DELETE FROM temp.planned WHERE followers AND kind = 'event' AND NOT EXISTS (
    SELECT 1 FROM outbox o WHERE o.kind = 'event' AND o.subject = planned.subject)
"""
# What each target is to get and has not had yet. This is where "exactly once" is decided:
# - A reminder was had if one for about the same moment is done or claimed, whatever its outcome.
# - A schedule change is reported to a target from the first change on that it has not heard of.
# - Of every other kind the latest row that is done or claimed counts, not any earlier one: a message that was updated
#   may have to go back to what it said before. One that was given up while a change of its message had no answer counts
#   as well, and leaves unknown what stands there. The standings also have to be in the channel that is set now, and
#   whichever race they were of before, they are one message; for a scheduled event the removal (another session) counts
#   as well.
#   Results and a recap without a version were posted by an earlier release, and stay as they are. What was too
#   late for a message of its own may still correct one.
# - A post of a race under way is known by its kind and a number that it gets when it is first seen, from its lap
#   (bot/notifications/race_day_log.py); its moment is corrected by NASCAR's documents. It was had if its row
#   is done, claimed or in doubt, whatever was learned of it since; and what happened before it was asked for is not
#   told, though it was seen later.
# - A race's thread was opened, or put away, if that is done for about the same moment in the channel that is set now.
#   One that is open stays the race's thread when the race is moved.
# - A quote of the day was had if any row of that day is done, claimed or in doubt, at whatever hour it was due.
# CROSS JOIN forces SQLite to begin with the targets, which are a few of perhaps ten thousand.
WANTED = """
CREATE TEMP TABLE wanted AS
SELECT w.target_id, s.kind, s.subject, s.season, s.round, s.session, s.lead, s.event_at, s.detail,
       s.event_from, s.event_to,
       CASE WHEN w.delay = 0 OR s.kind NOT IN ('live', 'board', 'thread') THEN s.until
            ELSE strftime('%Y-%m-%dT%H:%M:%SZ', s.until, '+' || w.delay || ' seconds') END AS until,
       CASE w.delay WHEN 0 THEN s.due_at
            ELSE strftime('%Y-%m-%dT%H:%M:%SZ', s.due_at, '+' || w.delay || ' seconds') END AS owed_at
  FROM json_each(:targets) one
  CROSS JOIN reminder_targets t ON t.id = one.value
  CROSS JOIN reminder_wishes w ON w.target_id = t.id
  CROSS JOIN temp.planned s
    ON w.kind = s.kind AND w.session = s.session AND (w.lead = s.lead OR s.kind NOT IN ('reminder', 'thread'))
 WHERE (s.newcomers OR iif(s.kind = 'live', s.event_at, s.due_at) >= w.since)
   AND (s.kind NOT IN ('live', 'board', 'thread')
        OR strftime('%Y-%m-%dT%H:%M:%SZ', s.until, '+' || w.delay || ' seconds') > :now)
   AND (NOT s.followers OR EXISTS (
       SELECT 1 FROM outbox o WHERE o.target_id = w.target_id AND o.kind = s.kind AND o.subject = s.subject
          AND (o.tried_at IS NOT NULL OR o.state = 'sent')))
   AND CASE s.kind
       WHEN 'reminder' THEN NOT EXISTS (
           SELECT 1 FROM outbox o WHERE o.target_id = w.target_id AND o.kind = s.kind AND o.subject = s.subject
              AND o.session = s.session AND o.lead = s.lead
              AND (o.state IN ('claimed', 'sent', 'failed', 'expired')
                  OR (o.state = 'cancelled' AND o.tried_at IS NOT NULL))
              AND o.event_at > s.event_from AND o.event_at < s.event_to)
       WHEN 'change' THEN s.after = (
           SELECT min(c.id) FROM schedule_changes c
            WHERE c.race_id = s.subject AND c.noticed_at >= w.since AND c.id > coalesce((
               SELECT max(o.lead) FROM outbox o WHERE o.target_id = w.target_id AND o.kind = s.kind
                  AND o.subject = s.subject
                  AND o.state IN ('claimed', 'sent', 'failed', 'expired')), 0))
       WHEN 'quote' THEN NOT EXISTS (
           SELECT 1 FROM outbox o WHERE o.target_id = w.target_id AND o.kind = s.kind AND o.subject = s.subject
              AND (o.state IN ('claimed', 'sent', 'failed', 'expired') OR o.tried_at IS NOT NULL))
       WHEN 'live' THEN NOT EXISTS (
           SELECT 1 FROM outbox o WHERE o.target_id = w.target_id AND o.kind = s.kind AND o.subject = s.subject
              AND o.session = s.session AND o.lead = s.lead
              AND (o.state IN ('claimed', 'sent', 'failed', 'expired') OR o.tried_at IS NOT NULL))
       WHEN 'thread' THEN NOT EXISTS (
           SELECT 1 FROM outbox o WHERE o.target_id = w.target_id AND o.kind = s.kind AND o.subject = s.subject
              AND o.session = s.session
              AND (o.state = 'claimed' OR (o.state = 'pending' AND o.tried_at IS NOT NULL AND o.lead <> s.lead)
                  OR (o.state IN ('sent', 'failed', 'expired') AND coalesce(o.channel_id, t.channel_id) IS t.channel_id
                      AND ((o.event_at > s.event_from AND o.event_at < s.event_to)
                          OR (o.session = 'opened' AND o.message_id IS NOT NULL AND NOT EXISTS (
                              SELECT 1 FROM outbox a WHERE a.target_id = o.target_id AND a.kind = o.kind
                                 AND a.subject = o.subject AND a.session = 'archived' AND a.state = 'sent'
                                 AND a.message_id = o.message_id))))))
       WHEN 'standings' THEN NOT coalesce((
           SELECT o.state NOT IN ('pending', 'cancelled') AND o.lead = s.lead
                  AND o.event_at > s.event_from AND o.event_at < s.event_to AND o.channel_id IS t.channel_id
             FROM outbox o
            WHERE o.target_id = w.target_id AND o.kind = s.kind
              AND (o.state IN ('claimed', 'sent', 'failed', 'expired') OR o.unanswered_at IS NOT NULL)
            ORDER BY o.id DESC LIMIT 1), 0)
       ELSE NOT coalesce((
           SELECT o.state NOT IN ('pending', 'cancelled')
                  AND (o.lead = s.lead OR (o.lead = 0 AND s.kind IN ('results', 'recap')))
                  AND o.event_at > s.event_from AND o.event_at < s.event_to
                  AND (o.state <> 'expired' OR o.until >= s.until OR s.kind NOT IN ('results', 'recap'))
             FROM outbox o
            WHERE o.target_id = w.target_id AND o.kind = s.kind AND o.subject = s.subject
              AND (o.session = s.session OR s.kind = 'event')
              AND (o.state IN ('claimed', 'sent', 'failed', 'expired') OR o.unanswered_at IS NOT NULL)
            ORDER BY o.id DESC LIMIT 1), 0)
       END
"""
WANTED_INDEX = "CREATE INDEX temp.wanted_by ON wanted (target_id, kind, subject, session, lead)"
_WHOSE = "outbox.target_id IN (SELECT value FROM json_each(:targets))"
_THE_SAME = """m.target_id = outbox.target_id AND m.kind = outbox.kind AND m.subject = outbox.subject
       AND m.session = outbox.session AND m.lead = outbox.lead"""
# A row that may have arrived is looked for by its moment: it can be kept or cancelled, but not moved. What is too late
# is left to EXPIRE, and what tells of a trouble is not planned. What is edited later and was tried must be reconciled,
# or nobody knows which message to edit next; so must an event's: if it took effect, the event is not as the last row
# that was sent says.
CANCEL = f"""
UPDATE outbox INDEXED BY outbox_of_target SET state = 'cancelled', reason = 'no longer planned', retry_at = NULL
 WHERE {_WHOSE} AND state = 'pending' AND until > :now
   AND kind <> 'trouble' AND (kind NOT IN ('standings', 'results', 'recap', 'quote', 'event', 'live', 'thread', 'board')
        OR tried_at IS NULL)
   AND NOT EXISTS (
    SELECT 1 FROM temp.wanted m WHERE {_THE_SAME}
       AND (outbox.tried_at IS NULL OR (outbox.event_at > m.event_from AND outbox.event_at < m.event_to)))
"""  # noqa: S608 - words of this module
MOVE = f"""
UPDATE outbox INDEXED BY outbox_of_target
   SET event_at = m.event_at, due_at = m.owed_at, until = m.until, detail = m.detail
  FROM temp.wanted m WHERE {_WHOSE} AND outbox.state = 'pending' AND outbox.tried_at IS NULL AND {_THE_SAME}
   AND (m.event_at <> outbox.event_at OR m.owed_at <> outbox.due_at OR m.until <> outbox.until
        OR m.detail <> outbox.detail)
"""  # noqa: S608 - words of this module
# What is due to a place that takes nothing waits until that is tried again.
# A row that is claimed for another moment blocks the new one until the next planning, which sees what became of it.
ADD = """
INSERT INTO outbox (target_id, kind, subject, season, round, session, lead, event_at, due_at, until, detail, retry_at)
SELECT target_id, kind, subject, season, round, session, lead, event_at, owed_at, until, detail,
       CASE WHEN kind <> 'event' THEN (
           SELECT t.try_again_at FROM reminder_targets t WHERE t.id = m.target_id AND t.try_again_at > m.owed_at) END
  FROM temp.wanted m
 WHERE NOT EXISTS (
    SELECT 1 FROM outbox o WHERE o.target_id = m.target_id AND o.kind = m.kind AND o.subject = m.subject
       AND o.session = m.session AND o.lead = m.lead AND o.state IN ('pending', 'claimed'))
 ORDER BY owed_at, until, target_id
"""
CLEAR = ("DROP TABLE IF EXISTS temp.planned", "DROP TABLE IF EXISTS temp.wanted")

LONGEST_WAIT = """
SELECT coalesce(max(delay), 0) AS seconds FROM reminder_wishes WHERE target_id IN (SELECT value FROM json_each(?))
   AND kind IN ('live', 'board', 'thread')
"""
LOAD_SEEN = "SELECT race_id, seen FROM schedule_seen"
SEEN_OF = "SELECT seen FROM schedule_seen WHERE race_id = ?"
SAVE_SEEN = """
INSERT INTO schedule_seen (race_id, seen) VALUES (?, ?) ON CONFLICT (race_id) DO UPDATE SET seen = excluded.seen
"""
LOAD_CHANGES = "SELECT * FROM schedule_changes WHERE noticed_at > ? ORDER BY id"
SAVE_CHANGE = "INSERT INTO schedule_changes (race_id, before, after, noticed_at) VALUES (?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class PlanCounts:
    """How many rows a planning added, moved and cancelled."""

    added: int = 0
    moved: int = 0
    cancelled: int = 0

    def __add__(self, other: PlanCounts) -> PlanCounts:
        return PlanCounts(self.added + other.added, self.moved + other.moved, self.cancelled + other.cancelled)


async def targets_to_plan(
    store: Store, since: int | None = None, kinds: Iterable[str] | None = None
) -> list[list[int]]:
    """The ids of the targets whose rows are to be brought in step, as many together as one transaction should take.

    Args:
        store: the store.
        since: a version of the settings with which exactly the same plan was applied: only targets that changed after
            it, since what one target gets depends on no other.
        kinds: the kinds in which the plan is another one than was applied: only targets that subscribe to one of them.
            Who no longer does has changed since, and was brought in step then.
    """
    if kinds is not None:
        rows = await store.fetch(TARGETS_OF_KINDS, (json.dumps(sorted(kinds)),))
    else:
        rows = await store.fetch(ALL_TARGETS) if since is None else await store.fetch(CHANGED_TARGETS, (since,))
    ids = [row["id"] for row in rows]
    return [ids[first : first + TARGETS_AT_ONCE] for first in range(0, len(ids), TARGETS_AT_ONCE)]


async def apply(
    connection: aiosqlite.Connection,
    planned: Iterable[PlannedNotification],
    now: datetime,
    targets: Sequence[int],
) -> PlanCounts:
    """Updates the pending rows of targets to match the plan and their subscriptions; doing it twice changes nothing.

    Args:
        connection: the writer, inside a transaction.
        planned: everything to be sent to anybody; pending rows that are not among it are cancelled.
        now: the current moment; what is of no use any more is passed over.
        targets: the ids of those whose rows are updated.
    """
    values = {"now": to_text(now), "targets": json.dumps(targets)}
    for clearing in CLEAR:
        await connection.execute(clearing)
    await connection.execute(CREATE_PLANNED)
    # The posts of a race stay planned for a day, for who sees it that late: mostly nobody among these does.
    (longest,) = await connection.execute_fetchall(LONGEST_WAIT, (values["targets"],))
    behind = timedelta(seconds=longest["seconds"])
    useful = [each for each in planned if now < each.until + (behind if each.kind in RACE_DAY else timedelta(0))]
    await connection.executemany(FILL_PLANNED, [_values(each) for each in useful])
    await connection.execute(UNFOLLOWED)
    await connection.execute(WANTED, values)
    await connection.execute(WANTED_INDEX)
    cancelled = await connection.execute(CANCEL, values)
    moved = await connection.execute(MOVE, values)
    added = await connection.execute(ADD)
    for clearing in CLEAR:
        await connection.execute(clearing)
    return PlanCounts(added.rowcount, moved.rowcount, cancelled.rowcount)


async def load_seen(connection: aiosqlite.Connection) -> dict[int, SeenRace]:
    """Each race as it was last seen, by its id."""
    rows = await connection.execute_fetchall(LOAD_SEEN)
    return {row["race_id"]: _seen(row["seen"]) for row in rows}


async def seen_of(store: Store, race: int) -> SeenRace | None:
    """A race, by its id, as it was last seen; None if it never was."""
    rows = await store.fetch(SEEN_OF, (race,))
    return _seen(rows[0]["seen"]) if rows else None


async def save_seen(connection: aiosqlite.Connection, seen: Mapping[int, SeenRace]) -> None:
    """Stores races as they are seen now, by id."""
    await connection.executemany(SAVE_SEEN, [(race, _text(each)) for race, each in seen.items()])


async def load_changes(connection: aiosqlite.Connection, since: datetime) -> list[ScheduleChange]:
    """The changes noticed since a moment, in order."""
    rows = await connection.execute_fetchall(LOAD_CHANGES, (to_text(since),))
    return [
        ScheduleChange(
            row["id"],
            row["race_id"],
            _seen(row["before"]),
            _seen(row["after"]),
            datetime.fromisoformat(row["noticed_at"]),
        )
        for row in rows
    ]


async def save_changes(
    connection: aiosqlite.Connection, changes: Sequence[tuple[int, SeenRace, SeenRace]], now: datetime
) -> None:
    """Stores changes, each as (race's id, what was seen before, what is seen now)."""
    for race, before, after in changes:
        await connection.execute(SAVE_CHANGE, (race, _text(before), _text(after), to_text(now)))


def _values(planned: PlannedNotification) -> tuple[Any, ...]:
    return (
        planned.kind,
        planned.subject,
        planned.season,
        planned.round,
        planned.session,
        planned.lead,
        to_text(planned.event_at),
        to_text(planned.due_at),
        to_text(planned.until),
        json.dumps(dict(planned.detail), sort_keys=True),
        planned.newcomers,
        planned.followers,
        planned.after,
        to_text(planned.event_at - SAME),
        to_text(planned.event_at + SAME),
    )


def _text(seen: SeenRace) -> str:
    return json.dumps(
        {
            "day": seen.day.isoformat(),
            "start": to_text(seen.start),
            "coverage": to_text(seen.coverage),
            "status": seen.status,
            "put_off": to_text(seen.put_off),
            "put_off_start": to_text(seen.put_off_start),
            "put_off_day": seen.put_off_day.isoformat() if seen.put_off_day else None,
        },
        sort_keys=True,
    )


def _seen(text: str) -> SeenRace:
    stored = json.loads(text)
    return SeenRace(
        date.fromisoformat(stored["day"]),
        from_text(stored["start"]),
        from_text(stored["coverage"]),
        RaceStatus(stored["status"]),
        from_text(stored["put_off"]),
        # Older versions knew these not.
        from_text(stored.get("put_off_start")),
        day_from_text(stored.get("put_off_day")),
    )
