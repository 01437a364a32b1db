"""Checks whether Discord would accept a body, fast enough for thousands of messages that are almost the same."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from tests.checks.sound import problems_of

MOST = 1000
"""How many accepted bodies are remembered."""

_MESSAGE = re.compile(r"/channels/\d+/messages(/\d+)?")
_NAMES = ("custom_id", "nonce")
"""Fields in which one reminder differs from the next. Only their lengths matter, and that no value is repeated."""


class Checked:
    """Answers as ``problems_of`` does, and remembers which messages were accepted.

    A message counts as one that was accepted before if it is the same except for its custom ids and nonce, and
    these have the same lengths and are repeated in the same places.
    """

    def __init__(self) -> None:
        self._fine: dict[str, None] = {}

    def problems(self, method: str, path: str, body: Any) -> list[str]:
        if body is None or not _MESSAGE.fullmatch(path):
            return problems_of(method, path, body)
        key = f"{method} {path.count('/')} {json.dumps(_unnamed(body, {}))}"
        if key in self._fine:
            return []
        found = problems_of(method, path, body)
        if not found:
            if len(self._fine) >= MOST:
                del self._fine[next(iter(self._fine))]
            self._fine[key] = None
        return found


def _unnamed(value: Any, names: dict[tuple[str, str], int]) -> Any:
    """The body with each custom id and nonce replaced by a number that identifies it, and its length."""
    if isinstance(value, Mapping):
        return {
            field: [names.setdefault((field, inner), len(names)), len(inner), len(inner.strip())]
            if field in _NAMES and isinstance(inner, str)
            else _unnamed(inner, names)
            for field, inner in value.items()
        }
    if isinstance(value, list):
        return [_unnamed(inner, names) for inner in value]
    return value
