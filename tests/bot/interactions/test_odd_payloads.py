"""Presses, choices, forms and whole interactions that Discord does not normally send, and whatever else may be odd."""

from __future__ import annotations

import copy
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.interactions.gate import Gate
from bot.questions.quotes import FormQuestion, Scope
from bot.render.forms import PREFIX
from tests.bot.interactions.odd_payloads import (
    CHANNEL,
    NAN,
    ODD,
    STRING,
    WHOLE,
    asked,
    form,
    menu,
    message,
    option,
    press,
    typed,
    written,
)
from tests.bot.interactions.raw import Heard, Raw
from tests.wire.interactions import COMPONENT
from tests.wire.world import Payload

OLD_BUTTON = "That button is from an older version of Tailgate. Please run the command again."
OLD_FORM = "That form is from an older version of Tailgate. Please open it again."
SOUND_FORM = f"{PREFIX}{FormQuestion(Scope.SERVER).encode()}"
FIELDS = ("words", "who", "about", "when", "link")
pytestmark = pytest.mark.asyncio(loop_scope="module")


ODD_IDS: list[Any] = [None, 5, True, [], {}, "", "x" * 101]
ODD_TYPES: list[Any] = [None, "2", [], {}, True, 2.0, 3, 99]

# --- presses and choices


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"component_type": 2},
        {"custom_id": "t1:0:next"},
        *({"custom_id": custom_id, "component_type": 2} for custom_id in ODD_IDS),
        *({"custom_id": "t1:0:next", "component_type": kind} for kind in ODD_TYPES),
        {"custom_id": "somebody else's", "component_type": 2},
        {"custom_id": "t1:pick:view", "component_type": 2},
        {"custom_id": "t1:pick:view", "component_type": 3},
        {"custom_id": "t1:set:remset:leads:person", "component_type": 2, "values": []},
        *(
            {"custom_id": custom_id, "component_type": 3, "values": values}
            for custom_id in ("t1:pick:view", "t1:set:remset:leads:person")
            for values in (None, 5, "60", {}, {"60": 1}, [60], [None], [["60"]], ["60"] * 26)
        ),
    ],
    ids=lambda data: repr(data)[:60],
)
async def test_a_press_or_choice_that_is_none(odd: Raw, data: Payload) -> None:
    heard = await odd.send(odd.payload(data, COMPONENT, message(odd)))
    heard.assert_refused()
    assert heard.said.endswith((" Please run the command again.", " Please choose again."))


@pytest.mark.parametrize("about", [..., None, [], {}, {"id": "1"}, 5])
async def test_a_press_without_its_message(odd: Raw, about: Any) -> None:
    payload = press(odd, {"custom_id": "t1:0:next", "component_type": 2}) | {"message": about}
    if about is ...:
        del payload["message"]
    (await odd.send(payload)).assert_calm()


async def test_a_press_on_a_message_that_does_not_have_the_button(odd: Raw) -> None:
    heard = await odd.send(press(odd, {"custom_id": "t1:0:next", "component_type": 2}, "t1:0:about"))
    heard.assert_calm()
    assert "Talladega" in heard.said


async def test_values_that_nothing_offers(odd: Raw) -> None:
    for values in (["standings"], ["next:5"], ["x" * 7000], [""], []):
        heard = await odd.send(press(odd, {"custom_id": "t1:pick:view", "component_type": 3, "values": values}))
        heard.assert_calm()
        assert heard.said == OLD_BUTTON


# --- forms


@pytest.mark.parametrize(
    "custom_id", [..., None, 5, [], {}, "", "form:quote", "somebody else's", "t0:form:qform:server"]
)
async def test_a_form_that_is_none_gives_back_what_was_written(odd: Raw, custom_id: Any) -> None:
    data: Payload = {"custom_id": custom_id, "components": written(("words", "We had a fast truck."))}
    if custom_id is ...:
        del data["custom_id"]
    heard = await odd.send(form(data, odd))
    heard.assert_calm()
    assert heard.changes == 0
    assert OLD_FORM in heard.said
    assert "We had a fast truck." in heard.said


