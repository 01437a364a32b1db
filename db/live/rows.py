"""Reads and writes live states and their logs; a state is stored whole, as JSON of the shape of ``LiveState``.

Those of the past are kept compressed: a race is about two thousand of them, of two kilobytes each.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from db.connection import Store
from db.live.models import EventKind, HeldState, LiveEvent, LiveState
from db.models import SessionKind
from db.timestamps import from_text, to_text

log = logging.getLogger(__name__)

STATES = "SELECT race_id, heard_at, state FROM live_states ORDER BY race_id"
EVENTS = """
SELECT kind, ordinal, lap, what, reason, seen_at FROM live_events WHERE race_id = ? ORDER BY seen_at, lap, kind, ordinal
"""
VERSION = "SELECT version FROM live_version"
LOG_VERSION = "SELECT log FROM live_version"
GROW = "UPDATE live_version SET version = version + 1, log = log + ?"
# Two of one second are one, the later one.
REMEMBER = """
INSERT INTO live_history (race_id, came_at, state) SELECT ?1, ?2, ?3 WHERE EXISTS (SELECT 1 FROM races WHERE id = ?1)
ON CONFLICT (race_id, came_at) DO UPDATE SET state = excluded.state
"""
STOOD_AT = """
SELECT came_at, state FROM live_history WHERE race_id = ? AND came_at <= ? ORDER BY came_at DESC LIMIT 1
"""
MOMENTS = "SELECT came_at FROM live_history WHERE race_id = ? ORDER BY came_at"
REMEMBERED = "SELECT DISTINCT race_id FROM live_history"
# By a clock that was ahead and is set right, what came by it is no past.
FORGET_AHEAD = "DELETE FROM live_history WHERE race_id = ? AND came_at > ?"
FORGET_HISTORY = "DELETE FROM live_history WHERE race_id = ? AND came_at < ?"
# A race that is gone meanwhile takes no state with it.
SAVE = """
INSERT INTO live_states (race_id, session, lap, laps, flag, true_at, came_at, heard_at, checkered_at, ended_at, state)
SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11 WHERE EXISTS (SELECT 1 FROM races WHERE id = ?1)
ON CONFLICT (race_id) DO UPDATE SET session = excluded.session, lap = excluded.lap, laps = excluded.laps,
    flag = excluded.flag, true_at = excluded.true_at, came_at = excluded.came_at, heard_at = excluded.heard_at,
    checkered_at = excluded.checkered_at, ended_at = excluded.ended_at, state = excluded.state
"""
HEARD = "UPDATE live_states SET heard_at = ? WHERE race_id = ?"
NOTE = """
INSERT INTO live_events (race_id, kind, ordinal, lap, what, reason, seen_at)
SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE EXISTS (SELECT 1 FROM races WHERE id = ?1)
ON CONFLICT (race_id, kind, ordinal) DO UPDATE SET lap = excluded.lap, what = excluded.what, reason = excluded.reason
 WHERE (lap, what, reason) IS NOT (excluded.lap, excluded.what, excluded.reason)
"""
TAKE_BACK = "DELETE FROM live_events WHERE race_id = ? AND kind = ? AND ordinal > ?"
FORGET_STATE = "DELETE FROM live_states WHERE race_id = ?"
FORGET_EVENTS = "DELETE FROM live_events WHERE race_id = ?"

_STATE = TypeAdapter(LiveState)


@dataclass(frozen=True, slots=True)
class SeenEvent:
    """An event of the log, and when it was first seen."""

    event: LiveEvent
    seen: datetime


async def load_states(store: Store) -> dict[int, HeldState]:
    """The live states by race. One that this version cannot read is passed over: the next replaces it."""
    held = {}
    for row in await store.fetch(STATES):
        try:
            state = _STATE.validate_json(row["state"])
        except ValidationError:
            log.warning("the live state of race %d was written by another version, and is passed over", row["race_id"])
            continue
        heard = from_text(row["heard_at"])
        assert heard is not None
        held[state.race] = HeldState(state, heard)
    return held


async def load_live_version(store: Store) -> int:
    """The version of all live states."""
    return int((await store.fetch(VERSION))[0]["version"])


async def load_log_version(store: Store) -> int:
    """The version of what has happened in all races: another one where any race's log was changed."""
    return int((await store.fetch(LOG_VERSION))[0]["log"])


