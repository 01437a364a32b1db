"""The outbox in the store: rows are claimed, sent, and get an outcome; claims of runs that died are found again."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

import aiosqlite

from db.connection import Store
from db.reminders.models import Notification, NotificationKind, OutboxRow, RowState, Target
from db.reminders.overtaken import OVERTAKE
from db.reminders.targets import by_ids, switch_off_within
from db.reminders.trouble import over_within, refused_within
from db.timestamps import from_text, to_text

LOOK_AGAIN_AFTER = timedelta(minutes=2)
"""How long after a message was sent more than once its channel is looked at for a second one: by then every request has
arrived or never will."""

# A row that may have arrived is reconciled, useful or not; the others are simply too late. A reminder that is too late
# before its event is one of a race that was over by then, by results that may be taken back: it is not done for good.
EXPIRE = """
UPDATE outbox SET reason = 'too late to be of use', retry_at = NULL,
    state = CASE WHEN kind = 'reminder' AND until < event_at THEN 'cancelled' ELSE 'expired' END
 WHERE state = 'pending' AND tried_at IS NULL AND due_at <= :now AND until <= :now
"""
TOO_LATE = """
SELECT EXISTS (SELECT 1 FROM outbox WHERE state = 'pending' AND tried_at IS NULL AND due_at <= :now AND until <= :now)
"""
# Several leads of one event may be overdue at once, as after an outage, or one so late that the next one is nearer than
# its own moment: then the later one suffices. So it does where it is out already, by a clock that was ahead, unless the
# moment of the earlier one has only just come again. It must be of the same event, not of one that the race was moved
# from.
SUPERSEDED = """
UPDATE outbox SET state = 'expired', reason = 'superseded by a later reminder', retry_at = NULL
 WHERE kind = 'reminder' AND due_at <= :now AND EXISTS (
    SELECT 1 FROM outbox later WHERE later.target_id = outbox.target_id AND later.kind = 'reminder'
       AND later.subject = outbox.subject AND later.session = outbox.session
       AND abs(strftime('%s', later.event_at) - strftime('%s', outbox.event_at)) < 600
       AND later.due_at > outbox.due_at
       AND later.state IN ('pending', 'claimed', 'sent')
       AND (strftime('%s', later.due_at) + strftime('%s', outbox.due_at) <= 2 * strftime('%s', :now)
           OR (later.state = 'sent' AND strftime('%s', :now) - strftime('%s', outbox.due_at) > 120)))
"""
SUPERSEDE = f"{SUPERSEDED} AND state = 'pending' AND tried_at IS NULL"
# A row that is tried again may be superseded by a later one that is out, or on its way.
SUPERSEDE_CLAIMED = f"""
{SUPERSEDED} AND state = 'claimed' AND NOT doubt AND id IN (SELECT value FROM json_each(:ids)) RETURNING id
"""  # noqa: S608 - words of this module
# What tells how a race goes never goes out early, not even the first of many: somebody is that far behind the race.
_NOT_EARLY = "(due_at <= :now OR kind NOT IN ('live', 'board', 'thread', 'results', 'recap', 'standings'))"
COMING = f"""
SELECT due_at, sum(retry_at IS NULL OR retry_at <= :now) AS many FROM outbox WHERE state = 'pending'
   AND due_at <= :until AND {_NOT_EARLY} GROUP BY due_at ORDER BY due_at
"""  # noqa: S608 - words of this module
CLAIM = f"""
UPDATE outbox SET state = 'claimed', claimed_by = :run, claimed_at = :now, doubt = tried_at IS NOT NULL,
    attempts = attempts + 1, retry_at = NULL
 WHERE state = 'pending' AND id IN (
    SELECT id FROM outbox WHERE state = 'pending' AND due_at <= :horizon AND (retry_at IS NULL OR retry_at <= :now)
       AND id NOT IN (SELECT value FROM json_each(:busy)) AND {_NOT_EARLY}
     ORDER BY kind NOT IN ('reminder', 'change'), until, due_at, id LIMIT :most)
RETURNING *
"""  # noqa: S608 - words of this module
ABANDONED = """
SELECT id FROM outbox WHERE state = 'claimed' AND (claimed_at <= :before OR claimed_at > :ahead OR
    (:others AND claimed_by <> :run)) AND id NOT IN (SELECT value FROM json_each(:busy)) ORDER BY until, id LIMIT :most
"""
RECLAIM = f"""
UPDATE outbox SET claimed_by = :run, claimed_at = :now, doubt = tried_at IS NOT NULL, attempts = attempts + 1
 WHERE id IN ({ABANDONED}) RETURNING *