@pytest.mark.parametrize("components", [..., None, 5, "x", {}, [None], ["x"], [[]], [5]])
async def test_a_form_without_its_fields(odd: Raw, components: Any) -> None:
    data: Payload = {"custom_id": SOUND_FORM, "components": components}
    if components is ...:
        del data["components"]
    heard = await odd.send(form(data, odd))
    heard.assert_refused()
    assert heard.said == "Discord sent that form without all of its fields. Please open it again."


@pytest.mark.parametrize("left_out", FIELDS)
@pytest.mark.parametrize("instead", [..., 5, True, [], {}, NAN])
async def test_a_form_without_one_of_its_fields_saves_nothing_and_loses_nothing(
    odd: Raw, left_out: str, instead: Any
) -> None:
    values: dict[str, Any] = dict.fromkeys(FIELDS, "") | {
        "words": "Fast.",
        "about": "after the race",
        left_out: instead,
    }
    components = written(*((name, value) for name, value in values.items() if value is not ...))
    heard = await odd.send(form({"custom_id": SOUND_FORM, "components": components}, odd))
    heard.assert_refused()
    assert "without all of its fields" in heard.said
    assert ("after the race" if left_out == "words" else "Fast.") in heard.said


async def test_a_field_that_is_left_empty_is_none_that_is_missing(odd: Raw) -> None:
    values: dict[str, Any] = {"words": "Fast.", "who": "corey-heim", "about": None, "when": "", "link": None}
    heard = await odd.send(form({"custom_id": SOUND_FORM, "components": written(*values.items())}, odd))
    heard.assert_calm()
    assert "Saved as quote" in heard.said


# --- everything else of an interaction


@pytest.mark.parametrize("kind", [..., None, 0, 6, 99, "2", True, [], {}, 2.5])
async def test_a_type_that_is_unknown(odd: Raw, kind: Any) -> None:
    payload = asked(odd, "next") | {"type": kind}
    if kind is ...:
        del payload["type"]
    heard = await odd.send(payload)
    heard.assert_refused()
    assert heard.said == "Tailgate doesn't know what that is. Type / to see its commands."


@pytest.mark.parametrize("kind", [2, 3, 5])
@pytest.mark.parametrize("data", [..., None, [], 5, "next"])
async def test_an_interaction_without_data(odd: Raw, kind: int, data: Any) -> None:
    payload = odd.payload(data, kind)
    if data is ...:
        del payload["data"]
    (await odd.send(payload)).assert_refused()


@pytest.mark.parametrize(
    "name", ["member", "application_id", "version", "attachment_size_limit", "channel", "entitlements"]
)
@pytest.mark.parametrize("value", [..., None, 5, "x", [], {}, [5], {"user": None}, {"user": {}}])
async def test_an_interaction_whose_surroundings_are_odd(odd: Raw, name: str, value: Any) -> None:
    payload = asked(odd, "next") | {name: value}
    if value is ...:
        del payload[name]
    (await odd.send(payload)).assert_calm()


@pytest.mark.parametrize("name", ["id", "token"])
async def test_where_nobody_can_be_answered_there_is_a_line_in_the_log(odd: Raw, name: str) -> None:
    payload = asked(odd, "next")
    del payload[name]
    heard = await odd.send(payload)
    assert (heard.raised, heard.answers, len(heard.lines)) == ([], [], 1)


async def test_the_log_shows_neither_what_was_typed_nor_two_lines(odd: Raw) -> None:
    secret = "what nobody should read"
    for payload in (
        asked(odd, "quote", option("about", STRING, [secret])),
        asked(odd, "standings", option("view", STRING, secret)),
        asked(odd, "driver", option("name", STRING, secret * 10)),
        typed(odd, "driver", option("name", STRING, {"x": secret}, focused=True)),
        asked(odd, "two\nlines"),
        asked(odd, "next", option("two\nlines", STRING, secret)),
        form({"custom_id": "two\nlines", "components": written(("words", secret))}, odd),
    ):
        (line,) = (await odd.send(payload)).lines
        assert secret not in line.getMessage()
        assert "\n" not in line.getMessage()


