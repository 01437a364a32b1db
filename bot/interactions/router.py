"""Where questions become replies: each topic registers how it answers, commands and buttons bring the questions."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import discord
from discord import ui
from discord.ext import commands

from bot.editors import Editors
from bot.interactions.command_tree import answer_error
from bot.interactions.components import Chosen, heard
from bot.interactions.turns import give_back
from bot.questions.core import OldButtonError, Question, decode
from bot.questions.reminders import RemindMeQuestion
from bot.render.delays import told_later
from bot.render.forms import ODD_FORM, OLD_FORM, Form, carried, filled_in, not_kept
from bot.render.understood import with_lines
from bot.requester import Requester
from bot.seasons.as_of import AsOf, AsOfKeeper
from bot.seasons.later import races_held_back, seen_later
from bot.services import Services
from db.reminders.delays import Delays
from db.reminders.race_day import Delay

log = logging.getLogger(__name__)

Q = TypeVar("Q", bound=Question)
T = TypeVar("T")

POSTED = f":{RemindMeQuestion.topic}:"
"""Part of the custom id of a button that is under every message which the bot posts unasked, and under no other."""

Reply = ui.LayoutView | Form
"""What answers a question: a message, or a form to fill in."""
After = Callable[[discord.Interaction[Any], Any, Requester, int | None], Awaitable[None]]
"""What happens once an answer is out: with the interaction, the question, who asked, and the id of the message where
Discord tells it."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer to a press, a choice or a form: whether it is for the requester alone, and to which question it is."""

    private: bool
    reply: Reply
    question: Question | None = None


