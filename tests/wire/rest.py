"""The stand-in's REST interface: logs every request, checks every body, applies rate limits and faults."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from aiohttp import BodyPartReader, web

from tests.checks.sound import AnswerKind
from tests.wire.checked import Checked
from tests.wire.commands import Commands
from tests.wire.events import Events
from tests.wire.faults import Fault, as_json, refusal
from tests.wire.interactions import FORM, Interaction
from tests.wire.limits import Limits
from tests.wire.log import DEADLINE, Log
from tests.wire.messages import EPHEMERAL, LOADING, Messages
from tests.wire.routes import Refusal, Request, Route, seen_channel
from tests.wire.world import Payload, World

__all__ = ["EPHEMERAL", "PREFIX", "Request", "Rest"]

PREFIX = "/api/v10"

FROM_INTERACTION = 20
ROUNDS_OF_THE_LOOP = 20
"""After this many rounds of the event loop, whatever lay in a socket has reached its handler."""


class Rest:
    """Answers a bot's requests.

    A request that arrived whole is carried out even if the bot dies meanwhile.
    ``patience`` is the number of seconds after an interaction in which its first answer is accepted. Discord's three
    may pass on a busy machine before the bot gets its turn.

    Args:
        world: where the bot is.
        token: the only one accepted.
        gateway: returns the address of the gateway and how many shards to use.
    """

    def __init__(self, world: World, token: str, gateway: Callable[[], Payload]) -> None:
        self.world = world
        self.token = token
        self.patience = DEADLINE
        self.requests: Log[Request] = Log()
        self.problems: list[str] = []
        self.faults: list[Fault] = []
        self.limits = Limits(world.clock)
        self.registered = Commands(world)
        self.book = Messages(world, self.problems.append)
        self.events = Events(world, self.problems.append)
        self.messages = self.book.by_id
        self.interactions: dict[str, Interaction] = {}
        self.originals: dict[str, str] = {}
        self._gateway = gateway
        self._checked = Checked()
        self._under_way: list[Request] = []
        self._idle = asyncio.Event()
        self._idle.set()
        self._routes = self._all_routes()

    def _all_routes(self) -> list[Route]:
        answers = "/webhooks/{application}/{token}/messages/{message}"
        return [
            *self.book.routes(),
            Route.to("POST", "/interactions/{interaction}/{token}/callback", self.callback),
            Route.to("POST", "/webhooks/{application}/{token}", self.follow_up),
            Route.to("GET", answers, self.get_answer),
            Route.to("PATCH", answers, self.patch_answer),
            *self.events.routes(),
            Route.to("GET", "/users/@me", self.me),
            Route.to("POST", "/users/@me/channels", self.open_dm),
            Route.to("GET", "/users/{user}", self.user),
            Route.to("GET", "/channels/{channel}", self.channel),
            Route.to("GET", "/oauth2/applications/@me", self.application),
            Route.to("GET", "/gateway/bot", self.gateway_bot),
            *self.registered.routes(),
        ]

    async def handle(self, incoming: web.Request) -> web.StreamResponse:
        body, files = await _read(incoming)
        path = incoming.path.removeprefix(PREFIX)
        request = Request(incoming.method, path, dict(incoming.query), body, files, at=self.world.clock.now())
        self.requests.append(request)
        self._under_way.append(request)
        self._idle.clear()
        try:
            return await self._serve(incoming, request)
        except Exception as error:
            self.problems.append(f"{request}: the stand-in failed: {error!r}")
            raise
        finally:
            self._under_way.remove(request)
            if not self._under_way:
                self._idle.set()

    async def quiet(self, deadline: float = DEADLINE) -> None:
        """Waits until no request is under way, including requests that a bot sent before it died.

        Raises:
            AssertionError: a request is still under way after ``deadline`` seconds.
        """
        rounds = 0
        try:
            async with asyncio.timeout(deadline):
                while rounds < ROUNDS_OF_THE_LOOP:
                    rounds = rounds + 1 if self._idle.is_set() else 0
                    await self._idle.wait()
                    await asyncio.sleep(0)
        except TimeoutError:
            still = ", ".join(map(str, self._under_way))
            raise AssertionError(f"still under way after {deadline} s: {still}") from None

    async def _serve(self, incoming: web.Request, request: Request) -> web.Response:
        method, path = request.method, request.path
        # Counted on arrival, because checking the body takes a while.
        refused, headers = self.limits.take(method, path)
        try:
            self.problems += [
                f"{method} {path}: {problem}" for problem in self._checked.problems(method, path, request.body)
            ]
        except LookupError as error:
            self.problems.append(str(error))
        fault = None if refused else next((fault for fault in self.faults if fault.meets(method, path)), None)
        response = refused or (await fault.instead() if fault else None)
        if response is None:
            response = self._answer(incoming, request)
            response = (await fault.afterwards() if fault else None) or response
        response.headers.update(headers | (fault.headers if fault else {}))
        request.status = response.status
        if fault is not None and fault.cuts and incoming.transport is not None:
            request.status = None
            incoming.transport.abort()
        return response

    def _answer(self, incoming: web.Request, request: Request) -> web.Response:
        try:
            if not request.path.startswith(("/interactions/", "/webhooks/")):
                self._check_token(incoming.headers.get("Authorization"))
            for route in self._routes:
                fits = route.pattern.fullmatch(request.path) if route.method == request.method else None
                if fits:
                    data = route.handler(request, **fits.groupdict())
                    return web.Response(status=204) if data is None else as_json(data)
            self.problems.append(f"{request.method} {request.path}: the stand-in knows no such request")
            raise Refusal(404, 0, "404: Not Found")
        except Refusal as error:
            return refusal(*error.args)

    def _check_token(self, given: str | None) -> None:
        if given != f"Bot {self.token}":
            raise Refusal(401, 0, "401: Unauthorized")

    @property
    def commands(self) -> list[Payload]:
        """The global commands that the bot registered."""
        return self.registered.everywhere

    def me(self, _: Request) -> Payload:
        return self.world.bot.payload()

    def application(self, _: Request) -> Payload:
        return self.world.application()

    def gateway_bot(self, _: Request) -> Payload:
        return self._gateway()

    def channel(self, _: Request, channel: str) -> Payload:
        return seen_channel(self.world, channel).payload()

    def user(self, _: Request, user: str) -> Payload:
        if not user.isdecimal() or int(user) not in self.world.people:
            raise Refusal(404, 10013, "Unknown User")
        return self.world.people[int(user)].payload()

    def open_dm(self, request: Request) -> Payload:
        """The direct messages with a person. Discord opens them even if the person accepts none; only sending fails."""
        person = self.world.people.get(int(request.body.get("recipient_id") or 0))
        if person is None:
            raise Refusal(400, 50033, "Invalid Recipient(s)")
        return self.world.dm_with(person).payload()

    def _own(self, application: str) -> None:
        if application != str(self.world.application_id):
            raise Refusal(403, 20012, "You are not authorized to perform this action on this application")

    def callback(self, request: Request, interaction: str, token: str) -> Payload | None:
        found = self.interactions.get(token)
        seconds = None if found is None else request.time - found.sent
        if found is None or str(found.id) != interaction or seconds is None or seconds > self.patience:
            raise Refusal(404, 10062, "Unknown interaction")
        if found.answered.done():
            raise Refusal(400, 40060, "Interaction has already been acknowledged.")
        if found.kind == FORM and request.body["type"] == AnswerKind.MODAL:
            raise Refusal(400, 50035, "Invalid Form Body: a form is not answered with a form")
        found.seconds = seconds
        message = self._answered(found, request)
        found.answered.set_result(request.body)
        if "with_response" not in request.query:
            return None
        answer: Payload = {"interaction": {"id": interaction, "type": found.kind}}
        if message is not None:
            answer["interaction"]["response_message_id"] = message["id"]
            answer["resource"] = {"type": request.body["type"], "message": message}
        return answer

    def _answered(self, interaction: Interaction, request: Request) -> Payload | None:
        """The message that an answer creates or changes; None for autocomplete choices and modals."""
        kind, data = AnswerKind(request.body["type"]), request.body.get("data") or {}
        if kind in (AnswerKind.MESSAGE, AnswerKind.DEFERRED_MESSAGE):
            message = self.book.new(interaction.channel, data, request.files, asked=True)
            message["type"] = FROM_INTERACTION
            message["interaction_metadata"] = interaction.metadata()
            if kind is AnswerKind.DEFERRED_MESSAGE:
                message["flags"] |= LOADING
        elif kind in (AnswerKind.CHANGE, AnswerKind.DEFERRED_CHANGE):
            assert interaction.message is not None, "only a component's press can change its message"
            message = self.book.change(self.messages[interaction.message["id"]], data, request.files)
        else:
            return None
        self.originals[interaction.token] = message["id"]
        return message

    def follow_up(self, request: Request, application: str, token: str) -> Payload | None:
        self._own(application)
        interaction = self._interaction(token)
        message = self.book.new(interaction.channel, request.body, request.files, asked=True)
        message["interaction_metadata"] = interaction.metadata()
        return message if request.query.get("wait") == "1" else None

    def patch_answer(self, request: Request, application: str, token: str, message: str) -> Payload:
        found = self.get_answer(request, application, token, message)
        return self.book.change(found, request.body, request.files)

    def get_answer(self, _: Request, application: str, token: str, message: str) -> Payload:
        self._own(application)
        self._interaction(token)
        found = self.messages.get(self.originals.get(token, "") if message == "@original" else message)
        if found is None:
            raise Refusal(404, 10008, "Unknown Message")
        return found

    def _interaction(self, token: str) -> Interaction:
        if token not in self.interactions:
            raise Refusal(404, 10015, "Unknown Webhook")
        return self.interactions[token]


async def _read(incoming: web.Request) -> tuple[Any, dict[str, bytes]]:
    """A request's JSON, and its files by field name."""
    if not incoming.content_type.startswith("multipart/"):
        text = await incoming.text()
        return (json.loads(text) if text else None), {}
    body: Any = None
    files: dict[str, bytes] = {}
    async for part in await incoming.multipart():
        assert isinstance(part, BodyPartReader)
        content = bytes(await part.read())
        if part.name == "payload_json":
            body = json.loads(content)
        else:
            assert part.name is not None
            files[part.name] = content
    return body, files
