"""How a delay is written and read: by how much somebody is told of a race later than it runs."""

from __future__ import annotations

import re
from typing import Any

from discord import ui

from bot.errors import FriendlyError
from bot.questions.core import Question
from bot.render.formatting import count
from bot.render.forms import Field, Form
from bot.render.setting_selects import Choice, SettingSelect
from db.reminders.race_day import LONGEST_DELAY, Delay

_HOUR = 3600
DELAYS = (
    *(0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 60, 75, 90, 120, 180, 300, 600, 900, 1800),
    *(_HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR, 24 * _HOUR),
)
"""What can be chosen, in seconds: close together where broadcasts and streams are, then far apart."""
EXAMPLES = "Write it like 45, 45s, 1:15, 2 min or 1h, up to 24 hours."
DELAY_FIELD = "delay"
_UNITS = {"s": 1, "m": 60, "h": 3600}
_PART = r"(\d{1,5}) ?(h|hours?|hrs?|m|min|mins|minutes?|s|sec|secs|seconds?)"
_PARTS = re.compile(rf"{_PART}(?:(?:,| and)? ?{_PART})?(?:(?:,| and)? ?{_PART})?")
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,4}):(\d{2})")


def span(seconds: int) -> str:
    """``45 seconds``, ``1 minute 15 seconds``, ``24 hours``."""
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    parts = [count(number, unit) for number, unit in ((hours, "hour"), (minutes, "minute"), (rest, "second")) if number]
    return " ".join(parts) or count(0, "second")


def read_delay(text: str) -> int:
    """The seconds that a text means: ``75``, ``1:15``, ``2 min``, ``45s``, ``1h 30m``.

    Raises:
        FriendlyError: it means none, or more than a day.
    """
    said = " ".join(text.casefold().split())
    seconds = _seconds(said)
    if seconds is None:
        raise FriendlyError(f"That is no length of time. {EXAMPLES}")
    if seconds > LONGEST_DELAY:
        raise FriendlyError(f"{span(seconds)} is too long; the longest delay is {span(LONGEST_DELAY)}.")
    return seconds


def _seconds(said: str) -> int | None:
    if not said.isascii():
        return None
    if said.isdecimal():
        # Longer than any number that is meant; SQLite and people stop reading long before.
        return int(said) if len(said) <= 9 else LONGEST_DELAY + 1
    clock = _CLOCK.fullmatch(said)
    if clock is not None:
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        fits = seconds < 60 and (minutes < 60 or clock[1] is None)
        return 3600 * hours + 60 * minutes + seconds if fits else None
    parts = _PARTS.fullmatch(said)
    if parts is None:
        return None
    found = [part for part in parts.groups() if part is not None]
    units = [_UNITS[unit[0]] for unit in found[1::2]]
    if units != sorted(set(units), reverse=True):
        return None
    return sum(int(number) * unit for number, unit in zip(found[::2], units, strict=True))


def delay_select(question: Question, seconds: int) -> ui.ActionRow[Any]:
    """A select of delays in which the one that is set is chosen, also where it is none that is offered."""
    offered = list(DELAYS)
    if seconds not in offered:
        # It takes the place of the one that is nearest to it: a select has 25 options at most.
        nearest = min(range(1, len(offered)), key=lambda each: abs(offered[each] - seconds))
        offered[nearest] = seconds
    choices = [
        Choice(str(each), f"Races {span(each)} later" if each else "Races as they run", each == seconds)
        for each in sorted(offered)
    ]
    return SettingSelect.of_options(question, "How much later than the race runs?", choices)


def delay_form(question: Question, seconds: int) -> Form:
    """A form for a delay of any length."""
    hint = "How far your screen is behind the race, such as 45, 1:15, 2 min or 1h; 0 for none."
    return Form("TV delay", [Field(DELAY_FIELD, "Delay", str(seconds), hint, limit=20)], question)


def told_later(delay: Delay) -> str:
    """The small print under an answer while a race is on, or was lately."""
    return f"-# {whose_wish(delay)}; what came since is not told yet."


def set_to(seconds: int) -> str:
    """What is set, in a sentence."""
    if not seconds:
        return "Races are told as they run."
    return f"Everything about a race is told {span(seconds)} later than it runs."


def whose_wish(delay: Delay) -> str:
    """``45 seconds behind the race, as this server wants it``."""
    wants = "as you want it" if delay.own else "as this server wants it"
    return f"{span(delay.seconds)} behind the race, {wants}"
