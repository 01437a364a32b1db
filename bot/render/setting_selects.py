"""Selects that set something, each carrying its question; what is chosen comes back beside the question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import discord
from discord import ui

from bot.questions.core import VERSION, Question
from bot.render.tables import cut

PLACEHOLDER_LIMIT = 150
OPTION_LIMIT = 100
"""Characters that Discord accepts in a placeholder, and in an option's label or explanation."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An option: its value, its label, whether it is chosen, and a line of explanation."""

    value: str
    label: str
    chosen: bool = False
    hint: str = ""


class _Select(ui.Select[Any]):
    """A select of given options; for ``is_dispatchable`` see ``QuestionButton``."""

    def is_dispatchable(self) -> bool:
        return False


class _ChannelSelect(ui.ChannelSelect[Any]):
    """A select of channels."""

    def is_dispatchable(self) -> bool:
        return False


class _RoleSelect(ui.RoleSelect[Any]):
    """A select of roles."""

    def is_dispatchable(self) -> bool:
        return False


class SettingSelect:
    """A select of options, of channels or of roles, whose choice goes to the topic of its question."""

    @staticmethod
    def of_options(
        question: Question, placeholder: str, options: Sequence[Choice], *, least: int = 1, most: int = 1
    ) -> ui.ActionRow[Any]:
        """A row with a select of given options, ``least`` to ``most`` of which may be chosen."""
        select = _Select(
            custom_id=_custom_id(question),
            placeholder=cut(placeholder, PLACEHOLDER_LIMIT),
            min_values=least,
            max_values=min(most, len(options)),
        )
        for each in options:
            select.add_option(
                label=cut(each.label, OPTION_LIMIT),
                value=each.value,
                default=each.chosen,
                description=cut(each.hint, OPTION_LIMIT) or None,
            )
        return ui.ActionRow(select)

    @staticmethod
    def of_channels(question: Question, placeholder: str, chosen: int | None) -> ui.ActionRow[Any]:
        """A row with a select of the server's text and announcement channels."""
        select = _ChannelSelect(
            custom_id=_custom_id(question),
            placeholder=cut(placeholder, PLACEHOLDER_LIMIT),
            channel_types=[discord.ChannelType.text, discord.ChannelType.news],
            default_values=_default(chosen, discord.SelectDefaultValueType.channel),
        )
        return ui.ActionRow(select)

    @staticmethod
    def of_roles(question: Question, placeholder: str, chosen: int | None) -> ui.ActionRow[Any]:
        """A row with a select of one of the server's roles, or none."""
        select = _RoleSelect(
            custom_id=_custom_id(question),
            placeholder=cut(placeholder, PLACEHOLDER_LIMIT),
            min_values=0,
            default_values=_default(chosen, discord.SelectDefaultValueType.role),
        )
        return ui.ActionRow(select)


class _Default(discord.SelectDefaultValue):
    """discord.py writes the id as a number; Discord's description of its API asks for text."""

    def to_dict(self) -> Any:
        return {**super().to_dict(), "id": str(self.id)}


def _default(chosen: int | None, kind: discord.SelectDefaultValueType) -> list[discord.SelectDefaultValue]:
    return [] if chosen is None else [_Default(id=chosen, type=kind)]


def _custom_id(question: Question) -> str:
    """The select's custom id.

    Raises:
        ValueError: the question is too long for one.
    """
    text = question.encode()
    if text is None:
        raise ValueError(f"{question} does not fit into a custom id")
    return f"{VERSION}:set:{text}"
