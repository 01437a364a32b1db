"""Forms: what a person fills in and sends, as Discord's modals, carrying their question like buttons do.

Nothing is remembered about an open form: what comes back is read from Discord's data alone, so a text that somebody
wrote while the bot was restarted is not lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import discord
from discord import ui

from bot.questions.core import ID_LIMIT, VERSION, Question
from bot.render.blocks import Accent, card
from bot.render.formatting import escape
from bot.render.tables import cut
from bot.render.user_text import shortened

TITLE_LIMIT = 45
LABEL_LIMIT = 45
HINT_LIMIT = 100
LONGEST = 4000
FIELDS = 5
"""Discord's limits of a form: characters of its texts, and how many fields it has."""

PREFIX = f"{VERSION}:form:"
TEXT_INPUT = discord.ComponentType.text_input.value

COPIED = 3500
"""Characters of what was typed that fit into a message beside its heading."""
OLD_FORM = "That form is from an older version of Tailgate. Please open it again."
ODD_FORM = "Discord sent that form without all of its fields. Please open it again."
"""Why a form is refused that was not written by this version, or did not come back whole."""


@dataclass(frozen=True, slots=True)
class Field:
    """A line to fill in, or a box where ``long``; it begins with ``value``, and ``hint`` is small print above it."""

    name: str
    label: str
    value: str = ""
    hint: str = ""
    long: bool = False
    required: bool = True
    limit: int = 200


@dataclass(frozen=True, slots=True)
class Form:
    """A form: its title, up to five fields, and the question that what is written belongs to."""

    title: str
    fields: Sequence[Field]
    question: Question

    def modal(self) -> ui.Modal:
        """The form as discord.py sends it.

        Raises:
            ValueError: it has no fields or too many, or its question is too long.
        """
        text = self.question.encode()
        if text is None or len(PREFIX + text) > ID_LIMIT or not 1 <= len(self.fields) <= FIELDS:
            raise ValueError(f"no form can be made of {self.question} with {len(self.fields)} fields")
        modal = ui.Modal(title=cut(self.title, TITLE_LIMIT), custom_id=PREFIX + text)
        for each in self.fields:
            modal.add_item(
                ui.Label(
                    text=cut(each.label, LABEL_LIMIT),
                    description=cut(each.hint, HINT_LIMIT) or None,
                    component=ui.TextInput(
                        custom_id=each.name,
                        style=discord.TextStyle.paragraph if each.long else discord.TextStyle.short,
                        default=each.value[: each.limit] or None,
                        required=each.required,
                        min_length=1 if each.required else None,
                        max_length=min(each.limit, LONGEST),
                    ),
                )
            )
        # discord.py would keep open forms by their custom ids, and two people may have the same form open at once: a
        # form that is stopped is not kept.
        modal.stop()
        return modal


def carried(custom_id: str) -> str | None:
    """The question that a form's custom id carries, as text; "" where another version made it, None where none did."""
    if custom_id.startswith(PREFIX):
        return custom_id.removeprefix(PREFIX)
    version, _, rest = custom_id.partition(":")
    return "" if rest.startswith("form:") and version[:1] == "t" and version[1:].isdigit() else None


def filled_in(components: Any) -> dict[str, str]:
    """What was written, by the fields' names, without the spaces around it; read from what Discord sent.

    Where that is not what Discord sends, as much of it is read as makes sense.
    """
    values: dict[str, str] = {}
    for component in components if isinstance(components, list) else ():
        if not isinstance(component, Mapping):
            continue
        values |= filled_in(component.get("components")) | filled_in([component.get("component")])
        name, value = component.get("custom_id"), component.get("value")
        if component.get("type") == TEXT_INPUT and value is None:
            value = ""
        if isinstance(name, str) and isinstance(value, str):
            values[name] = value.replace("\r\n", "\n").strip()
    return values


def not_kept(typed: Iterable[str], why: str) -> ui.LayoutView:
    """Shows what was typed, to be copied, where it cannot be saved; ``why`` is a line that is escaped here."""
    return card(
        "Not saved",
        f"**{escape(why, 400)}** Copy what you typed before you go:",
        shortened("\n\n".join(filter(None, typed)), COPIED),
        accent=Accent.YELLOW,
        small=["Nothing was changed."],
    )
