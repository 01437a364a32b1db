"""The one place that knows simcord: its public face, and the private names that make its page feel like Discord.

The private names hold for simcord 3.2.1, which the extra pins; a test fails when one of them moves.
"""
# ruff: noqa: SLF001 - simcord's private names are used here and nowhere else

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import dataclasses
import functools
import importlib.metadata
import importlib.util
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

import discord
import simcord
import simcord._clock
import simcord._dpy_internals
import simcord.preview
import simcord.preview._action_plans
import simcord.preview._actions
import simcord.preview._markdown
import simcord.preview._snapshot
from discord.ext import commands
from simcord.backend.cdn import CDN_BASE

from bot.clock import Clock
from bot.preview.errors import PortTakenError, PreviewError
from bot.preview.page_files import FOLDER, PAGE_FILES

log = logging.getLogger(__name__)

SIMCORD_VERSION = "3.2.1"
BOT_NAME = "Tailgate"
SERVER_NAME = "Truck Series fans"
CHANNEL_NAME = "truck-series"
CHANNEL_TOPIC = "Talk about the Truck Series. Type / to ask Tailgate."
SETTLE_SECONDS = 5.0
"""Real seconds an action waits at most for the bot to finish its work."""
TIME_TOLD_EVERY = 5.0
"""Real seconds after which a page hears anew what time it is; between, its script counts on at the clock's speed."""
WINDOW = 40
"""Messages that a page shows at once; "Load earlier messages" leads to the others."""
STEP = 20
"""Messages by which the window moves."""
ATTENTION = 3.0
"""Real seconds after which a page that did not ask is one that nobody looks at; an open one asks twice a second."""
PARSERS = 256

_actions: Any = simcord.preview._actions
_plans: Any = simcord.preview._action_plans
_markdown: Any = simcord.preview._markdown
_snapshot: Any = simcord.preview._snapshot
_real_monotonic: Callable[[], float] = simcord._dpy_internals.real_monotonic


def usable() -> bool:
    """Whether simcord is here in the version whose private names are used, and its page's own needs with it."""
    needs: tuple[str, ...] = simcord.preview._PREVIEW_RUNTIME_MODULES
    return importlib.metadata.version("simcord") == SIMCORD_VERSION and all(map(importlib.util.find_spec, needs))


class LiveClock(simcord._clock.Clock):
    """simcord's clock, told by ours: it goes by itself, and nobody can push it.

    simcord answers ``time.monotonic()`` inside the bot's work with ``elapsed``. It is the real one here, so that a
    clock which counts from it reads the same inside a command as outside.
    """

    def __init__(self, clock: Clock) -> None:  # the base class would set elapsed, which is read-only here
        self._clock = clock
        self._began = clock.now()
        self._began_real = _real_monotonic()

    @property
    def elapsed(self) -> float:  # type: ignore[override]
        return _real_monotonic()

    def now(self) -> datetime:
        return self._clock.now()

    def advance(self, seconds: float) -> None:
        """Nothing: time passes by itself."""

    def after(self, seconds: float) -> datetime:
        """The moment when so many real seconds have passed: Discord's 3 s must not shrink on a fast clock."""
        now = self.now()
        real = _real_monotonic() - self._began_real
        speed = (now - self._began).total_seconds() / real if real > 0 else 1.0
        return now + timedelta(seconds=seconds * max(speed, 1.0))


def _no_error_kept(error: BaseException) -> None:
    """Leave errors to the bot, which answers them: simcord would call such an action failed and keep its command."""
    log.debug("the bot met %r", error)


@contextlib.asynccontextmanager
async def on_stage(bot: commands.AutoShardedBot, clock: Clock) -> AsyncIterator[Stage]:
    """Log the bot in to a server of its own on the given clock; close it at the end."""
    run = simcord.run(bot, shard_count=1, check_errors=False, settle_timeout=SETTLE_SECONDS)
    env: Any = run._env
    live = LiveClock(clock)
    env.backend.clock = live
    env.backend.iso_after = lambda seconds: live.after(seconds).isoformat()
    env._record_error = _no_error_kept
    stage = Stage(env, bot)
    try:
        async with run:
            try:
                yield stage
            finally:
                await bot.close()  # while simcord still takes its good-bye
    finally:
        if not bot.is_closed():  # a start that failed leaves it open
            await bot.close()


class Stage:
    """One server with one channel, a moderator and a fan, and the bot in it."""

    def __init__(self, env: Any, bot: commands.AutoShardedBot) -> None:
        self._env, self._bot = env, bot
        env.backend.bot_user.name = BOT_NAME
        env.backend.bot_user.avatar = "tailgate"
        self._pictures = {_avatar_address(env.backend.bot_user.id, "tailgate"): _picture("tailgate")}
        server = env.create_guild(SERVER_NAME, owner=self._person("ola", "Ola (owner)"))
        moderator = server.create_role(
            "Moderator", permissions=discord.Permissions(manage_guild=True, manage_messages=True), color=0xE67E22
        )
        self._channel = server.create_text_channel(CHANNEL_NAME, topic=CHANNEL_TOPIC)
        self._viewers = (
            server.add_member(self._person("mo", "Mo (moderator)"), roles=[moderator]),
            server.add_member(self._person("fay", "Fay (fan)")),
        )

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
        """Wait until the bot is, and has its commands known here even if it remembers them as synced long ago."""
        await self._bot.wait_until_ready()
        if not self._env.backend.commands.get(None):
            await self._bot.tree.sync()

    def apart(self, work: Callable[[], Awaitable[None]] | None) -> asyncio.Future[None]:
        """Start work that no action of a viewer waits for, and that still sees the stage's clock in discord.py."""

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
        with _clicks_outlive_publishing(), _without_waste():
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
    """A page being served."""

    address: str
    pages: OpenPages


