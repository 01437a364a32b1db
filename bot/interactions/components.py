"""The dynamic items that hear the buttons and selects of every message, those sent before this start included.

``bot.render`` makes plain buttons and selects whose custom ids, or values, are questions. discord.py hands a press to
the dynamic item whose template fits the custom id, so nothing about a message has to be remembered.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Self

import discord
from discord import ui

from bot.questions.core import VERSION

Press = Callable[[discord.Interaction[Any], str], Awaitable[None]]
"""Gets the question of a pressed button as text, which is empty where another version made the button."""
Choose = Callable[[discord.Interaction[Any], str, Sequence[str]], Awaitable[None]]
"""Gets the question of a select as text, and the values chosen in it."""

BUTTON = re.compile(r"(?P<version>t[0-9]+):[0-9]:(?P<question>.+)", re.DOTALL)
SELECT = re.compile(r"(?P<version>t[0-9]+):pick:[a-z]+")
SETTING = re.compile(r"(?P<version>t[0-9]+):set:(?P<question>.+)", re.DOTALL)


def listeners(press: Press, choose: Choose) -> tuple[type[ui.DynamicItem[Any]], ...]:
    """The dynamic items for one client: what they hear goes to ``press`` and ``choose``.

    The classes are made for each client, because discord.py builds a dynamic item from its class alone and offers no
    other place to tell it where to go.
    """

    class HeardItem(ui.DynamicItem[ui.Item[Any]], template=re.compile("(?!)")):
        """What the three have in common: whether this version made the component, and its question."""

        def __init__(self, item: ui.Item[Any], version: str, question: str) -> None:
            super().__init__(item)
            self.question = question if version == VERSION else ""
            self.ours = version == VERSION

        @classmethod
        async def from_custom_id(
            cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
        ) -> Self:
            del interaction
            return cls(item, match["version"], match.groupdict().get("question") or "")

    class HeardButton(HeardItem, template=BUTTON):
        """A button whose custom id carries a question."""

        async def callback(self, interaction: discord.Interaction[Any]) -> None:
            await press(interaction, self.question)

    class HeardSelect(HeardItem, template=SELECT):
        """A select each of whose values is a question."""

        async def callback(self, interaction: discord.Interaction[Any]) -> None:
            chosen = _chosen(interaction)
            await press(interaction, chosen[0] if chosen and self.ours else "")

    class HeardSetting(HeardItem, template=SETTING):
        """A select that sets something: its custom id carries the question, its values are the answer."""

        async def callback(self, interaction: discord.Interaction[Any]) -> None:
            await choose(interaction, self.question, _chosen(interaction))

    return HeardButton, HeardSelect, HeardSetting


def _chosen(interaction: discord.Interaction[Any]) -> list[str]:
    """The chosen values, as Discord sends them; nothing where that is not a list of texts."""
    data: Mapping[str, Any] = interaction.data or {}
    values = data.get("values")
    return [value for value in values if isinstance(value, str)] if isinstance(values, Iterable) else []
