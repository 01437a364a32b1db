"""Where questions become replies: each topic registers how it answers, commands and buttons bring the questions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

import discord
from discord import ui
from discord.ext import commands

from bot.editors import Editors
from bot.interactions.command_tree import answer_error
from bot.interactions.components import listeners
from bot.questions.core import OldButtonError, Question, decode
from bot.questions.reminders import RemindMeQuestion
from bot.render.forms import Form, carried, filled_in
from bot.requester import Requester
from bot.seasons.as_of import AsOf, AsOfKeeper
from bot.services import Services

Q = TypeVar("Q", bound=Question)
T = TypeVar("T")

POSTED = f":{RemindMeQuestion.topic}:"
"""Stands in a button of whatever is posted of the bot's own accord."""


Reply = ui.LayoutView | Form
"""What answers a question: a message, or a form to fill in."""


class Router:
    """The one way from a question to a message. Nothing of an answer is remembered.

    Args:
        services: where seasons and the time come from.
        editors: who runs the bot; asked each time, since the local page knows it late.
    """

    def __init__(self, services: Services, editors: Callable[[], Editors] = Editors) -> None:
        self._services = services
        self._editors = editors
        self._topics: dict[type[Question], Callable[[Any, Requester], Awaitable[Reply]]] = {}
        self._forms: dict[type[Question], Callable[[Any, Mapping[str, str], Requester], Awaitable[Reply]]] = {}
        self._choices: dict[type[Question], Callable[[Any, Sequence[str], Requester], Awaitable[Reply]]] = {}
        self._as_of_keeper = AsOfKeeper()

    def attach(self, client: commands.AutoShardedBot) -> None:
        """Makes the client hear the buttons, selects and forms of every answer, those long past included."""
        client.add_dynamic_items(*listeners(self.press, self.choose))
        client.add_listener(self._hear_forms, "on_interaction")

    def register(self, kind: type[Q], topic: Callable[[Q, Requester], Awaitable[Reply]]) -> None:
        """Says how questions of a kind are answered; the last word counts."""
        self._topics[kind] = topic

    def register_form(
        self, kind: type[Q], taker: Callable[[Q, Mapping[str, str], Requester], Awaitable[Reply]]
    ) -> None:
        """Says what becomes of a form that carries a question of that kind: it is handed what was written."""
        self._forms[kind] = taker

    def register_choice(self, kind: type[Q], taker: Callable[[Q, Sequence[str], Requester], Awaitable[Reply]]) -> None:
        """Says what becomes of a choice whose select carries a question of that kind."""
        self._choices[kind] = taker

    async def as_of(self) -> AsOf:
        """What is known now, by the bot's own clock."""
        seasons = await self._services.seasons.all()
        return self._as_of_keeper.at(self._services.clock.now(), seasons)

    async def requester(self, interaction: discord.Interaction[Any]) -> Requester:
        """Who is behind an interaction, by what Discord says of them, and what is known now."""
        person = interaction.user
        return Requester(
            person.id,
            await self.as_of(),
            person.display_name,
            interaction.guild_id,
            interaction.channel_id,
            interaction.permissions if interaction.guild_id is not None else discord.Permissions.none(),
            frozenset(role.id for role in person.roles) if isinstance(person, discord.Member) else frozenset(),
            self._editors().may_edit(person.id, interaction.guild_id),
            _server_wide(interaction),
        )

    async def view(self, question: Question, requester: Requester) -> Reply:
        """The answer to a question.

        Raises:
            FriendlyError: the question names what is not there, or the requester may not.
        """
        return await self._topics[type(question)](question, requester)

    async def reply(
        self,
        interaction: discord.Interaction[Any],
        question: Question,
        requester: Requester | None = None,
        *,
        private: bool = False,
    ) -> None:
        """Answers a command, in one request; where ``private`` the requester alone sees it.

        A command that looked something up to make its question hands on the ``requester`` it did that with: what is
        known is asked for once an interaction, so that an import in between cannot mix two states.
        """
        requester = requester or await self.requester(interaction)
        await _send(interaction, await self.view(question, requester), private=private)

    async def press(self, interaction: discord.Interaction[Any], text: str) -> None:
        """Answers a pressed button or a select of answers."""

        async def answer(requester: Requester) -> tuple[Question, Reply]:
            question = decode(text)
            return question, await self.view(question, requester)

        await self._respond(interaction, answer)

    async def choose(self, interaction: discord.Interaction[Any], text: str, chosen: Sequence[str]) -> None:
        """Hands what was chosen to the topic of its question, and answers as for a press."""

        async def answer(requester: Requester) -> tuple[Question, Reply]:
            question = decode(text)
            return question, await _found(self._choices, question)(question, chosen, requester)

        await self._respond(interaction, answer)

    async def _hear_forms(self, interaction: discord.Interaction[Any]) -> None:
        if interaction.type is not discord.InteractionType.modal_submit:
            return
        data: Mapping[str, Any] = interaction.data or {}
        text = carried(str(data.get("custom_id", "")))
        if text is None:
            return

        async def answer(requester: Requester) -> tuple[Question, Reply]:
            question = decode(text)
            written = filled_in(data.get("components", ()))
            return question, await _found(self._forms, question)(question, written, requester)

        await self._respond(interaction, answer)

    async def _respond(
        self,
        interaction: discord.Interaction[Any],
        answer: Callable[[Requester], Awaitable[tuple[Question, Reply]]],
    ) -> None:
        """Answers a component or a form: in place for whoever the message was made for, in a private copy for others.

        discord.py only logs what a component raises, so errors become replies here, as a command's do in the tree.
        """
        try:
            question, made = await answer(await self.requester(interaction))
            await _put(interaction, made, private=question.private)
        except Exception as error:  # noqa: BLE001 - answer_error sorts them
            await answer_error(interaction, error)


