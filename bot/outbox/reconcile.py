"""Reconciling a row that may have arrived with Discord: is its message in the channel?

Discord offers no search by nonce, so the channel's history is read and each message's custom ids are compared with the
row's mark. There are three answers: it is there, it is certainly not there, or nobody can tell.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from discord.utils import snowflake_time, time_snowflake

from bot.outbox.contracts import Sender, Turn

YOUNG = timedelta(minutes=2)
"""Up to this age of the first attempt a second one with the same nonce is safe: Discord documents "the last few
minutes"."""
WINDOW = timedelta(seconds=170)
"""By then a second attempt must have reached Discord, however slow the request is."""
EARLY = timedelta(minutes=5)
"""The search begins this long before the first attempt, since our clock and Discord's never agree."""
LATE = timedelta(minutes=10)
"""The search ends this long after it: all attempts with the same nonce fall into that time."""
PAGE = 100
"""Messages on a page of history, Discord's limit."""
PAGES = 10
"""How many pages are read at most."""


class UnreadableError(Exception):
    """The channel's history cannot tell; the text says why."""


class UnknownYetError(Exception):
    """Whether the history may be read is not known until the gateway has sent the server."""


def is_young(tried_at: datetime, now: datetime, patience: float) -> bool:
    """Whether Discord would still recognize a second attempt by its nonce.

    Args:
        tried_at: when it was first tried; if that is in the future, the clock was set back and it says nothing.
        now: the current moment.
        patience: how many seconds a request may take.
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
    """The id of the message in a channel that carries a mark; None if it is certainly not there.

    Args:
        sender: the way to Discord.
        turn: awaited before each request.
        channel: where to look.
        mark: a row's.
        around: about when it would have been sent.
        direct: whether these are direct messages, which can always be read.
        to: the moment up to which it may have been sent, if that is later.

    Raises:
        UnreadableError, UnknownYetError: nobody can tell.
        RefusedError, BusyError, UnsureError: a request failed.
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
    """As ``find``, among the channel's latest messages: for when nobody knows when it would have been sent."""
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
    """Makes sure that an empty history is an empty channel: Discord also shows one to bots that may not read it.

    Raises:
        UnreadableError, UnknownYetError: the history may not be read, or that is not known yet.
    """
    readable = sender.reads_history(channel)
    if readable is None:
        await turn()
        readable = bool(await sender.history(channel)) or None
    if readable is None:
        raise UnknownYetError
    if not readable:
        raise UnreadableError("I can't read the channel's history")
