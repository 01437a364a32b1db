"""How Discord displays a text: which formatting, mentions and links take effect, and what a reader sees.

The rules are those of Discord's own client, as far as they are known; where they are unclear, the text counts as
formatting.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_ESCAPED = re.compile(r"\\([^0-9A-Za-z\s])")
_AUTOLINK = re.compile(r"<([^: >]+:/[^ >]+)>")
_TIMESTAMP = re.compile(r"<t:-?\d+(?::\w)?>")
_BARE = re.compile(r"(?:\w+):/{2}[^\s<]+[^<.,:;\"'\]\s]")
_LINES = {
    "heading": re.compile(r" *#{1,3}\s+\S"),
    "small print": re.compile(r" *-#\s+\S"),
    "quotation": re.compile(r" *>(?:>>)?\s"),
    "numbered list": re.compile(r" *\d+\. "),
    "list": re.compile(r" +- | *[*+] "),
    "rule or underlined heading": re.compile(r" *(?:-{2,}|={2,}|-|=)\s*$"),
}
_INLINE = {
    "code": re.compile(r"`"),
    "mention": re.compile(r"<(?:@[!&]?|#)\d+>|<id:\w+>|@everyone|@here", re.IGNORECASE),
    "emoji": re.compile(r"<a?:\w+:\d+>|:[^\s:]+:"),
    "command": re.compile(r"</"),
    "masked link": re.compile(r"\[.*?\]\(", re.DOTALL),
    "emphasis": re.compile(r"\*|__|\b_|_\b"),
    "struck out": re.compile(r"~~"),
    "spoiler": re.compile(r"\|\|"),
    "entity": re.compile(r"&#?\w+;"),
}


@dataclass
class Read:
    """``shown`` is what a reader sees, ``links`` are the addresses to follow, ``active`` is all other formatting."""

    shown: str = ""
    links: list[str] = field(default_factory=list)
    points: int = 0
    active: list[str] = field(default_factory=list)


def read(text: str) -> Read:
    """Reads a text as Discord's client does."""
    found = Read()
    for line in text.split("\n"):
        found.active += [name for name, rule in _LINES.items() if rule.match(line)]
        found.points += line.startswith("- ")
    at = 0
    while at < len(text):
        at = _step(text, at, found)
    return found


def _step(text: str, at: int, found: Read) -> int:
    if escaped := _ESCAPED.match(text, at):
        found.shown += escaped[1]
        return escaped.end()
    if link := _AUTOLINK.match(text, at) or _BARE.match(text, at):
        found.links.append(link[1] if link.re is _AUTOLINK else link[0])
        found.shown += found.links[-1]
        return link.end()
    if moment := _TIMESTAMP.match(text, at):
        found.active.append("timestamp")
        return moment.end()
    found.active += [name for name, rule in _INLINE.items() if rule.match(text, at)]
    found.shown += text[at]
    return at + 1