def _found(takers: Mapping[type[Question], T], question: Question) -> T:
    """Who takes what was written or chosen; a question that nobody asks any more is of an older version."""
    taker = takers.get(type(question))
    if taker is None:
        raise OldButtonError
    return taker


def _server_wide(interaction: discord.Interaction[Any]) -> discord.Permissions:
    """What the person may in every channel, as their roles say; a channel may give and take what it wants."""
    person = interaction.user
    if not isinstance(person, discord.Member):
        return discord.Permissions.none()
    if person.guild.roles:
        return person.guild_permissions
    # The roles come with the guilds intent; while a server is out of reach there are none. These no channel gives.
    return interaction.permissions & discord.Permissions(administrator=True, manage_guild=True)


async def _put(interaction: discord.Interaction[Any], made: Reply, *, private: bool) -> None:
    """Router what was done on a message, or in a form opened from one; what is private never where others see it."""
    if isinstance(made, ui.LayoutView) and (_unseen(interaction) if private else _own(interaction)):
        await interaction.response.edit_message(view=made)
    else:
        await _send(interaction, made, private=True)


async def _send(interaction: discord.Interaction[Any], made: Reply, *, private: bool) -> None:
    if isinstance(made, Form):
        await interaction.response.send_modal(made.modal())
    else:
        await interaction.response.send_message(view=made, ephemeral=private)


def _unseen(interaction: discord.Interaction[Any]) -> bool:
    """Whether who pressed is the only person who sees the message."""
    message = interaction.message
    return message is not None and (message.flags.ephemeral or interaction.context.dm_channel) and not _is_post(message)


def _own(interaction: discord.Interaction[Any]) -> bool:
    """Whether the message was made for who pressed: they asked for it, or nobody else sees it.

    A direct message between two people, where one of them brought the bot along, is a DMChannel as well: what counts
    is where Discord says the press was made.
    """
    message = interaction.message
    if message is None or _is_post(message):
        return False
    asked = message.interaction_metadata
    if asked is not None and asked.user.id == interaction.user.id:
        return True
    return message.flags.ephemeral or interaction.context.dm_channel


def _is_post(message: discord.Message) -> bool:
    """Whether nobody asked for the message: it was delivered, and stays as it is, in direct messages too.

    What it says is what somebody wanted to be told, and the mark in its button is how it is found again.
    """
    waiting: list[Any] = list(message.components)
    while waiting:
        component = waiting.pop()
        if (getattr(component, "custom_id", None) or "").find(POSTED) > 0:
            return True
        waiting += getattr(component, "children", ())
    return False
