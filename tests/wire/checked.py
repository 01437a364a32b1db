"""Whether Discord would take a body, asked thousands of times of messages that differ in hardly anything."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from tests.checks.sound import problems_of

MOST = 1000
"""So many bodies are remembered."""

_MESSAGE = re.compile(r"/channels/\d+/messages(/\d+)?")
_NAMES = ("custom_id", "nonce")
"""Fields in which one reminder differs from the next; only their lengths matter, and that none comes twice."""


class Checked:
    """Router as ``problems_of`` does, and remembers which messages were fine.

    A message is taken for one that was fine before if all of it is the same but the names in it, and these are
    just as long and just as different from each other.
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
    """A body with each name in it made a number, that says which it is, and its length."""
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
