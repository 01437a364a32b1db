"""The race as it runs, asked for in chat or by the one who asks alone."""

from __future__ import annotations

from bot.questions.core import ROUND, YEAR, Question, parameter


class LiveQuestion(Question, topic="live"):
    """How a race stands: the one under way or, without one, the next; once it is over, where its results are."""

    year: int | None = parameter(YEAR, default=None)
    round: int | None = parameter(ROUND, default=None)


class LiveAloneQuestion(Question, topic="live-alone", private=True):
    """The same, for the requester alone; buttons of an earlier release ask it, in servers that see races later."""

    year: int | None = parameter(YEAR, default=None)
    round: int | None = parameter(ROUND, default=None)
