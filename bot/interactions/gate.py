"""The gate: every interaction is looked at as it arrives, before discord.py or a command makes anything of it.

discord.py believes what Discord sends. A press without a custom id raises where the gateway is read, which ends the
whole client; an option of another type reaches a command as it is; a press that nothing recognizes is never answered.
Here each is answered in one line that only the person sees, and told of in one line of the log, and that is all.
"""

from __future__ import annotations

import asyncio
import logging
import reprlib
from collections.abc import Iterator
from typing import Any

import discord
from discord import AppCommandType, app_commands
from discord.ext import commands

from bot.interactions.command_tree import answer_error
from bot.interactions.components import check_component
from bot.interactions.options import LARGEST, UPDATED, OddInteractionError, Payload, check_options, snowflake
from bot.render.forms import ODD_FORM, OLD_FORM, carried, filled_in, not_kept

log = logging.getLogger(__name__)

EVENT = "INTERACTION_CREATE"
COMMAND, COMPONENT, TYPING, FORM = 2, 3, 4, 5
"""Discord's types of interactions."""

LONGEST_NAME = 32
"""Characters that Discord gives the name of a command."""

TRY_AGAIN = "Discord sent that in a way Tailgate can't read. Please try again."
NOT_OURS = "Tailgate doesn't know what that is. Type / to see its commands."
NO_PERSON = "Discord did not say who you are. Please try again."
NO_MESSAGE = "Discord did not pass the message on. Please try again on that message."


class Gate:
    """Stands between the gateway and discord.py for one client."""

    def __init__(self, client: commands.AutoShardedBot) -> None:
        self._client = client
        self._refusals: set[asyncio.Task[None]] = set()
        # discord.py offers no place before its own reading of an interaction: events that a client can listen to come
        # after it. The gateway, and simcord's, take the readers from this table for each event.
        readers: dict[str, Any] = client._connection.parsers  # noqa: SLF001
        self._read = readers[EVENT]
        readers[EVENT] = self.hear

    def hear(self, payload: Any) -> None:
        """Hands an interaction on to discord.py, or refuses it. Raises nothing, since that would end the client."""
        try:
            if isinstance(payload, dict):
                self._hear(payload)
            else:
                log.warning("refused an interaction that is a %s", type(payload).__name__)
        except Exception:
            log.exception("the gate itself failed; nobody was answered")

    def _hear(self, payload: Payload) -> None:
        try:
            self._check(payload)
            self._read(payload)
        except OddInteractionError as odd:
            self._refuse(payload, odd)
        except Exception as error:  # noqa: BLE001 - whatever discord.py makes of it
            self._refuse(payload, OddInteractionError(TRY_AGAIN, f"unreadable ({type(error).__name__})"))

    def _check(self, payload: Payload) -> None:
        """Makes the payload what Discord says it is, where that changes nothing that was meant.

        Raises:
            OddInteractionError: it is something else.
        """
        _check_surroundings(payload)
        kind, data = payload.get("type"), payload.get("data")
        if isinstance(kind, bool) or kind not in (COMMAND, COMPONENT, TYPING, FORM):
            raise OddInteractionError(NOT_OURS, f"type {reprlib.repr(kind)}")
        if not isinstance(data, dict):
            raise OddInteractionError(TRY_AGAIN, f"the data is a {type(data).__name__}")
        if kind == COMPONENT:
            check_component(data)
        elif kind == FORM:
            self._check_form(data)
        else:
            self._check_command(data, typing=kind == TYPING)

    def _check_command(self, data: Payload, *, typing: bool) -> None:
        name, kind, guild = data.get("name"), data.setdefault("type", 1), data.get("guild_id")
        if guild is not None:
            data["guild_id"] = guild = snowflake(guild)
        known = isinstance(name, str) and isinstance(kind, int) and kind in {each.value for each in AppCommandType}
        command = self._command(str(name), AppCommandType(kind), guild) if known else None
        if command is None:
            raise OddInteractionError(UPDATED, f"unknown command {reprlib.repr(name)} of type {reprlib.repr(kind)}")
        if isinstance(command, app_commands.ContextMenu):
            _check_target(command, data)
        else:
            check_options(command, data, typing=typing)

    def _command(self, name: str, kind: AppCommandType, guild: str | None) -> Any:
        """The command of a server, or else the one of that name for all servers."""
        tree = self._client.tree
        own = tree.get_command(name, guild=discord.Object(guild), type=kind) if guild else None
        return own or tree.get_command(name, type=kind)

    @staticmethod
    def _check_form(data: Payload) -> None:
        custom_id, components = data.get("custom_id"), data.get("components")
        if not isinstance(custom_id, str) or carried(custom_id) is None:
            raise OddInteractionError(OLD_FORM, f"a form with the custom id {reprlib.repr(custom_id)}")
        if not isinstance(components, list) or not all(isinstance(each, dict) for each in components):
            raise OddInteractionError(ODD_FORM, "the components of the form are none")

    def _refuse(self, payload: Payload, odd: OddInteractionError) -> None:
        log.warning("refused %s: %s", _what(payload), odd.why)
        bare = self._bare(payload)
        if bare is None:
            return
        task = self._client.loop.create_task(_answer(bare, payload, odd))
        self._refusals.add(task)
        task.add_done_callback(self._refusals.discard)

    def _bare(self, payload: Payload) -> discord.Interaction[Any] | None:
        """An interaction with what an answer needs and nothing else; None where that is not there either."""
        number, token, kind = snowflake(payload.get("id")), payload.get("token"), payload.get("type")
        if number is None or not isinstance(token, str):
            return None
        data: Any = {
            "id": number,
            "token": token,
            # The answer to what is being typed is another one than to all the rest.
            "type": TYPING if kind == TYPING and not isinstance(kind, bool) else COMMAND,
            "version": 1,
            "application_id": str(self._client.application_id or 0),
            "attachment_size_limit": 0,
        }
        return discord.Interaction(data=data, state=self._client._connection)  # noqa: SLF001 - as discord.py does


