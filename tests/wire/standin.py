"""A stand-in Discord over real sockets: REST and gateway on loopback, in the test's own event loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Self

import discord
import yarl
from aiohttp import web
from discord.gateway import DiscordWebSocket

from tests.checks.sound import AnswerKind
from tests.wire.clock import WireClock
from tests.wire.faults import Fault
from tests.wire.forms import Values, form_data
from tests.wire.gateway import Gateway
from tests.wire.happenings import Happenings
from tests.wire.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    FORM,
    Interaction,
    command_data,
    component_data,
    menu_data,
)
from tests.wire.limits import Limits
from tests.wire.log import DEADLINE, Log
from tests.wire.messages import Written
from tests.wire.rest import PREFIX, Request, Rest
from tests.wire.selects import resolved
from tests.wire.world import Channel, Payload, Person, World, snowflake, stamp

TOKEN = "stand-in.token.only"


class StandIn(Happenings):
    """Discord, as far as a bot can tell. As a context manager it listens on a free port.

    ``requests`` is the log of all requests, ``problems`` lists what Discord would have refused in them: at the end
    of a test it must be empty. ``faults`` happen in order, each to the next request that it matches. ``written`` is
    the record of all messages that the bot posted. Its time is that of the world's clock.

    Args:
        world: the servers the bot is in; by default one server with one channel.
        shards: how many shards the bot should use.
    """

    def __init__(self, world: World | None = None, *, shards: int = 1) -> None:
        self.world = world or World()
        self.token = TOKEN
        self.gateway = Gateway(self.world, TOKEN, shards)
        self.rest = Rest(self.world, TOKEN, self._where_the_gateway_is)
        self.api = ""
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=2**25)
        application.router.add_get("/gateway", self.gateway.handle)
        application.router.add_route("*", PREFIX + "/{path:.*}", self.rest.handle)
        # A request is carried out even if its bot is killed meanwhile, as on Discord.
        self._runner = web.AppRunner(application, shutdown_timeout=1.0, access_log=None, handler_cancellation=False)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        address = site.name.removeprefix("http://")
        self.api, self.gateway.url = f"http://{address}{PREFIX}", f"ws://{address}/gateway"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        await self.gateway.close(1001)
        await self._runner.cleanup()

    def _where_the_gateway_is(self) -> Payload:
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        return {"url": self.gateway.url, "shards": self.gateway.shards, "session_start_limit": limit}

    @property
    def requests(self) -> Log[Request]:
        return self.rest.requests

    @property
    def problems(self) -> list[str]:
        return self.rest.problems

    @property
    def faults(self) -> list[Fault]:
        return self.rest.faults

    @property
    def limits(self) -> Limits:
        return self.rest.limits

    @property
    def written(self) -> Log[Written]:
        return self.rest.book.written

    @property
    def clock(self) -> WireClock:
        return self.world.clock

    def statuses(self) -> Counter[int | None]:
        """The number of requests per response status; None for requests without a response."""
        return Counter(request.status for request in self.requests)

    async def quiet(self, deadline: float = DEADLINE) -> None:
        """Waits until no request is under way, including requests that a bot sent before it died."""
        await self.rest.quiet(deadline)

    @property
    def messages(self) -> list[Payload]:
        """Every message that the bot posted, in its current state, in the order of posting."""
        return list(self.rest.messages.values())

    def seen(self, method: str, path: str = "") -> list[Request]:
        """The requests so far with this method and a path that ends with ``path``."""
        return [request for request in self.requests if request.method == method and request.path.endswith(path)]

    async def expect(self, method: str, path: str = "", *, after: int = 0, deadline: float = DEADLINE) -> Request:
        """Waits for the first request with this method and a path that ends with ``path``."""
        return await self.requests.expect(
            lambda request: request.method == method and request.path.endswith(path), after=after, deadline=deadline
        )

    async def slash(
        self,
        line: str,
        options: Mapping[str, Any] | None = None,
        *,
        channel: Channel | None = None,
        person: Person | None = None,
        deadline: float = DEADLINE,
    ) -> Interaction:
        """A person uses a command, such as ``next`` or ``remind me``; returns the answered interaction.

        Args:
            line: the command, without its slash.
            options: values by option name.
            channel: where; by default the first server's channel.
            person: who; by default the fan.
            deadline: seconds in which the bot must answer.
        """
        data = command_data(self._offered(channel), line, options or {})
        return await self._ask(self._interaction(COMMAND, data, channel, person), f"/{line}", deadline)

    async def autocomplete(
        self,
        line: str,
        focused: str,
        typed: str,
        options: Mapping[str, Any] | None = None,
        *,
        channel: Channel | None = None,
        deadline: float = DEADLINE,
    ) -> list[Payload]:
        """The choices that the bot offers for a partly typed option."""
        given = {**(options or {}), focused: typed}
        data = command_data(self._offered(channel), line, given, focused)
        asked = self._interaction(AUTOCOMPLETE, data, channel, None)
        await self._ask(asked, f"the choices of {focused} of /{line}", deadline)
        choices: list[Payload] = asked.answer["data"]["choices"]
        return choices

    async def press(
        self,
        message: Payload,
        custom_id: str,
        values: list[str] | None = None,
        *,
        person: Person | None = None,
        deadline: float = DEADLINE,
    ) -> Interaction:
        """A person presses a button of a message, or picks from a select."""
        channel = self.world.channel(int(message["channel_id"]))
        data = component_data(message, custom_id, values)
        data |= resolved(self.world, channel, data)
        asked = self._interaction(COMPONENT, data, channel, person)
        asked.message = message
        return await self._ask(asked, f"a press on {custom_id}", deadline)

    async def menu(
        self,
        name: str,
        message: Payload,
        *,
        person: Person | None = None,
        deadline: float = DEADLINE,
    ) -> Interaction:
        """A person picks a command from the menu of a message."""
        channel = self.world.channel(int(message["channel_id"]))
        data = menu_data(self._offered(channel), name, message)
        return await self._ask(self._interaction(COMMAND, data, channel, person), f"“{name}”", deadline)

    async def submit(self, shown: Interaction, values: Values, *, deadline: float = DEADLINE) -> Interaction:
        """The person who was shown a form fills it in and sends it.

        Args:
            shown: the interaction whose answer the form is.
            values: text or picked values by the fields' custom ids; other fields keep their defaults.
            deadline: seconds in which the bot must answer.
        """
        assert shown.answer_kind is AnswerKind.MODAL, f"the answer was no form but {shown.answer_kind.name}"
        form = shown.answer["data"]
        asked = self._interaction(FORM, form_data(form, values), shown.channel, shown.person)
        asked.message = shown.message
        return await self._ask(asked, f"the form {form['custom_id']}", deadline)

    def posted(self, words: str, *, channel: Channel | None = None, person: Person | None = None) -> Payload:
        """A message that a person posted; the bot learns of it only when somebody uses a command on it."""
        return {
            "id": str(snowflake()),
            "channel_id": str((channel or self.world.general).id),
            "type": 0,
            "author": (person or self.world.fan).payload(),
            "content": words,
            "timestamp": stamp(),
            "edited_timestamp": None,
            "flags": 0,
            **dict.fromkeys(("tts", "pinned", "mention_everyone"), False),
            **{name: [] for name in ("mentions", "mention_roles", "embeds", "components", "attachments")},
        }

    def _offered(self, channel: Channel | None) -> list[Payload]:
        """The commands available in a channel."""
        guild = (channel or self.world.general).guild
        return self.rest.registered.known(guild.id if guild is not None else None)

    def answer_to(self, interaction: Interaction) -> Payload:
        """The message that answered an interaction, in its current state."""
        return self.rest.messages[self.rest.originals[interaction.token]]

    def _interaction(self, kind: int, data: Payload, channel: Channel | None, person: Person | None) -> Interaction:
        interaction = Interaction(kind, data, channel or self.world.general, person or self.world.fan)
        self.world.people.setdefault(interaction.person.id, interaction.person)
        self.rest.interactions[interaction.token] = interaction
        return interaction

    async def _ask(self, interaction: Interaction, what: str, deadline: float) -> Interaction:
        guild = interaction.channel.guild
        await self.gateway.send("INTERACTION_CREATE", interaction.payload(self.world), guild.id if guild else None)
        try:
            async with asyncio.timeout(deadline):
                await asyncio.shield(interaction.answered)
        except TimeoutError:
            raise AssertionError(f"the bot did not answer {what} within {deadline} s") from None
        return interaction


@contextlib.contextmanager
def pointed_at(standin: StandIn) -> Iterator[None]:
    """Points discord.py in this process at a stand-in, and restores its addresses afterwards.

    The default gateway address is replaced as well: after an invalid session discord.py uses it again.
    """
    base, gateway = discord.http.Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    discord.http.Route.BASE = standin.api
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(standin.gateway.url)
    try:
        yield
    finally:
        discord.http.Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway
