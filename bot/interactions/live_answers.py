"""Answers of ``/live`` that are kept current for a while: those that one person sees, or that no board can be made of.

They are changed with the token of their interaction, which Discord takes for a quarter of an hour.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import discord

from bot.questions.core import Question
from bot.requester import Requester

CURRENT_FOR = timedelta(minutes=14)
"""How long an answer is kept current; the last change, which gives it its button, has a minute's time left."""
GONE_AFTER = timedelta(minutes=15)
"""From then on nothing can be changed any more."""
MOST = 500
"""How many are kept current at the same time; whoever asks then gets the button at once."""


@dataclass(frozen=True, slots=True)
class LiveAnswer:
    """An answer to be kept current: whose, to what, when it was given, and the line that it has besides."""

    interaction: discord.Interaction[Any]
    question: Question
    requester: Requester
    given: datetime
    beside: str | None = None

    @property
    def until(self) -> datetime:
        """When it is changed for the last time."""
        return self.given + CURRENT_FOR


class LiveAnswers:
    """The answers that are kept current.

    Attributes:
        kept: whether anybody keeps them, so that an answer may promise it; boards likewise.
    """

    def __init__(self) -> None:
        self.kept = False
        self._answers: dict[int, LiveAnswer] = {}

    @property
    def room(self) -> bool:
        """Whether one more would be kept current."""
        return self.kept and len(self._answers) < MOST

    def follow(self, answer: LiveAnswer) -> None:
        """Has an answer kept current from now on."""
        self._answers[answer.interaction.id] = answer

    def drop(self, answer: LiveAnswer) -> None:
        """Keeps an answer current no more."""
        self._answers.pop(answer.interaction.id, None)

    def __iter__(self) -> Iterator[LiveAnswer]:
        return iter(tuple(self._answers.values()))

    def __len__(self) -> int:
        return len(self._answers)
