"""What is asked of quotes: by fans who read them, and by who may save and mend them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from bot.questions.core import ID, KEY, PAGE, ROUND, YEAR, Number, Question, Word, parameter


class Scope(StrEnum):
    """For whom a quote is: the server in which it is saved, or everybody."""

    SERVER = "server"
    ALL = "all"


SCOPE = Word(tuple(Scope))
LAST_PAGE = 99_999
"""The last page that a button can turn to, at one quote a page."""
QUOTE_PAGE = Number(1, LAST_PAGE)
HOUR = Number(0, 23)


@dataclass(frozen=True, slots=True)
class QuoteQuestion(Question):
    """Quotes that were looked for, one a page. ``about`` are words joined, ``round`` goes with a year.

    With none of these four any quote is shown, as by ``RandomQuoteQuestion``.
    """

    topic: ClassVar[str] = "quote"
    about: str | None = parameter(KEY, default=None)
    driver: str | None = parameter(KEY, default=None)
    year: int | None = parameter(YEAR, default=None)
    round: int | None = parameter(ROUND, default=None)
    page: int = parameter(QUOTE_PAGE, default=1)


@dataclass(frozen=True, slots=True)
class RandomQuoteQuestion(Question):
    """A quote at random; another one than ``last``, if there is one."""

    topic: ClassVar[str] = "quoteany"
    last: int | None = parameter(ID, default=None)


@dataclass(frozen=True, slots=True)
class AnotherQuoteQuestion(Question):
    """The same, asked under a quote of the day; ``mark`` is by which the message is recognized."""

    topic: ClassVar[str] = "quotemore"
    last: int = parameter(ID)
    mark: str = parameter(KEY)


@dataclass(frozen=True, slots=True)
class OneQuoteQuestion(Question):
    """The quote of that number."""

    topic: ClassVar[str] = "quoteone"
    id: int = parameter(ID)


@dataclass(frozen=True, slots=True)
class ManageQuoteQuestion(Question):
    """A quote with what can be done to it."""

    topic: ClassVar[str] = "qpanel"
    private: ClassVar[bool] = True
    id: int = parameter(ID)


@dataclass(frozen=True, slots=True)
class ManageQuotesQuestion(Question):
    """The quotes of a scope with what can be done to them, one a page; ``about`` are words joined."""

    topic: ClassVar[str] = "qpanels"
    private: ClassVar[bool] = True
    scope: str = parameter(SCOPE)
    about: str | None = parameter(KEY, default=None)
    page: int = parameter(QUOTE_PAGE, default=1)


@dataclass(frozen=True, slots=True)
class FormQuestion(Question):
    """The form for a quote: for a new one without an ``id``; filled in with what ``draft`` holds.

    ``base`` is the last step of the quote's history that whoever fills it in knows of.
    """

    topic: ClassVar[str] = "qform"
    private: ClassVar[bool] = True
    scope: str = parameter(SCOPE)
    id: int | None = parameter(ID, default=None)
    draft: int | None = parameter(ID, default=None)
    base: int | None = parameter(ID, default=None)


@dataclass(frozen=True, slots=True)
class DiscardQuoteDraftQuestion(Question):
    """Throws away a draft of the asker's."""

    topic: ClassVar[str] = "qdrop"
    private: ClassVar[bool] = True
    draft: int = parameter(ID)


@dataclass(frozen=True, slots=True)
class DeleteQuestion(Question):
    """Deletes a quote; asks first whether that is meant."""

    topic: ClassVar[str] = "qdelete"
    private: ClassVar[bool] = True
    id: int = parameter(ID)
    sure: str | None = parameter(Word(("sure",)), default=None)


@dataclass(frozen=True, slots=True)
class QuoteHistoryQuestion(Question):
    """How a quote came to read as it does, newest first."""

    topic: ClassVar[str] = "qsteps"
    private: ClassVar[bool] = True
    id: int = parameter(ID)
    page: int = parameter(PAGE, default=1)


@dataclass(frozen=True, slots=True)
class RestoreQuestion(Question):
    """Brings a deleted quote back or, with a ``step``, how it read before that step; they count from 1, the oldest."""

    topic: ClassVar[str] = "qrestore"
    private: ClassVar[bool] = True
    scope: str = parameter(SCOPE)
    id: int = parameter(ID)
    step: int | None = parameter(ID, default=None)


@dataclass(frozen=True, slots=True)
class RoleQuestion(Question):
    """Shows the role that may save quotes in the server; with one, or "nobody", sets it first."""

    topic: ClassVar[str] = "qrole"
    private: ClassVar[bool] = True
    role: int | None = parameter(ID, default=None)
    nobody: str | None = parameter(Word(("nobody",)), default=None)


@dataclass(frozen=True, slots=True)
class DayQuestion(Question):
    """Shows where the server's quote of the day goes; with a channel, or "off", sets it first."""

    topic: ClassVar[str] = "qday"
    private: ClassVar[bool] = True
    channel: int | None = parameter(ID, default=None)
    off: str | None = parameter(Word(("off",)), default=None)


@dataclass(frozen=True, slots=True)
class DaySettingQuestion(Question):
    """Sets the channel of the server's quote of the day, the hour (Eastern), or both, and shows what is set."""

    topic: ClassVar[str] = "qdayset"
    private: ClassVar[bool] = True
    channel: int | None = parameter(ID, default=None)
    hour: int | None = parameter(HOUR, default=None)


@dataclass(frozen=True, slots=True)
class DayHourQuestion(Question):
    """The select of the hour of the server's quote of the day; what was chosen comes beside it."""

    topic: ClassVar[str] = "qdayhour"
    private: ClassVar[bool] = True
