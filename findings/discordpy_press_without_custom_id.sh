#!/usr/bin/env bash
# discord.py 2.7.1: a press whose data has no custom id, or one that is no text, raises where the gateway is read.
#
# The client reads the gateway's events in a task of each shard, and an exception that it does not know ends the whole
# client there: AutoShardedClient.connect raises it. Discord sends no such press today; nothing but that keeps it running.
#
# Seen with Python 3.11.7:
#   no custom id: KeyError
#   a number: TypeError
#   no component type: KeyError
# Exits with 1 if the behaviour is another one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet discord.py==2.7.1
cat > "$folder/probe.py" <<'PYTHON'
import asyncio
import re

import discord
from discord import ui


class Item(ui.DynamicItem[ui.Button], template=re.compile("x")):
    pass


async def main():
    client = discord.AutoShardedClient(intents=discord.Intents.none(), shard_count=1)
    client.add_dynamic_items(Item)
    await client._async_setup_hook()
    user = {"id": "1", "username": "Mo", "discriminator": "0", "avatar": None}
    rest = {"id": "2", "application_id": "3", "type": 3, "token": "t", "version": 1, "attachment_size_limit": 0, "user": user}
    for label, data, expected in (
        ("no custom id", {"component_type": 2}, KeyError),
        ("a number", {"custom_id": 5, "component_type": 2}, TypeError),
        ("no component type", {"custom_id": "x"}, KeyError),
    ):
        try:
            client._connection.parsers["INTERACTION_CREATE"]({**rest, "data": data})
        except Exception as error:
            print(f"{label}: {type(error).__name__}")
            assert type(error) is expected
        else:
            raise SystemExit(1)


asyncio.run(main())
PYTHON
"$folder/venv/bin/python" -W ignore "$folder/probe.py"
