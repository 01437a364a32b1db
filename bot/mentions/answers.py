"""A mention in chat is answered: with the answer itself, or with buttons for what was probably meant."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

import aiohttp
import discord
from discord import ui
from discord.ext import commands

from bot.discord_errors import BARRED, GONE, describe_error
from bot.editors import Editors
from bot.interactions.command_tree import error_line
from bot.interactions.router import Router
from bot.interactions.turns import Turns, give_back
from bot.mentions.message_text import asks, names, said
from bot.mentions.reader import read
from bot.render.suggestions import suggestions
from bot.requester import Requester

log = logging.getLogger(__name__)

MOST_ANSWERS, IN_SECONDS = 5, 20.0
"""In a channel: more than this is no conversation any more, and what is over it stays unanswered."""


class MentionAnswers:
    """Answers messages that are said to the bot, each once and without pinging anybody.

    Args:
        router: where questions become answers.
        turns: of which an answer takes one, as that of a command does.
        editors: who may edit; called each time, as in the router.
        seconds: a clock of seconds, by which answers in a channel are counted.
    """

    def __init__(
        self,
        router: Router,
        turns: Turns,
        editors: Callable[[], Editors],
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._router = router
        self._turns = turns
        self._editors = editors
        self._seconds = seconds
        self._cooldown = commands.CooldownMapping[discord.Message](
            commands.Cooldown(MOST_ANSWERS, IN_SECONDS), commands.BucketType.channel
        )

    async def answer(self, message: discord.Message, own: int) -> None:
        """Answers a message that mentions the bot, whose id is ``own``, or is written to it directly.

        Nobody hears anything where the bot may not write, where it has said much already, and where a reply says
        something and asks nothing, as replies do that mention the bot only because Discord does so by itself.
        """
        text = said(message.content)
        by_name = message.guild is None or names(message.content, own)
        is_reply = message.type is discord.MessageType.reply
        if is_reply and not (text if by_name else asks(text)):
            return
        granted = _granted(message)
        if granted is not None and not _may_write(message, granted):
            return
        if self._cooldown.update_rate_limit(message, self._seconds()) is not None:
            return
        async with self._turns.turn():
            try:
                view, line = await self._view(text, message), None
            except Exception as error:  # noqa: BLE001 - error_line sorts them
                view, line = None, error_line(error, lambda: "a mention", older_to_come=self._router.older_to_come)
        give_back()
        # Discord takes no reply from those who cannot read what they reply to.
        can_reply = granted is None or granted.read_message_history
        await _send(message, view, line, can_reply=can_reply)

    async def _view(self, text: str, message: discord.Message) -> ui.LayoutView:
        requester = await self._requester(message)
        as_of = requester.as_of
        reading = read(text, as_of)
        if reading.question is None:
            return suggestions(reading.guesses, as_of.season(), as_of.now, asked=reading.asked)
        view = await self._router.view(reading.question, requester)
        assert isinstance(view, ui.LayoutView), "no question that is read from a message opens a form"
        return view

    async def _requester(self, message: discord.Message) -> Requester:
        """The person who wrote the message, and what is known at this moment."""
        person, guild = message.author, _guild_of(message)
        member = person if isinstance(person, discord.Member) else None
        as_of, delay = await self._router.known_to(guild, person.id)
        return Requester(
            person.id,
            as_of,
            person.display_name,
            guild,
            message.channel.id,
            _permissions_of(message, member),
            frozenset(role.id for role in member.roles) if member is not None else frozenset(),
            self._editors().may_edit(person.id, guild),
            member.guild_permissions if member is not None else discord.Permissions.none(),
            delay,
        )


def _guild_of(message: discord.Message) -> int | None:
    """The server's id, also before Discord has described the server."""
    guild: int | None = message.guild.id if message.guild is not None else getattr(message.channel, "guild_id", None)
    return guild


def _permissions_of(message: discord.Message, member: discord.Member | None) -> discord.Permissions:
    """What somebody may do where the message is; nothing where that is not known."""
    if member is None or isinstance(message.channel, discord.PartialMessageable):
        return discord.Permissions.none()
    try:
        return message.channel.permissions_for(member)
    except discord.ClientException:
        # A thread whose channel is unknown.
        return discord.Permissions.none()


def _granted(message: discord.Message) -> discord.Permissions | None:
    """What the bot may do where the message is; None where only trying tells."""
    guild, channel = message.guild, message.channel
    if guild is None or not guild.roles or isinstance(channel, discord.PartialMessageable):
        return None
    if isinstance(channel, discord.Thread) and channel.parent is None:
        return None
    return channel.permissions_for(guild.me)


def _may_write(message: discord.Message, granted: discord.Permissions) -> bool:
    in_thread = isinstance(message.channel, discord.Thread)
    return granted.view_channel and (granted.send_messages_in_threads if in_thread else granted.send_messages)


async def _send(message: discord.Message, view: ui.LayoutView | None, line: str | None, *, can_reply: bool) -> None:
    """Sends the answer; what keeps it from being sent is no fault of whoever asked, and nobody is told."""
    options: dict[str, Any] = {"allowed_mentions": discord.AllowedMentions.none()}
    if can_reply:
        options["reference"] = message.to_reference(fail_if_not_exists=False)
    if view is not None:
        # The buttons carry their questions; discord.py need not keep the view in memory to hear them.
        view.stop()
        options["view"] = view
    else:
        options["content"] = line
    try:
        await message.channel.send(**options)
    except discord.HTTPException as error:
        quiet = error.code in BARRED | GONE
        log.log(logging.DEBUG if quiet else logging.WARNING, "a mention stays unanswered: %s", describe_error(error))
    except (OSError, aiohttp.ClientError) as error:
        log.warning("a mention stays unanswered: %s", describe_error(error))
