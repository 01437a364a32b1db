"""What a press on a message or a choice in it stands for, read from Discord's data alone.

``bot.render`` makes plain buttons and selects whose custom ids, or values, are questions. So nothing about a message
has to be remembered or looked at: those that were sent before this start are heard as well.
"""

from __future__ import annotations

import re
import reprlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.interactions.options import OddInteractionError, texts_of
from bot.questions.core import ID_LIMIT, VERSION, OldButtonError

BUTTON = re.compile(r"(?P<version>t[0-9]+):[0-9]:(?P<question>.+)", re.DOTALL)
SELECT = re.compile(r"(?P<version>t[0-9]+):pick:[a-z]+")
SETTING = re.compile(r"(?P<version>t[0-9]+):set:(?P<question>.+)", re.DOTALL)

BUTTON_TYPE = 2
SELECT_TYPES = frozenset({3, 5, 6, 7, 8})
"""Discord's types of components that can be pressed, and of those in which something is chosen."""
MOST_VALUES = 25
"""How many values of a select can be chosen."""

ODD_PRESS = "Discord sent that press without what it stands for. Please run the command again."
ODD_CHOICE = "Discord sent that choice without what was chosen. Please choose again."


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button, or a select of answers: the question as text, which is empty where another version made it."""

    question: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """A select that sets something: the question that it carries, and what was chosen."""

    question: str
    values: Sequence[str]


def check_component(data: Mapping[str, Any]) -> None:
    """Looks at the data of a press or a choice.

    Raises:
        OddInteractionError: Discord does not send such data, or nothing of this bot's has such a custom id.
    """
    custom_id, kind = data.get("custom_id"), data.get("component_type")
    if not isinstance(custom_id, str) or len(custom_id) > ID_LIMIT:
        raise OddInteractionError(ODD_PRESS, f"the custom id is {reprlib.repr(custom_id)}")
    if isinstance(kind, bool) or not isinstance(kind, int):
        raise OddInteractionError(ODD_PRESS, f"the component's type is {reprlib.repr(kind)}")
    if BUTTON.fullmatch(custom_id):
        if kind != BUTTON_TYPE:
            raise OddInteractionError(ODD_PRESS, f"a button of type {kind}")
    elif SELECT.fullmatch(custom_id) or SETTING.fullmatch(custom_id):
        if kind not in SELECT_TYPES or texts_of(data.get("values"), MOST_VALUES) is None:
            raise OddInteractionError(ODD_CHOICE, f"a choice of type {kind} without its values")
    else:
        raise OddInteractionError(str(OldButtonError()), f"unknown custom id {reprlib.repr(custom_id)}")


def heard(data: Mapping[str, Any]) -> Pressed | Chosen | None:
    """What a press or a choice that passed the gate stands for; None where it is not the router's."""
    custom_id, values = str(data.get("custom_id", "")), texts_of(data.get("values"), MOST_VALUES)
    button, select, setting = (pattern.fullmatch(custom_id) for pattern in (BUTTON, SELECT, SETTING))
    match = button or select or setting
    if match is None:
        return None
    ours = match["version"] == VERSION
    if select:
        return Pressed(next(iter(values or ()), "") if ours else "")
    question = match["question"] if ours else ""
    return Pressed(question) if button else Chosen(question, list(values or ()))
