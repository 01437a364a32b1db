"""Looking for a row's message in its channel: is it there, and is it there more than once?

Discord offers no search by nonce, so the channel's history is read and each message's custom ids are compared with the
row's mark. There are three answers: it is there, it is certainly not there, or nobody can tell.

The search goes from before the first request up to now, and never only to some moment after it: the process may have
stood still between writing the moment down and sending, for as long as the machine liked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from discord.utils import time_snowflake

from bot.outbox.contracts import FoundMessage, Sender, Turn

EARLY = timedelta(minutes=5)
"""The search begins at least this long before the first request, since our clock and Discord's never agree."""
CLOCK_ERROR = timedelta(hours=1)
"""And if it is not found, so long before it: a clock may be set right after it was far ahead."""
PAGE = 100
"""Messages on a page of history, Discord's limit."""
PAGES = 10
"""How many pages are read at most."""


class UnreadableError(Exception):
    """The channel's history cannot tell; the text says why."""


class UnknownYetError(Exception):
    """Whether the history may be read is not known until the gateway has sent the server."""


class TooMuchError(UnreadableError):
    """There is more history than is read."""

    def __init__(self) -> None:
        super().__init__("too many messages in the channel since then")


async def find(
    sender: Sender, turn: Turn, channel: int, mark: str, since: datetime, now: datetime, *, direct: bool
) -> list[int]:
    """The ids of the messages in a channel that carry a mark, oldest first; none if it is certainly not there.

    Args:
        sender: the way to Discord.
        turn: awaited before each request.
        channel: where to look.
        mark: a row's.
        since: when it can have been sent first; if that is in the future, the clock was set back and it says nothing.
        now: the current moment.
        direct: whether these are direct messages, which can always be read.

    Raises:
        UnreadableError, UnknownYetError: nobody can tell.
        RefusedError, BusyError, UnsureError: a request failed.
    """
    if since > now:
        return await find_among_latest(sender, turn, channel, mark, direct=direct)
    earliest, begin = time_snowflake(since - CLOCK_ERROR), time_snowflake(since - EARLY)
    # In most channels all that was written since is on one page.
    found, anything, whole = await _find_after(sender, turn, channel, mark, earliest, pages=1)
    if not whole:
        found, anything, whole = await _find_after(sender, turn, channel, mark, begin)
        if not found and whole:
            # It may have been sent before that moment, as Discord sees it: then our clock was ahead.
            found, _, whole = await _find_before(sender, turn, channel, mark, begin, earliest)
    if not found and not whole:
        raise TooMuchError
    if not anything and not direct:
        await _must_be_readable(sender, turn, channel)
    return sorted(found)


async def find_among_latest(sender: Sender, turn: Turn, channel: int, mark: str, *, direct: bool) -> list[int]:
    """As ``find``, among the channel's latest messages: for when nobody knows when it would have been sent."""
    found, anything, whole = await _find_before(sender, turn, channel, mark, None, 0)
    if not found and not whole:
        raise TooMuchError
    if not anything and not direct:
        await _must_be_readable(sender, turn, channel)
    return sorted(found)


Search = tuple[list[int], bool, bool]
"""The ids that were found, whether any message was seen, and whether all there are were looked at."""


async def _find_after(sender: Sender, turn: Turn, channel: int, mark: str, after: int, pages: int = PAGES) -> Search:
    """Looks at the messages after an id, oldest first."""
    found, anything = list[int](), False
    for _ in range(pages):
        await turn()
        page = await sender.history(channel, after=after)
        found += _carrying(page, mark)
        anything |= bool(page)
        if len(page) < PAGE:
            return found, anything, True
        after = max(message.id for message in page)
    return found, anything, False


async def _find_before(sender: Sender, turn: Turn, channel: int, mark: str, before: int | None, down_to: int) -> Search:
    """Looks at the messages before an id, or at the latest, newest first, as far back as another id."""
    found, anything = list[int](), False
    for _ in range(PAGES):
        await turn()
        page = await sender.history(channel, before=before)
        found += _carrying(page, mark)
        anything |= bool(page)
        before = min((message.id for message in page), default=0)
        if len(page) < PAGE or before <= down_to:
            return found, anything, True
    return found, anything, False


def _carrying(page: Sequence[FoundMessage], mark: str) -> list[int]:
    return [message.id for message in page if any(mark in custom_id for custom_id in message.custom_ids)]


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
