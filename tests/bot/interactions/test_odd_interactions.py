"""What Discord does not normally send: one quiet line that says what to do, one line in the log, and no more."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bot.interactions.odd_payloads import (
    CHANNEL,
    NAN,
    NUMBER,
    ROLE,
    STRING,
    UNHAPPY_SEASONS,
    UNHAPPY_STRINGS,
    WHOLE,
    asked,
    menu,
    option,
    typed,
)
from tests.bot.interactions.raw import Raw
from tests.wire.world import Payload

UPDATED = "This command was updated; give Discord a minute to catch up and try again."

pytestmark = pytest.mark.asyncio(loop_scope="module")


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
    kinds: list[Any] = [None, WHOLE, NUMBER, CHANNEL, 99, "3", []]
    for kind in kinds:
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
    guilds: list[Any] = ["abc", [], {}, -1, 5.5]
    for guild in guilds:
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
    described: list[Any] = [None, [], 5, {"roles": {"5": {}}}, {"users": None}, {"messages": {"x": 5}}]
    for resolved in described:
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
