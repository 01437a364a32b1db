"""The Discord client: few intents, no member cache, and commands that are registered only when they changed."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import logging
import pkgutil
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord.ext import commands

from bot.client.message_gate import MessageGate
from bot.discord_errors import describe_error
from bot.editors import Editors
from bot.interactions.command_tree import TailgateTree
from bot.interactions.gate import Gate
from bot.interactions.live_answers import LiveAnswers
from bot.interactions.router import Router
from bot.interactions.turns import Turns
from bot.services import Services
from db.errors import StoreError
from db.guilds import forget_guild
from db.key_values import recall, remember

log = logging.getLogger(__name__)

# The bot uses no voice; discord.py would warn at every start that the libraries for it are missing.
discord.VoiceClient.warn_nacl = False
discord.VoiceClient.warn_dave = False


def extensions() -> list[str]:
    """The cogs by name, one for each file of the folder ``cogs``: a new file is a new cog, and nothing imports any."""
    package = importlib.util.find_spec("cogs")
    assert package is not None
    return sorted(f"cogs.{each.name}" for each in pkgutil.iter_modules(package.submodule_search_locations))


PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    create_public_threads=True,
    send_messages_in_threads=True,
    embed_links=True,
    attach_files=True,
    read_message_history=True,
    create_events=True,
)
"""What the invite link asks for."""


class TailgateBot(commands.AutoShardedBot):
    """The bot. It is handed all it needs and does nothing by itself: it answers.

    Args:
        services: the store, its seasons and the clock.
        local: it runs in a page on this machine, which forgets the commands and to which it cannot be added.
        editors: who may edit, and in which server the editors' commands are.
        mentions: it answers those who mention it, or write to it directly, and asks Discord for messages.
        **options: for discord.py, such as ``shard_count``.

    Attributes:
        live_answers: the answers of ``/live`` that are kept current.
        local: whether it runs in a page on this machine.
        registered_commands: whether this start registered the commands with Discord.
        every_second: what is to be done every second while the bot runs; most of the time that finds nothing due.
    """

    def __init__(
        self,
        services: Services,
        *,
        local: bool = False,
        editors: Editors | None = None,
        mentions: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(
            # Slash commands only; discord.py insists on a prefix, and there are no commands behind this one.
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=TailgateTree,
            # Discord hands over the words of a message that mentions the bot, or is sent to it, without any privilege.
            intents=discord.Intents(guilds=True, guild_messages=mentions, dm_messages=mentions),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            **options,
        )
        self.gate = Gate(self)
        self.message_gate = MessageGate(self)
        self.services = services
        self.editors = editors or Editors()
        self.router = Router(services, lambda: self.editors)
        self.live_answers = LiveAnswers()
        self.local = local
        self.registered_commands = False
        self.every_second: list[Callable[[], Awaitable[None]]] = []

    async def setup_hook(self) -> None:
        # After a start that failed on the network this runs again, with the cogs loaded already.
        for extension in extensions():
            if extension not in self.extensions:
                await self.load_extension(extension)
        self.router.attach(self)
        try:
            self.registered_commands = await self.sync_commands(force=self.local)
        except discord.HTTPException as error:
            # Discord still has the commands registered before, and nothing else depends on them.
            log.error(  # noqa: TRY400
                "Discord did not accept the commands (%s); the next start sends them again", describe_error(error)
            )

    def answer_in_turns_while(self, urgent: Callable[[], bool], late: Callable[[], bool]) -> None:
        """Has few answers made at once while something else is more urgent, as reminders are, and fewer if it is late.

        Args:
            urgent: whether there is something more urgent.
            late: whether it would be done sooner if no answers were made.
        """
        for turns in (self.turns, self._tree.typing_turns):
            turns.urgent, turns.late = urgent, late

    @property
    def turns(self) -> Turns:
        """Of which every answer takes one."""
        return self._tree.turns

    @property
    def _tree(self) -> TailgateTree:
        assert isinstance(self.tree, TailgateTree)
        return self.tree

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """Logs why a listener failed; an error of the store, such as that it is closed already, in one line.

        Faults of the store's file are not logged here: the store does so itself, and not at every event.
        """
        error = sys.exc_info()[1]
        if isinstance(error, StoreError):
            log.log(
                logging.WARNING if error.fault is None else logging.DEBUG, "%s was skipped: %s", event_method, error
            )
        else:
            await super().on_error(event_method, *args, **kwargs)

    async def on_message(self, message: discord.Message, /) -> None:
        """Does nothing: discord.py would look for commands behind a prefix, and there are none. A cog answers."""

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Forgets a server that removed the bot. Discord reports one that is merely unavailable by another event."""
        await forget_guild(self.services.store, guild.id)
        log.info("forgot a server that removed the bot")

    async def sync_commands(self, *, force: bool = False) -> bool:
        """Registers the commands with Discord if they changed since they were last registered; returns whether it did.

        What was registered is remembered in the store, as a digest, because registering is slow and limited.
        """
        registered = await self._register(None, force=force)
        await self._register_at_home(force=force)
        return registered

    async def _register(self, guild: discord.Object | None, *, force: bool) -> bool:
        definition = json.dumps(
            [command.to_dict(self.tree) for command in self.tree.get_commands(guild=guild)], sort_keys=True
        )
        digest = hashlib.sha256(definition.encode()).hexdigest()
        name = f"commands of {self.application_id}" + (f" in {guild.id}" if guild else "")
        if not force and await recall(self.services.store, name) == digest:
            return False
        registered = await self.tree.sync(guild=guild)
        # Where that cannot be written down, the next start registers them again.
        with contextlib.suppress(StoreError):
            await remember(self.services.store, name, digest)
        log.info("registered %d commands%s", len(registered), " for the operator's own server" if guild else "")
        return True

    async def _register_at_home(self, *, force: bool) -> None:
        """Registers the editors' commands in the operator's server, and removes them from the one it was before."""
        name = f"home of {self.application_id}"
        before, home = await recall(self.services.store, name), self.editors.home
        if before and int(before) != home:
            try:
                await self._register(discord.Object(int(before)), force=True)
            except (discord.Forbidden, discord.NotFound):
                log.info("the server %s, formerly the operator's own, is out of reach, and so are its commands", before)
            except discord.HTTPException as error:
                log.warning(
                    "the editors' commands could not be removed from %s yet (%s)", before, describe_error(error)
                )
                return
            await remember(self.services.store, name, "")
        if home is None:
            return
        try:
            await self._register(discord.Object(home), force=force)
        except discord.HTTPException as error:
            log.error(  # noqa: TRY400
                "Discord did not accept the editors' commands for the server %s (%s); "
                "is TAILGATE_HOME the id of a server that the bot is in?",
                home,
                describe_error(error),
            )
        else:
            await remember(self.services.store, name, str(home))

    @property
    def invite(self) -> str | None:
        """The address at which a moderator adds the bot to a server, or a person to their own account; None locally."""
        if self.local or self.application_id is None:
            return None
        return discord.utils.oauth_url(
            self.application_id, permissions=PERMISSIONS, scopes=("bot", "applications.commands")
        )
