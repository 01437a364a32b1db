"""Each limit, with a body just within it and one just beyond it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import discord
import pytest

from tests.checks.codeblocks import display_width
from tests.checks.components import Kind
from tests.checks.limits import COMPONENTS_V2, check_message, check_modal

Body = dict[str, Any]
PICTURE = {"media": {"url": "https://example.org/truck.png"}}


def text(content: str = "Truck") -> Body:
    return {"type": 10, "content": content}


def button(custom_id: str = "a", **more: Any) -> Body:
    return {"type": 2, "style": 2, "label": "Next", "custom_id": custom_id, **more}


def link(url: str = "https://example.org", **more: Any) -> Body:
    return {"type": 2, "style": 5, "label": "Source", "url": url, **more}


def row(*children: Body) -> Body:
    return {"type": 1, "components": list(children)}


def option(value: str = "a", **more: Any) -> Body:
    return {"label": "Ross", "value": value, **more}


def select(*options: Body, **more: Any) -> Body:
    return {"type": 3, "custom_id": "s", "options": list(options or [option()]), **more}


def section(*texts: Body, **more: Any) -> Body:
    return {"type": 9, "components": list(texts), "accessory": button(), **more}


def container(*children: Body) -> Body:
    return {"type": 17, "components": list(children)}


def v2(*components: Body, **more: Any) -> Body:
    return {"flags": COMPONENTS_V2, "components": list(components), **more}


def classic(*components: Body) -> Body:
    return {"content": "Truck", "components": list(components)}


def fenced(line: str, language: str = "") -> Body:
    return v2(text(f"```{language}\nPos Driver\n{line}\n```"))


def label(component: Body | None = None, **more: Any) -> Body:
    return {"type": 18, "label": "Quote", "component": component or text_input(), **more}


def text_input(**more: Any) -> Body:
    return {"type": 4, "custom_id": "words", "style": 1, **more}


def modal(*components: Body, **more: Any) -> Body:
    return {"title": "Quote", "custom_id": "quote", "components": list(components or [label()]), **more}


def embeds(*lengths: int) -> Body:
    return {"embeds": [{"description": "x" * length} for length in lengths]}


MESSAGES: dict[str, tuple[Body, Body, str]] = {
    "content": ({"content": "x" * 2000}, {"content": "x" * 2001}, "content: 2001 characters"),
    "empty": ({"content": "x"}, {"content": " \n"}, "without anything"),
    "empty, no keys": ({"embeds": [{"title": "x"}]}, {"embeds": []}, "without anything"),
    "empty V2": (v2(text()), v2(), "without anything"),
    "embeds' sum": (embeds(4000, 2000), embeds(4000, 2001), "6001 characters in all embeds"),
    "embeds' parts": (
        {"embeds": [{"title": "x" * 3000, "fields": [{"name": "x" * 1000, "value": "x" * 2000}]}]},
        {"embeds": [{"title": "x" * 3000, "fields": [{"name": "x" * 1000, "value": "x" * 2001}]}]},
        "6001 characters in all embeds",
    ),
    "embeds' footer and author": (
        {"embeds": [{"footer": {"text": "x" * 3000}, "author": {"name": "x" * 3000}}]},
        {"embeds": [{"footer": {"text": "x" * 3000}, "author": {"name": "x" * 3001}}]},
        "6001 characters in all embeds",
    ),
    "number of embeds": (embeds(*[1] * 10), embeds(*[1] * 11), "11 embeds"),
    "empty embed": ({"embeds": [{"title": "x"}]}, {"embeds": [{"type": "rich"}]}, "without anything in it"),
    "rows": (
        classic(*(row(button(str(n))) for n in range(5))),
        classic(*(row(button(str(n))) for n in range(6))),
        "6 rows",
    ),
    "V2 components need the flag": (v2(text()), {"components": [text()]}, "a text display has no place"),
    "components in all": (
        v2(container(*[text()] * 36, section(text()))),
        v2(container(*[text()] * 37, section(text()))),
        "41 components in all",
    ),
    "text in all": (
        v2(text("x" * 2000), container(text("x" * 2000))),
        v2(text("x" * 2000), container(text("x" * 2001))),
        "4001 characters of text in all",
    ),
    "content beside V2": (v2(text(), content=""), v2(text(), content="x"), "content: has no place"),
    "embeds beside V2": (v2(text(), embeds=[]), v2(text(), embeds=[{"title": "x"}]), "embeds: has no place"),
    "poll beside V2": (v2(text(), poll=None), v2(text(), poll={"question": {}}), "poll: has no place"),
    "stickers beside V2": (v2(text()), v2(text(), sticker_ids=["1"]), "sticker_ids: has no place"),
    "buttons in a row": (
        v2(row(*(button(str(n)) for n in range(5)))),
        v2(row(*(button(str(n)) for n in range(6)))),
        "6 components in a row",
    ),
    "empty row": (v2(row(button())), v2(row()), "0 components in a row"),
    "select alone": (v2(row(select())), v2(row(select(), button())), "a select shares its row"),
    "user select alone": (
        v2(row({"type": 5, "custom_id": "u"})),
        v2(row({"type": 5, "custom_id": "u"}, button())),
        "a select shares its row",
    ),
    "custom ids differ": (v2(row(button("a"), button("b"))), v2(row(button("a"), button("a"))), "'a' comes twice"),
    "custom ids differ across": (
        v2(row(button("b")), section(text())),
        v2(row(button("a")), section(text())),
        "'a' comes twice",
    ),
    "numbers differ": (
        v2(text() | {"id": 1}, text() | {"id": 2}),
        v2(text() | {"id": 1}, text() | {"id": 1}),
        "number 1 comes twice",
    ),
    "custom id's length": (v2(row(button("x" * 100))), v2(row(button("x" * 101))), "custom_id: 101 characters"),
    "custom id there": (v2(row(button("x"))), v2(row(button(""))), "custom_id: empty"),
    "custom id of a select": (v2(row(select())), v2(row(select(custom_id=None))), "custom_id: no text"),
    "label": (v2(row(button(label="x" * 80))), v2(row(button(label="x" * 81))), "label: 81 characters"),
    "label or emoji": (
        v2(row(button(label=None, emoji={"name": "🏁"}))),
        v2(row(button(label=None))),
        "neither label nor emoji",
    ),
    "link": (v2(row(link("http://example.org"))), v2(row(link("ftp://example.org"))), "no address of the web"),
    "link's length": (
        v2(row(link("https://e.org/" + "x" * 498))),
        v2(row(link("https://e.org/" + "x" * 499))),
        "url: 513 characters",
    ),
    "link has no custom id": (v2(row(link())), v2(row(link(custom_id="a"))), "no custom id"),
    "button has no link": (v2(row(button())), v2(row(button(url="https://e.org"))), "only a link has an address"),
    "sold things": (
        v2(row({"type": 2, "style": 6, "sku_id": "1"})),
        v2(row({"type": 2, "style": 1, "sku_id": "1"})),
        "neither label nor emoji",
    ),
    "options": (
        v2(row(select(*(option(str(n)) for n in range(25))))),
        v2(row(select(*(option(str(n)) for n in range(26))))),
        "26 options",
    ),
    "no options": (v2(row(select())), v2(row({"type": 3, "custom_id": "s", "options": []})), "0 options"),
    "option's label": (
        v2(row(select(option(label="x" * 100)))),
        v2(row(select(option(label="x" * 101)))),
        "label: 101 characters",
    ),
    "option's label there": (v2(row(select(option(label="x")))), v2(row(select(option(label="")))), "label: empty"),
    "option's value": (
        v2(row(select(option("x" * 100)))),
        v2(row(select(option("x" * 101)))),
        "value: 101 characters",
    ),
    "option's description": (
        v2(row(select(option(description="x" * 100)))),
        v2(row(select(option(description="x" * 101)))),
        "description: 101 characters",
    ),
    "options differ": (
        v2(row(select(option("a"), option("b")))),
        v2(row(select(option("a"), option("a")))),
        "value 'a' comes twice",
    ),
    "placeholder": (
        v2(row(select(placeholder="x" * 150))),
        v2(row(select(placeholder="x" * 151))),
        "placeholder: 151 characters",
    ),
    "values wanted": (
        v2(row(select(option("a"), option("b"), max_values=2))),
        v2(row(select(option("a"), max_values=2))),
        "2 values out of 1 options",
    ),
    "range of values": (
        v2(row(select(min_values=0))),
        v2(row(select(option("a"), option("b"), min_values=2, max_values=1))),
        "2 to 1 values",
    ),
    "chosen beforehand": (
        v2(row(select(option("a", default=True), option("b")))),
        v2(row(select(option("a", default=True), option("b", default=True)))),
        "2 options chosen beforehand",
    ),
    "text there": (v2(text("x")), v2(text(" ")), "content: empty"),
    "text's length": (v2(text("x" * 4000)), v2(text("x" * 4001)), "content: 4001 characters"),
    "section's texts": (v2(section(*[text()] * 3)), v2(section(*[text()] * 4)), "4 texts"),
    "section with text": (v2(section(text())), v2(section()), "0 texts"),
    "section's accessory": (v2(section(text())), v2(section(text(), accessory=None)), "without its accessory"),
    "accessory's kind": (
        v2(section(text(), accessory={"type": 11, **PICTURE})),
        v2(section(text(), accessory=select())),
        "a string select has no place",
    ),
    "section's kind": (v2(section(text())), v2(section({"type": 14})), "a separator has no place"),
    "button's place": (v2(row(button())), v2(button()), "a button has no place"),
    "container's place": (v2(container(text())), v2(container(container(text()))), "a container has no place"),
    "container's inside": (v2(container(text())), v2(container()), "0 components"),
    "known component": (v2(text()), v2({"type": 99}), "no component 99"),
    "gallery": (v2({"type": 12, "items": [PICTURE] * 10}), v2({"type": 12, "items": [PICTURE] * 11}), "11 pictures"),
    "gallery's inside": (v2({"type": 12, "items": [PICTURE]}), v2({"type": 12, "items": []}), "0 pictures"),
    "picture's file": (
        v2(
            {"type": 12, "items": [{"media": {"url": "attachment://a.png"}}]},
            attachments=[{"id": 0, "filename": "a.png"}],
        ),
        v2({"type": 12, "items": [{"media": {"url": "attachment://a.png"}}]}),
        "attachment://a.png does not come along",
    ),
    "picture's address": (
        v2({"type": 12, "items": [PICTURE]}),
        v2({"type": 12, "items": [{"media": {"url": "a.png"}}]}),
        "'a.png' is no place",
    ),
    "file's address": (
        v2(
            {"type": 13, "file": {"url": "attachment://a.json"}},
            attachments=[{"id": 0, "filename": "a.json"}],
        ),
        v2({"type": 13, "file": {"url": "https://example.org/a.json"}}),
        "is no place for a file",
    ),
    "all or some mentions": (
        {"content": "x", "allowed_mentions": {"parse": ["users"], "roles": ["1"]}},
        {"content": "x", "allowed_mentions": {"parse": ["roles"], "roles": ["1"]}},
        "exclude each other",
    ),
    "number of mentions": (
        {"content": "x", "allowed_mentions": {"roles": ["1"] * 100}},
        {"content": "x", "allowed_mentions": {"roles": ["1"] * 101}},
        "101 roles",
    ),
    "nonce": ({"content": "x", "nonce": "1" * 25}, {"content": "x", "nonce": "1" * 26}, "nonce: 26 characters"),
    "table's width": (fenced("x" * 40), fenced("x" * 41), "41 columns wide"),
    "table's wide characters": (fenced("x" * 38 + "車"), fenced("x" * 39 + "車"), "41 columns wide"),
    "table's combining marks": (fenced("e\u0301" * 40), fenced("e\u0301" * 41), "41 columns wide"),
    "table's colours": (
        fenced(f"\x1b[1;31m{'x' * 40}\x1b[0m", "ansi"),
        fenced(f"\x1b[1;31m{'x' * 41}\x1b[0m", "ansi"),
        "41 columns wide",
    ),
    "table's tabs": (fenced("a b"), fenced("a\tb"), "a tab"),
    "table's end": (fenced("x"), v2(text("```\nx")), "not closed"),
    "table in content": (
        {"content": f"```\n{'x' * 40}\n```"},
        {"content": f"```\n{'x' * 41}\n```"},
        "41 columns wide",
    ),
    "table in an embed": (
        {"embeds": [{"description": f"```\n{'x' * 40}\n```"}]},
        {"embeds": [{"description": f"```\n{'x' * 41}\n```"}]},
        "41 columns wide",
    ),
    "table of one line": (
        {"content": f"so ```{'x' * 40}``` {'y' * 50}"},
        {"content": f"so ```{'x' * 41}```"},
        "41 columns wide",
    ),
}

MODALS: dict[str, tuple[Body, Body, str]] = {
    "title": (modal(title="x" * 45), modal(title="x" * 46), "title: 46 characters"),
    "title there": (modal(title="x"), modal(title=""), "title: empty"),
    "custom id": (modal(custom_id="x" * 100), modal(custom_id="x" * 101), "custom_id: 101 characters"),
    "components": (
        modal(*(label(text_input(custom_id=str(n))) for n in range(5))),
        modal(*(label(text_input(custom_id=str(n))) for n in range(6))),
        "6 components in a modal",
    ),
    "something in it": (modal(), modal() | {"components": []}, "0 components in a modal"),
    "label": (modal(label(label="x" * 45)), modal(label(label="x" * 46)), "label: 46 characters"),
    "label's description": (
        modal(label(description="x" * 100)),
        modal(label(description="x" * 101)),
        "description: 101 characters",
    ),
    "label's component": (modal(label()), modal(label() | {"component": None}), "without its component"),
    "custom ids differ": (
        modal(label(text_input(custom_id="a")), label(text_input(custom_id="b"))),
        modal(label(text_input(custom_id="a")), label(text_input(custom_id="a"))),
        "'a' comes twice",
    ),
    "no buttons": (modal(label(select())), modal(row(button())), "a button has no place"),
    "placeholder": (
        modal(label(text_input(placeholder="x" * 100))),
        modal(label(text_input(placeholder="x" * 101))),
        "placeholder: 101 characters",
    ),
    "value": (
        modal(label(text_input(value="x" * 4000))),
        modal(label(text_input(value="x" * 4001))),
        "value: 4001 characters",
    ),
    "range": (
        modal(label(text_input(min_length=5, max_length=5))),
        modal(label(text_input(min_length=6, max_length=5))),
        "6 to 5 characters",
    ),
    "longest": (
        modal(label(text_input(max_length=4000))),
        modal(label(text_input(max_length=4001))),
        "0 to 4001 characters",
    ),
    "least": (
        modal(label(text_input(min_length=4000))),
        modal(label(text_input(min_length=4001))),
        "4001 to 4000 characters",
    ),
}


def cases(table: dict[str, tuple[Body, Body, str]]) -> Callable[..., Any]:
    return pytest.mark.parametrize(("fine", "broken", "said"), table.values(), ids=table.keys())


@cases(MESSAGES)
def test_a_message_at_a_limit_passes_and_one_over_it_is_named(fine: Body, broken: Body, said: str) -> None:
    assert check_message(fine) == []
    assert said in "\n".join(check_message(broken))


@cases(MODALS)
def test_a_modal_at_a_limit_passes_and_one_over_it_is_named(fine: Body, broken: Body, said: str) -> None:
    assert check_modal(fine) == []
    assert said in "\n".join(check_modal(broken))


def test_a_body_broken_in_one_way_has_one_problem() -> None:
    assert check_message({"content": "x" * 2001}) == ["content: 2001 characters, 2000 allowed"]


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"content": "New"},
        {"components": []},
        {"components": [text()]},
        {"components": [container({"type": 12, "items": [{"media": {"url": "attachment://kept.png"}}]})]},
        {"flags": COMPONENTS_V2, "attachments": []},
    ],
)
def test_what_a_change_leaves_out_stays_as_it_was(change: Body) -> None:
    assert check_message(change, partial=True) == []


@pytest.mark.parametrize(
    "change",
    [{"content": "x" * 2001}, {"components": [text("x" * 4001)]}, {"flags": COMPONENTS_V2, "components": []}],
)
def test_what_a_change_brings_is_checked(change: Body) -> None:
    assert check_message(change, partial=True)


@pytest.mark.parametrize(
    ("line", "columns"),
    [("", 0), ("Ben Rhodes", 10), ("Suárez", 6), ("Sua\u0301rez", 6), ("車", 2), ("\x1b[31mred\x1b[0m", 3), ("▲2", 2)],
)
def test_width_is_what_a_monospaced_font_shows(line: str, columns: int) -> None:
    assert display_width(line) == columns


def test_numbers_are_those_of_discord_py() -> None:
    other_names = {"STRING_SELECT": "select"}
    theirs = {kind.name: kind.value for kind in discord.ComponentType}
    assert {kind: theirs[other_names.get(kind.name, kind.name.lower())] for kind in Kind} == {k: k.value for k in Kind}
    assert discord.MessageFlags(components_v2=True).value == COMPONENTS_V2
