#!/usr/bin/env bash
# discord.py 2.7.1: a gateway socket that is open but has not said hello yet is forgotten when connecting is cancelled.
#
# DiscordWebSocket.from_client opens the socket, then waits for the gateway's hello, and only then hands it to the client.
# Who stops a bot in between (a signal during a slow start) cancels that wait: nobody closes the socket, and
# Client.close() knows of none. It stays open until the garbage collector finds it, which warns of an unclosed
# connection, in a test suite often in the middle of another test.
#
# Seen with Python 3.11.7, aiohttp 3.14.5:
#   connecting cancelled: True; the client's socket: None; client closed: True
#   the socket that was opened is closed: False; its gateway saw it close: False
# Exits with 1 if the behaviour is another one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet discord.py==2.7.1 aiohttp==3.14.5
cat > "$folder/probe.py" <<'PYTHON'
import asyncio
import logging

import aiohttp
import discord
from aiohttp import web
from discord.gateway import DiscordWebSocket
from yarl import URL

logging.disable(logging.CRITICAL)


async def probe():
    arrived, left = asyncio.Event(), asyncio.Event()

    async def gateway(request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        arrived.set()
        async for _ in socket:  # it says no hello yet
            pass
        left.set()
        return socket

    server = web.Application()
    server.router.add_get("/", gateway)
    runner = web.AppRunner(server)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = URL(f"http://127.0.0.1:{runner.addresses[0][1]}/")

    opened = []
    async with aiohttp.ClientSession() as session, discord.Client(intents=discord.Intents.none()) as client:

        async def connect(_, **__):
            opened.append(await session.ws_connect(url))
            return opened[-1]

        client.http.ws_connect = connect
        connecting = asyncio.create_task(DiscordWebSocket.from_client(client, initial=True, gateway=url))
        await arrived.wait()
        while not opened:
            await asyncio.sleep(0.01)
        connecting.cancel()
        await asyncio.wait([connecting])
        await client.close()
        await asyncio.sleep(0.5)
        seen = connecting.cancelled(), client.ws, client.is_closed(), opened[0].closed, left.is_set()
        print(f"connecting cancelled: {seen[0]}; the client's socket: {seen[1]}; client closed: {seen[2]}")
        print(f"the socket that was opened is closed: {seen[3]}; its gateway saw it close: {seen[4]}")
        await opened[0].close()
    await runner.cleanup()
    assert seen == (True, None, True, False, False), seen


asyncio.run(probe())
PYTHON
"$folder/venv/bin/python" -W ignore "$folder/probe.py"
