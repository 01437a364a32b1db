"""Raw interactions through discord.py's own parsing, without sockets: what Discord sends, and what the bot answers.

The payload goes to the parser that the gateway calls; the answer is taken where discord.py would hand it to HTTP.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import logging
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import discord
from discord.webhook.async_ import AsyncWebhookAdapter

from bot.client.tailgate_bot import TailgateBot, extensions
from bot.editors import Editors
from bot.services import Services
from tests.patience import PATIENCE
from tests.wire.interactions import COMMAND, Interaction
from tests.wire.rest import EPHEMERAL
from tests.wire.world import ALL_PERMISSIONS, Channel, Guild, Payload, Person, World

MESSAGE, CHOICES = 4, 8
"""Discord's types of answers: a message, and choices for what is being typed."""


@dataclass
class Heard:
    """What came of one payload: the answers, the lines in the log, and what was raised where nobody catches it."""

    answers: list[Payload] = field(default_factory=list)
    lines: list[logging.LogRecord] = field(default_factory=list)
    raised: list[BaseException] = field(default_factory=list)
    changes: int = 0

    @property
    def answer(self) -> Payload:
        assert not self.raised, self.raised
        (answer,) = self.answers
        return answer

    @property
    def said(self) -> str:
        """The text of the one answer, which only the person who asked sees."""
        data = self.answer["data"]
        assert self.answer["type"] == MESSAGE, self.answer
        assert data["flags"] & EPHEMERAL, self.answer
        return "\n".join(_texts(data))

    @property
    def choices(self) -> list[Payload]:
        assert self.answer["type"] == CHOICES, self.answer
        found: list[Payload] = self.answer["data"]["choices"]
        return found

    def assert_calm(self) -> None:
        """One answer, nothing raised, and nothing in the log that a person would be woken up for."""
        assert self.answer
        for line in self.lines:
            assert line.levelno <= logging.WARNING, line.getMessage()
            assert line.exc_info is None, line.getMessage()

    def assert_refused(self) -> None:
        """Calm; said in one line of the log; and nothing was written."""
        self.assert_calm()
        assert len(self.lines) == 1, [line.getMessage() for line in self.lines]
        assert "\n" not in self.lines[0].getMessage()
        assert self.changes == 0


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("content"), str):
            yield part["content"]
        for each in part.get("components") or ():
            yield from _texts(each)


class _Lines(logging.Handler):
    """Keeps what is logged from INFO on."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.kept: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.kept.append(record)


class Raw:
    """A bot with all its commands in a server, and a moderator and editor in it whose client sends anything."""

    def __init__(self, bot: TailgateBot, world: World, guild: Guild, channel: Channel, person: Person) -> None:
        self.bot = bot
        self.world, self.guild, self.channel, self.person = world, guild, channel, person
        self.store: sqlite3.Connection | None = None
        self.heard = Heard()

    def payload(self, data: Any, kind: int = COMMAND, message: Payload | None = None) -> Payload:
        """An interaction as Discord sends it, which a test may change."""
        made = Interaction(kind, data, self.channel, self.person, message).payload(self.world)
        return copy.deepcopy(made)

    def command(self, name: str, *options: Payload, **more: Any) -> Payload:
        return {"id": "77", "name": name, "type": 1, "options": list(options), **more}

    async def send(self, payload: Payload) -> Heard:
        """Hands a payload to the parser that the gateway calls, and waits until all is done that it set off."""
        self.heard = Heard()
        before, version = asyncio.all_tasks(), self._version()
        root, lines = logging.getLogger(), _Lines()
        root.addHandler(lines)
        try:
            try:
                self.bot._connection.parsers["INTERACTION_CREATE"](copy.deepcopy(payload))
            except Exception as error:  # noqa: BLE001 - of which the client would end
                self.heard.raised.append(error)
            while waiting := asyncio.all_tasks() - before:
                done, late = await asyncio.wait(waiting, timeout=PATIENCE)
                assert not late, late
                self.heard.raised += filter(None, (task.exception() for task in done))
        finally:
            root.removeHandler(lines)
        self.heard.lines = lines.kept
        self.heard.changes = self._version() - version
        return self.heard

    def _version(self) -> int:
        if self.store is None:
            return 0
        found: int = self.store.execute("PRAGMA data_version").fetchone()[0]
        return found

    async def take(self, _adapter: Any, route: Any, *_: Any, **given: Any) -> Any:
        """Stands where discord.py's requests of interactions go out; tells it that the answer has arrived."""
        if not route.url.endswith("/callback"):
            return {}
        body = given["payload"]
        self.heard.answers.append(body)
        return {"interaction": {"id": "5", "type": 2}, "resource": {"type": body["type"]}}


@asynccontextmanager
async def raw(services: Services, path: Path | None = None) -> AsyncIterator[Raw]:
    """A bot that hears raw payloads; with the ``path`` of its store, writes to it are counted."""
    world = World(0)
    guild = world.guild("Fans")
    channel, person = guild.channel("trucks"), Person("Mo", permissions=int(ALL_PERMISSIONS))
    bot = TailgateBot(services, editors=Editors(frozenset({person.id}), guild.id), shard_count=1)
    made = Raw(bot, world, guild, channel, person)
    await bot._async_setup_hook()
    bot._connection.user = discord.ClientUser(state=bot._connection, data=world.bot.payload())  # type: ignore[arg-type]
    bot._connection.application_id = world.application_id
    for extension in extensions():
        await bot.load_extension(extension)
    bot.router.attach(bot)
    owned: Any = guild.payload(world.bot) | {"owner_id": str(person.id)}
    known = bot._connection._add_guild_from_data(owned)
    assert known.get_channel(channel.id) is not None
    with contextlib.ExitStack() as stack:
        stack.enter_context(mock.patch.object(AsyncWebhookAdapter, "request", _bound(made)))
        if path is not None:
            made.store = stack.enter_context(contextlib.closing(sqlite3.connect(path)))
        yield made


def _bound(made: Raw) -> Any:
    async def request(adapter: Any, route: Any, *rest: Any, **given: Any) -> Any:
        return await made.take(adapter, route, *rest, **given)

    return request
