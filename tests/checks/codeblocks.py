"""Our own rule for tables: no line of a code block is wider than a phone shows, and none contains a tab."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from tests.checks.findings import Findings

COLUMNS = 40
FENCE = "```"

_LANGUAGE = re.compile(r"[A-Za-z0-9_+\-.#]+\n")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_INVISIBLE = {"Mn", "Me", "Cf"}


def display_width(line: str) -> int:
    """The width of a line in a monospaced font: wide characters count two, combining marks and color codes none."""
    shown = _COLOUR.sub("", line)
    return len(shown) if shown.isascii() else sum(_width(character) for character in shown)


def _width(character: str) -> int:
    if unicodedata.category(character) in _INVISIBLE:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def code_blocks(text: str) -> Iterator[str]:
    """The contents of a text's code blocks, without the language at the beginning."""
    for block in text.split(FENCE)[1::2]:
        yield _LANGUAGE.sub("", block, count=1) if _LANGUAGE.match(block) else block


def check_code_blocks(text: str, findings: Findings, where: str) -> None:
    if text.count(FENCE) % 2:
        findings.say(where, "a code block is opened and not closed")
    for block in code_blocks(text):
        if "\t" in block:
            findings.say(where, "a tab in a code block")
        for line in block.split("\n"):
            if display_width(line) > COLUMNS:
                findings.say(where, f"a code block's line is {display_width(line)} columns wide: {line!r}")
