"""Who wants which notifications: servers' channels and people, and since when each subscription exists."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import aiosqlite

from db.connection import Store
from db.reminders.models import Extras, Purpose, Target, Trouble, WeekendSession
from db.reminders.race_day import RaceDay
from db.reminders.trouble import over_within
from db.timestamps import from_text, to_text

OF_PLACE = "SELECT * FROM reminder_targets WHERE (guild_id = ? AND purpose = ?) OR user_id = ?"
BY_ID = "SELECT * FROM reminder_targets WHERE id = ?"
BY_IDS = "SELECT * FROM reminder_targets WHERE id IN (SELECT value FROM json_each(?))"
GUILDS = "SELECT guild_id FROM reminder_targets WHERE guild_id IS NOT NULL"
INSERT = """
INSERT INTO reminder_targets (guild_id, user_id, purpose, channel_id, role_id, leads, sessions, extras, is_on,
off_reason,
    since)
VALUES (:guild, :user, :purpose, :channel, :role, :leads, :sessions, :extras, :on, :off_reason, :since) RETURNING id
"""
UPDATE = """
UPDATE reminder_targets SET channel_id = :channel, role_id = :role, leads = :leads, sessions = :sessions,
    extras = :extras, is_on = :on, off_reason = :off_reason, since = :since WHERE id = :id
"""
OFF = "UPDATE reminder_targets SET is_on = 0, off_reason = ? WHERE id = ? AND is_on = 1"
ELSEWHERE = "SELECT 1 FROM reminder_targets WHERE id = ? AND guild_id IS NOT NULL AND channel_id IS NOT ?"
CHANNEL = "UPDATE reminder_targets SET channel_id = ? WHERE id = ? AND user_id IS NOT NULL"
NO_ROLE = "UPDATE reminder_targets SET role_id = NULL WHERE guild_id = ? AND role_id = ?"
DROP_SUBSCRIPTIONS = """
DELETE FROM reminder_wishes WHERE target_id = :target AND NOT EXISTS (
    SELECT 1 FROM json_each(:wanted) w WHERE json_extract(w.value, '$[0]') = kind
       AND json_extract(w.value, '$[1]') = session AND json_extract(w.value, '$[2]') = lead)
"""
# A subscription that exists keeps its age: saving one setting must not skip what is due for another.
KEEP_SUBSCRIPTIONS = """
INSERT INTO reminder_wishes (target_id, kind, session, lead, delay, since)
SELECT :target, json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
       json_extract(value, '$[3]'), :since
  FROM json_each(:wanted) WHERE true
ON CONFLICT DO UPDATE SET delay = excluded.delay
"""
CANCEL = "UPDATE outbox SET state = 'cancelled', reason = ? WHERE target_id = ? AND state = 'pending'"
SETTINGS_VERSION = "SELECT value FROM memory WHERE name = 'reminder settings'"
NEXT_VERSION = """
INSERT INTO memory (name, value) VALUES ('reminder settings', '1')
ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1
"""
CHANGED = """
UPDATE reminder_targets SET changed = (SELECT CAST(value AS INTEGER) FROM memory WHERE name = 'reminder settings')
 WHERE id = ?
