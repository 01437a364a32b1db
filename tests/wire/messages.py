"""Messages: posted, edited, deleted and read, and a record of every message that the bot ever posted."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.wire.interactions import every_component, ids_in
from tests.wire.log import Log
from tests.wire.permissions import May
from tests.wire.routes import Refusal, Request, Route, need, seen_channel
from tests.wire.world import Channel, Payload, Person, World, snowflake

EPHEMERAL = 1 << 6
LOADING = 1 << 7
REPLY = 19
"""Discord's type of messages that reply to another."""

_ROLE = re.compile(r"<@&(\d+)>")
_READ_ONLY_BY_ID = ("before", "after", "around")


@dataclass(eq=False)
class Written:
    """A message as the bot first posted it, even if it was edited or deleted later.

    Attributes:
        at: when it was posted, by the stand-in's clock.
        allowed: the allowed mentions sent with it; None if none were sent, which allows all mentions.
        pinged: ids of the roles that it pinged; the id of the server stands for everyone.
        asked: whether it answers an interaction, rather than being sent unasked.
        deleted: whether it was deleted.
    """

    id: int
    channel: int
    guild: int | None
    nonce: str | None
    at: datetime
    content: str
    components: list[Payload]
    allowed: Payload | None
    pinged: frozenset[int]
    asked: bool = False
    deleted: bool = False

    @property
    def text(self) -> str:
        """All readable text in it, line by line."""
        return _text(self.content, self.components)

    @property
    def custom_ids(self) -> list[str]:
        return ids_in({"components": self.components})


