"""What is known is asked for once an interaction: an import in the middle of an answer mixes no two states."""

from __future__ import annotations

import json
from typing import Any

import discord
import pytest
from discord import app_commands

from bot.seasons.as_of import AsOf
from bot.services import Services
from db.documents.importer import import_documents
from db.documents.reader import read_bytes
from tests.cogs.commands import TYPED
from tests.cogs.conftest import Stand
from tests.cogs.looking import title_and_answer
from tests.cogs.quoting import member


def everything(command: app_commands.Command[Any, ..., Any]) -> dict[str, Any]:
    """The options of a command that name something to be looked up, all filled in."""
    return {option.name: TYPED[option.name] for option in command.parameters if option.name in TYPED}


async def test_every_command_asks_once_what_is_known(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    router, asked = stand.env.bot.router, list[AsOf]()
    now = router.as_of

    async def counted() -> AsOf:
        asked.append(await now())
        return asked[-1]

    monkeypatch.setattr(router, "as_of", counted)
    boss = member(stand.channel.guild, "Boss", discord.Permissions(manage_guild=True, manage_messages=True))
    times = {}
    for command in stand.env.bot.tree.get_commands():
        if isinstance(command, app_commands.Command):
            asked.clear()
            await boss.slash(stand.channel, command.name, **everything(command))
            times[command.name] = len(asked)
    assert len(times) > 10
    assert set(times.values()) == {1}, times


async def test_an_import_between_looking_up_and_answering_is_seen_by_neither(
    stand: Stand, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    router = stand.env.bot.router
    now = router.as_of

    async def then_import() -> AsOf:
        known: AsOf = await now()
        row = {"name": "Corey Newname", "aliases": ["Corey Heim"]}
        document = json.dumps({"format": "tailgate/1", "drivers": [row]}).encode()
        await import_documents(services.store, [read_bytes(document, "x.json")], services.clock.now())
        return known

    monkeypatch.setattr(router, "as_of", then_import)
    assert title_and_answer(await stand.ask("driver", name="heim"))[0] == "#11 Corey Heim · 2025"
    assert title_and_answer(await stand.ask("driver", name="heim"))[0] == "#11 Corey Newname · 2025"
