"""Checks request bodies against Discord's own API description, where there is a copy beside the checkout.

The description accepts unknown keys (``embed`` for ``embeds`` passes); here they are refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

PLACE = Path(__file__).resolve().parents[2].parent / "shared" / "discord" / "openapi.json"
MISSING = "Discord's API description is not at hand: it is looked for in shared/discord/ beside the checkout"

UNLISTED = frozenset({"flags", "nsfw", "tts"})
"""Fields that discord.py always sends and Discord accepts, but that the description omits in some places."""

_INTEGERS = {"int32": 2**31, "int64": 2**63}
_WANTED_FORMATS = {"date-time", "uri"}
_BY_TYPE = "x-by-type"


def _by_type(
    validator: Any, branches: dict[int, dict[str, Any]], instance: Any, _: dict[str, Any]
) -> Iterator[ValidationError]:
    """Validates only the alternative that ``type`` names; trying all of them takes five times as long."""
    kind = instance.get("type") if isinstance(instance, Mapping) else None
    if kind in branches:
        yield from validator.descend(instance, branches[kind])
    else:
        yield ValidationError(f"type {kind!r} is none of {sorted(branches)}")


_Validator = extend(Draft202012Validator, {_BY_TYPE: _by_type})


def _formats() -> FormatChecker:
    """A checker for the formats in the description; without helper packages dates and URIs would not be checked."""
    checker = FormatChecker(Draft202012Validator.FORMAT_CHECKER.checkers)
    absent = _WANTED_FORMATS - set(checker.checkers)
    if absent:
        raise RuntimeError(f"formats {sorted(absent)} go unchecked: install the packages of the extra [test]")
    for name, bound in _INTEGERS.items():
        checker.checks(name)(_within(bound))
    return checker


def _within(bound: int) -> Callable[[object], bool]:
    return lambda value: not isinstance(value, int) or -bound <= value < bound


class ApiDescription:
    """The description, with a compiled validator for each request that was asked about."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._raw: dict[str, Any] = document["components"]["schemas"]
        self._schemas = {name: self._prepared(schema) for name, schema in self._raw.items()}
        self._paths: dict[str, Any] = document["paths"]
        self._formats = _formats()
        self._validators: dict[tuple[str, str], Draft202012Validator] = {}

    @staticmethod
    def at_hand() -> bool:
        return PLACE.exists()

    @classmethod
    @cache
    def load(cls) -> ApiDescription:
        """Returns the description, which is read only once.

        Raises:
            FileNotFoundError: there is no copy beside the checkout.
        """
        return cls(json.loads(PLACE.read_text(encoding="utf-8")))

    def validate(self, method: str, path: str, body: Any) -> list[str]:
        """Returns what is wrong with a body, as lines of the form ``place: problem``.

        Args:
            method: GET, POST and so on.
            path: path below ``/api/v10``, with real ids, without a query.
            body: JSON as sent; with files, the inside of ``payload_json``.

        Raises:
            LookupError: the description has no such request, or the request has no body.
        """
        template = self._template(method, path)
        if template is None:
            raise LookupError(f"Discord's API description has no {method} {path}")
        validator = self._validator(method, template)
        errors = validator.iter_errors(_with_textual_ids(body))
        return [f"{_place(error)}: {error.message[:300]}" for error in _told(errors)]

    def _template(self, method: str, path: str) -> str | None:
        parts = path.strip("/").split("/")
        fitting = [
            template
            for template, operations in self._paths.items()
            if method.lower() in operations and _fits(template.strip("/").split("/"), parts)
        ]
        return min(fitting, key=lambda template: template.count("{"), default=None)

    def _validator(self, method: str, template: str) -> Draft202012Validator:
        key = (method, template)
        if key not in self._validators:
            content = self._paths[template][method.lower()].get("requestBody", {}).get("content", {})
            if "application/json" not in content:
                raise LookupError(f"{method} {template} takes no JSON")
            schema = self._prepared(content["application/json"]["schema"])
            schema = {**schema, "components": {"schemas": self._schemas}}
            self._validators[key] = _Validator(schema, format_checker=self._formats)
        return self._validators[key]

    def _prepared(self, schema: Any) -> Any:
        """The schema with unknown keys refused, and with alternatives selected by ``type`` where that is possible."""
        if isinstance(schema, list):
            return [self._prepared(part) for part in schema]
        if not isinstance(schema, dict):
            return schema
        prepared = {name: self._prepared(part) for name, part in schema.items()}
        if "properties" in schema and "additionalProperties" not in schema:
            prepared["properties"] = {**dict.fromkeys(UNLISTED, True), **prepared["properties"]}
            prepared["additionalProperties"] = False
        for union in ("anyOf", "oneOf"):
            branches = self._by_type(schema.get(union) or [])
            if branches:
                del prepared[union]
                prepared[_BY_TYPE] = branches
        return prepared

    def _by_type(self, alternatives: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
        """The alternatives by their ``type`` number; empty where that number does not decide."""
        branches: dict[int, dict[str, Any]] = {}
        for alternative in alternatives:
            target = self._raw.get(alternative.get("$ref", "").rpartition("/")[2], {})
            numbers = target.get("properties", {}).get("type", {}).get("enum", [])
            if not numbers or "type" not in target["required"] or branches.keys() & numbers:
                return {}
            branches |= dict.fromkeys(numbers, alternative)
        return branches


def _fits(template: list[str], parts: list[str]) -> bool:
    return len(template) == len(parts) and all(
        known == given or (known.startswith("{") and bool(given)) for known, given in zip(template, parts, strict=True)
    )


def _with_textual_ids(body: Any) -> Any:
    """The body with ids as text, as the description requires; discord.py sends numbers in these places."""
    if not isinstance(body, Mapping):
        return body
    changed = dict(body)
    if isinstance(changed.get("attachments"), list):
        changed["attachments"] = [
            {**attachment, "id": str(attachment["id"])} if isinstance(attachment.get("id"), int) else attachment
            for attachment in changed["attachments"]
        ]
    if isinstance(changed.get("allowed_mentions"), Mapping):
        changed["allowed_mentions"] = {
            name: [_textual(number) for number in named] if name in ("roles", "users") and named else named
            for name, named in changed["allowed_mentions"].items()
        }
    if isinstance(changed.get("message_reference"), Mapping):
        changed["message_reference"] = {
            name: _textual(value) if name.endswith("_id") else value
            for name, value in changed["message_reference"].items()
        }
    if "recipient_id" in changed:
        changed["recipient_id"] = _textual(changed["recipient_id"])
    if isinstance(changed.get("data"), Mapping):
        changed["data"] = _with_textual_ids(changed["data"])
    return changed


def _textual(number: Any) -> Any:
    return str(number) if isinstance(number, int) and not isinstance(number, bool) else number


def _place(error: ValidationError) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path).lstrip(".")


def _told(errors: Iterator[ValidationError] | list[ValidationError]) -> Iterator[ValidationError]:
    """Errors a person can use: where there are alternatives, those of the one that was most likely meant."""
    for error in errors:
        if error.validator in ("anyOf", "oneOf") and error.context:
            yield from _told(_meant(error.context))
        else:
            yield error


def _meant(errors: list[ValidationError]) -> list[ValidationError]:
    """The index of the alternative with the fewest errors; one of another type altogether (null) comes last."""
    alternatives: dict[Any, list[ValidationError]] = {}
    for error in errors:
        alternatives.setdefault(error.relative_schema_path[0], []).append(error)
    return min(alternatives.values(), key=lambda found: (any(map(_another_type, found)), len(found)))


def _another_type(error: ValidationError) -> bool:
    return error.validator == "type" and not error.relative_path