class Messages:
    """Stores messages and answers the requests about them.

    Attributes:
        by_id: every message in its current state.
        written: the record of what the bot posted, in order; a test can wait on it.
        window: how long a nonce is remembered, by the stand-in's clock.
        by_channel: whether a nonce counts only in the channel it was used in. Discord's documentation only
            speaks of the author.
    """

    def __init__(self, world: World, problem: Callable[[str], None]) -> None:
        self.world = world
        self.by_id: dict[str, Payload] = {}
        self.written: Log[Written] = Log()
        self.window = timedelta(minutes=3)
        self.by_channel = False
        self._problem = problem
        self._records: dict[str, Written] = {}
        self._in_channel: defaultdict[str, list[int]] = defaultdict(list)
        self._nonces: dict[tuple[str, str | None], tuple[str, datetime]] = {}

    def routes(self) -> list[Route]:
        many, one = "/channels/{channel}/messages", "/channels/{channel}/messages/{message}"
        return [
            Route.to("POST", many, self.post),
            Route.to("GET", many, self.read),
            Route.to("GET", one, self.read_one),
            Route.to("PATCH", one, self.patch),
            Route.to("DELETE", one, self.delete),
        ]

    def post(self, request: Request, channel: str) -> Payload:
        where = seen_channel(self.world, channel)
        self._check_sending(where, request.body)
        nonce = request.body.get("nonce")
        if isinstance(nonce, bool) or not isinstance(nonce, str | int | None):
            self._problem(f"POST {request.path}: nonce: {nonce!r} is neither text nor a number")
        key = (str(nonce), channel if self.by_channel else None)
        if nonce is not None and request.body.get("enforce_nonce"):
            first = self._used(key)
            if first is not None:
                return self._found(first)
        message = self.new(where, request.body, request.files)
        if nonce is not None:
            self._nonces[key] = (message["id"], self.world.clock.now())
        return message

    def _used(self, key: tuple[str, str | None]) -> str | None:
        """The id of the message that a nonce was used for within the window."""
        message, moment = self._nonces.get(key, (None, None))
        if moment is None or abs(self.world.clock.now() - moment) > self.window:
            return None
        return message

    def _check_sending(self, where: Channel, body: Payload) -> None:
        if where.person is not None and where.person.id in self.world.closed:
            raise Refusal(403, 50007, "Cannot send messages to this user")
        need(self.world, where, May.SEND_MESSAGES)
        if body.get("embeds"):
            need(self.world, where, May.EMBED_LINKS)
        if body.get("attachments"):
            need(self.world, where, May.ATTACH_FILES)

    def read(self, request: Request, channel: str) -> list[Payload]:
        """Newest first; without the permission to read the history Discord returns an empty list."""
        where = seen_channel(self.world, channel)
        limit = request.query.get("limit", "50")
        given = [name for name in _READ_ONLY_BY_ID if name in request.query]
        if not limit.isdecimal() or not 1 <= int(limit) <= 100 or len(given) > 1:
            self._problem(f"GET {request.path}: {request.query} is not one place and 1 to 100 messages")
            raise Refusal(400, 50035, "Invalid Form Body")
        if not self.world.allowed(where) & May.READ_MESSAGE_HISTORY:
            return []
        ids = self._in_channel[channel]
        chosen = _chosen(ids, given[0] if given else "", int(request.query[given[0]]) if given else 0, int(limit))
        return [_as_read(self.by_id[str(each)]) for each in reversed(chosen)]

    def read_one(self, _: Request, channel: str, message: str) -> Payload:
        need(self.world, seen_channel(self.world, channel), May.READ_MESSAGE_HISTORY)
        return _as_read(self._here(channel, message))

    def patch(self, request: Request, channel: str, message: str) -> Payload:
        seen_channel(self.world, channel)
        found = self._here(channel, message)
        if found["author"]["id"] != str(self.world.bot.id):
            raise Refusal(403, 50005, "Cannot edit a message authored by another user")
        return self.change(found, request.body, request.files)

    def delete(self, _: Request, channel: str, message: str) -> None:
        where = seen_channel(self.world, channel)
        found = self._here(channel, message)
        if found["author"]["id"] != str(self.world.bot.id):
            need(self.world, where, May.MANAGE_MESSAGES)
        self.remove(message)

    def remove(self, message: str) -> None:
        """Deletes a message, whoever asked for it."""
        found = self.by_id.pop(message)
        if not found["flags"] & EPHEMERAL:
            self._in_channel[found["channel_id"]].remove(int(message))
        if message in self._records:
            self._records[message].deleted = True

    def _here(self, channel: str, message: str) -> Payload:
        found = self._found(message)
        if found["channel_id"] != channel or found["flags"] & EPHEMERAL:
            raise Refusal(404, 10008, "Unknown Message")
        return found

    def _found(self, message: str) -> Payload:
        if message not in self.by_id:
            raise Refusal(404, 10008, "Unknown Message")
        return self.by_id[message]

    def say(self, channel: Channel, person: Person, text: str) -> Payload:
        """A person posts a message; without the message content intent the bot cannot read it."""
        message = self._blank(channel, person)
        message["content"] = text
        return message

    def new(self, channel: Channel, body: Payload, files: dict[str, bytes], *, asked: bool = False) -> Payload:
        """Posts a message of the bot."""
        message = self._blank(channel, self.world.bot)
        message["flags"] = body.get("flags") or 0
        if message["flags"] & EPHEMERAL:
            self._in_channel[message["channel_id"]].remove(int(message["id"]))
        if "nonce" in body:
            message["nonce"] = body["nonce"]
        if "message_reference" in body:
            message |= {"type": REPLY, "message_reference": body["message_reference"]}
            message["referenced_message"] = self.by_id.get(str(body["message_reference"]["message_id"]))
        self._fill(message, body, files)
        pinged = self._pinged(channel, message, body.get("allowed_mentions"))
        guild = channel.guild
        message["mention_roles"] = [str(role) for role in pinged if guild is None or role != guild.id]
        message["mention_everyone"] = guild is not None and guild.id in pinged
        record = Written(
            id=int(message["id"]),
            channel=channel.id,
            guild=guild.id if guild else None,
            nonce=None if body.get("nonce") is None else str(body["nonce"]),
            at=datetime.fromisoformat(message["timestamp"]),
            content=message["content"],
            components=message["components"],
            allowed=body.get("allowed_mentions"),
            pinged=pinged,
            asked=asked,
        )
        self._records[message["id"]] = record
        self.written.append(record)
        return message

    def change(self, message: Payload, body: Payload, files: dict[str, bytes]) -> Payload:
        """Edits a message of the bot; what the body leaves out stays."""
        self._fill(message, body, files)
        # An edit cannot change who sees a message; it can end the loading state and change the kind of layout.
        message["flags"] = (message["flags"] & EPHEMERAL) | ((body.get("flags") or message["flags"]) & ~LOADING)
        message["edited_timestamp"] = self.world.stamp()
        return message

    def _blank(self, channel: Channel, author: Person) -> Payload:
        message: Payload = {
            "id": str(self.world.snowflake()),
            "channel_id": str(channel.id),
            "type": 0,
            "author": author.payload(),
            "timestamp": self.world.stamp(),
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
            "flags": 0,
        }
        self.by_id[message["id"]] = message
        ids = self._in_channel[message["channel_id"]]
        # After the clock was set back, a newer message has a lower id and comes before the older one, as on Discord.
        ids.insert(bisect_left(ids, int(message["id"])), int(message["id"]))
        return message

    def _fill(self, message: Payload, body: Payload, files: dict[str, bytes]) -> None:
        for name in ("content", "embeds", "components"):
            if name in body:
                message[name] = body[name] or type(message[name])()
        if "attachments" in body:
            message["attachments"] = [_attachment(attachment, files) for attachment in body["attachments"] or []]
        for number, component in enumerate(every_component(message["components"]), 1):
            component.setdefault("id", number)

    def _pinged(self, channel: Channel, message: Payload, allowed: Payload | None) -> frozenset[int]:
        """The roles that a message pings: mentioned in its text, allowed by it, and permitted to the bot."""
        guild = channel.guild
        if guild is None:
            return frozenset()
        text = _text(message["content"], message["components"])
        everybody = bool(self.world.allowed(channel) & May.MENTION_EVERYONE)
        kinds = ["everyone", "roles"] if allowed is None else allowed.get("parse") or []
        named = [int(role) for role in (allowed or {}).get("roles") or []]
        pinged = {
            role.id
            for role in guild.roles
            if str(role.id) in _ROLE.findall(text)
            and ("roles" in kinds or role.id in named)
            and (role.mentionable or everybody)
        }
        if "everyone" in kinds and everybody and re.search("@(everyone|here)", text):
            pinged.add(guild.id)
        return frozenset(pinged)


