"""Keeps rows about one thing in order: each must know what became of those before it."""

from __future__ import annotations

from datetime import datetime

from bot.outbox.contracts import BusyError
from db.connection import Store
from db.reminders.earlier_rows import earlier_under_way
from db.reminders.models import OutboxRow
from db.reminders.overtaken import before_it

RETRY_SECONDS = 5.0
"""When to look again whether the earlier row is done."""
NEXT_SECONDS = 1.0
"""The same for posts of a race, which are due within seconds of each other."""


async def await_turn(store: Store, row: OutboxRow, *, same_race: bool = False) -> None:
    """Makes sure that no earlier row of the same kind for the same target may still be on its way.

    Two rows that edit one message, or one scheduled event, could otherwise overtake each other, and the older would
    win.

    Args:
        store: an open store.
        row: the row that wants to go.
        same_race: only rows about the same race count.

    Raises:
        BusyError: there is one; this row is tried again in a few seconds.
    """
    if await earlier_under_way(store, row, same_race=same_race):
        raise BusyError("an earlier one is still going out", RETRY_SECONDS)


async def await_order(store: Store, row: OutboxRow, now: datetime) -> None:
    """Makes sure that nothing which happened earlier in the row's race, and is still of use, is yet to go out.

    Args:
        store: an open store.
        row: the row that wants to go.
        now: the current moment.

    Raises:
        BusyError: there is something; this row is tried again in a second.
    """
    if await before_it(store, row, now):
        raise BusyError("what happened before is still going out", NEXT_SECONDS)
