"""Choosers: selects that set something, each carrying its question; what is chosen comes back beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self, cast

import discord
from discord import ui

from bot.questions.core import VERSION, Question
from bot.render.tables import plain

PLACEHOLDER_LIMIT = 150
OPTION_LIMIT = 100
_CHOOSER = re.compile(r"(?P<version>t[0-9]+):set:(?P<question>.+)", re.DOTALL)


class _Desk(Protocol):
    """What takes a choice: the client's ``answers``."""

    async def choose(self, interaction: discord.Interaction[Any], text: str, chosen: Sequence[str]) -> None: ...


@dataclass(frozen=True, slots=True)
class Choice:
    """An option: its value, what it says, whether it is chosen, and a line of explanation."""

    value: str
    label: str
    chosen: bool = False
    hint: str = ""


class SettingSelect(ui.DynamicItem[ui.Item[Any]], template=_CHOOSER):
    """A select of options, of channels or of roles, whose choice goes to the topic of its question."""

    def __init__(self, item: ui.Item[Any], version: str, question: str) -> None:
        super().__init__(item)
        self.version = version
        self.question = question

    @classmethod
    def of_options(
        cls, question: Question, placeholder: str, options: Sequence[Choice], *, least: int = 1, most: int = 1
    ) -> ui.ActionRow[Any]:
        """A row with a select of given options, ``least`` to ``most`` of which may be chosen."""
        select: ui.Select[Any] = ui.Select(
            custom_id=_custom_id(question),
            placeholder=_cut(placeholder, PLACEHOLDER_LIMIT),
            min_values=least,
            max_values=min(most, len(options)),
        )
        for each in options:
            select.add_option(
                label=_cut(each.label, OPTION_LIMIT),
                value=each.value,
                default=each.chosen,
                description=_cut(each.hint, OPTION_LIMIT) or None,
            )
        return ui.ActionRow(cls(select, VERSION, str(question.encode())))

    @classmethod
    def of_channels(cls, question: Question, placeholder: str, chosen: int | None) -> ui.ActionRow[Any]:
        """A row with a select of the server's text and announcement channels."""
        select: ui.ChannelSelect[Any] = ui.ChannelSelect(
            custom_id=_custom_id(question),
            placeholder=_cut(placeholder, PLACEHOLDER_LIMIT),
            channel_types=[discord.ChannelType.text, discord.ChannelType.news],
            default_values=_default(chosen, discord.SelectDefaultValueType.channel),
        )
        return ui.ActionRow(cls(select, VERSION, str(question.encode())))

    @classmethod
    def of_roles(cls, question: Question, placeholder: str, chosen: int | None) -> ui.ActionRow[Any]:
        """A row with a select of one of the server's roles, or none."""
        select: ui.RoleSelect[Any] = ui.RoleSelect(
            custom_id=_custom_id(question),
            placeholder=_cut(placeholder, PLACEHOLDER_LIMIT),
            min_values=0,
            default_values=_default(chosen, discord.SelectDefaultValueType.role),
        )
        return ui.ActionRow(cls(select, VERSION, str(question.encode())))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        del interaction
        return cls(item, match["version"], match["question"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        desk = cast("_Desk", interaction.client.router)
        data: Mapping[str, Any] = interaction.data or {}
        await desk.choose(interaction, self.question if self.version == VERSION else "", _texts(data.get("values")))


def _texts(values: object) -> list[str]:
    """What was chosen, as Discord sends it; nothing where that is not a list of texts."""
    return [value for value in values if isinstance(value, str)] if isinstance(values, Iterable) else []


class _Default(discord.SelectDefaultValue):
    """discord.py writes the id as a number; Discord's description of its API asks for text."""

    def to_dict(self) -> Any:
        return {**super().to_dict(), "id": str(self.id)}


def _default(chosen: int | None, kind: discord.SelectDefaultValueType) -> list[discord.SelectDefaultValue]:
    return [] if chosen is None else [_Default(id=chosen, type=kind)]


def _custom_id(question: Question) -> str:
    """As a button's, with another word in it.

    Raises:
        ValueError: the question is too long for one; a mistake of the caller's.
    """
    text = question.encode()
    if text is None:
        raise ValueError(f"{question} does not fit into a custom id")
    return f"{VERSION}:set:{text}"


def _cut(text: str, room: int) -> str:
    flat = plain(text)
    return flat if len(flat) <= room else flat[: room - 1].rstrip() + "…"
