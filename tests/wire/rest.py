"""The stand-in's REST interface: a log of every request, a check of every body, faults on order."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.checks.sound import AnswerKind, problems_of
from tests.wire.faults import Fault, as_json, refusal
from tests.wire.interactions import Interaction, every_component
from tests.wire.log import Log
from tests.wire.world import Channel, Payload, World, snowflake, stamp

PREFIX = "/api/v10"

FROM_INTERACTION = 20
EPHEMERAL = 1 << 6
LOADING = 1 << 7


@dataclass
class Request:
    """What came in: path below ``/api/v10``, body as JSON (files apart, by name), seconds of the machine's clock."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    files: dict[str, bytes]
    time: float = field(default_factory=time.monotonic)
    status: int | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status or '(unanswered)'}"


class Refusal(Exception):  # noqa: N818 - it is an answer, not an accident
    """An error that Discord would answer with."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(status, code, message)


class Rest:
    """Answers a bot's requests.

    ``patience`` is how many seconds after an interaction its first answer is still taken.

    Args:
        world: where the bot is.
        token: the only one that is let in.
        gateway: address of the gateway, and how many shards to use.
    """

    def __init__(self, world: World, token: str, gateway: Callable[[], Payload]) -> None:
        self.world = world
        self.token = token
        self.patience = 3.0
        self.requests: Log[Request] = Log()
        self.problems: list[str] = []
        self.faults: list[Fault] = []
        self.commands: list[Payload] = []
        self.messages: dict[str, Payload] = {}
        self.interactions: dict[str, Interaction] = {}
        self.originals: dict[str, str] = {}
        self._nonces: dict[str, str] = {}
        self._gateway = gateway

    async def handle(self, incoming: web.Request) -> web.StreamResponse:
        body, files = await _read(incoming)
        path = incoming.path.removeprefix(PREFIX)
        request = Request(incoming.method, path, dict(incoming.query), body, files)
        self.requests.append(request)
        try:
            self.problems += [f"{request.method} {path}: {p}" for p in problems_of(request.method, path, body)]
        except LookupError as error:
            self.problems.append(str(error))
        fault = next((fault for fault in self.faults if fault.meets(request.method, path)), None)
        if fault is None:
            response = self._answer(incoming, request)
        else:
            fault.times -= 1
            response = await fault.instead() or self._answer(incoming, request)
            response.headers.update(fault.headers)
        request.status = response.status
        if fault is not None and fault.cuts and incoming.transport is not None:
            request.status = None
            incoming.transport.abort()
        return response

    def _answer(self, incoming: web.Request, request: Request) -> web.Response:
        try:
            if not request.path.startswith(("/interactions/", "/webhooks/")):
                self._check_token(incoming.headers.get("Authorization"))
            for method, pattern, handler in _ROUTES:
                fits = pattern.fullmatch(request.path)
                if method == request.method and fits:
                    data = handler(self, request, **fits.groupdict())
                    return web.Response(status=204) if data is None else as_json(data)
            self.problems.append(f"{request.method} {request.path}: the stand-in knows no such request")
            raise Refusal(404, 0, "404: Not Found")
        except Refusal as error:
            return refusal(*error.args)

    def _check_token(self, given: str | None) -> None:
        if given != f"Bot {self.token}":
            raise Refusal(401, 0, "401: Unauthorized")

    def me(self, _: Request) -> Payload:
        return self.world.bot.payload()

    def application(self, _: Request) -> Payload:
        return self.world.application()

    def gateway_bot(self, _: Request) -> Payload:
        return self._gateway()

    def get_commands(self, _: Request, application: str) -> list[Payload]:
        self._own(application)
        return self.commands

    def put_commands(self, request: Request, application: str) -> list[Payload]:
        self._own(application)
        ids = {(command["name"], command.get("type")): command["id"] for command in self.commands}
        added = {"application_id": application, "version": str(snowflake())}
        self.commands = [
            {**command, **added, "id": ids.get((command["name"], command.get("type"))) or str(snowflake())}
            for command in request.body
        ]
        return self.commands

    def _own(self, application: str) -> None:
        if application != str(self.world.application_id):
            raise Refusal(403, 20012, "You are not authorized to perform this action on this application")

    def post_message(self, request: Request, channel: str) -> Payload:
        where = self.world.channel(int(channel))
        if where is None:
            raise Refusal(404, 10003, "Unknown Channel")
        nonce = request.body.get("nonce")
        if request.body.get("enforce_nonce") and nonce in self._nonces:
            return self.messages[self._nonces[nonce]]
        message = self._new_message(where, request)
        if nonce is not None:
            self._nonces[nonce] = message["id"]
        return message

    def patch_message(self, request: Request, channel: str, message: str) -> Payload:
        found = self.messages.get(message)
        if found is None or found["channel_id"] != channel:
            raise Refusal(404, 10008, "Unknown Message")
        return self._change(found, request.body, request.files)

    def callback(self, request: Request, interaction: str, token: str) -> Payload | None:
        found = self.interactions.get(token)
        seconds = None if found is None else request.time - found.sent
        if found is None or str(found.id) != interaction or seconds is None or seconds > self.patience:
            raise Refusal(404, 10062, "Unknown interaction")
        if found.answered.done():
            raise Refusal(400, 40060, "Interaction has already been acknowledged.")
        found.seconds = seconds
        message = self._answered(found, request)
        found.answered.set_result(request.body)
        if "with_response" not in request.query:
            return None
        told: Payload = {"interaction": {"id": interaction, "type": found.kind}}
        if message is not None:
            told["interaction"]["response_message_id"] = message["id"]
            told["resource"] = {"type": request.body["type"], "message": message}
        return told

    def _answered(self, interaction: Interaction, request: Request) -> Payload | None:
        """The message that an answer makes or changes; None for choices and modals."""
        kind, data = AnswerKind(request.body["type"]), request.body.get("data") or {}
        if kind in (AnswerKind.MESSAGE, AnswerKind.DEFERRED_MESSAGE):
            message = self._new_message(interaction.channel, request, data)
            message["type"] = FROM_INTERACTION
            message["interaction_metadata"] = interaction.metadata()
            if kind is AnswerKind.DEFERRED_MESSAGE:
                message["flags"] |= LOADING
        elif kind in (AnswerKind.CHANGE, AnswerKind.DEFERRED_CHANGE):
            assert interaction.message is not None, "only a component's press can change its message"
            message = self._change(self.messages[interaction.message["id"]], data, request.files)
        else:
            return None
        self.originals[interaction.token] = message["id"]
        return message

    def follow_up(self, request: Request, application: str, token: str) -> Payload | None:
        self._own(application)
        interaction = self._interaction(token)
        message = self._new_message(interaction.channel, request)
        message["interaction_metadata"] = interaction.metadata()
        return message if request.query.get("wait") == "1" else None

    def patch_answer(self, request: Request, application: str, token: str, message: str) -> Payload:
        return self._change(self.get_answer(request, application, token, message), request.body, request.files)

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

    def _new_message(self, channel: Channel, request: Request, data: Payload | None = None) -> Payload:
        body = request.body if data is None else data
        message = {
            "id": str(snowflake()),
            "channel_id": str(channel.id),
            "type": 0,
            "author": self.world.bot.payload(),
            "timestamp": stamp(),
            "edited_timestamp": None,
            "tts": False,
            "pinned": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "content": "",
            "embeds": [],
            "components": [],
            "attachments": [],
            "flags": body.get("flags") or 0,
            **({"nonce": body["nonce"]} if "nonce" in body else {}),
        }
        self.messages[message["id"]] = message
        return self._change(message, body, request.files, new=True)

    def _change(self, message: Payload, body: Payload, files: dict[str, bytes], *, new: bool = False) -> Payload:
        for name in ("content", "embeds", "components"):
            if name in body:
                message[name] = body[name] or type(message[name])()
        if "attachments" in body:
            message["attachments"] = [_attachment(attachment, files) for attachment in body["attachments"] or []]
        for number, component in enumerate(every_component(message["components"]), 1):
            component.setdefault("id", number)
        if not new:
            # What a message is for whom does not change; that it is loading, and its kind of layout, does.
            message["flags"] = (message["flags"] & EPHEMERAL) | ((body.get("flags") or message["flags"]) & ~LOADING)
            message["edited_timestamp"] = stamp()
        return message


def _attachment(sent: Payload, files: dict[str, bytes]) -> Payload:
    url = f"https://cdn.invalid/{sent.get('filename')}"
    size = len(files.get(f"files[{sent['id']}]", b""))
    return {**sent, "id": str(snowflake()), "size": size, "url": url, "proxy_url": url}


async def _read(incoming: web.Request) -> tuple[Any, dict[str, bytes]]:
    """A request's JSON, and its files by field name."""
    if not incoming.content_type.startswith("multipart/"):
        text = await incoming.text()
        return (json.loads(text) if text else None), {}
    body, files = None, {}
    async for part in await incoming.multipart():
        content = bytes(await part.read())
        if part.name == "payload_json":
            body = json.loads(content)
        else:
            files[part.name] = content
    return body, files


def _route(method: str, template: str, handler: Callable[..., Any]) -> tuple[str, re.Pattern[str], Callable[..., Any]]:
    return method, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template)), handler


_ROUTES = [
    _route("GET", "/users/@me", Rest.me),
    _route("GET", "/oauth2/applications/@me", Rest.application),
    _route("GET", "/gateway/bot", Rest.gateway_bot),
    _route("GET", "/applications/{application}/commands", Rest.get_commands),
    _route("PUT", "/applications/{application}/commands", Rest.put_commands),
    _route("POST", "/channels/{channel}/messages", Rest.post_message),
    _route("PATCH", "/channels/{channel}/messages/{message}", Rest.patch_message),
    _route("POST", "/interactions/{interaction}/{token}/callback", Rest.callback),
    _route("POST", "/webhooks/{application}/{token}", Rest.follow_up),
    _route("GET", "/webhooks/{application}/{token}/messages/{message}", Rest.get_answer),
    _route("PATCH", "/webhooks/{application}/{token}/messages/{message}", Rest.patch_answer),
]
