"""What a person can ask and set about reminders."""

from __future__ import annotations

from bot.questions.core import ID, KEY, Number, Question, Word, parameter

SERVER, PERSON = "server", "me"
"""Whose reminders: those of the server that the question is asked in, or the requester's own."""
WHOSE = Word((SERVER, PERSON))
CHANNEL, ROLE, LEADS, SESSIONS, EXTRAS, DELAY = "channel", "role", "leads", "sessions", "extras", "delay"
RACE_DAY, ALSO, LATER = "raceday", "also", "later"
"""``DELAY`` is what panels of an earlier release ask, in minutes, and their ``EXTRAS`` knows no boards and threads,
which it leaves as they are; ``LATER`` is in seconds, ``ALSO`` has all."""
CHOICES = Word((CHANNEL, ROLE, LEADS, SESSIONS, EXTRAS, DELAY, RACE_DAY, ALSO, LATER))
LAP = Number(1, 999)
ON, OFF, TEST = "on", "off", "test"
ACTIONS = Word((ON, OFF, TEST))


class RemindersQuestion(Question, topic="reminders", private=True):
    """The settings of reminders."""

    whose: str = parameter(WHOSE, default=SERVER)


class ReminderStatusQuestion(Question, topic="remstatus", private=True):
    """What is planned, and what was delivered."""

    whose: str = parameter(WHOSE, default=SERVER)


class ReminderChoiceQuestion(Question, topic="remset", private=True):
    """A choice made in one of the panel's selects; the chosen values come beside the question."""

    what: str = parameter(CHOICES)
    whose: str = parameter(WHOSE, default=SERVER)


class ReminderActionQuestion(Question, topic="remdo", private=True):
    """A button of the panel."""

    action: str = parameter(ACTIONS)
    whose: str = parameter(WHOSE, default=SERVER)


class DelayFormQuestion(Question, topic="remdelay", private=True):
    """A form for a delay of any length."""

    whose: str = parameter(WHOSE, default=SERVER)


class LapSyncQuestion(Question, topic="lapsync", private=True):
    """Which laps are to come on the screen of who asks."""

    whose: str = parameter(WHOSE, default=SERVER)


class LapSeenQuestion(Question, topic="lapseen", private=True):
    """That the screen of who presses shows at this moment that the leader has completed a lap."""

    race: int = parameter(ID)
    lap: int = parameter(LAP)
    whose: str = parameter(WHOSE, default=SERVER)


class RemindMeQuestion(Question, topic="remindme", private=True):
    """Remind me too: switches the requester's own reminders on; ``mark`` is that of the message with the button."""

    mark: str | None = parameter(KEY, default=None)
