"""Interactions: what a person does in Discord, sent to the bot, and what the bot answers."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.checks.sound import AnswerKind
from tests.wire.world import Channel, Payload, Person, World, snowflake

COMMAND, COMPONENT, AUTOCOMPLETE, FORM = 2, 3, 4, 5
"""Discord's interaction types."""

TYPED, ON_MESSAGE = 1, 3
"""Discord's command types: slash commands and commands in the menu of a message."""

SUBCOMMAND, GROUP = 1, 2
BUTTON = 2
UPLOAD_LIMIT = 10 * 1024 * 1024


@dataclass
class Interaction:
    """One thing a person did. ``answer`` is the body of the bot's callback, once it has arrived."""

    kind: int
    data: Payload
    channel: Channel
    person: Person
    message: Payload | None = None
    id: int = field(default_factory=snowflake)
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    sent: float = field(default_factory=time.monotonic)
    seconds: float | None = None
    answered: asyncio.Future[Payload] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    @property
    def answer(self) -> Payload:
        return self.answered.result()

    @property
    def answer_kind(self) -> AnswerKind:
        return AnswerKind(self.answer["type"])

    def payload(self, world: World) -> Payload:
        guild = self.channel.guild
        payload = {
            "id": str(self.id),
            "application_id": str(world.application_id),
            "type": self.kind,
            "token": self.token,
            "version": 1,
            "data": self.data,
            "channel_id": str(self.channel.id),
            "channel": self.channel.payload(),
            "app_permissions": str(world.allowed(self.channel)),
            "locale": "en-US",
            "entitlements": [],
            "attachment_size_limit": UPLOAD_LIMIT,
        }
        payload["authorizing_integration_owners"] = self._owners()
        if guild is None:
            payload |= {"user": self.person.payload(), "context": 1}
        else:
            payload |= {"guild_id": str(guild.id), "member": self.person.member(), "context": 0}
            payload["guild_locale"] = "en-US"
            payload |= {"guild": {"id": str(guild.id), "locale": "en-US", "features": []}}
        if self.message is not None:
            payload["message"] = self.message
        return payload

    def metadata(self) -> Payload:
        """The ``interaction_metadata`` of the messages that answer it: above all who asked."""
        return {
            "id": str(self.id),
            "type": self.kind,
            "user": self.person.payload(),
            "authorizing_integration_owners": self._owners(),
        }

    def _owners(self) -> dict[str, str]:
        """Where the bot was installed: in the server (0), or by the person for themselves (1)."""
        guild = self.channel.guild
        return {"1": str(self.person.id)} if guild is None else {"0": str(guild.id)}


def command_data(commands: list[Payload], line: str, given: Mapping[str, Any], focused: str | None = None) -> Payload:
    """The data that the client sends when a person uses a command.

    Args:
        commands: the commands that the bot registered.
        line: the command's name, then those of its subcommands, separated by spaces.
        given: values by option name; the command must have these options.
        focused: the option being typed, for an autocomplete request.
    """
    name, *inner = line.split()
    command = _command(commands, name, TYPED)
    path = [command]
    for part in inner:
        path.append(next(option for option in path[-1]["options"] if option["name"] == part))
    known = {option["name"]: option for option in path[-1].get("options") or []}
    options: list[Payload] = []
    for option, value in given.items():
        assert option in known, f"/{line} has no option {option!r}; it has {list(known)}"
        options.append({"name": option, "type": known[option]["type"], "value": value})
        if option == focused:
            options[-1]["focused"] = True
    for step in reversed(path[1:]):
        options = [{"name": step["name"], "type": step["type"], "options": options}]
    return {**_named(command), "options": options}


def menu_data(commands: list[Payload], name: str, message: Payload) -> Payload:
    """The data that the client sends when a person picks a command from the menu of a message."""
    target = message["id"]
    return {
        **_named(_command(commands, name, ON_MESSAGE)),
        "target_id": target,
        "resolved": {"messages": {target: message}},
    }


def _command(commands: list[Payload], name: str, kind: int) -> Payload:
    known = {command["name"]: command for command in reversed(commands) if (command.get("type") or TYPED) == kind}
    assert name in known, f"the bot has no command {name!r}; it has {list(known)}"
    return known[name]


def _named(command: Payload) -> Payload:
    """The fields that identify a command in an interaction; a server's own command names its server."""
    named = {"id": command["id"], "name": command["name"], "type": command.get("type") or TYPED}
    return named | ({"guild_id": command["guild_id"]} if "guild_id" in command else {})


def component_data(message: Payload, custom_id: str, values: list[str] | None) -> Payload:
    """The data that the client sends when a person presses a button or picks from a select."""
    found = [c for c in every_component(message["components"]) if c.get("custom_id") == custom_id]
    assert found, f"the message has no {custom_id!r}; it has {ids_in(message)}"
    assert not found[0].get("disabled"), f"{custom_id!r} is greyed out"
    data = {"custom_id": custom_id, "component_type": found[0]["type"]}
    return data if found[0]["type"] == BUTTON else {**data, "values": values or []}


def every_component(components: list[Payload]) -> Iterator[Payload]:
    for component in components:
        yield component
        yield from every_component(component.get("components") or [])
        if component.get("accessory"):
            yield component["accessory"]


def ids_in(message: Payload) -> list[str]:
    """The custom ids in a message, in order."""
    return [c["custom_id"] for c in every_component(message["components"]) if c.get("custom_id")]
