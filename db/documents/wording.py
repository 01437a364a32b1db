"""Says in plain words what a row of a document gets wrong: never in those of the library that validates it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from db.user_text import is_control

SHOWN = 60
"""Characters of a wrong value at most that an error repeats."""

_KINDS = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a whole number",
    "float_type": "a number",
    "finite_number": "a number",
    "bool_type": "true or false",
    "string_type": "text",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "an object, in braces",
    "model_type": "an object, in braces",
    "model_attributes_type": "an object, in braces",
    "date_type": "a date; write year, month and day as in 2025-10-17",
    "date_from_datetime_parsing": "a date; write year, month and day as in 2025-10-17",
    "datetime_type": "a date and time; write it as 2025-10-17T20:00:00Z",
}
"""What a value of the wrong kind should be, by the kind of the error."""
_BOUNDS = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}
_LENGTHS = {
    "string_too_short": "is empty; leave it out where it is not known",
    "string_too_long": "is {long:,} characters long; {max_length} is the most",
    "too_long": "has more parts than the {max_length} that are the most",
}
_WITHOUT_QUOTES = frozenset({"int_type", "float_type", "bool_type"})


def shown(value: Any) -> str:
    """A value as a document would write it, cut short where it is long; text is in quotation marks."""
    text = repr(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN else text[: SHOWN - 3] + "…"


def in_words(problem: Mapping[str, Any], fields: Iterable[str]) -> str:
    """What is wrong, in one line.

    Args:
        problem: one of the errors of a ``ValidationError``, with its context.
        fields: those that the row may have.
    """
    kind, message = problem["type"], str(problem["msg"])
    if kind == "extra_forbidden":
        return f"no such field; a row here may hold {', '.join(fields)}"
    if kind == "missing":
        return "is missing"
    if kind == "value_error":
        return message.removeprefix("Value error, ")
    return _broken(message) if kind == "json_invalid" else _of_value(kind, problem["input"], problem.get("ctx", {}))


def _of_value(kind: str, given: Any, context: Mapping[str, Any]) -> str:
    """What is wrong with a value that is of the wrong kind or size."""
    if kind in _KINDS and kind in _WITHOUT_QUOTES and isinstance(given, str):
        return f"{shown(given)} is text; write {_KINDS[kind]}, without quotation marks"
    if kind in _KINDS:
        return f"{shown(given)} is not {_KINDS[kind]}"
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        bound = context[name]
        # A year, which is a bound as well, has no comma.
        return f"{shown(given)} cannot be; it is {words} {f'{bound:,}' if bound >= 10_000 else bound}"
    if kind in _LENGTHS:
        return _LENGTHS[kind].format(long=len(given), **context)
    expected = context.get("expected")
    advice = f"write {expected}" if expected else "docs/documents.md says how it is written"
    return f"{shown(given)} is nothing that can stand here; {advice}"


def control_character(found: str) -> str:
    """What is wrong with a text that has this character."""
    kind = "a control character" if is_control(found) else "a character that cannot be seen"
    return f"contains {kind} (U+{ord(found):04X}); take it out"


def _broken(message: str) -> str:
    """What is wrong with JSON that one reader takes and a stricter one does not."""
    if "recursion" in message:
        return "is nested too deeply"
    if "number" in message:
        return "has a number that is too long"
    return "has half a character, written as \\u and four digits; write the character itself"
