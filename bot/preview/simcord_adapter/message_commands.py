"""The commands in the menu of a message ("Apps" on Discord), and those that a person may not use."""
# ruff: noqa: SLF001 - simcord's private names are used in this package and nowhere else

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import discord
import simcord
from simcord.enums import AppCommandType

CONTROL = re.compile(r"message:\d+:component:app:(?P<command>\d+)")
"""The key under which our page requests such a command, as a click on part of the message."""


class MessageCommands:
    """The message commands on the page of one preview.

    simcord's actors can run such commands, but its page does not offer them.
    """

    def __init__(self, env: Any, preview: Any) -> None:
        self._env, self._preview = env, preview
        self._plain_prepare = preview._prepare_action
        preview._prepare_action = self._prepare
        self._offered: tuple[tuple[str, int], dict[str, Any]] | None = None

    def offered(self, page: Any, _message: Any) -> dict[str, Any]:
        """Adds to a message the commands that the page's viewer may run on it, and those that are not for them."""
        publication = page.id, page.revision
        if self._offered is None or self._offered[0] != publication:
            commands = [{"id": str(command["id"]), "name": str(command["name"])} for command in self._visible(page)]
            self._offered = publication, {"apps": commands, "withheld": self._withheld(page)}
        return self._offered[1]

    def _withheld(self, page: Any) -> dict[str, str]:
        """The commands that the page's viewer may not use, by name, and the permissions that each is for."""
        backend, chat_input = self._env.backend, AppCommandType.CHAT_INPUT
        own = backend.visible_commands(user_id=page.viewer.id, channel_id=page.channel_id, type=chat_input)
        usable = {str(command["name"]) for command in own}
        found = {}
        for registered in backend.commands.values():
            for (name, kind), command in registered.items():
                if kind == chat_input and name not in usable:
                    needed = discord.Permissions(int(command.get("default_member_permissions") or 0))
                    found[str(name)] = ", ".join(_in_words(each) for each, is_needed in needed if is_needed)
        return found

    def _visible(self, page: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._env.backend.visible_commands(
            user_id=page.viewer.id, channel_id=page.channel_id, type=AppCommandType.MESSAGE
        )
        return found

    def _prepare(self, page: Any, kind: str, body: Mapping[str, Any]) -> Any:
        """Check an action of simcord's, or one of ours; returns a function that carries it out."""
        asked = CONTROL.fullmatch(str(body.get("control_key"))) if kind == "click" else None
        return self._plain_prepare(page, kind, body) if asked is None else self._run(page, asked["command"], body)

    def _run(self, page: Any, command: str, body: Mapping[str, Any]) -> Callable[[Any, int], Any]:
        self._preview._require_current_history(page)
        message = self._preview._target_message(page, self._preview._target_id(body.get("target_id"), page.viewer))
        name = next((str(each["name"]) for each in self._visible(page) if str(each["id"]) == command), None)
        if name is None:
            raise simcord.SetupError("command is unavailable")

        async def run(action: Any, cursor: int) -> Any:
            target = simcord.ResponseMessage(self._env, message)
            asking = page.viewer.context_menu(self._preview.channel, name, target)
            return await self._preview._run_interaction_action(page, action, cursor, asking, republish_all=True)

        return run


def _in_words(permission: str) -> str:
    """A permission as Discord names it; a guild is a server there."""
    return permission.replace("guild", "server").replace("_", " ").title()
