"""A command's options as they arrive, looked at against what the command declares, before anything is made of them.

Discord checks options by the commands it knows. A client that still has an older version of a command, a modified
client and a later Discord can send others, and discord.py hands those on as they are: a text may arrive as a list.
"""

from __future__ import annotations

import math
import reprlib
from collections.abc import Collection, Mapping
from typing import Any

from discord import AppCommandOptionType, app_commands
from discord.app_commands.commands import Parameter

from bot.errors import FriendlyError

Payload = dict[str, Any]

UPDATED = "This command was updated; give Discord a minute to catch up and try again."
LARGEST = 2**53 - 1
"""The largest whole number that Discord lets people type."""
LONGEST_TEXT = 6000
"""Characters that Discord lets people type where a command sets no limit."""
MOST_OPTIONS = 25
"""How many options a command has at most."""

_NESTED = {AppCommandOptionType.subcommand.value, AppCommandOptionType.subcommand_group.value}
_KINDS = {
    AppCommandOptionType.string: "text",
    AppCommandOptionType.integer: "a whole number",
    AppCommandOptionType.boolean: "yes or no",
    AppCommandOptionType.number: "a number",
    AppCommandOptionType.user: "a person",
    AppCommandOptionType.channel: "a channel",
    AppCommandOptionType.role: "a role",
    AppCommandOptionType.mentionable: "a person or a role",
    AppCommandOptionType.attachment: "a file",
}
_RESOLVED = {
    AppCommandOptionType.user: ("users",),
    AppCommandOptionType.channel: ("channels",),
    AppCommandOptionType.role: ("roles",),
    AppCommandOptionType.mentionable: ("users", "roles"),
    AppCommandOptionType.attachment: ("attachments",),
}
"""Under which names Discord describes what an option names by its id."""


class OddInteractionError(FriendlyError):
    """An interaction that is not as Discord describes them; nothing was done about it.

    Args:
        line: what is wrong and what to do, for the person.
        why: what was odd, for the log: names and types, never what somebody typed.
    """

    def __init__(self, line: str, why: str) -> None:
        self.why = why
        super().__init__(line)


def check_options(command: Any, data: Payload, *, typing: bool) -> None:
    """Makes the options of ``data`` what the command declares, or refuses them.

    Where the value fits, the type that is written beside it is set right. While somebody is still ``typing``, options
    that do not fit are left out, because they only narrow down what is offered; the one being typed has to fit.

    Raises:
        OddInteractionError: an option is missing, unknown, or not what the command declares.
    """
    command, holder = _leaf(command, data)
    parameters = {each.display_name: each for each in command.parameters}
    options, resolved = _options_of(holder), data.get("resolved")
    resolved = resolved if isinstance(resolved, Mapping) else {}
    if typing:
        holder["options"] = _while_typing(parameters, options)
        data["resolved"] = {}
        return
    kept: dict[str, dict[str, Any]] = {}
    for option in options:
        parameter = parameters.get(option["name"])
        if parameter is None:
            line = f"/{command.qualified_name} has no option “{option['name'][:32]}”. {UPDATED}"
            raise OddInteractionError(line, f"unknown option {reprlib.repr(option['name'])}")
        option["value"] = _value(parameter, option.get("value"))
        option["type"] = parameter.type.value
        _keep_resolved(parameter, option["value"], resolved, kept)
    given = {option["name"] for option in options}
    for name, parameter in parameters.items():
        if parameter.required and name not in given:
            line = f"“{name}” is missing. Type /{command.qualified_name} again and fill it in."
            raise OddInteractionError(line, f"no option {name!r}")
    # What nothing refers to is not read, so it cannot do harm either.
    data["resolved"] = kept


def _leaf(command: Any, data: Payload) -> tuple[app_commands.Command[Any, ..., Any], Payload]:
    """The command itself, or the subcommand that was meant, and the part of the data that holds its options."""
    holder = data
    while isinstance(command, app_commands.Group):
        nested = _options_of(holder)
        holder = nested[0] if len(nested) == 1 and nested[0].get("type") in _NESTED else {}
        command = command.get_command(holder.get("name", ""))
    if not isinstance(command, app_commands.Command):
        raise OddInteractionError(UPDATED, "unknown subcommand")
    return command, holder


def _options_of(holder: Payload) -> list[Payload]:
    options = holder.setdefault("options", [])
    sound = isinstance(options, list) and all(
        isinstance(option, dict) and isinstance(option.get("name"), str) for option in options
    )
    if not sound or len(options) > MOST_OPTIONS or len({option["name"] for option in options}) < len(options):
        raise OddInteractionError(f"Discord sent this command garbled. {UPDATED}", "the options are not options")
    return options  # type: ignore[no-any-return]


