"""What somebody says in a message: its words, without what Discord and its people put around them."""

from __future__ import annotations

import re

LONGEST = 300
"""Characters of a message that are read. Whoever writes more than that to the bot tells a story."""

_CODE_BLOCK = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_QUOTED_LINE = re.compile(r"^>(?:>>)? .*$", re.MULTILINE)
_ENTITY = re.compile(r"<(?:@[!&]?\d+|#\d+|a?:\w+:\d+|/[^>]+:\d+|t:-?\d+(?::\w)?|id:\w+)>")
"""Mentions of people, roles, channels and commands, emoji of a server, and times."""
_ADDRESS = re.compile(r"<?https?://\S+")
_FORMATTING = str.maketrans("", "", "*_~|`\\")
_ASKING = re.compile(
    r"(?:who|what|when|where|which|why|how|whats|whos|wheres|hows|is|are|was|were|did|does|do|will|would|can|could|"
    r"should|show|tell|give|compare)\b",
    re.IGNORECASE,
)


def said(content: str) -> str:
    """The words of a message; empty where there are none.

    Quoted lines, code, links, emoji and the names of those who are mentioned are left out.
    """
    text = _QUOTED_LINE.sub(" ", _CODE_BLOCK.sub(" ", content[: 4 * LONGEST]))
    text = _ADDRESS.sub(" ", _ENTITY.sub(" ", text)).translate(_FORMATTING)
    words = " ".join(text.split())
    return words[:LONGEST] if any(char.isalnum() for char in words) else ""


def names(content: str, user: int) -> bool:
    """Whether the text itself mentions somebody; a reply also reaches the author of the message before it."""
    return re.search(rf"<@!?{user}>", content) is not None


def asks(text: str) -> bool:
    """Whether words are put as a question, or as a request."""
    return "?" in text or _ASKING.match(text) is not None
