"""Payloads that Discord does not normally send, by name, and how a sound payload is made odd."""

from __future__ import annotations

from typing import Any

from tests.bot.interactions.raw import Raw
from tests.wire.interactions import AUTOCOMPLETE, COMMAND, COMPONENT, FORM
from tests.wire.world import Payload, stamp

NAN, INFINITE = float("nan"), float("inf")
STRING, WHOLE, YES_NO, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, FILE = 3, 4, 5, 6, 7, 8, 9, 10, 11
"""Discord's types of options."""

ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    22,
    2**53,
    2**63,
    -(2**70),
    10**40,
    0.5,
    2025.0,
    NAN,
    INFINITE,
    "",
    " ",
    "heim",
    "2025",
    "9" * 400,
    "x" * 7000,
    "\x00",
    "\ud800",
    [],
    ["heim"],
    [[]],
    {},
    {"name": "heim"},
]
"""Values of every JSON type, with those that are at or beyond a limit."""

UNHAPPY_STRINGS: list[Any] = [5, 5.5, NAN, True, None, ["heim"], {"name": "heim"}, "", "x" * 201, "x" * 7000]
UNHAPPY_SEASONS: list[Any] = [None, True, 2**53, -(2**70), 10**40, 0.5, NAN, INFINITE, "2025", "", [2025], {}]


def option(name: Any, kind: Any, value: Any, **more: Any) -> Payload:
    return {"name": name, "type": kind, "value": value, **more}


def message(raw: Raw, custom_id: str = "t1:0:next", kind: int = 2) -> Payload:
    """A message of the bot's with one component, as it comes with a press."""
    part: Payload = {"type": kind, "custom_id": custom_id}
    part |= {"style": 2, "label": "Go"} if kind == 2 else {"options": [{"label": "Next", "value": "next"}]}
    return {
        "id": "4242",
        "channel_id": str(raw.channel.id),
        "author": raw.world.bot.payload(),
        "content": "They wrecked us! - Corey Heim",
        "timestamp": stamp(),
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "pinned": False,
        "type": 0,
        "flags": 1 << 15,
        "components": [{"type": 1, "components": [part]}],
    }


def menu(raw: Raw, **changed: Any) -> Payload:
    """The message command on a message; a field that is set to ... is left out."""
    data: Payload = {"id": "78", "name": "Save as driver quote", "type": 3, "target_id": "4242"}
    data["resolved"] = {"messages": {"4242": message(raw)}}
    return raw.payload({name: value for name, value in (data | changed).items() if value is not ...})


def press(raw: Raw, data: Any, custom_id: str = "t1:0:next", kind: int = 2) -> Payload:
    return raw.payload(data, COMPONENT, message(raw, custom_id, kind))


def form(data: Any, raw: Raw) -> Payload:
    return raw.payload(data, FORM)


def typed(raw: Raw, name: str, *options: Payload, **more: Any) -> Payload:
    return raw.payload(raw.command(name, *options, **more), AUTOCOMPLETE)


def asked(raw: Raw, name: str, *options: Any, **more: Any) -> Payload:
    return raw.payload(raw.command(name, *options, **more), COMMAND)


def written(*fields: tuple[Any, Any]) -> list[Payload]:
    """The components of a form that was sent."""
    return [{"type": 18, "component": {"type": 4, "custom_id": name, "value": value}} for name, value in fields]


QUOTE_FORM = "t1:form:quoteform:server::::"
