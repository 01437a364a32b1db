"""Where questions become replies: each topic registers how it answers, commands and buttons bring the questions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import discord
from discord import ui

from bot.almanac import Almanac, Almanacs
from bot.render.buttons import QuestionButton, QuestionSelect
from bot.render.questions import Question, decode
from bot.services import Services
from bot.tree import answer_error

Q = TypeVar("Q", bound=Question)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and what is known at that moment."""

    user: int
    almanac: Almanac


class Answers:
    """The one way from a question to a message. Nothing of an answer is remembered.

    Args:
        services: where seasons and the time come from.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._topics: dict[type[Question], Callable[[Any, Asker], Awaitable[ui.LayoutView]]] = {}
        self._almanacs = Almanacs()

    def attach(self, client: discord.Client) -> None:
        """Makes the client hear the buttons and selects of every answer, those of messages long past included."""
        client.add_dynamic_items(QuestionButton, QuestionSelect)

    def register(self, kind: type[Q], topic: Callable[[Q, Asker], Awaitable[ui.LayoutView]]) -> None:
        """Says how questions of a kind are answered; the last word counts."""
        self._topics[kind] = topic

    async def almanac(self) -> Almanac:
        """What is known now, by the bot's own clock."""
        snapshots = self._services.seasons
        seasons = await snapshots.all()
        return self._almanacs.at(self._services.clock.now(), seasons, snapshots.version)

    async def view(self, question: Question, user: int) -> ui.LayoutView:
        """The answer to a question.

        Raises:
            FriendlyError: the question names what is not there.
        """
        return await self._topics[type(question)](question, Asker(user, await self.almanac()))

    async def reply(self, interaction: discord.Interaction[Any], question: Question) -> None:
        """Answers a command, in one request."""
        await interaction.response.send_message(view=await self.view(question, interaction.user.id))

    async def press(self, interaction: discord.Interaction[Any], text: str) -> None:
        """Answers a pressed button or a choice: in place for who asked, in a copy of his own for anybody else.

        discord.py only logs what a component raises, so errors climb the tree's ladder here.
        """
        try:
            view = await self.view(decode(text), interaction.user.id)
            if _own(interaction):
                await interaction.response.edit_message(view=view)
            else:
                await interaction.response.send_message(view=view, ephemeral=True)
        except Exception as error:  # noqa: BLE001 - the ladder sorts them
            await answer_error(interaction, error)


def _own(interaction: discord.Interaction[Any]) -> bool:
    """Whether the message was made for who pressed: he asked for it, he alone sees it, or it is between him and us.

    A direct message between two people, where one of them brought the bot along, is a DMChannel as well: what counts
    is where Discord says the press was made.
    """
    message = interaction.message
    if message is None:
        return False
    asked = message.interaction_metadata
    if asked is not None and asked.user.id == interaction.user.id:
        return True
    return message.flags.ephemeral or interaction.context.dm_channel