class Router:
    """The one way from a question to a message. Nothing about an answer is remembered.

    Args:
        services: where seasons and the time come from.
        editors: who may edit; called each time, because the local page learns its owner after the bot was made.
    """

    def __init__(self, services: Services, editors: Callable[[], Editors] = Editors) -> None:
        self._services = services
        self._editors = editors
        self._topics: dict[type[Question], Callable[[Any, Requester], Awaitable[Reply]]] = {}
        self._forms: dict[type[Question], Callable[[Any, Mapping[str, str], Requester], Awaitable[Reply]]] = {}
        self._fields: dict[type[Question], frozenset[str]] = {}
        self._choices: dict[type[Question], Callable[[Any, Sequence[str], Requester], Awaitable[Reply]]] = {}
        self._after: dict[type[Question], After] = {}
        self._as_of_keeper = AsOfKeeper()
        self._delays = Delays(services.store)

    def attach(self, client: commands.AutoShardedBot) -> None:
        """Makes the router hear the buttons, selects and forms of every message, however old."""
        # After a start that failed on the network this runs again, and each listener would hear a form.
        client.remove_listener(self._hear, "on_interaction")
        client.add_listener(self._hear, "on_interaction")

    def register(self, kind: type[Q], topic: Callable[[Q, Requester], Awaitable[Reply]]) -> None:
        """Says how questions of a kind are answered; a later registration replaces an earlier one."""
        self._topics[kind] = topic

    def register_form(
        self,
        kind: type[Q],
        topic: Callable[[Q, Mapping[str, str], Requester], Awaitable[Reply]],
        fields: Collection[str] = (),
    ) -> None:
        """Says how a form that carries a question of a kind is answered: the topic gets what was written, by field.

        A form that comes back without one of the ``fields`` is refused: what is missing was not left empty by anybody.
        """
        self._forms[kind] = topic
        self._fields[kind] = frozenset(fields)

    def register_choice(self, kind: type[Q], topic: Callable[[Q, Sequence[str], Requester], Awaitable[Reply]]) -> None:
        """Says how a choice is answered whose select carries a question of a kind: the topic gets the chosen values."""
        self._choices[kind] = topic

    def register_after(self, kind: type[Q], after: After) -> None:
        """Says what happens once a question of a kind is answered, by a command, a button or a select."""
        self._after[kind] = after

    @property
    def older_to_come(self) -> bool:
        """Whether seasons before all that are here are still being taken in."""
        return self._services.seasons.older_to_come

    async def as_of(self) -> AsOf:
        """What is known now, by the bot's own clock."""
        seasons = await self._services.seasons.all()
        return self._as_of_keeper.at(self._services.clock.now(), seasons, self._services.seasons.version)

    async def known_to(self, guild: int | None, user: int | None) -> tuple[AsOf, Delay]:
        """What is known now to who asks: less than all, where they or the server see races later than they run.

        Every answer in chat starts from here, so that none tells more than another.
        """
        as_of = await self.as_of()
        delay = await self._delays.of(guild, user, self._services.seasons.data_version)
        return seen_later(as_of, delay.seconds), delay

    async def requester(self, interaction: discord.Interaction[Any]) -> Requester:
        """The person behind an interaction, as Discord describes them, and what is known at this moment."""
        person = interaction.user
        as_of, delay = await self.known_to(interaction.guild_id, person.id)
        return Requester(
            person.id,
            as_of,
            person.display_name,
            interaction.guild_id,
            interaction.channel_id,
            interaction.permissions if interaction.guild_id is not None else discord.Permissions.none(),
            frozenset(role.id for role in person.roles) if isinstance(person, discord.Member) else frozenset(),
            self._editors().may_edit(person.id, interaction.guild_id),
            _server_wide(interaction),
            delay,
        )

    async def view(self, question: Question, requester: Requester) -> Reply:
        """The answer to a question.

        Raises:
            FriendlyError: the question names something that does not exist, or the requester may not ask it.
        """
        made = await _found(self._topics, question)(question, requester)
        if isinstance(made, ui.LayoutView) and not question.private and races_held_back(requester.as_of):
            return with_lines(made, [told_later(requester.delay)], at_the_end=True)
        return made

    async def reply(
        self,
        interaction: discord.Interaction[Any],
        question: Question,
        requester: Requester | None = None,
        *,
        private: bool = False,
        lines: Sequence[str] = (),
    ) -> None:
        """Answers a command, in one request; where ``private`` only the requester sees the answer.

        ``lines`` go under the answer: what was not understood of what was typed, and what else it named.

        A command that looked something up to make its question passes on the ``requester`` that it used: what is known
        is asked for once an interaction, so that an import in between cannot mix two states.
        """
        requester = requester or await self.requester(interaction)
        made = await self.view(question, requester)
        shown = with_lines(made, lines) if isinstance(made, ui.LayoutView) else made
        message = await _send(interaction, shown, private=private)
        await self._follow(interaction, question, requester, message)

    async def press(self, interaction: discord.Interaction[Any], text: str) -> None:
        """Answers a pressed button or a select of answers."""

        async def answer(requester: Requester) -> _Answer:
            question = decode(text)
            return _Answer(question.private, await self.view(question, requester), question)

        await self._respond(interaction, answer)

    async def choose(self, interaction: discord.Interaction[Any], text: str, chosen: Sequence[str]) -> None:
        """Hands what was chosen to the topic of its question, and answers as for a press."""

        async def answer(requester: Requester) -> _Answer:
            question = decode(text)
            return _Answer(question.private, await _found(self._choices, question)(question, chosen, requester))

        await self._respond(interaction, answer)

    async def _hear(self, interaction: discord.Interaction[Any]) -> None:
        data: Mapping[str, Any] = interaction.data or {}
        if interaction.type is discord.InteractionType.component:
            sign = heard(data)
            if isinstance(sign, Chosen):
                await self.choose(interaction, sign.question, sign.values)
            elif sign is not None:
                await self.press(interaction, sign.question)
        elif interaction.type is discord.InteractionType.modal_submit:
            text = carried(str(data.get("custom_id", "")))
            if text is not None:
                await self._submit(interaction, text, filled_in(data.get("components")))

    async def _submit(self, interaction: discord.Interaction[Any], text: str, written: Mapping[str, str]) -> None:
        """Hands what was written to the topic of its question, and shows it where that cannot be done."""

        async def answer(requester: Requester) -> _Answer:
            try:
                question = decode(text)
                topic = _found(self._forms, question)
            except OldButtonError:
                # Which question it was is unknown; the answer is for the person who wrote, whatever it was.
                return _Answer(True, not_kept(written.values(), OLD_FORM))
            missing = self._fields[type(question)] - set(written)
            if missing:
                log.warning("refused a form of %s: no field %s", question.topic, ", ".join(sorted(missing)))
                return _Answer(question.private, not_kept(written.values(), ODD_FORM))
            return _Answer(question.private, await topic(question, written, requester))

        await self._respond(interaction, answer)

    async def _respond(
        self,
        interaction: discord.Interaction[Any],
        answer: Callable[[Requester], Awaitable[_Answer]],
    ) -> None:
        """Answers a component or a form.

        The message changes in place for the person it was made for; anybody else gets a copy that they alone see.
        discord.py only logs what a component raises, so errors become replies here, as a command's do in the tree.
        """
        try:
            alone, own = _whose(interaction)
            async with interaction.client.tree.turns.turn():
                requester = await self.requester(interaction)
                made = await answer(requester)
            message = await _put(interaction, made.reply, in_place=alone if made.private else own)
            if made.question is not None:
                await self._follow(interaction, made.question, requester, message)
        except Exception as error:  # noqa: BLE001 - answer_error sorts them
            await answer_error(interaction, error)

    async def _follow(
        self, interaction: discord.Interaction[Any], question: Question, requester: Requester, message: int | None
    ) -> None:
        after = self._after.get(type(question))
        if after is not None:
            await after(interaction, question, requester, message)


