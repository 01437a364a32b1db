"""The API description is consulted correctly, and its pitfalls are avoided."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.checks import apidescription
from tests.checks.apidescription import MISSING, ApiDescription

Body = dict[str, Any]
CALLBACK = ("POST", "/interactions/1/token/callback")
MESSAGES = ("POST", "/channels/1/messages")
ORIGINAL = ("PATCH", "/webhooks/1/token/messages/@original")
COMMANDS = ("PUT", "/applications/1/commands")
EVENTS = ("POST", "/guilds/1/scheduled-events")
EVENT = {
    "name": "Talladega",
    "privacy_level": 2,
    "entity_type": 3,
    "scheduled_start_time": "2025-10-17T20:00:00+00:00",
    "scheduled_end_time": "2025-10-17T23:00:00+00:00",
    "entity_metadata": {"location": "Talladega Superspeedway"},
}

shared = [pytest.mark.shared, pytest.mark.skipif(not ApiDescription.at_hand(), reason=MISSING)]


def of(*marked: Any) -> Any:
    return pytest.param(*marked, marks=shared)


def answer(*components: Body, kind: int = 4, **more: Any) -> Body:
    return {"type": kind, "data": {"tts": False, "flags": 1 << 15, "components": list(components), **more}}


def button(label: str) -> Body:
    return {"type": 1, "components": [{"type": 2, "style": 1, "label": label, "custom_id": "a", "disabled": False}]}


def gallery(url: str) -> Body:
    return {"type": 12, "items": [{"media": {"url": url}}]}


def command(**more: Any) -> list[Body]:
    return [{"type": 1, "name": "next", "description": "The next race", "nsfw": False, **more}]


@pytest.mark.parametrize(
    ("request_", "fine", "broken", "said"),
    [
        of(CALLBACK, answer(button("x" * 80)), answer(button("x" * 81)), "data.components[0].components[0].label: "),
        of(CALLBACK, answer(button("x"), kind=7), answer({"type": 99}, kind=7), "data.components[0]: type 99 is none"),
        of(CALLBACK, {"type": 6}, {"type": 99}, "type 99 is none of"),
        of(CALLBACK, answer(embeds=[]), answer(embed={}), "'embed' was unexpected"),
        of(MESSAGES, {"content": "x", "nonce": "1" * 25}, {"content": 3}, "content: 3 is not of type"),
        of(ORIGINAL, {"content": "x" * 2000}, {"content": "x" * 2001}, "content: 'xxx"),
        of(ORIGINAL, {"components": [gallery("attachment://a.png")]}, {"components": [gallery("a b")]}, "not a 'uri'"),
        of(COMMANDS, command(), command(description="x" * 101), "[0].description: "),
        of(COMMANDS, command(), command(option=[]), "'option' was unexpected"),
        of(
            EVENTS,
            EVENT,
            {**EVENT, "scheduled_start_time": "soon"},
            "scheduled_start_time: 'soon' is not a 'date-time'",
        ),
    ],
)
def test_a_fine_body_passes_and_a_broken_one_says_where(
    request_: tuple[str, str], fine: Any, broken: Any, said: str
) -> None:
    description = ApiDescription.load()
    assert description.validate(*request_, fine) == []
    assert said in "\n".join(description.validate(*request_, broken))


@pytest.mark.parametrize("wrapped", [of(False), of(True)])
def test_attachments_may_have_numbers_for_ids_but_nothing_else_may(wrapped: bool) -> None:
    body = {"content": "x", "attachments": [{"id": 0, "filename": "a.png"}]}
    wrong = {"content": "x", "attachments": [{"id": "a", "filename": "a.png"}]}
    request_ = CALLBACK if wrapped else MESSAGES
    description = ApiDescription.load()
    assert description.validate(*request_, {"type": 4, "data": body} if wrapped else body) == []
    assert description.validate(*request_, {"type": 4, "data": wrong} if wrapped else wrong)
    assert body["attachments"] == [{"id": 0, "filename": "a.png"}], "the body itself is left alone"


@pytest.mark.parametrize(
    ("request_", "numbers", "wrong"),
    [
        of(MESSAGES, {"content": "x", "allowed_mentions": {"roles": [7]}}, {"allowed_mentions": {"roles": ["a"]}}),
        of(MESSAGES, {"content": "x", "allowed_mentions": {"users": [7]}}, {"allowed_mentions": {"roles": [True]}}),
        of(("POST", "/users/@me/channels"), {"recipient_id": 7}, {"recipient_id": "a"}),
    ],
)
def test_so_may_those_whom_a_message_is_for(
    request_: tuple[str, str], numbers: dict[str, Any], wrong: dict[str, Any]
) -> None:
    assert ApiDescription.load().validate(*request_, numbers) == []
    assert ApiDescription.load().validate(*request_, wrong)


@pytest.mark.parametrize("path", [of("/channels/1/messages/2/nowhere"), of("/channels/1/typing")])
def test_a_request_that_takes_no_body_is_an_error_of_the_test(path: str) -> None:
    with pytest.raises(LookupError):
        ApiDescription.load().validate("POST", path, {})


def document(schema: Body) -> Body:
    """A description of one request, for tests that need no copy of the real one."""
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}
    schemas = {"Thing": schema, "One": _numbered(1), "Two": _numbered(2)}
    return {
        "paths": {"/things/{id}": {"post": {"requestBody": {"content": content}}}},
        "components": {"schemas": schemas},
    }


def _numbered(number: int) -> Body:
    return {
        "type": "object",
        "properties": {"type": {"type": "integer", "enum": [number]}, "size": {"type": "integer", "maximum": number}},
        "required": ["type"],
    }


@pytest.mark.parametrize(
    ("schema", "fine", "broken", "said"),
    [
        ({"type": "string", "format": "date-time"}, "2025-10-17T20:00:00Z", "2025-10-17", "date-time"),
        ({"type": "string", "format": "uri"}, "https://e.org", "e org", "uri"),
        ({"type": "integer", "format": "int32"}, 2**31 - 1, 2**31, "int32"),
        ({"type": "object", "properties": {"a": {"type": "null"}}}, {"a": None}, {"b": None}, "'b' was unexpected"),
        (
            {"oneOf": [{"$ref": "#/components/schemas/One"}, {"$ref": "#/components/schemas/Two"}]},
            {"type": 2, "size": 2},
            {"type": 1, "size": 2},
            "size: 2 is greater than the maximum of 1",
        ),
        ({"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/One"}]}, None, {"type": 1, "size": 2}, "size: 2"),
    ],
)
def test_formats_unknown_keys_and_alternatives(schema: Body, fine: Any, broken: Any, said: str) -> None:
    description = ApiDescription(document(schema))
    assert description.validate("POST", "/things/1", fine) == []
    problems = description.validate("POST", "/things/1", broken)
    assert len(problems) == 1
    assert said in problems[0]


def test_a_validator_is_made_once_for_all_bodies_of_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    make = apidescription._Validator

    def noted(*arguments: Any, **options: Any) -> Any:
        made.append(arguments)
        return make(*arguments, **options)

    description = ApiDescription(document({"type": "string"}))
    monkeypatch.setattr(apidescription, "_Validator", noted)
    for body in ("one", 2, "three"):
        description.validate("POST", "/things/1", body)
    assert len(made) == 1


def test_where_it_is_missing_that_is_known_beforehand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apidescription, "PLACE", tmp_path / "openapi.json")
    assert not ApiDescription.at_hand()
