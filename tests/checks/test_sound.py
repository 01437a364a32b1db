"""Every kind of request is checked by its own rules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.checks import apidescription
from tests.checks.sound import assert_sound, problems_of

LONG = "x" * 2001


@pytest.mark.parametrize(
    ("route", "broken"),
    [
        ("POST /interactions/1/token/callback", {"type": 4, "data": {"content": LONG}}),
        ("POST /interactions/1/token/callback", {"type": 7, "data": {"content": LONG}}),
        ("POST /interactions/1/token/callback", {"type": 8, "data": {"choices": [{"name": "", "value": "a"}]}}),
        ("POST /interactions/1/token/callback", {"type": 9, "data": {"custom_id": "a", "title": "", "components": []}}),
        ("POST /channels/1/messages", {"content": LONG}),
        ("PATCH /channels/1/messages/2", {"content": LONG}),
        ("POST /webhooks/1/token", {"content": LONG}),
        ("PATCH /webhooks/1/token/messages/@original", {"content": LONG}),
        ("PATCH /webhooks/1/token/messages/2", {"content": LONG}),
        ("PUT /applications/1/commands", [{"type": 1, "name": "Next", "description": "x"}]),
        ("PUT /applications/1/guilds/2/commands", [{"type": 1, "name": "Next", "description": "x"}]),
    ],
)
def test_a_broken_body_fails_even_without_the_api_description(
    route: str, broken: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(apidescription, "PLACE", tmp_path / "none.json")
    with pytest.raises(AssertionError, match=route.split(maxsplit=1)[0]):
        assert_sound(broken, route)


@pytest.mark.parametrize(
    ("route", "body"),
    [
        ("POST /interactions/1/token/callback", {"type": 4, "data": {"content": "x"}}),
        ("POST /interactions/1/token/callback", {"type": 5, "data": {"flags": 64}}),
        ("POST /interactions/1/token/callback", {"type": 6}),
        ("POST /interactions/1/token/callback", {"type": 7, "data": {}}),
        ("POST /interactions/1/token/callback", {"type": 8, "data": {"choices": []}}),
        ("PATCH /channels/1/messages/2", {"attachments": []}),
        ("PUT /applications/1/commands", []),
        ("GET /users/@me", None),
    ],
)
def test_a_fine_body_passes(route: str, body: Any) -> None:
    assert_sound(body, route)


@pytest.mark.shared
@pytest.mark.skipif(not apidescription.ApiDescription.at_hand(), reason=apidescription.MISSING)
def test_the_api_description_is_asked_as_well() -> None:
    assert problems_of("POST", "/channels/1/messages", {"content": "x", "tts": "loud"})
