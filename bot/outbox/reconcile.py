"""Rows that may have arrived already: whether the message is in the channel, as far as that can be told."""

from __future__ import annotations

from datetime import datetime, timedelta

from discord.utils import snowflake_time, time_snowflake

from bot.outbox.contracts import Sender, Turn

YOUNG = timedelta(minutes=2)
"""Up to this age Discord knows a second attempt by its nonce: it does for "the last few minutes"."""
WINDOW = timedelta(seconds=170)
"""By then a second attempt must have reached it, however long it is under way."""
EARLY = timedelta(minutes=5)
"""Messages are looked for from so long before the first attempt on: two clocks never agree."""
LATE = timedelta(minutes=10)
"""And to so long after it: attempts that are young all fall into that time."""
PAGE = 100
PAGES = 10
"""How many times a hundred messages are read at most."""


class UnreadableError(Exception):
    """The channel's history tells nothing; the text says why."""


class UnknownYetError(Exception):
    """Whether the history may be read will be known once the gateway has told of the server."""


def is_young(tried_at: datetime, now: datetime, patience: float) -> bool:
    """Whether Discord would still know a second attempt by its nonce.

    Args:
        tried_at: when it was first tried; in the future, if the clock was set back, it says nothing.
        now: the moment.
        patience: how many seconds the attempt may be under way.
    """
    return timedelta(0) <= now - tried_at < min(YOUNG, WINDOW - timedelta(seconds=patience))


async def find(
    sender: Sender,
    turn: Turn,
    channel: int,
    mark: str,
    around: datetime,
    *,
    direct: bool,
    to: datetime | None = None,
) -> int | None:
    """The message of a channel that carries a mark, by its id; None if it is surely not there.

    Args:
        sender: the way to Discord.
        turn: waited for before each request.
        channel: where to look.
        mark: a row's.
        around: when it would have been sent.
        direct: whether these are direct messages, which can always be read.
        to: the moment up to which it may have been sent, where that is later.

    Raises:
        UnreadableError, UnknownYetError: it cannot be told.
        RefusedError, BusyError, UnsureError: as the sender does.
    """
    after, end = time_snowflake(around - EARLY), max(around + LATE, to or around)
    anything = False
    for _ in range(PAGES):
        await turn()
        page = await sender.history(channel, after=after)
        for found in page:
            if any(mark in custom_id for custom_id in found.custom_ids):
                return found.id
        anything |= bool(page)
        after = max((found.id for found in page), default=after)
        if len(page) < PAGE or snowflake_time(after) > end:
            break
    else:
        raise UnreadableError("too many messages in the channel since then")
    if not anything and not direct:
        await _must_be_readable(sender, turn, channel)
    return None


async def find_among_latest(sender: Sender, turn: Turn, channel: int, mark: str, *, direct: bool) -> int | None:
    """As ``find``, where nobody knows when it would have been sent: among the channel's latest messages."""
    before: int | None = None
    for _ in range(PAGES):
        await turn()
        page = await sender.history(channel, before=before)
        for found in page:
            if any(mark in custom_id for custom_id in found.custom_ids):
                return found.id
        if before is None and not page and not direct:
            await _must_be_readable(sender, turn, channel)
        if len(page) < PAGE:
            return None
        before = min(found.id for found in page)
    raise UnreadableError("too many messages in the channel since then")


async def _must_be_readable(sender: Sender, turn: Turn, channel: int) -> None:
    """An empty history is what Discord shows to those who may not read it, too."""
    readable = sender.reads_history(channel)
    if readable is None:
        await turn()
        readable = bool(await sender.history(channel)) or None
    if readable is None:
        raise UnknownYetError
    if not readable:
        raise UnreadableError("I can't read the channel's history")