async def _answer(interaction: discord.Interaction[Any], payload: Payload, odd: OddInteractionError) -> None:
    typed = list(_typed(payload.get("data"))) if payload.get("type") == FORM else []
    if not typed:
        await answer_error(interaction, odd)
        return
    try:
        view = not_kept(typed, str(odd))
        view.stop()
        await interaction.response.send_message(view=view, ephemeral=True)
    except discord.HTTPException as failure:
        log.warning("could not report an odd form: %s", failure)


def _typed(data: Any) -> Iterator[str]:
    """What somebody wrote into a form, wherever it stands in it."""
    components = data.get("components") if isinstance(data, dict) else None
    yield from filled_in(components).values()


def _check_surroundings(payload: Payload) -> None:
    """Who did it, where, and on which message: what the bot reads of that when the answer is made already.

    Raises:
        OddInteractionError: the person or the place is unknown.
    """
    guild, channel = payload.get("guild_id"), payload.get("channel")
    person = payload.get("member") if guild is not None else payload
    user = person.get("user") if isinstance(person, dict) else None
    if not isinstance(user, dict) or not isinstance(person, dict) or snowflake(user.get("id")) is None:
        raise OddInteractionError(NO_PERSON, "no person")
    names = [user.get("username"), user.get("global_name") or "", person.get("nick") or ""]
    if not all(isinstance(name, str) for name in names):
        raise OddInteractionError(NO_PERSON, "a person without a name")
    places = ([] if guild is None else [guild]) + ([channel.get("id")] if isinstance(channel, dict) else [])
    if not all(map(snowflake, places)):
        raise OddInteractionError(TRY_AGAIN, "the server or the channel has no id")
    if not isinstance(payload.get("message"), dict):
        # Nothing is lost with it: the answer to a press is a copy then, instead of a change of the message.
        payload.pop("message", None)
    context = payload.get("context")
    if isinstance(context, bool) or not isinstance(context, int) or not 0 <= context <= LARGEST:
        payload.pop("context", None)


def _check_target(command: app_commands.ContextMenu, data: Payload) -> None:
    """The message, or the person, that a command in a menu was used on.

    Raises:
        OddInteractionError: it is not there.
    """
    target, resolved = snowflake(data.get("target_id")), data.get("resolved")
    bucket = "messages" if command.type is AppCommandType.message else "users"
    described = resolved.get(bucket) if isinstance(resolved, dict) else None
    found = described.get(target) if isinstance(described, dict) and target else None
    if not isinstance(found, dict):
        raise OddInteractionError(NO_MESSAGE, f"{command.name!r} without what it was used on")
    data["target_id"] = target
    kept: dict[str, Any] = {bucket: {target: found}}
    if bucket == "messages":
        _check_message(found)
    else:
        members = resolved.get("members") if isinstance(resolved, dict) else None
        member = members.get(target) if isinstance(members, dict) else None
        kept |= {"members": {target: member}} if isinstance(member, dict) else {}
    data["resolved"] = kept


def _check_message(message: Payload) -> None:
    """The parts of a message that somebody may have written, which discord.py hands on unread."""
    texts = [message.setdefault("content", "")]
    for name in ("embeds", "attachments"):
        parts = message.setdefault(name, [])
        if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
            raise OddInteractionError(NO_MESSAGE, f"the {name} of the message are none")
        texts += [part.get("description") or "" for part in parts]
    if not all(isinstance(text, str) for text in texts):
        raise OddInteractionError(NO_MESSAGE, "the text of the message is none")


def _what(payload: Payload) -> str:
    """Which interaction it was, for the log."""
    data = payload.get("data")
    name = data.get("name") if isinstance(data, dict) else None
    kind = payload.get("type")
    if isinstance(name, str) and kind in (COMMAND, TYPING):
        shown = name if name.isprintable() and len(name) <= LONGEST_NAME else reprlib.repr(name)
        return f"{'choices for ' if kind == TYPING else ''}/{shown}"
    return f"an interaction of type {reprlib.repr(kind)}"
