"""Discord's numbered error codes, in one table, and what went wrong on the way to Discord in one line.

Every part of the bot that talks to Discord may know this module. It is not in ``bot/client``, because the outbox and
the notifications know nothing of the client, and the client itself stands on the interactions.
"""

from __future__ import annotations

from enum import IntEnum

import discord


class Code(IntEnum):
    """Codes in Discord's error answers (https://discord.com/developers/docs/topics/opcodes-and-status-codes).

    An answer without a code has 0: it does not come from Discord itself but from something in front of it.
    """

    UNKNOWN_CHANNEL = 10003
    UNKNOWN_SERVER = 10004
    UNKNOWN_MESSAGE = 10008
    UNKNOWN_USER = 10013
    UNKNOWN_INTERACTION = 10062
    UNKNOWN_EVENT = 10070
    SLOW_MODE = 20016
    CHANNEL_WRITE_LIMIT = 20028
    SERVER_WRITE_LIMIT = 20029
    TOO_MANY_EVENTS = 30038
    TOO_MANY_REACTIONS = 31002
    DIRECT_MESSAGES_TOO_FAST = 40003
    TEMPORARILY_DISABLED = 40004
    FEATURE_DISABLED = 40006
    ALREADY_ACKNOWLEDGED = 40060
    MISSING_ACCESS = 50001
    DIRECT_MESSAGES_CLOSED = 50007
    MISSING_PERMISSIONS = 50013
    WRONG_CHANNEL_TYPE = 50024
    THREAD_ARCHIVED = 50083
    NO_MUTUAL_SERVER = 50278
    THREAD_EXISTS = 160004
    THREAD_LOCKED = 160005
    TOO_MANY_THREADS = 160006
    TOO_MANY_ANNOUNCEMENT_THREADS = 160007
    FINISHED_EVENT = 180000


AUTHENTICATION_FAILED = 4004
"""The gateway closes the connection with this code where the token is not, or no longer, good."""

TOO_LATE_TO_ANSWER = frozenset({Code.UNKNOWN_INTERACTION, Code.ALREADY_ACKNOWLEDGED})
"""The interaction has expired or was answered already: a reply would reach nobody."""
NOT_A_MEMBER = frozenset({Code.UNKNOWN_SERVER, Code.MISSING_ACCESS})
"""The answer to a question about a server that the bot is not, or no longer, in."""
GONE = frozenset({Code.UNKNOWN_CHANNEL, Code.UNKNOWN_SERVER, Code.UNKNOWN_USER})
"""The channel or the person is gone; other codes with status 404 do not say that."""
BARRED = frozenset({Code.MISSING_ACCESS, Code.DIRECT_MESSAGES_CLOSED, Code.MISSING_PERMISSIONS, Code.NO_MUTUAL_SERVER})
"""The channel or the person is there, but takes nothing from the bot until a permission or a setting is changed."""
SLOW_DOWN = frozenset(
    {
        Code.SLOW_MODE,
        Code.CHANNEL_WRITE_LIMIT,
        Code.SERVER_WRITE_LIMIT,
        Code.TOO_MANY_REACTIONS,
        Code.DIRECT_MESSAGES_TOO_FAST,
        Code.TEMPORARILY_DISABLED,
        Code.FEATURE_DISABLED,
    }
)
"""Limits that pass by themselves although the status is not 429."""

REASONS: dict[int, str] = {
    Code.DIRECT_MESSAGES_CLOSED: "your DMs are closed to me",
    Code.MISSING_ACCESS: "I can't see the channel",
    Code.MISSING_PERMISSIONS: "I'm missing a permission in the channel",
    Code.UNKNOWN_CHANNEL: "the channel is gone",
    Code.UNKNOWN_SERVER: "the server is gone, or I'm no longer in it",
    Code.UNKNOWN_USER: "that person is no longer on Discord",
    Code.NO_MUTUAL_SERVER: "we no longer share a server",
    Code.THREAD_LOCKED: "the thread is locked",
}
"""Why nothing can be delivered, in words for the people it was meant for."""

LONGEST = 200
"""Characters of Discord's own words that ``describe_error`` shows."""


def describe_error(error: Exception) -> str:
    """What went wrong on the way to Discord, on one line.

    Answers that are a whole page of HTML, as those of what stands in front of Discord are, are shown by their status.
    """
    if isinstance(error, discord.GatewayNotFound) and isinstance(error.__cause__, discord.HTTPException):
        error = error.__cause__
    if isinstance(error, discord.HTTPException):
        words = " ".join(error.text.split())
        status = f"{error.status} {error.response.reason}"
        return status if not words or "<" in words else f"{status}: {words[:LONGEST]}"
    return " ".join(str(error).split()) or type(error).__name__
