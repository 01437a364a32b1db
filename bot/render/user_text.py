"""Shows text that people wrote as they typed it; everything from a person goes through here.

The rule: line breaks stay, a line that starts with "- " is a bullet, and a bare http or https link can be clicked.
Everything else is escaped: there is no other formatting, heading, small print, block quote, masked link, mention, code,
timestamp or emoji by name, and nothing is hidden.
"""

from __future__ import annotations

import re

from bot.render.tables import MORE
from db.user_text import clean_link, clean_text

LEAST_ROOM = 600
"""Characters in which any one word fits: the longest is a link of 500."""

_BULLET = "- "
_LINK = re.compile(r"https?://[^\s<>\\]+", re.IGNORECASE)
_AFTER_LINK = ".,:;!?\"'”’*_~|`]}"
_SPECIAL = re.compile(r"[\\*_~`|<>\[\]#&]|:(?!\s)")
"""Characters that Discord's Markdown, or one like it, reads as formatting anywhere in a line. A colon may start a link
or the name of an emoji."""
_LINE_START = re.compile(r"[-+=]|[0-9]+[.)](?!\S)")
"""What it reads as formatting only at the start of a line."""
_MENTION = re.compile(r"@(?=everyone|here|[!&]?[0-9]{15,20})", re.IGNORECASE)
_BROKEN_AT = "@\N{ZERO WIDTH SPACE}"


def as_typed(text: str) -> str:
    """The text escaped for Discord, which makes it longer."""
    lines = _clean(text).split("\n")
    return "\n".join(_BULLET + _line(line[2:]) if line.startswith(_BULLET) else _line(line) for line in lines)


def as_typed_in_line(text: str) -> str:
    """As ``as_typed`` for a name or the like: one line, without bullets."""
    return _line(clean_text(text, 4 * len(text)))


def shortened(text: str, room: int) -> str:
    """As much of the text as ``as_typed`` shows in ``room`` characters, cut between words and then ending with "…"."""
    whole = as_typed(text)
    if len(whole) <= room:
        return whole
    return as_typed(_head(_clean(text), room - len(MORE)).rstrip(" \n,;:–-")) + MORE


def in_parts(text: str, room: int) -> list[str]:
    """The whole text as ``as_typed`` shows it, in parts of at most ``room`` characters, cut at lines or words.

    Raises:
        ValueError: ``room`` is less than ``LEAST_ROOM``, which is a mistake of the caller's.
    """
    if room < LEAST_ROOM:
        raise ValueError(f"a part of {room} characters is too small")
    parts, rest = [], _clean(text)
    while len(as_typed(rest)) > room:
        head = _head(rest, room)
        parts.append(as_typed(head))
        rest = rest[len(head) :].strip()
    return [*parts, as_typed(rest)]


def _clean(text: str) -> str:
    # The normal form (NFC) of a few characters is longer, of none more than four times.
    return clean_text(text, 4 * len(text), lines=True)


def _head(text: str, room: int) -> str:
    """The beginning of a cleaned text that fits, cut at the end of a line if that is not far off, else at a word.

    It has at least one character, so that a loop over the rest comes to an end.
    """
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if len(as_typed(text[:middle])) <= room else (low, middle - 1)
    # The shown length does not always grow with the text: part of a link can be longer than the whole, because only a
    # complete link goes unescaped. So the binary search may end on a length that is still too long.
    while low > 1 and len(as_typed(text[:low])) > room:
        low -= 1
    if low == len(text) or text[low].isspace():
        return text[:low]
    line, word = text.rfind("\n", 0, low), max(text.rfind(" ", 0, low), text.rfind("\n", 0, low))
    return text[: line if line > low // 2 else word if word > 0 else low]


def _line(line: str) -> str:
    opening = _LINE_START.match(line)
    shown, done = [], 0
    if opening:
        done = opening.end()
        shown.append(f"{line[: done - 1]}\\{line[done - 1]}")
    for found in _LINK.finditer(line, done):
        link = _without_trailing(found[0])
        try:
            address = clean_link(link)
        except ValueError:
            continue
        shown += [_escape(line[done : found.start()]), f"<{address.replace('@', '%40')}>"]
        done = found.start() + len(link)
    return "".join([*shown, _escape(line[done:])])


def _without_trailing(link: str) -> str:
    """The link without punctuation of the sentence around it; a bracket that the link itself opened stays."""
    while link[-1] in _AFTER_LINK or (link[-1] == ")" and link.count("(") < link.count(")")):
        link = link[:-1]
    return link


def _escape(text: str) -> str:
    return _MENTION.sub(_BROKEN_AT, _SPECIAL.sub(r"\\\g<0>", text))
