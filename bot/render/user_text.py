"""Text that people wrote, shown as they typed it: the one rule for their words.

The rule: line breaks stay, a line that begins with "- " is a point of a list, a bare link by http or https can be
followed. Everything else is shown as typed: no other formatting, no heading, no small print, no quotation, no masked
link, no mention, no code, no timestamp, no emoji by its name, and nothing hidden.
"""

from __future__ import annotations

import re

from bot.render.tables import MORE
from db.texts import clean, http_link

LEAST_ROOM = 600
"""Characters that hold any one word: a link is 500 at most."""

_POINT = "- "
_LINK = re.compile(r"https?://[^\s<>\\]+", re.IGNORECASE)
_TRAILING = ".,:;!?\"'”’*_~|`]}"
_SPECIAL = re.compile(r"[\\*_~`|<>\[\]#&]|:(?!\s)")
"""What Discord, or a page like it, gives a meaning inside of a line; a colon may begin a link or an emoji's name."""
_OPENING = re.compile(r"[-+=]|[0-9]+[.)](?!\S)")
"""What it gives one at a line's beginning, beside the above."""
_MENTION = re.compile(r"@(?=everyone|here|[!&]?[0-9]{15,20})", re.IGNORECASE)
_APART = "@\N{ZERO WIDTH SPACE}"


def as_typed(text: str) -> str:
    """The text as Discord must be told it; it may be longer than what was typed."""
    lines = _clean(text).split("\n")
    return "\n".join(_POINT + _line(line[2:]) if line.startswith(_POINT) else _line(line) for line in lines)


def as_typed_in_line(text: str) -> str:
    """The same for a name or the like, which has to stay on its line: there are no breaks and no points in it."""
    return _line(clean(text, 4 * len(text)))


def shortened(text: str, room: int) -> str:
    """As much of the text as ``as_typed`` shows in ``room`` characters, to the word, with … where it ends early."""
    whole = as_typed(text)
    if len(whole) <= room:
        return whole
    return as_typed(_head(_clean(text), room - len(MORE)).rstrip(" \n,;:–-")) + MORE


def in_parts(text: str, room: int) -> list[str]:
    """The whole text as typed, in parts of at most ``room`` characters, broken between lines or else between words.

    Raises:
        ValueError: there is not room enough for a word; a mistake of the caller's.
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
    # A few characters are longer in their normal form, none more than fourfold.
    return clean(text, 4 * len(text), lines=True)


def _head(text: str, room: int) -> str:
    """The beginning of a clean text that fits, to the end of a line where that is not far off, else to that of a word.

    At least one character, so that whoever goes on from there comes to an end.
    """
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if len(as_typed(text[:middle])) <= room else (low, middle - 1)
    # What fits is not quite a matter of length: half a link may be longer than the whole one.
    while low > 1 and len(as_typed(text[:low])) > room:
        low -= 1
    if low == len(text) or text[low].isspace():
        return text[:low]
    line, word = text.rfind("\n", 0, low), max(text.rfind(" ", 0, low), text.rfind("\n", 0, low))
    return text[: line if line > low // 2 else word if word > 0 else low]


def _line(line: str) -> str:
    opening = _OPENING.match(line)
    told, done = [], 0
    if opening:
        done = opening.end()
        told.append(f"{line[: done - 1]}\\{line[done - 1]}")
    for found in _LINK.finditer(line, done):
        link = _without_trailing(found[0])
        try:
            address = http_link(link)
        except ValueError:
            continue
        told += [_escape(line[done : found.start()]), f"<{address.replace('@', '%40')}>"]
        done = found.start() + len(link)
    return "".join([*told, _escape(line[done:])])


def _without_trailing(link: str) -> str:
    """The link without what belongs to the sentence around it; a bracket that it opened itself is its own."""
    while link[-1] in _TRAILING or (link[-1] == ")" and link.count("(") < link.count(")")):
        link = link[:-1]
    return link


def _escape(text: str) -> str:
    return _MENTION.sub(_APART, _SPECIAL.sub(r"\\\g<0>", text))
