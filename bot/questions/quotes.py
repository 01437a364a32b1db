"""What can be asked about quotes: by fans who read them, and by the people who save and edit them."""

from __future__ import annotations

from enum import StrEnum

from bot.questions.core import ID, KEY, PAGE, ROUND, YEAR, Number, Question, Word, parameter


class Scope(StrEnum):
    """Who can see a quote: the server in which it is saved, or everybody."""

    SERVER = "server"
    ALL = "all"


SCOPE = Word(tuple(Scope))
LAST_PAGE = 99_999
"""The last page that a button can turn to, at one quote a page."""
QUOTE_PAGE = Number(1, LAST_PAGE)
HOUR = Number(0, 23)


class QuoteQuestion(Question, topic="quote"):
    """The quotes that a search finds, one a page. ``about`` are words joined, ``round`` goes with a year.

    With none of these four any quote is shown, as by ``RandomQuoteQuestion``.
    """

    about: str | None = parameter(KEY, default=None)
    driver: str | None = parameter(KEY, default=None)
    year: int | None = parameter(YEAR, default=None)
    round: int | None = parameter(ROUND, default=None)
    page: int = parameter(QUOTE_PAGE, default=1)


class RandomQuoteQuestion(Question, topic="quoteany"):
    """A quote at random; another one than ``last``, if there is one."""

    last: int | None = parameter(ID, default=None)


class AnotherQuoteQuestion(Question, topic="quotemore"):
    """The same, asked under a quote of the day; ``mark`` is by which the message is recognized."""

    last: int = parameter(ID)
    mark: str = parameter(KEY)


class OneQuoteQuestion(Question, topic="quoteone"):
    """The quote of that number."""

    id: int = parameter(ID)


class ManageQuoteQuestion(Question, topic="qpanel", private=True):
    """A quote with what can be done to it."""

    id: int = parameter(ID)


class ManageQuotesQuestion(Question, topic="qpanels", private=True):
    """The quotes of a scope with what can be done to them, one a page; ``about`` are words joined."""

    scope: str = parameter(SCOPE)
    about: str | None = parameter(KEY, default=None)
    page: int = parameter(QUOTE_PAGE, default=1)


class FormQuestion(Question, topic="qform", private=True):
    """The form for a quote, a new one where there is no ``id``; filled in from the ``draft`` where one is named.

    ``base`` is the last step of the quote's history that was known when the form was opened.
    """

    scope: str = parameter(SCOPE)
    id: int | None = parameter(ID, default=None)
    draft: int | None = parameter(ID, default=None)
    base: int | None = parameter(ID, default=None)


class DiscardQuoteDraftQuestion(Question, topic="qdrop", private=True):
    """Deletes one of the requester's own drafts."""

    draft: int = parameter(ID)


class DeleteQuestion(Question, topic="qdelete", private=True):
    """Deletes a quote; without ``sure`` it asks first."""

    id: int = parameter(ID)
    sure: str | None = parameter(Word(("sure",)), default=None)


class QuoteHistoryQuestion(Question, topic="qsteps", private=True):
    """The history of a quote, newest step first."""

    id: int = parameter(ID)
    page: int = parameter(PAGE, default=1)


class RestoreQuestion(Question, topic="qrestore", private=True):
    """Brings a deleted quote back or, with a ``step``, how it read before that step; they count from 1, the oldest."""

    scope: str = parameter(SCOPE)
    id: int = parameter(ID)
    step: int | None = parameter(ID, default=None)


class RoleQuestion(Question, topic="qrole", private=True):
    """Shows the role that may save quotes in the server; with one, or "nobody", sets it first."""

    role: int | None = parameter(ID, default=None)
    nobody: str | None = parameter(Word(("nobody",)), default=None)


class DayQuestion(Question, topic="qday", private=True):
    """Shows where the server's quote of the day goes; with a channel, or "off", sets it first."""

    channel: int | None = parameter(ID, default=None)
    off: str | None = parameter(Word(("off",)), default=None)


class DaySettingQuestion(Question, topic="qdayset", private=True):
    """Sets the channel of the server's quote of the day, the hour (Eastern), or both, and shows what is set."""

    channel: int | None = parameter(ID, default=None)
    hour: int | None = parameter(HOUR, default=None)


class DayPastQuestion(Question, topic="qdaypast", private=True):
    """Sets whether the quote of the day says what happened on that day in other years; the rest as in DaySetting."""

    past: str = parameter(Word(("on", "off")))
    channel: int | None = parameter(ID, default=None)
    hour: int | None = parameter(HOUR, default=None)


class DayHourQuestion(Question, topic="qdayhour", private=True):
    """The select of the hour of the server's quote of the day; what was chosen comes beside it."""
