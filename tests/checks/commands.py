"""What Discord refuses when commands are registered, and in the choices of an autocomplete."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.checks.findings import Findings

CHAT_INPUT = 1
MOST_COMMANDS = {CHAT_INPUT: 100, 2: 15, 3: 15}
MOST_CHARACTERS = 8000
MOST_CHOICES = 25
LARGEST = 2**53

SUBCOMMAND = 1
GROUP = 2
STRING = 3
NUMBERS = {4, 10}
WITH_CHOICES = {STRING} | NUMBERS

_NAME = re.compile(r"[-_'\w]{1,32}")


def check_commands(commands: list[dict[str, Any]]) -> list[str]:
    """What is wrong with a complete set of commands, as sent to Discord."""
    findings = Findings()
    kinds = Counter(_kind(command) for command in commands)
    for kind, number in kinds.items():
        findings.number("", number, f"commands of kind {kind}", most=MOST_COMMANDS.get(kind, 1))
    for kind in kinds:
        findings.unique("", [c.get("name") for c in commands if _kind(c) == kind], "command")
    for command in commands:
        where = f"/{command.get('name')}"
        if _kind(command) == CHAT_INPUT:
            _check_named(where, command, findings)
            _check_options(where, command.get("options") or [], findings, (GROUP, SUBCOMMAND))
        else:
            _check_menu(where, command, findings)
        findings.number(where, _characters(command), "characters in all", most=MOST_CHARACTERS)
    return findings


def check_choices(choices: list[dict[str, Any]], where: str = "choices", kind: int | None = None) -> list[str]:
    """What is wrong with choices; ``kind`` is the option's type, or None where it is unknown."""
    findings = Findings()
    findings.number(where, len(choices), "choices", most=MOST_CHOICES)
    for index, choice in enumerate(choices):
        at, value = f"{where}[{index}]", choice.get("value")
        for name in _every_wording(choice, "name"):
            findings.text(f"{at}.name", name, most=100, least=1)
        if isinstance(value, str):
            findings.text(f"{at}.value", value, most=100)
        elif isinstance(value, bool) or not isinstance(value, int | float):
            findings.say(f"{at}.value", f"{value!r} is neither text nor a number")
        elif abs(value) > LARGEST:
            findings.say(f"{at}.value", f"{value} is too large")
        if kind is not None and isinstance(value, str) != (kind == STRING):
            findings.say(f"{at}.value", f"{value!r} is not of the option's type")
    return findings


def _kind(command: dict[str, Any]) -> int:
    return command.get("type") or CHAT_INPUT


def _every_wording(thing: dict[str, Any], field: str) -> list[Any]:
    """A field's default text and its translations."""
    return [thing.get(field), *(thing.get(f"{field}_localizations") or {}).values()]


def _check_named(where: str, thing: dict[str, Any], findings: Findings) -> None:
    for name in _every_wording(thing, "name"):
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            findings.say(where, f"{name!r} is no name: 1 to 32 letters, digits, - and _")
        elif name != name.lower():
            findings.say(where, f"the name {name!r} has capitals")
    for description in _every_wording(thing, "description"):
        findings.text(f"{where} description", description, most=100, least=1)


def _check_menu(where: str, command: dict[str, Any], findings: Findings) -> None:
    for name in _every_wording(command, "name"):
        findings.text(f"{where} name", name, most=32, least=1)
    if command.get("description"):
        findings.say(where, "a context menu has no description")
    if command.get("options"):
        findings.say(where, "a context menu has no options")


def _check_options(where: str, options: list[dict[str, Any]], findings: Findings, nested: tuple[int, ...]) -> None:
    """Checks one level of options; ``nested`` are the kinds of subcommand allowed here."""
    findings.number(where, len(options), "options", most=25)
    findings.unique(where, [option.get("name") for option in options], "option")
    subcommands = [option for option in options if option.get("type") in (SUBCOMMAND, GROUP)]
    if subcommands and len(subcommands) < len(options):
        findings.say(where, "subcommands and plain options are mixed")
    required = [bool(option.get("required")) for option in options]
    if required != sorted(required, reverse=True):
        findings.say(where, "a required option comes after an optional one")
    for option in options:
        at = f"{where} {option.get('name')}"
        _check_named(at, option, findings)
        if option.get("type") in (SUBCOMMAND, GROUP):
            if option["type"] not in nested:
                findings.say(at, "subcommands nest too deep")
            inner = (SUBCOMMAND,) if option["type"] == GROUP else ()
            _check_options(at, option.get("options") or [], findings, inner)
        else:
            _check_values(at, option, findings)


def _check_values(where: str, option: dict[str, Any], findings: Findings) -> None:
    kind, choices = option.get("type"), option.get("choices") or []
    findings.extend(check_choices(choices, where, kind if kind in WITH_CHOICES else None))
    findings.unique(where, [choice.get("name") for choice in choices], "choice")
    if kind not in WITH_CHOICES and (choices or option.get("autocomplete")):
        findings.say(where, "an option of this type has no choices")
    if choices and option.get("autocomplete"):
        findings.say(where, "fixed choices and autocomplete together")
    _check_range(where, option, ("min_value", "max_value"), LARGEST, findings, lambda: kind in NUMBERS)
    _check_range(where, option, ("min_length", "max_length"), 6000, findings, lambda: kind == STRING)


def _check_range(
    where: str,
    option: dict[str, Any],
    names: tuple[str, str],
    largest: int,
    findings: Findings,
    fits: Callable[[], bool],
) -> None:
    least, most = (option.get(name) for name in names)
    if least is None and most is None:
        return
    if not fits():
        findings.say(where, f"{names[0]} and {names[1]} mean nothing to this type")
    for name, bound in zip(names, (least, most), strict=True):
        if bound is not None and abs(bound) > largest:
            findings.say(where, f"{name} {bound} is out of bounds")
    if least is not None and most is not None and least > most:
        findings.say(where, f"{names[0]} {least} is above {names[1]} {most}")


def _characters(thing: dict[str, Any]) -> int:
    """The number of characters in names, descriptions and values of a command; of translations the longest counts."""
    own = sum(max(len(text or "") for text in _every_wording(thing, field)) for field in ("name", "description"))
    value = thing.get("value")
    inner = [*(thing.get("options") or []), *(thing.get("choices") or [])]
    return own + (len(value) if isinstance(value, str) else 0) + sum(_characters(part) for part in inner)
