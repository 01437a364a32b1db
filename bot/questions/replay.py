"""A race played again, and where it is in it."""

from __future__ import annotations

from bot.questions.core import ROUND, YEAR, Number, Question, parameter

USUAL_SPEED = 30
SPEEDS = (5, 10, 20, USUAL_SPEED, 60, 120)
"""How many times as fast as it was run a race is played."""
SECOND = Number(0, 999_999)
"""Seconds after the green flag."""


class ReplayQuestion(Question, topic="replay", private=True):
    """A race at a second after its green flag, for the requester alone; without a round the last one on record by laps.

    ``playing`` is 1 where it goes on by itself, ``speed`` times as fast as it was run, and 0 where it is paused.
    """

    year: int | None = parameter(YEAR, default=None)
    round: int | None = parameter(ROUND, default=None)
    second: int = parameter(SECOND, default=0)
    speed: int = parameter(Number(SPEEDS[0], SPEEDS[-1]), default=USUAL_SPEED)
    playing: int = parameter(Number(0, 1), default=0)
