"""The gate for messages: of all that people write, only what is said to the bot gets through; the rest is dropped.

With the intents for messages Discord sends what everybody writes in every server. discord.py would make a message, its
author and its channel of each one, and of each edit. Here what concerns nobody is dropped while it is still the JSON
that arrived: it is neither read nor kept.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from typing import Any

from discord.ext import commands

log = logging.getLogger(__name__)

WRITTEN = "MESSAGE_CREATE"
UNUSED = ("MESSAGE_UPDATE", "MESSAGE_DELETE", "MESSAGE_DELETE_BULK")
"""What else comes with these intents. discord.py reads an edit whole, be it only that a link got its picture."""

PLAIN, REPLY = 0, 19
"""Discord's types of messages that a person writes; the others say that something happened, such as a pin."""

REMEMBERED = 1_000
"""How many messages are remembered by their ids. After a broken connection Discord sends again what may not have
arrived; that is what was said in some seconds, of which hardly any was said to the bot."""


class MessageGate:
    """Stands between the gateway and discord.py for one client; what gets through becomes its event ``message``."""

    def __init__(self, client: commands.AutoShardedBot) -> None:
        self._state = client._connection  # noqa: SLF001 - as the gate for interactions, see there
        self._heard: deque[str] = deque(maxlen=REMEMBERED)
        readers: dict[str, Callable[[Any], None]] = self._state.parsers
        self._read = readers[WRITTEN]
        readers[WRITTEN] = self.hear
        for event in UNUSED:
            readers[event] = _drop

    def hear(self, payload: Any) -> None:
        """Hands a message that is said to the bot on to discord.py. Raises nothing, since that would end the client."""
        try:
            if self._is_said_to_us(payload) and self._is_new(payload["id"]):
                self._read(payload)
        except Exception as error:  # noqa: BLE001 - what Discord left out decides which error it is
            log.warning("dropped a message that can't be read (%s)", type(error).__name__)

    def _is_said_to_us(self, payload: dict[str, Any]) -> bool:
        """Whether a person mentions the bot, or writes to it directly.

        ``mentions`` has those who are named, and the author of the message that is replied to; who is meant by
        @everyone or by a role is not in it.
        """
        if "guild_id" in payload:
            mentions = payload["mentions"]
            if not mentions:
                return False
            own = str(self._state.self_id)
            if not any(person["id"] == own for person in mentions):
                return False
        # The bot's own messages come back as well; it is one of those that are marked as bots.
        author = payload["author"]
        return not author.get("bot") and "webhook_id" not in payload and payload.get("type") in (PLAIN, REPLY)

    def _is_new(self, message: str) -> bool:
        """Whether it comes for the first time; from then on it is known."""
        if message in self._heard:
            return False
        self._heard.append(message)
        return True


def _drop(_: Any) -> None:
    """Reads nothing of an event."""
