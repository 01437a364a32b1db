"""The Discord client: asks for next to nothing, remembers nobody, tells Discord of its commands when they change."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import logging
import pkgutil
import sys
from typing import Any

import discord
from discord.ext import commands

from bot.discord_errors import describe_error
from bot.editors import Editors
from bot.interactions.command_tree import TailgateTree
from bot.interactions.router import Router
from bot.services import Services
from db.errors import StoreError
from db.guilds import forget_guild
from db.key_values import recall, remember

log = logging.getLogger(__name__)

# Nothing here speaks; discord.py would warn at every start that it cannot.
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
    embed_links=True,
    attach_files=True,
    read_message_history=True,
    create_events=True,
)
"""What the invite link asks for."""


class TailgateBot(commands.AutoShardedBot):
    """The bot. It is handed all it needs and starts no work of its own beside answering.

    Args:
        services: the store, its seasons and the clock.
        local: it runs in a page on this machine, which forgets the commands and to which nobody can be invited.
        editors: who may edit, and in which server the editors' commands are.
        **options: for discord.py, such as ``shard_count``.

    Attributes:
        local: whether it runs in a page on this machine.
        told_commands: whether this start has told Discord of the commands.
    """

    def __init__(
        self, services: Services, *, local: bool = False, editors: Editors | None = None, **options: Any
    ) -> None:
        super().__init__(
            # Slash commands only: the prefix is one nobody can type.
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=TailgateTree,
            intents=discord.Intents(guilds=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            **options,
        )
        self.services = services
        self.editors = editors or Editors()
        self.router = Router(services, lambda: self.editors)
        self.local = local
        self.told_commands = False

    async def setup_hook(self) -> None:
        # A start that failed on the network is tried again, and has them already.
        for extension in extensions():
            if extension not in self.extensions:
                await self.load_extension(extension)
        self.router.attach(self)
        try:
            self.told_commands = await self.sync_commands(force=self.local)
        except discord.HTTPException as error:
            # Discord still has those it was told of before, and nothing else hangs on them.
            log.error("Discord did not take the commands (%s); the next start tells it again", describe_error(error))  # noqa: TRY400

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """Says what a listener failed on: what is wrong with the store, or that it is closed already, in one line."""
        error = sys.exc_info()[1]
        if isinstance(error, StoreError):
            log.warning("%s was passed over: %s", event_method, error)
        else:
            await super().on_error(event_method, *args, **kwargs)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Forgets a server that was left; one that is merely out of reach is none of these."""
        await forget_guild(self.services.store, guild.id)
        log.info("forgot a server that was left")

    async def sync_commands(self, *, force: bool = False) -> bool:
        """Tells Discord of the commands if they changed since it was last told; returns whether it was told.

        What was told is remembered in the store, so that a restart does not ask again: registering is slow and limited.
        """
        told = await self._tell(None, force=force)
        await self._tell_home(force=force)
        return told

    async def _tell(self, guild: discord.Object | None, *, force: bool) -> bool:
        definition = json.dumps(
            [command.to_dict(self.tree) for command in self.tree.get_commands(guild=guild)], sort_keys=True
        )
        digest = hashlib.sha256(definition.encode()).hexdigest()
        name = f"commands of {self.application_id}" + (f" in {guild.id}" if guild else "")
        if not force and await recall(self.services.store, name) == digest:
            return False
        told = await self.tree.sync(guild=guild)
        await remember(self.services.store, name, digest)
        log.info("told Discord of %d commands%s", len(told), " for the operator's own server" if guild else "")
        return True

    async def _tell_home(self, *, force: bool) -> None:
        """The editors' commands are in the operator's server only; in one that was it before they are taken back."""
        name = f"home of {self.application_id}"
        before, home = await recall(self.services.store, name), self.editors.home
        if before and int(before) != home:
            try:
                await self._tell(discord.Object(int(before)), force=True)
            except (discord.Forbidden, discord.NotFound):
                log.info("the server %s, once the operator's own, is out of reach and its commands with it", before)
            except discord.HTTPException as error:
                log.warning(
                    "the editors' commands could not be taken back from %s yet (%s)", before, describe_error(error)
                )
                return
            await remember(self.services.store, name, "")
        if home is None:
            return
        try:
            await self._tell(discord.Object(home), force=force)
        except discord.HTTPException as error:
            log.error(  # noqa: TRY400
                "Discord did not take the editors' commands for the server %s (%s); "
                "is TAILGATE_HOME the id of a server that the bot is in?",
                home,
                describe_error(error),
            )
        else:
            await remember(self.services.store, name, str(home))

    @property
    def invite(self) -> str | None:
        """The address at which a moderator adds the bot to a server, or a person to himself; None in a local page."""
        if self.local or self.application_id is None:
            return None
        return discord.utils.oauth_url(
            self.application_id, permissions=PERMISSIONS, scopes=("bot", "applications.commands")
        )
