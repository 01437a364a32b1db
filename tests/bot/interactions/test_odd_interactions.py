"""What Discord does not normally send: one quiet line that says what to do, one line in the log, and no more."""

from __future__ import annotations

import copy
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import TravelClock
from bot.questions.quotes import FormQuestion, Scope
from bot.render.forms import PREFIX
from bot.services import Services
from db.connection import Store
from db.snapshots import Snapshots
from tests.bot.interactions.odd_payloads import (
    CHANNEL,
    NAN,
    NUMBER,
    ODD,
    ROLE,
    STRING,
    UNHAPPY_SEASONS,
    UNHAPPY_STRINGS,
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
from tests.bot.interactions.raw import Heard, Raw, raw
from tests.conftest import EVE_OF_TALLADEGA
from tests.wire.interactions import COMPONENT
from tests.wire.world import Payload

OLD_BUTTON = "That button is from an older version of Tailgate. Please run the command again."
OLD_FORM = "That form is from an older version of Tailgate. Please open it again."
UPDATED = "This command was updated; give Discord a minute to catch up and try again."
SOUND_FORM = f"{PREFIX}{FormQuestion(Scope.SERVER).encode()}"
FIELDS = ("words", "who", "about", "when", "link")


# One bot and one store for the whole file: that is also how it has to live with all of this.
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def odd(bundled_store: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Raw]:
    path = Path(shutil.copy(bundled_store, tmp_path_factory.mktemp("odd") / "tailgate.db"))
    async with await Store.open(path) as store:
        services = Services(store, Snapshots(store), TravelClock(EVE_OF_TALLADEGA, 0))
        async with raw(services, path) as made:
            yield made


@pytest.mark.parametrize("value", UNHAPPY_STRINGS, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize(("command", "name"), [("driver", "name"), ("quote", "about"), ("recap", "race")])
async def test_a_text_that_is_none(odd: Raw, command: str, name: str, value: Any) -> None:
    heard = await odd.send(asked(odd, command, option(name, STRING, value)))
    heard.assert_refused()
    assert heard.said.startswith(f"“{name}” ")
    assert "Fill it in again" in heard.said


@pytest.mark.parametrize("value", UNHAPPY_SEASONS, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize("command", ["standings", "schedule", "quote"])
async def test_a_season_that_is_no_whole_number(odd: Raw, command: str, value: Any) -> None:
    heard = await odd.send(asked(odd, command, option("season", WHOLE, value)))
    heard.assert_refused()
    assert heard.said.startswith("“season” has to be ")


async def test_a_number_is_whole_however_it_is_written(odd: Raw) -> None:
    heard = await odd.send(asked(odd, "schedule", option("season", NUMBER, 2024.0)))
    heard.assert_calm()
    assert "2024" in str(heard.answer)


async def test_the_type_beside_a_value_that_fits_does_not_matter(odd: Raw) -> None:
    for kind in (None, WHOLE, NUMBER, CHANNEL, 99, "3", []):
        heard = await odd.send(asked(odd, "driver", option("name", kind, "heim")))
        heard.assert_calm()
        assert "Corey Heim" in str(heard.answer)


@pytest.mark.parametrize(
    ("command", "name", "kind", "value"),
    [
        ("standings", "view", STRING, "everything"),
        ("help", "topic", STRING, "cooking"),
        ("remindme", "show", STRING, "SETTINGS"),
        ("quote-of-the-day", "hour", WHOLE, 24),
        ("quote-of-the-day", "hour", WHOLE, -1),
        ("quote-of-the-day", "hour", WHOLE, True),
    ],
)
async def test_a_choice_that_is_not_offered(odd: Raw, command: str, name: str, kind: int, value: Any) -> None:
    heard = await odd.send(asked(odd, command, option(name, kind, value)))
    heard.assert_refused()
    assert heard.said.startswith(f"“{name}” has to be ")


async def test_an_option_that_is_missing(odd: Raw) -> None:
    heard = await odd.send(asked(odd, "compare", option("second", STRING, "heim")))
    heard.assert_refused()
    assert heard.said == "“first” is missing. Type /compare again and fill it in."


@pytest.mark.parametrize("kind", [1, 2, STRING, None, [], {}])
async def test_an_option_that_the_command_does_not_have(odd: Raw, kind: Any) -> None:
    heard = await odd.send(asked(odd, "next", option("weather", kind, "sunny", options=[])))
    heard.assert_refused()
    assert heard.said == f"/next has no option “weather”. {UPDATED}"


@pytest.mark.parametrize(
    "options",
    [
        None,
        5,
        "name",
        {"name": "heim"},
        [None],
        ["name"],
        [[]],
        [{}],
        [{"type": STRING, "value": "heim"}],
        [{"name": None, "type": STRING, "value": "heim"}],
        [{"name": ["name"], "type": STRING, "value": "heim"}],
        [option("name", STRING, "heim"), option("name", STRING, "hemric")],
        [option(f"name{n}", STRING, "heim") for n in range(1000)],
    ],
    ids=lambda options: repr(options)[:40],
)
async def test_options_that_are_none(odd: Raw, options: Any) -> None:
    (
        await odd.send(asked(odd, "driver") | {"data": {"name": "driver", "type": 1, "options": options}})
    ).assert_refused()


@pytest.mark.parametrize("value", [{"type": STRING}, {"name": "name"}])
async def test_an_option_without_a_value(odd: Raw, value: Payload) -> None:
    (await odd.send(asked(odd, "driver", {"name": "name", "type": STRING} | value))).assert_refused()


@pytest.mark.parametrize(
    "data", [{}, {"name": None}, {"name": 5}, {"name": []}, {"name": "pole"}, {"name": "x" * 7000}]
)
@pytest.mark.parametrize("kind", [1, 2, 3, 4, 9, None, "1", [], {}, True])
async def test_a_command_that_is_unknown(odd: Raw, data: Payload, kind: Any) -> None:
    heard = await odd.send(odd.payload(data | {"type": kind}))
    heard.assert_refused()
    assert heard.said == UPDATED


@pytest.mark.parametrize("kind", [2, 3, 9, "1", [], None])
async def test_a_command_of_another_type(odd: Raw, kind: Any) -> None:
    heard = await odd.send(asked(odd, "next", type=kind))
    heard.assert_refused()
    assert heard.said == UPDATED


async def test_a_servers_command_of_a_server_that_is_none(odd: Raw) -> None:
    for guild in ("abc", [], {}, -1, 5.5):
        heard = await odd.send(asked(odd, "recap-edit", guild_id=guild))
        heard.assert_refused()
        assert heard.said == UPDATED
        (await odd.send(asked(odd, "next", guild_id=guild))).assert_calm()


# --- what an option names by its id, and what a command is used on


@pytest.mark.parametrize("value", ["5", 5, None, True, "abc", "", "0", "9" * 30, 2**70, -1, [], {}, NAN])
@pytest.mark.parametrize(
    ("command", "name", "kind"), [("quote-role", "role", ROLE), ("quote-of-the-day", "channel", CHANNEL)]
)
@pytest.mark.parametrize(
    "resolved", [..., None, {}, [], {"channels": None, "roles": None}, {"channels": [], "roles": {"5": None}}]
)
async def test_a_role_or_channel_that_discord_does_not_describe(
    odd: Raw, command: str, name: str, kind: int, value: Any, resolved: Any
) -> None:
    more = {} if resolved is ... else {"resolved": resolved}
    heard = await odd.send(asked(odd, command, option(name, kind, value), **more))
    heard.assert_refused()
    assert f"“{name}”" in heard.said


async def test_a_description_that_lacks_what_discord_py_reads(odd: Raw) -> None:
    for command, name, kind, bucket in (
        ("quote-role", "role", ROLE, "roles"),
        ("quote-of-the-day", "channel", CHANNEL, "channels"),
    ):
        for part in ({}, {"id": "5"}, {"id": [], "type": {}, "name": 5, "permissions": None}):
            heard = await odd.send(asked(odd, command, option(name, kind, "5"), resolved={bucket: {"5": part}}))
            heard.assert_refused()
            assert "choose it again" in heard.said


async def test_what_no_option_refers_to_is_not_read(odd: Raw) -> None:
    for resolved in (None, [], 5, {"roles": {"5": {}}}, {"users": None}, {"messages": {"x": 5}}):
        (await odd.send(asked(odd, "next", resolved=resolved))).assert_calm()


@pytest.mark.parametrize(
    "changed",
    [
        {"resolved": ...},
        {"resolved": None},
        {"resolved": {}},
        {"resolved": []},
        {"resolved": {"messages": None}},
        {"resolved": {"messages": {}}},
        {"resolved": {"messages": {"4242": None}}},
        {"resolved": {"messages": {"4242": []}}},
        {"resolved": {"messages": {"4242": {}}}},
        {"resolved": {"messages": {"4242": {"id": "4242", "content": "Hi"}}}},
        {"target_id": ...},
        {"target_id": None},
        {"target_id": []},
        {"target_id": 5.5},
        {"target_id": "1"},
    ],
    ids=repr,
)
async def test_a_message_command_without_its_message(odd: Raw, changed: Payload) -> None:
    (await odd.send(menu(odd, **changed))).assert_refused()


@pytest.mark.parametrize("name", ["content", "embeds", "attachments", "author", "timestamp", "components"])
@pytest.mark.parametrize("value", [5, True, {"description": 5}, [None], [{"description": 5}], ["x"]])
async def test_a_message_command_on_a_message_that_is_none(odd: Raw, name: str, value: Any) -> None:
    payload = menu(odd)
    payload["data"]["resolved"]["messages"]["4242"][name] = value
    (await odd.send(payload)).assert_calm()


# --- while somebody types


@pytest.mark.parametrize("value", [None, True, NAN, [], ["hei"], {}, {"name": "hei"}, "x" * 7000, "\ud800"])
@pytest.mark.parametrize(("command", "name"), [("driver", "name"), ("driver", "season"), ("recap", "race")])
async def test_what_is_typed_is_no_text(odd: Raw, command: str, name: str, value: Any) -> None:
    heard = await odd.send(typed(odd, command, option(name, STRING, value, focused=True)))
    heard.assert_refused()
    assert heard.choices == []


async def test_numbers_that_are_typed_find_what_their_digits_find(odd: Raw) -> None:
    as_text = (await odd.send(typed(odd, "driver", option("name", STRING, "11", focused=True)))).choices
    as_number = await odd.send(typed(odd, "driver", option("name", WHOLE, 11, focused=True)))
    as_number.assert_calm()
    assert as_number.choices == as_text
    assert as_text


@pytest.mark.parametrize(
    "options",
    [
        [],
        None,
        [option("name", STRING, "hei")],
        [option("name", STRING, "hei", focused=True), option("season", WHOLE, "2", focused=True)],
        [option("weather", STRING, "hei", focused=True)],
        [None],
    ],
)
async def test_nothing_that_is_offered_is_being_typed(odd: Raw, options: Any) -> None:
    heard = await odd.send(typed(odd, "driver") | {"data": {"name": "driver", "type": 1, "options": options}})
    heard.assert_refused()
    assert heard.choices == []


@pytest.mark.parametrize("name", ["pole", "Save as driver quote", None, 5])
async def test_choices_for_a_command_that_has_none(odd: Raw, name: Any) -> None:
    heard = await odd.send(typed(odd, name, option("name", STRING, "hei", focused=True)))
    heard.assert_refused()
    assert heard.choices == []


@pytest.mark.parametrize("value", UNHAPPY_SEASONS, ids=lambda value: repr(value)[:20])
async def test_the_other_options_do_not_matter_where_they_are_odd(odd: Raw, value: Any) -> None:
    others = (option("season", WHOLE, value), option("weather", [], {}))
    heard = await odd.send(typed(odd, "driver", *others, option("name", STRING, "hei", focused=True)))
    heard.assert_calm()
    assert heard.lines == []
    assert [choice["value"] for choice in heard.choices] == ["corey-heim"]


# --- presses and choices


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"component_type": 2},
        {"custom_id": "t1:0:next"},
        *({"custom_id": custom_id, "component_type": 2} for custom_id in (None, 5, True, [], {}, "", "x" * 101)),
        *({"custom_id": "t1:0:next", "component_type": kind} for kind in (None, "2", [], {}, True, 2.0, 3, 99)),
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
