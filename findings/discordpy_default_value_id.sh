#!/usr/bin/env bash
# discord.py 2.7.1: the default values of a user, role, mentionable or channel select are sent with a number as their id.
#
# Discord's API description says that an id is a snowflake written as text, since JSON readers that keep numbers as
# doubles cannot hold all of its digits, and discord.py writes every other id in a message's components as text. In
# "default_values" it writes a number: who checks bodies against the description, or reads them in JavaScript, finds it.
#
# Seen with Python 3.11.7:
#   {"id": 1418992000000000001, "type": "role"}
#   read by a JSON reader with doubles: 1418992000000000000
# Exits with 1 if the behaviour is another one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet discord.py==2.7.1
cat > "$folder/probe.py" <<'PYTHON'
import json

import discord
from discord import ui

ROLE = 1418992000000000001
value = discord.SelectDefaultValue(id=ROLE, type=discord.SelectDefaultValueType.role)
select = ui.RoleSelect(custom_id="role", default_values=[value])
sent = json.dumps(select.to_component_dict()["default_values"][0])
as_doubles = int(json.loads(sent, parse_int=float)["id"])
print(sent)
print("read by a JSON reader with doubles:", as_doubles)
assert json.loads(sent) == {"id": ROLE, "type": "role"}, sent
assert as_doubles != ROLE
PYTHON
"$folder/venv/bin/python" -W ignore "$folder/probe.py"