# --- whatever is odd about one


def sound_payloads(odd: Raw) -> list[Payload]:
    channel = odd.channel.payload() | {"permissions": "8"}
    described = {"resolved": {"channels": {channel["id"]: channel}}}
    values: dict[str, Any] = dict.fromkeys(FIELDS, "") | {"words": "Fast.", "who": "corey-heim"}
    return [
        asked(odd, "next"),
        asked(odd, "driver", option("name", STRING, "heim"), option("season", WHOLE, 2024)),
        asked(odd, "quote", option("about", STRING, "heim truck"), option("race", STRING, "bristol")),
        asked(odd, "standings", option("view", STRING, "points")),
        asked(odd, "quote-of-the-day", option("channel", CHANNEL, channel["id"]), **described),
        menu(odd),
        typed(odd, "driver", option("season", WHOLE, 2024), option("name", STRING, "hei", focused=True)),
        press(odd, {"custom_id": "t1:0:standings:2025:::1", "component_type": 2}),
        press(odd, {"custom_id": "t1:set:remset:leads:person", "component_type": 3, "values": ["60"]}),
        form({"custom_id": SOUND_FORM, "components": written(*values.items())}, odd),
    ]


def places(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a payload, from outside in."""
    if here:
        yield here
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(inner, (*here, key))


def changed(payload: Payload, place: tuple[Any, ...], value: Any) -> Payload:
    payload = copy.deepcopy(payload)
    holder: Any = payload
    for key in place[:-1]:
        holder = holder[key]
    if value is ...:
        del holder[place[-1]]
    else:
        holder[place[-1]] = value
    return payload


EXAMPLES = 40
"""How many interactions are tried; a thousand take half a minute."""
ANSWERABLE = {("id",), ("token",)}
"""Without these nobody can be answered."""


@settings(max_examples=EXAMPLES)
@given(data=st.data())
async def test_whatever_is_odd_about_an_interaction_it_is_answered_once(odd: Raw, data: st.DataObject) -> None:
    payload = data.draw(st.sampled_from(sound_payloads(odd)))
    for _ in range(data.draw(st.integers(1, 2))):
        place = data.draw(st.sampled_from([place for place in places(payload) if place not in ANSWERABLE]))
        payload = changed(payload, place, data.draw(st.just(...) | st.sampled_from(ODD) | JSON))
    calm(await odd.send(payload))


@pytest.mark.parametrize("payload", [None, [], [{}], "x", 5, True])
async def test_what_is_no_payload_at_all_is_a_line_in_the_log(odd: Raw, payload: Any) -> None:
    heard = await odd.send(payload)
    assert (heard.raised, heard.answers, heard.changes) == ([], [], 0)
    (line,) = heard.lines
    assert (line.levelno, line.exc_info) == (logging.WARNING, None)
    assert line.getMessage() == f"refused an interaction that is a {type(payload).__name__}"


async def test_a_mistake_in_the_gate_does_not_leave_it(odd: Raw, monkeypatch: pytest.MonkeyPatch) -> None:
    def mistaken(*_: object) -> None:
        raise LookupError("ours")

    monkeypatch.setattr(Gate, "_refuse", mistaken)
    heard = await odd.send({})
    assert heard.raised == []
    (line,) = heard.lines
    assert line.levelno == logging.ERROR
    assert line.exc_info is not None
    assert str(line.exc_info[1]) == "ours"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=4,
)


def calm(heard: Heard) -> None:
    heard.assert_calm()
    if any(line.getMessage().startswith("refused ") for line in heard.lines):
        heard.assert_refused()


async def test_sound_interactions_pass_the_gate(odd: Raw) -> None:
    for payload in sound_payloads(odd):
        heard = await odd.send(payload)
        heard.assert_calm()
        assert heard.lines == []
