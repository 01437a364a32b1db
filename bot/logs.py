"""Logging: one line an event on standard error, and never a token in it."""

from __future__ import annotations

import logging
import re

_TOKEN = re.compile(r"[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}")

_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters but for the tab and the line break, what turns the direction of a text, and lone surrogates."""


class _Discreet(logging.Formatter):
    """Removes anything that looks like a token from the finished line, tracebacks included.

    What a terminal would obey is written as its code: some of what is logged came from somebody else.
    """

    def format(self, record: logging.LogRecord) -> str:
        line = _TOKEN.sub("<token>", super().format(record))
        return _OBEYED.sub(lambda found: f"<U+{ord(found[0]):04X}>", line)


def set_up_logging(level: str) -> None:
    """Sends records of this level and above to standard error; those of libraries only from WARNING on."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Discreet("{asctime} {levelname:<7} {name}: {message}", style="{"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("discord", "apscheduler", "aiosqlite", "asyncio", "filelock"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level]))
