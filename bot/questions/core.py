"""What a person can ask, one frozen question a topic, and how a button carries one in its custom id.

A custom id outlives the process that made it, so nothing in it is trusted: it is read back field by field, and what a
question names (a driver, a race, a season, a page) is looked up again by the code that answers it.

A question registers by being defined, wherever that is: beside the others here, in a cog, or in a render module.
"""

from __future__ import annotations

import re
from dataclasses import Field, dataclass, field, fields
from typing import Any, ClassVar, Protocol, TypeVar, dataclass_transform, overload

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
    """How a parameter is read back from the text that ``str`` made of it."""

    def read(self, text: str) -> T_co:
        """The value. Raises ValueError where the text is not that of one."""


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number from ``low`` to ``high``."""

    low: int
    high: int

    def read(self, text: str) -> int:
        if not re.fullmatch(r"0|[1-9][0-9]{0,18}", text) or not self.low <= int(text) <= self.high:
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


YEAR = Number(1900, 2999)
ROUND = Number(1, 99)
PAGE = Number(1, 999)
KEY = Word()
LARGEST = 2**63 - 1
"""The largest number that SQLite stores; Discord's ids are smaller."""
ID = Number(1, LARGEST)
"""A number that the store or Discord gave: of a quote, a draft, a role, a channel."""
STEP = Number(0, LARGEST)
"""A step of a text's history, counted by the store; 0 is before the first."""
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
    "what-if-classic",
)
DRIVER_TABS = ("season", "races", "career", "seasons", "tracks")
COMPARE_TABS = ("season", "races")


@overload
def parameter(codec: Codec[T]) -> T: ...
@overload
def parameter(codec: Codec[T], *, default: T) -> T: ...
def parameter(codec: Codec[Any], **default: Any) -> Any:
    """A field of a question.

    Args:
        codec: reads the field back from a custom id. What it reads, or the default, has to be of the field's type.
        default: what the field is where it is left out; None only for a field that may be empty in a custom id.
    """
    return field(metadata={"codec": codec}, **default)


QUESTIONS: dict[str, type[Question]] = {}
"""Every kind of question by its topic."""


@dataclass_transform(frozen_default=True, field_specifiers=(parameter,))
class Question:
    """Something asked; each subclass is a frozen dataclass, whose fields are its parameters.

    A field that is None is for the clock to decide: the season of the day, the latest race.

    Args of a subclass:
        topic: the word by which a custom id names this kind of question; no two kinds share one. Without one the
            class is only a base of others.
        private: the answer is for the requester alone: a press on a message that others see leaves that message alone.
    """

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    topic: ClassVar[str]
    private: ClassVar[bool] = False
    parameters: ClassVar[tuple[Field[Any], ...]] = ()
    """The fields in order; kept, because every button of every answer asks for them."""

    def __init_subclass__(cls, *, topic: str = "", private: bool | None = None) -> None:
        # dataclass_transform tells type checkers so; they would not see through a decorator with defaults of our own.
        dataclass(frozen=True)(cls)
        cls.parameters = fields(cls)
        if private is not None:
            cls.private = private
        if topic:
            # A cog that is loaded again defines its questions again, under the same names.
            before = QUESTIONS.get(topic, cls)
            if (before.__module__, before.__qualname__) != (cls.__module__, cls.__qualname__):
                raise TypeError(f"the topic {topic!r} belongs to {before.__module__}.{before.__qualname__} already")
            cls.topic = topic
            QUESTIONS[topic] = cls

    def encode(self) -> str | None:
        """The question as text without spaces; None where it is too long for a custom id or cannot be one."""
        values = [getattr(self, f.name) for f in self.parameters]
        text = ":".join([self.topic, *("" if value is None else str(value) for value in values)])
        fits = len(f"{VERSION}:0:{text}") <= ID_LIMIT
        return text if fits and not re.search(r"\s", text) and text.count(":") == len(values) else None


class StandingsQuestion(Question, topic="standings"):
    """The standings; ``after`` is a round. Without a view it is the one that matters at the time."""

    year: int | None = parameter(YEAR, default=None)
    after: int | None = parameter(ROUND, default=None)
    view: str | None = parameter(Word(STANDINGS_VIEWS), default=None)
    page: int = parameter(PAGE, default=1)


class PlayoffsQuestion(Question, topic="playoffs"):
    """The playoffs, round by round."""

    year: int | None = parameter(YEAR, default=None)


class ClinchQuestion(Question, topic="clinch"):
    """What a driver needs at the next race; without a driver, what every driver needs."""

    driver: str | None = parameter(KEY, default=None)


class DriverQuestion(Question, topic="driver"):
    """A driver's season, all of the driver's races in it, or the whole career.

    Without a year the season is the last one; of a driver who has not raced since the year before it is the career.
    """

    driver: str = parameter(KEY)
    year: int | None = parameter(YEAR, default=None)
    tab: str = parameter(Word(DRIVER_TABS), default="season")
    page: int = parameter(PAGE, default=1)


class CompareQuestion(Question, topic="compare"):
    """Two drivers side by side, or every race in which they met."""

    a: str = parameter(KEY)
    b: str = parameter(KEY)
    year: int | None = parameter(YEAR, default=None)
    tab: str = parameter(Word(COMPARE_TABS), default="season")
    page: int = parameter(PAGE, default=1)


class ResultsQuestion(Question, topic="results"):
    """How a race ended; without a round the latest race that was run."""

    year: int | None = parameter(YEAR, default=None)
    round: int | None = parameter(ROUND, default=None)
    page: int = parameter(PAGE, default=1)


class ScheduleQuestion(Question, topic="schedule"):
    """A season's races; without a page the page that the next race is on."""

    year: int | None = parameter(YEAR, default=None)
    page: int | None = parameter(PAGE, default=None)


class NextQuestion(Question, topic="next"):
    """The next race."""


class AboutQuestion(Question, topic="about"):
    """What Tailgate is and how fresh it is."""


class HelpQuestion(Question, topic="help"):
    """What to type; without a topic the overview."""

    about: str | None = parameter(KEY, default=None)


def decode(text: str) -> Question:
    """The question that a text carries.

    Raises:
        OldButtonError: it is malformed or has a field out of its range.
    """
    topic, *values = text.split(":")
    kind = QUESTIONS.get(topic)
    if kind is None or len(values) != len(kind.parameters):
        raise OldButtonError
    read: dict[str, Any] = {}
    for f, value in zip(kind.parameters, values, strict=True):
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
