"""What is typed as "@Tailgate" mentions the bot, as Discord's own client makes it when a name is picked."""
# ruff: noqa: SLF001 - simcord's private names are used in this package and nowhere else

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

MOST = 2000
"""Characters of a message; a mention is longer than what was typed."""


class TypedMentions:
    """The messages that are sent on the page of one preview."""

    def __init__(self, preview: Any, user: int, name: str) -> None:
        self._mention = f"<@{user}>"
        self._typed = re.compile(rf"(?<![\w@])@{re.escape(name)}\b", re.IGNORECASE)
        self._plain_prepare = preview._prepare_action
        preview._prepare_action = self._prepare

    def _prepare(self, page: Any, kind: str, body: Mapping[str, Any]) -> Any:
        """Checks an action of simcord's; returns a function that carries it out."""
        content = body.get("content")
        if kind == "send_message" and isinstance(content, str):
            mentioning = self._typed.sub(self._mention, content)
            body = {**body, "content": mentioning if len(mentioning) <= MOST else content}
        return self._plain_prepare(page, kind, body)
