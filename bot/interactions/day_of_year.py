"""Reads a day of the year as a fan types it."""

from __future__ import annotations

import re
from datetime import date

from bot.errors import FriendlyError, quote

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = re.compile(rf"({'|'.join(_MONTHS)})[a-z]*\.? (\d{{1,2}})(?:st|nd|rd|th)?", re.IGNORECASE | re.ASCII)
_FIGURES = re.compile(r"(\d{1,2}) ?[/.-] ?(\d{1,2})", re.ASCII)
_LEAP_YEAR = 2024


def day_of_year(text: str) -> tuple[int, int]:
    """The month and the day in a text: "June 5", "Jun. 5th", "6/5".

    Raises:
        FriendlyError: it is no day of the year.
    """
    typed = " ".join(text.split())
    named, figures = _NAMED.fullmatch(typed), _FIGURES.fullmatch(typed)
    month, day = 0, 0
    if named is not None:
        month, day = _MONTHS.index(named[1].casefold()) + 1, int(named[2])
    elif figures is not None:
        month, day = int(figures[1]), int(figures[2])
    try:
        date(_LEAP_YEAR, month, day)
    except ValueError:
        raise FriendlyError(
            f"“{quote(typed)}” is no day of the year. Type a month and a day, such as June 5 or 6/5."
        ) from None
    return month, day
