"""Where the bot runs: a local server, its members, and the page that shows it."""
# ruff: noqa: SLF001 - simcord's private names are used in this package and nowhere else

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import dataclasses
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import discord
import simcord
from discord.ext import commands
from simcord.backend.cdn import CDN_BASE

from bot.clock import Clock
from bot.preview.errors import PortTakenError, PreviewError
from bot.preview.local_server import LocalServer
from bot.preview.page_files import FOLDER, PAGE_FILES, WRAPPED_FILES
from bot.preview.simcord_adapter.drawing import drawn_for_people
from bot.preview.simcord_adapter.live_clock import LiveClock
from bot.preview.simcord_adapter.message_commands import MessageCommands
from bot.preview.simcord_adapter.pages import OpenPages, clicks_outlive_publishing
from bot.preview.simcord_adapter.typed_mentions import TypedMentions

log = logging.getLogger(__name__)

BOT_NAME = "Tailgate"
SERVER_NAME = "Truck Series fans"
CHANNEL_NAME = "truck-series"
CHANNEL_TOPIC = "Talk about the Truck Series. Type / or @Tailgate to ask."
SETTLE_SECONDS = 5.0
"""The most real seconds that an action waits for the bot to finish its work."""


def _no_error_kept(error: BaseException) -> None:
    """Leave errors to the bot, which answers them: simcord would report the action as failed and keep its command."""
    log.debug("the bot met %r", error)


@contextlib.asynccontextmanager
async def on_stage(
    bot: commands.AutoShardedBot,
    clock: Clock,
    before_start: Callable[[LocalServer], None] | None = None,
    topic: str | None = None,
) -> AsyncIterator[Stage]:
    """Log the bot in to a local server on the given clock; close it at the end.

    ``before_start`` is called with that server before the bot logs in; ``topic`` is the line at the top of its channel.
    """
    run = simcord.run(bot, shard_count=1, check_errors=False, settle_timeout=SETTLE_SECONDS)
    env: Any = run._env
    # Ids are derived from the time: simcord's own clock stands still, so they are the same at every start.
    stage = Stage(env, bot, topic or CHANNEL_TOPIC)
    live = LiveClock(clock)
    env.backend.clock = live
    env.backend.iso_after = lambda seconds: live.after(seconds).isoformat()
    env._record_error = _no_error_kept
    if before_start is not None:
        before_start(stage.server)
    try:
        async with run:
            try:
                yield stage
            finally:
                await bot.close()  # while simcord can still handle its closing
    finally:
        if not bot.is_closed():  # if the start failed it is still open
            await bot.close()


class Stage:
    """One server with one channel, its owner, a moderator and a fan, and the bot in it."""

    def __init__(self, env: Any, bot: commands.AutoShardedBot, topic: str) -> None:
        self._env, self._bot = env, bot
        env.backend.bot_user.name = BOT_NAME
        env.backend.bot_user.avatar = "tailgate"
        self._pictures = {_avatar_address(env.backend.bot_user.id, "tailgate"): _picture("tailgate")}
        ola = self._person("ola", "Ola (owner)")
        server = env.create_guild(SERVER_NAME, owner=ola)
        moderator = server.create_role(
            "Moderator", permissions=discord.Permissions(manage_guild=True, manage_messages=True), color=0xE67E22
        )
        self._channel = server.create_text_channel(CHANNEL_NAME, topic=topic)
        mo = server.add_member(self._person("mo", "Mo (moderator)"), roles=[moderator])
        fay = server.add_member(self._person("fay", "Fay (fan)"))
        self._viewers = mo, fay, simcord.MemberActor(env, server, ola)
        self.server = LocalServer(server.id, self._channel.id, ola.id, mo.id, fay.id)

    def _person(self, name: str, shown_as: str) -> Any:
        person = self._env.create_user(name, global_name=shown_as, avatar=name)
        self._pictures[_avatar_address(person.id, name)] = _picture(name)
        return person

    @property
    def channel(self) -> discord.TextChannel:
        channel = self._bot.get_channel(self._channel.id)
        assert isinstance(channel, discord.TextChannel)
        return channel

    async def ready(self) -> None:
        """Wait until the bot is ready; sync its commands here even if the store says that they are synced already."""
        await self._bot.wait_until_ready()
        for guild in (None, discord.Object(self.server.guild)):
            known = self._env.backend.commands.get(guild and guild.id)
            if not known and self._bot.tree.get_commands(guild=guild):
                await self._bot.tree.sync(guild=guild)

    def apart(self, work: Callable[[], Awaitable[None]] | None) -> asyncio.Future[None]:
        """Start work that no action of a viewer waits for, but that still sees the local clock in discord.py."""

        async def run() -> None:
            with self._env.time_context():
                if work is not None:
                    await work()

        return contextvars.Context().run(asyncio.get_running_loop().create_task, run())

    @contextlib.asynccontextmanager
    async def page(self, *, port: int | None, timezone: str) -> AsyncIterator[Page]:
        """Serve the channel's page on loopback."""
        preview: Any = self._env.preview(
            self._channel,
            viewers=self._viewers,
            layout="channel",
            timezone=timezone,
            assets=self._pictures,
            port=port,
        )
        _serve_our_files(preview._server)
        pages = OpenPages(self._env, preview)
        message_commands = MessageCommands(self._env, preview)
        TypedMentions(preview, self._env.backend.bot_user.id, BOT_NAME)
        with clicks_outlive_publishing(), drawn_for_people(message_commands.offered):
            try:
                await preview.__aenter__()
            except simcord.SetupError as problem:
                if port and "could not bind" in str(problem):
                    raise PortTakenError(port) from None
                raise PreviewError(f"The local page could not be opened: {problem}") from problem
            try:
                yield Page(preview.url, pages)
            finally:
                await preview.close()


@dataclasses.dataclass(frozen=True)
class Page:
    """A page that is being served."""

    address: str
    pages: OpenPages


def _avatar_address(user: int, picture: str) -> str:
    return f"{CDN_BASE}/avatars/{user}/{picture}.png"


def _picture(name: str) -> tuple[str, bytes]:
    path = FOLDER / f"avatar-{name}.png"
    return path.name, path.read_bytes()


def _serve_our_files(server: Any) -> None:
    plain = server._STATIC_FILES
    server._STATIC_FILES = (
        plain
        | {file.route: str(file.path) for file in (*PAGE_FILES, *WRAPPED_FILES)}
        | {file.plain_route: plain[file.route] for file in WRAPPED_FILES}
    )
    server._STATIC_CONTENT_TYPES = server._STATIC_CONTENT_TYPES | {
        str(file.path): file.content_type for file in (*PAGE_FILES, *WRAPPED_FILES)
    }
