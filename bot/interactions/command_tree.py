"""The command tree, and the one place where an error becomes a reply."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from typing import Any

import discord
from discord import app_commands

from bot.discord_errors import TOO_LATE_TO_ANSWER
from bot.errors import OLDER_TO_COME, FriendlyError, NotHere, store_line
from bot.interactions.options import UPDATED, OddInteractionError
from bot.interactions.turns import Turns, give_back
from bot.render.formatting import escape
from db.errors import StoreError

log = logging.getLogger(__name__)

UNREADABLE = "Discord described what you chose in a way Tailgate can't read. Please choose it again."
LONGEST = 400
"""Columns of a friendly line at most; the longest part of it is a list of the nearest names."""


class TailgateTree(app_commands.CommandTree[Any]):
    """Commands work in servers and direct messages, for servers and for people who installed the bot for themselves."""

    def __init__(self, client: discord.Client) -> None:
        super().__init__(
            client,
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
        )
        self.turns = Turns()
        # While somebody types a pause would be felt at every letter, and choices cost little.
        self.typing_turns = Turns(longest_pause=0)

    async def _call(self, interaction: discord.Interaction[Any]) -> None:
        # discord.py has no hook around a command as a whole; one before it and one after it would not see every end.
        typing = interaction.type is discord.InteractionType.autocomplete
        async with (self.typing_turns if typing else self.turns).turn():
            await super()._call(interaction)

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Whether discord.py can read what Discord describes beside the options.

        It does so where only errors of its own kind are caught, so that anything else would never be answered.
        """
        data: Mapping[str, Any] = interaction.data or {}
        resolved: Any = data.get("resolved")
        try:
            if resolved:
                app_commands.Namespace(interaction, resolved, [])
        except Exception as error:  # noqa: BLE001 - what Discord left out decides which error it is
            odd = OddInteractionError(UNREADABLE, f"the description is unreadable ({type(error).__name__})")
            log.warning("refused %s: %s", _what(interaction), odd.why)
            await answer_error(interaction, odd)
            return False
        return True

    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /) -> None:
        await answer_error(interaction, error)


async def answer_error(interaction: discord.Interaction[Any], error: Exception) -> None:
    """Tells the requester, and nobody else, what went wrong.

    A mistake of theirs is answered in one friendly line. A fault of the bot gets a reference, which the log shows
    beside the stack trace: no stack trace, token or path reaches the chat. A fault of the store's file gets a line
    without one; the store tells the log of it, once and not at each command.
    """
    cause = getattr(error, "original", error)
    if isinstance(cause, discord.HTTPException) and cause.code in TOO_LATE_TO_ANSWER:
        log.warning("the answer to %s came too late or twice (%s)", _what(interaction), cause.code)
        return
    router = getattr(interaction.client, "router", None)
    text = error_line(cause, lambda: _what(interaction), older_to_come=router is not None and router.older_to_come)
    give_back()
    try:
        if interaction.type is discord.InteractionType.autocomplete:
            # Nothing can be said beside a text that is being typed, but an answer without choices ends the waiting.
            await interaction.response.autocomplete([])
        elif interaction.response.is_done():
            await interaction.followup.send(text, ephemeral=True)
        else:
            await interaction.response.send_message(text, ephemeral=True)
    except discord.HTTPException as failure:
        log.warning("could not report an error in %s: %s", _what(interaction), failure)


def error_line(error: Exception, what: Callable[[], str], *, older_to_come: bool = False) -> str:
    """The line for an error; a fault of the bot is logged under the reference that it names.

    Args:
        error: what was raised.
        what: says what failed. It is asked for no other error: of an odd interaction it could not say that.
        older_to_come: whether older seasons are still being taken in, so that what is not here may be soon.
    """
    text = _friendly_line(error)
    if older_to_come and text is not None and isinstance(error, NotHere):
        text = f"{text} {OLDER_TO_COME}"
    if text is None:
        reference = secrets.token_hex(3)
        log.error("reference %s: %s failed", reference, what(), exc_info=error)
        text = (
            f"Sorry, something went wrong on our end. If it happens again, tell the operator: reference `{reference}`."
        )
    return text


def _friendly_line(error: Exception) -> str | None:  # noqa: PLR0911 - one return for each kind of error
    """The line for what a person did or can fix, or of the store's file; None for a fault of the bot."""
    if isinstance(error, FriendlyError):
        # Its text may contain names and words that people typed.
        return escape(str(error), LONGEST)
    if isinstance(error, StoreError):
        return store_line(error)
    if isinstance(error, app_commands.NoPrivateMessage):
        return "This only works in a server."
    if isinstance(error, app_commands.MissingPermissions):
        return f"You need this permission: {_listed(error.missing_permissions)}."
    if isinstance(error, app_commands.BotMissingPermissions):
        return f"I need this permission here: {_listed(error.missing_permissions)}. A moderator can grant it."
    if isinstance(error, app_commands.CommandOnCooldown):
        return f"Hang on, try again in {error.retry_after:.0f} s."
    if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
        return UPDATED
    if isinstance(error, app_commands.TransformerError):
        return f"“{escape(str(error.value), 50)}” doesn't work here; pick one of the options Discord offers."
    if isinstance(error, app_commands.CheckFailure):
        return "You can't use this command here."
    return None


def _listed(permissions: list[str]) -> str:
    return ", ".join(name.replace("_", " ").title() for name in permissions)


def _what(interaction: discord.Interaction[Any]) -> str:
    if interaction.command is not None:
        return f"/{interaction.command.qualified_name}"
    return f"an interaction of type {interaction.type.name}"
