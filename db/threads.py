"""Work in a thread whose end is waited for, whatever becomes of who waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def in_thread(work: Callable[[], T]) -> T:
    """Does something in a thread, and returns or raises what it does.

    Whoever is cancelled meanwhile goes on once it is done: a thread cannot be stopped, and what it works on must not be
    closed or removed under it.
    """
    working = asyncio.create_task(asyncio.to_thread(work))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        await asyncio.gather(working, return_exceptions=True)
        raise
