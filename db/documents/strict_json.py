"""Decodes JSON, and refuses what Python reads although it is none, or would lose a value: one clear reason for each."""

from __future__ import annotations

import json
from typing import Any, NoReturn

LONGEST_NAME = 60
"""Characters of a name that are shown of it."""


class NotStrictError(ValueError):
    """What Python would read, and a document must not hold; the text says what and what to do."""


def _constant(name: str) -> NoReturn:
    raise NotStrictError(f"{name} is no number; leave out what is not known")


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(members)
    if len(made) < len(members):
        # An object may have a million members, so none may be looked for among all the others.
        places = {name: place for place, (name, _) in enumerate(members)}
        twice = next(name for place, (name, _) in enumerate(members) if places[name] != place)
        twice = twice if len(twice) <= LONGEST_NAME else f"{twice[: LONGEST_NAME - 1]}…"
        raise NotStrictError(f"{twice!r} appears twice in one object; leave one of the two")
    return made


decode_json = json.JSONDecoder(parse_constant=_constant, object_pairs_hook=_object).raw_decode
"""The value at a position of a text and the position behind it; raises ValueError or RecursionError."""


def why_not_json(error: ValueError | RecursionError) -> str:
    """Why a text could not be decoded, in words."""
    if isinstance(error, NotStrictError):
        return str(error)
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if not isinstance(error, json.JSONDecodeError):
        # Python refuses numbers of thousands of digits.
        return "a number is too long"
    if error.msg.startswith("Invalid control character"):
        return r"a text has a control character or line break; write a line break as \n"
    return "it is not JSON"