def _avatar_address(user: int, picture: str) -> str:
    return f"{CDN_BASE}/avatars/{user}/{picture}.png"


def _picture(name: str) -> tuple[str, bytes]:
    path = FOLDER / f"avatar-{name}.png"
    return path.name, path.read_bytes()


def _serve_our_files(server: Any) -> None:
    server._STATIC_FILES = server._STATIC_FILES | {file.route: str(file.path) for file in PAGE_FILES}
    server._STATIC_CONTENT_TYPES = server._STATIC_CONTENT_TYPES | {
        str(file.path): file.content_type for file in PAGE_FILES
    }


@contextlib.contextmanager
def _clicks_outlive_publishing() -> Iterator[None]:
    """Accept actions from a page that is a publication behind: the message they name is checked all the same."""
    strict = _actions.ACTION_SPECS
    _actions.ACTION_SPECS = MappingProxyType(
        {kind: dataclasses.replace(spec, revision_bound=False) for kind, spec in strict.items()}
    )
    try:
        yield
    finally:
        _actions.ACTION_SPECS = strict


@contextlib.contextmanager
def _without_waste() -> Iterator[None]:
    """Show the newest messages only, list none for a search, and make each Markdown parser once.

    simcord was made for a test of a few messages: it reads the whole channel anew for a search list that our page does
    not have, and makes a parser for each text, so that after a hundred answers each one would take seconds.
    """
    with contextlib.ExitStack() as undo:

        def put(place: Any, name: str, value: Any) -> None:
            undo.callback(setattr, place, name, getattr(place, name))
            setattr(place, name, value)

        list_messages = _snapshot._message_navigation
        put(_snapshot, "_message_navigation", lambda preview, page, _visible: list_messages(preview, page, []))
        put(_snapshot, "HISTORY_WINDOW_SIZE", WINDOW)
        put(_plans, "HISTORY_WINDOW_SIZE", WINDOW)
        put(_plans, "HISTORY_STEP", STEP)
        put(_markdown, "_markdown_parser", _made_once(_markdown._markdown_parser))
        yield


def _made_once(make: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """The same parser for the same rules and the same names to be mentioned."""

    @functools.lru_cache(PARSERS)
    def parser(_key: tuple[int, str], kept: _Kept) -> Any:
        return make(kept.policy, kept.context)

    return lambda policy, context: parser((id(policy), repr(context)), _Kept(policy, context))


class _Kept:
    """Carries what a parser is made of past the cache, which looks at the key alone."""

    def __init__(self, policy: Any, context: Any) -> None:
        self.policy, self.context = policy, context

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Kept)

    def __hash__(self) -> int:
        return 0


class Attention:
    """Which pages someone looks at; the others wait, and make room when there are too many."""

    def __init__(self, preview: Any) -> None:
        self._preview = preview
        self._plain_open = preview._open_page
        preview._open_page = self._open

    def on(self, page: Any) -> bool:
        """Whether the page was asked for lately, is new, or carries out an action."""
        return (
            page.revision == 0
            or page is self._preview._action_page
            or _real_monotonic() - page.last_activity < ATTENTION
        )

    def _open(self, *what: Any) -> Any:
        """Open a page; where simcord would refuse one more, the one that was silent longest goes."""
        pages = [page for page in self._preview._pages.values() if page is not self._preview._python]
        if len(pages) >= self._preview._MAX_PAGES:
            self._preview._close_page(min(pages, key=lambda page: page.last_activity).id)
        return self._plain_open(*what)


class OpenPages:
    """The browser pages of one preview, and whether each shows what there is to see."""

    def __init__(self, env: Any, preview: Any) -> None:
        self._env, self._preview = env, preview
        self._attention = Attention(preview)
        self._shown: dict[str, tuple[int, float]] = {}
        self._answers: dict[str, tuple[tuple[Any, ...], Any]] = {}
        self._plain_publish, self._plain_payload = preview._publish, preview._page_payload
        preview._publish, preview._page_payload = self._publish, self._payload

    @property
    def busy(self) -> bool:
        return self._preview._active_action is not None or self._env._operation_task is not None

    def outdated(self) -> list[str]:
        """Keys of the pages looked at that something happened since, or that have not heard the time for long."""
        events, silent = len(self._env.backend.transcript), _real_monotonic() - TIME_TOLD_EVERY
        pages = (page for page in self._preview._pages.values() if page is not self._preview._python)
        looked_at = (page.id for page in pages if self._attention.on(page))
        return [key for key in looked_at if self._shown[key][0] != events or self._shown[key][1] < silent]

    def publish(self, key: str) -> None:
        page = self._preview._pages.get(key)
        if page is not None:
            self._preview._publish(page, reason="refresh")

    def _publish(self, page: Any, **reason: Any) -> None:
        """Do simcord's own publishing, at the time it is now; a page that nobody looks at catches up when it is."""
        if not self._attention.on(page):
            return
        self._preview._advance_presentation_time()
        shown = len(self._env.backend.transcript), _real_monotonic()
        self._plain_publish(page, **reason)
        open_ones = self._preview._pages
        self._shown = {key: self._shown[key] for key in open_ones if key in self._shown} | {page.id: shown}
        self._answers = {key: self._answers[key] for key in open_ones if key in self._answers}

    def _payload(self, page: Any) -> Any:
        """What a page that asks is told: simcord's own answer, made once for as long as nothing happens."""
        state = page.revision, page.generation, page.status, len(self._env.backend.transcript), page.last_action
        known, answer = self._answers.get(page.id, (None, None))
        if known != state:
            answer = self._plain_payload(page)
            self._answers[page.id] = state, answer
        return answer