"""  # noqa: S608 - words of this module
# The moment of a request, which is committed before it leaves: from then on it may have arrived. Once there were two, a
# second message is looked for, whatever becomes of the row until then.
MARK = """
UPDATE outbox SET tried_at = coalesce(tried_at, :now), last_tried_at = :now, tries = tries + 1,
    channel_id = coalesce(:channel, channel_id),
    look_again_at = CASE WHEN tries > 0 AND kind NOT IN ('event', 'thread') THEN :look_again_at END
 WHERE id = :id AND state = 'claimed' AND claimed_by = :run
"""
# The same of a change of a message: from then on nobody knows what it says, until there is an answer.
MARK_CHANGE = """
UPDATE outbox SET unanswered_at = :now WHERE id = :id AND state = 'claimed' AND claimed_by = :run
"""
OURS = """
SELECT id FROM outbox WHERE id IN (SELECT value FROM json_each(:ids)) AND state = 'claimed' AND claimed_by = :run
"""
RECORD = """
UPDATE outbox SET state = :state, sent_at = CASE WHEN :state = 'sent' THEN :at END, message_id = :message,
    channel_id = coalesce(:channel, channel_id), reason = :reason, retry_at = :retry_at,
    tried_at = CASE WHEN :doubt THEN tried_at END, last_tried_at = CASE WHEN :doubt THEN last_tried_at END,
    tries = CASE WHEN :doubt THEN tries ELSE 0 END,
    look_again_at = CASE WHEN :doubt AND tries > 1 AND kind NOT IN ('event', 'thread') THEN :look_again_at END,
    unanswered_at = CASE WHEN :changed THEN :unanswered_at ELSE unanswered_at END
 WHERE id = :id AND state = 'claimed' AND claimed_by = :run
"""
# What a clock that was ahead wrote down, or one not set back yet, is not waited for; what was too late by it, or so
# late that a later reminder was nearer, may be planned again, and is weighed anew.
FORGET_WAITS = (
    """UPDATE outbox SET state = 'cancelled' WHERE state = 'expired' AND until > :now AND tried_at IS NULL
        AND reason IN ('too late to be of use', 'superseded by a later reminder', 'overtaken by what came after it')""",
    "UPDATE outbox SET retry_at = NULL WHERE state = 'pending' AND retry_at > :now",
    "UPDATE reminder_targets SET try_again_at = :now WHERE try_again_at > :now",
    "UPDATE outbox SET look_again_at = :soon WHERE look_again_at > :soon",
)
UPCOMING = """
SELECT * FROM outbox WHERE target_id = ? AND state IN ('pending', 'claimed') ORDER BY due_at, id LIMIT ?
"""
RECENT = """
SELECT * FROM outbox WHERE target_id = ? AND state IN ('sent', 'failed', 'expired')
 ORDER BY coalesce(sent_at, tried_at, due_at) DESC, id DESC LIMIT ?
