"""Days and moments as documents write them, and what is said of those written in another way."""

from __future__ import annotations

import re
from datetime import date, datetime

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(
    r"(?P<local>\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?)(?P<offset>[Zz]|[+-]\d\d:?\d\d)?", re.ASCII
)


def read_day(given: object) -> object:
    """The day in a text such as ``2025-10-17``; whatever is no text is passed on.

    Raises:
        ValueError: the text is no day, written in this way.
    """
    if not isinstance(given, str):
        return given
    if not _DAY.fullmatch(given):
        raise ValueError(f"{_shown(given)} is not a date; write year, month and day as in 2025-10-17")
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise ValueError(
            f"{_shown(given)} is a date on no calendar; write year, month and day as in 2025-10-17"
        ) from None


def read_moment(given: object) -> object:
    """The moment in a text such as ``2025-10-17T20:00:00Z``; whatever is no text is passed on.

    Raises:
        ValueError: the text is no moment, written in this way.
    """
    if not isinstance(given, str):
        return given
    form = "2025-10-17T20:00:00Z, or 2025-10-17T16:00:00-04:00"
    match = _MOMENT.fullmatch(given)
    if not match:
        raise ValueError(f"{_shown(given)} is not a date and time; write it as {form}")
    if not match["offset"]:
        raise ValueError(f"{_shown(given)} has no offset from UTC; write it as {form}")
    try:
        return datetime.fromisoformat(given.upper())
    except ValueError:
        raise ValueError(f"{_shown(given)} is on no calendar or clock; write it as {form}") from None


def _shown(given: str) -> str:
    return repr(given if len(given) <= 60 else given[:57] + "…")
