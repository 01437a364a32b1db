"""The stand-in's gateway: sessions that outlive their sockets, and what can go wrong with them."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.wire.log import Log
from tests.wire.world import Payload, World

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, RESUME = 0, 1, 2, 3, 6
RECONNECT, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 7, 9, 10, 11
UNKNOWN_ERROR, AUTHENTICATION_FAILED = 4000, 4004


@dataclass(frozen=True)
class Frame:
    """What a bot sent over the gateway; ``socket`` counts the connections from 1 on."""

    socket: int
    op: int
    data: Any


@dataclass
class Session:
    """A bot's session on one shard; ``events`` are kept to be sent again when it resumes."""

    shard: int
    shards: int
    socket: web.WebSocketResponse | None
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    events: list[Payload] = field(default_factory=list)

    async def send(self, name: str, data: Payload) -> None:
        self.events.append({"op": DISPATCH, "t": name, "s": len(self.events) + 1, "d": data})
        if self.socket is not None and not self.socket.closed:
            await self.socket.send_json(self.events[-1])


class Gateway:
    """Takes websockets, and keeps what bots send in ``frames``.

    Args:
        world: where the bot is.
        token: the only one that is let in.
        shards: how many the bot is told to use.
    """

    def __init__(self, world: World, token: str, shards: int = 1) -> None:
        self.world = world
        self.token = token
        self.shards = shards
        self.url = ""
        self.frames: Log[Frame] = Log()
        self.sessions: dict[str, Session] = {}
        self.heartbeat = 41.25
        self._sockets: list[web.WebSocketResponse] = []

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.append(socket)
        number = len(self._sockets)
        await socket.send_json({"op": HELLO, "d": {"heartbeat_interval": int(self.heartbeat * 1000)}})
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                content = message.json()
                self.frames.append(Frame(number, content["op"], content.get("d")))
                await self._receive(socket, content["op"], content.get("d"))
        return socket

    async def _receive(self, socket: web.WebSocketResponse, op: int, data: Any) -> None:
        if op in (IDENTIFY, RESUME) and data["token"] != self.token:
            await socket.close(code=AUTHENTICATION_FAILED)
        elif op == HEARTBEAT:
            await socket.send_json({"op": HEARTBEAT_ACK})
        elif op == IDENTIFY:
            await self._identify(socket, *data.get("shard", (0, 1)))
        elif op == RESUME:
            await self._resume(socket, data["session_id"], data["seq"])

    async def _identify(self, socket: web.WebSocketResponse, shard: int, shards: int) -> None:
        session = Session(shard, shards, socket)
        self.sessions[session.id] = session
        guilds = [guild for guild in self.world.guilds if guild.shard(shards) == shard]
        ready = {
            "v": 10,
            "user": self.world.bot.payload(),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": [shard, shards],
            "application": {"id": str(self.world.application_id), "flags": 0},
        }
        await session.send("READY", ready)
        for guild in guilds:
            await session.send("GUILD_CREATE", guild.payload(self.world.bot))

    async def _resume(self, socket: web.WebSocketResponse, session_id: str, last: int) -> None:
        session = self.sessions.get(session_id)
        if session is None:
            await socket.send_json({"op": INVALID_SESSION, "d": False})
            return
        session.socket = socket
        for event in session.events[last:]:
            await socket.send_json(event)
        await session.send("RESUMED", {})

    def session(self, guild_id: int | None = None) -> Session:
        """The newest session of the shard that a server is on; direct messages come over shard 0."""
        fitting = [s for s in self.sessions.values() if ((guild_id or 0) >> 22) % s.shards == s.shard]
        assert fitting, "no bot has come to the gateway"
        return fitting[-1]

    async def send(self, name: str, data: Payload, guild_id: int | None = None) -> None:
        """An event for the bot; while its socket is cut it waits for the bot to resume."""
        await self.session(guild_id).send(name, data)

    async def close(self, code: int = UNKNOWN_ERROR) -> None:
        """Closes every socket. After 4000 a bot is to resume."""
        await asyncio.gather(*(socket.close(code=code) for socket in self._sockets if not socket.closed))

    async def ask_to_reconnect(self) -> None:
        await self._send_all({"op": RECONNECT, "d": None})

    async def invalidate(self) -> None:
        """Forgets all sessions, and says so: a bot is to identify anew."""
        self.sessions.clear()
        await self._send_all({"op": INVALID_SESSION, "d": False})

    async def _send_all(self, content: Payload) -> None:
        for socket in self._sockets:
            if not socket.closed:
                await socket.send_json(content)

    def expect(self, op: int, *, after: int = 0, deadline: float = 5.0) -> Any:
        """Awaits the next frame of an operation; ``after`` is the number of frames that are old news."""
        return self.frames.expect(lambda frame: frame.op == op, after=after, deadline=deadline)