"""
LAST_CLAIM = "SELECT max(claimed_at) AS at FROM outbox"
PLACE = "SELECT coalesce('g' || guild_id, 'u' || user_id) AS place FROM reminder_targets WHERE id = ?"


@dataclass(frozen=True, slots=True)
class ClaimedRow:
    """A row that was claimed, and its target; ``doubt`` says that an earlier attempt may have arrived."""

    row: OutboxRow
    target: Target
    doubt: bool


@dataclass(frozen=True, slots=True)
class DeliveryOutcome:
    """What became of a claimed row.

    PENDING gives it back, to be tried again from ``retry_at`` on; ``doubt`` says that it may have arrived nevertheless.
    ``switch_off`` is the id of a target that is gone, for ``reason``, ``refused`` that of one that takes nothing now;
    neither counts if its server chose another channel than ``tried`` since. ``recovered`` is that of one that takes
    messages again. ``changed`` says that a change of its message left, and that ``unanswered_at`` is when the
    last one was under way that has had no answer, None if there is none.
    """

    id: int
    state: RowState
    message: int | None = None
    channel: int | None = None
    reason: str | None = None
    at: datetime | None = None
    retry_at: datetime | None = None
    doubt: bool = False
    switch_off: int | None = None
    refused: int | None = None
    recovered: int | None = None
    tried: int | None = None
    changed: bool = False
    unanswered_at: datetime | None = None


async def upcoming(store: Store, target: int, limit: int = 5) -> tuple[OutboxRow, ...]:
    """What is planned for a target, soonest first."""
    return await rows_of(store, target, UPCOMING, (target, limit))


async def recent(store: Store, target: int, limit: int = 5) -> tuple[OutboxRow, ...]:
    """What was delivered to a target last, or why it was not, newest first."""
    return await rows_of(store, target, RECENT, (target, limit))


async def coming(store: Store, now: datetime, until: datetime) -> list[tuple[datetime, int]]:
    """How many rows can be claimed now by due moment, up to ``until``, overdue ones included, soonest first.

    A moment with 0 has only rows that are to be tried again later.
    """
    rows = await store.fetch(COMING, {"now": to_text(now), "until": to_text(until)})
    return [(datetime.fromisoformat(row["due_at"]), row["many"]) for row in rows]


async def last_claim(store: Store) -> datetime | None:
    """When any run last claimed a row: the last sign of a run that was sending."""
    rows = await store.fetch(LAST_CLAIM)
    return from_text(rows[0]["at"])


async def expire(store: Store, now: datetime) -> None:
    """Gives up what is too late to be of use."""
    values = {"now": to_text(now)}
    if (await store.fetch(TOO_LATE, values))[0][0]:
        async with store.write() as connection:
            await connection.execute(EXPIRE, values)


async def supersede(store: Store, now: datetime) -> None:
    """Gives up what is overdue together with what makes it stale: a later reminder of the event, or news of a race."""
    async with store.write() as connection:
        await connection.execute(SUPERSEDE, {"now": to_text(now)})
        await connection.execute(OVERTAKE, {"now": to_text(now)})


async def claim(
    store: Store, run: str, now: datetime, horizon: datetime, most: int, busy: Sequence[int] = ()
) -> list[ClaimedRow]:
    """Claims the rows that are due by ``horizon``; the claim is committed when this returns.

    Reminders and schedule changes come first, then the nearest deadline. Reminders that are overdue together with a
    later one of the same event are given up instead.

    Args:
        store: a writable store.
        run: the id of the run that claims.
        now: the current moment.
        horizon: rows due up to then are claimed.
        most: how many rows at most.
        busy: ids of rows that this run is delivering already.
    """
    values = {
        "run": run,
        "now": to_text(now),
        "horizon": to_text(horizon),
        "most": most,
        "busy": json.dumps(busy),
    }
    async with store.write() as connection:
        rows = list(await connection.execute_fetchall(CLAIM, values))
        return await _claimed_rows(connection, await _without_superseded(connection, rows, now))


async def reclaim(
    store: Store, run: str, now: datetime, busy: Sequence[int], most: int, *, patience: timedelta, first: bool
) -> list[ClaimedRow]:
    """Claims again what was claimed and never got an outcome.

    Args:
        store: a writable store.
        run: the id of the run that claims.
        now: the current moment.
        busy: ids of rows that this run is delivering already.
        most: how many rows at most.
        patience: how old a claim must be or, after the clock was set back, how far in the future.
        first: this run has just begun, so that every other run's claim is that of a dead one.
    """
    values = {
        "run": run,
        "now": to_text(now),
        "before": to_text(now - patience),
        "ahead": to_text(now + patience),
        "others": first,
        "busy": json.dumps(busy),
        "most": most,
    }
    if not await store.fetch(ABANDONED, values):
        return []
    async with store.write() as connection:
        rows = list(await connection.execute_fetchall(RECLAIM, values))
        return await _claimed_rows(connection, await _without_superseded(connection, rows, now))


async def write_ledger(
    store: Store,
    run: str,
    now: datetime,
    marks: Sequence[tuple[int, int | None]],
    outcomes: Iterable[DeliveryOutcome],
    changes: Sequence[int] = (),
) -> set[int]:
    """Writes down that requests leave and what became of earlier ones, in one transaction; other runs' rows are left.

    Args:
        store: a writable store.
        run: the id of the run that has claimed the rows.
        now: the moment at which the requests leave.
        marks: rows whose request leaves now, with the channel it goes to.
        outcomes: what became of rows.
        changes: rows of which a change of their message leaves now.

    Returns:
        Those of the marked rows that this run has claimed.
    """
    ours = set()
    outcomes = list(outcomes)
    # In few statements: each is a way to the connection's thread and back, and every one of them may take a while.
    async with store.write() as connection:
        moment = {"now": to_text(now), "look_again_at": to_text(now + LOOK_AGAIN_AFTER), "run": run}
        if marks:
            await connection.executemany(MARK, [{"id": row, "channel": channel, **moment} for row, channel in marks])
        if changes:
            await connection.executemany(MARK_CHANGE, [{"id": row, **moment} for row in changes])
        if marks or changes:
            marked = {"ids": json.dumps([*(row for row, _ in marks), *changes]), "run": run}
            ours = {row["id"] for row in await connection.execute_fetchall(OURS, marked)}
        if outcomes:
            await connection.executemany(RECORD, [_outcome_values(run, each, now) for each in outcomes])
        for each in outcomes:
            await _keep_places(connection, each, now)
    return ours


async def _keep_places(connection: aiosqlite.Connection, outcome: DeliveryOutcome, now: datetime) -> None:
    """Notes what an outcome says of the place it was for."""
    gone, reason, tried = outcome.switch_off, outcome.reason or "", outcome.tried
    if outcome.refused is not None and await refused_within(
        connection, outcome.refused, outcome.id, reason, now, tried=tried
    ):
        gone = outcome.refused
    if gone is not None:
        await switch_off_within(connection, gone, outcome.reason, tried=tried)
    if outcome.recovered is not None:
        await over_within(connection, outcome.recovered)


async def forget_waits(store: Store, now: datetime) -> None:
    """Has everything tried again at once that waits for a later moment, since the clock does not say what it said."""
    async with store.write() as connection:
        for statement in FORGET_WAITS:
            await connection.execute(statement, {"now": to_text(now), "soon": to_text(now + LOOK_AGAIN_AFTER)})


async def rows_of(store: Store, target: int, sql: str, values: Any) -> tuple[OutboxRow, ...]:
    """The rows of a target that a statement selects."""
    rows = await store.fetch(sql, values)
    places = await store.fetch(PLACE, (target,)) if rows else []
    return tuple(as_row(row, places[0]["place"]) for row in rows) if places else ()


async def _without_superseded(
    connection: aiosqlite.Connection, rows: Sequence[sqlite3.Row], now: datetime
) -> list[sqlite3.Row]:
    """The claimed rows without those that give way to a later reminder, which are given up."""
    claimed = {"now": to_text(now), "ids": json.dumps([row["id"] for row in rows])}
    late = {row["id"] for row in await connection.execute_fetchall(SUPERSEDE_CLAIMED, claimed)}
    return [row for row in rows if row["id"] not in late]


async def _claimed_rows(connection: aiosqlite.Connection, rows: Iterable[sqlite3.Row]) -> list[ClaimedRow]:
    """The rows with their targets, nearest deadline first."""
    rows = list(rows)
    targets = await by_ids(connection, (row["target_id"] for row in rows))
    claimed = [
        ClaimedRow(as_row(row, targets[row["target_id"]].place), targets[row["target_id"]], bool(row["doubt"]))
        for row in rows
    ]
    return sorted(claimed, key=lambda each: (each.row.notification.until, each.row.notification.due_at, each.row.id))


def _outcome_values(run: str, each: DeliveryOutcome, now: datetime) -> dict[str, object]:
    return {
        "look_again_at": to_text(now + LOOK_AGAIN_AFTER),
        "run": run,
        "id": each.id,
        "state": each.state,
        "at": to_text(each.at),
        "message": each.message,
        "channel": each.channel,
        "reason": each.reason,
        "retry_at": to_text(each.retry_at),
        "changed": each.changed,
        "unanswered_at": to_text(each.unanswered_at),
        # A row that is done keeps the moment at which it was tried; one that certainly did not arrive forgets it.
        "doubt": each.doubt or each.state is not RowState.PENDING,
    }


def as_row(row: sqlite3.Row, place: str) -> OutboxRow:
    """A row of ``outbox``."""
    notification = Notification(
        target=row["target_id"],
        kind=NotificationKind(row["kind"]),
        season=row["season"],
        round=row["round"],
        session=row["session"],
        lead=row["lead"],
        event_at=datetime.fromisoformat(row["event_at"]),
        due_at=datetime.fromisoformat(row["due_at"]),
        until=datetime.fromisoformat(row["until"]),
        detail=MappingProxyType(json.loads(row["detail"])),
        race=0 if row["kind"] in {NotificationKind.QUOTE, NotificationKind.TROUBLE} else row["subject"],
    )
    return OutboxRow(
        id=row["id"],
        notification=notification,
        place=place,
        state=RowState(row["state"]),
        tried_at=from_text(row["tried_at"]),
        last_tried_at=from_text(row["last_tried_at"]),
        tries=row["tries"],
        unanswered_at=from_text(row["unanswered_at"]),
        claimed_by=row["claimed_by"],
        claimed_at=from_text(row["claimed_at"]),
        attempts=row["attempts"],
        retry_at=from_text(row["retry_at"]),
        sent_at=from_text(row["sent_at"]),
        channel=row["channel_id"],
        message=row["message_id"],
        reason=row["reason"],
        old_round=row["old_round"],
    )
