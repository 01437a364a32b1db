"""The kinds of values that NASCAR's documents hold, as they are written there and as they are meant.

An empty text, ``null`` and a field that is missing all mean that a thing is not known. Whatever is there must be what
it should be: a text where a number belongs is an error, unless it is the number's digits, as some years have it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from db.models import EASTERN
from db.user_text import is_control, is_not_text

N = TypeVar("N", int, float)
R = TypeVar("R")

LONGEST = 2000
"""Characters of the longest text that is read, such as the comment on a race."""
LONGEST_NUMBER = 40
"""Characters of the longest number, day or time that is written as a text."""
MOST_OF_A_RACE = 1000
"""Rows of the longest list within a race or a season, such as its races, its trucks or a truck's laps."""
MOST = 20_000
"""Rows of the longest list there is, such as that of all drivers."""
UNSET_YEARS = range(1, 1950)
"""``1900-01-01`` and ``0001-01-01`` stand for a day that is not known."""

_MARKERS = re.compile(r"\s*(\((?:i|p|c)\)|#)\s*$", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?|-?\d*\.?\d+")
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d):([0-5]\d)(\.\d+)?")


class Feed(BaseModel):
    """A part of a document of NASCAR's; fields that it does not name are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def _known(value: Any) -> Any:
    """None for an empty text, which is how a value that is not known is written where ``null`` is not."""
    return None if isinstance(value, str) and not value.strip() else value


def _number(value: Any) -> Any:
    """A number from its digits, which may have commas between the thousands; anything else as it is."""
    value = _known(value)
    if isinstance(value, bool):
        raise ValueError("is no number")  # noqa: TRY004 - pydantic takes no TypeError
    if isinstance(value, str):
        # The length first: looking for a number in a million digits takes hours.
        if len(value) > LONGEST_NUMBER or not _NUMBER.fullmatch(value.strip()):
            raise ValueError("is no number")
        return float(value.replace(",", ""))
    return value


def whole(value: Any) -> Any:
    """A whole number from its digits, or one written with a point and nothing behind it; anything else as it is."""
    value = _number(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _flag(value: Any) -> Any:
    value = _known(value)
    words = {"true": True, "false": False, "1": True, "0": False}
    return words.get(value.strip().casefold(), value) if isinstance(value, str) else value


def _text(value: Any) -> Any:
    """A text without doubled spaces, those around it and what cannot be seen; None where nothing is left.

    A control character is an error, and so is half a character, which can neither be stored nor printed: what such a
    text should have been is anybody's guess.
    """
    if not isinstance(value, str):
        return value
    text = " ".join(value.split())
    if len(text) > LONGEST:
        raise ValueError(f"is longer than {LONGEST} characters")
    if not (text.isascii() and text.isprintable()):
        control = next(filter(is_control, text), None)
        if control is not None:
            raise ValueError(f"has a character that is no text (U+{ord(control):04X})")
        text = " ".join("".join(letter for letter in text if not is_not_text(letter)).split())
    return text or None


def _moment(value: Any) -> Any:
    value = _known(value)
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError("is no day and time")  # noqa: TRY004 - pydantic takes no TypeError
    try:
        moment = datetime.fromisoformat(value.strip()[: LONGEST_NUMBER + 1])
    except ValueError:
        raise ValueError("is no day and time") from None
    return None if moment.year in UNSET_YEARS else moment


def _within_years(moment: datetime | None) -> datetime | None:
    if moment is not None and not 1995 <= moment.year <= 2100:
        raise ValueError("is not within the years 1995 to 2100")
    return moment


def _none_if_zero(value: N) -> N | None:
    return value or None


Rows = Annotated[list[R], Field(max_length=MOST_OF_A_RACE, fail_fast=True)]
"""A list within a race or a season. The first row that is wrong is told, and the others are not looked at."""
ManyRows = Annotated[list[R], Field(max_length=MOST, fail_fast=True)]
"""A list of what there is much of, such as drivers or stops on pit road."""
Text = Annotated[Annotated[str, Field(max_length=LONGEST)] | None, BeforeValidator(_text)]
Name = Annotated[str, BeforeValidator(_text), Field(min_length=1, max_length=200)]
"""A name that must be there."""
Id = Annotated[Annotated[int, Field(ge=0, le=10**9)] | None, BeforeValidator(whole), AfterValidator(_none_if_zero)]
"""A number that names something; 0 names nothing."""
Count = Annotated[Annotated[int, Field(ge=0, le=100_000)] | None, BeforeValidator(whole)]
Laps = Annotated[Annotated[int, Field(ge=0, le=2000)] | None, BeforeValidator(whole)]
Points = Annotated[Annotated[int, Field(ge=-10_000, le=100_000)] | None, BeforeValidator(whole)]
Speed = Annotated[
    Annotated[float, Field(ge=0, lt=1_000_000)] | None, BeforeValidator(_number), AfterValidator(_none_if_zero)
]
"""A speed or a time; 0 is one that was not measured."""
Number = Annotated[Annotated[float, Field(gt=-1_000_000, lt=1_000_000)] | None, BeforeValidator(_number)]
Flag = Annotated[Annotated[bool, Field(strict=True)] | None, BeforeValidator(_flag)]
Truck = Annotated[Annotated[str, Field(pattern=r"^[0-9]{1,3}$")] | None, BeforeValidator(_text)]
NumberOfTruck = Annotated[str, BeforeValidator(_text), Field(pattern=r"^[0-9]{1,3}$")]
"""A truck's number, which is a text: 02 and 2 are two trucks."""
Moment = Annotated[datetime | None, BeforeValidator(_moment), AfterValidator(_within_years)]


def eastern(moment: datetime) -> datetime:
    """A moment without offset, which is Eastern; one with an offset says itself which it is. Returns UTC."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=EASTERN)).astimezone(UTC)


def utc(moment: datetime) -> datetime:
    """A moment without offset, which is UTC."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def seconds_of(clock: str | None) -> float | None:
    """The seconds of a race time such as ``2:00:27``; None where there is none, or none was measured.

    Raises:
        ValueError: it is no time.
    """
    if clock is None:
        return None
    match = _CLOCK.fullmatch(clock)
    if match is None:
        raise ValueError(f"{clock[:LONGEST_NUMBER]!r} is no race time such as 2:00:27")
    return int(match[1]) * 3600 + int(match[2]) * 60 + float(match[3] + (match[4] or "")) or None


def without_markers(name: str) -> tuple[str, frozenset[str]]:
    """A name as it is, and what the markers behind it say, which may be several.

    ``(i)`` scores for another series, ``#`` is a rookie, ``(p)`` and ``(c)`` are in the playoffs or the Chase; a star
    before it is an open entry.
    """
    found = set()
    name = name.strip()
    while match := _MARKERS.search(name):
        found.add(match[1].strip("()").casefold())
        name = name[: match.start()]
    if name.startswith("*"):
        found.add("*")
        name = name.lstrip("* ")
    return name, frozenset(found)
