"""Whether Discord would accept a body: its API description and the limits missing there, together."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import IntEnum
from typing import Any

from tests.checks.apidescription import ApiDescription
from tests.checks.limits import check_choices, check_commands, check_message, check_modal


class AnswerKind(IntEnum):
    """Discord's types of responses to an interaction."""

    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_CHANGE = 6
    CHANGE = 7
    CHOICES = 8
    MODAL = 9


def _new(body: dict[str, Any]) -> list[str]:
    return check_message(body)


def _changed(body: dict[str, Any]) -> list[str]:
    return check_message(body, partial=True)


def _answer(body: dict[str, Any]) -> list[str]:
    data = body.get("data") or {}
    match body.get("type"):
        case AnswerKind.MESSAGE:
            return check_message(data)
        case AnswerKind.CHANGE:
            return check_message(data, partial=True)
        case AnswerKind.CHOICES:
            return check_choices(data.get("choices") or [])
        case AnswerKind.MODAL:
            return check_modal(data)
    return []


_RULES: list[tuple[str, re.Pattern[str], Callable[[Any], list[str]]]] = [
    ("POST", re.compile(r"/interactions/\d+/[^/]+/callback"), _answer),
    ("POST", re.compile(r"/channels/\d+/messages"), _new),
    ("PATCH", re.compile(r"/channels/\d+/messages/\d+"), _changed),
    ("POST", re.compile(r"/webhooks/\d+/[^/]+"), _new),
    ("PATCH", re.compile(r"/webhooks/\d+/[^/]+/messages/(@original|\d+)"), _changed),
    ("PUT", re.compile(r"/applications/\d+(/guilds/\d+)?/commands"), check_commands),
]


def problems_of(method: str, path: str, body: Any) -> list[str]:
    """What Discord would refuse in a request's body, as lines that say where; empty if the body is accepted.

    Without a copy of the API description only our own limits are checked.

    Args:
        method: GET, POST and so on.
        path: path below ``/api/v10``, with real ids, without a query.
        body: JSON as sent, None if there is none; with files, the inside of ``payload_json``.
    """
    if body is None:
        return []
    found = [
        problem
        for verb, pattern, rule in _RULES
        if verb == method and pattern.fullmatch(path)
        for problem in rule(body)
    ]
    if ApiDescription.at_hand():
        found += ApiDescription.load().validate(method, path, body)
    return found


def assert_sound(body: Any, route: str) -> None:
    """Fails with all problems of a body.

    Args:
        body: JSON as sent.
        route: method and path, such as ``POST /channels/1/messages``.
    """
    method, path = route.split()
    problems = problems_of(method, path, body)
    assert not problems, f"{route}: Discord would refuse this\n  " + "\n  ".join(problems)