def _chosen(ids: list[int], where: str, place: int, limit: int) -> list[int]:
    """The requested part of a channel's messages, oldest first."""
    if where == "after":
        start = bisect_right(ids, place)
        return ids[start : start + limit]
    if where == "around":
        middle = bisect_left(ids, place)
        # A message with exactly this id comes in addition to half before and half after it; there may be none.
        newer = limit // 2 + 1 if ids[middle : middle + 1] == [place] else limit - limit // 2
        return ids[max(0, middle - limit // 2) : middle + newer]
    end = bisect_left(ids, place) if where == "before" else len(ids)
    return ids[max(0, end - limit) : end]


def _as_read(message: Payload) -> Payload:
    """A message as it is read later: without its nonce, and without the text that people wrote."""
    shown = {name: value for name, value in message.items() if name != "nonce"}
    return shown if message["author"]["bot"] else {**shown, "content": ""}


def _text(content: str, components: list[Payload]) -> str:
    shown: list[Any] = [content, *(component.get("content") for component in every_component(components))]
    return "\n".join(part for part in shown if part)


def _attachment(sent: Payload, files: dict[str, bytes]) -> Payload:
    url = f"https://cdn.invalid/{sent.get('filename')}"
    size = len(files.get(f"files[{sent['id']}]", b""))
    return {**sent, "id": str(snowflake()), "size": size, "url": url, "proxy_url": url}
