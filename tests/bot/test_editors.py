"""Who may edit, and where the editors' commands are: in the operator's own server, and in no other any more."""

from __future__ import annotations

from pathlib import Path

import discord
import pytest
from discord import app_commands

from bot.client.tailgate_bot import TailgateBot
from bot.editors import Editors
from bot.services import Services
from bot.settings import SettingsError, load_settings

HOME, OTHER = 111, 222


@pytest.mark.parametrize(
    ("editors", "user", "guild", "may"),
    [
        (Editors(frozenset({7}), HOME), 7, HOME, True),
        (Editors(frozenset({7}), HOME), 8, HOME, False),
        (Editors(frozenset({7}), HOME), 7, OTHER, False),
        (Editors(frozenset({7}), HOME), 7, None, False),
        (Editors(frozenset({7})), 7, None, False),
        (Editors(), 7, HOME, False),
    ],
)
def test_an_editor_edits_at_home(editors: Editors, user: int, guild: int | None, *, may: bool) -> None:
    assert editors.may_edit(user, guild) is may


def test_the_settings_name_editors_and_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TAILGATE_EDITORS", "123456789012345678, 42")
    monkeypatch.setenv("TAILGATE_HOME", "111")
    assert load_settings().editors == Editors(frozenset({123456789012345678, 42}), HOME)


@pytest.mark.parametrize("value", ["Ola", "12;13", "-4", "１２"])
def test_an_id_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TAILGATE_EDITORS", value)
    with pytest.raises(SettingsError, match=r"TAILGATE_EDITORS: .* isn't a Discord id"):
        load_settings()


class Told:
    """In place of telling Discord: what it was told, where."""

    def __init__(self, bot: TailgateBot, monkeypatch: pytest.MonkeyPatch) -> None:
        self.of: list[tuple[int | None, list[str]]] = []
        self._bot = bot
        monkeypatch.setattr(bot.tree, "sync", self._sync)

    async def _sync(self, *, guild: discord.Object | None = None) -> list[str]:
        names = [command.name for command in self._bot.tree.get_commands(guild=guild)]
        self.of.append((guild.id if guild else None, names))
        return names


def bot_at(services: Services, home: int | None, monkeypatch: pytest.MonkeyPatch) -> tuple[TailgateBot, Told]:
    bot = TailgateBot(services, editors=Editors(frozenset({7}), home))

    @app_commands.command(name="mend", description="Mends")
    async def mend(interaction: discord.Interaction) -> None:
        del interaction

    if home is not None:
        bot.tree.add_command(mend, guild=discord.Object(home))
    return bot, Told(bot, monkeypatch)


async def test_home_is_told_of_its_commands_once(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    for told_of in ([(None, []), (HOME, ["mend"])], []):
        bot, told = bot_at(services, HOME, monkeypatch)
        await bot.sync_commands()
        assert told.of == told_of


@pytest.mark.parametrize("home", [OTHER, None])
async def test_a_server_that_was_home_loses_them(
    services: Services, monkeypatch: pytest.MonkeyPatch, home: int | None
) -> None:
    bot, _ = bot_at(services, HOME, monkeypatch)
    await bot.sync_commands()
    bot, told = bot_at(services, home, monkeypatch)
    await bot.sync_commands()
    assert told.of == [(HOME, []), *([(OTHER, ["mend"])] if home else [])]
    bot, told = bot_at(services, home, monkeypatch)
    await bot.sync_commands()
    assert told.of == []


async def test_a_home_that_the_bot_is_not_in_does_not_stop_it(
    services: Services, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bot, told = bot_at(services, HOME, monkeypatch)

    class Response:
        status, reason = 403, "Forbidden"

    async def sync(*, guild: discord.Object | None = None) -> list[str]:
        if guild is not None:
            raise discord.Forbidden(Response(), {"code": 50001, "message": "Missing Access"})
        told.of.append((None, []))
        return []

    monkeypatch.setattr(bot.tree, "sync", sync)
    assert await bot.sync_commands()
    assert told.of == [(None, [])]
    assert "TAILGATE_HOME" in caplog.text