async def load_stood_at(store: Store, race: int, moment: datetime) -> LiveState | None:
    """How a race stood at a moment: the last state that had come by then; None before the first."""
    rows = await store.fetch(STOOD_AT, (race, to_text(moment)))
    if not rows:
        return None
    try:
        return _STATE.validate_json(zlib.decompress(rows[0]["state"]))
    except ValidationError:
        log.warning("a past state of race %d was written by another version, and is passed over", race)
        return None


@dataclass(frozen=True, slots=True)
class LapSeen:
    """When a lap was first seen to be completed by the leader, and when it was last seen not to be, if ever."""

    seen: datetime
    before: datetime | None = None


async def load_lap_seen(store: Store, race: int, lap: int) -> LapSeen | None:
    """When a lap of a race was completed, as far as is remembered; None where it was not.

    Laps are only ever added, so that a few of the thousands of states are read.
    """
    moments = [moment for row in await store.fetch(MOMENTS, (race,)) if (moment := from_text(row["came_at"]))]
    first, last = 0, len(moments)
    while first < last:
        middle = (first + last) // 2
        state = await load_stood_at(store, race, moments[middle])
        if state is not None and state.session is SessionKind.RACE and state.lap >= lap:
            last = middle
        else:
            first = middle + 1
    if first == len(moments):
        return None
    return LapSeen(moments[first], moments[first - 1] if first else None)


async def forget_history(store: Store, before: datetime) -> None:
    """Removes past states that came before a moment, at which nobody who sees the race later still is."""
    races = [row["race_id"] for row in await store.fetch(REMEMBERED)]
    for race in races:
        async with store.write() as connection:
            await connection.execute(FORGET_HISTORY, (race, to_text(before)))


async def load_events(store: Store, race: int) -> tuple[SeenEvent, ...]:
    """What was seen to happen in a race, in the order in which it was."""
    found = []
    for row in await store.fetch(EVENTS, (race,)):
        seen = from_text(row["seen_at"])
        assert seen is not None
        event = LiveEvent(EventKind(row["kind"]), row["ordinal"], row["lap"], row["what"], row["reason"])
        found.append(SeenEvent(event, seen))
    return tuple(found)


async def save_state(store: Store, state: LiveState, heard: datetime, events: Iterable[LiveEvent]) -> None:
    """Writes a state in place of the one before, which is remembered, and brings the race's log to ``events``.

    All of it is one transaction.

    Args:
        store: the store.
        state: the state.
        heard: when the feed last answered.
        events: all that has happened so far; those of the log that are not among them any more are taken back.
    """
    text = _STATE.dump_json(state)
    row = (
        state.race,
        state.session.value,
        state.lap,
        state.laps,
        state.flag.value,
        to_text(state.at),
        to_text(state.came),
        to_text(heard),
        to_text(state.checkered),
        to_text(state.ended),
        text.decode(),
    )
    seen = to_text(state.came)
    notes = [(state.race, e.kind.value, e.ordinal, e.lap, e.what, e.reason, seen) for e in events]
    last = {kind: max((note[2] for note in notes if note[1] == kind.value), default=0) for kind in EventKind}
    async with store.write() as connection:
        await connection.execute(SAVE, row)
        await connection.execute(FORGET_AHEAD, (state.race, to_text(state.came)))
        await connection.execute(REMEMBER, (state.race, to_text(state.came), zlib.compress(text)))
        # Counted by SQLite itself: what is written as it stood is no change.
        before = connection.total_changes
        await connection.executemany(TAKE_BACK, [(state.race, kind.value, most) for kind, most in last.items()])
        await connection.executemany(NOTE, notes)
        await connection.execute(GROW, (connection.total_changes > before,))


async def save_heard(store: Store, race: int, heard: datetime) -> None:
    """Notes that the feed answered with nothing new."""
    async with store.write() as connection:
        await connection.execute(HEARD, (to_text(heard), race))
        await connection.execute(GROW, (0,))


async def forget_states(store: Store, races: Iterable[int]) -> None:
    """Removes the live states and logs of races, such as those whose results are official; not what is remembered."""
    ids = [(race,) for race in races]
    if ids:
        async with store.write() as connection:
            await connection.executemany(FORGET_STATE, ids)
            await connection.executemany(FORGET_EVENTS, ids)
            await connection.execute(GROW, (1,))
