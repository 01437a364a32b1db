"""Tables for chat: columns in a code block, never wider than a phone shows without wrapping."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, takewhile

WIDTH = 40
"""How many columns of text a phone shows in a code block without wrapping."""

MORE = "…"
MARK = "*"
"""A mark that may follow a name; it is kept when the name is shortened."""
_LEAST = 4


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, whether it is right-aligned, and whether it shrinks when the table is too wide."""

    head: str
    right: bool = False
    gives_way: bool = False


def width(text: str) -> int:
    """How many columns a text takes in a code block; wide characters take two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def plain(text: str) -> str:
    """A text that cannot break out of a code block or its line: no backticks, line ends or unseen characters."""
    if text.isascii() and text.isprintable():
        return " ".join(text.replace("`", "’").split())
    composed = unicodedata.normalize("NFC", text).replace("`", "’")
    return " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in composed).split())


def fit(text: str, room: int) -> str:
    """The text in at most ``room`` columns, shortened with … where it is longer."""
    if width(text) <= room:
        return text
    # One walk along the text: a quote has a thousand characters, and a panel shows dozens.
    ends = accumulate(map(_columns, text))
    kept = sum(1 for _ in takewhile(lambda end: end < room, ends))
    return text[:kept].rstrip() + MORE if room > 0 else ""


def cut(text: str, room: int) -> str:
    """The text in one line of at most ``room`` characters, as Discord counts them, with … where it is cut."""
    flat = plain(text)
    return flat if len(flat) <= room else flat[: room - 1].rstrip() + MORE


def fit_name(name: str, room: int) -> str:
    """A person's name in at most ``room`` columns: whole, else with an initial, else shortened."""
    if width(name) <= room:
        return name
    if name.endswith(MARK) and room > 1:
        return fit_name(name[: -len(MARK)], room - len(MARK)) + MARK
    return fit(initialled(name), room)


def initialled(name: str) -> str:
    """``C. Heim`` for Corey Heim; a single name stays as it is."""
    first, _, rest = name.partition(" ")
    return f"{first[0]}. {rest}" if rest else name


def _pad(text: str, room: int, right: bool) -> str:
    blank = " " * (room - width(text))
    return blank + text if right else text + blank


def _widths(columns: Sequence[Column], lines: Sequence[Sequence[str]]) -> list[int]:
    """The width of every column; while a line is too long, the widest of the columns that can shrink gets narrower."""
    widths = [max(width(line[i]) for line in lines) for i in range(len(columns))]
    giving = [i for i, column in enumerate(columns) if column.gives_way]
    while sum(widths) + len(columns) - 1 > WIDTH:
        widest = max(giving, key=widths.__getitem__, default=None)
        if widest is None or widths[widest] <= _LEAST:
            raise ValueError("the columns that cannot shrink are too wide")
        widths[widest] -= 1
    return widths


def rule(label: str, room: int) -> str:
    """A line of dashes with a word in it, as wide as the table: ``── cut line ─────────``."""
    start = f"── {plain(label)} "
    return start + "─" * max(2, room - width(start))


def table(columns: Sequence[Column], rows: Sequence[Sequence[str]], rules: Mapping[int, str] | None = None) -> str:
    """A code block with a line of headings and a line a row, at most 40 columns wide.

    A column that shrinks holds names: "Corey Heim" becomes "C. Heim" before it is cut. ``rules`` are lines drawn
    across the table, each with a label, by the row (counted from 0) that they are drawn above.

    Raises:
        ValueError: the columns that cannot shrink are too wide.
    """
    heads = [plain(column.head) for column in columns]
    lines = [heads, *([plain(cell) for cell in row] for row in rows)]
    widths = _widths(columns, lines)
    text = [
        " ".join(
            _pad(fit_name(cell, room) if column.gives_way else cell, room, column.right)
            for cell, room, column in zip(line, widths, columns, strict=True)
        ).rstrip()
        for line in lines
    ]
    room = sum(widths) + len(widths) - 1
    for row in sorted(rules or {}, reverse=True):
        text.insert(row + 1, rule((rules or {})[row], room))
    return "```\n" + "\n".join(text if any(heads) else text[1:]) + "\n```"
