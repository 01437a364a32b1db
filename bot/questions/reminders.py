"""What a person can ask and set about reminders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.questions.core import KEY, Question, Word, parameter

SERVER, PERSON = "server", "me"
"""Whose reminders: those of the server in which is asked, or the asker's own."""
WHOSE = Word((SERVER, PERSON))
CHANNEL, ROLE, LEADS, SESSIONS, EXTRAS, DELAY = "channel", "role", "leads", "sessions", "extras", "delay"
CHOICES = Word((CHANNEL, ROLE, LEADS, SESSIONS, EXTRAS, DELAY))
ON, OFF, TEST = "on", "off", "test"
DEEDS = Word((ON, OFF, TEST))


@dataclass(frozen=True, slots=True)
class RemindersQuestion(Question):
    """How reminders are set."""

    topic: ClassVar[str] = "reminders"
    private: ClassVar[bool] = True
    whose: str = parameter(WHOSE, default=SERVER)


@dataclass(frozen=True, slots=True)
class ReminderStatusQuestion(Question):
    """What is planned, and what was delivered."""

    topic: ClassVar[str] = "remstatus"
    private: ClassVar[bool] = True
    whose: str = parameter(WHOSE, default=SERVER)


@dataclass(frozen=True, slots=True)
class ReminderChoiceQuestion(Question):
    """A choice made in the panel; what was chosen comes beside it."""

    topic: ClassVar[str] = "remset"
    private: ClassVar[bool] = True
    what: str = parameter(CHOICES)
    whose: str = parameter(WHOSE, default=SERVER)


@dataclass(frozen=True, slots=True)
class ReminderDeedQuestion(Question):
    """A button of the panel."""

    topic: ClassVar[str] = "remdo"
    private: ClassVar[bool] = True
    deed: str = parameter(DEEDS)
    whose: str = parameter(WHOSE, default=SERVER)


@dataclass(frozen=True, slots=True)
class RemindMeQuestion(Question):
    """Remind me too: switches the asker's own reminders on; ``mark`` tells the message it stands under."""

    topic: ClassVar[str] = "remindme"
    private: ClassVar[bool] = True
    mark: str | None = parameter(KEY, default=None)