"""


async def target_of(
    store: Store, *, guild: int | None = None, user: int | None = None, purpose: Purpose = Purpose.REMINDERS
) -> Target | None:
    """A server's target for a purpose, or a person's; None if there is none."""
    rows = await store.fetch(OF_PLACE, (guild, purpose, user))
    return as_target(rows[0]) if rows else None


async def delay_of(store: Store, *, guild: int | None = None, user: int | None = None) -> int:
    """By how many seconds a server, or a person, sees a race later than it runs; 0 where nothing is set, or it is off.

    What is set counts for all that tells of a race under way or just over.
    """
    if guild is None and user is None:
        return 0
    found = await target_of(store, guild=guild, user=user)
    return found.extras.delay if found is not None and found.on else 0


async def target(store: Store, number: int) -> Target | None:
    """The target with an id."""
    rows = await store.fetch(BY_ID, (number,))
    return as_target(rows[0]) if rows else None


async def guilds(store: Store) -> frozenset[int]:
    """The servers that have a target, on or off."""
    return frozenset(row["guild_id"] for row in await store.fetch(GUILDS))


async def settings_version(store: Store) -> int:
    """A number that grows whenever a target is saved or switched off, or loses its role."""
    rows = await store.fetch(SETTINGS_VERSION)
    return int(rows[0]["value"]) if rows else 0


async def save(store: Store, wanted: Target, now: datetime) -> Target:
    """Saves a target, replacing what its server or person had; returns it as saved.

    A lead or an extra that is new counts from ``now``: nothing is sent that was due before it was asked for.
    """
    async with store.write() as connection:
        return await _saved(
            connection, await _current(connection, wanted.guild, wanted.user, wanted.purpose), wanted, now
        )


async def change(
    store: Store,
    changed: Callable[[Target | None], Target | None],
    now: datetime,
    *,
    guild: int | None = None,
    user: int | None = None,
    purpose: Purpose = Purpose.REMINDERS,
) -> Target | None:
    """Changes a server's or a person's target in one transaction; returns it as it is then.

    Args:
        store: a writable store.
        changed: returns the new target for the current one (None if there is none); None changes nothing.
        now: the current moment, as for ``save``.
        guild: the server.
        user: or the person.
        purpose: which of a server's targets.
    """
    async with store.write() as connection:
        current = await _current(connection, guild, user, purpose)
        wanted = changed(current)
        return current if wanted is None or wanted == current else await _saved(connection, current, wanted, now)


async def _current(
    connection: aiosqlite.Connection, guild: int | None, user: int | None, purpose: Purpose
) -> Target | None:
    found = list(await connection.execute_fetchall(OF_PLACE, (guild, purpose, user)))
    return as_target(found[0]) if found else None


async def _saved(connection: aiosqlite.Connection, before: Target | None, wanted: Target, now: datetime) -> Target:
    leads = tuple(sorted(set(wanted.leads), reverse=True))
    saved = replace(wanted, leads=leads, since=from_text(to_text(now)))
    if before is not None:
        direct = before.channel if saved.user is not None else None
        saved = replace(saved, id=before.id, channel=saved.channel or direct)
        await connection.execute(UPDATE, _values(saved))
        if (saved.channel, saved.on) != (before.channel, before.on) or saved.trouble is None:
            # Somebody has seen to it: another channel, the same one chosen again, or on again.
            await over_within(connection, saved.id)
            saved = replace(saved, trouble=None)
    else:
        rows = list(await connection.execute_fetchall(INSERT, _values(saved)))
        saved = replace(saved, id=rows[0]["id"])
    await _keep_subscriptions(connection, saved, now)
    if not saved.on:
        await connection.execute(CANCEL, ("switched off", saved.id))
    await _plan_again(connection, saved.id)
    return saved


async def switch_off(store: Store, number: int, reason: str | None) -> None:
    """Switches a target off and cancels what is pending; the reason is shown in its settings. Off stays off."""
    async with store.write() as connection:
        await switch_off_within(connection, number, reason)


async def switch_off_within(
    connection: aiosqlite.Connection, number: int, reason: str | None, *, tried: int | None = None
) -> None:
    """As ``switch_off``, inside an open transaction; a server that has another channel than ``tried`` stays on."""
    if tried is not None and await connection.execute_fetchall(ELSEWHERE, (number, tried)):
        return
    await connection.execute(OFF, (reason, number))
    await over_within(connection, number)
    for off in (await by_ids(connection, (number,))).values():
        # One subscription remains: that scheduled events made before are removed.
        await _keep_subscriptions(connection, off, off.since)
    await connection.execute(CANCEL, (reason or "switched off", number))
    await _plan_again(connection, number)


async def _plan_again(connection: aiosqlite.Connection, number: int) -> None:
    """Marks a target as changed since the last planning."""
    await connection.execute(NEXT_VERSION)
    await connection.execute(CHANGED, (number,))


async def remember_channel(store: Store, number: int, channel: int) -> None:
    """Stores the channel of a person's direct messages."""
    async with store.write() as connection:
        await connection.execute(CHANNEL, (channel, number))


async def forget_role(store: Store, guild: int, role: int) -> None:
    """Makes a server's target that pings a role ping nobody."""
    async with store.write() as connection:
        if (await connection.execute(NO_ROLE, (guild, role))).rowcount:
            # Messages that were written already are written again; the plan stays as it is.
            await connection.execute(NEXT_VERSION)


async def by_ids(connection: aiosqlite.Connection, numbers: Iterable[int]) -> dict[int, Target]:
    """The targets with these ids, by id."""
    rows = await connection.execute_fetchall(BY_IDS, (json.dumps(sorted(set(numbers))),))
    return {row["id"]: as_target(row) for row in rows}


def as_target(row: sqlite3.Row) -> Target:
    """A row of ``reminder_targets``."""
    return Target(
        id=row["id"],
        guild=row["guild_id"],
        user=row["user_id"],
        channel=row["channel_id"],
        role=row["role_id"],
        leads=tuple(json.loads(row["leads"])),
        sessions=frozenset(WeekendSession(name) for name in json.loads(row["sessions"])),
        extras=_extras(json.loads(row["extras"])),
        on=bool(row["is_on"]),
        off_reason=row["off_reason"],
        since=from_text(row["since"]),
        purpose=Purpose(row["purpose"]),
        trouble=_trouble(row),
    )


def _extras(stored: dict[str, Any]) -> Extras:
    """What a target wants, without what another release knows and this one does not."""
    known = {name: value for name, value in stored.items() if name in Extras.__slots__}
    race_day = known.get("race_day")
    return Extras(**known | {"race_day": RaceDay(race_day) if race_day in set(RaceDay) else RaceDay.NOTHING})


def _trouble(row: sqlite3.Row) -> Trouble | None:
    since, again = from_text(row["trouble_since"]), from_text(row["try_again_at"])
    return Trouble(since, row["trouble_reason"], again) if since is not None and again is not None else None


def _values(saved: Target) -> dict[str, Any]:
    return {
        "id": saved.id,
        "guild": saved.guild,
        "user": saved.user,
        "purpose": saved.purpose,
        "channel": saved.channel,
        "role": saved.role,
        "leads": json.dumps(saved.leads),
        "sessions": json.dumps(sorted(saved.sessions)),
        "extras": json.dumps(asdict(saved.extras), sort_keys=True),
        "on": saved.on,
        "off_reason": saved.off_reason,
        "since": to_text(saved.since),
    }


async def _keep_subscriptions(connection: aiosqlite.Connection, saved: Target, now: datetime | None) -> None:
    wanted = json.dumps(sorted((each.kind, each.session, each.lead, each.delay) for each in saved.subscriptions))
    values = {"target": saved.id, "wanted": wanted, "since": to_text(now)}
    await connection.execute(DROP_SUBSCRIPTIONS, values)
    await connection.execute(KEEP_SUBSCRIPTIONS, values)
