"""What a person can ask, one frozen question a topic, and how a button carries one in its custom id.

A custom id outlives the process, so nothing about it is believed: it is read back field by field, and what a
question names (a driver, a race, a season, a page) is looked up again by whoever answers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Protocol, TypeVar, overload

from bot.errors import FriendlyError

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

ID_LIMIT = 100
"""Characters that Discord gives a custom id or a select's value."""

VERSION = "t1"
_OLD = "That button is from an older version of Tailgate. Please run the command again."


class OldButtonError(FriendlyError):
    """A custom id that this version does not understand."""

    def __init__(self) -> None:
        super().__init__(_OLD)


class Codec(Protocol[T_co]):
    """How a parameter is read back from text; raises ValueError. ``str`` writes it."""

    def read(self, text: str) -> T_co: ...


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number from ``low`` to ``high``."""

    low: int
    high: int

    def read(self, text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,5}", text) or not self.low <= int(text) <= self.high:
            raise ValueError(text)
        return int(text)


@dataclass(frozen=True, slots=True)
class Word:
    """One of the given words, or any key where none are given."""

    words: tuple[str, ...] = ()

    def read(self, text: str) -> str:
        if (self.words and text not in self.words) or not re.fullmatch(r"[^:\s]+", text):
            raise ValueError(text)
        return text


@dataclass(frozen=True, slots=True)
class Id:
    """A number that the store or Discord gave: of a quote, a draft, a role, a channel. ``least`` is 1, or 0."""

    least: int = 1

    def read(self, text: str) -> int:
        if not re.fullmatch(r"0|[1-9][0-9]{0,18}", text) or int(text) < self.least:
            raise ValueError(text)
        return int(text)


YEAR = Number(1900, 2999)
ROUND = Number(1, 99)
PAGE = Number(1, 999)
KEY = Word()
ID = Id()
STANDINGS_VIEWS = (
    "playoffs",
    "points",
    "stats",
    "rookies",
    "owners",
    "manufacturers",
    "full-season",
    "what-if-playoffs",
    "what-if-chase",
)
DRIVER_TABS = ("season", "races")
COMPARE_TABS = ("season", "races")


@overload
def parameter(codec: Codec[T]) -> T: ...
@overload
def parameter(codec: Codec[T], *, default: None) -> T | None: ...
@overload
def parameter(codec: Codec[T], *, default: T) -> T: ...
def parameter(codec: Codec[Any], **default: Any) -> Any:
    """A field of a question: how it is read, and what it is where nothing was said; typed as what its codec reads."""
    return field(metadata={"codec": codec}, **default)


QUESTIONS: dict[str, type[Question]] = {}
"""Every kind of question by its topic; a kind is here from when its class is made."""


@dataclass(frozen=True, slots=True)
class Question:
    """Something asked. A field that is None is for the clock to settle: the season of the day, the latest race.

    ``private`` says that the answer is for the requester alone: a press on a message that others see leaves it alone.
    """

    topic: ClassVar[str]
    private: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        QUESTIONS[cls.topic] = cls

    def encode(self) -> str | None:
        """The question as text without spaces; None where it is too long for a custom id or cannot be one."""
        values = [getattr(self, f.name) for f in fields(self)]
        text = ":".join([self.topic, *("" if value is None else str(value) for value in values)])
        fits = len(f"{VERSION}:0:{text}") <= ID_LIMIT
        return text if fits and not re.search(r"\s", text) and text.count(":") == len(values) else None


@dataclass(frozen=True, slots=True)
class StandingsQuestion(Question):
    """The standings; ``after`` is a round. Without a view it is the one that matters at the time."""

    topic: ClassVar[str] = "standings"
    year: int | None = parameter(YEAR, default=None)
    after: int | None = parameter(ROUND, default=None)
    view: str | None = parameter(Word(STANDINGS_VIEWS), default=None)
    page: int = parameter(PAGE, default=1)


@dataclass(frozen=True, slots=True)
class PlayoffsQuestion(Question):
    """The playoffs, round by round."""

    topic: ClassVar[str] = "playoffs"
    year: int | None = parameter(YEAR, default=None)


@dataclass(frozen=True, slots=True)
class ClinchQuestion(Question):
    """What a driver needs at the next race; without one, what everybody needs."""

    topic: ClassVar[str] = "clinch"
    driver: str | None = parameter(KEY, default=None)


@dataclass(frozen=True, slots=True)
class DriverQuestion(Question):
    """A driver's season, or all his races of it."""

    topic: ClassVar[str] = "driver"
    driver: str = parameter(KEY)
    year: int | None = parameter(YEAR, default=None)
    tab: str = parameter(Word(DRIVER_TABS), default="season")
    page: int = parameter(PAGE, default=1)


@dataclass(frozen=True, slots=True)
class CompareQuestion(Question):
    """Two drivers side by side, or every race in which they met."""

    topic: ClassVar[str] = "compare"
    a: str = parameter(KEY)
    b: str = parameter(KEY)
    year: int | None = parameter(YEAR, default=None)
    tab: str = parameter(Word(COMPARE_TABS), default="season")
    page: int = parameter(PAGE, default=1)


@dataclass(frozen=True, slots=True)
class ResultsQuestion(Question):
    """How a race ended; without a round the latest one run."""

    topic: ClassVar[str] = "results"
    year: int | None = parameter(YEAR, default=None)
    round: int | None = parameter(ROUND, default=None)
    page: int = parameter(PAGE, default=1)


@dataclass(frozen=True, slots=True)
class ScheduleQuestion(Question):
    """A season's races; without a page the one on which the next race stands."""

    topic: ClassVar[str] = "schedule"
    year: int | None = parameter(YEAR, default=None)
    page: int | None = parameter(PAGE, default=None)


@dataclass(frozen=True, slots=True)
class NextQuestion(Question):
    """The next race."""

    topic: ClassVar[str] = "next"


@dataclass(frozen=True, slots=True)
class AboutQuestion(Question):
    """What Tailgate is and how fresh it is."""

    topic: ClassVar[str] = "about"


@dataclass(frozen=True, slots=True)
class HelpQuestion(Question):
    """What to type; without a topic the overview."""

    topic: ClassVar[str] = "help"
    about: str | None = parameter(KEY, default=None)


def decode(text: str) -> Question:
    """The question that a text carries.

    Raises:
        OldButtonError: it is malformed or has a field out of its range.
    """
    topic, *values = text.split(":")
    kind = QUESTIONS.get(topic)
    if kind is None or len(values) != len(fields(kind)):
        raise OldButtonError
    read: dict[str, Any] = {}
    for f, value in zip(fields(kind), values, strict=True):
        if value:
            try:
                read[f.name] = f.metadata["codec"].read(value)
            except ValueError:
                raise OldButtonError from None
        elif f.default is None:
            read[f.name] = None
        else:
            raise OldButtonError
    return kind(**read)
