"""Logging: one line an event on standard error, and never a token in it."""

from __future__ import annotations

import logging
import re

_TOKEN = re.compile(r"[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}")


class _Discreet(logging.Formatter):
    """Removes anything that looks like a token from the finished line, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return _TOKEN.sub("<token>", super().format(record))


def set_up_logging(level: str) -> None:
    """Sends records of this level and above to standard error; those of libraries only from WARNING on."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Discreet("{asctime} {levelname:<7} {name}: {message}", style="{"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("discord", "apscheduler", "aiosqlite", "asyncio", "filelock"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level]))