def _while_typing(parameters: Mapping[str, Parameter], options: list[Payload]) -> list[Payload]:
    kept: list[Payload] = []
    focused = [option for option in options if option.get("focused")]
    if len(focused) != 1:
        raise OddInteractionError(UPDATED, f"{len(focused)} options are being typed")
    for option in options:
        parameter, value = parameters.get(option["name"]), option.get("value")
        if option is focused[0]:
            if parameter is None or not parameter.autocomplete:
                raise OddInteractionError(UPDATED, f"nothing to offer for {reprlib.repr(option['name'])}")
            # An unfinished number comes as text or as a number; what offers choices is written for text.
            text = str(value) if _is_number(value) else value
            if not isinstance(text, str) or len(text) > LONGEST_TEXT or not _is_writable(text):
                raise OddInteractionError(UPDATED, f"{option['name']!r} is {_type(value)}")
            kept.append({**option, "type": parameter.type.value, "value": text, "focused": True})
            continue
        if parameter is None:
            continue
        try:
            sound = _value(parameter, value)
        except OddInteractionError:
            continue
        kept.append({**option, "type": parameter.type.value, "value": sound, "focused": False})
    return kept


def _value(parameter: Parameter, value: Any) -> Any:
    """The value as the parameter's type has it."""
    name, kind = parameter.display_name, parameter.type
    again = "Fill it in again." if parameter.required else "Fill it in again, or leave it out."
    sound = _of_kind(kind, value)
    if sound is None:
        line = f"“{name}” has to be {_KINDS.get(kind, 'something else')}. {again}"
        raise OddInteractionError(line, f"{name!r} is {_type(value)}")
    if parameter.choices and sound not in [choice.value for choice in parameter.choices]:
        line = f"“{name}” has to be one of the options Discord offers. {again}"
        raise OddInteractionError(line, f"{name!r} is none of its choices")
    low, high = parameter.min_value, parameter.max_value
    if kind is AppCommandOptionType.string:
        high = LONGEST_TEXT if high is None else high
        if not (low or 0) <= len(sound) <= high:
            wanted = "is empty" if len(sound) < (low or 0) else f"can have {high:,} characters at most"
            raise OddInteractionError(f"“{name}” {wanted}. {again}", f"{name!r} has {len(sound)} characters")
    elif kind in {AppCommandOptionType.integer, AppCommandOptionType.number}:
        low, high = -LARGEST if low is None else low, LARGEST if high is None else high
        if not low <= sound <= high:
            line = f"“{name}” has to be from {low:,} to {high:,}. {again}"
            raise OddInteractionError(line, f"{name!r} is out of range")
    return sound


def _of_kind(kind: AppCommandOptionType, value: Any) -> Any:
    """The value as a value of that kind; None where it is none."""
    if kind is AppCommandOptionType.string:
        return value if isinstance(value, str) and _is_writable(value) else None
    if kind is AppCommandOptionType.boolean:
        return value if isinstance(value, bool) else None
    if kind is AppCommandOptionType.integer:
        # JSON has one kind of number: 2025.0 is a whole one.
        return int(value) if _is_number(value) and value == int(value) else None
    if kind is AppCommandOptionType.number:
        return value if _is_number(value) else None
    return snowflake(value) if kind in _RESOLVED else None


def _keep_resolved(
    parameter: Parameter, value: Any, resolved: Mapping[str, Any], kept: dict[str, dict[str, Any]]
) -> None:
    """Keeps Discord's description of what an option names by its id."""
    buckets = _RESOLVED.get(parameter.type)
    if buckets is None:
        return
    found = False
    for bucket in (*buckets, "members"):
        described = resolved.get(bucket)
        part = described.get(value) if isinstance(described, Mapping) else None
        if isinstance(part, dict):
            kept.setdefault(bucket, {})[value] = part
            found = found or bucket in buckets
    if not found:
        name = parameter.display_name
        line = f"Discord did not say what “{name}” is. Choose it again."
        raise OddInteractionError(line, f"{name!r} is not described")


def snowflake(value: Any) -> str | None:
    """An id as Discord writes it; None where it is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if 0 < value < 2**63 else None
    sound = isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 20
    return value if sound and 0 < int(value) < 2**63 else None


def texts_of(values: Any, most: int) -> Collection[str] | None:
    """A list of texts, ``most`` at most; None where it is none."""
    sound = isinstance(values, list) and len(values) <= most and all(isinstance(value, str) for value in values)
    return values if sound else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_writable(text: str) -> bool:
    """Whether a text can be written in UTF-8: JSON can escape half of a pair of surrogates, and SQLite takes none."""
    return text.isascii() or not any("\ud800" <= each <= "\udfff" for each in text)


def _type(value: Any) -> str:
    return "empty" if value is None else f"of type {type(value).__name__}"
