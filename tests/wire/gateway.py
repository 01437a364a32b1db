"""The stand-in's gateway: sessions that outlive their sockets, and what can go wrong with them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.wire.log import DEADLINE, Log
from tests.wire.world import Payload, World

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, RESUME = 0, 1, 2, 3, 6
RECONNECT, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 7, 9, 10, 11
UNKNOWN_ERROR, AUTHENTICATION_FAILED = 4000, 4004
GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 9, 1 << 12
"""The intents with which a bot hears what people write, in servers and directly to it."""

AT_A_TIME = 100
"""How many servers are announced before other tasks get their turn."""


@dataclass(frozen=True)
class Frame:
    """What a bot sent over the gateway; ``socket`` counts the connections from 1 on."""

    socket: int
    op: int
    data: Any


@dataclass
class Session:
    """A bot's session on one shard. Events are kept until the bot acknowledges them, to be sent again on a resume."""

    shard: int
    shards: int
    socket: web.WebSocketResponse | None
    intents: int = 0
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    sent: int = 0
    kept: deque[tuple[int, str]] = field(default_factory=deque)

    async def send(self, name: str, data: Payload) -> None:
        await self.put(self.frame(name, data))

    def frame(self, name: str, data: Payload) -> str:
        """An event as it is sent, numbered, and kept for a resume."""
        self.sent += 1
        text = json.dumps({"op": DISPATCH, "t": name, "s": self.sent, "d": data})
        self.kept.append((self.sent, text))
        return text

    async def put(self, text: str) -> None:
        if self.socket is None or self.socket.closed:
            return
        try:
            await self.socket.send_str(text)
        except ConnectionError:
            # The bot is gone, and the socket has not noticed yet.
            self.socket = None

    def acknowledge(self, last: int) -> None:
        """The bot has received all events up to a number."""
        while self.kept and self.kept[0][0] <= last:
            self.kept.popleft()

    async def resume(self, socket: web.WebSocketResponse, last: int) -> None:
        self.socket = socket
        self.acknowledge(last)
        for _, text in list(self.kept):
            await self.put(text)
        await self.send("RESUMED", {})


class Gateway:
    """Accepts websockets, and keeps what bots send in ``frames``.

    Args:
        world: where the bot is.
        token: the only one accepted.
        shards: how many shards the bot should use.
    """

    def __init__(self, world: World, token: str, shards: int = 1) -> None:
        self.world = world
        self.token = token
        self.shards = shards
        self.url = ""
        self.frames: Log[Frame] = Log()
        self.sessions: dict[str, Session] = {}
        self.heartbeat = 41.25
        self._connections = 0
        self._sockets: dict[web.WebSocketResponse, web.Request] = {}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        try:
            await socket.prepare(request)
        except ConnectionError:
            return web.Response()  # the bot was killed while connecting
        self._sockets[socket] = request
        self._connections += 1
        number = self._connections
        try:
            await socket.send_json({"op": HELLO, "d": {"heartbeat_interval": int(self.heartbeat * 1000)}})
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    content = message.json()
                    self.frames.append(Frame(number, content["op"], content.get("d")))
                    await self._receive(socket, content["op"], content.get("d"))
        except ConnectionError:
            pass  # a bot that was killed does not close its socket
        finally:
            del self._sockets[socket]
            for session in self.sessions.values():
                if session.socket is socket:
                    session.socket = None
        return socket

    async def _receive(self, socket: web.WebSocketResponse, op: int, data: Any) -> None:
        if op in (IDENTIFY, RESUME) and data["token"] != self.token:
            await socket.close(code=AUTHENTICATION_FAILED)
        elif op == HEARTBEAT:
            for session in self.sessions.values():
                if session.socket is socket and data is not None:
                    session.acknowledge(data)
            await socket.send_json({"op": HEARTBEAT_ACK})
        elif op == IDENTIFY:
            await self._identify(socket, data["intents"], *data.get("shard", (0, 1)))
        elif op == RESUME:
            await self._resume(socket, data["session_id"], data["seq"])

    async def _identify(self, socket: web.WebSocketResponse, intents: int, shard: int, shards: int) -> None:
        for old in [s for s in self.sessions.values() if s.shard == shard and s.socket is None]:
            # The shard identifies anew, so its old session will not be resumed.
            del self.sessions[old.id]
        session = Session(shard, shards, socket, intents)
        self.sessions[session.id] = session
        guilds = [guild for guild in self.world.here if guild.shard(shards) == shard]
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
        for count, guild in enumerate((guild for guild in guilds if guild.id not in self.world.out), 1):
            await session.send("GUILD_CREATE", guild.payload(self.world.bot))
            if count % AT_A_TIME == 0:
                await asyncio.sleep(0)

    async def _resume(self, socket: web.WebSocketResponse, session_id: str, last: int) -> None:
        session = self.sessions.get(session_id)
        if session is None:
            await socket.send_json({"op": INVALID_SESSION, "d": False})
        else:
            await session.resume(socket, last)

    def session(self, guild_id: int | None = None) -> Session:
        """The newest session of the shard that a server belongs to; direct messages use shard 0."""
        fitting = self._sessions_of(guild_id)
        assert fitting, "no bot has connected to the gateway"
        return fitting[-1]

    def _sessions_of(self, guild_id: int | None) -> list[Session]:
        return [s for s in self.sessions.values() if ((guild_id or 0) >> 22) % s.shards == s.shard]

    async def send(self, name: str, data: Payload, guild_id: int | None = None) -> None:
        """Sends an event to the bot; while its socket is closed the event waits for a resume."""
        await self.session(guild_id).send(name, data)

    async def tell(self, name: str, data: Payload, guild_id: int) -> None:
        """Sends an event if the bot has a session; a bot that connects later finds the current state anyway."""
        for session in self._sessions_of(guild_id)[-1:]:
            await session.send(name, data)

    async def close(self, code: int = UNKNOWN_ERROR) -> None:
        """Closes every socket. After code 4000 a bot resumes."""
        await asyncio.gather(*(socket.close(code=code) for socket in self._open()))

    def drop(self) -> None:
        """Cuts every socket without closing it properly."""
        for socket in self._open():
            transport = self._sockets[socket].transport
            if transport is not None:
                transport.abort()

    async def ask_to_reconnect(self) -> None:
        await self._send_all({"op": RECONNECT, "d": None})

    async def invalidate(self) -> None:
        """Invalidates all sessions: a bot has to identify anew."""
        self.sessions.clear()
        await self._send_all({"op": INVALID_SESSION, "d": False})

    def _open(self) -> list[web.WebSocketResponse]:
        return [socket for socket in self._sockets if not socket.closed]

    async def _send_all(self, content: Payload) -> None:
        for socket in self._open():
            with contextlib.suppress(ConnectionError):  # the bot is gone, and the socket has not noticed yet
                await socket.send_json(content)

    def expect(self, op: int, *, after: int = 0, deadline: float = DEADLINE) -> Any:
        """Awaits the next frame with an opcode; the first ``after`` frames are ignored."""
        return self.frames.expect(lambda frame: frame.op == op, after=after, deadline=deadline)
