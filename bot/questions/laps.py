"""What can be asked about the laps of a race, and about who starts it."""

from __future__ import annotations

from bot.questions.core import KEY, PAGE, ROUND, YEAR, Question, parameter


class LapsQuestion(Question, topic="laps"):
    """A driver's race, lap by lap; without a round the last one of which the driver's laps are held."""

    driver: str = parameter(KEY)
    year: int | None = parameter(YEAR, default=None)
    round: int | None = parameter(ROUND, default=None)


class LineupQuestion(Question, topic="lineup"):
    """Who is entered in a race and from where they start; without a round in the next race."""

    year: int | None = parameter(YEAR, default=None)
    round: int | None = parameter(ROUND, default=None)
    page: int = parameter(PAGE, default=1)
