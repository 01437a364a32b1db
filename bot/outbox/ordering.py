"""Keeps rows about one thing in order: each must know what became of those before it."""

from __future__ import annotations

from bot.outbox.contracts import BusyError
from db.connection import Store
from db.reminders.earlier_rows import earlier_under_way
from db.reminders.models import OutboxRow

RETRY_SECONDS = 5.0
"""When to look again whether the earlier row is done."""


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