def _found(topics: Mapping[type[Question], T], question: Question) -> T:
    """The topic of a question; a question that no topic answers in this way comes from an older version."""
    topic = topics.get(type(question))
    if topic is None:
        raise OldButtonError
    return topic


def _server_wide(interaction: discord.Interaction[Any]) -> discord.Permissions:
    """What the person may do in the server as a whole, as their roles say; channels can add and take permissions."""
    person = interaction.user
    if not isinstance(person, discord.Member):
        return discord.Permissions.none()
    if person.guild.roles:
        return person.guild_permissions
    # Roles come over the gateway, so while the server is unavailable there are none. Of the permissions that come with
    # the interaction, which are those in the channel, these two cannot be given or taken by a channel.
    return interaction.permissions & discord.Permissions(administrator=True, manage_guild=True)


async def _put(interaction: discord.Interaction[Any], reply: Reply, *, in_place: bool) -> int | None:
    """Changes the message that the input came from, or replies beside it, for the person alone; returns its id."""
    if isinstance(reply, ui.LayoutView) and in_place:
        await interaction.response.edit_message(view=reply)
        return interaction.message.id if interaction.message is not None else None
    return await _send(interaction, reply, private=True)


async def _send(interaction: discord.Interaction[Any], reply: Reply, *, private: bool) -> int | None:
    """Answers with a message, whose id is returned where Discord tells it, or with a form."""
    give_back()
    if isinstance(reply, Form):
        await interaction.response.send_modal(reply.modal())
        return None
    # discord.py would keep what only one person sees in memory for a quarter of an hour, with a task for each.
    reply.stop()
    sent = await interaction.response.send_message(view=reply, ephemeral=private)
    return sent.message_id


def _whose(interaction: discord.Interaction[Any]) -> tuple[bool, bool]:
    """Whether only the person who pressed sees the message, and whether it was made for them; asked before the answer.

    discord.py leaves out of a message what it cannot read, without a word. Such a message is not changed.
    """
    try:
        return _alone(interaction), _own(interaction)
    except (AttributeError, TypeError, ValueError):
        return False, False


def _alone(interaction: discord.Interaction[Any]) -> bool:
    """Whether the person who pressed is the only one who sees the message."""
    message = interaction.message
    return message is not None and (message.flags.ephemeral or interaction.context.dm_channel) and not _is_post(message)


def _own(interaction: discord.Interaction[Any]) -> bool:
    """Whether the message was made for the person who pressed: they asked for it, or nobody else sees it.

    A direct message between two people, one of whom installed the bot, has the same type of channel as one with the
    bot; the interaction's context tells the two apart.
    """
    message = interaction.message
    if message is None or _is_post(message):
        return False
    asked = message.interaction_metadata
    if asked is not None and asked.user.id == interaction.user.id:
        return True
    # The answer to a mention is a reply. Where Discord does not tell to whom, the person gets a copy.
    question = message.reference.resolved if message.reference is not None else None
    if isinstance(question, discord.Message) and question.author.id == interaction.user.id:
        return True
    return message.flags.ephemeral or interaction.context.dm_channel


def _is_post(message: discord.Message) -> bool:
    """Whether the bot posted the message unasked. Such a message stays as it is, in direct messages too.

    It says what somebody wanted to be told, and the outbox finds it again by the mark in its button.
    """
    waiting: list[Any] = list(message.components)
    while waiting:
        component = waiting.pop()
        if (getattr(component, "custom_id", None) or "").find(POSTED) > 0:
            return True
        waiting += getattr(component, "children", ())
    return False
