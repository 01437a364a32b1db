"""What Discord's error codes mean, and what went wrong on the way there in one line: the one table of both."""

from __future__ import annotations

from enum import IntEnum

import discord


class Code(IntEnum):
    """Codes in Discord's error answers (https://discord.com/developers/docs/topics/opcodes-and-status-codes)."""

    UNKNOWN_CHANNEL = 10003
    UNKNOWN_SERVER = 10004
    UNKNOWN_MESSAGE = 10008
    UNKNOWN_USER = 10013
    UNKNOWN_INTERACTION = 10062
    UNKNOWN_EVENT = 10070
    SLOW_MODE = 20016
    CHANNEL_WRITE_LIMIT = 20028
    SERVER_WRITE_LIMIT = 20029
    TOO_MANY_REACTIONS = 31002
    DIRECT_MESSAGES_TOO_FAST = 40003
    TEMPORARILY_DISABLED = 40004
    FEATURE_DISABLED = 40006
    ALREADY_ACKNOWLEDGED = 40060
    MISSING_ACCESS = 50001
    DIRECT_MESSAGES_CLOSED = 50007
    MISSING_PERMISSIONS = 50013
    NO_MUTUAL_SERVER = 50278
    FINISHED_EVENT = 180000


AUTHENTICATION_FAILED = 4004
"""The gateway closes with this where a token is not, or no longer, good."""

TOO_LATE_TO_ANSWER = frozenset({Code.UNKNOWN_INTERACTION, Code.ALREADY_ACKNOWLEDGED})
"""The interaction has expired or was answered already: nobody is left to tell."""
NOT_A_MEMBER = frozenset({Code.UNKNOWN_SERVER, Code.MISSING_ACCESS})
"""What Discord says of a server that the bot is no member of; a refusal without a code is not Discord's own."""


def describe_error(error: Exception) -> str:
    """What went wrong on the way to Discord, on one line: some of its answers are a whole page of HTML."""
    if isinstance(error, discord.GatewayNotFound) and isinstance(error.__cause__, discord.HTTPException):
        error = error.__cause__
    if isinstance(error, discord.HTTPException):
        words = " ".join(error.text.split())
        status = f"{error.status} {error.response.reason}"
        return status if not words or "<" in words else f"{status}: {words[:200]}"
    return " ".join(str(error).split()) or type(error).__name__
